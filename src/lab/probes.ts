/** Every probe of a lab, with what the oracle says about it. Pure. */
import { podClasses } from "../fold/classes.ts";
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import { ICMP, ICMPV6, TCP, UDP } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { type End, endAt } from "../path/end.ts";
import { directPath, type Path } from "../path/path.ts";
import { judge, type Verdict } from "../verdict/verdict.ts";
import { policyPorts, portsToProbe } from "./ports.ts";
import { sharesOf } from "./shares.ts";
import { type LabNode, type LabOutside, type LabPlan, type LabPod, labPods } from "./topology.ts";

/** A place at one of its addresses. */
export interface LabEnd {
  readonly place: LabPod | LabNode | LabOutside;
  readonly address: Address;
}

export type ProbeTraffic =
  | { readonly protocol: "tcp" | "udp"; readonly port: number }
  /** An echo request of ICMP or ICMPv6. */
  | { readonly protocol: "icmp" };

export interface LabProbe {
  readonly from: LabEnd;
  readonly to: LabEnd;
  readonly traffic: ProbeTraffic;
  readonly predicted: Verdict["kind"];
}

export interface LabProbes {
  readonly probes: readonly LabProbe[];
  /** How many there would be without limit. */
  readonly possible: number;
  readonly notes: readonly string[];
}

export interface ProbeSelection {
  /** The most probes; default 20,000. */
  readonly limit?: number;
}

/**
 * All ordered pairs of ends of one family, each with every interesting port by TCP and UDP and one echo. Only the network
 * among nodes and outside is not asked about: no pod is there. Above the limit, pairs that differ in the classes or nodes of
 * their pods come before pairs like them, every pair keeps a share of its own, and a note says what is missing. O(pairs) plus one judgement per probe.
 */
export function planProbes(plan: LabPlan, { limit = 20_000 }: ProbeSelection = {}): LabProbes {
  const pairs = pairsOf(plan);
  const ports = policyPorts(plan.situation);
  const traffics = new Map<LabEnd, readonly ProbeTraffic[]>();
  for (const { to } of pairs) {
    if (!traffics.has(to)) traffics.set(to, trafficsOf(portsToProbe(ports, endOf(plan, to))));
  }
  const choices = pairs.map((pair) => traffics.get(pair.to) ?? []);
  const possible = choices.reduce((sum, choice) => sum + choice.length, 0);
  const sizes = choices.map((choice) => choice.length);
  const { shares, notes } = sharesOf(sizes, firstsOfTheirKind(plan, pairs), limit);
  const probes = pairs.flatMap(({ from, to }, i): readonly LabProbe[] => {
    const choice = choices[i] ?? [];
    const share = shares[i] ?? 0;
    if (share === 0) return [];
    const path = pathOf(plan, from, to);
    const family = familyOf(from.address);
    // Neighbouring pairs start at different places, so that together they cover all traffic.
    const chosen =
      share >= choice.length ? choice : choice.map((_, k) => choice[(k + i) % choice.length]).slice(0, share);
    return chosen.flatMap((traffic) =>
      traffic === undefined
        ? []
        : [{ from, to, traffic, predicted: judge(plan.situation, path, pointOf(traffic, family)).kind }],
    );
  });
  return { probes, possible, notes };
}

/** The oracle's whole reasoning about a probe. */
export function verdictOf(plan: LabPlan, { from, to, traffic }: Pick<LabProbe, "from" | "to" | "traffic">): Verdict {
  return judge(plan.situation, pathOf(plan, from, to), pointOf(traffic, familyOf(from.address)));
}

/** `accounts/pod/web-1`, `node/worker`, an address: the grammar of ends. */
export function labEndText({ place, address }: LabEnd): string {
  return place.kind === "outside" ? addressText(address) : place.identity;
}

/** `tcp/80`, `icmp`. */
export function trafficText(traffic: ProbeTraffic): string {
  return traffic.protocol === "icmp" ? "icmp" : `${traffic.protocol}/${traffic.port}`;
}

/** The indexes of pairs of which no earlier one has pods of the same classes on the same nodes. */
function firstsOfTheirKind(plan: LabPlan, pairs: readonly Pair[]): ReadonlySet<number> {
  const classOf = new Map(podClasses(plan.situation).flatMap(({ pods }, i) => pods.map((pod) => [pod, i] as const)));
  const kindOf = ({ place, address }: LabEnd): string =>
    place.kind === "pod" ? `${classOf.get(place.pod)} on ${place.pod.node}` : String(address);
  const seen = new Set<string>();
  const firsts = new Set<number>();
  pairs.forEach(({ from, to }, i) => {
    const self = from.address === to.address;
    const kind = `${kindOf(from)} > ${kindOf(to)} ${familyOf(from.address)} ${self}`;
    if (!seen.has(kind)) firsts.add(i);
    seen.add(kind);
  });
  return firsts;
}

interface Pair {
  readonly from: LabEnd;
  readonly to: LabEnd;
}

function pairsOf(plan: LabPlan): readonly Pair[] {
  const ends = [...labPods(plan), ...plan.nodes, plan.outside].flatMap((place) =>
    place.addresses.map((address): LabEnd => ({ place, address })),
  );
  return ends.flatMap((from) =>
    ends
      .filter(
        (to) =>
          (from.place.kind === "pod" || to.place.kind === "pod") && familyOf(from.address) === familyOf(to.address),
      )
      .map((to) => ({ from, to })),
  );
}

function endOf(plan: LabPlan, { address }: LabEnd): End {
  return endAt(plan.situation.inventory, address);
}

function pathOf(plan: LabPlan, from: LabEnd, to: LabEnd): Path {
  return directPath(plan.situation, endOf(plan, from), endOf(plan, to));
}

function trafficsOf(ports: readonly number[]): readonly ProbeTraffic[] {
  return [
    ...(["tcp", "udp"] as const).flatMap((protocol) => ports.map((port) => ({ protocol, port }))),
    { protocol: "icmp" },
  ];
}

/** The kernel chooses source ports among those of clients; no port that a policy can name as a source decides here. */
const CLIENT_PORT = 40_000;
const ECHO_REQUEST = { 4: { protocol: ICMP, first: 8, second: 0 }, 6: { protocol: ICMPV6, first: 128, second: 0 } };

function pointOf(traffic: ProbeTraffic, family: Family): TrafficPoint {
  switch (traffic.protocol) {
    case "icmp":
      return ECHO_REQUEST[family];
    case "tcp":
      return { protocol: TCP, first: CLIENT_PORT, second: traffic.port };
    case "udp":
      return { protocol: UDP, first: CLIENT_PORT, second: traffic.port };
  }
}
