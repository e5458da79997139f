/** Where the ends of a flow are attached to the networks around the cluster. */
import type { Node } from "../cluster/endpoint.ts";
import {
  type Address,
  addressSetText,
  type AddressSet,
  addressText,
  containsAddress,
  coversAddresses,
  type Family,
  familyOf,
  IPV4,
  ofFamily,
  single,
} from "../net/address.ts";
import { overlaps, unionOf } from "../net/intervals.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type Area, areaOf } from "../vpc/areas.ts";
import { bearerFact } from "../vpc/dangling.ts";
import { labelledWorker, SUBNET_LABEL } from "../vpc/ibm/workers.ts";
import { type Attachment, attachmentAt, behindFloating, subnetById, subnetsAt, workerAt } from "../vpc/lookup.ts";
import type { Subnet, VpcInventory } from "../vpc/model.ts";
import { distinctAddresses } from "./placement.ts";

/** Attached to a subnet; outside all of them; nowhere, as nothing bears the address; or not known. */
export type Location =
  | {
      readonly kind: "attached";
      readonly attachment: Attachment;
      /** Undefined for what is no node, and for a block of addresses of several. */
      readonly node: Node | undefined;
      /** Whether nodes of clusters bear the address. */
      readonly isHost: boolean;
      /** What lets connections to an address on the internet in to it; undefined: its own address is asked for. */
      readonly entry: Entrance | undefined;
    }
  | { readonly kind: "outside"; readonly area: Exclude<Area, "mixed">; readonly where: AddressSet }
  | { readonly kind: "nowhere"; readonly reason: string }
  | { readonly kind: "unknown"; readonly fact: Fact };

/** A floating address, or a load balancer. */
export interface Entrance {
  readonly address: Address;
  readonly text: string;
}

export type Attached = Extract<Location, { kind: "attached" }>;

/** A node by its own address, or by the one it is asked for. O(size of the inventory). */
export function locateNode(vpc: VpcInventory, node: Node, family: Family, asked?: Address): Location {
  if (!carries(vpc, family)) return notCarried(family);
  const addresses = node.addresses.filter((address) => familyOf(address) === family);
  const label = node.seen.get(SUBNET_LABEL);
  const address = asked ?? networkAddress(vpc, addresses, label);
  if (address === undefined)
    return unknown(`which address node/${node.name} has`, "add its Node object with status.addresses");
  if (asked !== undefined && subnetsAt(vpc, single(asked)).length === 0) {
    const behind = behindFloating(vpc, asked);
    if (behind !== undefined)
      return { kind: "attached", attachment: behind, node, isHost: true, entry: floatingEntrance(asked) };
  }
  const found = workerAt(vpc, address);
  const id = found?.own.primary === false ? (found.own.subnet ?? label) : (label ?? found?.own.subnet);
  const subnet = id === undefined ? onlySubnet(vpc, address) : subnetById(vpc, id);
  if (subnet === undefined) {
    return unknown(
      `subnet ${id}, in which node/${node.name} stands`,
      "add the subnets of its VPC (ibmcloud is subnets --output json)",
    );
  }
  if ("text" in subnet) return { kind: "unknown", fact: subnet };
  if (!containsAddress(subnet.addresses, address) && areaOf(vpc, single(address)) === "public") {
    const remedy =
      "add the floating IPs and instances (ibmcloud is floating-ips --output json), or ask about its other address";
    return unknown(`how node/${node.name} bears ${addressText(address)}, which is in no subnet`, remedy);
  }
  const attachment = attachmentAt(vpc, subnet, address);
  const worker = attachment.worker ?? labelledWorker(node.seen);
  // Managed workers have no floating addresses.
  const isManaged = worker !== undefined || label !== undefined;
  const isFloatingTold = isManaged ? true : attachment.isFloatingTold;
  const named = { ...attachment, worker, isFloatingTold, name: `node/${node.name}` } as const;
  return { kind: "attached", attachment: named, node, isHost: true, entry: undefined };
}

/** Whether any subnet has addresses of the family. */
function carries({ subnets }: VpcInventory, family: Family): boolean {
  return subnets.length === 0 || subnets.some(({ addresses }) => ofFamily(addresses, family).length > 0);
}

function notCarried(family: Family): Location {
  return { kind: "nowhere", reason: `no subnet in the input has IPv${family} addresses` };
}

function floatingEntrance(address: Address): Entrance {
  return { address, text: `floating address ${addressText(address)}` };
}

/** The address by which a node speaks to others: its worker's primary one, else one in its subnet. */
function networkAddress(
  vpc: VpcInventory,
  addresses: readonly Address[],
  label: string | undefined,
): Address | undefined {
  const isPrimary = (address: Address): boolean => workerAt(vpc, address)?.own.primary === true;
  const own = subnetById(vpc, label)?.addresses;
  return (
    addresses.find(isPrimary) ??
    addresses.find((address) => own !== undefined && containsAddress(own, address)) ??
    addresses.find((address) => subnetsAt(vpc, single(address)).length > 0) ??
    addresses[0]
  );
}

