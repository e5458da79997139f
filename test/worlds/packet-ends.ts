import { contains, formatAddress, parseAddress, parseCidr, sameAddress } from "../naive/address.ts";
import type { Address, Block } from "../naive/address.ts";
import { isNetworkPolicy, isNode, isPod } from "../naive/raw-objects.ts";
import type { RawNetworkPolicy, RawObject, RawPod } from "../naive/raw-objects.ts";
import { externalAddresses } from "./vocabulary.ts";
import { leavesOf } from "./written-values.ts";

/** The addresses worth asking about. */
export interface Ends {
  /** Addresses that pods show, also finished ones; those of host-network pods are their node's. */
  readonly pods: readonly Address[];
  readonly nodes: readonly Address[];
  /** Outside addresses, and around every CIDR: its first and last address and the one before and after. */
  readonly others: readonly Address[];
}

export function endsOf(objects: readonly RawObject[]): Ends {
  const nodes = distinct(objects.flatMap(nodeAddresses));
  const pods = without(distinct(objects.filter(isPod).flatMap(podAddresses)), nodes);
  const borders = objects.flatMap(blocksOf).flatMap(bordersOf).filter(isRoutable);
  const others = distinct([...externalAddresses.map(parseAddress), ...borders]);
  return { pods, nodes, others: without(others, [...pods, ...nodes]) };
}

export function podAddresses({ status }: RawPod): readonly Address[] {
  return [status?.podIP ?? "", ...(status?.podIPs ?? []).map(({ ip }) => ip)]
    .filter((ip) => ip !== "")
    .map(parseAddress);
}

function nodeAddresses(object: RawObject): readonly Address[] {
  if (!isNode(object)) return [];
  const addresses = (object.status?.addresses ?? []).filter(
    ({ type }) => type === "InternalIP" || type === "ExternalIP",
  );
  return addresses.map(({ address }) => parseAddress(address));
}

function blocksOf(object: RawObject): readonly Block[] {
  if (isNetworkPolicy(object)) return networkPolicyBlocks(object);
  if (isPod(object) || isNode(object)) return [];
  return leavesOf(object).flatMap(({ value }) =>
    typeof value === "string" && /^[0-9a-f.:]+\/[0-9]+$/u.test(value) ? [parseCidr(value)] : [],
  );
}

function networkPolicyBlocks({ spec }: RawNetworkPolicy): readonly Block[] {
  const peers = [
    ...(spec?.ingress ?? []).flatMap((rule) => rule?.from ?? []),
    ...(spec?.egress ?? []).flatMap((rule) => rule?.to ?? []),
  ];
  return peers.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])].map(parseCidr) : []));
}

function bordersOf({ family, first, last }: Block): readonly Address[] {
  return [first, last, first - 1n, last + 1n].map((value) => ({ family, value }));
}

const unicast = ["1.0.0.0/8", "2.0.0.0/7", "4.0.0.0/6", "8.0.0.0/5", "16.0.0.0/4", "32.0.0.0/3", "64.0.0.0/3"]
  .concat(["96.0.0.0/4", "112.0.0.0/5", "120.0.0.0/6", "124.0.0.0/7", "126.0.0.0/8", "128.0.0.0/2", "192.0.0.0/3"])
  .concat(["2000::/3", "fc00::/7"])
  .map(parseCidr);
const linkLocal = parseCidr("169.254.0.0/16");

/** No address that a kernel treats in its own way: unspecified, loopback, link-local, multicast, reserved. */
export function isRoutable(address: Address): boolean {
  return unicast.some((block) => contains(block, address)) && !contains(linkLocal, address);
}

function distinct(addresses: readonly Address[]): readonly Address[] {
  return [...new Map(addresses.map((address) => [formatAddress(address), address])).values()];
}

function without(addresses: readonly Address[], known: readonly Address[]): readonly Address[] {
  return addresses.filter((address) => !known.some((other) => sameAddress(other, address)));
}
