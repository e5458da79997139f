/** For each way to miss: what the rule wanted, what the other end has, what is easily overlooked, and the change that helps. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AddressSet } from "../net/address.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { type NearestMiss, nearestMiss } from "./nearest-miss.ts";
import { missingRule } from "./smallest-change.ts";
import { verdictOf } from "./verdict.fixture.ts";

const CLUSTER = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {team: red}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: Web, Tier: front}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 10.0.1.1}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {nodeName: n1, containers: [{name: main, image: app, ports: [{name: sql, containerPort: 5432}]}]}
status: {phase: Running, podIP: 10.0.1.2}
---
apiVersion: v1
kind: Pod
metadata: {name: prober, namespace: ops, labels: {app: prober}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: 10.0.1.3}
`;

function missOf(rules: string, from: string, to = "shop/pod/db:80"): NearestMiss | undefined {
  const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [${rules}]}`;
  const situation = situationFrom(`${CLUSTER}\n---${policy}`);
  const { deciding, packet } = verdictOf(situation, from, to);
  assert.ok(deciding?.stage.kind === "filter" && deciding.report !== undefined);
  return nearestMiss(situation, deciding.stage, deciding.report.governing, packet);
}

interface Miss {
  readonly what: string;
  readonly rules: string;
  readonly from: string;
  readonly to?: string;
  readonly wants: RegExp;
  readonly has: RegExp;
  readonly note?: RegExp;
  /** Undefined: the rule is better left alone. */
  readonly change?: RegExp;
  readonly at: string;
}

const ADD_WEB = /^add \{podSelector: \{matchLabels: \{app: "Web", Tier: "front"\}\}\} to spec\.ingress\[0\]\.from$/;
const ADD_PROBER =
  /^add \{namespaceSelector: \{matchLabels: \{kubernetes\.io\/metadata\.name: ops\}\}, podSelector: \{matchLabels: \{app: "prober"\}\}\} to spec/;

