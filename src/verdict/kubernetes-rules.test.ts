/** The numbered rules of Kubernetes NetworkPolicy, each held against the oracle from manifests. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { situationFrom } from "../situation/situation.fixture.ts";
import { type Ask, CLUSTER, given, pod, policy } from "./shop.fixture.ts";
import { endOf } from "./verdict.fixture.ts";

describe("docs/semantics.md, Kubernetes NetworkPolicy", () => {
  it("rule 1: a rule without from and ports lets everyone in, by every protocol, from outside too", () => {
    const ask = given([policy("{podSelector: {matchLabels: {app: db}}, ingress: [{}]}")]);
    assert.equal(ask("shop/web", "shop/db:5432"), "allowed");
    assert.equal(ask("198.51.100.7", "shop/db:/icmp"), "allowed");
    assert.equal(ask("198.51.100.7", "shop/db:/47"), "allowed");
    const empty = given([policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [], ports: []}]}")]);
    assert.equal(empty("198.51.100.7", "shop/db:/47"), "allowed");
  });

  it("rule 1: a rule list that is missing or empty isolates and lets nobody in", () => {
    for (const rules of ["", ", ingress: []", ", ingress: null"]) {
      const ask = given([policy(`{podSelector: {}, policyTypes: [Ingress]${rules}}`)]);
      assert.equal(ask("shop/web", "shop/db"), "denied");
      assert.equal(ask("ops/prober", "shop/web"), "denied");
      assert.equal(ask("shop/web", "ops/prober"), "allowed");
    }
  });

  it("rule 1: a peer with no field is refused, not taken for everyone", () => {
    assert.throws(() => given([policy("{podSelector: {}, ingress: [{from: [{}]}]}")]), /from\[0\]/);
  });

  it("rule 2: peers, rules and policies are alternatives; selectors inside one peer must both hold", () => {
    const both = "{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: web}}}";
    assert.equal(given([policy(`{podSelector: {}, ingress: [{from: [${both}]}]}`)])("ops/prober", "shop/db"), "denied");
    const either = "{namespaceSelector: {matchLabels: {team: red}}}, {podSelector: {matchLabels: {app: web}}}";
    const two = given([policy(`{podSelector: {}, ingress: [{from: [${either}]}]}`)]);
    assert.equal(two("ops/prober", "shop/db"), "allowed");
    assert.equal(two("shop/web", "shop/db"), "allowed");
    const rules = given([policy("{podSelector: {}, ingress: [{ports: [{port: 1}]}, {ports: [{port: 2}]}]}")]);
    assert.equal(rules("shop/web", "shop/db:2"), "allowed");
    const policies = given([
      policy("{podSelector: {}, policyTypes: [Ingress]}", "deny-all"),
      policy("{podSelector: {}, ingress: [{ports: [{port: 80}]}]}", "allow-80"),
    ]);
    assert.equal(policies("shop/web", "shop/db:80"), "allowed");
    assert.equal(policies("shop/web", "shop/db:81"), "denied");
  });

  it("rule 3: a podSelector alone means the policy's own namespace, an empty namespaceSelector every namespace", () => {
    const own = given([policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {}}]}]}")]);
    assert.equal(own("shop/web", "shop/db"), "allowed");
    assert.equal(own("ops/prober", "shop/db"), "denied");
    const all = given([
      policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {}}]}]}"),
    ]);
    assert.equal(all("ops/prober", "shop/db"), "allowed");
    assert.equal(all("198.51.100.7", "shop/db"), "denied");
  });

  it("rule 4: without policyTypes ingress is governed always, egress only where there are egress rules", () => {
    const ingress = given([policy("{podSelector: {matchLabels: {app: web}}}")]);
    assert.equal(ingress("shop/db", "shop/web"), "denied");
    assert.equal(ingress("shop/web", "shop/db"), "allowed");
    const empty = given([policy("{podSelector: {matchLabels: {app: web}}, egress: []}")]);
    assert.equal(empty("shop/web", "shop/db"), "allowed");
    const both = given([policy("{podSelector: {matchLabels: {app: web}}, egress: [{ports: [{port: 80}]}]}")]);
    assert.equal(both("shop/db", "shop/web"), "denied");
    assert.equal(both("shop/web", "shop/db:81"), "denied");
    assert.equal(both("shop/web", "shop/db:80"), "allowed");
  });

  it("rule 4: policyTypes alone decide: egress rules under [Ingress] are dead, [Egress] does not isolate ingress", () => {
    const dead = given([policy("{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{port: 1}]}]}")]);
    assert.equal(dead("shop/web", "ops/prober"), "allowed");
    const egress = given([policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}")]);
    assert.equal(egress("shop/web", "shop/db"), "denied");
    assert.equal(egress("shop/db", "shop/web"), "allowed");
    const deadIngress = given([policy("{podSelector: {}, policyTypes: [Egress], ingress: [{}], egress: [{}]}")]);
    assert.equal(deadIngress("ops/prober", "shop/web"), "allowed");
  });

  it("rule 5: both sides must allow, and each direction is open until a policy selects the pod for it", () => {
    const out = policy(
      "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: 80}]}]}",
      "out",
    );
    const into = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}, {port: 81}]}]}",
      "into",
    );
    assert.equal(given([out])("shop/web", "shop/db:80"), "allowed");
    assert.equal(given([into])("shop/web", "shop/db:81"), "allowed");
    const ask = given([out, into]);
    assert.equal(ask("shop/web", "shop/db:80"), "allowed");
    assert.equal(ask("shop/web", "shop/db:81"), "denied");
    assert.equal(ask("shop/web", "ops/prober:81"), "denied");
    assert.equal(ask("ops/prober", "shop/db:81"), "allowed");
    assert.equal(given([])("198.51.100.7", "shop/db"), "allowed");
  });

  it("rule 6: NotIn and DoesNotExist match what lacks the key, on namespaces too; In and Exists need it", () => {
    const from = (selector: string, side: string): Ask =>
      given([
        policy(
          `{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{${side}: {matchExpressions: [${selector}]}}]}]}`,
        ),
      ]);
    for (const [selector, verdict] of [
      ["{key: tier, operator: NotIn, values: [back]}", "allowed"],
      ["{key: nothing, operator: NotIn, values: [x]}", "allowed"],
      ["{key: nothing, operator: DoesNotExist}", "allowed"],
      ["{key: tier, operator: DoesNotExist}", "denied"],
      ["{key: tier, operator: NotIn, values: [front, back]}", "denied"],
      ["{key: tier, operator: In, values: [back, front]}", "allowed"],
      ["{key: absent, operator: In, values: [x]}", "denied"],
      ["{key: tier, operator: Exists}", "allowed"],
      ["{key: nothing, operator: Exists}", "denied"],
    ] as const) {
      assert.equal(from(selector, "podSelector")("shop/web", "shop/db"), verdict, selector);
    }
    const notProd = from("{key: env, operator: NotIn, values: [prod]}", "namespaceSelector");
    assert.equal(notProd("ops/prober", "shop/db"), "allowed");
    assert.equal(notProd("shop/web", "shop/db"), "denied");
    assert.throws(() => from("{key: a, operator: In, values: []}", "podSelector"), /values/);
  });

  it("rule 7: every namespace has its name as a label, whatever its manifest says or if there is none", () => {
    const named = (name: string): string =>
      `{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${name}}}}]}]}`;
    assert.equal(given([policy(named("ops"))])("ops/prober", "shop/db"), "allowed");
    assert.equal(given([policy(named("ops"))])("shop/web", "shop/db"), "denied");
    const forged = CLUSTER.replace("{team: red}", "{kubernetes.io/metadata.name: shop}");
    assert.equal(given([policy(named("shop"))], {}, forged)("ops/prober", "shop/db"), "denied");
    const bare = [pod("bare", "p", "n1", "10.0.1.7", "fd00::1:7", "{}"), policy(named("bare"))];
    assert.equal(given(bare)("bare/p", "shop/db"), "allowed");
  });

  it("rule 8: the default protocol is TCP, an entry without port is the whole protocol, and ICMP cannot be named", () => {
    const ask = given([policy("{podSelector: {}, ingress: [{ports: [{port: 53}, {protocol: UDP}]}]}")]);
    assert.equal(ask("ops/prober", "shop/db:53/tcp"), "allowed");
    assert.equal(ask("ops/prober", "shop/db:54/tcp"), "denied");
    assert.equal(ask("ops/prober", "shop/db:54/udp"), "allowed");
    assert.equal(ask("ops/prober", "shop/db:53/sctp"), "denied");
    assert.equal(ask("ops/prober", "shop/db:/icmp.8"), "denied");
    const sctp = given([policy("{podSelector: {}, ingress: [{ports: [{protocol: SCTP, port: 7}]}]}")]);
    assert.equal(sctp("ops/prober", "shop/db:7/sctp"), "allowed");
    assert.equal(sctp("ops/prober", "shop/db:7/tcp"), "denied");
  });

  it("rule 9: endPort is inclusive, and needs a number not above it", () => {
    const ask = given([policy("{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8010}]}]}")]);
    for (const [port, verdict] of [
      [7999, "denied"],
      [8000, "allowed"],
      [8010, "allowed"],
      [8011, "denied"],
    ] as const) {
      assert.equal(ask("ops/prober", `shop/db:${port}`), verdict);
    }
    const top = given([policy("{podSelector: {}, ingress: [{ports: [{port: 1, endPort: 65535}]}]}")]);
    assert.equal(top("ops/prober", "shop/db:65535"), "allowed");
    assert.equal(top("ops/prober", "shop/db:0"), "denied");
    assert.throws(
      () => given([policy("{podSelector: {}, ingress: [{ports: [{port: http, endPort: 90}]}]}")]),
      /endPort/,
    );
    assert.throws(() => given([policy("{podSelector: {}, ingress: [{ports: [{port: 9, endPort: 8}]}]}")]), /endPort/);
  });

  it("rule 10: a named port is looked up at the destination pod, with the protocol, in both directions", () => {
    const into = given([policy("{podSelector: {}, ingress: [{ports: [{port: sql}]}]}")]);
    assert.equal(into("shop/web", "shop/db:5432"), "allowed");
    assert.equal(into("shop/web", "shop/db:80"), "denied");
    assert.equal(into("shop/db", "shop/web:5432"), "denied");
    const out = given([
      policy("{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{ports: [{port: sql}]}]}"),
    ]);
    assert.equal(out("shop/web", "shop/db:5432"), "allowed");
    assert.equal(out("shop/web", "198.51.100.7:5432"), "denied");
    assert.equal(out("shop/web", "172.18.0.2:5432"), "denied");
    const udp = given([policy("{podSelector: {}, ingress: [{ports: [{port: dns}]}]}")]);
    assert.equal(udp("shop/web", "shop/db:53/udp"), "denied");
    const right = given([policy("{podSelector: {}, ingress: [{ports: [{port: dns, protocol: UDP}]}]}")]);
    assert.equal(right("shop/web", "shop/db:53/udp"), "allowed");
    assert.equal(right("shop/web", "shop/db:53/tcp"), "denied");
  });

  it("rule 10: native sidecars serve ports, other init containers do not; one name may stand for several protocols", () => {
    const sidecar = `
apiVersion: v1
kind: Pod
metadata: {name: mesh, namespace: shop}
spec:
  nodeName: n1
  initContainers:
  - {name: proxy, image: p, restartPolicy: Always, ports: [{name: admin, containerPort: 15000}]}
  - {name: setup, image: s, ports: [{name: late, containerPort: 15001}]}
  containers:
  - {name: a, image: a, ports: [{name: dns, containerPort: 53, protocol: UDP}]}
  - {name: b, image: b, ports: [{name: dns, containerPort: 5353}]}
status: {phase: Running, podIP: 10.0.1.8}`;
    const rule = (port: string): Ask =>
      given([sidecar, policy(`{podSelector: {}, ingress: [{ports: [{port: ${port}}]}]}`)]);
    assert.equal(rule("admin")("shop/web", "shop/mesh:15000"), "allowed");
    assert.equal(rule("late")("shop/web", "shop/mesh:15001"), "denied");
    assert.equal(rule("dns")("shop/web", "shop/mesh:5353"), "allowed");
    assert.equal(rule("dns, protocol: UDP")("shop/web", "shop/mesh:53/udp"), "allowed");
    assert.equal(rule("dns")("shop/web", "shop/mesh:53"), "denied");
  });

  it("rule 11: whether an ipBlock matches pods is an assumption with a switch", () => {
    const block = [
      policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}"),
    ];
    assert.equal(given(block)("shop/web", "shop/db"), "allowed");
    const outsideOnly = given(block, { assumptions: { "cidr-matches-pods": "no" } });
    assert.equal(outsideOnly("shop/web", "shop/db"), "denied");
    assert.equal(outsideOnly("198.51.100.7", "shop/db"), "allowed");
    assert.equal(outsideOnly("node/n2", "shop/web"), "allowed");
  });

  it("rule 12: exceptions are cut out, host bits are masked, and a block says nothing about the other family", () => {
    const block = "{cidr: 198.51.100.77/24, except: [198.51.100.0/25, 198.51.100.255/32]}";
    const ask = given([policy(`{podSelector: {}, ingress: [{from: [{ipBlock: ${block}}]}]}`)]);
    for (const [from, verdict] of [
      ["198.51.99.255", "denied"],
      ["198.51.100.0", "denied"],
      ["198.51.100.127", "denied"],
      ["198.51.100.128", "allowed"],
      ["198.51.100.254", "allowed"],
      ["198.51.100.255", "denied"],
      ["198.51.101.0", "denied"],
    ] as const) {
      assert.equal(ask(from, "shop/db"), verdict, from);
    }
    const v4 = given([policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}")]);
    assert.equal(v4("ops/prober", "shop/db", 4), "allowed");
    assert.equal(v4("ops/prober", "shop/db", 6), "denied");
    assert.equal(v4("2001:db8::1", "shop/db", 6), "denied");
    const outside = "{cidr: 10.0.0.0/8, except: [192.168.0.0/16]}";
    assert.throws(() => given([policy(`{podSelector: {}, ingress: [{from: [{ipBlock: ${outside}}]}]}`)]), /except/);
  });

  it("rule 12: an exception holds for its own peer alone; another peer may allow what it cuts out", () => {
    const peers = "{ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.0/25]}}, {ipBlock: {cidr: 198.51.100.0/26}}";
    const ask = given([policy(`{podSelector: {}, ingress: [{from: [${peers}]}]}`)]);
    assert.equal(ask("198.51.100.1", "shop/db"), "allowed");
    assert.equal(ask("198.51.100.64", "shop/db"), "denied");
  });

  it("rule 13: a host-network pod is its node: no subject, no peer of selectors, but an address for blocks", () => {
    const host = `
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop, labels: {app: agent}}
spec: {nodeName: n2, hostNetwork: true, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 172.18.0.2, hostIP: 172.18.0.2}`;
    const deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}", "deny");
    assert.equal(given([host, deny])("ops/prober", "shop/agent"), "allowed");
    assert.equal(given([host, deny])("shop/agent", "ops/prober"), "allowed");
    const select = policy(
      "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {}}, {namespaceSelector: {}}]}]}",
    );
    assert.equal(given([host, select])("shop/agent", "shop/web"), "denied");
    const block = policy(
      "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 172.18.0.2/32}}]}]}",
    );
    assert.equal(given([host, block])("shop/agent", "shop/web"), "allowed");
  });

  it("rule 14: a pod and its own node always reach each other, by every address of the node; other nodes are plain addresses", () => {
    const deny = [policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")];
    const ask = given(deny);
    assert.equal(ask("172.18.0.1", "shop/web"), "allowed");
    assert.equal(ask("203.0.113.1", "shop/web"), "allowed");
    assert.equal(ask("shop/web", "172.18.0.1"), "allowed");
    assert.equal(ask("172.18.0.2", "shop/web"), "denied");
    assert.equal(ask("shop/web", "172.18.0.2"), "denied");
    const judged = given(deny, { assumptions: { "pod-to-own-node": "judge" } });
    assert.equal(judged("shop/web", "172.18.0.1"), "denied");
    assert.equal(judged("172.18.0.1", "shop/web"), "allowed");
  });

  it("rule 15: a pod reaches itself by its own address, whatever policies say", () => {
    const ask = given([policy("{podSelector: {}, policyTypes: [Ingress, Egress]}")]);
    assert.equal(ask("shop/web", "shop/web"), "allowed");
    assert.equal(ask("shop/web", "shop/web", 6), "allowed");
  });

  it("rule 16: a finished pod is nobody, and the address it had is the next pod's", () => {
    const gone = (phase: string): string =>
      pod("shop", "job", "n1", "10.0.2.9", "fd00::2:9", "{app: job}").replace("phase: Running", `phase: ${phase}`);
    const allowJob = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: job}}}]}]}",
    );
    for (const phase of ["Succeeded", "Failed"]) {
      assert.equal(given([gone(phase), allowJob])("10.0.2.9", "shop/db"), "denied");
      assert.throws(() => given([gone(phase)])("shop/job", "shop/db"), /has finished/);
    }
    const notReady = pod("shop", "slow", "n1", "10.0.1.5", "fd00::1:5", "{app: job}").replace(
      "phase: Running",
      "phase: Pending",
    );
    assert.equal(given([notReady, allowJob])("shop/slow", "shop/db"), "allowed");
    const unstarted = notReady.replace(/podIP: .*/, "}").replace("Pending, }", "Pending}");
    assert.throws(() => given([unstarted])("shop/slow", "shop/db"), /no address yet/);
  });

  it("rule 17: pods of one owner that differ in labels are judged each by its own", () => {
    const owned = (name: string, address: string, labels: string): string => `
apiVersion: v1
kind: Pod
metadata:
  {name: ${name}, namespace: shop, labels: ${labels}, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: st, controller: true, uid: u}]}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`;
    const situation = given([
      owned("st-0", "10.0.1.20", "{app: st, index: '0'}"),
      owned("st-1", "10.0.1.21", "{app: st, index: '1'}"),
      policy("{podSelector: {matchLabels: {index: '1'}}, policyTypes: [Ingress]}"),
    ]);
    assert.equal(situation("shop/web", "shop/pod/st-0"), "allowed");
    assert.equal(situation("shop/web", "shop/pod/st-1"), "denied");
  });

  it("rule 18: traffic between replicas of one workload is judged like any other", () => {
    const replicas = ["10.0.1.30", "10.0.1.31"].map(
      (address, i) => `
apiVersion: v1
kind: Pod
metadata:
  {name: rs-${i}, namespace: shop, labels: {app: rs}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: rs, controller: true, uid: u}]}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`,
    );
    const deny = policy("{podSelector: {matchLabels: {app: rs}}, policyTypes: [Ingress]}");
    assert.equal(given([...replicas, deny])("shop/pod/rs-0", "shop/pod/rs-1"), "denied");
    assert.equal(given([...replicas, deny])("shop/pod/rs-0", "shop/pod/rs-0"), "allowed");
    const template = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: tpl, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: rs}}
  template: {metadata: {labels: {app: rs}}, spec: {containers: [{name: main, image: app}]}}`;
    assert.equal(given([template, deny])("shop/tpl", "shop/tpl"), "denied");
  });
});

describe("the ends of a packet", () => {
  it("are what bears the address, also when only the address is given", () => {
    const situation = situationFrom(CLUSTER);
    assert.equal(endOf(situation, "10.0.1.1", 4).kind, "pod");
    assert.equal(endOf(situation, "fd00::2:1", 6).kind, "pod");
    assert.equal(endOf(situation, "172.18.0.1", 4).kind, "node");
    assert.equal(endOf(situation, "198.51.100.7", 4).kind, "outside");
  });
});
