/** For tests: random networks around one small cluster, with rules whose borders fall where packets are asked about. */
import * as fc from "fast-check";
import type { Assumptions } from "../situation/assumptions.ts";
import type { RouteAction, VpcInventory } from "../vpc/model.ts";
import {
  aclFrom,
  addressesFrom,
  addressFrom,
  gatewayFrom,
  groupFrom,
  interfaceFrom,
  networksFrom,
  originIn,
  subnetFrom,
  workerFrom,
} from "../vpc/networks.fixture.ts";

const ADDRESSES = [
  "0.0.0.0/0",
  "0.0.0.0/0",
  "10.240.0.0/24",
  "10.240.64.0/24",
  "10.240.0.5",
  "10.240.0.0/29",
  "172.17.0.0/16",
  "172.17.64.4",
  "161.26.0.0/16",
  "8.8.8.0/24",
  "198.51.100.0/24",
  "10.9.0.0/16",
] as const;

const PORTS = [
  "",
  "",
  "from 40000",
  "from 1024-65535",
  "from 1-39999",
  "to 53-80",
  "to 4789",
  "from 53 to 1024-65535",
  "to 1024-65535",
];
const PROTOCOLS = ["all", "all", "any", "tcp", "udp", "icmp", "icmp_tcp_udp", "ip_in_ip"] as const;

const traffic = fc
  .tuple(fc.constantFrom(...PROTOCOLS), fc.constantFrom(...PORTS), fc.constantFrom("", "type 8", "type 0"))
  .map(([protocol, ports, type]) => ({
    protocol,
    rest: protocol === "tcp" || protocol === "udp" ? ports : protocol === "icmp" ? type : "",
  }));

const address = fc.constantFrom(...ADDRESSES);
const direction = fc.constantFrom("inbound", "outbound");

const aclRule = fc
  .tuple(fc.constantFrom("allow", "allow", "deny"), direction, traffic, address, address)
  .map(([action, way, { protocol, rest }, source, destination]) =>
    `r: ${action} ${way} ${protocol} ${source} ${destination} ${rest}`.trim(),
  );

const groupRule = fc
  .tuple(direction, traffic, fc.oneof(address, fc.constantFrom("group:g-1", "group:g-2", "group:absent")), address)
  .map(
    ([way, { protocol, rest }, remote, local]) =>
      `r: ${way} ${protocol} ${remote} ${rest === "" ? "" : `${rest} `}local ${local}`,
  );

const OPEN = { out: "out: allow outbound any 0.0.0.0/0 0.0.0.0/0", in: "in: allow inbound any 0.0.0.0/0 0.0.0.0/0" };

/** Most lists end in allowing one direction or both: else hardly anything would come back, or arrive at all. */
const rules = fc
  .tuple(fc.array(aclRule, { maxLength: 5 }), fc.subarray([OPEN.out, OPEN.in]))
  .map(([list, rest]) => [...list, ...rest]);
const groupRules = fc
  .tuple(fc.array(groupRule, { maxLength: 4 }), fc.subarray(["out: outbound any any", "in: inbound any any"]))
  .map(([list, rest]) => [...list, ...rest]);
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const route = fc.record({
  destination: fc.constantFrom("172.17.0.0/16", "172.17.64.0/24", "0.0.0.0/0", "10.9.0.0/16", "8.8.8.8"),
  action: fc.constantFrom<RouteAction>("deliver", "delegate", "delegate_vpc", "drop"),
  nextHop: maybe(fc.constantFrom("10.240.64.10", "10.240.0.5", "10.240.0.9")),
  zone: fc.constantFrom("zone-1", "zone-2"),
});

