/** Questions about many pods: answered for a few that stand for all that no rule tells apart from them. */
import type { Pod } from "../cluster/endpoint.ts";
import { portsNamed } from "../cluster/service.ts";
import { type End, nodeOfPod } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { flowsOf } from "./flows.ts";
import { PartyMembers } from "./party-members.ts";
import { type Answer, answer, type Question } from "./question.ts";

/** Pods that cases name, each with those that it stands for; a pod that is not there stands for itself. */
export type Crowds = ReadonlyMap<Pod, readonly Pod[]>;

export interface FoldedAnswer extends Answer {
  /** Undefined: every pod stands for itself. */
  readonly crowds?: { readonly from: Crowds; readonly to: Crowds };
}

/** With fewer pairs of ends than this, looking at each is cheaper than finding out who is alike. */
const FEW_PAIRS = 100;

/**
 * As `answer`, but its cases are about pods that stand for others with the same answers: O(pairs of parties x rules) beside
 * what finding the parties costs.
 */
export function foldedAnswer(situation: Situation, question: Question): FoldedAnswer {
  const { from, to } = question;
  const receivers = to.kind === "ends" ? to.ends : [];
  const isSmall = from.kind !== "ends" || from.ends.length * Math.max(1, receivers.length) < FEW_PAIRS;
  if (isSmall) return answer(situation, question);
  const members = new PartyMembers(flowsOf(situation));
  const keyOf = keysOf(situation, question, members);
  const [senders, others] = [crowdOf(from.ends, keyOf), crowdOf(receivers, keyOf)];
  const folded = {
    ...question,
    from: { ...from, ends: senders.ends },
    to: to.kind === "ends" ? { ...to, ends: others.ends } : to,
  };
  return { ...answer(situation, folded), crowds: { from: senders.crowds, to: others.crowds } };
}

/** Says the same of pods that have the same answers. */
function keysOf(situation: Situation, { from, to, asked }: Question, members: PartyMembers): (pod: Pod) => string {
  const { inventory, vpc } = situation;
  const ends = [from, to].flatMap((side) => (side.kind === "ends" ? side.ends : []));
  // Whose node it is matters to nodes, and to what stands between nodes.
  const byNode = inventory.hostEndpoints.length > 0 || vpc !== undefined || ends.some(({ kind }) => kind === "node");
  return (pod) => {
    const ports = asked.kind === "named" ? portsNamed(pod.ports, asked.name, asked.protocol).join() : "";
    const node = byNode || to.kind === "service" ? nodeOfPod(inventory, pod) : "";
    return `${members.partiesOf(pod).join()} ${node} ${ports}`;
  };
}

/**
 * Two pods of each kind where there are two, so that they can also stand for what the pods of one kind say to each other. Pods
 * of which not every address is meant, or whose address others claim, stand for themselves.
 */
function crowdOf(
  all: readonly End[],
  keyOf: (pod: Pod) => string,
): { readonly ends: readonly End[]; readonly crowds: Crowds } {
  const endsByPod = new Map<Pod, number>();
  const contested = new Set<Pod>();
  for (const end of all) {
    if (end.kind !== "pod") continue;
    endsByPod.set(end.pod, (endsByPod.get(end.pod) ?? 0) + 1);
    if (end.rivals.length > 0) contested.add(end.pod);
  }
  const groups = new Map<string, Pod[]>();
  for (const [pod, count] of endsByPod) {
    const isWhole = !contested.has(pod) && count === Math.max(1, pod.addresses.length);
    const key = isWhole ? keyOf(pod) : `${pod.namespace.name}/${pod.name}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [pod]);
    else known.push(pod);
  }
  const crowds = new Map<Pod, readonly Pod[]>();
  for (const pods of groups.values()) for (const pod of pods.slice(0, 2)) crowds.set(pod, pods);
  return { ends: all.filter((end) => end.kind !== "pod" || crowds.has(end.pod)), crowds };
}
