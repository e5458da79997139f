/** The networks of the document on VPCs: one subnet per zone, each with the ACL that its recipe makes. */
import type { RawObject } from "../naive/raw-objects.ts";
import type { RawAcl, RawAclRule, RawNetworks, RawSubnet } from "../naive/vpc-objects.ts";

export const ANY = "0.0.0.0/0";
/** The subnets of zones 1 to 3. */
export const SUBNETS = ["10.240.0.0/24", "10.240.64.0/24", "10.240.128.0/24"] as const;
/** A worker in each. */
export const WORKERS = ["10.240.0.5", "10.240.64.10", "10.240.128.7"] as const;

export const vpc = { id: "vpc-1", name: "myvpc" };

export function zoneName(zone: number): string {
  return `us-south-${zone}`;
}

/** One rule; its name is its id too. */
export function aclRule(
  name: string,
  action: "allow" | "deny",
  direction: "outbound" | "inbound",
  protocol: string,
  source: string,
  destination: string,
  traffic: Partial<RawAclRule> = {},
): RawAclRule {
  return { id: name, name, action, direction, protocol, source, destination, ...traffic };
}

/** What the document always writes: a rule out to a block and one in from it, the own side being any. */
export function both(name: string, block: string, protocol = "all"): readonly RawAclRule[] {
  return [
    aclRule(`${name}-outbound`, "allow", "outbound", protocol, ANY, block),
    aclRule(`${name}-inbound`, "allow", "inbound", protocol, block, ANY),
  ];
}

/** Steps 4 to 6 of the recipe for a zone: the other zones' workers, the provider's networks, the company's network. */
export function allowRules(zone: number, zones: number): readonly RawAclRule[] {
  const others = SUBNETS.slice(0, zones).flatMap((block, i) =>
    i + 1 === zone ? [] : both(`allow-workers-${zoneName(i + 1)}`, block),
  );
  return [
    ...others,
    ...both("allow-ibm-private-network2", "161.26.0.0/16"),
    ...both("allow-ibm-private-network", "166.8.0.0/14"),
    ...both("corporate-network", "207.42.8.0/24"),
  ];
}

/** Step 7, last in the list. */
export const denyRules: readonly RawAclRule[] = [
  aclRule("deny-all-outbound", "deny", "outbound", "all", ANY, ANY),
  aclRule("deny-all-inbound", "deny", "inbound", "all", ANY, ANY),
];

/** What every ACL was born with when the document was written, and a VPC's default ACL still is. */
export const bornRules: readonly RawAclRule[] = [
  aclRule("allow-all-inbound-rule", "allow", "inbound", "all", ANY, ANY),
  aclRule("allow-all-outbound-rule", "allow", "outbound", "all", ANY, ANY),
];

/** The finished list of a zone, with more rules between the allowing and the denying ones. */
export function recipe(zone: number, zones: number, more: readonly RawAclRule[] = []): readonly RawAclRule[] {
  return [...allowRules(zone, zones), ...more, ...denyRules];
}

export interface NetworkOptions {
  readonly zones?: number;
  /** The zones whose subnet has a public gateway. */
  readonly gateways?: readonly number[];
  readonly gatewayStatus?: string;
  /** The rules of a zone's ACL; undefined: its subnet names no ACL. */
  readonly rules?: (zone: number) => readonly RawAclRule[] | undefined;
  readonly more?: Partial<RawNetworks>;
}

/** Subnets, ACLs and gateways; the finished recipe where nothing else is said. */
export function networks({
  zones = 2,
  gateways = [],
  gatewayStatus = "available",
  rules = (zone) => recipe(zone, zones),
  more = {},
}: NetworkOptions = {}): RawNetworks {
  const numbers = Array.from({ length: zones }, (_, i) => i + 1);
  const subnets = numbers.map((zone) => subnet(zone, rules(zone) !== undefined, gateways.includes(zone)));
  return {
    vpcs: [{ ...vpc, default_network_acl: { id: "acl-default", name: "acl-default" } }],
    subnets,
    network_acls: [
      acl("acl-default", bornRules, []),
      ...numbers.flatMap((zone) => {
        const own = rules(zone);
        return own === undefined ? [] : [acl(`acl-${zone}`, own, [`subnet-${zone}`])];
      }),
    ],
    public_gateways: gateways.map((zone) => ({
      id: `gateway-${zone}`,
      name: `mycluster-${zoneName(zone)}-gateway`,
      vpc,
      zone: { name: zoneName(zone) },
      status: gatewayStatus,
      floating_ip: { address: `169.48.10.${zone}` },
    })),
    ...more,
  };
}

export function acl(id: string, rules: readonly RawAclRule[], subnets: readonly string[]): RawAcl {
  return { id, name: id, vpc, rules, subnets: subnets.map((subnet) => ({ id: subnet, name: subnet })) };
}

function subnet(zone: number, namesAcl: boolean, hasGateway: boolean): RawSubnet {
  const [id, aclId, gatewayId] = [`subnet-${zone}`, `acl-${zone}`, `gateway-${zone}`];
  return {
    id,
    name: id,
    ipv4_cidr_block: SUBNETS[zone - 1] ?? "",
    zone: { name: zoneName(zone) },
    vpc,
    ...(namesAcl ? { network_acl: { id: aclId, name: aclId } } : {}),
    ...(hasGateway ? { public_gateway: { id: gatewayId, name: gatewayId } } : {}),
  };
}

/** A worker of a zone: by its label in the zone's subnet. */
export function worker(zone: number, address: string, more: Readonly<Record<string, string>> = {}): RawObject {
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `worker-${zone}`,
      labels: {
        "ibm-cloud.kubernetes.io/subnet-id": `subnet-${zone}`,
        "ibm-cloud.kubernetes.io/zone": zoneName(zone),
        ...more,
      },
    },
    spec: { podCIDR: `172.17.${zone}.0/24` },
    status: { addresses: [{ type: "InternalIP", address }] },
  };
  return node;
}

/** A running pod on a worker. */
export function podOn(zone: number, name: string, labels: Readonly<Record<string, string>> = {}): RawObject {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", labels },
    spec: { nodeName: `worker-${zone}`, containers: [{ name: "main", image: "main" }] },
    status: { phase: "Running", podIP: `172.17.${zone}.${name.length + 1}` },
  };
  return pod;
}

/** A worker and a pod `pod-ZONE` in each of the zones, all in namespace `shop`. */
export function clusterOf(zones: number): readonly RawObject[] {
  const numbers = Array.from({ length: zones }, (_, i) => i + 1);
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    ...numbers.map((zone) => worker(zone, WORKERS[zone - 1] ?? "")),
    ...numbers.map((zone) => podOn(zone, `pod-${zone}`)),
  ];
}
