import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../net/traffic-text.ts";
import { isNoTraffic } from "../net/traffic.ts";
import type { Direction } from "../policy/model.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { exposureOf } from "./exposure.ts";
import { sideText } from "./sides.ts";

/** Two namespaces, of which `shop` has a pod; pods are in 10.1.0.0/16. */
const CLUSTER = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: dev, labels: {env: dev}}}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDR: 10.1.0.0/16}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}]}`;

function networkPolicy(spec: string): string {
  return `{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: ${spec}}`;
}

function clusterPolicy(rules: string): string {
  return `{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy, metadata: {name: c},
    spec: {tier: Admin, priority: 10, subject: {namespaces: {}}, ${rules}}}`;
}

function calicoPolicy(spec: string, kind = "GlobalNetworkPolicy"): string {
  const namespace = kind === "NetworkPolicy" ? ", namespace: shop" : "";
  return `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: g${namespace}}, spec: ${spec}}`;
}

function openings(direction: Direction, objects: readonly string[], options?: FixtureOptions): readonly string[] {
  const situation = situationFrom([CLUSTER, ...objects].join("\n---\n"), options);
  return exposureOf(situation)
    .openings.filter((one) => one.direction === direction && one.workloads.includes("shop/pod/db"))
    .map(({ pods, traffic, perhaps, portNames, family, by }) =>
      [
        `${pods}:`,
        ...(isNoTraffic(traffic) ? [] : [trafficText(traffic)]),
        ...(isNoTraffic(perhaps) ? [] : [`perhaps ${trafficText(perhaps)}`]),
        ...portNames.map((name) => `named ${name}`),
        ...(family === undefined ? [] : [`IPv${family}`]),
        ...(by === undefined ? [] : [`by ${by.policy.name}`]),
      ].join(" "),
    );
}

describe("what is open to pods to come", () => {
  it("does not promise ports that a rule denies by name, which a new pod may give to any", () => {
    const denied = clusterPolicy(
      "egress: [{action: Deny, to: [{namespaces: {}}], protocols: [{destinationNamedPort: metrics}]}]",
    );
    assert.deepEqual(openings("egress", [denied]), ["any pod at all: all but TCP, UDP, SCTP perhaps TCP, UDP, SCTP"]);
  });

  it("tells of ports that a rule opens by name, and that the new pod's names decide", () => {
    const rule = networkPolicy(
      "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}, {port: 81}]}]}",
    );
    assert.deepEqual(openings("egress", [rule]), [
      "any pod with app=web in namespace shop: TCP 81 perhaps TCP 0-80,82-65535 named http by p",
    ]);
    const everyone = networkPolicy("{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: http}]}]}");
    assert.deepEqual(openings("egress", [everyone]), ["any pod: perhaps TCP named http by p"]);
  });

  it("tells of all pods that nothing isolates from, where a rule denies some by their labels", () => {
    const denied = clusterPolicy(
      "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {env: dev}}}], protocols: [{tcp: {destinationPort: {number: 80}}}]}]",
    );
    assert.deepEqual(openings("ingress", [denied]), ["any pod at all: all but TCP 80 perhaps TCP 80"]);
  });

  it("says any pod where a selector selects every pod", () => {
    const rule = networkPolicy("{podSelector: {}, ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]}");
    assert.deepEqual(openings("ingress", [rule]), ["any pod at all: TCP 80"]);
    const calico = calicoPolicy(
      "{types: [Ingress], ingress: [{action: Allow, protocol: TCP, source: {namespaceSelector: all()}, destination: {ports: [80]}}]}",
    );
    assert.deepEqual(openings("ingress", [calico]), ["any pod at all: TCP 80"]);
  });

  it("names addresses that a rule admits, where new pods may get them", () => {
    const rule = (cidr: string): string =>
      networkPolicy(`{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: ${cidr}}}]}]}`);
    assert.deepEqual(openings("ingress", [rule("10.1.2.0/24")]), ["any pod at 10.1.2.0/24: all by p"]);
    assert.deepEqual(openings("ingress", [rule("10.0.0.0/8")]), ["any pod at all: all"]);
    assert.deepEqual(openings("ingress", [rule("10.2.0.0/16")]), []);
  });

  it("leaves out pods at addresses where addresses do not match pods", () => {
    const rule = calicoPolicy(
      "{types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'web', nets: [10.1.2.0/24]}}]}",
    );
    assert.deepEqual(openings("ingress", [rule]), ["any pod with app=web at 10.1.2.0/24: all by g"]);
    assert.deepEqual(openings("ingress", [rule], { assumptions: { "cidr-matches-pods": "no" } }), []);
  });

  it("says that a pod has to serve the Service that a rule names", () => {
    const service =
      "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}";
    const rule = calicoPolicy(
      "{types: [Egress], egress: [{action: Allow, destination: {services: {name: web, namespace: shop}}}]}",
    );
    assert.deepEqual(openings("egress", [service, rule]), [
      "any pod that serves shop/svc/web: perhaps TCP, UDP, SCTP by g",
    ]);
  });

  it("does not promise what a rule denies to the members of a Service", () => {
    const service =
      "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}";
    const rule = calicoPolicy(
      "{types: [Egress], egress: [{action: Deny, destination: {services: {name: web, namespace: shop}}}, {action: Allow}]}",
    );
    assert.deepEqual(openings("egress", [service, rule]), [
      "any pod at all: all but TCP, UDP, SCTP perhaps TCP, UDP, SCTP",
    ]);
  });

  it("tells of pods that a rule passes on, past a rule that denies the rest", () => {
    const rules = clusterPolicy(
      "ingress: [{action: Pass, from: [{namespaces: {matchLabels: {team: a}}}]}, {action: Deny, from: [{namespaces: {}}]}]",
    );
    assert.deepEqual(openings("ingress", [rules]), ["any pod in namespaces with team=a: all by c"]);
  });

  it("knows the labels of a namespace that a rule names", () => {
    const denied = clusterPolicy("ingress: [{action: Deny, from: [{namespaces: {matchLabels: {env: dev}}}]}]");
    const rule = (namespace: string): string =>
      networkPolicy(
        `{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}]}]}`,
      );
    assert.deepEqual(openings("ingress", [denied, rule("shop")]), ["any pod in namespace shop: all by p"]);
    assert.deepEqual(openings("ingress", [denied, rule("dev")]), []);
    assert.deepEqual(openings("ingress", [denied, rule("other")]), ["any pod in namespace other: perhaps all by p"]);
  });

  it("does not promise anything where something that may filter is not modelled", () => {
    const filter =
      "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: x, namespace: shop}, spec: {}}";
    assert.deepEqual(openings("ingress", [filter]), ["any pod at all: perhaps all"]);
  });

  it("does not know whether a domain name means a new pod", () => {
    const rule = clusterPolicy(
      "egress: [{action: Accept, to: [{domainNames: [a.example]}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]",
    );
    assert.deepEqual(openings("egress", [rule]), [
      "any pod (not known: which addresses a.example resolves to (ClusterNetworkPolicy c spec.egress[0].to[0])): perhaps all by c",
    ]);
  });

  it("speaks of the family of the pods that are there, also where no pod range is known of it", () => {
    const six = `
