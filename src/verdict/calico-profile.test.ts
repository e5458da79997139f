/** What the profile calico decides differently: by name between equals, and that a pod does not reach its own node. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PROFILES } from "../situation/assumptions.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { CLUSTER, cluster, policy } from "./shop.fixture.ts";
import type { Verdict } from "./verdict.ts";
import { verdictOf } from "./verdict.fixture.ts";

function inProfile(profile: keyof typeof PROFILES, from: string, to: string, ...objects: readonly string[]): Verdict {
  const situation = situationFrom([CLUSTER, ...objects].join("\n---"), { assumptions: PROFILES[profile] });
  return verdictOf(situation, from, to);
}

describe("the profile calico", () => {
  it("asks the first by name of cluster policies with one priority, where the profile kubernetes leaves the answer open", () => {
    const rule = (action: string, name: string): string =>
      cluster(
        `tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: ${action}, from: [{namespaces: {}}]}]`,
        name,
      );
    for (const [first, kind] of [
      ["Accept", "allowed"],
      ["Deny", "denied"],
    ] as const) {
      const objects = [rule(first === "Accept" ? "Deny" : "Accept", "b"), rule(first, "a")];
      assert.equal(inProfile("calico", "ops/prober", "shop/db", ...objects).kind, kind);
      assert.equal(inProfile("kubernetes", "ops/prober", "shop/db", ...objects).kind, "undecided");
    }
  });

  it("drops what a pod sends to its own node, after its egress policy; other nodes are reached", () => {
    assert.equal(inProfile("calico", "shop/web", "172.18.0.1").kind, "denied");
    assert.equal(inProfile("calico", "shop/web", "203.0.113.1").kind, "denied");
    assert.equal(inProfile("calico", "shop/web", "172.18.0.2").kind, "allowed");
    assert.equal(inProfile("kubernetes", "shop/web", "172.18.0.1").kind, "allowed");
  });

  it("lets a node reach its own pods all the same", () => {
    const deny = policy("{podSelector: {}}");
    assert.equal(inProfile("calico", "172.18.0.1", "shop/web", deny).kind, "allowed");
  });
});
