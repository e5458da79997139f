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

export const DENY_ALL =
  "deny-all-outbound: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0\ndeny-all-inbound: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0\n";

export const PLATFORM = both("infrastructure", "161.26.0.0/16") + both("services", "166.8.0.0/14");

/** A cluster in three zones with a list for each, every one as it should be: nothing is to be found. */
export const THREE_ZONES: NetworkSketch = {
  subnets: Object.fromEntries(
    ZONES.map(({ name, zone, cidr, worker }) => [
      name,
      {
        cidr,
        zone,
        acl: `shop-${zone}-acl`,
        workers: [worker],
        ...(name === "zone-1" ? { gateway: "shop-us-south-1-gateway" } : {}),
      },
    ]),
  ),
  acls: {
    ...Object.fromEntries(ZONES.map(({ name, zone }) => [`shop-${zone}-acl`, zoneRules(name)])),
    "allow-all":
      "allow-inbound: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nallow-outbound: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0",
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

const GUIDE_ZONES = [
  { zone: "us-south-1", cidr: "10.240.0.0/24", worker: "10.240.0.5" },
  { zone: "us-south-2", cidr: "10.240.64.0/24", worker: "10.240.64.10" },
  { zone: "us-south-3", cidr: "10.240.128.0/24", worker: "10.240.128.7" },
] as const;

type Zone = (typeof GUIDE_ZONES)[number]["zone"];

/** The lists that the founding document has people make for a cluster of 2019, edited as given, with a gateway in one zone. */
export function guideZones(
  count: 2 | 3,
  edits: Partial<Readonly<Record<Zone, (rules: string) => string>>> = {},
  gateway?: Zone,
): NetworkSketch {
  const zones = GUIDE_ZONES.slice(0, count);
  const aclName = (zone: Zone): string => `mycluster-${zone}-acl`;
  return {
    subnets: Object.fromEntries(
      zones.map(({ zone, cidr, worker }) => [
        `vpctest-${zone}`,
        {
          cidr,
          zone,
          acl: aclName(zone),
          workers: [worker],
          ...(zone === gateway ? { gateway: `mycluster-${zone}-gateway` } : {}),
        },
      ]),
    ),
    acls: Object.fromEntries(
      zones.map(({ zone }) => [aclName(zone), (edits[zone] ?? ((rules) => rules))(guideRules(zone, zones))]),
    ),
    gateways: gateway === undefined ? {} : { [`mycluster-${gateway}-gateway`]: { zone: gateway } },
    clusters: { c1: { version: "1.15.4" } },
  };
}

function guideRules(own: Zone, zones: readonly (typeof GUIDE_ZONES)[number][]): string {
  const others = zones.filter(({ zone }) => zone !== own);
  return [
    ...others.flatMap(({ cidr }) => [
      `allow-workers-outbound: allow outbound all 0.0.0.0/0 -> ${cidr}`,
      `allow-workers-inbound: allow inbound all ${cidr} -> 0.0.0.0/0`,
    ]),
    "allow-ibm-private-network2-outbound: allow outbound all 0.0.0.0/0 -> 161.26.0.0/16",
    "allow-ibm-private-network2-inbound: allow inbound all 161.26.0.0/16 -> 0.0.0.0/0",
    "allow-ibm-private-network-outbound: allow outbound all 0.0.0.0/0 -> 166.8.0.0/14",
    "allow-ibm-private-network-inbound: allow inbound all 166.8.0.0/14 -> 0.0.0.0/0",
    "corporate-network-outbound: allow outbound all 0.0.0.0/0 -> 207.42.8.0/24",
    "corporate-network-inbound: allow inbound all 207.42.8.0/24 -> 0.0.0.0/0",
    "deny-all-outbound: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0",
    "deny-all-inbound: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0",
    "",
  ].join("\n");
}

/** Two lists for web servers and what is behind them, as the provider's guide has them in tables. */
export const GUIDE: NetworkSketch = {
  subnets: {
    web: { cidr: "10.10.10.0/24", acl: "web", gateway: "gateway" },
    backend: { cidr: "10.10.20.0/24", acl: "backend", gateway: "gateway" },
  },
  gateways: { gateway: { zone: "us-south-1" } },
  acls: {
    web: `
      from-backend: allow inbound any 10.10.20.0/24 -> 10.10.10.0/24
      http: allow inbound tcp 0.0.0.0/0 -> 10.10.10.0/24 80
      https: allow inbound tcp 0.0.0.0/0 -> 10.10.10.0/24 443
      return-http: allow inbound tcp 0.0.0.0/0 80 -> 10.10.10.0/24
      return-https: allow inbound tcp 0.0.0.0/0 443 -> 10.10.10.0/24
      deny-in: deny inbound any 0.0.0.0/0 -> 0.0.0.0/0
      ask-http: allow outbound tcp 10.10.10.0/24 -> 0.0.0.0/0 80
      ask-https: allow outbound tcp 10.10.10.0/24 -> 0.0.0.0/0 443
      answer-http: allow outbound tcp 10.10.10.0/24 80 -> 0.0.0.0/0
      answer-https: allow outbound tcp 10.10.10.0/24 443 -> 0.0.0.0/0
      to-backend: allow outbound any 10.10.10.0/24 -> 10.10.20.0/24
      deny-out: deny outbound any 0.0.0.0/0 -> 0.0.0.0/0`,
    backend: `
      from-web: allow inbound any 10.10.10.0/24 -> 10.10.20.0/24
      deny-in: deny inbound any 0.0.0.0/0 -> 0.0.0.0/0
      return-http: deny inbound tcp 0.0.0.0/0 80 -> 10.0.20.0/24
      return-https: deny inbound tcp 0.0.0.0/0 443 -> 10.0.20.0/24
      ask-http: allow outbound tcp 10.10.20.0/24 -> 0.0.0.0/0 80
      ask-https: allow outbound tcp 10.10.20.0/24 -> 0.0.0.0/0 443
      to-web: allow outbound any 10.10.20.0/24 -> 10.10.10.0/24
      deny-out: deny outbound any 0.0.0.0/0 -> 0.0.0.0/0`,
  },
};

/** The list of the web servers as the commands of the same guide make it. */
export const GUIDE_COMMANDS: NetworkSketch = {
  subnets: { web: { cidr: "10.10.10.0/24", acl: "web" } },
  acls: {
    web: `
      rule10: allow inbound tcp 0.0.0.0/0 80 -> 0.0.0.0/0
      rule20: allow inbound tcp 0.0.0.0/0 443 -> 0.0.0.0/0
      rule100: allow inbound all 10.10.20.0/24 -> 0.0.0.0/0
      rule200: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0
      allow-all-inbound-rule: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0
      rule10e: allow outbound tcp 0.0.0.0/0 80 -> 0.0.0.0/0
      rule20e: allow outbound tcp 0.0.0.0/0 443 -> 0.0.0.0/0
      rule100e: allow outbound all 0.0.0.0/0 -> 10.10.20.0/24
      rule200e: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0
      allow-all-outbound-rule: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0`,
  },
};
