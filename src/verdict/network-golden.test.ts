import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLUSTER, recipeNetworks, type Variation } from "../path/seed-networks.fixture.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { outcomeText, stageNames, verdictOn } from "./network.fixture.ts";

function ask(
  from: string,
  to: string,
  packet: string,
  variation: Variation = {},
  assumptions: FixtureOptions["assumptions"] = {},
): string {
  return outcomeText(
    verdictOn(situationFrom(CLUSTER, { vpc: recipeNetworks(variation), assumptions }), from, to, packet),
  );
}

describe("the recipe of the guide, three zones and a list in each", () => {
  it("lets workers of different zones talk with TCP, UDP and ICMP", () => {
    for (const packet of ["tcp 10250", "udp 53", "icmp 8"]) {
      assert.equal(ask("worker-1", "worker-2", packet), "allowed", packet);
    }
  });

  it("leaves pods of different zones to what `all` means for their carrier", () => {
    assert.match(
      ask("web-1", "web-2", "tcp 80"),
      /^undecided at acl outbound: whether rule allow-workers-outbound-2, /,
    );
    assert.equal(ask("web-1", "web-2", "tcp 80", {}, { "overlay-matched-by-legacy-all": "yes" }), "allowed");
    assert.equal(
      ask("web-1", "web-2", "tcp 80", {}, { "overlay-matched-by-legacy-all": "no" }),
      "denied at acl outbound by deny-all-outbound",
    );
  });

  it("lets a pod ask the provider's DNS and hear the answer", () => {
    assert.equal(ask("web-1", "161.26.0.10", "udp 53"), "allowed");
  });

  it("denies a pod the internet, with a gateway too", () => {
    const denied = "denied at acl outbound by deny-all-outbound";
    assert.equal(ask("web-1", "8.8.8.8", "udp 53", { gateways: [1] }), denied);
    assert.equal(ask("web-1", "8.8.8.8", "udp 53"), denied);
  });

  const OUT = "endpoint-outbound: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443";
  const BACK = "endpoint-inbound: allow inbound tcp 203.0.113.0/24 0.0.0.0/0 from 443";

  it("loses the answers of an endpoint that only an outbound rule names", () => {
    const found = ask("web-1", "203.0.113.9", "tcp 443", { gateways: [1], more: [OUT] });
    assert.equal(found, "one-way at reply acl inbound by deny-all-inbound");
  });

  it("allows an endpoint with a rule for its answers too, from the zone with the gateway and from no other", () => {
    const variation = { gateways: [1], more: [OUT, BACK] } as const;
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", variation), "allowed");
    assert.equal(
      ask("web-2", "203.0.113.9", "tcp 443", variation),
      "no-route at route: subnet subnet-2 has no public gateway, and node/worker-2 no floating address",
    );
  });

  it("lets the corporate network pass its lists, and has no way to its public addresses (S1-25)", () => {
    assert.match(ask("worker-1", "207.42.8.9", "tcp 443", { corporate: true }), /^no-route at route: subnet subnet-1 /);
    assert.equal(ask("worker-1", "207.42.8.9", "tcp 443", { corporate: true, gateways: [1] }), "allowed");
    assert.match(
      ask("207.42.8.9", "worker-1", "tcp 443", { corporate: true }),
      /^no-route at route: the internet cannot/,
    );
    assert.equal(
      ask("worker-1", "207.42.9.9", "tcp 443", { corporate: true, gateways: [1] }),
      "denied at acl outbound by deny-all-outbound",
    );
  });

  it("asks its lists only at the borders of a subnet (S1-29)", () => {
    assert.equal(ask("worker-1", "worker-1b", "tcp 22"), "allowed");
    assert.equal(ask("worker-1", "worker-2", "tcp 22"), "allowed");
    assert.equal(ask("worker-1", "161.26.0.10", "udp 53"), "allowed");
    assert.equal(ask("worker-1", "166.11.255.255", "tcp 443"), "allowed");
    assert.equal(ask("worker-1", "166.12.0.1", "tcp 443"), "denied at acl outbound by deny-all-outbound");
    assert.equal(ask("worker-1", "8.8.8.8", "udp 53"), "denied at acl outbound by deny-all-outbound");
    assert.equal(ask("8.8.8.8", "worker-1", "udp 53"), "denied at acl inbound by deny-all-inbound");
  });

  it("passes the stages in the order of the way (S1-01)", () => {
    const situation = situationFrom(CLUSTER, { vpc: recipeNetworks({ gateways: [1] }) });
    assert.deepEqual(stageNames(verdictOn(situation, "web-1", "web-2", "tcp 80")), [
      "policy egress",
      "-masquerade",
      "overlay",
      "-security group outbound",
      "acl outbound",
      "acl inbound",
      "-security group inbound",
      "policy ingress",
      "reply overlay",
      "reply acl outbound",
      "reply acl inbound",
    ]);
    assert.deepEqual(stageNames(verdictOn(situation, "web-1", "8.8.8.8", "udp 53")), [
      "policy egress",
      "masquerade",
      "-security group outbound",
      "acl outbound",
      "gateway",
      "-policy ingress",
      "reply acl inbound",
    ]);
    assert.deepEqual(stageNames(verdictOn(situation, "web-1", "web-1-near", "tcp 80")), [
      "policy egress",
      "-network",
      "policy ingress",
    ]);
  });
});
