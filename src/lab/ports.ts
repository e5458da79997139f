/** The ports at which policies could change their mind. */
import type { Interval } from "../net/intervals.ts";
import { SCTP, TCP, UDP } from "../net/protocol.ts";
import { boxesOf } from "../net/traffic.ts";
import type { End } from "../path/end.ts";
import { failsafeTraffic } from "../path/failsafe.ts";
import { allRules, type PortChoice, type ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

const PORT_END = 65_536;

/**
 * Ports that policies name as destinations by number for the protocols given, with both borders of every range and what lies next to them; and one that no policy
 * and no pod names, undefined where there is none. Port 0 is left out: sockets cannot have it.
 */
export interface PolicyPorts {
  readonly borders: readonly number[];
  readonly names: readonly string[];
  /** Those that host endpoints tell apart. */
  readonly atHosts: readonly number[];
  readonly unnamed: number | undefined;
}

export function policyPorts(situation: Situation, protocols: readonly number[]): PolicyPorts {
  const named = new Set<number>();
  const beside = new Set<number>();
  const ranges: Interval<number>[] = [];
  const names = new Set<string>();
  const note = (range: Interval<number>): void => {
    if (range.start === 0 && range.end === PORT_END) return;
    ranges.push(range);
    named.add(range.start).add(range.end - 1);
    beside.add(range.start - 1).add(range.end);
  };
  const noteChoice = (choice: PortChoice): void => {
    if (choice.kind === "named") names.add(choice.name);
    if (choice.kind === "numbers") for (const range of choice.ports) note(range);
    if (choice.kind === "service")
      for (const { port } of servedBy(situation, choice.service)) note({ start: port, end: port + 1 });
  };
  for (const { within, conditions } of [...allRules(situation.tiers)].flatMap((rule) => rule.traffic ?? [])) {
    const boxes = [...boxesOf(within)].filter(({ protocols: { start, end } }) =>
      protocols.some((number) => start <= number && number < end),
    );
    if (boxes.length === 0) continue;
    for (const { side, anyOf } of conditions) if (side === "destination") anyOf.forEach(noteChoice);
    for (const { second } of boxes) note(second);
  }
  const declared = situation.inventory.pods.flatMap((pod) => pod.declaredPorts.map(({ port }) => port));
  return {
    borders: [...new Set([...named, ...beside])].filter((port) => port > 0 && port < PORT_END).sort((a, b) => a - b),
    names: [...names],
    atHosts: hostPorts(situation, protocols),
    unnamed: portOutside(ranges, new Set([...declared, ...beside])),
  };
}

/** The ports that host endpoints name, and those that stay open there. */
function hostPorts({ inventory }: Situation, protocols: readonly number[]): readonly number[] {
  if (inventory.hostEndpoints.length === 0) return [];
  const open = (["ingress", "egress"] as const)
    .flatMap((direction) => [...boxesOf(failsafeTraffic("normal", direction))])
    .filter((box) => protocols.some((number) => box.protocols.start <= number && number < box.protocols.end))
    .flatMap(({ second }) => [second.start, second.end - 1]);
  return [...open, ...inventory.hostEndpoints.flatMap(({ ports }) => ports.map(({ port }) => port))];
}

function servedBy({ inventory }: Situation, { namespace, name }: ServiceName): readonly { readonly port: number }[] {
  return inventory.serviceEndpoints.get(`${namespace}/${name}`)?.served ?? [];
}

/**
 * Source ports that tell rules apart: both borders of every range that policies name as a source, what lies next to them,
 * and ports named by pods. Empty where policies ask for none; then any port of a client will do.
 */
export function sourcePorts({ tiers, inventory }: Situation): readonly number[] {
  const found = new Set<number>();
  const note = (start: number, end: number): void => {
    for (const port of [start - 1, start, end - 1, end]) found.add(port);
  };
  const noteChoice = (choice: PortChoice): void => {
    if (choice.kind === "numbers") for (const { start, end } of choice.ports) note(start, end);
    if (choice.kind === "named") {
      for (const { name, port } of inventory.pods.flatMap((pod) => pod.ports)) {
        if (name === choice.name) note(port, port + 1);
      }
    }
  };
  for (const { within, conditions } of [...allRules(tiers)].flatMap((rule) => rule.traffic ?? [])) {
    for (const { side, anyOf } of conditions) if (side === "source") anyOf.forEach(noteChoice);
    for (const { protocols, first } of boxesOf(within)) {
      const isWhole = first.start === 0 && first.end === PORT_END;
      const hasPorts = [TCP, UDP, SCTP].some((number) => protocols.start <= number && number < protocols.end);
      if (hasPorts && !isWhole) note(first.start, first.end);
    }
  }
  return [...found].filter((port) => port > 0 && port < PORT_END).sort((a, b) => a - b);
}

/** The ports that Linux picks from for a client that asks for none. */
const PICKED: Interval<number> = { start: 32_768, end: 61_000 };

/** Whether access lists tell some of the ports apart that the kernel picks from: of packets, or of what answers them. */
export function listsTellClientsApart({ vpc }: Situation): boolean {
  const isBorder = (port: number): boolean => PICKED.start < port && port < PICKED.end;
  const boxes = (vpc?.acls ?? []).flatMap(({ rules }) => rules.flatMap(({ traffic }) => [...boxesOf(traffic)]));
  return boxes
    .filter(({ protocols }) => [TCP, UDP].some((number) => protocols.start <= number && number < protocols.end))
    .some(({ first, second }) => [first, second].some(({ start, end }) => isBorder(start) || isBorder(end)));
}

/** The ports of one destination worth asking about, ascending. */
export function portsToProbe(ports: PolicyPorts, to: End): readonly number[] {
  const own =
    to.kind !== "pod"
      ? ports.atHosts
      : [
          ...to.pod.declaredPorts.map(({ port }) => port),
          ...to.pod.ports.filter(({ name }) => ports.names.includes(name)).map(({ port }) => port),
        ];
  const all = [...own, ...ports.borders, ...(ports.unnamed === undefined ? [] : [ports.unnamed])];
  return [...new Set(all)].filter((port) => port > 0 && port < PORT_END).sort((a, b) => a - b);
}

/** A port that is not well known to anybody, preferably above the registered ones and below those of clients. */
function portOutside(
  ranges: readonly { readonly start: number; readonly end: number }[],
  taken: ReadonlySet<number>,
): number | undefined {
  for (let i = 0; i < PORT_END - 1; i++) {
    const port = ((29_999 + i) % (PORT_END - 1)) + 1;
    if (!taken.has(port) && !ranges.some(({ start, end }) => start <= port && port < end)) return port;
  }
  return undefined;
}
