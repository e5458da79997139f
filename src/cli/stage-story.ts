/** What one stage did with a packet, as told in every format. */
import type { End } from "../path/end.ts";
import type { Stage } from "../path/stage.ts";
import type { Direction, Phase, Policy } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin } from "../source/origin.ts";
import type { NearestMiss } from "../verdict/nearest-miss.ts";
import type { Step } from "../verdict/policy-filter.ts";
import type { NetworkDirection } from "../vpc/model.ts";

/** What decided at a stage, a policy or one of its rules, and where it stands. */
export interface Decider {
  /** Undefined for what is no policy, such as the Service that translates. */
  readonly policy: Policy | undefined;
  /** The rule of an access list or security group; undefined for all else. */
  readonly listed?: ListedRule;
  /** The rule, or the peer of it that matched; undefined for a policy that isolates and admits nothing here. */
  readonly rule: Origin | undefined;
  readonly origin: Origin;
}

/** A rule by its name, and by its place among those of its direction, counting from 1. */
export interface ListedRule {
  readonly list: string;
  /** The subnet or interface at which it is asked. */
  readonly place: string;
  readonly name: string;
  readonly position: number;
  readonly of: number;
  readonly direction: NetworkDirection;
}

/** What would let a denied packet pass. */
export interface Advice {
  readonly nearest: NearestMiss | undefined;
  /** A rule of a NetworkPolicy to write, as one line of YAML; undefined where the tier holds none. */
  readonly rule: string | undefined;
  /** For whom, and in which tier. */
  readonly subject: string;
  readonly tier: string;
}

export interface StageStory {
  readonly name: Stage["name"];
  readonly verdict: "allowed" | "denied" | "no-route" | "undecided" | "skipped" | "rewritten";
  /** The end that the stage is about. */
  readonly at: End;
  /** The host endpoint that is asked; undefined at pods. */
  readonly host: { readonly endpoint: string; readonly phase: Phase; readonly direction: Direction } | undefined;
  /** In a word: `open`, `admitted`, `isolated`. */
  readonly state: string;
  readonly deciders: readonly Decider[];
  readonly reason: string;
  readonly missing: readonly Fact[];
  /** What rules did on the way without deciding: log, pass, and tiers that had nothing to say. */
  readonly steps: readonly Step[];
  readonly assumptions: readonly AssumptionName[];
  readonly advice: Advice | undefined;
  /** What to do to an access list, security group or gateway, in one sentence. */
  readonly remedy: string | undefined;
}
