/** The sets and maps of a node's program. */
import { type Address, type Family, familyOf } from "../net/address.ts";
import { trafficText } from "../net/traffic-text.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program } from "./program.ts";
import type { Element, NamedSet } from "./ruleset.ts";

/** Names an address for the comments of elements; undefined: no comment. */
export type NameOf = (address: Address) => string | undefined;

/** About ten for each family, however many policies there are: the time to load a table grows with the square of its sets. */
export function setsOf(program: Program, nameOf: NameOf): readonly NamedSet[] {
  return [...program.families.flatMap((family) => familySets(program, family, nameOf)), ...boundSets(program)];
}

const ADDRESS = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

function familySets(program: Program, own: FamilyProgram, nameOf: NameOf): readonly NamedSet[] {
  const { family } = own;
  const addresses = (name: string, about: string, members: readonly Address[]): NamedSet => ({
    name: `${name}${family}`,
    about,
    key: [ADDRESS[family]],
    interval: false,
    elements: members.map((address) => ({ key: [address], ...comment(nameOf(address)) })),
  });
  const classes = (name: string, about: string, interval: boolean, elements: readonly Element[]): NamedSet => ({
    name: `${name}${family}`,
    about,
    key: [ADDRESS[family]],
    value: "classid",
    interval,
    elements,
  });
  const trafficOf = new Map(program.trafficChains.map(({ name, traffic }) => [name, trafficText(traffic)]));
  const pairs = (direction: "egress" | "ingress", entries: readonly PairEntry[]): NamedSet => ({
    name: `${direction}_pairs${family}`,
    about: `What pod and class of peer lead to in direction ${direction}.`,
    key: [ADDRESS[family], "classid"],
    value: "verdict",
    interval: false,
    elements: entries.map((entry) => pairElement(entry, nameOf(entry.pod), trafficOf)),
  });
  return [
    ...(program.toOwnNode === "drop" ? [addresses("local_pods", "Every pod of this node.", own.localPods)] : []),
    addresses("isolated_egress", "Pods whose egress some policy governs.", own.isolatedEgress),
    addresses("isolated_ingress", "Pods whose ingress some policy governs.", own.isolatedIngress),
    classes(
      "address_class",
      "The classes of single addresses.",
      false,
      own.addressClasses.map(({ block, peerClass }) => ({
        key: [block.start],
        value: peerClass,
        ...comment(nameOf(block.start)),
      })),
    ),
    classes("block_class", "The classes of blocks of addresses.", true, own.blockClasses.map(blockElement)),
    pairs("egress", own.egress),
    pairs("ingress", own.ingress),
  ];
}

function comment(text: string | undefined): { readonly comment?: string } {
  return text === undefined ? {} : { comment: text };
}

function blockElement({ block, peerClass }: ClassEntry): Element {
  return { key: [block], value: peerClass };
}

const ADMIT = { kind: "return" } as const;

function pairElement(
  { pod, peerClass, target }: PairEntry,
  name: string | undefined,
  trafficOf: ReadonlyMap<string, string>,
): Element {
  const traffic = target.kind === "admit" ? "all" : trafficOf.get(target.chain);
  return {
    key: [pod, peerClass],
    value: target.kind === "admit" ? ADMIT : { kind: "goto", chain: target.chain },
    ...comment(name === undefined ? undefined : `${name}: ${traffic}`),
  };
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
