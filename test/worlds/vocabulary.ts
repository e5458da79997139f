/**
 * The few words all random worlds are made of. They are few so that labels, names and ports of different objects meet often.
 */

export const namespaceNames = ["default", "shop", "data", "kube-system"] as const;

export const nameLabel = "kubernetes.io/metadata.name";

/** No object bears `absent`, and no object has the value `other`. */
export const podLabelValues = { app: ["web", "db"], tier: ["front", "back"], absent: ["x"] } as const;
export const namespaceLabelValues = { env: ["prod", "dev"], team: ["red", "blue"], absent: ["x"] } as const;

export const portNames = ["http", "dns", "metrics"] as const;
/** A port name no container has. */
export const unusedPortName = "nowhere";

export const portNumbers = [80, 53, 8080, 9090] as const;
/** A port no policy and no container names. */
export const unusedPort = 4444;

/** Ends outside the cluster; they stay ordinary unicast addresses, so that a kernel can route them. */
export const externalAddresses = [
  "198.51.100.7",
  "198.51.100.8",
  "203.0.113.200",
  "8.8.8.8",
  "2001:db8::7",
  "2001:db8::8",
  "2001:db8:1::5",
] as const;

/** The addresses of a node, first the ones every node has. Nodes are numbered from 1. */
export const nodeAddresses = {
  v4: (node: number) => `172.18.0.${node}`,
  v6: (node: number) => `fd00:172:18::${node}`,
  second: (node: number) => `172.18.1.${node}`,
  external: (node: number) => `203.0.113.${100 + node}`,
};

/** The addresses of a pod: its node decides the range, its slot the place there. Slots are numbered from 0. */
export const podAddresses = {
  v4: (node: number, slot: number) => `10.244.${node}.${10 + slot}`,
  v6: (node: number, slot: number) => `fd00:10:244:${node}::${(10 + slot).toString(16)}`,
};

export const podRanges = {
  v4: (node: number) => `10.244.${node}.0/24`,
  v6: (node: number) => `fd00:10:244:${node}::/64`,
};

/** Only worlds of every policy language use what follows. */
export const accountNames = ["default", "robot"] as const;
export const accountLabelValues = { role: ["admin", "user"], absent: ["x"] } as const;
export const nodeLabelValues = { zone: ["east", "west"], absent: ["x"] } as const;
export const serviceNames = ["web-service", "db-service"] as const;
export const tierNames = ["first", "second", "third"] as const;
