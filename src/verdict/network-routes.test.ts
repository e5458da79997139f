/** Where packets get to by gateways and routes. The numbers are those of the list of pitfalls that these tests guard against. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLUSTER } from "../path/seed-networks.fixture.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { VpcInventory } from "../vpc/model.ts";
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
} from "../vpc/networks.fixture.ts";
import { ask, GATEWAY, outcomeText, verdictOf, verdictOn } from "./network.fixture.ts";

describe("gateways and routes", () => {
  it("lead to the internet only from a subnet whose gateway is there, available, and in its zone (11, S1-09)", () => {
    assert.equal(ask("web-1", "8.8.8.8", "udp 53", GATEWAY), "allowed");
    assert.match(ask("web-1", "8.8.8.8", "udp 53"), /^no-route at route: subnet subnet-1 has no public gateway/);
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", {
        ...GATEWAY,
        publicGateways: [gatewayFrom("gw", "zone-1", { status: "pending" })],
      }),
      /is pending, not available/,
    );
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", { ...GATEWAY, publicGateways: [gatewayFrom("gw", "zone-2")] }),
      /is in zone zone-2, and subnet subnet-1 in zone-1/,
    );
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", { ...GATEWAY, publicGateways: [] }),
      /^undecided at route: whether public gateway gw /,
    );
  });

  it("let nothing in: only a floating address does, and it replaces the gateway (11)", () => {
    assert.match(
      ask("8.8.8.8", "worker-1", "tcp 22", GATEWAY),
      /^no-route at route: the internet cannot reach 10.240.0.5/,
    );
    const db = interfaceFrom("db", "10.240.0.9", "subnet-1", { floatingAddress: addressFrom("198.51.100.7") });
    const groups = [groupFrom("g", ["i: inbound any any", "o: outbound any any"])];
    const given = { interfaces: [{ ...db, groups: ["g"] }], groups } as const;
    assert.equal(ask("8.8.8.8", "198.51.100.7", "tcp 22", given), "allowed");
    assert.equal(ask("10.240.0.9", "8.8.8.8", "tcp 443", given), "allowed");
    const gateways = verdictOf("10.240.0.9", "8.8.8.8", "tcp 443", { ...given, ...GATEWAY }).stages.flatMap(
      ({ stage }) => (stage.kind === "gateway" ? [stage.gateway] : []),
    );
    assert.deepEqual(gateways, ["floating address 198.51.100.7"]);
    const private_ = ["i: allow inbound tcp 8.8.8.8 10.240.0.9 to 22", "o: allow outbound tcp 10.240.0.9 8.8.8.8"];
    assert.equal(ask("8.8.8.8", "198.51.100.7", "tcp 22", { ...given, rules: [private_, []] }), "allowed");
  });

  it("lead somewhere by a floating address of what the input does not hold, but nobody knows where to", () => {
    const given = { ...GATEWAY, strayAddresses: [{ address: addressFrom("198.51.100.7"), target: "nic-2" }] };
    const unknown = /^undecided at [a-z ]+: what nic-2 is, to which floating address 198.51.100.7 leads$/;
    assert.match(ask("8.8.8.8", "198.51.100.7", "tcp 22", given), unknown);
    assert.match(ask("web-1", "198.51.100.7", "tcp 22", given), unknown);
    assert.equal(ask("web-1", "198.51.100.8", "tcp 22", given), "allowed");
  });

  it("are not known to be missing for a server of which nothing tells whether it has a floating address", () => {
    const server = (isFloatingTold: true | undefined): string => {
      const interfaces = [interfaceFrom("db", "10.240.0.9", "subnet-1", { groups: undefined, isFloatingTold })];
      return ask("10.240.0.9", "8.8.8.8", "tcp 443", { interfaces });
    };
    assert.match(server(true), /^no-route at route: subnet subnet-1 has no public gateway/);
    assert.equal(server(undefined), "undecided at route: whether instance db has a floating address");
    const astray = { strayAddresses: [{ address: addressFrom("198.51.100.7"), target: "nic-2" }] };
    assert.match(ask("10.240.0.99", "8.8.8.8", "tcp 443"), /^no-route/);
    assert.match(ask("10.240.0.99", "8.8.8.8", "tcp 443", astray), /^undecided at route: whether 10.240.0.99 has a fl/);
    assert.match(ask("worker-1", "8.8.8.8", "tcp 443", astray), /^no-route/);
  });

  it("let in by a floating address what comes from the internet, and nothing else", () => {
    const db = interfaceFrom("db", "10.240.0.9", "subnet-1", {
      floatingAddress: addressFrom("198.51.100.7"),
      groups: ["g"],
    });
    const given = { interfaces: [db], groups: [groupFrom("g", ["i: inbound any any"])] };
    assert.equal(ask("8.8.8.8", "198.51.100.7", "tcp 22", given), "allowed");
    assert.match(ask("161.26.0.10", "198.51.100.7", "tcp 22", given), /^no-route at route: .*open no connections/);
  });

  it("that carry nothing do not settle it where ways may be there that are not listed", () => {
    const publicGateways = [gatewayFrom("gw", "zone-1", { status: "pending" })];
    const assume = { "unlisted-routes": "unknown" } as const;
    assert.match(ask("web-1", "8.8.8.8", "udp 53", { ...GATEWAY, publicGateways, assume }), /^undecided at route/);
  });

  it("need no gateway for the provider's own services, which span four blocks of 166 (12, S1-09)", () => {
    for (const address of ["161.26.0.10", "166.8.0.1", "166.9.1.1", "166.11.255.255"]) {
      assert.equal(ask("web-1", address, "tcp 443"), "allowed", address);
    }
    assert.match(ask("web-1", "166.12.0.1", "tcp 443"), /^no-route/);
    assert.match(ask("161.26.0.10", "worker-1", "tcp 443"), /^no-route .*open no connections into a VPC/);
  });

  it("name what a pod lacks for the internet, one at a time (S1-08)", () => {
    const rules = [
      [
        "o: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443",
        "i: allow inbound tcp 203.0.113.0/24 0.0.0.0/0 from 443",
      ],
      [],
    ] as const;
    const [out, back] = rules[0];
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules }), "allowed");
    assert.match(
      ask("web-1", "203.0.113.9", "tcp 443", { rules }),
      /^no-route at route: subnet subnet-1 has no public gateway/,
    );
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules: [[back], []] }), "denied at acl outbound");
    assert.equal(
      ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules: [[out], []] }),
      "one-way at reply acl inbound",
    );
    const policy =
      "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: no-way-out, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress]}\n";
    const vpc = networksFrom({
      subnets: [subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "acl-1", publicGateway: "gw" })],
      acls: [aclFrom("acl-1", rules[0])],
      publicGateways: [gatewayFrom("gw", "zone-1")],
    });
    assert.equal(
      outcomeText(verdictOn(situationFrom(CLUSTER + policy, { vpc }), "web-1", "203.0.113.9", "tcp 443")),
      "denied at policy egress",
    );
  });

  it("are known to the VPC for its own subnets only; a way to other private networks is not listed (26)", () => {
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22"),
      /^undecided at route: whether a VPN, a transit gateway or a direct link leads to 10.9.0.1/,
    );
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { assume: { "unlisted-routes": "none" } }),
      /^no-route at route: nothing in VPC vpc-1 leads to/,
    );
    assert.match(ask("10.9.0.1", "worker-1", "tcp 22"), /^undecided at route/);
  });
});

describe("routes of a subnet's table", () => {
  function table(
    destination: string,
    action: "deliver" | "drop" | "delegate" | "delegate_vpc",
    nextHop?: string,
  ): Partial<VpcInventory> {
    const origin = originIn("tables.json", 1);
    const hop = nextHop === undefined ? undefined : addressFrom(nextHop);
    const route = { name: "r", zone: "zone-1", destination: addressesFrom(destination), action, nextHop: hop, origin };
    return { routingTables: [{ id: "table", name: "table", vpc: "vpc-1", routes: [route], origin }] };
  }
  const first = { routingTable: "table" };

  it("follow the routes of the subnet's own table first", () => {
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "drop") }),
      /^no-route at route: route r of table table drops it/,
    );
    assert.equal(ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "deliver") }), "allowed");
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "deliver", "10.240.0.99") }),
      /^undecided at route: what 10.240.0.99/,
    );
    assert.match(
      ask("worker-1", "8.8.8.8", "tcp 22", {
        ...GATEWAY,
        first: { ...first, ...GATEWAY.first },
        ...table("8.0.0.0/8", "delegate_vpc"),
      }),
      /^no-route .*inside the VPC/,
    );
    assert.equal(
      ask("worker-1", "8.8.8.8", "tcp 22", {
        ...GATEWAY,
        first: { ...first, ...GATEWAY.first },
        ...table("8.0.0.0/8", "delegate"),
      }),
      "allowed",
    );
  });

  it("are those of the sender's zone", () => {
    const elsewhere = { ...first, zone: "zone-3" };
    const drop = table("10.9.0.0/16", "drop");
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first: elsewhere, ...drop }),
      /^undecided at route: whether a VPN/,
    );
  });

  it("translate on both sides between a subnet's gateway and a floating address", () => {
    const db = interfaceFrom("db", "10.240.64.9", "subnet-2", {
      floatingAddress: addressFrom("198.51.100.7"),
      groups: ["g"],
    });
    const groups = [groupFrom("g", ["i: inbound any 198.51.100.200", "o: outbound any any"])];
    const rules = [
      ["o: allow outbound tcp 10.240.0.5 198.51.100.7", "i: allow inbound tcp 198.51.100.7 10.240.0.5"],
      ["i: allow inbound tcp 198.51.100.200 10.240.64.9", "o: allow outbound tcp 10.240.64.9 198.51.100.200"],
    ] as const;
    const given = {
      ...GATEWAY,
      groups,
      interfaces: [db],
      rules,
      assume: { "unlisted-security-groups": "open" },
    } as const;
    assert.equal(ask("web-1", "198.51.100.7", "tcp 5432", given), "allowed");
    const unnamed = { ...given, publicGateways: [gatewayFrom("gw", "zone-1", { address: undefined })] };
    assert.match(ask("web-1", "198.51.100.7", "tcp 5432", unnamed), /^undecided at acl inbound: which address of /);
  });

  it("lead to pods of other subnets that are not encapsulated only by a route of the table, both ways", () => {
    const assume = { "pod-overlay": "none" } as const;
    assert.match(
      ask("web-1", "web-2", "tcp 80", { assume }),
      /^no-route at route: no route of the VPC leads to pod address 172.17.64.4/,
    );
    const there = { first, ...table("172.17.64.0/24", "deliver", "10.240.64.10") };
    assert.match(
      ask("web-1", "web-2", "tcp 80", { assume, ...there }),
      /^one-way at reply route: no route of the VPC leads to pod address 172.17.1.4/,
    );
    assert.equal(ask("web-1", "web-1b", "tcp 80", { assume }), "allowed");
  });

  it("do not lead to pods from outside the cluster", () => {
    assert.match(ask("8.8.8.8", "web-1", "tcp 80"), /^no-route at route: 172.17.1.4 is a pod's own address/);
    assert.match(
      ask("10.240.64.99", "web-1", "tcp 80"),
      /^no-route at route: no route of the VPC leads to pod address/,
    );
  });
});
