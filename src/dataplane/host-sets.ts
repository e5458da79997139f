/** The sets and maps of a node's program for its host endpoints. */
import { familyOf } from "../net/address.ts";
import type { AddressLookup } from "./address-lookup.ts";
import { dispatchesIn } from "./host-chains.ts";
import { dispatchSets } from "./host-dispatch.ts";
import { lookupsOf, type StageLookup } from "./host-lookups.ts";
import { CLUSTER_NODES, EARLY_TRAFFIC_MAP } from "./host-names.ts";
import type { HostProgram } from "./host-program.ts";
import { commentOf, type NameOf } from "./program-sets.ts";
import type { Program } from "./program.ts";
import type { Element, NamedSet } from "./ruleset.ts";
import { ADMITTED, PASSED, type TrafficNumbers } from "./traffic-numbers.ts";

/** A few for each stage that speaks of addresses, and a few for all; none without host endpoints. O(size of the stages). */
export function hostSets(
  { hosts }: Pick<Program, "hosts">,
  numbers: TrafficNumbers,
  nameOf: NameOf,
): readonly NamedSet[] {
  if (hosts === undefined) return [];
  return [
    earlyTraffic(hosts, numbers),
    ...clusterNodes(hosts),
    ...dispatchSets(hosts, dispatchesIn(hosts)),
    ...lookupsOf(hosts, numbers).flatMap((lookup) => lookupSets(lookup, nameOf)),
  ];
}

function earlyTraffic(hosts: HostProgram, numbers: TrafficNumbers): NamedSet {
  return {
    name: EARLY_TRAFFIC_MAP,
    about: "What the numbers of traffic lead to in untracked and pre-DNAT phases.",
    key: ["classid"],
    value: "verdict",
    interval: false,
    elements: [
      ...[ADMITTED, PASSED].map((number): Element => ({ key: [number], value: { kind: "return" } })),
      ...hosts.earlyTraffic.flatMap(({ name }): readonly Element[] => {
        const number = numbers.get(name);
        return number === undefined ? [] : [{ key: [number], value: { kind: "goto", chain: name } }];
      }),
    ],
  };
}

const ADDRESS = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

function clusterNodes({ carriers, nodes }: HostProgram): readonly NamedSet[] {
  if (carriers.length === 0) return [];
  return ([4, 6] as const).map((family) => ({
    name: CLUSTER_NODES[family],
    about: "The addresses of the cluster's nodes.",
    key: [ADDRESS[family]],
    interval: false,
    elements: nodes.filter((address) => familyOf(address) === family).map((address) => ({ key: [address] })),
  }));
}

function lookupSets(lookup: StageLookup, nameOf: NameOf): readonly NamedSet[] {
  const { chain, about, family, numbers, rows } = lookup;
  const set = (what: string, interval: boolean, elements: readonly Element[]): NamedSet => ({
    name: `${chain}_${what}`,
    about,
    key: [ADDRESS[family]],
    value: "classid",
    interval,
    elements,
  });
  const verdicts: NamedSet | undefined = rows && {
    name: `${chain}_rows`,
    about,
    key: ["classid"],
    value: "verdict",
    interval: false,
    elements: [...rows].map(([number, name]) => ({ key: [number], value: { kind: "goto", chain: name } })),
  };
  return [
    ...(numbers.blocks.length === 0 ? [] : [set("blocks", true, blockElements(numbers))]),
    ...(numbers.addresses.length === 0 ? [] : [set("addresses", false, addressElements(numbers, nameOf))]),
    ...(verdicts === undefined ? [] : [verdicts]),
  ];
}

function blockElements({ blocks }: AddressLookup<number>): readonly Element[] {
  return blocks.map(({ block, value }) => ({ key: [block], value }));
}

function addressElements({ addresses }: AddressLookup<number>, nameOf: NameOf): readonly Element[] {
  return addresses.map(({ address, value }) => ({ key: [address], value, ...commentOf(nameOf(address)) }));
}
