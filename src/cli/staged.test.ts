import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { calicoManifest, onManifests, SHOP } from "./command.fixture.ts";

const FLOW = ["why", "shop/web", "shop/db:5432"];

function staged(spec: string, name = "later"): string {
  return calicoManifest("StagedNetworkPolicy", name, spec);
}

const DENY = staged("{order: 1, selector: app == 'db', ingress: [{action: Deny}]}");

describe("portcullis why, with staged policies", () => {
  it("answers as enforced, and tells what changes once they are live", async (t) => {
    const { exit, stdout } = await onManifests(t, FLOW, SHOP + DENY);
    assert.match(stdout, /^ALLOWED {2}shop\/pod\/web -> shop\/pod\/db {2}TCP 5432\n/);
    assert.match(
      stdout,
      /\n\nOnce the staged policies are live:\nDENIED {2}shop\/pod\/web -> shop\/pod\/db {2}TCP 5432\n/,
    );
    assert.match(stdout, /refused +by shop\/later spec\.ingress\[0\] \(all\.yaml:\d+\)/);
    assert.equal(exit, 0);
  });

  it("gives both answers in JSON", async (t) => {
    const { exit, stdout } = await onManifests(t, [...FLOW, "-o", "json"], SHOP + DENY);
    const answer: unknown = JSON.parse(stdout);
    assert.ok(typeof answer === "object" && answer !== null && "verdict" in answer && "pending" in answer);
    const { pending } = answer;
    assert.ok(typeof pending === "object" && pending !== null && "verdict" in pending);
    assert.deepEqual([answer.verdict, pending.verdict], ["allowed", "denied"]);
    assert.equal(exit, 0);
  });

  it("says that nothing changes where it does not", async (t) => {
    const same = await onManifests(t, FLOW, SHOP + staged("{stagedAction: Ignore}"));
    assert.match(same.stdout, /^ALLOWED/);
    assert.match(same.stdout, /The same once the staged policies are live\./);
    const none = await onManifests(t, FLOW, SHOP);
    assert.doesNotMatch(none.stdout, /staged|pending/);
  });
});

describe("every command tells on standard error what is odd about policies in their cluster", () => {
  const idle = calicoManifest(
    "NetworkPolicy",
    "idle",
    "{selector: app == 'none', egress: [{action: Allow, destination: {services: {name: void, namespace: shop}}}]}",
  );

  for (const args of [["map"], FLOW]) {
    it(`portcullis ${args.join(" ")}`, async (t) => {
      const { stderr } = await onManifests(t, args, SHOP + idle);
      assert.match(stderr, /all\.yaml:\d+:\d+: warning PC143: Service shop\/void is not in the input/);
    });
  }
});
