/** What a policy does to its cluster that its author hardly means; and what is no reason to warn. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readSituation } from "../situation.fixture.ts";

/** The warnings about policies in their cluster, as `LINE:COLUMN CODE MESSAGE`. */
function oddities(...objects: readonly string[]): readonly string[] {
  const { findings } = readSituation(objects.join("\n---\n"));
  return findings
    .filter(({ code }) => code.startsWith("PC14"))
    .map(({ position, code, message }) => `${position?.line}:${position?.column} ${code} ${message}`);
}

function remedies(...objects: readonly string[]): string {
  return readSituation(objects.join("\n---\n"))
    .findings.map(({ remedy }) => remedy)
    .join("\n");
}

let last = 0;

function pod(namespace: string, name: string, labels = "{}"): string {
  last += 1;
  return (
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${namespace}, labels: ${labels}}, ` +
    `spec: {nodeName: n1, containers: [{name: c, image: i}]}, status: {phase: Running, podIP: 10.0.0.${last}}}`
  );
}

/** The spec begins on line 5. */
function global(spec: string, name = "everyone", kind = "GlobalNetworkPolicy"): string {
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n  ${spec}`;
}

const SELECTOR = "selector: all()\n  ";
const COREDNS = pod("kube-system", "coredns", "{k8s-app: kube-dns}");
const WEB = pod("shop", "web", "{app: web}");

describe("PC140: a policy for everyone that isolates system pods", () => {
  it("names them, their directions and the selector that leaves them out", () => {
    const metrics = pod("kube-system", "metrics");
    const policy = global(`${SELECTOR}types: [Ingress, Egress]`);
    assert.deepEqual(oddities(policy, COREDNS, metrics, WEB), [
      "5:3 PC140 GlobalNetworkPolicy everyone locks out system namespaces: it isolates the ingress and egress of " +
        "kube-system/pod/coredns, kube-system/pod/metrics, and no policy of theirs lets them do their work",
    ]);
    assert.match(
      remedies(policy, COREDNS),
      /namespaceSelector: has\(kubernetes\.io\/metadata\.name\) && kubernetes\.io\/metadata\.name not in \{"kube-system"\}/,
    );
  });

  it("is told once where several such policies do it together", () => {
    const two = [global(`${SELECTOR}order: 1`, "a"), global(`${SELECTOR}order: 2`, "b")];
    const [only, ...more] = oddities(...two, COREDNS);
    assert.match(only ?? "", /GlobalNetworkPolicy a and GlobalNetworkPolicy b lock out .*they isolate the ingress of/);
    assert.deepEqual(more, []);
  });

  it("is told of a staged policy as what would happen", () => {
    const [only] = oddities(global(SELECTOR, "later", "StagedGlobalNetworkPolicy"), COREDNS);
    assert.match(only ?? "", /StagedGlobalNetworkPolicy later would lock out system namespaces/);
  });

  for (const [fact, ...objects] of [
    [
      "a policy that leaves the namespace out",
      global("namespaceSelector: kubernetes.io/metadata.name != 'kube-system'"),
    ],
    ["a policy that means those pods", global("selector: k8s-app == 'kube-dns'\n  types: [Ingress, Egress]")],
    ["a policy that lets everything through", global(`${SELECTOR}egress: [{action: Allow}]`)],
    [
      "a policy that denies one thing and allows the rest of IPv4",
      global(
        `${SELECTOR}egress: [{action: Deny, destination: {nets: [10.0.0.0/8]}}, {action: Allow, destination: {nets: [0.0.0.0/0]}}]`,
      ),
    ],
    ["a policy that passes what it does not know", global(`${SELECTOR}ingress: [{action: Pass}]`)],
    [
      "a tier that passes",
      "{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: t}, spec: {order: 1, defaultAction: Pass}}",
      global(`tier: t\n  ${SELECTOR}ingress: [{action: Deny, source: {nets: [10.9.0.0/16]}}]`),
    ],
    [
      "system pods that have a policy of their own",
      global(SELECTOR),
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: dns, namespace: kube-system}, spec: {podSelector: {}, ingress: [{ports: [{port: 53, protocol: UDP}]}]}}",
    ],
    [
      "a default deny in every namespace but the system's",
      "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: shop}, spec: {podSelector: {}}}",
    ],
    [
      "a cluster policy, which isolates nobody",
      "{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: c}, spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {a: b}}}]}]}}",
    ],
  ] as const) {
    it(`is no matter of ${fact}`, () => assert.deepEqual(oddities(...objects, COREDNS, WEB), []));
  }

  it("is a guess, and not made, where the labels of the namespace are not in the input", () => {
    const policy = global("namespaceSelector: system != 'true'");
    assert.deepEqual(oddities(policy, COREDNS), []);
    const named = "{apiVersion: v1, kind: Namespace, metadata: {name: kube-system}}";
    assert.equal(oddities(policy, COREDNS, named).length, 1);
  });

  it("is no matter where the input has no system pods", () => assert.deepEqual(oddities(global(SELECTOR), WEB), []));
});

