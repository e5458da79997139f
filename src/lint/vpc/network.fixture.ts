/** For tests: networks written in a few lines. Every rule stands on a line of its own, in a file named for its list. */
import { type Address, type AddressSet, isAddressError, parseAddress, parseCidr } from "../../net/address.ts";
import { subtract, unionOf } from "../../net/intervals.ts";
import { headerKind, ICMP, TCP, UDP } from "../../net/protocol.ts";
import { ALL_TRAFFIC, allOf, box, fieldRange, NO_TRAFFIC, subtractTraffic, unionTraffic } from "../../net/traffic.ts";
import type { Origin } from "../../source/origin.ts";
import type {
  Acl,
  Cluster,
  FilterRule,
  Interface,
  LoadBalancer,
  PublicGateway,
  Subnet,
  Vpc,
  VpcInventory,
  VpcKind,
  Worker,
} from "../../vpc/model.ts";

interface SubnetSketch {
  readonly cidr: string;
  readonly zone?: string;
  readonly vpc?: string;
  /** By name; where absent, the default list of the VPC counts. */
  readonly acl?: string;
  readonly gateway?: string;
  /** Addresses of workers of the cluster `c1`, or of another one as `address@cluster`. */
  readonly workers?: readonly string[];
}

export interface NetworkSketch {
  readonly subnets?: Readonly<Record<string, SubnetSketch>>;
  /** By name: rules as `NAME: allow outbound tcp 10.0.0.0/8 443 -> 0.0.0.0/0 1024-65535`. Line breaks separate them. */
  readonly acls?: Readonly<Record<string, string>>;
  /** The list that is the default of the VPC `v1`. */
  readonly defaultAcl?: string;
  readonly gateways?: Readonly<Record<string, { readonly zone: string; readonly status?: string }>>;
  readonly clusters?: Readonly<
    Record<string, Partial<Pick<Cluster, "version">> & { pods?: string; services?: string }>
  >;
  readonly interfaces?: readonly (Pick<Interface, "kind" | "name"> & {
    address: string;
    subnet?: string;
    floating?: string;
  })[];
  readonly loadBalancers?: readonly (Pick<LoadBalancer, "name" | "kind"> & {
    subnets: readonly string[];
    addresses: readonly string[];
    isPublic?: boolean;
    members: readonly string[];
  })[];
  readonly more?: Partial<VpcInventory>;
  readonly complete?: readonly VpcKind[];
}

/** The inventory. Throws for anything that is written wrong. Names are ids. */
export function networkOf(sketch: NetworkSketch): VpcInventory {
  const { subnets = {}, acls = {}, gateways = {}, clusters = {}, interfaces = [], loadBalancers = [] } = sketch;
  return {
    serviceNetworks: range("161.26.0.0/16,166.8.0.0/14"),
    vpcs: [...new Set(["v1", ...Object.values(subnets).map(({ vpc = "v1" }) => vpc)])].map((id) => vpcOf(id, sketch)),
    subnets: Object.entries(subnets).map(([name, one]) => subnetOf(name, one)),
    acls: Object.entries(acls).map(([name, rules]) => aclOf(name, rules)),
    groups: [],
    publicGateways: Object.entries(gateways).map(([name, { zone, status = "available" }]): PublicGateway => ({
      id: name,
      name,
      vpc: "v1",
      zone,
      address: undefined,
      status,
      origin: originOf("gateways.json", `public gateway ${name}`),
    })),
    interfaces: interfaces.map(({ kind, name, address: text, subnet, floating }): Interface => ({
      kind,
      name,
      id: `${name}-${text}`,
      subnet,
      addresses: [address(text)],
      groups: undefined,
      floatingAddress: floating === undefined ? undefined : address(floating),
      isFloatingTold: true,
      spoofing: undefined,
      origin: originOf("interfaces.json", `${kind} ${name}`),
    })),
    workers: Object.entries(subnets).flatMap(([name, { zone = "us-south-1", workers = [] }]) =>
      workers.map((text) => workerOf(text, name, zone, clusters)),
    ),
    clusters: Object.entries(clusters).map(
      ([name, { version, pods = "172.17.0.0/18", services = "172.21.0.0/16" }]) => ({
        id: name,
        name,
        vpc: "v1",
        podRange: range(pods),
        serviceRange: range(services),
        version,
        origin: originOf("clusters.json", `cluster ${name}`),
      }),
    ),
    loadBalancers: loadBalancers.map((one) => loadBalancerOf(one)),
    routingTables: [],
    strayAddresses: [],
    complete: new Set(sketch.complete ?? ["vpc", "subnet", "network acl", "public gateway"]),
    gaps: [],
    ...sketch.more,
  };
}

export function originOf(file: string, resource: string, line = 1, path = ""): Origin {
  return { file, line, column: 1, resource, path };
}

function vpcOf(id: string, { defaultAcl }: NetworkSketch): Vpc {
  return {
    id,
    name: id,
    defaultAcl: id === "v1" ? defaultAcl : undefined,
    defaultGroup: undefined,
    defaultRoutingTable: undefined,
    prefixes: [],
    serviceSources: [],
    classicAccess: false,
    origin: originOf("vpcs.json", `vpc ${id}`),
  };
}