apiVersion: v1
kind: Pod
metadata: {name: six, namespace: dev}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 'fd00::2', podIPs: [{ip: 'fd00::2'}]}`;
    const { openings: found } = exposureOf(situationFrom([CLUSTER, six].join("\n---\n")));
    assert.deepEqual(
      found.map(({ direction, workloads }) => `${direction} ${workloads.join()}`),
      ["ingress dev/pod/six,shop/pod/db", "egress dev/pod/six,shop/pod/db"],
    );
  });

  it("says so where a family alone is open", () => {
    const dual = `
apiVersion: v1
kind: Pod
metadata: {name: dual, namespace: shop, labels: {app: db}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 10.1.0.3, podIPs: [{ip: 10.1.0.3}, {ip: 'fd00::3'}]}`;
    const rule = networkPolicy(
      "{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}, {from: [{ipBlock: {cidr: '::/0'}}]}]}",
    );
    const { openings: found } = exposureOf(situationFrom([CLUSTER, dual, rule].join("\n---\n")));
    assert.deepEqual(
      found
        .filter(({ direction, workloads }) => direction === "ingress" && workloads.includes("shop/pod/dual"))
        .map(({ pods, family, traffic }) => `${pods} ${family ?? ""} ${trafficText(traffic)}`),
      ["any pod at all 6 all", "any pod in namespace shop 4 TCP 80"],
    );
  });

  for (const [source, words] of [
    ["{selector: app == 'web'}", "any pod with app=web"],
    ["{notSelector: app == 'web'}", "any pod but those with app=web"],
    ["{selector: app == 'web', namespaceSelector: env == 'prod'}", "any pod with app=web in namespaces with env=prod"],
    ["{namespaceSelector: \"projectcalico.org/name in {'a', 'b'}\"}", "any pod in namespace a or b"],
    ["{serviceAccounts: {names: [robot]}}", "any pod of service account robot"],
    ["{serviceAccounts: {selector: role == 'admin'}}", "any pod whose service account has role=admin"],
    ["{selector: \"pcns.env == 'prod' || app == 'web'\"}", "any pod with (pcns.env=prod or app=web)"],
    ["{selector: \"projectcalico.org/namespace != 'a'\"}", "any pod with projectcalico.org/namespace notin (a)"],
    ["{selector: \"!has(projectcalico.org/namespace) || app == 'web'\"}", "any pod with app=web"],
  ] as const) {
    it(`describes the pods of ${source} in words that people write`, () => {
      const rule = calicoPolicy(`{types: [Ingress], ingress: [{action: Allow, source: ${source}}]}`);
      assert.deepEqual(openings("ingress", [rule]), [`${words}: all by g`]);
    });
  }

  it("says that the address of a new pod may be in a network set with the labels", () => {
    const set =
      "{apiVersion: projectcalico.org/v3, kind: GlobalNetworkSet, metadata: {name: s, labels: {app: web}}, spec: {nets: [10.1.9.0/24]}}";
    const rule = calicoPolicy("{types: [Ingress], ingress: [{action: Allow, source: {selector: app == 'web'}}]}");
    assert.deepEqual(openings("ingress", [set, rule]), [
      "any pod with app=web or at an address of such a network set: all by g",
    ]);
  });
});

describe("a new pod without labels and port names", () => {
  it("is in every namespace and in a new one, and is judged like any other", () => {
    const rule = networkPolicy("{podSelector: {}, ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}]}");
    const { connections } = exposureOf(situationFrom([CLUSTER, rule].join("\n---\n"))).unlabelled;
    assert.deepEqual(
      connections
        .map(({ from, to, traffic }) => `${sideText(from)} > ${sideText(to)} ${trafficText(traffic)}`)
        .filter((text) => text.includes("> shop")),
      ["shop/pod/NEW > shop/pod/db TCP 80", "shop/pod/db > shop/pod/NEW TCP 80"],
    );
  });
});