const MISSES: readonly Miss[] = [
  {
    what: "a label value that differs in case",
    rules: "{from: [{podSelector: {matchLabels: {app: web}}}]}",
    from: "shop/pod/web",
    wants: /^label app=web$/,
    has: /^shop\/pod\/web has app=Web$/,
    note: /differs in case/,
    change: /^write app: Web instead of app: web in spec\.ingress\[0\]\.from\[0\]$/,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a label key that differs in case",
    rules: "{from: [{podSelector: {matchLabels: {tier: front}}}]}",
    from: "shop/pod/web",
    wants: /^label tier=front$/,
    has: /has Tier=front$/,
    note: /differs in case/,
    change: /^write Tier instead of tier in spec\.ingress\[0\]\.from\[0\]$/,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "another label value",
    rules: "{from: [{podSelector: {matchLabels: {app: api}}}]}",
    from: "shop/pod/web",
    wants: /^label app=api$/,
    has: /has app=Web$/,
    change: ADD_WEB,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a label that is missing",
    rules: "{from: [{podSelector: {matchLabels: {role: client}}}]}",
    from: "shop/pod/web",
    wants: /^label role=client$/,
    has: /^shop\/pod\/web has no label role$/,
    change: ADD_WEB,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a label that must not be there",
    rules: "{from: [{podSelector: {matchExpressions: [{key: app, operator: DoesNotExist}]}}]}",
    from: "shop/pod/web",
    wants: /^label !app$/,
    has: /has app=Web$/,
    change: ADD_WEB,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a podSelector alone, which means the policy's own namespace",
    rules: "{from: [{podSelector: {matchLabels: {app: prober}}}]}",
    from: "ops/pod/prober",
    wants: /^a pod of namespace shop$/,
    has: /^namespace ops$/,
    note: /without a namespaceSelector/,
    change: ADD_PROBER,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a namespaceSelector that names another namespace",
    rules: "{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: audit}}}]}",
    from: "ops/pod/prober",
    wants: /^a pod of namespace audit$/,
    has: /^namespace ops$/,
    change: ADD_PROBER,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "a namespace label that is missing",
    rules: "{from: [{namespaceSelector: {matchLabels: {env: prod}}}]}",
    from: "ops/pod/prober",
    wants: /^label env=prod$/,
    has: /^namespace ops has no label env$/,
    change: ADD_PROBER,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "another port",
    rules: "{ports: [{port: 5432}]}",
    from: "shop/pod/web",
    wants: /^TCP 5432$/,
    has: /^TCP 80$/,
    change: /^add \{protocol: TCP, port: 80\} to the ports of spec\.ingress\[0\]$/,
    at: "spec.ingress[0].ports[0]",
  },
  {
    what: "a protocol that is TCP unless said otherwise",
    rules: "{ports: [{port: 53}]}",
    from: "shop/pod/web",
    to: "shop/pod/db:53/udp",
    wants: /^TCP 53$/,
    has: /^UDP 53$/,
    change: /^add \{protocol: UDP, port: 53\}/,
    at: "spec.ingress[0].ports[0]",
  },
  {
    what: "a named port that is another number",
    rules: "{ports: [{port: sql}]}",
    from: "shop/pod/web",
    wants: /^TCP with destination port "sql"$/,
    has: /^TCP 80$/,
    note: /"sql" is 5432 at shop\/pod\/db/,
    change: /^add \{protocol: TCP, port: 80/,
    at: "spec.ingress[0].ports[0]",
  },
  {
    what: "a named port that the pod does not have",
    rules: "{ports: [{port: http}]}",
    from: "shop/pod/web",
    wants: /^TCP with destination port "http"$/,
    has: /^TCP 80$/,
    note: /shop\/pod\/db names no tcp port "http"/,
    change: /^add \{protocol: TCP, port: 80/,
    at: "spec.ingress[0].ports[0]",
  },
  {
    what: "an address outside of a block",
    rules: "{from: [{ipBlock: {cidr: 198.51.100.0/29}}]}",
    from: "198.51.100.77",
    wants: /^an address in 198\.51\.100\.0\/29$/,
    has: /^198\.51\.100\.77$/,
    change: /^add \{ipBlock: \{cidr: 198\.51\.100\.77\/32\}\} to spec\.ingress\[0\]\.from$/,
    at: "spec.ingress[0].from[0]",
  },
  {
    what: "ICMP where the rule lists ports",
    rules: "{ports: [{port: 80}]}",
    from: "shop/pod/web",
    to: "shop/pod/db:/icmp.8",
    wants: /^TCP 80$/,
    has: /^ICMP type 8 code 0$/,
    note: /a rule with ports admits only TCP, UDP and SCTP/,
    at: "spec.ingress[0].ports[0]",
  },
];

describe("the nearest miss", () => {
  for (const { what, rules, from, to, wants, has, note, change, at } of MISSES) {
    it(`names ${what}`, () => {
      const miss = missOf(rules, from, to);
      assert.equal(miss?.unmet.length, 1);
      const [unmet] = miss.unmet;
      assert.ok(unmet);
      assert.match(unmet.wants, wants);
      assert.match(unmet.has, has);
      if (change === undefined) assert.equal(miss.change, undefined);
      else assert.match(miss.change?.text ?? "", change);
      if (note === undefined) assert.equal(unmet.note, undefined);
      else assert.match(unmet.note ?? "", note);
      assert.equal(unmet.origin.path, at);
    });
  }

  it("is the rule that lacks least, and within it the peer that lacks least", () => {
    const far = "{from: [{ipBlock: {cidr: 198.51.100.0/24}}], ports: [{port: 1}]}";
    const near = "{from: [{ipBlock: {cidr: 198.51.100.0/24}}, {podSelector: {matchLabels: {app: web}}}]}";
    const miss = missOf(`${far}, ${near}`, "shop/pod/web");
    assert.equal(miss?.rule.origin.path, "spec.ingress[1]");
    assert.deepEqual(
      miss?.unmet.map(({ origin }) => origin.path),
      ["spec.ingress[1].from[1]"],
    );
  });

  it("tells everything that is unmet, peer and port alike", () => {
    const miss = missOf("{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 1}]}", "shop/pod/web");
    assert.deepEqual(
      miss?.unmet.map(({ origin }) => origin.path),
      ["spec.ingress[0].from[0]", "spec.ingress[0].ports[0]"],
    );
  });

  it("is nothing where policies have no rules", () => {
    assert.equal(missOf("", "shop/pod/web"), undefined);
  });

  it("is nothing where all rules are about other things: another rule is to be written", () => {
    assert.equal(missOf("{from: [{podSelector: {}}]}", "198.51.100.7"), undefined);
    const far = "{from: [{ipBlock: {cidr: 198.51.100.0/24}}], ports: [{port: 1}]}";
    assert.equal(missOf(far, "shop/pod/web"), undefined);
  });

  it("with peer and port unmet asks for another rule rather than two changes", () => {
    const miss = missOf("{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 1}]}", "shop/pod/web");
    assert.equal(miss?.unmet.length, 2);
    assert.equal(miss.change, undefined);
  });
});

describe("the rule to write where none comes near", () => {
  const rule = (from: string, to: string, where?: AddressSet): string => {
    const deny = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}`;
    const { deciding, packet } = verdictOf(situationFrom(`${CLUSTER}\n---${deny}`), from, to);
    assert.ok(deciding?.stage.kind === "filter");
    const { stage } = deciding;
    return missingRule(where === undefined ? stage : { ...stage, peer: { kind: "outside", where } }, packet);
  };

  for (const [from, to, text] of [
    [
      "shop/pod/web",
      "shop/pod/db:80",
      'egress: [{to: [{podSelector: {matchLabels: {app: "db"}}}], ports: [{protocol: TCP, port: 80}]}]',
    ],
    [
      "ops/pod/prober",
      "shop/pod/db:/icmp.8",
      'ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ops}}, podSelector: {matchLabels: {app: "prober"}}}]}]',
    ],
    [
      "198.51.100.7",
      "shop/pod/db:80",
      "ingress: [{from: [{ipBlock: {cidr: 198.51.100.7/32}}], ports: [{protocol: TCP, port: 80}]}]",
    ],
    [
      "shop/pod/web",
      "8.0.0.0/7:443",
      "egress: [{to: [{ipBlock: {cidr: 8.0.0.0/7}}], ports: [{protocol: TCP, port: 443}]}]",
    ],
  ] as const) {
    it(`from ${from} to ${to} is valid YAML of a policy`, () => assert.equal(rule(from, to), text));
  }

  it("towards a range that is no block lists the blocks that make it up", () => {
    const text = rule("shop/pod/web", "8.0.0.0/7:443", [{ start: 0x0800_0001n, end: 0x0800_0004n }]);
    assert.match(text, /to: \[\{ipBlock: \{cidr: 8\.0\.0\.1\/32\}\}, \{ipBlock: \{cidr: 8\.0\.0\.2\/31\}\}\]/);
  });
});
