/** Which packets without ports are worth sending beside pings. Pure. */
import { type Address, type Family, familyOf } from "../net/address.ts";
import { ICMP_REQUESTS } from "../net/natural-reply.ts";
import { headerKind, ICMP, ICMPV6 } from "../net/protocol.ts";
import { ALL_TRAFFIC, boxesOf, containsTraffic, equalTraffic, fieldRange, type TrafficSet } from "../net/traffic.ts";
import { allRules } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { ProbeTraffic } from "./reasoning.ts";
import type { LabPlan } from "./topology.ts";

interface IcmpKind {
  readonly type: number;
  readonly code: number;
}

/** What policies tell apart where there are no ports. */
export interface CraftedKinds {
  /** Protocols that policies name. */
  readonly named: readonly number[];
  /** Two that none names: one for each direction between two places. */
  readonly others: readonly [number, number];
  /** Types and codes that policies name, of ICMP and ICMPv6. */
  readonly icmp: ReadonlyMap<number, readonly IcmpKind[]>;
}

const PROTOCOLS = 256;
/** Numbers for experiments come first, RFC 3692. */
const OTHERS = [253, 254, ...Array.from({ length: PROTOCOLS }, (_, i) => PROTOCOLS - 1 - i)];

export function craftedKinds({ tiers }: Situation): CraftedKinds {
  const sets = [...allRules(tiers)]
    .flatMap((rule) => rule.traffic ?? [])
    .map(({ within }) => within)
    .filter((within) => !equalTraffic(within, ALL_TRAFFIC));
  const named = [...new Set(sets.flatMap(namedIn))].sort((a, b) => a - b);
  const free = OTHERS.filter((number) => isSendable(number, 6) && !named.includes(number));
  return {
    named,
    others: [free[0] ?? 253, free[1] ?? 254],
    icmp: new Map([ICMP, ICMPV6].map((protocol) => [protocol, sets.flatMap((set) => icmpIn(set, protocol))] as const)),
  };
}

/** The protocols without fields that a set has or lacks, whichever are fewer: those somebody has named. */
function namedIn(set: TrafficSet): readonly number[] {
  const all = Array.from({ length: PROTOCOLS }, (_, protocol) => protocol).filter(
    (protocol) => headerKind(protocol) === "none",
  );
  const inside = all.filter((protocol) => containsTraffic(set, { protocol, first: 0, second: 0 }));
  return inside.length <= all.length / 2 ? inside : all.filter((protocol) => !inside.includes(protocol));
}

/** The borders of every box that does not hold the whole protocol. */
function icmpIn(set: TrafficSet, protocol: number): readonly IcmpKind[] {
  const { end } = fieldRange(protocol);
  return [...boxesOf(set)].flatMap(({ protocols, first, second }) => {
    const isOther = protocol < protocols.start || protocols.end <= protocol;
    const isWhole = first.start === 0 && first.end === end && second.start === 0 && second.end === end;
    if (isOther || isWhole) return [];
    return [
      { type: first.start, code: second.start },
      { type: first.end - 1, code: second.end - 1 },
    ];
  });
}

/** Numbers that are headers of IPv6 itself, RFC 7045: behind them another protocol is looked for. */
export const IPV6_EXTENSIONS: readonly number[] = [0, 43, 44, 51, 59, 60, 135, 139, 140];
/** Numbers that no socket can have. */
export const NO_SOCKET: readonly number[] = [0, 255];

export function isSendable(protocol: number, family: Family): boolean {
  return !NO_SOCKET.includes(protocol) && (family === 4 || !IPV6_EXTENSIONS.includes(protocol));
}

/**
 * What is sent from one address to another. A packet of a protocol without fields would be taken for the answer to one in the
 * other direction, so a named protocol goes one way between two addresses, and the unnamed ones each another.
 */
export function craftedBetween(
  kinds: CraftedKinds,
  { network }: Pick<LabPlan, "network">,
  from: Address,
  to: Address,
): readonly ProbeTraffic[] {
  const family = familyOf(from);
  const isForward = from <= to;
  const numbers = [
    ...kinds.named.filter((protocol) => from === to || (protocol % 2 === 0) === isForward),
    kinds.others[isForward ? 0 : 1],
  ];
  return [
    // Networks may refuse the answer, and to other codes than 0 there is none.
    ...icmpRequests(kinds, family === 4 ? ICMP : ICMPV6).filter(
      ({ point: { second } }) => network === undefined || second === 0,
    ),
    // Whoever masquerades can tell such packets of two pods from each other as little.
    ...(network === undefined ? numbers : [])
      .filter((protocol) => isSendable(protocol, family))
      .map((protocol) => crafted(protocol, 0, 0)),
  ];
}

/** Where types are told apart, every type that asks for an answer, at code 0 and at the codes that are named for it. */
function icmpRequests({ icmp }: CraftedKinds, protocol: number): readonly Crafted[] {
  const named = icmp.get(protocol) ?? [];
  if (named.length === 0) return [];
  return [...(ICMP_REQUESTS.get(protocol)?.keys() ?? [])].flatMap((type) => {
    const codes = new Set([0, 1, ...named.filter((one) => one.type === type).map(({ code }) => code)]);
    return [...codes].map((code) => crafted(protocol, type, code));
  });
}

type Crafted = Extract<ProbeTraffic, { readonly protocol: "crafted" }>;

function crafted(protocol: number, first: number, second: number): Crafted {
  return { protocol: "crafted", point: { protocol, first, second } };
}
