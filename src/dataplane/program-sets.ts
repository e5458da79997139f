/** The sets and maps of a node's program. */
import { type Address, type Family, familyOf } from "../net/address.ts";
import { trafficText } from "../net/traffic-text.ts";
import { stampOf } from "./program-chains.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, Target } from "./program.ts";
import type { Element, NamedSet } from "./ruleset.ts";
import { ADMITTED, type TrafficNumbers } from "./traffic-numbers.ts";

/** Names an address for the comments of elements; undefined: no comment. */
export type NameOf = (address: Address) => string | undefined;

/** About six for each family and a few for both, however many policies there are: the time to load a table grows with the square of its sets. */
export function setsOf(program: Program, nameOf: NameOf, numbers: TrafficNumbers): readonly NamedSet[] {
  return [
    stamps(program),
    trafficMap(program, numbers),
    ...program.families.flatMap((family) => familySets(program, family, nameOf, numbers)),
    ...boundSets(program),
  ];
}

/** A new generation is a change of this one element. */
function stamps(program: Program): NamedSet {
  return {
    name: "stamps",
    about: "The stamp of connections that need not be judged again.",
    key: ["mark"],
    interval: false,
    elements: [{ key: [stampOf(program)] }],
  };
}

function trafficMap({ trafficChains }: Program, numbers: TrafficNumbers): NamedSet {
  return {
    name: "traffic",
    about: "What the numbers of traffic lead to, which pairs hold.",
    key: ["classid"],
    value: "verdict",
    interval: false,
    elements: [
      { key: [ADMITTED], value: { kind: "return" } },
      ...trafficChains.flatMap(({ name: chain }): readonly Element[] => {
        const number = numbers.get(chain);
        return number === undefined ? [] : [{ key: [number], value: { kind: "goto", chain } }];
      }),
    ],
  };
}

const ADDRESS = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

function familySets(
  program: Program,
  own: FamilyProgram,
  nameOf: NameOf,
  numbers: TrafficNumbers,
): readonly NamedSet[] {
  const { family } = own;
  const addresses = (name: string, about: string, members: readonly Address[]): NamedSet => ({
    name: `${name}${family}`,
    about,
    key: [ADDRESS[family]],
    interval: false,
    elements: members.map((address) => ({ key: [address], ...commentOf(nameOf(address)) })),
  });
  const classes = (name: string, about: string, interval: boolean, elements: readonly Element[]): NamedSet => ({
    name: `${name}${family}`,
    about,
    key: [ADDRESS[family]],
    value: "classid",
    interval,
    elements,
  });
  const textOf = new Map(program.trafficChains.map(({ name, traffic }) => [name, trafficText(traffic)]));
  const pairs = (direction: "egress" | "ingress", entries: readonly PairEntry[]): NamedSet => ({
    name: `${direction}_pairs${family}`,
    about: `The number of the traffic between pod and class of peer in direction ${direction}.`,
    key: [ADDRESS[family], "classid"],
    value: "classid",
    interval: false,
    elements: entries.map((entry) => pairElement(entry, nameOf(entry.pod), numbers, textOf)),
  });
  return [
    ...(program.toOwnNode === "drop" || program.hosts !== undefined
      ? [addresses("local_pods", "Every pod of this node.", own.localPods)]
      : []),
    addresses("isolated_egress", "Pods whose egress some policy governs.", own.isolatedEgress),
    addresses("isolated_ingress", "Pods whose ingress some policy governs.", own.isolatedIngress),
    classes(
      "address_class",
      "The classes of single addresses.",
      false,
      own.addressClasses.map(({ block, peerClass }) => ({
        key: [block.start],
        value: peerClass,
        ...commentOf(nameOf(block.start)),
      })),
    ),
    classes("block_class", "The classes of blocks of addresses.", true, own.blockClasses.map(blockElement)),
    pairs("egress", own.egress),
    pairs("ingress", own.ingress),
  ];
}

export function commentOf(text: string | undefined): { readonly comment?: string } {
  return text === undefined ? {} : { comment: text };
}

function blockElement({ block, peerClass }: ClassEntry): Element {
  return { key: [block], value: peerClass };
}

function pairElement(
  { pod, peerClass, target }: PairEntry,
  name: string | undefined,
  numbers: TrafficNumbers,
  textOf: ReadonlyMap<string, string>,
): Element {
  const traffic = target.kind === "admit" ? "all" : textOf.get(target.chain);
  return {
    key: [pod, peerClass],
    value: numberOf(target, numbers),
    ...commentOf(name === undefined ? undefined : `${name}: ${traffic}`),
  };
}

function numberOf(target: Target, numbers: TrafficNumbers): number {
  if (target.kind === "admit") return ADMITTED;
  const number = numbers.get(target.chain);
  if (number !== undefined) return number;
  throw new RangeError(`a pair leads to chain ${target.chain}, which the program does not have`);
}

function boundSets(program: Program): readonly NamedSet[] {
  if (program.interfaces.length === 0) return [];
  const bound = (family: Family): NamedSet => ({
    name: `bound${family}`,
    about: "The addresses that may send from an interface.",
    key: ["ifname", ADDRESS[family]],
    interval: false,
    elements: program.interfaces.flatMap(({ name, addresses }) =>
      [...new Set(addresses)]
        .filter((address) => familyOf(address) === family)
        .map((address) => ({ key: [name, address] })),
    ),
  });
  const interfaces: NamedSet = {
    name: "pod_interfaces",
    about: "The interfaces of the pods of this node.",
    key: ["ifname"],
    interval: false,
    elements: program.interfaces.map(({ name }) => ({ key: [name] })),
  };
  return [interfaces, bound(4), bound(6)];
}
