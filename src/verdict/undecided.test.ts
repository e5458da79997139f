/** What the input does not tell is never guessed: the verdict is undecided and names the fact, or names the assumption. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { serviceRoutes } from "../path/service-routes.ts";
import { type Situation } from "../situation/situation.ts";
import { type FixtureOptions, readSituation, situationFrom } from "../situation/situation.fixture.ts";
import { endOf, verdictOf } from "./verdict.fixture.ts";
import { judge, missingAt, type Verdict } from "./verdict.ts";

function given(...objects: readonly string[]): (options?: FixtureOptions) => Situation {
  return (options) => situationFrom(objects.join("\n---\n"), options);
}

function pod(name: string, address: string, labels = "{}", spec = "nodeName: n1, "): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}}
spec: {${spec}containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`;
}

function policy(spec: string, name = "p"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
}

const SHOP = "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}";
const DB = pod("db", "10.0.2.1", "{app: db}");
const TEMPLATE = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: main, image: app}]}}`;

function missingOf({ stages }: Verdict): readonly string[] {
  return stages.flatMap(missingAt).map(({ text }) => text);
}

function assumptionsOf({ stages }: Verdict): readonly string[] {
  return stages.flatMap(({ stage, report }) => [
    ...(report?.assumptions ?? []),
    ...("assumption" in stage && stage.assumption !== undefined ? [stage.assumption] : []),
  ]);
}

function assertUndecided(verdict: Verdict, fact: RegExp): void {
  assert.equal(verdict.kind, "undecided");
  assert.ok(
    missingOf(verdict).some((missing) => fact.test(missing)),
    `no missing fact is like ${fact}: ${missingOf(verdict).join("; ")}`,
  );
}

describe("a pod that has no address yet", () => {
  const allow = (cidr: string): ReturnType<typeof given> =>
    given(
      SHOP,
      DB,
      TEMPLATE,
      policy(`{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: ${cidr}}}]}]}`),
    );

  it("is undecided against a CIDR that holds part of where it may be, and decided against any other", () => {
    const podRange = [{ start: 0x0a00_0000n, end: 0x0a01_0000n }];
    assertUndecided(
      verdictOf(allow("10.0.5.0/24")({ podRange }), "shop/web", "shop/db"),
      /the address shop\/deploy\/web will get.*10\.0\.0\.0\/16/,
    );
    assert.equal(verdictOf(allow("10.0.0.0/8")({ podRange }), "shop/web", "shop/db").kind, "allowed");
    assert.equal(verdictOf(allow("192.168.0.0/16")({ podRange }), "shop/web", "shop/db").kind, "denied");
  });

  it("may be anywhere in the ranges of the nodes, or anywhere at all where nothing tells", () => {
    const node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDR: 10.7.0.0/24}}";
    const block = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.7.0.0/16}}]}]}",
    );
    assert.equal(verdictOf(given(SHOP, DB, TEMPLATE, block, node)(), "shop/web", "shop/db").kind, "allowed");
    assertUndecided(verdictOf(given(SHOP, DB, TEMPLATE, block)(), "shop/web", "shop/db"), /somewhere in 0\.0\.0\.0\/0/);
  });

  it("is decided where another rule admits it by its labels", () => {
    const both = policy(
      "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.5.0/24}}, {podSelector: {matchLabels: {app: web}}}]}]}",
    );
    assert.equal(verdictOf(given(SHOP, DB, TEMPLATE, both)(), "shop/web", "shop/db").kind, "allowed");
  });

  it("may run on any node, so whether a node is its own is not known", () => {
    const node =
      "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}";
    const deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    const situation = given(SHOP, TEMPLATE, node, deny)();
    assertUndecided(verdictOf(situation, "shop/web", "172.18.0.1"), /whether shop\/deploy\/web runs on node\/n1/);
    assertUndecided(verdictOf(situation, "172.18.0.1", "shop/web"), /whether shop\/deploy\/web runs on node\/n1/);
    const open = given(SHOP, TEMPLATE, node)();
    assert.equal(verdictOf(open, "172.18.0.1", "shop/web").kind, "allowed");
  });
});

describe("a namespace that is not in the input", () => {
  const select = policy(
    "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}]}]}",
  );
  const stranger = pod("p", "10.0.3.1").replace("namespace: shop", "namespace: far");

  it("may have any label, so a selector on its labels is undecided and names label and namespace", () => {
    assertUndecided(verdictOf(given(SHOP, DB, stranger, select)(), "far/p", "shop/db"), /label team of namespace far/);
  });

  it("has no labels under unlisted-namespace-labels=none, and the verdict says that it rests on that", () => {
    const situation = given(SHOP, DB, stranger, select)({ assumptions: { "unlisted-namespace-labels": "none" } });
    const verdict = verdictOf(situation, "far/p", "shop/db");
    assert.equal(verdict.kind, "denied");
    assert.deepEqual(assumptionsOf(verdict), ["unlisted-namespace-labels"]);
  });

  it("is known by its name, which decides selectors on the name", () => {
    const byName = select.replace("team: red", "kubernetes.io/metadata.name: far");
    const verdict = verdictOf(given(SHOP, DB, stranger, byName)(), "far/p", "shop/db");
    assert.equal(verdict.kind, "allowed");
    assert.deepEqual(assumptionsOf(verdict), []);
  });

  it("does not matter where another rule decides", () => {
    const more = policy("{podSelector: {}, ingress: [{}]}", "all");
    assert.equal(verdictOf(given(SHOP, DB, stranger, select, more)(), "far/p", "shop/db").kind, "allowed");
    assert.equal(verdictOf(given(SHOP, DB, select)(), "198.51.100.7", "shop/db").kind, "denied");
  });
});

describe("what may filter and is not understood", () => {
  const cilium =
    "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: shop}, spec: {}}";
  const other = pod("p", "10.0.3.1").replace("namespace: shop", "namespace: far");

  it("makes answers about pods of its namespace undecided, naming kind and place", () => {
    const situation = given(SHOP, DB, other, cilium)();
    assertUndecided(
      verdictOf(situation, "198.51.100.7", "shop/db"),
      /CiliumNetworkPolicy shop\/l7 \(cluster\.yaml:\d+\).*does not model/,
    );
    assertUndecided(verdictOf(situation, "shop/db", "far/p"), /CiliumNetworkPolicy/);
    assert.equal(verdictOf(situation, "198.51.100.7", "far/p").kind, "allowed");
  });

  it("of the whole cluster makes every answer about a pod undecided", () => {
    const wide = "{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy, metadata: {name: w}, spec: {}}";
    assertUndecided(
      verdictOf(given(SHOP, DB, other, wide)(), "198.51.100.7", "far/p"),
      /CiliumClusterwideNetworkPolicy w/,
    );
  });

  it("because it cannot be read counts the same", () => {
    const broken =
      "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: bad, namespace: shop}\nspec: {podSelector: {}, ingress: 7}";
    const situation = situationFrom([SHOP, DB, other, broken].join("\n---\n"), { skipUnreadable: true });
    assertUndecided(verdictOf(situation, "198.51.100.7", "shop/db"), /NetworkPolicy shop\/bad.*could not be read/);
    assert.equal(verdictOf(situation, "198.51.100.7", "far/p").kind, "allowed");
  });
});

describe("an address that two live pods claim", () => {
  const twins = [pod("a", "10.0.9.9", "{app: a}"), pod("b", "10.0.9.9", "{app: b}")];

  it("is reported, and verdicts about the policies of either are undecided", () => {
    const { situation, findings } = readSituation([SHOP, DB, ...twins].join("\n---\n"));
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC131"],
    );
    assertUndecided(verdictOf(situation, "shop/db", "10.0.9.9"), /which pod bears the address/);
  });

  it("leaves open whether a rule of the other side means it", () => {
    const onlyB = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: b}}}]}]}",
    );
    assertUndecided(
      verdictOf(given(SHOP, DB, ...twins, onlyB)(), "10.0.9.9", "shop/db"),
      /which pod bears the address/,
    );
    const onlyA = onlyB.replace("app: b}}}", "app: a}}}");
    assertUndecided(
      verdictOf(given(SHOP, DB, ...twins, onlyA)(), "10.0.9.9", "shop/db"),
      /which pod bears the address/,
    );
  });
});

describe("a pod whose node the input does not tell", () => {
  const node =
    "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}";
  const lost = pod("lost", "10.0.4.1", "{app: lost}", "");

  it("may be on the node that sends to it: what policy denies is undecided, what it allows is allowed", () => {
    const deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    assertUndecided(
      verdictOf(given(SHOP, lost, node, deny)(), "172.18.0.1", "shop/lost"),
      /whether shop\/pod\/lost runs on node\/n1/,
    );
    assertUndecided(
      verdictOf(given(SHOP, lost, node, deny)(), "shop/lost", "172.18.0.1"),
      /whether shop\/pod\/lost runs on node\/n1/,
    );
    assert.equal(verdictOf(given(SHOP, lost, node)(), "172.18.0.1", "shop/lost").kind, "allowed");
  });

  it("is known to be there when its status gives an address of the node", () => {
    const deny = policy("{podSelector: {}, policyTypes: [Ingress, Egress]}");
    const told = lost.replace("podIP:", "hostIP: 172.18.0.1, podIP:");
    assert.equal(verdictOf(given(SHOP, told, node, deny)(), "172.18.0.1", "shop/lost").kind, "allowed");
    const elsewhere = lost.replace("podIP:", "hostIP: 172.18.0.2, podIP:");
    assert.equal(verdictOf(given(SHOP, elsewhere, node, deny)(), "172.18.0.1", "shop/lost").kind, "denied");
  });
});

/** A policy of Calico for `db2`, which has no labels, that asks for a label of the other side's service account. */
function byAccount(action: "Allow" | "Deny"): string {
  return `${pod("db2", "10.0.2.2", "{app: db2}")}
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: accounts, namespace: shop}
spec:
  selector: app == 'db2'
  types: [Ingress]
  ingress: [{action: ${action}, source: {serviceAccounts: {selector: role == 'front'}}}]`;
}

