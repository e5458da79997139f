/** The few words that networks of random worlds are made of. */

/** A place for one subnet. Places 1 to 3 are a zone each; place 4 is a second subnet in the first zone. */
export const places = [1, 2, 3, 4] as const;
export type PlaceNumber = (typeof places)[number];

export function zoneOf(place: PlaceNumber): string {
  return `us-south-${place === 4 ? 1 : place}`;
}

export function subnetId(place: PlaceNumber): string {
  return `subnet-${place}`;
}

/** The subnet of a place begins here, whatever its size. */
function baseOf(place: PlaceNumber): string {
  return place === 4 ? "10.240.16" : `10.240.${64 * (place - 1)}`;
}

export function subnetBlock(place: PlaceNumber, prefix: number): string {
  return `${baseOf(place)}.0/${prefix}`;
}

/** Of a node or a server in the subnet of that place; both fit into the smallest subnet. */
export function workerAddress(place: PlaceNumber, node: number): string {
  return `${baseOf(place)}.${3 + node}`;
}

export function serverAddress(place: PlaceNumber, server: number): string {
  return `${baseOf(place)}.${9 + server}`;
}

/** An address of the subnet that nobody bears. */
export function unusedAddress(place: PlaceNumber): string {
  return `${baseOf(place)}.9`;
}

export function floatingAddress(server: number): string {
  return `150.240.1.${server}`;
}

export function gatewayAddress(zone: string): string {
  return `150.240.0.${zone.at(-1)}`;
}

/** Is it an address of the kind that gateways and servers show to the internet? */
export function isOwnPublic(address: string): boolean {
  return address.startsWith("150.240.");
}

/** The group that the provider names after the cluster, and what it calls the cluster's workers. */
export const clusterGroup = "kube-cluster1";
export function workerId(node: string): string {
  return `${clusterGroup}-shop-default-${node}`;
}

export const workerIdLabel = "ibm-cloud.kubernetes.io/worker-id";
export const subnetIdLabel = "ibm-cloud.kubernetes.io/subnet-id";

/** Services of the provider, at the borders of their networks and inside. */
export const serviceAddresses = ["161.26.0.10", "161.26.255.255", "166.8.0.0", "166.9.1.1", "166.11.255.255"] as const;
/** Beside the borders: the internet. */
export const besideServices = ["161.25.255.255", "161.27.0.0", "166.7.255.255", "166.12.0.0"] as const;
export const serviceBlocks = ["161.26.0.0/16", "166.8.0.0/14"] as const;

export const portRanges = [
  [1, 65_535],
  [80, 80],
  [53, 53],
  [80, 90],
  [1, 1023],
  [1024, 65_535],
  [40_000, 40_000],
  [40_000, 40_001],
  [443, 443],
  [30_000, 32_767],
] as const;

/** Protocols by name, and some that have none; of these the ones that tunnels use come first. */
export const namedProtocols = ["ip_in_ip", "ip_in_ip", "gre", "esp", "sctp", "number_99"] as const;
/** The numbers that `namedProtocols` mean, and one that no rule names. */
export const otherProtocols = [4, 47, 50, 132, 99, 100] as const;
