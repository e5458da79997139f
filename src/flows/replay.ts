/** What the policies of a situation say about one flow at one node, judged anew: who decides, by which rule, at which line. */
import { judgedTuple, type Connection } from "../net/tuple.ts";
import { endAt, nodeOfPod } from "../path/end.ts";
import { stagesBetween } from "../path/path.ts";
import type { Direction, Policy } from "../policy/model.ts";
import { pendingSituation, type Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import type { Origin } from "../source/origin.ts";
import type { Decision, FilterReport } from "../verdict/policy-filter.ts";
import { judge, outcomeOf, type StageReport } from "../verdict/verdict.ts";

/** A policy that decided, or isolates and admits nothing here. */
export interface Decider {
  readonly direction: Direction;
  readonly policy: Policy;
  readonly effect: "admits" | "refuses" | "isolates";
  /** The rule, or the peer of it that matched; undefined where no rule decided. */
  readonly rule: Origin | undefined;
  /** Where to look: the rule, else the policy. */
  readonly origin: Origin;
}

export interface Replay {
  /** `ungoverned`: no policy has a say about the pods of the node that the flow has at its ends. */
  readonly verdict: "allowed" | "denied" | "undecided" | "ungoverned";
  /** Empty where no policy decided. */
  readonly deciders: readonly Decider[];
  /** What denies without being a policy, in words. */
  readonly reason: string | undefined;
  /** What would have to be known. */
  readonly missing: readonly Fact[];
}

/**
 * Judges the connection, as its first packet stands after translation, by the stages at pods of the node: what other nodes
 * enforce is theirs to tell. O(policies).
 */
export function replay(situation: Situation, node: string, connection: Connection): Replay {
  const { source, destination, traffic } = judgedTuple(connection);
  const { inventory } = situation;
  const [from, to] = [endAt(inventory, source), endAt(inventory, destination)];
  // What a pod sends to itself reaches its node only by way of a Service.
  const path = {
    from,
    to,
    destinationPort: undefined,
    stages: stagesBetween(situation, from, to, { viaService: true }),
  };
  const stages = judge(situation, path, traffic).stages.filter((told) => isAt(situation, node, told));
  const denying = stages.find((told) => outcomeOf(told) === "denied");
  if (denying !== undefined) {
    return { verdict: "denied", deciders: decidersAt(denying), reason: reasonAt(denying), missing: [] };
  }
  const open = stages.filter((told) => outcomeOf(told) === "undecided");
  if (open.length > 0) {
    const missing = open.flatMap(({ report }) => report?.missing ?? []);
    return { verdict: "undecided", deciders: [], reason: undefined, missing };
  }
  const governed = stages.some(({ report }) => report !== undefined && report.decision?.kind !== "open");
  return {
    verdict: governed ? "allowed" : "ungoverned",
    deciders: stages.flatMap(decidersAt),
    reason: undefined,
    missing: [],
  };
}

/** As `replay`, once everything staged is live; undefined where nothing is staged. */
export function pendingReplay(situation: Situation, node: string, connection: Connection): Replay | undefined {
  const pending = pendingSituation(situation);
  return pending && replay(pending, node, connection);
}

function isAt({ inventory }: Situation, node: string, { stage }: StageReport): boolean {
  if (stage.kind === "blocked") return true;
  if (stage.kind !== "filter" || stage.subject.kind !== "pod") return false;
  return nodeOfPod(inventory, stage.subject.pod) === node;
}

function reasonAt({ stage }: StageReport): string | undefined {
  return stage.kind === "blocked" ? stage.reason : undefined;
}

function decidersAt({ stage, report }: StageReport): readonly Decider[] {
  if (report === undefined || stage.kind !== "filter") return [];
  return decidersOf(stage.direction, report);
}

function decidersOf(direction: Direction, { decision }: FilterReport): readonly Decider[] {
  if (decision === undefined) return [];
  switch (decision.kind) {
    case "rule":
      return [{ direction, ...ruleDecider(decision) }];
    case "isolation":
      return decision.policies.map((policy) => ({
        direction,
        policy,
        effect: "isolates",
        rule: undefined,
        origin: policy.origin,
      }));
    default:
      return [];
  }
}

function ruleDecider({ action, policy, rule, peer }: Extract<Decision, { kind: "rule" }>): Omit<Decider, "direction"> {
  const origin = peer?.origin ?? rule.origin;
  return { policy, effect: action === "allow" ? "admits" : "refuses", rule: origin, origin };
}
