/** Every probe of a lab, with what the oracle says about it. Pure. */
import { podClasses } from "../fold/classes.ts";
import { type Address, familyOf } from "../net/address.ts";
import { protocolText, SCTP, TCP, UDP } from "../net/protocol.ts";
import { endAt } from "../path/end.ts";
import type { Verdict } from "../verdict/verdict.ts";
import { craftedBetween, craftedKinds } from "./crafted.ts";
import { listsTellClientsApart, policyPorts, portsToProbe, sourcePorts } from "./ports.ts";
import {
  CLIENT_PORT,
  type DenialKind,
  denialKindOf,
  type LabEnd,
  type LabTarget,
  type Prediction,
  predictionOf,
  type ProbeTraffic,
  reasonerOf,
} from "./reasoning.ts";
import { sharesOf } from "./shares.ts";
import type { LabService } from "./services.ts";
import { labPlaces, type LabPlan } from "./topology.ts";
import { type Unsent, unsentKinds } from "./unsent.ts";

export { labEndText, trafficText } from "./reasoning.ts";

/** Who may receive a probe, and whether that one would be let answer. */
export interface Receiver {
  readonly end: LabEnd;
  /** After translation; undefined: the port that was asked for. */
  readonly port: number | undefined;
  readonly predicted: Verdict["kind"];
}

export interface LabProbe {
  readonly from: LabEnd;
  readonly to: LabTarget;
  readonly traffic: ProbeTraffic;
  readonly predicted: Prediction;
  /** Where it is denied. */
  readonly denial: DenialKind;
  /** One for a place, the backends for a Service, none where nothing leads on. */
  readonly receivers: readonly Receiver[];
}

export interface LabProbes {
  /** Between two places, from the source port of a client. */
  readonly probes: readonly LabProbe[];
  /** Between two places, from the source ports that policies name. */
  readonly sourced: readonly LabProbe[];
  /** From pods and nodes through Services. */
  readonly translated: readonly LabProbe[];
  /** How many there would be without limit. */
  readonly possible: number;
  readonly notes: readonly string[];
  /** Kinds of packets that are sent between no places, and why. */
  readonly unsent: readonly Unsent[];
}

export interface ProbeSelection {
  /** The most probes; default 20,000. */
  readonly limit?: number;
}

/**
 * All ordered pairs of ends of one family, each with every interesting port by TCP, UDP and SCTP, one echo and packets
 * of what other protocols policies tell apart; likewise from every source port that policies tell apart; and every pod and node to every Service, at each port it has and one that it has
 * not. What lies among nodes and outside is asked about only where the input speaks of it: no pod is there. Above the limit, pairs that differ in
 * the classes or nodes of their pods come before pairs like them, every pair keeps a share of its own, and a note says what is
 * missing. O(pairs) plus one judgement per probe.
 */
export function planProbes(plan: LabPlan, { limit = 20_000 }: ProbeSelection = {}): LabProbes {
  const candidates = candidatesOf(plan);
  const sizes = candidates.map(({ choice }) => choice.length);
  const { shares, notes } = sharesOf(sizes, firstsOfTheirKind(plan, candidates), limit);
  const ends = endsByAddress(plan);
  const chosen = (kind: Candidate["kind"]): readonly LabProbe[] =>
    candidates.flatMap((candidate, i) => {
      const share = shares[i] ?? 0;
      if (candidate.kind !== kind || share === 0) return [];
      return probesBetween(plan, candidate, turned(candidate.choice, i, share), ends);
    });
  return {
    probes: chosen("plain"),
    sourced: chosen("sourced"),
    translated: chosen("translated"),
    possible: sizes.reduce((sum, size) => sum + size, 0),
    notes,
    unsent: unsentKinds(plan),
  };
}

/** A pair of ends with all that could be sent. */
interface Candidate {
  readonly kind: "plain" | "sourced" | "translated";
  readonly from: LabEnd;
  readonly to: LabTarget;
  readonly choice: readonly ProbeTraffic[];
}

