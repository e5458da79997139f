/** Access lists, gateways and replies as packets meet them in the kernel of this machine. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listNamespaces } from "../../kernel/namespaces.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { reasonToSkip } from "../standing.fixture.ts";
import { labPrefix } from "../topology.ts";
import { countsOf, fatesOf, inVpcLab, packet } from "./fates.fixture.ts";
import { inventoryOf, twoZones, ZONE1, ZONE2 } from "./inventory.fixture.ts";
import type { VpcPlanOptions } from "./vpc-plan.ts";

/** From, to, traffic, what becomes of it; and, where the answer is not the natural one, what that is. */
type Row = readonly [from: string, to: string, traffic: string, fate: string, reply?: string];

/** Asserts what becomes of every packet, and that the rules named have counted them. */
async function assertFates(
  inventory: VpcInventory,
  addresses: readonly string[],
  rows: readonly Row[],
  options: VpcPlanOptions = {},
): Promise<void> {
  await inVpcLab(
    inventory,
    addresses,
    async (lab) => {
      const fates = await fatesOf(
        lab,
        rows.map(([from, to, traffic, , reply]) => packet(from, to, traffic, reply)),
      );
      assert.deepEqual(
        rows.map(([from, to, traffic], i) => `${from} ${to} ${traffic}: ${fates[i]}`),
        rows.map(([from, to, traffic, fate]) => `${from} ${to} ${traffic}: ${fate}`),
      );
      const counts = (await countsOf(lab)).join("\n");
      for (const [, rule, subnet] of fates.join("\n").matchAll(/dropped by (\S+) \((.*?)\)/g)) {
        assert.match(counts, new RegExp(`^${subnet} ${rule === "no" ? "undefined" : rule} \\d`, "m"));
      }
    },
    options,
  );
}

const ROUND = "delivered, reply delivered";

