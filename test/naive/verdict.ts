/**
 * A second reading of every policy language for pods: Kubernetes NetworkPolicy, ClusterNetworkPolicy and its elders, and
 * Calico's policies, all mixed, over raw objects. It shares no code with the product and takes no short cuts. Host endpoints
 * are seen by rules, but their own traffic is not judged.
 */
import { flowOf, unstoppable } from "./flow.ts";
import type { Direction, End } from "./flow.ts";
import type { RawObject, RawPacket } from "./raw-objects.ts";
import { withStagedEnforced } from "./staged-policies.ts";
import { policiesOf, sideReading, tiersOf } from "./tiers.ts";
import type { SideReading } from "./tiers.ts";

export type NaiveVerdict = "allowed" | "denied" | "undecided";

/** The verdict, and what each side said that was asked. */
export interface NaiveReading {
  readonly verdict: NaiveVerdict;
  /** Traffic that no policy can stop is not asked about. */
  readonly unstoppable?: "same-pod" | "own-node";
  readonly egress?: SideReading;
  readonly ingress?: SideReading;
}

/**
 * May this packet pass? Objects that no policy looks at are ignored; what policies look at must all be in `objects`.
 * `undecided`: cluster policies of one priority disagree, and the other side does not deny. Throws on policies an API would
 * refuse, on what a packet cannot tell (domain names, HTTP), and on a packet that cannot be. Cost: everything is read again
 * for every packet.
 */
export function naiveVerdict(objects: readonly RawObject[], packet: RawPacket): NaiveVerdict {
  return naiveReading(objects, packet).verdict;
}

/** `naiveVerdict` as it would be if every staged policy were live. */
export function naivePending(objects: readonly RawObject[], packet: RawPacket): NaiveVerdict {
  return naiveVerdict(withStagedEnforced(objects), packet);
}

/** `naiveVerdict` with the reason. */
export function naiveReading(objects: readonly RawObject[], packet: RawPacket): NaiveReading {
  const policies = policiesOf(objects);
  const tiers = tiersOf(objects);
  const flow = flowOf(objects, packet);
  const reason = unstoppable(flow);
  if (reason !== undefined) return { verdict: "allowed", unstoppable: reason };
  const side = ({ pod }: End, direction: Direction) =>
    pod === undefined ? undefined : sideReading(flow, tiers, policies, pod, direction);
  const egress = side(flow.source, "Egress");
  const ingress = side(flow.destination, "Ingress");
  const verdicts = new Set([egress?.verdict, ingress?.verdict]);
  const worst = (["denied", "undecided"] as const).find((verdict) => verdicts.has(verdict));
  return { verdict: worst ?? "allowed", ...(egress && { egress }), ...(ingress && { ingress }) };
}
