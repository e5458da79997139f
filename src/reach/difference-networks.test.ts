/** What a change of the lists around a cluster takes away, before anybody applies it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../net/traffic-text.ts";
import { CLUSTER, recipeNetworks } from "../path/seed-networks.fixture.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { aclFrom } from "../vpc/networks.fixture.ts";
import { type ChangeRow, differenceOf, flowsOfBoth } from "./difference.ts";
import { POD_RANGE } from "./network.fixture.ts";
import { sideText } from "./sides.ts";

const RECIPE = recipeNetworks({ gateways: [1, 2, 3], corporate: true });

const ALLOW_ALL = ["in: allow inbound all 0.0.0.0/0 0.0.0.0/0", "out: allow outbound all 0.0.0.0/0 0.0.0.0/0"];

/** With the lists that subnets have at first. */
const OPEN: VpcInventory = { ...RECIPE, acls: RECIPE.acls.map(({ name }) => aclFrom(name, ALLOW_ALL)) };

function changes(before: VpcInventory, after: VpcInventory): readonly ChangeRow[] {
  const within = (vpc: VpcInventory): Situation => situationFrom(CLUSTER, { vpc, podRange: POD_RANGE });
  return differenceOf(...flowsOfBoth(within(before), within(after))).changes;
}

/** Rows of what a list decides for certain, told by the last range of addresses. */
function rowsOf(rows: readonly ChangeRow[], kind: ChangeRow["kind"]): readonly string[] {
  return rows
    .filter((row) => row.kind === kind)
    .map(
      ({ from, to, traffic }) => `${sideText(from)} -> ... ${sideText(to).split(", ").at(-1)} ${trafficText(traffic)}`,
    );
}

const INTERNET = ["web-1", "web-1-near", "web-1b", "web-2", "web-3"].map(
  (pod) => `shop/pod/${pod} -> ... 207.42.9.0-223.255.255.255 ICMP, TCP, UDP`,
);

describe("lists that are put in the place of open ones (S1-27)", () => {
  it("close the internet to every pod, and nothing between pods and nodes", () => {
    assert.deepEqual(rowsOf(changes(OPEN, RECIPE), "closed"), INTERNET);
    assert.deepEqual(rowsOf(changes(OPEN, RECIPE), "opened"), []);
  });

  it("leave open what they list: networks of the provider, and the company's", () => {
    const closed = changes(OPEN, RECIPE).flatMap(({ kind, to }) => (kind === "closed" ? [to] : []));
    for (const to of closed) {
      assert.match(sideText(to), /128\.0\.0\.0-161\.25\.255\.255, 161\.27\.0\.0-166\.7\.255\.255, 166\.12\.0\.0-/);
      assert.match(sideText(to), /-207\.42\.7\.255, 207\.42\.9\.0-/);
    }
  });

  it("open as much again where they are taken away", () => {
    assert.deepEqual(rowsOf(changes(RECIPE, OPEN), "opened"), INTERNET);
  });
});
