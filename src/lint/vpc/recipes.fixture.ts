/** For tests: networks as guides describe them. */
import type { NetworkSketch } from "./network.fixture.ts";

const ZONES = [
  { name: "zone-1", zone: "us-south-1", cidr: "10.240.0.0/24", worker: "10.240.0.5" },
  { name: "zone-2", zone: "us-south-2", cidr: "10.240.64.0/24", worker: "10.240.64.10" },
  { name: "zone-3", zone: "us-south-3", cidr: "10.240.128.0/24", worker: "10.240.128.7" },
] as const;

/** The rules by which a subnet and another network talk about everything. */
export function both(name: string, network: string, protocol = "icmp_tcp_udp"): string {
  return `${name}-out: allow outbound ${protocol} 0.0.0.0/0 -> ${network}\n${name}-in: allow inbound ${protocol} ${network} -> 0.0.0.0/0\n`;
}

export const DENY_ALL = "deny-all-outbound: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0\ndeny-all-inbound: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0\n";

export const PLATFORM = both("infrastructure", "161.26.0.0/16") + both("services", "166.8.0.0/14");

/** A cluster in three zones with a list for each, every one as it should be: nothing is to be found. */
export const THREE_ZONES: NetworkSketch = {
  subnets: Object.fromEntries(
    ZONES.map(({ name, zone, cidr, worker }) => [
      name,
      { cidr, zone, acl: `shop-${zone}-acl`, workers: [worker], ...(name === "zone-1" ? { gateway: "shop-us-south-1-gateway" } : {}) },
    ]),
  ),
  acls: {
    ...Object.fromEntries(ZONES.map(({ name, zone }) => [`shop-${zone}-acl`, zoneRules(name)])),
    "allow-all": "allow-inbound: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nallow-outbound: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0",
  },
  defaultAcl: "allow-all",
  gateways: { "shop-us-south-1-gateway": { zone: "us-south-1" } },
  clusters: { c1: { version: "1.27.4_1500" } },
};

function zoneRules(name: string): string {
  const others = ZONES.filter((zone) => zone.name !== name);
  const workers = others.map((zone) => both(zone.name, zone.cidr) + both(`${zone.name}-pods`, zone.cidr, "ip_in_ip"));
  const api =
    name === "zone-1"
      ? "api-out: allow outbound tcp 0.0.0.0/0 -> 203.0.113.0/24 443\napi-in: allow inbound tcp 203.0.113.0/24 443 -> 0.0.0.0/0 1024-65535\n" +
        "api-too-big: allow inbound icmp.3.4 203.0.113.0/24 -> 0.0.0.0/0\n"
      : "";
  return workers.join("") + PLATFORM + api + DENY_ALL;
}
