/**
 * What workloads let pass to and from pods that do not exist yet, as far as their own policies are asked: of any pod at all, and
 * of the pods that a peer of a rule admits. Of such a pod nothing else is known: neither its other labels nor its port names,
 * its address or the Services it will serve.
 */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { type Admission, admissionAt } from "../fold/admission.ts";
import { meetsRule } from "../fold/fate.ts";
import { Folding } from "../fold/folding.ts";
import type { Governance } from "../fold/governance.ts";
import { anyOf, matchPeer, type Ternary } from "../fold/match.ts";
import { endOfParty, type PodParty } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { type Bounds, ruleTraffic } from "../fold/rule-traffic.ts";
import type { Family } from "../net/address.ts";
import {
  intersectTraffic,
  isNoTraffic,
  subtractTraffic,
  trafficKey,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import type { PodEnd } from "../path/end.ts";
import { podFilter } from "../path/path.ts";
import { type Direction, otherSide, type Peer, type Policy, type PortCondition, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { pushTo, sortedBy } from "./by-key.ts";
import type { Flows } from "./flows.ts";
import { endOfUnknownPod } from "./new-pods.ts";
import { podsAdmittedBy } from "./peer-words.ts";
import { admitsUnknown, knownOfEveryPod, knownOfPodsIn, otherBearerHas } from "./unknown-pod.ts";

/** What some workloads let pass to or from pods to come. */
export interface Opening {
  /** Ingress: the new pods reach the workloads; egress: the workloads reach the new pods. */
  readonly direction: Direction;
  /** Workloads, or pods where those of one differ, sorted. */
  readonly workloads: readonly string[];
  /** Which new pods. */
  readonly pods: string;
  /** What passes whatever else is true of the pod. */
  readonly traffic: TrafficSet;
  /** What passes or not, as other rules say about what is not known of the pod. Traffic in neither does not pass by this. */
  readonly perhaps: TrafficSet;
  /** What the rule asks a port of the pod to be called, sorted; which port that is, is not known. */
  readonly portNames: readonly string[];
  readonly family: Family | undefined;
  /** The rule that opens it; undefined: nothing isolates the workloads, or rules ask for nothing that a pod may lack. */
  readonly by: Opener | undefined;
}

/** A rule that allows, or passes on what nothing else denies, and the peer that admits the pods; undefined: it names none. */
export interface Opener {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly peer: Peer | undefined;
}

/**
 * Sorted by direction, and whom they admit. A new pod gets nothing that is in no opening which may be about it. O(pod parties x
 * rules that govern them squared).
 */
export function openingsOf(situation: Situation, flows: Flows): readonly Opening[] {
  const folding = new Folding(situation, flows.memory.fold);
  const sizes = workloadSizes(situation);
  const merged = new Map<string, { readonly opening: Opening; readonly workloads: Set<string> }>();
  for (const [number, party] of flows.parties) {
    if (party.kind !== "pods") continue;
    for (const direction of ["ingress", "egress"] as const) {
      const gates = FAMILIES.flatMap((family): readonly Gate[] => {
        const [own, pod] = [endOfParty(party, family), endOfUnknownPod(situation, family)];
        if (own?.kind !== "pod" || pod === undefined) return [];
        return [{ situation, direction, family, own, pod, governance: folding.governance(direction, number, family) }];
      });
      for (const opening of bothFamilies(gates.flatMap(openingsAt), gates.length)) {
        const key = openingKey(opening);
        const known = merged.get(key) ?? { opening, workloads: new Set<string>() };
        merged.set(key, known);
        for (const name of namesOf(sizes, party)) known.workloads.add(name);
      }
    }
  }
  const openings = [...merged.values()].map(({ opening, workloads }) => ({
    ...opening,
    workloads: [...workloads].sort(),
  }));
  return sortedBy(openings, (opening) =>
    [opening.direction === "ingress" ? 0 : 1, opening.pods, ...opening.workloads, openingKey(opening)].join("\n"),
  );
}

/** What says the same of both families, once. */
function bothFamilies(openings: readonly Opening[], families: number): readonly Opening[] {
  const byKey = new Map<string, Opening[]>();
  for (const opening of openings) {
    pushTo(byKey, openingKey({ ...opening, family: undefined }), opening);
  }
  return [...byKey.values()].flatMap((same) =>
    same.length === families ? same.slice(0, 1).map((one) => ({ ...one, family: undefined })) : same,
  );
}

function openingKey({ direction, pods, traffic, perhaps, family, by }: Opening): string {
  const rule =
    by === undefined
      ? ""
      : `${by.policy.kind} ${by.policy.namespace}/${by.policy.name} ${(by.peer ?? by.rule).origin.path}`;
  return [direction, pods, trafficKey(traffic), trafficKey(perhaps), family ?? "", rule].join("\n");
}

/** The workloads of a party, and single pods of those that are not in it as a whole. */
function namesOf(sizes: ReadonlyMap<string, number>, { pods }: PodParty): readonly string[] {
  const own = new Map<string, Pod[]>();
  for (const pod of pods) pushTo(own, workloadText(pod.workload), pod);
  return [...own].flatMap(([name, members]) => (members.length === sizes.get(name) ? [name] : members.map(podText)));
}

function workloadSizes({ inventory }: Situation): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { workload } of inventory.pods) {
    sizes.set(workloadText(workload), (sizes.get(workloadText(workload)) ?? 0) + 1);
  }
  return sizes;
}

