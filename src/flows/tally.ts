/** How often each policy decided, counted from flow records. */
import type { FlowRecord } from "./record.ts";
import type { Decider, Replay } from "./replay.ts";

export interface PolicyCount {
  readonly policy: Decider["policy"];
  /** Connections that came about by rules of the policy. */
  readonly allowed: number;
  /** Packets that were denied by a rule of the policy, or because it isolates; one connection may try several times. */
  readonly denied: number;
}

export interface Tally {
  /** By kind, namespace and name, sorted. */
  readonly policies: readonly PolicyCount[];
  readonly allowed: number;
  readonly denied: number;
  /** Packets that were dropped whatever the policies say. */
  readonly dropped: number;
  /** Of those that were allowed or denied, what no policy has a say about. */
  readonly ungoverned: number;
  /** What the kernel did and the policies say otherwise. */
  readonly disagreeing: number;
  /** What could not be judged: the situation of its generation is not known, or the input does not tell. */
  readonly unjudged: number;
  /** What staged policies, once live, would allow of what was denied, and deny of what was allowed. */
  readonly pending: { readonly allowed: number; readonly denied: number };
}

/** Counts records one by one. Each is O(deciders). */
export class Counting {
  readonly #policies = new Map<string, PolicyCount>();
  #totals = { allowed: 0, denied: 0, dropped: 0, ungoverned: 0, disagreeing: 0, unjudged: 0 };
  #pending = { allowed: 0, denied: 0 };

  add({ event, judged }: FlowRecord): void {
    if (event.kind === "dropped") this.#totals.dropped++;
    if (event.kind !== "allowed" && event.kind !== "denied") return;
    const totals = this.#totals;
    totals[event.kind]++;
    if (judged === undefined || judged.replay.verdict === "undecided") totals.unjudged++;
    else if (!judged.agrees) totals.disagreeing++;
    if (judged === undefined) return;
    if (judged.replay.verdict === "ungoverned") totals.ungoverned++;
    const next = judged.pending && passes(judged.pending);
    if (next === true && event.kind === "denied") this.#pending.allowed++;
    if (next === false && event.kind === "allowed") this.#pending.denied++;
    if (judged.agrees) this.#credit(event.kind, judged.replay.deciders);
  }

  #credit(kind: "allowed" | "denied", deciders: readonly Decider[]): void {
    for (const [key, policy] of new Map(deciders.map(({ policy }) => [keyOf(policy), policy]))) {
      const count = this.#policies.get(key) ?? { policy, allowed: 0, denied: 0 };
      this.#policies.set(key, { ...count, [kind]: count[kind] + 1 });
    }
  }

  tally(): Tally {
    const policies = [...this.#policies].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
    return { policies, ...this.#totals, pending: { ...this.#pending } };
  }
}

function keyOf({ kind, namespace, name }: Decider["policy"]): string {
  return `${kind} ${namespace}/${name}`;
}

function passes({ verdict }: Replay): boolean {
  return verdict === "allowed" || verdict === "ungoverned";
}