describe("a VPC lab", { skip: reasonToSkip(), concurrency: false }, () => {
  it("does what the founding document says of its two zones", () =>
    assertFates(
      twoZones({ gateway: "198.51.100.1", floating: { "10.240.0.7": "198.51.100.7" } }),
      [
        "10.240.0.5",
        "10.240.0.6",
        "10.240.0.7",
        "10.240.64.10",
        "161.26.0.10",
        "166.11.255.255",
        "166.12.0.1",
        "207.42.8.9",
        "207.42.9.9",
        "8.8.8.8",
      ],
      [
        ["10.240.0.5", "10.240.64.10", "tcp/80", ROUND],
        ["10.240.64.10", "10.240.0.5", "icmp/8", ROUND],
        ["10.240.0.5", "161.26.0.10", "udp/53", ROUND],
        ["10.240.0.5", "166.11.255.255", "tcp/443", ROUND],
        ["10.240.0.5", "207.42.8.9", "tcp/443", ROUND],
        ["10.240.0.5", "166.12.0.1", "tcp/443", "dropped by deny-all-outbound (zone1 outbound)"],
        ["10.240.0.5", "207.42.9.9", "tcp/443", "dropped by deny-all-outbound (zone1 outbound)"],
        ["10.240.0.5", "8.8.8.8", "udp/53", "dropped by deny-all-outbound (zone1 outbound)"],
        // Nobody outside knows a way to a private address, and the list would not let them in either.
        ["8.8.8.8", "10.240.0.5", "tcp/80", "dropped by deny-all-inbound (zone1 inbound)"],
        ["207.42.8.9", "10.240.0.5", "tcp/80", "no-route"],
        ["8.8.8.8", "198.51.100.7", "tcp/80", "dropped by deny-all-inbound (zone1 inbound)"],
        ["207.42.8.9", "198.51.100.7", "tcp/80", ROUND],
      ],
    ));

  it("asks no list within a subnet, whatever it says", () =>
    assertFates(
      inventoryOf({ zone1: { cidr: ZONE1, rules: [] } }),
      ["10.240.0.5", "10.240.0.6"],
      [
        ["10.240.0.5", "10.240.0.6", "tcp/80", ROUND],
        ["10.240.0.6", "10.240.0.5", "4", ROUND],
        ["10.240.0.6", "10.240.0.5", "icmp/8", ROUND],
      ],
    ));

  it("denies what no rule of a list matches, in each direction", () =>
    assertFates(
      inventoryOf({
        out: { cidr: ZONE1, rules: ["out: allow outbound all any any"] },
        both: { cidr: ZONE2 },
        none: { cidr: "10.240.128.0/24", rules: [] },
      }),
      ["10.240.0.5", "10.240.64.10", "10.240.128.10"],
      [
        ["10.240.0.5", "10.240.64.10", "tcp/80", "delivered, reply dropped by no rule (out inbound)"],
        ["10.240.64.10", "10.240.0.5", "tcp/80", "dropped by no rule (out inbound)"],
        ["10.240.64.10", "10.240.128.10", "tcp/80", "dropped by no rule (none inbound)"],
        ["10.240.128.10", "10.240.64.10", "tcp/80", "dropped by no rule (none outbound)"],
      ],
    ));

  for (const legacyAll of ["no", "yes"] as const) {
    it(`passes protocol 4 between workers under a legacy "all": ${legacyAll}`, () =>
      assertFates(
        twoZones(),
        ["10.240.0.5", "10.240.64.10"],
        [
          [
            "10.240.0.5",
            "10.240.64.10",
            "4",
            legacyAll === "yes" ? ROUND : "dropped by deny-all-outbound (zone1 outbound)",
          ],
          ["10.240.0.5", "10.240.64.10", "tcp/5432", ROUND],
        ],
        { legacyAll },
      ));
  }

  it("passes carriers of VXLAN by their destination port, both ways", () => {
    const rules = ["vxlan-in: allow inbound udp any any to 4789", "vxlan-out: allow outbound udp any any to 4789"];
    return assertFates(
      inventoryOf({ zone1: { cidr: ZONE1, rules }, zone2: { cidr: ZONE2, rules } }),
      ["10.240.0.5", "10.240.64.10"],
      [
        ["10.240.0.5", "10.240.64.10", "udp/4789 from 50000", ROUND, "udp/4789 from 60000"],
        // An answer with swapped ports is none that such lists let pass.
        ["10.240.0.5", "10.240.64.10", "udp/4789 from 50001", "delivered, reply dropped by no rule (zone2 outbound)"],
      ],
    );
  });

  it("shows lost replies of TCP, UDP and ICMP as such", () => {
    const rules = [
      "out: allow outbound all any any",
      "web-replies: allow inbound tcp any any from 443",
      "deny-all: deny inbound all any any",
    ];
    return assertFates(
      inventoryOf({ zone1: { cidr: ZONE1, rules, gateway: "198.51.100.1" } }),
      ["10.240.0.5", "203.0.113.9"],
      [
        ["10.240.0.5", "203.0.113.9", "tcp/443", ROUND],
        ["10.240.0.5", "203.0.113.9", "tcp/80", "delivered, reply dropped by deny-all (zone1 inbound)"],
        ["10.240.0.5", "203.0.113.9", "udp/53", "delivered, reply dropped by deny-all (zone1 inbound)"],
        ["10.240.0.5", "203.0.113.9", "icmp/8", "delivered, reply dropped by deny-all (zone1 inbound)"],
      ],
    );
  });

  it("tells ICMP types and codes apart", () => {
    const rules = [
      "ping-out: allow outbound icmp any any type 8 code 0",
      "too-big: allow outbound icmp any any type 3 code 4",
      "echo-in: allow inbound icmp any any type 0",
    ];
    return assertFates(
      inventoryOf({ zone1: { cidr: ZONE1, rules }, zone2: { cidr: ZONE2 } }),
      ["10.240.0.5", "10.240.64.10"],
      [
        ["10.240.0.5", "10.240.64.10", "icmp/8", ROUND],
        ["10.240.0.5", "10.240.64.10", "icmp/8.1", "dropped by no rule (zone1 outbound)"],
        ["10.240.0.5", "10.240.64.10", "icmp/3.4", "delivered"],
        ["10.240.0.5", "10.240.64.10", "icmp/3.3", "dropped by no rule (zone1 outbound)"],
        ["10.240.64.10", "10.240.0.5", "icmp/8", "dropped by no rule (zone1 inbound)"],
      ],
    );
  });

  it("reaches the internet by a gateway or a floating address only, the service network without", () => {
    return assertFates(
      inventoryOf({
        hidden: { cidr: ZONE1, gateway: "198.51.100.1" },
        bare: { cidr: ZONE2, floating: { "10.240.64.11": "198.51.100.11" } },
      }),
      ["10.240.0.5", "10.240.0.6", "10.240.64.10", "10.240.64.11", "203.0.113.9", "166.9.1.1"],
      [
        ["10.240.0.5", "203.0.113.9", "tcp/443", ROUND],
        // Two hosts behind one address, with the same ports: answers find the right one.
        ["10.240.0.6", "203.0.113.9", "tcp/443", ROUND],
        ["10.240.0.5", "203.0.113.9", "icmp/8", ROUND],
        ["10.240.0.5", "203.0.113.9", "47", ROUND],
        ["10.240.0.5", "203.0.113.9", "sctp/5000", ROUND],
        ["203.0.113.9", "198.51.100.1", "tcp/22", "no-route"],
        ["10.240.64.10", "203.0.113.9", "tcp/443", "no-route"],
        ["10.240.64.11", "203.0.113.9", "tcp/443", ROUND],
        ["203.0.113.9", "198.51.100.11", "tcp/22", ROUND],
        ["203.0.113.9", "10.240.64.10", "tcp/22", "no-route"],
        ["10.240.64.10", "166.9.1.1", "tcp/443", ROUND],
        ["166.9.1.1", "10.240.64.10", "tcp/443", "no-route"],
      ],
      { legacyAll: "yes" },
    );
  });

  it("has no way through a gateway that is not available", () => {
    const inventory = inventoryOf({ zone1: { cidr: ZONE1, gateway: "198.51.100.1" } });
    return assertFates(
      { ...inventory, publicGateways: inventory.publicGateways.map((one) => ({ ...one, status: "pending" })) },
      ["10.240.0.5", "203.0.113.9"],
      [["10.240.0.5", "203.0.113.9", "tcp/443", "no-route"]],
    );
  });

  it("has no way from one VPC to another", () =>
    assertFates(
      inventoryOf({ one: { cidr: ZONE1 }, other: { cidr: ZONE2, vpc: "vpc-2" } }),
      ["10.240.0.5", "10.240.64.10"],
      [["10.240.0.5", "10.240.64.10", "tcp/80", "no-route"]],
    ));

  it("refuses packets that nobody could send or receive", () =>
    inVpcLab(twoZones(), ["10.240.0.5", "8.8.8.8"], async (lab) => {
      for (const [from, to, reason] of [
        ["10.240.0.5", "10.240.0.9", /no host has the receiver's address/],
        ["10.240.0.9", "8.8.8.8", /does not hold the sender/],
        ["10.240.0.5", "9.9.9.9", /does not hold the receiver/],
      ] as const) {
        await assert.rejects(lab.probe([packet(from, to, "tcp/80")]), reason);
      }
    }));

  it("leaves nothing behind", async () => {
    let name = "";
    await inVpcLab(twoZones(), ["10.240.0.5"], async (lab) => {
      name = lab.plan.name;
      assert.ok(listNamespaces(labPrefix(name)).length > 0);
    });
    assert.deepEqual(listNamespaces(labPrefix(name)), []);
  });
});
