/** The advised change, written into the policy, lets the packet pass and takes nothing away from anybody. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { load } from "js-yaml";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { type NearestMiss, nearestMiss } from "./nearest-miss.ts";
import { missingRule } from "./smallest-change.ts";
import { verdictOf } from "./verdict.fixture.ts";

type Labels = Readonly<Record<string, string>>;
interface LabelSelector {
  readonly matchLabels?: Labels;
}
interface Peer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: { readonly cidr: string };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly ports?: readonly unknown[];
}

interface World {
  /** Labels of two pods of the namespace shop and one of ops. */
  readonly pods: readonly [Labels, Labels, Labels];
  readonly ops: Labels;
  readonly rules: readonly Rule[];
}

const NAMES = ["shop/pod/a", "shop/pod/b", "ops/pod/c"] as const;

function situationOf({ pods, ops, rules }: World): Situation {
  const namespaces = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "ops", labels: ops } },
  ];
  const objects = [
    ...namespaces,
    ...[...pods, { target: "yes" }].map((labels, i) => {
      const [namespace, , name] = (NAMES[i] ?? "shop/pod/target").split("/");
      return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace, labels },
        spec: {
          nodeName: "n1",
          containers: [{ name: "main", image: "app", ports: [{ name: "http", containerPort: 8080 }] }],
        },
        status: { phase: "Running", podIP: `10.0.0.${i + 1}` },
      };
    }),
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "p", namespace: "shop" },
      spec: { podSelector: { matchLabels: { target: "yes" } }, policyTypes: ["Ingress"], ingress: rules },
    },
  ];
  return situationFrom(objects.map((object) => JSON.stringify(object)).join("\n---\n"));
}

const SOURCES = [...NAMES, "198.51.100.7", "198.51.100.200"];
const PORTS = ["80", "8080", "81", "80/udp", "/icmp.8"];
const PACKETS = SOURCES.flatMap((from) => PORTS.map((port) => [from, `shop/pod/target:${port}`] as const));

function missAt(situation: Situation, from: string, to: string): NearestMiss | undefined {
  const { deciding, packet } = verdictOf(situation, from, to);
  if (deciding?.stage.kind !== "filter" || deciding.report === undefined) return undefined;
  return nearestMiss(situation, deciding.stage, deciding.report.governing, packet);
}

/** Writes an advised change into the rules, as a person would who follows its words. */
function applied(rules: readonly Rule[], text: string): readonly Rule[] {
  const words = /^add (.*) to (the ports of )?spec\.ingress\[(\d+)\](\.from)?$/.exec(text);
  if (words !== null) {
    const [, item = "", ports, index] = words;
    const items = load(`[${item}]`);
    assert.ok(Array.isArray(items));
    return rules.map((rule, i) => {
      if (i !== Number(index)) return rule;
      if (ports !== undefined) return { ...rule, ports: [...(rule.ports ?? []), ...items] };
      return { ...rule, from: [...(rule.from ?? []), ...items] };
    });
  }
  const place = /^(write .*) in spec\.ingress\[(\d+)\]\.from\[(\d+)\]$/.exec(text);
  assert.ok(place !== null, `nobody can follow "${text}"`);
  const [, corrections = "", ruleIndex, peerIndex] = place;
  return rules.map((rule, i) =>
    i !== Number(ruleIndex)
      ? rule
      : {
          ...rule,
          from: (rule.from ?? []).map((peer, j) =>
            j === Number(peerIndex) ? corrections.split(" and ").reduce(corrected, peer) : peer,
          ),
        },
  );
}

function corrected(peer: Peer, correction: string): Peer {
  const words = /^write ([^:]+?)(?:: (\S*))? instead of ([^: ]+)(?:: (\S+))?( for the namespace)?$/.exec(correction);
  assert.ok(words !== null, `nobody can follow "${correction}"`);
  const [, key = "", value, wrongKey = "", wrongValue, ofNamespace] = words;
  const rewrite = (selector: LabelSelector | undefined): LabelSelector | undefined =>
    selector && {
      matchLabels: Object.fromEntries(
        Object.entries(selector.matchLabels ?? {}).map(([name, given]) =>
          name === wrongKey && (wrongValue === undefined || given === wrongValue)
            ? [key, value ?? given]
            : [name, given],
        ),
      ),
    };
  const pods = ofNamespace === undefined ? rewrite(peer.podSelector) : peer.podSelector;
  const namespaces = ofNamespace === undefined ? peer.namespaceSelector : rewrite(peer.namespaceSelector);
  return { ...(pods && { podSelector: pods }), ...(namespaces && { namespaceSelector: namespaces }) };
}