const SUBJECT = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: subject, namespace: shop}
spec: {selector: all(), serviceAccountSelector: role == 'front', types: [Ingress]}`;

describe("a service account that is not in the input", () => {
  it("may have any label, so a selector on its labels is undecided and names label and account", () => {
    const verdict = verdictOf(given(SHOP, DB, byAccount("Allow"))(), "shop/db", "shop/db2");
    assertUndecided(verdict, /^label role of service account shop\/default, which is not in the input$/);
    assert.match(
      verdict.stages.flatMap(missingAt)[0]?.remedy ?? "",
      /add the ServiceAccount.*unlisted-service-account-labels=none/,
    );
  });

  it("leaves open whom a policy governs that selects by its labels", () => {
    assertUndecided(verdictOf(given(SHOP, DB, SUBJECT)(), "198.51.100.7", "shop/db"), /label role of service account/);
  });

  it("is known once its object is there, with labels or without", () => {
    for (const [labels, kind] of [
      ["{role: front}", "allowed"],
      ["{}", "denied"],
    ] as const) {
      const account = `{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: shop, labels: ${labels}}}`;
      const verdict = verdictOf(given(SHOP, DB, account, byAccount("Allow"))(), "shop/db", "shop/db2");
      assert.deepEqual([verdict.kind, assumptionsOf(verdict)], [kind, []]);
    }
  });
});

function cluster(name: string, action: string, priority = 5): string {
  return `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: ${name}}
