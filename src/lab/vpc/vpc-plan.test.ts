/** What a VPC lab is planned to be, and what it refuses. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VpcInventory } from "../../vpc/model.ts";
import { addressFrom, groupFrom } from "../../vpc/networks.fixture.ts";
import { inventoryOf, twoZones } from "./inventory.fixture.ts";
import { planVpcLab } from "./vpc-plan.ts";

function plan(inventory: VpcInventory, ...addresses: readonly string[]) {
  return planVpcLab(inventory, addresses.map(addressFrom), "plan");
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

  it("says that security groups are not built", () => {
    const inventory = inventoryOf({ zone: { cidr: "10.1.0.0/24" } }, { groups: [groupFrom("web", [])] });
    assert.match(plan(inventory, "10.1.0.5").notes.join("\n"), /security groups are not built/);
  });

  it("filters nothing where a default list is not in the input, and says so", () => {
    const { vpcs, subnets } = inventoryOf({ zone: { cidr: "10.1.0.0/24" } });
    const inventory = inventoryOf({}, { vpcs, subnets: subnets.map((one) => ({ ...one, acl: undefined })) });
    const { rulesets, notes } = plan(inventory, "10.1.0.5");
    assert.doesNotMatch(rulesets[0]?.ruleset ?? "", /s0_/);
    assert.match(notes.join("\n"), /the default ACL of subnet zone is not in the input/);
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
      inventoryOf({ one: { cidr: "10.1.0.0/16" } }, { acls: [] }),
      ["10.1.1.5"],
      /rules of ACL one-acl of subnet one are not known/,
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => plan(inventory, ...addresses), reason);
    });
  }
});
