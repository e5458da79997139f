/** For tests: the recipe of "Controlling traffic with VPC ACLs and network policies" for three zones, and a cluster in it. */
import { aclFrom, gatewayFrom, networksFrom, subnetFrom } from "../vpc/networks.fixture.ts";
import type { VpcInventory } from "../vpc/model.ts";

/** The subnets of the zones, by number. */
export const ZONES = { 1: "10.240.0.0/24", 2: "10.240.64.0/24", 3: "10.240.128.0/24" } as const;
export type Zone = keyof typeof ZONES;

/** What a recipe may do otherwise. */
export interface Variation {
  /** Rules of each list before those that deny the rest. */
  readonly more?: readonly string[];
  /** Zones with a public gateway. */
  readonly gateways?: readonly Zone[];
  readonly corporate?: boolean;
}

/** The list of one zone as the recipe writes it; names made different where the recipe repeats one. */
export function recipeRules(own: Zone, { more = [], corporate = false }: Variation = {}): readonly string[] {
  const others = ([1, 2, 3] as const).filter((zone) => zone !== own);
  return [
    ...others.flatMap((zone) => [
      `allow-workers-outbound-${zone}: allow outbound all 0.0.0.0/0 ${ZONES[zone]}`,
      `allow-workers-inbound-${zone}: allow inbound all ${ZONES[zone]} 0.0.0.0/0`,
    ]),
    ...["161.26.0.0/16", "166.8.0.0/14"].flatMap((network, i) => [
      `allow-ibm-private-network${i + 1}-outbound: allow outbound all 0.0.0.0/0 ${network}`,
      `allow-ibm-private-network${i + 1}-inbound: allow inbound all ${network} 0.0.0.0/0`,
    ]),
    ...(corporate
      ? [
          "corporate-network-outbound: allow outbound all 0.0.0.0/0 207.42.8.0/24",
          "corporate-network-inbound: allow inbound all 207.42.8.0/24 0.0.0.0/0",
        ]
      : []),
    ...more,
    "deny-all-outbound: deny outbound all 0.0.0.0/0 0.0.0.0/0",
    "deny-all-inbound: deny inbound all 0.0.0.0/0 0.0.0.0/0",
  ];
}

export function recipeNetworks(variation: Variation = {}): VpcInventory {
  const zones = [1, 2, 3] as const;
  const { gateways = [] } = variation;
  return networksFrom({
    subnets: zones.map((zone) =>
      subnetFrom(`subnet-${zone}`, ZONES[zone], `us-south-${zone}`, {
        acl: `cluster-us-south-${zone}-acl`,
        publicGateway: gateways.includes(zone) ? `gateway-${zone}` : undefined,
      }),
    ),
    acls: zones.map((zone) => aclFrom(`cluster-us-south-${zone}-acl`, recipeRules(zone, variation))),
    publicGateways: gateways.map((zone) => gatewayFrom(`gateway-${zone}`, `us-south-${zone}`)),
  });
}

/** A worker in each zone (two in the first), each with a pod `web-N` of namespace `shop`. */
export const CLUSTER = [
  nodeManifest("worker-1", "10.240.0.5", "subnet-1"),
  nodeManifest("worker-1b", "10.240.0.6", "subnet-1"),
  nodeManifest("worker-2", "10.240.64.10", "subnet-2"),
  nodeManifest("worker-3", "10.240.128.7", "subnet-3"),
  podManifest("web-1", "172.17.1.4", "worker-1"),
  podManifest("web-1-near", "172.17.1.5", "worker-1"),
  podManifest("web-1b", "172.17.2.4", "worker-1b"),
  podManifest("web-2", "172.17.64.4", "worker-2"),
  podManifest("web-3", "172.17.128.4", "worker-3"),
  "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
].join("---\n");

export function nodeManifest(name: string, address: string, subnet?: string, labels = ""): string {
  const label = subnet === undefined ? "" : `ibm-cloud.kubernetes.io/subnet-id: ${subnet}, `;
  return `apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {${label}kubernetes.io/hostname: ${name}${labels}}}
status: {addresses: [{type: InternalIP, address: ${address}}]}
`;
}

export function podManifest(name: string, address: string, node: string): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}
spec: {nodeName: ${node}, containers: [{name: c, image: i}]}
status: {phase: Running, podIP: ${address}, podIPs: [{ip: ${address}}]}
`;
}
