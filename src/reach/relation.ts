/** Everything that may talk, exactly: one representative per class of pods and atom of addresses, traffic as sets. */
import { isTemplate, type Pod } from "../cluster/endpoint.ts";
import { type Admission, admissionAt, admissionBesidePolicy, bothAdmit, OPEN } from "../fold/admission.ts";
import {
  type Atom,
  atomEnd,
  atoms,
  type NodeClass,
  type PodClass,
  podClasses,
  selectableNodes,
} from "../fold/classes.ts";
import { PodGovernance } from "../fold/governance.ts";
import type { Family } from "../net/address.ts";
import { isNoTraffic } from "../net/traffic.ts";
import { type End, endsOfPod, familyOfEnd } from "../path/end.ts";
import { type Path, strangersPath } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";

export type Party =
  | { readonly kind: "pods"; readonly pods: PodClass["pods"] }
  /** A node that some rule tells from other addresses, as all pods but its own see it. */
  | ({ readonly kind: "node" } & NodeClass)
  | { readonly kind: "outside"; readonly atom: Atom };

/** What may flow between any member of one party and any other member of the other, in one family. */
export interface Connection extends Admission {
  readonly from: Party;
  readonly to: Party;
  readonly family: Family;
  /** The path between the representatives, for questions about the connection. */
  readonly path: Path;
}

/**
 * All connections that are allowed or undecided. Traffic between a node and its own pods, and of a pod with itself, always
 * passes and is not listed. O(classes squared x rules): a faster engine answers for large clusters.
 */
export function relation(situation: Situation): readonly Connection[] {
  const classes = podClasses(situation).map(({ pods }): Party => ({ kind: "pods", pods }));
  const others = [
    ...selectableNodes(situation).map((node): Party => ({ kind: "node", ...node })),
    ...atoms(situation).map((atom): Party => ({ kind: "outside", atom })),
  ];
  const governance = new PodGovernance(situation);
  const pairs = [
    ...classes.flatMap((from) => [...classes, ...others].map((to) => [from, to] as const)),
    ...others.flatMap((from) => classes.map((to) => [from, to] as const)),
  ];
  return pairs.flatMap(([from, to]) => connections(situation, governance, from, to));
}

function connections(situation: Situation, governance: PodGovernance, from: Party, to: Party): readonly Connection[] {
  const [sources, destinations] = representatives(situation, from, to);
  return sources.flatMap((a) =>
    destinations.flatMap((b): readonly Connection[] => {
      if (familyOfEnd(a) !== familyOfEnd(b)) return [];
      const path = strangersPath(situation, a, b);
      const admission = admissionOf(situation, governance, path);
      if (isNoTraffic(admission.allowed) && isNoTraffic(admission.undecided)) return [];
      return [{ from, to, family: familyOfEnd(a), path, ...admission }];
    }),
  );
}

function admissionOf(situation: Situation, governance: PodGovernance, path: Path): Admission {
  let result = OPEN;
  for (const stage of path.stages) {
    if (stage.kind !== "filter") continue;
    const rules = stage.subject.kind === "pod" ? governance.of(stage.direction, stage.subject.pod) : undefined;
    result = bothAdmit(result, admissionAt(situation, stage, rules));
    if (isNoTraffic(result.allowed) && isNoTraffic(result.undecided)) return result;
  }
  return situation.vpc === undefined ? result : bothAdmit(result, admissionBesidePolicy(situation, path));
}

/** The ends that stand for two parties: within one class those of two pods, since a pod always reaches itself. */
function representatives(situation: Situation, from: Party, to: Party): readonly [readonly End[], readonly End[]] {
  if (from.kind !== "pods" || to.kind !== "pods") return [endsOf(situation, from), endsOf(situation, to)];
  const [source] = from.pods;
  const destination = to.pods.find((pod) => pod !== source || isReplicated(pod));
  return [podEnds(situation, source), destination === undefined ? [] : podEnds(situation, destination)];
}

/** A template of several pods talks to itself as one replica to another (rule 18). */
export function isReplicated(pod: Pod): boolean {
  return isTemplate(pod) && pod.workload.kind !== "Pod";
}

function endsOf(situation: Situation, party: Party): readonly End[] {
  switch (party.kind) {
    case "pods":
      return podEnds(situation, party.pods[0]);
    case "node":
      return party.ends;
    case "outside":
      return [atomEnd(party.atom)];
  }
}

function podEnds({ inventory, podRange }: Situation, pod: Pod): readonly End[] {
  return endsOfPod(inventory, pod, podRange);
}
