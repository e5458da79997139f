/**
 * Exposure: what pods that do not exist yet could reach, and what could be reached by them. A pod without labels is judged as
 * any other. Of pods with labels it is told, rule by rule, what a pod gets that a rule selects, as far as the policies of those
 * that exist are asked; what the new pod's own policies say depends on its other labels.
 */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { KIND } from "../cluster/labelled.ts";
import { admissionAt } from "../fold/admission.ts";
import { meetsRule } from "../fold/fate.ts";
import { Folding } from "../fold/folding.ts";
import type { Governance } from "../fold/governance.ts";
import { anyOf, matchPeer, type Ternary } from "../fold/match.ts";
import { endOfParty, type PodParty } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { ruleTraffic } from "../fold/rule-traffic.ts";
import type { Selector } from "../labels/selector.ts";
import type { Family } from "../net/address.ts";
import {
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  trafficKey,
  type TrafficSet,
} from "../net/traffic.ts";
import { endsOfPod, familyOfEnd, type PodEnd } from "../path/end.ts";
import { podFilter } from "../path/path.ts";
import { type Direction, otherSide, type Peer, type Policy, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Flows, flowsOf } from "./flows.ts";
import { type ReachMap, reachMap } from "./map.ts";
import { everybody } from "./named-ends.ts";
import { newPodIn, withNewPods } from "./new-pods.ts";
import { podsAdmittedBy } from "./peer-words.ts";
import { pushTo } from "./side-table.ts";

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
  /** What passes or not, as other rules say about labels that are not known. */
  readonly perhaps: TrafficSet;
  readonly family: Family | undefined;
  /** The rule that opens it; undefined: nothing isolates the workloads, or rules ask for no labels. */
  readonly by: { readonly policy: Policy; readonly rule: Rule; readonly peer: Peer } | undefined;
}

export interface Exposure {
  /** What passes between a pod without labels and others. */
  readonly unlabelled: ReachMap;
  /** By direction, and whom they admit. */
  readonly openings: readonly Opening[];
}

/** O(pod parties x rules that govern them squared) beside what flows cost. */
export function exposureOf(situation: Situation): Exposure {
  const extended = withNewPods(situation);
  const flows = flowsOf(extended.situation);
  const { inventory, podRange } = extended.situation;
  const ends = extended.pods.flatMap((pod) => endsOfPod(inventory, pod, podRange));
  const filter = { traffic: undefined, namespaces: [], external: false, crossing: false, nodes: [] };
  const [out, into] = [
    reachMap(extended.situation, flows, { filter: { ...filter, from: ends, to: undefined } }),
    reachMap(extended.situation, flows, { filter: { ...filter, from: everybody(situation), to: ends } }),
  ];
  return {
    unlabelled: {
      ...out,
      connections: [...out.connections, ...into.connections],
      oneWay: [...out.oneWay, ...into.oneWay],
      undecided: [...out.undecided, ...into.undecided],
    },
    openings: openingsOf(situation, flowsOf(situation)),
  };
}

function openingsOf(situation: Situation, flows: Flows): readonly Opening[] {
  const folding = new Folding(situation, flows.memory.fold);
  const sizes = workloadSizes(situation);
  const merged = new Map<string, { readonly opening: Opening; readonly workloads: Set<string> }>();
  for (const [number, party] of flows.parties) {
    if (party.kind !== "pods") continue;
    for (const direction of ["ingress", "egress"] as const) {
      const openings = bothFamilies(
        FAMILIES.flatMap((family) =>
          openingsAt(situation, party, direction, family, folding.governance(direction, number, family)),
        ),
        FAMILIES.filter((family) => endOfParty(party, family) !== undefined && newEnd(situation, family) !== undefined),
      );
      for (const opening of openings) {
        const key = openingKey(opening);
        const known = merged.get(key) ?? { opening, workloads: new Set<string>() };
        merged.set(key, known);
        for (const name of namesOf(sizes, party)) known.workloads.add(name);
      }
    }
  }
  return [...merged.values()]
    .map(({ opening, workloads }) => ({ ...opening, workloads: [...workloads].sort() }))
    .map((opening) => ({
      opening,
      key: `${opening.direction === "ingress" ? 0 : 1}${opening.pods}\n${opening.workloads.join()}`,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ opening }) => opening);
}