/** Follows the advice about every denied packet, each time from the beginning; returns the advised changes. */
function followAdvice(world: World): readonly string[] {
  const before = situationOf(world);
  const allowed = PACKETS.filter(([from, to]) => verdictOf(before, from, to).kind === "allowed");
  return PACKETS.flatMap(([from, to]) => {
    const change = missAt(before, from, to)?.change;
    if (change === undefined) return [];
    const after = situationOf({ ...world, rules: applied(world.rules, change.text) });
    const why = `${change.text} for ${from} -> ${to} in ${JSON.stringify(world)}`;
    assert.equal(verdictOf(after, from, to).kind, "allowed", `does not help: ${why}`);
    for (const [other, target] of allowed) {
      assert.equal(verdictOf(after, other, target).kind, "allowed", `takes ${other} -> ${target} away: ${why}`);
    }
    return [change.text];
  });
}

const KEYS = ["app", "App", "tier"];
const VALUES = ["web", "Web", "db"];
const labels = fc.dictionary(fc.constantFrom(...KEYS), fc.constantFrom(...VALUES), {
  maxKeys: 2,
  noNullPrototype: true,
});
const selector = labels.map((matchLabels): LabelSelector => ({ matchLabels }));
const peer: fc.Arbitrary<Peer> = fc.oneof(
  { weight: 4, arbitrary: selector.map((podSelector) => ({ podSelector })) },
  selector.map((namespaceSelector) => ({ namespaceSelector })),
  fc.tuple(selector, selector).map(([podSelector, namespaceSelector]) => ({ podSelector, namespaceSelector })),
  fc.constantFrom("ops", "audit", "shop").map((name) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  })),
  fc.constantFrom("198.51.100.0/25", "10.0.0.0/31").map((cidr) => ({ ipBlock: { cidr } })),
);
const port = fc.constantFrom({ port: 80 }, { port: "http" }, { port: 80, protocol: "UDP" }, { port: 81, endPort: 90 });
const rule = fc
  .tuple(fc.array(peer, { maxLength: 2 }), fc.array(port, { maxLength: 2 }))
  .map(([from, ports]): Rule => ({ ...(from.length > 0 && { from }), ...(ports.length > 0 && { ports }) }));
const worlds: fc.Arbitrary<World> = fc.record({
  pods: fc.tuple(labels, labels, labels),
  ops: labels,
  rules: fc.array(rule, { minLength: 1, maxLength: 2 }),
});

const APP_WEB: Rule = { from: [{ podSelector: { matchLabels: { app: "web" } } }] };

