import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Address } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { trafficText } from "../net/traffic-text.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { compile, type CompileOptions } from "./compile.ts";
import type { Program } from "./program.ts";
import { simulate, type SimulatedVerdict } from "./simulate.ts";

const OPTIONS: CompileOptions = { table: "portcullis", generation: 1, denial: "drop", interfaces: [] };

function pod(name: string, node: string, address: string, labels: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}}
spec: {nodeName: ${node}, containers: [{name: main, image: app, ports: [{name: http, containerPort: 8080}]}]}
status: {phase: Running, podIP: ${address}}`;
}

function policy(spec: string, name = "p"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
}

const CLUSTER = [
  "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
  "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}",
  "{apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}}",
  pod("web-1", "n1", "10.0.1.1", "{app: web}"),
  pod("web-2", "n1", "10.0.1.2", "{app: web}"),
  pod("db", "n2", "10.0.2.1", "{app: db}"),
  pod("cache", "n2", "10.0.2.2", "{app: cache}"),
];

function given(...objects: readonly string[]): Situation {
  return situationFrom([...CLUSTER, ...objects].join("\n---\n"));
}

function programOf(situation: Situation, name: string, options: Partial<CompileOptions> = {}): Program {
  const node = situation.inventory.nodes.find((candidate) => candidate.name === name);
  assert.ok(node);
  return compile(situation, node, { ...OPTIONS, ...options });
}

function v4(text: string): Address {
  return text.split(".").reduce((value, octet) => value * 256n + BigInt(octet), 0n);
}

function run(program: Program, source: string, destination: string, port = 80): SimulatedVerdict {
  const traffic = { protocol: TCP, first: 40_000, second: port };
  return simulate(program, { source: v4(source), destination: v4(destination), traffic, hook: "forward" });
}

function sizes(program: Program): readonly number[] {
  return program.families.flatMap((family) => [
    family.isolatedEgress.length,
    family.isolatedIngress.length,
    family.addressClasses.length,
    family.blockClasses.length,
    family.egress.length,
    family.ingress.length,
  ]);
}

const DENY_ALL = "{podSelector: {}, policyTypes: [Ingress, Egress]}";

describe("the program of a node", () => {
  it("is empty where no policy governs a pod of the node", () => {
    const program = programOf(given(policy("{podSelector: {matchLabels: {app: db}}}")), "n1");
    assert.deepEqual(sizes(program), Array.from({ length: 12 }, () => 0).with(2, 4));
    assert.deepEqual(program.trafficChains, []);
    assert.equal(run(program, "198.51.100.7", "10.0.2.1"), "untouched");
  });

  it("isolates governed pods of the node only, each direction by itself", () => {
    const situation = given(policy("{podSelector: {}, policyTypes: [Ingress]}"));
    const [family] = programOf(situation, "n1").families;
    assert.deepEqual([family.isolatedIngress, family.isolatedEgress], [[v4("10.0.1.1"), v4("10.0.1.2")], []]);
    assert.equal(run(programOf(situation, "n1"), "10.0.2.1", "10.0.1.1"), "denied");
    assert.equal(run(programOf(situation, "n1"), "10.0.1.1", "10.0.2.1"), "untouched");
  });

  it("lets through what rules allow, to the resolved number of a port name, and nothing else", () => {
    const situation = given(
      policy(
        "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: http}]}]}",
      ),
    );
    const program = programOf(situation, "n1");
    assert.equal(run(program, "10.0.2.1", "10.0.1.1", 8080), "accepted");
    assert.equal(run(program, "10.0.2.1", "10.0.1.2", 8080), "accepted");
    assert.equal(run(program, "10.0.2.1", "10.0.1.1", 80), "denied");
    assert.equal(run(program, "10.0.2.2", "10.0.1.1", 8080), "denied");
    assert.equal(program.trafficChains.length, 1);
  });

  it("tells a pod from the block its address lies in", () => {
    const block = "{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.2.2/32]}}";
    const program = programOf(
      given(policy(`{podSelector: {matchLabels: {app: web}}, ingress: [{from: [${block}]}]}`)),
      "n1",
    );
    assert.equal(run(program, "10.0.2.1", "10.0.1.1"), "accepted");
    assert.equal(run(program, "10.0.2.2", "10.0.1.1"), "denied");
    assert.equal(run(program, "10.9.9.9", "10.0.1.1"), "accepted");
    const bySelector = "{podSelector: {matchLabels: {app: db}}}, {ipBlock: {cidr: 10.0.2.2/31}}";
    const mixed = situationFrom(
      [...CLUSTER, policy(`{podSelector: {matchLabels: {app: web}}, ingress: [{from: [${bySelector}]}]}`)].join(
        "\n---\n",
      ),
      { assumptions: { "cidr-matches-pods": "no" } },
    );
    assert.equal(run(programOf(mixed, "n1"), "10.0.2.2", "10.0.1.1"), "denied");
    assert.equal(run(programOf(mixed, "n1"), "10.0.2.3", "10.0.1.1"), "accepted");
  });

  it("has as many elements when every policy is there twice, and shares the chains of equal traffic", () => {
    const rules = ["db", "cache"].map(
      (app) =>
        `{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: ${app}}}}], ports: [{port: 80}]}]}`,
    );
    const once = programOf(given(...rules.map((spec, i) => policy(spec, `p${i}`))), "n1");
    const twice = programOf(given(...[...rules, ...rules].map((spec, i) => policy(spec, `p${i}`))), "n1");
    assert.deepEqual(sizes(twice), sizes(once));
    assert.deepEqual(twice.trafficChains, once.trafficChains);
    assert.equal(once.trafficChains.length, 1);
  });

  it("correction 12: names chains by what they let through, whatever else there is", () => {
    const web = policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", "a");
    const [chain] = programOf(given(web), "n1").trafficChains;
    const [other] = programOf(
      given(web, policy("{podSelector: {}, ingress: [{ports: [{port: 81}]}]}", "b")),
      "n1",
    ).trafficChains;
    assert.match(chain?.name ?? "", /^traffic_[0-9a-f]{12}$/);
    assert.notEqual(other?.name, chain?.name);
    assert.equal(
      programOf(given(policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", "z")), "n1").trafficChains[0]?.name,
      chain?.name,
    );
  });

  it("judges a pod that reaches itself through a Service like any other peer, by default", () => {
    const program = programOf(given(policy(DENY_ALL)), "n1");
    assert.equal(run(program, "10.0.1.1", "10.0.1.1"), "denied");
  });

  it("under service-hairpin=allow lets each pod reach itself and none of its like", () => {
    const situation = situationFrom([...CLUSTER, policy(DENY_ALL)].join("\n---\n"), {
      assumptions: { "service-hairpin": "allow" },
    });
    const program = programOf(situation, "n1");
    assert.equal(run(program, "10.0.1.1", "10.0.1.1"), "accepted");
    assert.equal(run(program, "10.0.1.2", "10.0.1.2"), "accepted");
    assert.equal(run(program, "10.0.1.1", "10.0.1.2"), "denied");
    assert.equal(run(program, "10.0.1.2", "10.0.1.1"), "denied");
  });

  it("under service-hairpin=allow does not take a pod of another node for one of its own that is like it", () => {
    const elsewhere = pod("web-3", "n2", "10.0.2.3", "{app: web}");
    const situation = situationFrom([...CLUSTER, elsewhere, policy(DENY_ALL)].join("\n---\n"), {
      assumptions: { "service-hairpin": "allow" },
    });
    assert.equal(run(programOf(situation, "n1"), "10.0.2.3", "10.0.1.1"), "denied");
    assert.equal(run(programOf(situation, "n2"), "10.0.1.1", "10.0.2.3"), "denied");
  });

  it("judges pods' connections to the node only where that is assumed", () => {
    const toNode = {
      source: v4("10.0.1.1"),
      destination: v4("172.18.0.1"),
      traffic: { protocol: TCP, first: 1, second: 80 },
      hook: "input",
    } as const;
    assert.equal(simulate(programOf(given(policy(DENY_ALL)), "n1"), toNode), "untouched");
    const judged = situationFrom([...CLUSTER, policy(DENY_ALL)].join("\n---\n"), {
      assumptions: { "pod-to-own-node": "judge" },
    });
    assert.equal(simulate(programOf(judged, "n1"), toNode), "denied");
  });

  it("drops pods' connections to the node where that is assumed, governed or not", () => {
    const free = situationFrom(CLUSTER.join("\n---\n"), { assumptions: { "pod-to-own-node": "drop" } });
    const program = programOf(free, "n1");
    assert.deepEqual(program.families[0].localPods, [v4("10.0.1.1"), v4("10.0.1.2")]);
    const toNode = (source: string): SimulatedVerdict =>
      simulate(program, {
        source: v4(source),
        destination: v4("172.18.0.1"),
        traffic: { protocol: TCP, first: 1, second: 80 },
        hook: "input",
      });
    assert.equal(toNode("10.0.1.1"), "denied");
    assert.equal(toNode("10.0.2.1"), "untouched");
    assert.equal(run(program, "10.0.1.1", "172.18.0.2"), "untouched");
  });

  it("logs what log rules meet, in chains of their own", () => {
    const watch = (action: string): string => `
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: watch}
spec:
  order: 1
  selector: app == 'web'
  types: [Ingress]
  ingress: [{action: Log, protocol: TCP, destination: {ports: [22]}}, {action: ${action}}]`;
    const everything = programOf(given(watch("Allow")), "n1");
    assert.deepEqual(
      everything.trafficChains.map(({ traffic, logged }) => [trafficText(traffic), trafficText(logged)]),
      [["all", "TCP 22"]],
    );
    assert.equal(run(everything, "10.0.2.1", "10.0.1.1", 22), "accepted");
    const nothing = programOf(given(watch("Deny")), "n1");
    assert.deepEqual(
      nothing.trafficChains.map(({ traffic, logged }) => [trafficText(traffic), trafficText(logged)]),
      [["none", "TCP 22"]],
    );
    assert.equal(run(nothing, "10.0.2.1", "10.0.1.1", 22), "denied");
    assert.notEqual(everything.trafficChains[0]?.name, nothing.trafficChains[0]?.name);
  });

  it("looks a node that rules select up by its address, before the block it lies in", () => {
    const nodes = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: nodes}
spec:
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  egress: [{action: Deny, to: [{nodes: {}}]}, {action: Accept, to: [{networks: [172.16.0.0/12]}]}]`;
    const program = programOf(given(nodes), "n1");
    assert.equal(run(program, "10.0.1.1", "172.18.0.2"), "denied");
    assert.equal(run(program, "10.0.1.1", "172.18.0.3"), "accepted");
    assert.ok(program.families[0].addressClasses.some(({ block }) => block.start === v4("172.18.0.2")));
  });
});