spec:
  tier: Admin
  priority: ${priority}
  subject: {namespaces: {}}
  ingress: [{action: ${action}, from: [{pods: {namespaceSelector: {}, podSelector: {}}}]}]`;
}

describe("cluster network policies of one priority", () => {
  const peer = pod("peer", "10.0.1.1");

  it("that disagree leave the answer open, which names both and where they stand", () => {
    const situation = given(SHOP, DB, peer, cluster("one", "Accept"), cluster("two", "Deny"))();
    assertUndecided(
      verdictOf(situation, "shop/peer", "shop/db"),
      /^which of one and two comes first, all with priority 5 \(cluster\.yaml:\d+, cluster\.yaml:\d+\)$/,
    );
  });

  it("that pass and allow disagree, though both let the packet through in the end", () => {
    const situation = given(SHOP, DB, peer, cluster("one", "Accept"), cluster("two", "Pass"))();
    assertUndecided(verdictOf(situation, "shop/peer", "shop/db"), /which of one and two comes first/);
  });

  it("that agree, or of which only one speaks of the packet, decide", () => {
    const agree = given(SHOP, DB, peer, cluster("one", "Deny"), cluster("two", "Deny"))();
    assert.equal(verdictOf(agree, "shop/peer", "shop/db").kind, "denied");
    assert.equal(verdictOf(agree, "198.51.100.7", "shop/db").kind, "allowed");
    const silent = cluster("two", "Accept").replace("podSelector: {}", "podSelector: {matchLabels: {no: one}}");
    assert.equal(
      verdictOf(given(SHOP, DB, peer, cluster("one", "Deny"), silent)(), "shop/peer", "shop/db").kind,
      "denied",
    );
  });

  it("do not matter where the priorities differ: the lower number comes first", () => {
    const situation = given(SHOP, DB, peer, cluster("a", "Accept", 6), cluster("b", "Deny", 5))();
    const verdict = verdictOf(situation, "shop/peer", "shop/db");
    assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["denied", []]);
  });
});

describe("a pod's own node where what is sent there is dropped", () => {
  const node =
    "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}";
  const drop = { assumptions: { "pod-to-own-node": "drop" } } as const;

  it("is not reached even where no policy governs, and other nodes are", () => {
    const other = node.replace("name: n1", "name: n2").replace("172.18.0.1", "172.18.0.2");
    const situation = given(SHOP, DB, node, other)(drop);
    const verdict = verdictOf(situation, "shop/db", "172.18.0.1");
    assert.deepEqual([verdict.kind, verdict.deciding?.stage.kind], ["denied", "blocked"]);
    assert.deepEqual(assumptionsOf(verdict), ["pod-to-own-node"]);
    assert.equal(verdictOf(situation, "shop/db", "172.18.0.2").kind, "allowed");
  });

  it("still reaches the pod", () => {
    const deny = policy("{podSelector: {}, policyTypes: [Ingress]}");
    assert.equal(verdictOf(given(SHOP, DB, node, deny)(drop), "172.18.0.1", "shop/db").kind, "allowed");
  });

  it("is refused by egress policy first, which is then what decided", () => {
    const deny = policy("{podSelector: {}, policyTypes: [Egress]}");
    const verdict = verdictOf(given(SHOP, DB, node, deny)(drop), "shop/db", "172.18.0.1");
    assert.deepEqual([verdict.kind, verdict.deciding?.stage.name], ["denied", "policy egress"]);
  });

  it("is undecided where the input does not tell the pod's node", () => {
    const lost = pod("lost", "10.0.4.1", "{app: lost}", "");
    assertUndecided(
      verdictOf(given(SHOP, lost, node)(drop), "shop/lost", "172.18.0.1"),
      /whether shop\/pod\/lost runs on node\/n1 \(then it is dropped\)/,
    );
  });
});

describe("an assumption that decided is named", () => {
  it("cidr-matches-pods, with either value", () => {
    const block = policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}");
    const peer = pod("peer", "10.0.1.1");
    for (const [value, kind] of [
      ["yes", "allowed"],
      ["no", "denied"],
    ] as const) {
      const verdict = verdictOf(
        given(SHOP, DB, peer, block)({ assumptions: { "cidr-matches-pods": value } }),
        "shop/peer",
        "shop/db",
      );
      assert.equal(verdict.kind, kind);
      assert.deepEqual(assumptionsOf(verdict), ["cidr-matches-pods"]);
    }
    const outside = verdictOf(given(SHOP, DB, block)(), "10.9.9.9", "shop/db");
    assert.deepEqual([outside.kind, assumptionsOf(outside)], ["allowed", []]);
  });

  it("pod-to-own-node, with each value", () => {
    const node =
      "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}";
    const deny = policy("{podSelector: {}, policyTypes: [Egress]}");
    for (const [value, kind] of [
      ["allow", "allowed"],
      ["judge", "denied"],
      ["drop", "denied"],
    ] as const) {
      const verdict = verdictOf(
        given(SHOP, DB, node, deny)({ assumptions: { "pod-to-own-node": value } }),
        "shop/db",
        "172.18.0.1",
      );
      assert.equal(verdict.kind, kind);
      assert.deepEqual([...new Set(assumptionsOf(verdict))], ["pod-to-own-node"]);
    }
  });

  it("unlisted-service-account-labels, where no labels of the account are given", () => {
    const situation = given(
      SHOP,
      DB,
      byAccount("Allow"),
    )({ assumptions: { "unlisted-service-account-labels": "none" } });
    const verdict = verdictOf(situation, "shop/db", "shop/db2");
    assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["denied", ["unlisted-service-account-labels"]]);
  });

  it("but not one that would not have decided otherwise", () => {
    const named = byAccount("Allow").replace("selector: role == 'front'", "names: [default]");
    for (const value of ["unknown", "none"] as const) {
      const situation = given(SHOP, DB, named)({ assumptions: { "unlisted-service-account-labels": value } });
      const verdict = verdictOf(situation, "shop/db", "shop/db2");
      assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["allowed", []]);
    }
    const bare = pod("bare", "10.0.3.2");
    const either = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: web}}}]}]}",
    );
    const situation = given(DB, bare, either)({ assumptions: { "unlisted-namespace-labels": "none" } });
    const verdict = verdictOf(situation, "shop/bare", "shop/db");
    assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["denied", []]);
  });

  it("unlisted-service-account-labels also where it decides whom a policy governs", () => {
    const situation = given(SHOP, DB, SUBJECT)({ assumptions: { "unlisted-service-account-labels": "none" } });
    const verdict = verdictOf(situation, "198.51.100.7", "shop/db");
    assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["allowed", ["unlisted-service-account-labels"]]);
  });

  it("equal-priority, where the first by name decides", () => {
    const situation = given(
      SHOP,
      DB,
      pod("peer", "10.0.1.1"),
      cluster("b", "Accept"),
      cluster("a", "Deny"),
    )({
      assumptions: { "equal-priority": "by-name" },
    });
    const verdict = verdictOf(situation, "shop/peer", "shop/db");
    assert.deepEqual([verdict.kind, assumptionsOf(verdict)], ["denied", ["equal-priority"]]);
    const decision = verdict.stages[1]?.report?.decision;
    assert.ok(decision?.kind === "rule");
    assert.equal(decision.policy.name, "a");
  });

  it("service-hairpin, with either value", () => {
    const service = `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}`;
    const deny = policy("{podSelector: {}, policyTypes: [Ingress]}");
    for (const [value, kind] of [
      ["judge", "denied"],
      ["allow", "allowed"],
    ] as const) {
      const situation = given(SHOP, DB, service, deny)({ assumptions: { "service-hairpin": value } });
      const [only] = situation.inventory.services;
      assert.ok(only);
      const routes = serviceRoutes(situation, endOf(situation, "shop/pod/db", 4), only, 6, 80);
      assert.ok(routes.kind === "paths" && routes.paths[0]);
      const verdict = judge(situation, routes.paths[0], { protocol: 6, first: 40_000, second: 80 });
      assert.equal(verdict.kind, kind);
      assert.equal(verdict.packet.second, 5432);
      assert.ok(assumptionsOf(verdict).includes("service-hairpin"));
    }
  });
});

describe("every stage is judged", () => {
  it("also behind one that denies, and a denial decides before what is undecided", () => {
    const denyOut = policy("{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress]}", "out");
    const cilium =
      "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: far}, spec: {}}";
    const far = pod("p", "10.0.3.1").replace("namespace: shop", "namespace: far");
    const verdict = verdictOf(given(SHOP, DB, far, denyOut, cilium)(), "shop/db", "far/p");
    assert.equal(verdict.kind, "denied");
    assert.deepEqual(
      verdict.stages.map(({ report }) => report?.verdict),
      ["denied", "undecided"],
    );
    assert.equal(verdict.deciding, verdict.stages[0]);
  });

  it("and says which rule, peer, port entry and line allowed, or which policies isolate", () => {
    const rules = policy(
      "{podSelector: {}, ingress: [{ports: [{port: 1}]}, {from: [{podSelector: {}}], ports: [{port: 2}, {port: 80}]}]}",
      "many",
    );
    const peer = pod("peer", "10.0.1.1");
    const allowed = verdictOf(given(SHOP, DB, peer, rules)(), "shop/peer", "shop/db").stages[1]?.report?.decision;
    assert.ok(allowed?.kind === "rule");
    assert.deepEqual(
      [allowed.policy.name, allowed.rule.origin.path, allowed.peer?.origin.path, allowed.traffic?.origin.path],
      ["many", "spec.ingress[1]", "spec.ingress[1].from[0]", "spec.ingress[1].ports[1]"],
    );
    const denied = verdictOf(given(SHOP, DB, peer, rules)(), "198.51.100.7", "shop/db").stages[1]?.report?.decision;
    assert.ok(denied?.kind === "isolation");
    assert.deepEqual(
      denied.policies.map(({ name }) => name),
      ["many"],
    );
    assert.equal(verdictOf(given(SHOP, DB)(), "198.51.100.7", "shop/db").stages[1]?.report?.decision?.kind, "open");
  });
});
