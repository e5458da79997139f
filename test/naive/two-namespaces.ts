/**
 * The cluster that the table of rules is about: namespace `shop` (env=prod) with pods web (dual-stack) and cart on node-a,
 * namespace `data` (no label of its own) with pod db on node-b; and short ways to write policies, packets and expectations.
 */
import { strict as assert } from "node:assert";
import type {
  RawContainer,
  RawLabels,
  RawNamespace,
  RawNetworkPolicy,
  RawNetworkPolicySpec,
  RawNode,
  RawObject,
  RawPacket,
  RawPeer,
  RawPod,
  RawPolicyPort,
} from "./raw-objects.ts";
import { naiveVerdict } from "./verdict.ts";

export const shop: RawNamespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "shop", labels: { env: "prod" } },
};
export const data: RawNamespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "data" } };
export const nodeA = node("node-a", ["172.18.0.1", "fd00:172:18::1", "172.18.1.1"], ["203.0.113.101"]);
export const nodeB = node("node-b", ["172.18.0.2", "fd00:172:18::2"]);

export const WEB = "10.244.1.10";
export const WEB6 = "fd00:10:244:1::a";
export const CART = "10.244.1.11";
export const DB = "10.244.2.12";
export const OUTSIDE = "198.51.100.7";

export const web = pod("shop/web", { app: "web" }, [WEB, WEB6], "node-a");
export const cart = pod("shop/cart", { app: "cart" }, [CART], "node-a");
export const db = pod("data/db", { app: "db" }, [DB], "node-b");
export const cluster: readonly RawObject[] = [shop, data, nodeA, nodeB, web, cart, db];

export function node(name: string, internal: readonly string[], external: readonly string[] = []): RawNode {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    status: {
      addresses: [
        { type: "Hostname", address: name },
        ...internal.map((address) => ({ type: "InternalIP", address })),
        ...external.map((address) => ({ type: "ExternalIP", address })),
      ],
    },
  };
}

export function pod(
  path: string,
  labels: RawLabels,
  addresses: readonly string[],
  nodeName: string,
  more: PodDetails = {},
): RawPod {
  const [namespace = "", name = ""] = path.split("/");
  const { phase = "Running", hostNetwork = false, hostIP, serviceAccountName = null } = more;
  const { containers = [], initContainers = [] } = more;
  const podIPs = addresses.map((ip) => ({ ip }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace, labels },
    spec: { nodeName, hostNetwork, serviceAccountName, containers, initContainers },
    status: { phase, podIP: addresses[0] ?? null, podIPs, hostIP: hostIP ?? null },
  };
}

interface PodDetails {
  readonly phase?: string;
  readonly hostNetwork?: boolean;
  readonly hostIP?: string;
  readonly serviceAccountName?: string;
  readonly containers?: readonly RawContainer[];
  readonly initContainers?: readonly RawContainer[];
}

export function policy(namespace: string, spec: RawNetworkPolicySpec): RawNetworkPolicy {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "p", namespace }, spec };
}

/** A policy on every pod of `shop` with one ingress rule. */
export function shopIngress(from: readonly RawPeer[], ports: readonly RawPolicyPort[] = []): RawNetworkPolicy {
  return policy("shop", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from, ports }] });
}

/** A policy on every pod of `shop` with one egress rule. */
export function shopEgress(to: readonly RawPeer[], ports: readonly RawPolicyPort[] = []): RawNetworkPolicy {
  return policy("shop", { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports }] });
}

export function tcp(source: string, destination: string, destinationPort = 80): RawPacket {
  return { source, destination, protocol: "TCP", sourcePort: 40_000, destinationPort };
}

export function udp(source: string, destination: string, destinationPort = 80): RawPacket {
  return { source, destination, protocol: "UDP", sourcePort: 40_000, destinationPort };
}

export function sctp(source: string, destination: string, destinationPort = 80): RawPacket {
  return { source, destination, protocol: "SCTP", sourcePort: 40_000, destinationPort };
}

export function ping(source: string, destination: string): RawPacket {
  return { source, destination, protocol: "ICMP", icmpType: 8, icmpCode: 0 };
}

export function allows(objects: readonly RawObject[], ...packets: readonly RawPacket[]): void {
  for (const packet of packets) assert.equal(naiveVerdict(objects, packet), "allowed", JSON.stringify(packet));
}

export function denies(objects: readonly RawObject[], ...packets: readonly RawPacket[]): void {
  for (const packet of packets) assert.equal(naiveVerdict(objects, packet), "denied", JSON.stringify(packet));
}

export function leavesOpen(objects: readonly RawObject[], ...packets: readonly RawPacket[]): void {
  for (const packet of packets) assert.equal(naiveVerdict(objects, packet), "undecided", JSON.stringify(packet));
}