function onlySubnet(vpc: VpcInventory, address: Address): Subnet | Fact {
  const text = addressSetText(single(address)).join();
  const [subnet, second] = preferred(vpc, subnetsAt(vpc, single(address)));
  if (subnet === undefined) {
    return {
      text: `in which subnet ${text} is`,
      remedy: "add the subnets of its VPC (ibmcloud is subnets --output json)",
    };
  }
  return second === undefined ? subnet : severalSubnets(text, subnet, second);
}

/** Where VPCs use the same addresses, those of the clusters in the input are meant. */
function preferred(vpc: VpcInventory, subnets: readonly Subnet[]): readonly Subnet[] {
  const homes = new Set(vpc.clusters.map((cluster) => cluster.vpc));
  const own = subnets.filter((subnet) => homes.has(subnet.vpc));
  return own.length > 0 ? own : subnets;
}

function severalSubnets(text: string, first: Subnet, second: Subnet): Fact {
  return {
    text: `whether ${text} is in subnet ${first.name} or ${second.name}`,
    remedy: "leave VPCs out of the input that the cluster is not in",
  };
}

/** Addresses that no pod bears. Those of one block are alike, or it is not known which is meant. O(size of the inventory). */
export function locateAddresses(situation: Situation, vpc: VpcInventory, where: AddressSet): Location {
  const [first] = where;
  if (first === undefined) throw new Error("an end has at least one address");
  if (!carries(vpc, familyOf(first.start))) return notCarried(familyOf(first.start));
  const text = addressSetText(where).join(", ");
  const isOne = where.length === 1 && first.end - first.start === 1n;
  if (!isOne && !areAlike(situation, where)) return mixed(text);
  const node = situation.inventory.nodeAt.get(first.start);
  if (node !== undefined) return asBlock(locateNode(vpc, node, familyOf(first.start), first.start), where, text, isOne);
  const [subnet, second] = preferred(vpc, subnetsAt(vpc, where));
  if (subnet !== undefined) {
    if (second !== undefined) return { kind: "unknown", fact: severalSubnets(text, subnet, second) };
    const attachment = attachmentAt(vpc, subnet, first.start);
    const isHost = attachment.worker !== undefined;
    return asBlock({ kind: "attached", attachment, node: undefined, isHost, entry: undefined }, where, text, isOne);
  }
  const behind = isOne ? behindFloating(vpc, first.start) : undefined;
  if (behind !== undefined) {
    const isHost = behind.worker !== undefined;
    return { kind: "attached", attachment: behind, node: undefined, isHost, entry: floatingEntrance(first.start) };
  }
  return locateOutside(situation, vpc, where, text);
}

/** What is said of one address, said of all that are like it. */
function asBlock(location: Location, where: AddressSet, text: string, isOne: boolean): Location {
  if (location.kind !== "attached") return location;
  const { attachment } = location;
  const name = attachment.kind === "unnamed" && location.node === undefined ? text : attachment.name;
  if (isOne) return { ...location, attachment: { ...attachment, name } };
  return { ...location, node: undefined, attachment: { ...attachment, name: text, addresses: where } };
}

function areAlike(situation: Situation, where: AddressSet): boolean {
  return distinctAddresses(situation).every((set) => coversAddresses(set, where) || !overlaps(set, where));
}

function mixed(text: string): Location {
  return unknown(`which address of ${text} is meant`, "ask about one address or a smaller block");
}

function locateOutside({ podRange }: Situation, vpc: VpcInventory, where: AddressSet, text: string): Location {
  const isPodRangeTold = !coversAddresses(podRange, [IPV4]);
  const ranges = [
    ["pod range", [...(isPodRangeTold ? podRange : []), ...vpc.clusters.flatMap((cluster) => cluster.podRange)]],
    ["Service range", vpc.clusters.flatMap(({ serviceRange }) => serviceRange)],
  ] as const;
  for (const [name, range] of ranges) {
    if (coversAddresses(unionOf(range), where)) {
      return { kind: "nowhere", reason: `${text} is in the cluster's ${name}, and nothing in the input bears it` };
    }
    if (overlaps(unionOf(range), where)) return mixed(text);
  }
  const stray = vpc.strayAddresses.find(({ address }) => containsAddress(where, address));
  if (stray !== undefined) return { kind: "unknown", fact: bearerFact(stray) };
  const area = areaOf(vpc, where);
  return area === "mixed" ? mixed(text) : { kind: "outside", area, where };
}

function unknown(text: string, remedy: string): Location {
  return { kind: "unknown", fact: { text, remedy } };
}
