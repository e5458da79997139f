/** What can happen to a flow on its way, as data. */
import type { Backend, Service, ServicePort } from "../cluster/service.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { Direction, Phase } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Fact } from "../source/fact.ts";
import type { End, Subject } from "./end.ts";
import type { NetworkFilterName, NetworkStage, Unplaced } from "./network-stage.ts";

export type HostStageName = `host endpoint ${Phase} ${Direction}`;

/** A policy stage asks the policies that govern `subject` in `direction` and `phase`. */
export interface PolicyFilter {
  readonly kind: "filter";
  readonly name: "policy egress" | "policy ingress" | HostStageName;
  readonly direction: Direction;
  readonly phase: Phase;
  readonly subject: Subject;
  /** The end on the subject's side: the pod itself; of a host endpoint its node, or what the node forwards for. */
  readonly here: End;
  readonly peer: End;
  /** A fact that is not known and that, if true, lets the flow pass unasked. */
  readonly openIf: Fact | undefined;
  /** The assumption without which the flow would pass unasked. */
  readonly askedBy: AssumptionName | undefined;
  /** What is peculiar to host endpoints; undefined for pods. */
  readonly host: HostConditions | undefined;
}

export interface HostConditions {
  /** What passes whatever policies say: failsafe ports. */
  readonly exempt: TrafficSet;
  /** What passes between nodes whatever policies say, since pods' packets travel in it, which are judged themselves. */
  readonly carried: TrafficSet;
  /** Earlier phases at the same endpoint: what a rule of theirs allows is not asked here. */
  readonly after: readonly PolicyFilter[];
  /** The destination port that the stage sees where a Service translates it later. */
  readonly originalPort: number | undefined;
  /** What is not known wherever a rule of this stage decides; undefined: its rules have effect. */
  readonly inconclusive: Fact | undefined;
  /** The stage whose rules must allow the replies of what is allowed here; undefined: replies pass. */
  readonly replies: PolicyFilter | undefined;
}

export interface Rewrite {
  readonly kind: "rewrite";
  readonly name: "service";
  readonly service: Service;
  readonly port: ServicePort | undefined;
  readonly backend: Backend;
}

/** A stage that does not apply to this flow, and why. */
export interface Skipped {
  readonly kind: "skipped";
  readonly name: "policy egress" | "policy ingress" | "network" | "overlay" | "masquerade" | NetworkFilterName;
  readonly reason: string;
  readonly assumption: AssumptionName | undefined;
}

/** A stage that drops whatever reaches it, by an assumption. */
export interface Blocked {
  readonly kind: "blocked";
  readonly name: "own node";
  readonly reason: string;
  readonly assumption: AssumptionName;
  /** A fact that is not known, without which nothing is dropped; undefined: it is for certain. */
  readonly onlyIf: Fact | undefined;
}

export type Stage = PolicyFilter | Rewrite | Skipped | Blocked | NetworkStage | Unplaced;