/** Two subnets with workers, one with an instance, and whatever may stand around them. */
export const randomNetworks: fc.Arbitrary<VpcInventory> = fc
  .record({
    acls: fc.array(rules, { minLength: 3, maxLength: 3 }),
    aclOf: fc.array(maybe(fc.constantFrom("acl-0", "acl-1", "acl-2", "acl-absent")), { minLength: 3, maxLength: 3 }),
    gateways: fc.array(maybe(fc.constantFrom("gw-1", "gw-2", "gw-absent")), { minLength: 3, maxLength: 3 }),
    status: fc.constantFrom("available", "pending"),
    groups: maybe(fc.array(groupRules, { minLength: 3, maxLength: 3 })),
    members: fc.array(maybe(fc.subarray(["g-1", "g-2"])), { minLength: 2, maxLength: 2 }),
    spoofing: maybe(fc.boolean()),
    areInstances: fc.boolean(),
    floating: maybe(fc.constant("198.51.100.7")),
    range: maybe(fc.constantFrom("10.240.0.0/16", "10.240.0.0/24", "10.240.0.5/32")),
    routes: maybe(fc.array(route, { maxLength: 3 })),
  })
  .map((draft) => {
    const [instanceGroups, workerGroups] = draft.members;
    const zones = ["10.240.0.0/24", "10.240.64.0/24", "10.240.128.0/24"];
    const floatingAddress = draft.floating === undefined ? undefined : addressFrom(draft.floating);
    const bearer = { groups: workerGroups, spoofing: draft.spoofing } as const;
    return networksFrom({
      subnets: zones.map((cidr, i) =>
        subnetFrom(`subnet-${i + 1}`, cidr, `zone-${(i % 2) + 1}`, {
          acl: draft.aclOf[i],
          publicGateway: draft.gateways[i],
          routingTable: draft.routes === undefined ? undefined : "table",
        }),
      ),
      acls: draft.acls.map((list, i) => aclFrom(`acl-${i}`, list)),
      publicGateways: [
        gatewayFrom("gw-1", "zone-1"),
        gatewayFrom("gw-2", "zone-2", { status: draft.status, address: undefined }),
      ],
      groups: (draft.groups ?? []).map((list, i) =>
        groupFrom(["g-1", "g-2", "default-group"][i] ?? "", list, "vpc-1", i === 0 ? "kube-c1" : `g-${i}`),
      ),
      interfaces: [
        interfaceFrom("db", "10.240.128.9", "subnet-3", { groups: instanceGroups, floatingAddress }),
        ...(draft.areInstances
          ? [
              interfaceFrom("vm-1", "10.240.0.5", "subnet-1", bearer),
              interfaceFrom("vm-2", "10.240.64.10", "subnet-2", bearer),
            ]
          : []),
      ],
      workers: draft.areInstances
        ? []
        : [
            workerFrom("kube-c1-w1", "10.240.0.5", "subnet-1", draft.range),
            workerFrom("kube-c1-w1b", "10.240.0.6", "subnet-1", draft.range),
            workerFrom("kube-c1-w2", "10.240.64.10", "subnet-2"),
          ],
      routingTables:
        draft.routes === undefined
          ? []
          : [
              {
                id: "table",
                name: "table",
                vpc: "vpc-1",
                origin: originIn("tables.json", 1),
                routes: draft.routes.map(({ destination, action, nextHop, zone }, i) => ({
                  name: `route-${i}`,
                  zone,
                  destination: addressesFrom(destination),
                  action,
                  nextHop: nextHop === undefined ? undefined : addressFrom(nextHop),
                  origin: originIn("tables.json", i + 2),
                })),
              },
            ],
    });
  });

/** Every combination of what may be assumed about networks. */
export const networkAssumptions: fc.Arbitrary<Partial<Assumptions>> = fc.record({
  "overlay-matched-by-legacy-all": fc.constantFrom("unknown", "yes", "no"),
  "pod-overlay": fc.constantFrom("ipip-cross-subnet", "ipip", "vxlan-cross-subnet", "vxlan", "wireguard", "none"),
  "pod-masquerade": fc.constantFrom("pools-only", "pools-and-hosts", "off"),
  "unlisted-acl": fc.constantFrom("allow", "unknown"),
  "unlisted-security-groups": fc.constantFrom("by-name", "open", "unknown"),
  "unlisted-routes": fc.constantFrom("private", "none", "unknown"),
});
