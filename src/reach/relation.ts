/** Everything that may talk, exactly: one representative per class of pods and atom of addresses, traffic as sets. */
import { isTemplate, type Pod } from "../cluster/endpoint.ts";
import { type Admission, admissionOnPath } from "../fold/admission.ts";
import { type Atom, atomEnd, atoms, type PodClass, podClasses } from "../fold/classes.ts";
import type { Family } from "../net/address.ts";
import { isNoTraffic } from "../net/traffic.ts";
import { type End, endsOfPod, familyOfEnd } from "../path/end.ts";
import { directPath, type Path } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";

export type Party =
  | { readonly kind: "pods"; readonly pods: PodClass["pods"] }
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
  const outside = atoms(situation).map((atom): Party => ({ kind: "outside", atom }));
  const pairs = [
    ...classes.flatMap((from) => [...classes, ...outside].map((to) => [from, to] as const)),
    ...outside.flatMap((from) => classes.map((to) => [from, to] as const)),
  ];
  return pairs.flatMap(([from, to]) => connections(situation, from, to));
}

function connections(situation: Situation, from: Party, to: Party): readonly Connection[] {
  const [source, destination] = representatives(from, to);
  if (source === undefined || destination === undefined) return [];
  return endsOf(situation, source).flatMap((a) =>
    endsOf(situation, destination).flatMap((b): readonly Connection[] => {
      if (familyOfEnd(a) !== familyOfEnd(b)) return [];
      const path = directPath(situation, a, b);
      const admission = admissionOnPath(situation, path);
      if (isNoTraffic(admission.allowed) && isNoTraffic(admission.undecided)) return [];
      return [{ from, to, family: familyOfEnd(a), path, ...admission }];
    }),
  );
}

type Representative = Pod | Atom | undefined;

/** Two distinct members: within one class another pod, since a pod always reaches itself. */
function representatives(from: Party, to: Party): readonly [Representative, Representative] {
  if (from.kind === "outside") return [from.atom, to.kind === "outside" ? undefined : to.pods[0]];
  if (to.kind === "outside") return [from.pods[0], to.atom];
  const [source] = from.pods;
  const destination = to.pods.find((pod) => pod !== source || isReplicated(pod));
  return [source, destination];
}

/** A template of several pods talks to itself as one replica to another (rule 18). */
export function isReplicated(pod: Pod): boolean {
  return isTemplate(pod) && pod.workload.kind !== "Pod";
}

function endsOf(situation: Situation, member: Pod | Atom): readonly End[] {
  return "where" in member ? [atomEnd(member)] : endsOfPod(situation.inventory, member, situation.podRange);
}
