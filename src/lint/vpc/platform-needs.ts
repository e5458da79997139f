/** What managed clusters need of their provider's networks, and what fails without it. Facts about IBM Cloud VPC, July 2026. */
import type { AddressSet } from "../../net/address.ts";
import { TCP, UDP } from "../../net/protocol.ts";
import { allOf, toPorts, type TrafficSet } from "../../net/traffic.ts";
import { blocks } from "./blocks.ts";
import { ENDPOINT_GATEWAYS, type Release } from "./clusters.ts";
import { rolesOf } from "./reply-traffic.ts";

export interface PlatformUse {
  /** `UDP 53 (DNS)`. */
  readonly what: string;
  readonly addresses: AddressSet;
  readonly traffic: TrafficSet;
}

export interface PlatformNetwork {
  readonly name: string;
  readonly addresses: AddressSet;
  readonly uses: readonly PlatformUse[];
  /** What a cluster of the release cannot do without it; undefined where the release is not known. */
  readonly breaks: (release: Release | undefined) => string;
}

const INFRASTRUCTURE = blocks("161.26.0.0/16");
const SERVICES = blocks("166.8.0.0/14");

export const PLATFORM_NETWORKS: readonly PlatformNetwork[] = [
  {
    name: "161.26.0.0/16",
    addresses: INFRASTRUCTURE,
    uses: [
      {
        what: "UDP 53 (DNS)",
        addresses: blocks("161.26.0.10/32", "161.26.0.11/32"),
        traffic: rolesOf(toPorts(UDP, [{ start: 53, end: 54 }])).asking,
      },
      {
        what: "TCP 80 and 443 (packages and images)",
        addresses: INFRASTRUCTURE,
        traffic: rolesOf(
          toPorts(TCP, [
            { start: 80, end: 81 },
            { start: 443, end: 444 },
          ]),
        ).asking,
      },
    ],
    breaks: () => "new workers cannot be set up, and workers do not resolve names",
  },
  {
    name: "166.8.0.0/14",
    addresses: SERVICES,
    uses: [{ what: "TCP", addresses: SERVICES, traffic: rolesOf(allOf(TCP)).open }],
    breaks: (release) =>
      release !== undefined && release >= ENDPOINT_GATEWAYS
        ? "workers do not reach services with private endpoints"
        : "workers do not reach the cluster's master, the image registry and other services with private endpoints",
  },
];
