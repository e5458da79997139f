import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText } from "../net/address.ts";
import { run } from "./lab.ts";
import { planProbes } from "./probes.ts";
import { labEndText, trafficText } from "./reasoning.ts";
import { podManifest, situationFrom } from "./shop.fixture.ts";
import { realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { type LabPlan, planLab } from "./topology.ts";

function nodeWith(name: string, ...addresses: readonly string[]): string {
  const list = addresses.map((address) => `{type: InternalIP, address: "${address}"}`).join(", ");
  return `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nstatus: {addresses: [${list}]}\n`;
}

function hostEndpoint(name: string, spec: string): string {
  const head = "apiVersion: projectcalico.org/v3\nkind: HostEndpoint";
  return `---\n${head}\nmetadata: {name: ${name}}\nspec: {node: one, profiles: [projectcalico-default-allow], ${spec}}\n`;
}

const CLUSTER = [
  nodeWith("one", "192.168.0.1", "203.0.113.1", "fd00:5::1"),
  nodeWith("two", "192.168.0.2", "fd00:5::2"),
  podManifest({ name: "a", node: "one", addresses: ["10.1.0.2", "fd00:1::2"] }),
].join("");

function planOf(...endpoints: readonly string[]): LabPlan {
  return planLab(realized(situationFrom(CLUSTER + endpoints.join(""))), testLabName());
}

function uplinksOf(plan: LabPlan): readonly string[] {
  const node = plan.nodes.find(({ identity }) => identity === "node/one");
  return (node?.uplinks ?? []).map(({ name, addresses }) => `${name}: ${addresses.map(addressText).join(" ")}`);
}

const TWO_LINKS = [
  hostEndpoint("one-eth0", "interfaceName: eth0, expectedIPs: [192.168.0.1]"),
  hostEndpoint("one-public", "interfaceName: eth1, expectedIPs: [203.0.113.1]"),
];

describe("the interfaces of a lab's nodes", () => {
  it("are called as HostEndpoints call them, each with the addresses that are expected there", () => {
    assert.deepEqual(uplinksOf(planOf()), ["uplink: 192.168.0.1 203.0.113.1 fd00:5::1"]);
    assert.deepEqual(uplinksOf(planOf(...TWO_LINKS)), ["eth0: 192.168.0.1", "eth1: 203.0.113.1", "uplink: fd00:5::1"]);
    assert.deepEqual(uplinksOf(planOf(hostEndpoint("one", "interfaceName: eth0"))), [
      "eth0: 192.168.0.1 203.0.113.1 fd00:5::1",
    ]);
    assert.deepEqual(uplinksOf(planOf(hostEndpoint("one", 'interfaceName: "*"'))), [
      "uplink: 192.168.0.1 203.0.113.1 fd00:5::1",
    ]);
    assert.deepEqual(uplinksOf(planOf(hostEndpoint("one", "expectedIPs: [203.0.113.1]"))), [
      "uplink: 192.168.0.1 fd00:5::1",
      "uplink0: 203.0.113.1",
    ]);
  });

  it("are not called what no interface of a lab can be called, which is said", () => {
    const plan = planOf(hostEndpoint("one", "interfaceName: p0"));
    assert.deepEqual(uplinksOf(plan), ["uplink: 192.168.0.1 203.0.113.1 fd00:5::1"]);
    assert.match(plan.notes.join("\n"), /HostEndpoint one is not built: a node of a lab cannot have an interface "p0"/);
  });

  it("take part in probes between nodes and outside where there are HostEndpoints, at the ports that these keep open", () => {
    const sent = (plan: LabPlan): readonly string[] =>
      planProbes(plan)
        .probes.filter(({ from, to }) => from.place.kind === "outside" && labEndText(to) === "node/one")
        .map(({ traffic }) => trafficText(traffic));
    assert.deepEqual(sent(planOf()), []);
    const texts = new Set(sent(planOf(...TWO_LINKS)));
    for (const text of ["tcp/22", "udp/68", "tcp/6443", "tcp/30000", "icmp", "sctp/30000"])
      assert.ok(texts.has(text), text);
  });

  it("lead packets in and out, each those of its addresses", { skip: reasonToSkip() }, async () => {
    const plan = planOf(...TWO_LINKS);
    const planned = planProbes(plan, { limit: 1200 });
    const result = await run(plan, planned);
    assert.deepEqual(
      result.differences.map(
        ({ probe: { from, to, traffic, predicted }, measured, detail }) =>
          `${labEndText(from)} > ${labEndText(to)} ${trafficText(traffic)}: ${predicted}, but ${measured} ${detail}`,
      ),
      [],
    );
    assert.ok(result.counts.allowed.passed > 500);
  });
});