/** Probes of one pair with what the oracle says about each; `ends` are those of the plan. */
export function probesBetween(
  plan: LabPlan,
  { from, to }: Pick<LabProbe, "from" | "to">,
  traffics: readonly ProbeTraffic[],
  ends: ReadonlyMap<Address, LabEnd> = endsByAddress(plan),
): readonly LabProbe[] {
  const reasoner = reasonerOf(plan, from, to);
  return traffics.map((traffic): LabProbe => {
    const reasoning = reasoner(traffic);
    const receivers = reasoning.verdicts.flatMap(({ path, kind }): readonly Receiver[] => {
      const [where] = path.to.where;
      const end = where === undefined ? undefined : ends.get(where.start);
      return end === undefined ? [] : [{ end, port: path.destinationPort, predicted: kind }];
    });
    return { from, to, traffic, predicted: predictionOf(reasoning), denial: denialKindOf(reasoning), receivers };
  });
}

/** Neighbouring pairs start at different places, so that together they cover all traffic. */
function turned(choice: readonly ProbeTraffic[], by: number, share: number): readonly ProbeTraffic[] {
  if (share >= choice.length) return choice;
  const start = by % choice.length;
  return [...choice.slice(start), ...choice.slice(0, start)].slice(0, share);
}

/** The indexes of candidates of which no earlier one has pods of the same classes on the same nodes. */
function firstsOfTheirKind(plan: LabPlan, candidates: readonly Candidate[]): ReadonlySet<number> {
  const classOf = new Map(podClasses(plan.situation).flatMap(({ pods }, i) => pods.map((pod) => [pod, i] as const)));
  const kindOf = ({ place, address }: LabTarget): string =>
    place.kind === "pod" ? `${classOf.get(place.pod)} on ${place.pod.node}` : String(address);
  const seen = new Set<string>();
  const firsts = new Set<number>();
  candidates.forEach(({ kind, from, to }, i) => {
    const self = from.address === to.address;
    const key = `${kind} ${kindOf(from)} > ${kindOf(to)} ${familyOf(from.address)} ${self}`;
    if (!seen.has(key)) firsts.add(i);
    seen.add(key);
  });
  return firsts;
}

function endsByAddress(plan: LabPlan): ReadonlyMap<Address, LabEnd> {
  return new Map(endsOf(plan).map((end) => [end.address, end]));
}

function endsOf(plan: LabPlan): readonly LabEnd[] {
  return labPlaces(plan).flatMap((place) => place.addresses.map((address): LabEnd => ({ place, address })));
}

function candidatesOf(plan: LabPlan): readonly Candidate[] {
  const { inventory } = plan.situation;
  const ends = endsOf(plan);
  const ports = policyPorts(plan.situation, [TCP, UDP]);
  const sctpPorts = policyPorts(plan.situation, [SCTP]);
  const crafted = craftedKinds(plan.situation);
  const sources = sourcePorts(plan.situation);
  // Where policies or lists ask for the ports of clients, the kernel must not choose one that they name.
  const isPicked = sources.length === 0 && !listsTellClientsApart(plan.situation);
  const client = isPicked ? {} : { sourcePort: CLIENT_PORT };
  const choices = new Map(
    ends.map((to) => {
      const end = endAt(inventory, to.address);
      const asked = [
        ...transports(["tcp", "udp"], portsToProbe(ports, end)),
        ...transports(["sctp"], portsToProbe(sctpPorts, end)),
      ];
      const plain = [...asked.map((traffic) => ({ ...traffic, ...client })), { protocol: "icmp" } as const];
      return [to, { asked, plain }] as const;
    }),
  );
  const pairs = ends.flatMap((from) =>
    ends.flatMap((to) => {
      const choice = choices.get(to);
      const meets =
        from.place.kind === "pod" || to.place.kind === "pod" || isNetworked(plan, from, to) || isAtHost(plan, from, to);
      return choice !== undefined && meets && familyOf(from.address) === familyOf(to.address)
        ? [
            {
              from,
              to,
              asked: choice.asked,
              plain: [...choice.plain, ...craftedBetween(crafted, plan, from.address, to.address)],
            },
          ]
        : [];
    }),
  );
  const insiders = ends.filter(({ place }) => place.kind !== "outside");
  return [
    ...pairs.map(({ from, to, plain }) => ({ kind: "plain", from, to, choice: plain }) as const),
    ...(sources.length === 0
      ? []
      : pairs
          .filter(({ from, to }) => from.address !== to.address)
          .map(({ from, to, asked }) => {
            const back = new Set((choices.get(from)?.asked ?? []).map(portKey));
            const choice = sourcedTraffic(asked, sources, back, from.address < to.address);
            return { kind: "sourced", from, to, choice } as const;
          })),
    ...plan.services.flatMap((place) => {
      const choice = serviceTraffic(place, isPicked ? undefined : sources, ports.unnamed);
      return insiders.flatMap((from) =>
        place.addresses
          .filter((address) => familyOf(address) === familyOf(from.address))
          .map((address) => ({ kind: "translated", from, to: { place, address }, choice }) as const),
      );
    }),
  ];
}