describe("PC141: a policy for everyone that selects host endpoints", () => {
  const host =
    "{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: n1-eth0}, spec: {node: n1, interfaceName: eth0}}";

  it("names them and how to mean pods only", () => {
    assert.deepEqual(oddities(global(`${SELECTOR}types: [Egress]`), host), [
      "5:3 PC141 GlobalNetworkPolicy everyone is for everyone and so also for host endpoints: it isolates the egress of HostEndpoint n1-eth0, but for failsafe ports",
    ]);
    assert.match(remedies(global(SELECTOR), host), /namespaceSelector: has\(projectcalico\.org\/name\)/);
  });

  for (const [fact, spec] of [
    ["one with a namespace selector that asks for a namespace", "namespaceSelector: has(projectcalico.org/name)"],
    ["one for all namespaces", "namespaceSelector: all()"],
    ["one that speaks of forwarded traffic, which only hosts have", `${SELECTOR}applyOnForward: true`],
    ["one that selects hosts by their labels", "selector: role == 'host'"],
    ["one that lets everything through", `${SELECTOR}ingress: [{action: Allow}]`],
  ] as const) {
    it(`does not warn of ${fact}`, () => assert.deepEqual(oddities(global(spec), host), []));
  }

  it("does not warn where there are none", () => assert.deepEqual(oddities(global(SELECTOR)), []));
});

const DNS_RULE = "egress: [{action: Allow, destination: {services: {name: kube-dns, namespace: kube-system}}}]";
const KUBE_DNS =
  "{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system}, spec: {clusterIP: 10.96.0.10, selector: {k8s-app: kube-dns}, ports: [{port: 53, protocol: UDP}]}}";
const SHOP_DNS = global(`namespaceSelector: projectcalico.org/name == 'shop'\n  ${DNS_RULE}`);

describe("PC142: cluster DNS admitted by its Service on nodes with a DNS cache", () => {
  const cache =
    "{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: node-local-dns, namespace: kube-system}, spec: {selector: {matchLabels: {k8s-app: node-local-dns}}, template: {metadata: {labels: {k8s-app: node-local-dns}}, spec: {hostNetwork: true, containers: [{name: c, image: i}]}}}}";

  it("is told at the name of the Service", () => {
    const [only, ...more] = oddities(SHOP_DNS, KUBE_DNS, COREDNS, cache);
    assert.match(only ?? "", /^6:53 PC142 .*169\.254\.20\.10/);
    assert.deepEqual(more, []);
  });

  it("is no matter without the cache, or with a rule for its address", () => {
    assert.deepEqual(oddities(SHOP_DNS, KUBE_DNS, COREDNS), []);
    const rule = global(
      "namespaceSelector: projectcalico.org/name == 'shop'\n  egress: [{action: Allow, destination: {nets: [169.254.20.10/32]}}]",
      "cache",
    );
    assert.deepEqual(oddities(SHOP_DNS, KUBE_DNS, COREDNS, cache, rule), []);
  });
});

describe("PC143: a Service in a rule", () => {
  const slice = (ports: string): string =>
    `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s, namespace: kube-system, labels: {kubernetes.io/service-name: kube-dns}}, addressType: IPv4, endpoints: [{addresses: [10.0.9.9]}], ports: ${ports}}`;

  for (const [fact, objects, found] of [
    ["that is not in the input", [], "is not in the input"],
    ["without pods behind it", [KUBE_DNS], "has no endpoints"],
    ["whose slices list no ports", [KUBE_DNS, slice("[]")], "has EndpointSlices without port numbers"],
    [
      "that is another name for something outside",
      [
        "{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system}, spec: {type: ExternalName, externalName: dns.example.org}}",
      ],
      "is another name for dns.example.org and has no endpoints",
    ],
  ] as const) {
    it(`${fact} matches nothing`, () => {
      assert.deepEqual(oddities(SHOP_DNS, ...objects), [
        `6:53 PC143 Service kube-system/kube-dns ${found}: the rule matches nothing today`,
      ]);
    });
  }

  it("that several rules name is told once", () => {
    const other = SHOP_DNS.replace("name: everyone", "name: other");
    assert.deepEqual(oddities(SHOP_DNS, other), [
      "6:53 PC143 Service kube-system/kube-dns is not in the input: this rule and 1 more match nothing today",
    ]);
  });

  it("with slices alone, or pods alone, is served", () => {
    assert.deepEqual(oddities(SHOP_DNS, slice("[{port: 53, protocol: UDP}]")), []);
    assert.deepEqual(oddities(SHOP_DNS, KUBE_DNS, COREDNS), []);
  });

  it("as a source needs addresses, not ports", () => {
    const into = global(
      "namespaceSelector: projectcalico.org/name == 'shop'\n  ingress: [{action: Allow, source: {services: {name: kube-dns, namespace: kube-system}}}]",
    );
    assert.deepEqual(oddities(into, slice("[]")), []);
    assert.equal(oddities(into).length, 1);
  });

  it("is looked at in staged policies too, once", () => {
    const staged = SHOP_DNS.replace("GlobalNetworkPolicy", "StagedGlobalNetworkPolicy");
    assert.equal(oddities(staged).length, 1);
    assert.equal(
      oddities(SHOP_DNS, global("namespaceSelector: has(x)", "other", "StagedGlobalNetworkPolicy")).length,
      1,
    );
  });
});
