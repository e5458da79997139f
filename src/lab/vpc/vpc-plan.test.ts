/** What a VPC lab is planned to be, and what it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VpcInventory } from "../../vpc/model.ts";
import { acl, address, inventoryOf, twoZones } from "./inventory.fixture.ts";
import { planVpcLab } from "./vpc-plan.ts";

function plan(inventory: VpcInventory, ...addresses: readonly string[]) {
  return planVpcLab(inventory, addresses.map(address), "plan");
}

describe("the plan of a VPC lab", () => {
  it("has a namespace for every host, and one each for router, gateway and outside", () => {
    const { setups } = plan(twoZones(), "10.240.0.5", "10.240.64.10", "10.240.0.5", "8.8.8.8", "161.26.0.10");
    const names = setups.map(({ namespace }) => namespace.replace("portcullis-plan.", ""));
    assert.deepEqual(names, ["h0", "h1", "router", "gateway", "out"]);
  });

  it("builds only subnets that hold one of the addresses", () => {
    const { subnets } = plan(twoZones(), "10.240.64.10");
    assert.deepEqual(
      subnets.map(({ subnet }) => subnet.name),
      ["zone2"],
    );
  });

  it("translates towards an address of its own where the input does not tell a gateway's", () => {
    const told = inventoryOf({ zone: { cidr: "10.1.0.0/24", gateway: "198.51.100.1" } });
    const untold = { ...told, publicGateways: told.publicGateways.map((one) => ({ ...one, address: undefined })) };
    assert.match(plan(untold, "10.1.0.5").rulesets[1]?.ruleset ?? "", /ip saddr 10\.1\.0\.0\/24 snat to 198\.18\./);
  });

  it("keeps connection tracking away from the router", () => {
    const [router] = plan(twoZones({ gateway: "198.51.100.1" }), "10.240.0.5").rulesets;
    assert.doesNotMatch(router?.ruleset ?? "", /\bct\b|\bsnat\b|\bdnat\b|\bmasquerade\b/);
  });

  it("says that security groups and routes are not built", () => {
    const inventory = inventoryOf({ zone: { cidr: "10.1.0.0/24", floating: { "10.1.0.5": "198.51.100.5" } } });
    const { notes } = plan(
      { ...inventory, interfaces: inventory.interfaces.map((one) => ({ ...one, groups: ["web"] })) },
      "10.1.0.5",
    );
    assert.match(notes.join("\n"), /security groups are not built/);
  });

  for (const [what, inventory, addresses, reason] of [
    ["IPv6 addresses", twoZones(), ["fd00::1"], /IPv4 only/],
    ["addresses that are not routed", twoZones(), ["127.0.0.5"], /none that packets can be routed to/],
    [
      "subnets that overlap",
      inventoryOf({ one: { cidr: "10.1.0.0/16" }, two: { cidr: "10.1.1.0/24" } }),
      ["10.1.1.5"],
      /subnets one and two overlap/,
    ],
    [
      "subnets whose list is not told",
      { ...inventoryOf({ one: { cidr: "10.1.0.0/16", acl: acl("gone", []) } }), acls: [] },
      ["10.1.1.5"],
      /access list of subnet one is not in the input/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => plan(inventory, ...addresses), reason);
    });
  }
});
