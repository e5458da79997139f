/** For tests: networks around a cluster, written in a few words. */
import {
  type Address,
  type AddressSet,
  ALL_ADDRESSES,
  isAddressError,
  NO_ADDRESSES,
  parseAddress,
  parseCidr,
} from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { ICMP, protocolNumber, TCP, UDP } from "../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  fieldRange,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import type { Origin } from "../source/origin.ts";
import type {
  Acl,
  FilterRule,
  GroupRule,
  Interface,
  NetworkDirection,
  PublicGateway,
  SecurityGroup,
  Subnet,
  VpcInventory,
  Worker,
} from "./model.ts";

export function addressFrom(text: string): Address {
  const address = parseAddress(text);
  if (isAddressError(address)) throw new Error(`${text}: ${address.reason}`);
  return address;
}

/** Addresses and CIDRs separated by commas; `any` for all. */
export function addressesFrom(text: string): AddressSet {
  if (text === "any") return ALL_ADDRESSES;
  return unionOf(
    text.split(",").map((part) => {
      const cidr = parseCidr(part.includes("/") ? part : `${part}/32`);
      if (isAddressError(cidr)) throw new Error(`${part}: ${cidr.reason}`);
      return cidr.range;
    }),
  );
}

export function originIn(file: string, line: number, path = ""): Origin {
  return { file, line, column: 1, resource: file, path };
}

const THREE: TrafficSet = [ICMP, TCP, UDP].map(allOf).reduce(unionTraffic, NO_TRAFFIC);

/** What a rule's protocol word matches; a legacy `all` that allows means three protocols for certain. */
function trafficFrom(
  action: "allow" | "deny",
  protocol: string,
  ports: ReadonlyMap<string, string>,
): Pick<FilterRule, "traffic" | "legacyTraffic" | "protocol"> {
  if (protocol === "any" || (protocol === "all" && action === "deny")) {
    return { traffic: ALL_TRAFFIC, legacyTraffic: NO_TRAFFIC, protocol };
  }
  if (protocol === "all") return { traffic: THREE, legacyTraffic: subtractTraffic(ALL_TRAFFIC, THREE), protocol };
  if (protocol === "icmp_tcp_udp") return { traffic: THREE, legacyTraffic: NO_TRAFFIC, protocol };
  const number = protocol === "ip_in_ip" ? 4 : protocolNumber(protocol);
  if (number === undefined) throw new Error(`no protocol ${protocol}`);
  const range = (word: string): { start: number; end: number } => {
    const [first, last = first] = (ports.get(word) ?? "").split("-").map(Number);
    return ports.has(word) && first !== undefined && last !== undefined
      ? { start: first, end: last + 1 }
      : fieldRange(number);
  };
  const [first, second] = number === ICMP ? (["type", "code"] as const) : (["from", "to"] as const);
  return { traffic: box(number, [range(first)], [range(second)]), legacyTraffic: NO_TRAFFIC, protocol };
}

/**
 * `NAME: allow|deny inbound|outbound PROTOCOL SOURCE DESTINATION`, then `from PORTS`, `to PORTS`, `type T`, `code C`, in
 * evaluation order. Rule n stands in line n of `ID.json`.
 */
export function aclFrom(id: string, rules: readonly string[], vpc = "vpc-1"): Acl {
  return {
    id,
    name: id,
    vpc,
    origin: originIn(`${id}.json`, 1),
    rules: rules.map((text, i): FilterRule => {
      const [head = "", body = ""] = text.split(": ");
      const [action, direction, protocol = "", source = "", destination = "", ...rest] = body.split(" ");
      if (action !== "allow" && action !== "deny") throw new Error(text);
      return {
        name: head,
        action,
        direction: directionFrom(direction),
        source: addressesFrom(source),
        destination: addressesFrom(destination),
        ...trafficFrom(action, protocol, pairs(rest)),
        origin: originIn(`${id}.json`, i + 1, `rules[${i}]`),
      };
    }),
  };
}