/** What says the same of both families, once. */
function bothFamilies(openings: readonly Opening[], families: readonly Family[]): readonly Opening[] {
  const byKey = new Map<string, Opening[]>();
  for (const opening of openings) {
    const key = openingKey({ ...opening, family: undefined });
    byKey.set(key, [...(byKey.get(key) ?? []), opening]);
  }
  return [...byKey.values()].flatMap((same) =>
    same.length === families.length ? same.slice(0, 1).map((one) => ({ ...one, family: undefined })) : same,
  );
}

function openingKey({ direction, pods, traffic, perhaps, family, by }: Opening): string {
  const rule =
    by === undefined ? "" : `${by.policy.kind} ${by.policy.namespace}/${by.policy.name} ${by.peer.origin.path}`;
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

/** A pod of which nothing is known, where pods have addresses of the family. */
function newEnd(situation: Situation, family: Family): PodEnd | undefined {
  const { inventory, podRange } = situation;
  const [namespace] = inventory.namespaces.values();
  if (namespace === undefined) return undefined;
  const pod = newPodIn(namespace, { name: "default", labels: new Map(), listed: false });
  return endsOfPod(inventory, pod, podRange).find(
    (end): end is PodEnd => end.kind === "pod" && familyOfEnd(end) === family,
  );
}

function openingsAt(
  situation: Situation,
  party: PodParty,
  direction: Direction,
  family: Family,
  governance: Governance,
): readonly Opening[] {
  const [own, pod] = [endOfParty(party, family), newEnd(situation, family)];
  if (own?.kind !== "pod" || pod === undefined) return [];
  const judged = (chosen: Peer | undefined): { readonly traffic: TrafficSet; readonly perhaps: TrafficSet } => {
    const meets = (rule: Rule): Ternary =>
      meetsRule(rule, family, (side) => {
        const isOwn = (side === "source") === (direction === "egress");
        const peers = rule[side] ?? [];
        return anyOf(
          peers.map((peer) => (isOwn ? matchPeer(situation, peer, own) : admits(situation, peer, chosen, pod))),
        );
      });
    const { allowed, undecided } = admissionAt(situation, podFilter(direction, own, pod), { governance, meets });
    return { traffic: allowed, perhaps: undecided };
  };
  const anyone = judged(undefined);
  const base = { direction, family, workloads: [] } as const;
  const openings: Opening[] = isNoTraffic(anyone.traffic)
    ? []
    : [{ ...base, pods: "any pod at all", traffic: anyone.traffic, perhaps: NO_TRAFFIC, by: undefined }];
  for (const { policy, rule, peer } of admittingPeers(governance, direction)) {
    const { traffic, perhaps } = judged(peer);
    const [from, to] = direction === "ingress" ? [pod, own] : [own, pod];
    const { certain, possible } = ruleTraffic(situation, rule, from, to);
    const opened = subtractTraffic(intersectTraffic(traffic, certain), anyone.traffic);
    const open = subtractTraffic(intersectTraffic(perhaps, possible), anyone.traffic);
    if (isNoTraffic(opened) && isNoTraffic(open)) continue;
    openings.push({ ...base, pods: podsAdmittedBy(peer), traffic: opened, perhaps: open, by: { policy, rule, peer } });
  }
  return openings;
}

/** The peers that rules admit by what pods are. */
function admittingPeers(
  governance: Governance,
  direction: Direction,
): readonly { readonly policy: Policy; readonly rule: Rule; readonly peer: Peer }[] {
  const members = governance.flatMap(({ groups }) => groups.flat());
  return members.flatMap(({ policy, rules }) =>
    rules.flatMap((rule) =>
      rule.action !== "allow"
        ? []
        : (otherSide(rule, direction) ?? []).flatMap((peer) => (canBePod(peer) ? [{ policy, rule, peer }] : [])),
    ),
  );
}

function canBePod({ selector, notSelector, addresses }: Peer): boolean {
  if (selector === undefined) return addresses === undefined && notSelector !== undefined;
  return !isOtherKind(selector);
}

/** Whether the peer admits a new pod: one that the chosen peer admits, of which nothing else is known. */
function admits(situation: Situation, peer: Peer, chosen: Peer | undefined, pod: PodEnd): Ternary {
  if (peer === chosen) return true;
  if (peer.selector === undefined && peer.notSelector === undefined) return matchPeer(situation, peer, pod);
  return peer.selector !== undefined && isOtherKind(peer.selector) ? false : undefined;
}

/** Whether only nodes, network sets or host endpoints satisfy it. */
function isOtherKind(selector: Selector): boolean {
  if (selector.op === "all") return selector.of.some(isOtherKind);
  return selector.op === "in" && selector.key === KIND && !selector.values.includes("pod");
}