describe("what a node cannot enforce", () => {
  it("is nothing where interfaces are bound and everything is known", () => {
    const interfaces = [{ name: "veth1", addresses: [v4("10.0.1.1")] }];
    assert.deepEqual(programOf(given(policy(DENY_ALL)), "n1", { interfaces }).degraded, []);
    assert.match(programOf(given(), "n1").degraded.join(), /source not bound/);
  });

  it("are host endpoints of which nothing tells the interface", () => {
    const host = (spec: string): string =>
      `{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h}, spec: {node: n1, ${spec}}}`;
    const asPrinted = programOf(given(host("expectedIPs: [172.18.0.1]")), "n1");
    assert.match(asPrinted.degraded.join(), /HostEndpoint h is not enforced: which interface bears 172\.18\.0\.1/);
    const byName = programOf(given(host("interfaceName: eth7")), "n1");
    assert.doesNotMatch(byName.degraded.join(), /HostEndpoint/);
    assert.deepEqual(byName.hosts?.interfaces, [{ name: "eth7", endpoint: "h" }]);
    const open = programOf(given(host('interfaceName: "*", profiles: [projectcalico-default-allow]')), "n1");
    assert.equal(open.hosts, undefined);
  });

  it("is denied where it is undecided, and said", () => {
    const twins = [pod("a", "n1", "10.0.9.9", "{app: a}"), pod("b", "n1", "10.0.9.9", "{app: b}")];
    const onlyB = policy("{podSelector: {matchLabels: {app: b}}, ingress: [{}]}");
    const program = programOf(given(...twins, onlyB), "n1");
    assert.equal(run(program, "10.0.2.1", "10.0.9.9"), "denied");
    assert.match(program.degraded.join(), /shop\/pod\/a: some ingress is undecided and therefore denied/);
    for (const { addressClasses, isolatedIngress } of program.families) {
      assert.equal(new Set(addressClasses.map(({ block }) => block.start)).size, addressClasses.length);
      assert.equal(new Set(isolatedIngress).size, isolatedIngress.length);
    }
  });

  it("names policies that are not understood", () => {
    const cilium =
      "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: shop}, spec: {}}";
    assert.match(
      programOf(given(cilium), "n1").degraded.join(),
      /CiliumNetworkPolicy shop\/l7 is not modelled and not enforced/,
    );
  });
});