/** `NAME: inbound|outbound PROTOCOL REMOTE`, then ports as above and `local ADDRESSES`; a remote `group:ID` is a group. */
export function groupFrom(id: string, rules: readonly string[], vpc = "vpc-1", name = id): SecurityGroup {
  return {
    id,
    name,
    vpc,
    origin: originIn(`${id}.json`, 1),
    rules: rules.map((text, i): GroupRule => {
      const [head = "", body = ""] = text.split(": ");
      const [direction, protocol = "", remote = "", ...rest] = body.split(" ");
      const words = pairs(rest);
      return {
        name: head,
        direction: directionFrom(direction),
        local: addressesFrom(words.get("local") ?? "any"),
        remote: remote.startsWith("group:")
          ? { kind: "group", group: remote.slice(6) }
          : { kind: "addresses", addresses: addressesFrom(remote) },
        ...trafficFrom("allow", protocol, words),
        origin: originIn(`${id}.json`, i + 1, `rules[${i}]`),
      };
    }),
  };
}

function directionFrom(text: string | undefined): NetworkDirection {
  if (text === "inbound" || text === "outbound") return text;
  throw new Error(`no direction ${text}`);
}

function pairs(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(words.flatMap((word, i) => (i % 2 === 0 ? [[word, words[i + 1] ?? ""] as const] : [])));
}

export function subnetFrom(id: string, cidr: string, zone: string, rest: Partial<Subnet> = {}): Subnet {
  return {
    id,
    name: id,
    vpc: "vpc-1",
    zone,
    addresses: addressesFrom(cidr),
    acl: undefined,
    publicGateway: undefined,
    routingTable: undefined,
    origin: originIn("subnets.json", 1),
    ...rest,
  };
}

export function gatewayFrom(id: string, zone: string, rest: Partial<PublicGateway> = {}): PublicGateway {
  return {
    id,
    name: id,
    vpc: "vpc-1",
    zone,
    address: addressFrom("198.51.100.200"),
    status: "available",
    origin: originIn("gateways.json", 1),
    ...rest,
  };
}

export function interfaceFrom(name: string, address: string, subnet: string, rest: Partial<Interface> = {}): Interface {
  return {
    kind: "instance",
    name,
    id: name,
    subnet,
    addresses: [addressFrom(address)],
    groups: [],
    floatingAddress: undefined,
    isFloatingTold: true,
    spoofing: false,
    origin: originIn("instances.json", 1),
    ...rest,
  };
}

export function workerFrom(id: string, address: string, subnet: string, range?: string): Worker {
  return {
    id,
    cluster: "c1",
    pool: "default",
    zone: "zone",
    interfaces: [
      {
        subnet,
        address: addressFrom(address),
        range: range === undefined ? undefined : addressesFrom(range),
        primary: true,
      },
    ],
    version: undefined,
    state: undefined,
    origin: originIn("workers.json", 1),
  };
}

/** IBM Cloud's service networks; everything else as given. */
export function networksFrom(parts: Partial<VpcInventory>): VpcInventory {
  return {
    serviceNetworks: addressesFrom("161.26.0.0/16,166.8.0.0/14"),
    vpcs: [
      {
        id: "vpc-1",
        name: "vpc-1",
        defaultAcl: "default-acl",
        defaultGroup: "default-group",
        defaultRoutingTable: undefined,
        prefixes: NO_ADDRESSES,
        serviceSources: [],
        classicAccess: false,
        origin: originIn("vpcs.json", 1),
      },
    ],
    subnets: [],
    acls: [],
    groups: [],
    publicGateways: [],
    interfaces: [],
    strayAddresses: [],
    workers: [],
    clusters: [],
    loadBalancers: [],
    routingTables: [],
    complete: new Set(),
    gaps: [],
    ...parts,
  };
}
