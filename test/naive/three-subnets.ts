/**
 * The networks that the facts about VPCs are about: one VPC of three zones with one subnet each, a gateway in the first; two
 * workers in the first subnet and one in the second, with pods; a virtual server in each of the two, the second with a
 * floating address. And short ways to write rules, packets and expectations.
 */
import { strict as assert } from "node:assert";
import type { RawObject, RawPacket } from "./raw-objects.ts";
import { node, pod } from "./two-namespaces.ts";
import { naiveNetworkReading } from "./vpc.ts";
import type { NetworkAssumptions, NetworkVerdict } from "./vpc.ts";
import type {
  RawAcl,
  RawAclRule,
  RawGroupRule,
  RawInstance,
  RawNetworks,
  RawRuleTraffic,
  RawSecurityGroup,
  RawSubnet,
} from "./vpc-objects.ts";

export const ANY = "0.0.0.0/0";
export const SUBNET_1 = "10.240.0.0/24";
export const SUBNET_2 = "10.240.64.0/24";
export const WORKER_1 = "10.240.0.4";
export const WORKER_1B = "10.240.0.5";
export const WORKER_2 = "10.240.64.4";
export const POD_1 = "172.17.1.2";
export const POD_1_TOO = "172.17.1.3";
export const POD_1B = "172.17.2.2";
export const POD_2 = "172.17.3.2";
export const SERVER_1 = "10.240.0.10";
export const SERVER_2 = "10.240.64.10";
export const FLOATING_2 = "150.240.1.1";
export const DNS = "161.26.0.10";
export const OUTSIDE = "203.0.113.7";

const vpc = { id: "vpc-1", name: "shop" };

export const workers: readonly RawObject[] = [
  worker("worker-1", WORKER_1, "subnet-1"),
  worker("worker-1b", WORKER_1B, "subnet-1"),
  worker("worker-2", WORKER_2, "subnet-2"),
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  pod("shop/one", { app: "one" }, [POD_1], "worker-1"),
  pod("shop/one-too", { app: "one-too" }, [POD_1_TOO], "worker-1"),
  pod("shop/one-b", { app: "one-b" }, [POD_1B], "worker-1b"),
  pod("shop/two", { app: "two" }, [POD_2], "worker-2"),
];

function worker(name: string, address: string, subnet: string): RawObject {
  const { metadata, ...rest } = node(name, [address]);
  return { ...rest, metadata: { ...metadata, labels: { "ibm-cloud.kubernetes.io/subnet-id": subnet } } };
}

export function rule(
  action: "allow" | "deny",
  direction: "inbound" | "outbound",
  protocol: string,
  source: string,
  destination: string,
  traffic: Omit<RawRuleTraffic, "protocol"> = {},
): RawAclRule {
  return { id: "rule", action, direction, protocol, source, destination, ...traffic };
}

/** Allows everything in both directions, as a default ACL does. */
export const openRules: readonly RawAclRule[] = [
  rule("allow", "outbound", "any", ANY, ANY),
  rule("allow", "inbound", "any", ANY, ANY),
];

/** The first subnet and the second with ACLs of these rules; where none are given, everything passes. */
export function networks(
  rules: { readonly first?: readonly RawAclRule[]; readonly second?: readonly RawAclRule[] },
  groups: readonly RawSecurityGroup[] = [openGroup],
): RawNetworks {
  return {
    vpcs: [{ ...vpc, default_network_acl: { id: "acl-default" } }],
    subnets: [subnet(1, SUBNET_1, "acl-1", "gateway-1"), subnet(2, SUBNET_2, "acl-2"), subnet(3, "10.240.128.0/24")],
    network_acls: [
      acl("acl-default", openRules),
      acl("acl-1", rules.first ?? openRules),
      acl("acl-2", rules.second ?? openRules),
    ],
    public_gateways: [gateway("available", "zone-1")],
    security_groups: groups,
    instances: [server(1, SERVER_1), server(2, SERVER_2, FLOATING_2)],
  };
}

function subnet(number: number, ipv4_cidr_block: string, aclId?: string, gatewayId?: string): RawSubnet {
  return {
    id: `subnet-${number}`,
    ipv4_cidr_block,
    vpc,
    zone: { name: `zone-${number}` },
    ...(aclId === undefined ? {} : { network_acl: { id: aclId } }),
    ...(gatewayId === undefined ? {} : { public_gateway: { id: gatewayId } }),
  };
}

export function gateway(status: string, zone: string) {
  return { id: "gateway-1", vpc, zone: { name: zone }, status, floating_ip: { address: "150.240.0.1" } };
}

export function acl(id: string, rules: readonly RawAclRule[]): RawAcl {
  return { id, vpc, rules };
}

function server(number: number, address: string, floating?: string): RawInstance {
  return {
    id: `server-${number}`,
    vpc,
    zone: { name: `zone-${number}` },
    network_interfaces: [
      {
        id: `interface-${number}`,
        primary_ip: { address },
        subnet: { id: `subnet-${number}` },
        security_groups: [{ id: `group-${number}` }, { id: "group-open" }],
        floating_ips: floating === undefined ? [] : [{ id: "floating", address: floating }],
      },
    ],
  };
}

export function group(id: string, ...rules: readonly Omit<RawGroupRule, "id">[]): RawSecurityGroup {
  return { id, vpc, rules: rules.map((one) => ({ id: "rule", ...one })) };
}

/** Lets everything out and in. */
export const openGroup = group(
  "group-open",
  { direction: "outbound", protocol: "any", remote: { cidr_block: ANY } },
  { direction: "inbound", protocol: "any", remote: { cidr_block: ANY } },
);

/** Only the source and the destination ports that the rule shall name. */
export function ports(source: readonly [number, number] | undefined, destination?: readonly [number, number]) {
  return {
    ...(source === undefined ? {} : { source_port_min: source[0], source_port_max: source[1] }),
    ...(destination === undefined
      ? {}
      : { destination_port_min: destination[0], destination_port_max: destination[1] }),
  };
}

const assumptions: NetworkAssumptions = {
  "overlay-matched-by-legacy-all": "unknown",
  "pod-overlay": "ipip-cross-subnet",
  "unlisted-security-groups": "open",
  "unlisted-routes": "private",
};

export function expect(
  verdict: NetworkVerdict,
  world: RawNetworks,
  packet: RawPacket,
  more: Partial<NetworkAssumptions> & { readonly policies?: readonly RawObject[] } = {},
): void {
  const { policies = [], ...assumed } = more;
  const reading = naiveNetworkReading([...workers, ...policies], world, packet, { ...assumptions, ...assumed });
  assert.equal(reading.verdict, verdict, `${JSON.stringify(packet)}: ${reading.because.join(", ")}`);
}