/** Whether networks of the input are all that lies between two ends that are no pods. */
function isNetworked({ network }: LabPlan, from: LabEnd, to: LabEnd): boolean {
  return network !== undefined && from.place !== to.place;
}

/** Whether what passes between two ends may meet a host endpoint at a node that is one of them. */
function isAtHost({ situation }: LabPlan, from: LabEnd, to: LabEnd): boolean {
  const hasNode = [from, to].some(({ place }) => place.kind === "node");
  return situation.inventory.hostEndpoints.length > 0 && hasNode && from.place !== to.place;
}

type Transport = Extract<ProbeTraffic, { readonly port: number }>;

function transports(protocols: readonly Transport["protocol"][], ports: readonly number[]): readonly Transport[] {
  return protocols.flatMap((protocol) => ports.map((port) => ({ protocol, port })));
}

function portKey({ protocol, port }: Transport): string {
  return `${protocol}/${port}`;
}

/**
 * The same from each source port. Of two packets of which each could be the reply to the other, only one is sent, else the
 * kernel would take the second for it; `back` are the ports asked for in the other direction.
 */
function sourcedTraffic(
  asked: readonly Transport[],
  sources: readonly number[],
  back: ReadonlySet<string>,
  isForward: boolean,
): readonly ProbeTraffic[] {
  const named = new Set(sources);
  return asked.flatMap((traffic) =>
    sources
      .filter((sourcePort) => {
        if (traffic.port === CLIENT_PORT) return false;
        const isMirrored = back.has(portKey({ ...traffic, port: sourcePort })) && named.has(traffic.port);
        const isEven = (sourcePort + traffic.port) % 2 === 0;
        return !isMirrored || isEven === isForward;
      })
      .map((sourcePort) => ({ ...traffic, sourcePort })),
  );
}

/** Backends take turns, so a few connections in a row meet several of them. */
const TURNS = 3;

/**
 * Every port of the Service, several times where it has several backends, and a port it has not; `sources` are the ports of
 * clients to avoid, undefined where the kernel may choose any.
 */
function serviceTraffic(
  { service }: LabService,
  sources: readonly number[] | undefined,
  unnamed: number | undefined,
): readonly ProbeTraffic[] {
  const asked = service.ports.flatMap(({ protocol, port, backends }) => {
    const transport = (["tcp", "udp", "sctp"] as const).find((name) => name === protocolText(protocol));
    if (transport === undefined) return [];
    const traffic = { protocol: transport, port };
    return Array.from({ length: Math.max(1, Math.min(TURNS, backends.length)) }, () => traffic);
  });
  const listed = new Set(service.ports.map(({ port }) => port));
  const other = unnamed !== undefined && !listed.has(unnamed) ? unnamed : unlistedPort(listed);
  const all = [...asked, { protocol: "tcp", port: other } as const];
  if (sources === undefined) return all;
  const named = new Set([...sources, CLIENT_PORT]);
  let sourcePort = CLIENT_PORT;
  return all.map((traffic) => {
    // Each from a port of its own: behind the Service they may meet at one place, where they have to differ.
    do sourcePort++;
    while (named.has(sourcePort));
    return { ...traffic, sourcePort };
  });
}

function unlistedPort(listed: ReadonlySet<number>): number {
  let port = 30_000;
  while (listed.has(port)) port++;
  return port;
}
