/** Questions about many pods: answered for a few that stand for all that no rule tells apart from them. */
import type { Pod } from "../cluster/endpoint.ts";
import { portsNamed } from "../cluster/service.ts";
import { type End, nodeOfPod, type PodEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { pushTo } from "./by-key.ts";
import type { Case } from "./cases.ts";
import { flowsOf } from "./flows.ts";
import { PartyMembers } from "./party-members.ts";
import { type Answer, answer, answerBetween, casesAsked, type Question } from "./question.ts";

/** Pods with the same answers. */
export interface Crowd {
  readonly pods: readonly Pod[];
}

/** For whom the ends of a case stand; undefined: for themselves. */
export interface CaseCrowds {
  readonly from: Crowd | undefined;
  readonly to: Crowd | undefined;
}

export interface FoldedAnswer extends Answer {
  /** Undefined: every pod stands for itself. */
  readonly crowds?: ReadonlyMap<Case, CaseCrowds>;
}

/** With fewer pairs of ends than this, looking at each is cheaper than finding out who is alike. */
const FEW_PAIRS = 100;

/**
 * As `answer`, but its cases are about pods that stand for others with the same answers: O(pairs of parties + parties x nodes
 * that are asked about) cases, beside what finding the parties costs.
 */
export function foldedAnswer(situation: Situation, question: Question): FoldedAnswer {
  const { from, to } = question;
  const receivers = to.kind === "ends" ? to.ends : [];
  const isSmall = from.kind !== "ends" || from.ends.length * Math.max(1, receivers.length) < FEW_PAIRS;
  if (isSmall) return answer(situation, question);
  const folder = new Folder(situation, question);
  const crowds = new Map<Case, CaseCrowds>();
  const ask = casesAsked(situation, question);
  const cases = folder.parts(from.ends, receivers).flatMap((part) => {
    const own = ask(part.from.ends, part.to.ends);
    for (const item of own) {
      const crowdOf = (side: Folded, end: End | undefined): Crowd | undefined =>
        end?.kind === "pod" ? side.crowds.get(end.pod) : undefined;
      crowds.set(item, { from: crowdOf(part.from, item.from), to: crowdOf(part.to, item.to) });
    }
    return own;
  });
  return { ...answerBetween(question, cases), crowds };
}

/** Ends of which some stand for more. */
interface Folded {
  readonly ends: readonly End[];
  readonly crowds: ReadonlyMap<Pod, Crowd>;
}

interface Part {
  readonly from: Folded;
  readonly to: Folded;
}

class Folder {
  readonly #situation: Situation;
  readonly #question: Question;
  readonly #members: PartyMembers;
  /** Whether it counts for more than nodes on which of them a pod runs. */
  readonly #byNode: boolean;

  constructor(situation: Situation, question: Question) {
    this.#situation = situation;
    this.#question = question;
    this.#members = new PartyMembers(flowsOf(situation));
    const { inventory, vpc } = situation;
    this.#byNode = inventory.hostEndpoints.length > 0 || vpc !== undefined || question.to.kind === "service";
  }

  /** Every pair of ends in one part. A node and its own pods are a part, and the node and the others. */
  parts(from: readonly End[], to: readonly End[]): readonly Part[] {
    if (this.#question.to.kind === "service") return [{ from: this.#folded(from), to: asTheyAre([]) }];
    const [senders, receivers] = [from.filter(isNoNode), to.filter(isNoNode)];
    const [sending, receiving] = [byNode(from), byNode(to)];
    return [
      { from: this.#folded(senders), to: this.#folded(receivers) },
      ...receiving.flatMap((node) =>
        this.#apartFrom(node, senders).map((some) => ({ from: this.#folded(some), to: asTheyAre(node) })),
      ),
      ...sending.flatMap((node) =>
        this.#apartFrom(node, receivers).map((some) => ({ from: asTheyAre(node), to: this.#folded(some) })),
      ),
      { from: asTheyAre(sending.flat()), to: asTheyAre(receiving.flat()) },
    ].filter((part) => part.from.ends.length > 0 && part.to.ends.length > 0);
  }

  /** Pods of the node, those of which it is not known, and all others. */
  #apartFrom([first]: readonly End[], ends: readonly End[]): readonly (readonly End[])[] {
    const name = first?.kind === "node" ? first.node.name : undefined;
    const placed = (end: End): "own" | "unknown" | "other" => {
      if (end.kind !== "pod") return "other";
      const node = nodeOfPod(this.#situation.inventory, end.pod);
      if (node === undefined) return "unknown";
      return node === name ? "own" : "other";
    };
    return (["own", "unknown", "other"] as const).map((place) => ends.filter((end) => placed(end) === place));
  }

  /**
   * Two pods of each kind where there are two, so that they can also stand for what the pods of one kind say to each other. Pods
   * of which not every address is meant, or whose address others claim, stand for themselves.
   */
  #folded(all: readonly End[]): Folded {
    const byPod = new Map<Pod, PodEnd[]>();
    for (const end of all) if (end.kind === "pod") pushTo(byPod, end.pod, end);
    const groups = new Map<string, Pod[]>();
    for (const [pod, ends] of byPod) {
      const isWhole = ends.length >= pod.addresses.length && ends.every(({ rivals }) => rivals.length === 0);
      const key = isWhole ? this.#keyOf(pod) : `${pod.namespace.name}/${pod.name}`;
      pushTo(groups, key, pod);
    }
    const crowds = new Map<Pod, Crowd>();
    for (const pods of groups.values()) {
      const crowd = { pods };
      for (const pod of pods.slice(0, 2)) crowds.set(pod, crowd);
    }
    return { ends: all.filter((end) => end.kind !== "pod" || crowds.has(end.pod)), crowds };
  }

  /** Says the same of pods that have the same answers. */
  #keyOf(pod: Pod): string {
    const { asked } = this.#question;
    const ports = asked.kind === "named" ? portsNamed(pod.ports, asked.name, asked.protocol).join() : "";
    const node = this.#byNode ? nodeOfPod(this.#situation.inventory, pod) : "";
    return `${this.#members.partiesOf(pod).join()} ${node} ${ports}`;
  }
}

function asTheyAre(ends: readonly End[]): Folded {
  return { ends, crowds: new Map() };
}

function isNoNode({ kind }: End): boolean {
  return kind !== "node";
}

/** The ends of each node. */
function byNode(ends: readonly End[]): readonly (readonly End[])[] {
  const nodes = new Map<string, End[]>();
  for (const end of ends) {
    if (end.kind === "node") pushTo(nodes, end.node.name, end);
  }
  return [...nodes.values()];
}