/** One stage at which a pod to come is judged. */
interface Gate {
  readonly situation: Situation;
  readonly direction: Direction;
  readonly family: Family;
  readonly own: PodEnd;
  readonly pod: PodEnd;
  readonly governance: Governance;
}

function openingsAt(gate: Gate): readonly Opening[] {
  const { direction, family } = gate;
  const isKnownTo = (peer: Peer): Ternary => admitsUnknown(gate.situation, peer, gate.pod, knownOfEveryPod);
  const openers = openersAt(gate).filter(
    ({ rule, peer }) => conditionsAt(gate, rule).length > 0 || (peer !== undefined && isKnownTo(peer) === undefined),
  );
  const rules = new Set(openers.filter(({ peer }) => peer === undefined).map(({ rule }) => rule));
  const peers = new Set(openers.map(({ peer }) => peer));
  const anyone = admissionOf(gate, isKnownTo).allowed;
  // One that no opener admits, as each of those is told of by itself.
  const stranger = passing(
    admissionOf(
      gate,
      (peer) => (peers.has(peer) ? false : isKnownTo(peer)),
      (rule) => !rules.has(rule),
    ),
  );
  const told = unionTraffic(anyone, stranger);
  const base = { direction, family, workloads: [], portNames: [] } as const;
  return [
    { ...base, pods: "any pod at all", traffic: anyone, perhaps: subtractTraffic(stranger, anyone), by: undefined },
    ...openers.map((by) => ({ ...base, ...openedBy(gate, by, anyone, told), by })),
  ].filter(({ traffic, perhaps }) => !isNoTraffic(traffic) || !isNoTraffic(perhaps));
}

/** What a rule opens for the pods that one of its peers admits, beyond what any pod gets, and may get. */
function openedBy(
  gate: Gate,
  { rule, peer }: Opener,
  anyone: TrafficSet,
  told: TrafficSet,
): Pick<Opening, "pods" | "traffic" | "perhaps" | "portNames"> {
  const { situation, pod } = gate;
  const knowledge = peer === undefined ? knownOfEveryPod : knownOfPodsIn(situation, peer, pod);
  const admission = admissionOf(gate, (other) => {
    if (other !== peer) return admitsUnknown(situation, other, pod, knowledge);
    return peer.unknown === undefined ? true : undefined;
  });
  const { certain, possible } = speaksOf(gate, rule);
  const traffic = subtractTraffic(intersectTraffic(admission.allowed, certain), anyone);
  const perhaps = subtractTraffic(intersectTraffic(passing(admission), possible), unionTraffic(traffic, told));
  const choices = conditionsAt(gate, rule).flatMap(({ negated, anyOf: all }) => (negated ? [] : all));
  const served = choices.flatMap((choice) => (choice.kind === "service" ? [choice.service] : []));
  return {
    pods: podsAdmittedBy(peer, { served, byAddress: isByAddress(gate, peer) }),
    traffic,
    perhaps,
    portNames: [...new Set(choices.flatMap((choice) => (choice.kind === "named" ? [choice.name] : [])))].sort(),
  };
}

/** Whether something else at the address of the pod may be what the peer selects. */
function isByAddress({ situation, pod }: Gate, peer: Peer | undefined): boolean {
  return [peer?.selector, peer?.notSelector].some(
    (selector) => selector !== undefined && otherBearerHas(situation, selector, pod) !== false,
  );
}

/** What may pass. */
function passing({ allowed, undecided }: Admission): TrafficSet {
  return unionTraffic(allowed, undecided);
}

/** What the stage admits, if `admits` says of each peer whether it admits the pod, and only some rules apply. */
function admissionOf(
  gate: Gate,
  admits: (peer: Peer) => Ternary,
  applies: (rule: Rule) => boolean = () => true,
): Admission {
  const { situation, direction, family, own, pod, governance } = gate;
  const meets = (rule: Rule): Ternary =>
    meetsRule(rule, family, (side) => {
      const isOwn = (side === "source") === (direction === "egress");
      return anyOf((rule[side] ?? []).map((peer) => (isOwn ? matchPeer(situation, peer, own) : admits(peer))));
    });
  return admissionAt(situation, podFilter(direction, own, pod), {
    governance,
    meets: (rule) => (applies(rule) ? meets(rule) : false),
    speaksOf: (rule) => speaksOf(gate, rule),
  });
}

function speaksOf({ situation, direction, own }: Gate, rule: Rule): Bounds {
  const [from, to] = direction === "ingress" ? (["unknown pod", own] as const) : ([own, "unknown pod"] as const);
  return ruleTraffic(situation, rule, from, to);
}

/** What a rule asks of the pod's port names and Services. */
function conditionsAt({ direction }: Gate, { traffic = [] }: Rule): readonly PortCondition[] {
  const where = direction === "ingress" ? "source" : "destination";
  return traffic
    .flatMap(({ conditions }) => conditions)
    .filter(({ side, anyOf: choices }) => side === where && choices.some(({ kind }) => kind !== "numbers"));
}

/** Rules that allow, or pass on, and the peers by which they do; none where they do for everyone. */
function openersAt({ governance, direction }: Gate): readonly Opener[] {
  const members = governance.flatMap(({ groups }) => groups.flat());
  return members.flatMap(({ policy, rules }) =>
    rules
      .filter(({ action }) => action === "allow" || action === "pass")
      .flatMap((rule) => (otherSide(rule, direction) ?? [undefined]).map((peer) => ({ policy, rule, peer }))),
  );
}