describe("the smallest change", () => {
  it("written into the policy, lets the packet pass and denies nothing that was allowed", () => {
    fc.assert(
      fc.property(worlds, (world) => void followAdvice(world)),
      { numRuns: 150 },
    );
  });

  it("comes as a correction, as a peer and as a port", () => {
    const found = fc.sample(worlds, { numRuns: 60, seed: 3 }).flatMap(followAdvice);
    for (const kind of [/^write/, /to spec/, /to the ports/])
      assert.ok(
        found.some((text) => kind.test(text)),
        `${kind}`,
      );
  });

  it("corrects a slip of the pen where the peer selects nobody", () => {
    const miss = missAt(
      situationOf({ pods: [{ app: "Web" }, {}, {}], ops: {}, rules: [APP_WEB] }),
      "shop/pod/a",
      "shop/pod/target",
    );
    assert.equal(miss?.change?.text, "write app: Web instead of app: web in spec.ingress[0].from[0]");
    assert.equal(miss.change.origin.path, "spec.ingress[0].from[0]");
  });

  it("corrects key and value where both differ in case", () => {
    const rules = [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }];
    const miss = missAt(
      situationOf({ pods: [{ App: "Web" }, {}, {}], ops: {}, rules }),
      "shop/pod/a",
      "shop/pod/target",
    );
    assert.equal(miss?.change?.text, "write App: Web instead of app: web in spec.ingress[0].from[0]");
  });

  it("corrects nothing where only the key looks alike", () => {
    const rules = [{ from: [{ podSelector: { matchLabels: { app: "web" } } }] }];
    const miss = missAt(
      situationOf({ pods: [{ App: "db" }, {}, {}], ops: {}, rules }),
      "shop/pod/a",
      "shop/pod/target",
    );
    assert.match(miss?.change?.text ?? "", /^add \{podSelector/);
  });

  it("says where it speaks of the namespace and not of the pod", () => {
    const rules = [
      { from: [{ podSelector: { matchLabels: { app: "db" } }, namespaceSelector: { matchLabels: { app: "web" } } }] },
    ];
    const miss = missAt(
      situationOf({ pods: [{}, {}, { app: "db" }], ops: { App: "web" }, rules }),
      "ops/pod/c",
      "shop/pod/target",
    );
    assert.equal(miss?.change?.text, "write App instead of app for the namespace in spec.ingress[0].from[0]");
  });

  it("is one more item where the peer selects somebody, who would lose by a correction", () => {
    const pods = [{ app: "Web" }, { app: "web" }, {}] as const;
    const miss = missAt(situationOf({ pods, ops: {}, rules: [APP_WEB] }), "shop/pod/a", "shop/pod/target");
    assert.equal(miss?.change?.text, 'add {podSelector: {matchLabels: {app: "Web"}}} to spec.ingress[0].from');
    assert.equal(miss.change.origin.path, "spec.ingress[0]");
  });

  it("is one more item where it is not known whether the peer selects somebody", () => {
    const objects = `
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: m, image: i}]}, status: {phase: Running, podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: ops, labels: {app: Web}}, spec: {containers: [{name: m, image: i}]}, status: {phase: Running, podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: far, namespace: far, labels: {app: web}}, spec: {containers: [{name: m, image: i}]}, status: {phase: Running, podIP: 10.0.0.3}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {team: red}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}, podSelector: {matchLabels: {app: web}}}]}]}}`;
    const miss = missAt(situationFrom(objects), "ops/pod/web", "shop/pod/db");
    assert.match(miss?.change?.text ?? "", /^add \{namespaceSelector/);
  });
});

describe("the smallest change to a policy of Calico", () => {
  const objects = (rule: string, ...more: readonly string[]): Situation =>
    situationFrom(
      [
        pod("db", "10.0.0.1", "{app: db}"),
        pod("web", "10.0.0.2", "{app: Web}"),
        `{apiVersion: projectcalico.org/v3, kind: NetworkPolicy, metadata: {name: p, namespace: shop}, spec: {selector: all(), types: [Ingress], ingress: [{action: Allow, source: {${rule}}}]}}`,
        ...more,
      ].join("\n---\n"),
    );
  const pod = (name: string, address: string, labels: string): string =>
    `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop, labels: ${labels}}, spec: {containers: [{name: m, image: i}]}, status: {phase: Running, podIP: ${address}}}`;
  const missOf = (situation: Situation): NearestMiss | undefined => missAt(situation, "shop/pod/web", "shop/pod/db");

  it("corrects a slip of the pen in its selector", () => {
    const miss = missOf(objects("selector: app == 'web'"));
    assert.equal(miss?.change?.text, "write app: Web instead of app: web in spec.ingress[0].source");
  });

  it("corrects nothing where the selector selects a network set", () => {
    const set =
      "{apiVersion: projectcalico.org/v3, kind: NetworkSet, metadata: {name: s, namespace: shop, labels: {app: web}}, spec: {nets: [198.51.100.0/24]}}";
    const miss = missOf(objects("selector: app == 'web'", set));
    assert.equal(miss?.unmet[0]?.note, "differs in case");
    assert.equal(miss.change, undefined);
  });

  it("is never an item in the words of NetworkPolicy", () => {
    const miss = missOf(objects("selector: app == 'front'"));
    assert.equal(miss?.unmet[0]?.wants, "label app=front");
    assert.equal(miss.change, undefined);
  });

  for (const [rule, wants, has] of [
    ["namespaceSelector: global()", "!namespace", "shop/pod/web has namespace shop"],
    [
      "selector: projectcalico.org/serviceaccount == 'front'",
      "serviceaccount=front",
      "shop/pod/web has serviceaccount default",
    ],
    [
      "serviceAccounts: {names: [front]}",
      "label projectcalico.org/name=front",
      "service account default has projectcalico.org/name=default",
    ],
    ["selector: tier starts with 'a'", "label tier starts with a", "shop/pod/web has no label tier"],
  ] as const) {
    it(`has words for what ${rule} asks`, () => {
      const [unmet] = missOf(objects(rule))?.unmet ?? [];
      assert.deepEqual([unmet?.wants, unmet?.has], [wants, has]);
    });
  }
});

describe("the rule to write", () => {
  it("is YAML that means the peer, whatever its namespace and labels are called", () => {
    for (const [namespace, key] of [
      ["123", "on"],
      ["true", "1.10"],
      ["1e3", "example.com/a"],
      ["off", "null"],
    ] as const) {
      const objects = [
        { apiVersion: "v1", kind: "Pod", metadata: { name: "x", namespace, labels: { [key]: "yes" } } },
        { apiVersion: "v1", kind: "Pod", metadata: { name: "db", namespace: "shop" } },
      ].map((pod, i) => ({
        ...pod,
        spec: { containers: [{ name: "m", image: "i" }] },
        status: { phase: "Running", podIP: `10.0.0.${i + 1}` },
      }));
      const policy = {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "p", namespace: "shop" },
        spec: { podSelector: {}, policyTypes: ["Ingress"] },
      };
      const withSpec = (spec: object): Situation =>
        situationFrom([...objects, { ...policy, spec }].map((object) => JSON.stringify(object)).join("\n---\n"));
      const { deciding, packet } = verdictOf(withSpec(policy.spec), `${namespace}/pod/x`, "shop/pod/db");
      assert.ok(deciding?.stage.kind === "filter");
      const written = load(`{podSelector: {}, ${missingRule(deciding.stage, packet)}}`);
      assert.ok(typeof written === "object" && written !== null);
      assert.equal(verdictOf(withSpec(written), `${namespace}/pod/x`, "shop/pod/db").kind, "allowed");
    }
  });
});