function subnetOf(name: string, { cidr, zone = "us-south-1", vpc = "v1", acl, gateway }: SubnetSketch): Subnet {
  const origin = originOf("subnets.json", `subnet ${name}`);
  return {
    id: name,
    name,
    vpc,
    zone,
    addresses: range(cidr),
    acl,
    publicGateway: gateway,
    routingTable: undefined,
    origin,
  };
}

function workerOf(text: string, subnet: string, zone: string, clusters: NetworkSketch["clusters"] = {}): Worker {
  const [where = "", cluster = "c1"] = text.split("@");
  return {
    id: `worker-${where}`,
    cluster,
    pool: undefined,
    zone,
    interfaces: [{ subnet, address: address(where), range: undefined, primary: true }],
    version: clusters[cluster]?.version,
    state: "deployed",
    origin: originOf("workers.json", `worker ${where}`),
  };
}

function loadBalancerOf(one: NonNullable<NetworkSketch["loadBalancers"]>[number]): LoadBalancer {
  const members = one.members.map((text) => {
    const [where = "", port = ""] = text.split(":");
    return { address: address(where), port: Number(port) };
  });
  return {
    id: one.name,
    name: one.name,
    kind: one.kind,
    isPublic: one.isPublic ?? false,
    addresses: [],
    privateAddresses: one.addresses.map(address),
    subnets: one.subnets,
    groups: [],
    listeners: [{ protocol: TCP, port: 443, members }],
    origin: originOf("load-balancers.json", `load balancer ${one.name}`),
  };
}

function aclOf(name: string, text: string): Acl {
  const file = `${name}.json`;
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line, i) => ruleOf(line, originOf(file, `network acl ${name}`, i + 2, `rules[${i}]`)));
  return { id: name, name, vpc: "v1", rules, origin: originOf(file, `network acl ${name}`) };
}

const RULE =
  /^(?<name>\S*): (?<action>allow|deny) (?<direction>inbound|outbound) (?<protocol>\S+) (?<source>\S+)(?: (?<first>\S+))? -> (?<destination>\S+)(?: (?<second>\S+))?$/;

/** The rule that a line describes; also for tests of one rule alone. */
export function ruleOf(line: string, origin: Origin): FilterRule {
  const groups = RULE.exec(line)?.groups;
  if (groups === undefined) throw new Error(`not a rule: ${line}`);
  const { name = "", protocol = "", source = "", destination = "", first, second } = groups;
  const action = groups["action"] === "deny" ? "deny" : "allow";
  const direction = groups["direction"] === "inbound" ? "inbound" : "outbound";
  const { traffic, legacyTraffic } = trafficOf(protocol, action, first, second);
  return {
    name,
    action,
    direction,
    source: range(source),
    destination: range(destination),
    traffic,
    legacyTraffic,
    protocol: protocol.split(".")[0] ?? "",
    origin,
  };
}

const THREE = unionTraffic(allOf(ICMP), unionTraffic(allOf(TCP), allOf(UDP)));
const NUMBERS: Readonly<Record<string, number>> = { tcp: TCP, udp: UDP, icmp: ICMP, ip_in_ip: 4, esp: 50, vrrp: 112 };

function trafficOf(
  word: string,
  action: FilterRule["action"],
  first: string | undefined,
  second: string | undefined,
): Pick<FilterRule, "traffic" | "legacyTraffic"> {
  const [protocol = "", type, code] = word.split(".");
  if (protocol === "any" || (protocol === "all" && action === "deny")) {
    return { traffic: ALL_TRAFFIC, legacyTraffic: NO_TRAFFIC };
  }
  if (protocol === "all" || protocol === "icmp_tcp_udp") {
    return { traffic: THREE, legacyTraffic: subtractTraffic(ALL_TRAFFIC, THREE) };
  }
  const number = NUMBERS[protocol];
  if (number === undefined) throw new Error(`not a protocol: ${word}`);
  const isIcmp = headerKind(number) === "icmp";
  const traffic = box(number, [ports(number, isIcmp ? type : first)], [ports(number, isIcmp ? code : second)]);
  return { traffic, legacyTraffic: NO_TRAFFIC };
}

function ports(protocol: number, text: string | undefined): { readonly start: number; readonly end: number } {
  if (text === undefined) return fieldRange(protocol);
  const [low = "", high = low] = text.split("-");
  return { start: Number(low), end: Number(high) + 1 };
}

/** A CIDR, an address, several with commas between them, or a CIDR `!` without another. */
export function range(text: string): AddressSet {
  const [all = "", except] = text.split("!");
  const set = unionOf(all.split(",").map((one) => block(one)));
  return except === undefined ? set : subtract(set, [block(except)]);
}

function block(text: string): { readonly start: bigint; readonly end: bigint } {
  const cidr = parseCidr(text.includes("/") ? text : `${text}/32`);
  if (isAddressError(cidr)) throw new Error(`${text}: ${cidr.reason}`);
  return cidr.range;
}

export function address(text: string): Address {
  const parsed = parseAddress(text);
  if (isAddressError(parsed)) throw new Error(`${text}: ${parsed.reason}`);
  return parsed;
}
