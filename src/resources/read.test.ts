import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Finding, findingText } from "../source/finding.ts";
import type { Path } from "../source/origin.ts";
import { mergeReadings } from "./merge.ts";
import { readText } from "./read.ts";
import type { Reading, Validation } from "./reading.ts";

function read(text: string, validation: Validation = "strict", namespace?: string): Reading {
  return readText("policy.yaml", text, { validation, namespace });
}

function codes(reading: Reading): readonly string[] {
  return reading.findings.map(({ code }) => code);
}

function only(reading: Reading): Finding {
  const [first] = reading.findings;
  assert.equal(reading.findings.length, 1, reading.findings.map(findingText).join("\n"));
  assert.ok(first);
  return first;
}

const HEAD = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: p\n  namespace: accounts\n";

describe("a mistake is explained with its place, its consequence and what to write", () => {
  const rows: readonly [name: string, spec: string, text: string][] = [
    [
      "X01: NamespaceSelector beside podSelector",
      "  ingress:\n  - from:\n    - NamespaceSelector: {}\n      podSelector: {}\n",
      'policy.yaml:9:7: error PC110: unknown field "spec.ingress[0].from[0].NamespaceSelector" (field names are case-sensitive)\n  write namespaceSelector; without it this peer would mean pods in namespace accounts',
    ],
    [
      "X03: ports inside a peer",
      "  ingress:\n  - from:\n    - podSelector: {}\n      ports: [{port: 80}]\n",
      'policy.yaml:10:7: error PC110: unknown field "spec.ingress[0].from[0].ports"\n  move it one level up, to `ports:` beside from or to; here it is lost and every port is allowed',
    ],
    [
      "X04: ports as a mapping",
      "  ingress:\n  - ports:\n      port: 80\n",
      "policy.yaml:9:7: error PC111: spec.ingress[0].ports: expected list, got mapping\n  a list is needed even for one item: put `- ` in front of its first key and indent the others to match",
    ],
    [
      "X06: typographic quotes",
      "  podSelector:\n    “app”: web\n",
      'policy.yaml:8:5: error PC110: unknown field "spec.podSelector["“app”"]"\n  put it under matchLabels: `matchLabels: {app: "web"}`; without it this selects every pod of the namespace; the typographic quotes are part of the text; write "app"',
    ],
    [
      "X07: labels without matchLabels",
      "  ingress:\n  - from:\n    - podSelector:\n        color: red\n",
      'policy.yaml:10:9: error PC110: unknown field "spec.ingress[0].from[0].podSelector.color"\n  put it under matchLabels: `matchLabels: {color: "red"}`; without it this selects all pods',
    ],
    [
      "X09: to inside an ingress rule",
      "  ingress:\n  - from: [{podSelector: {}}]\n    to:\n      ports: [{port: 80}]\n",
      'policy.yaml:9:5: error PC110: unknown field "spec.ingress[0].to"\n  an ingress rule has from and ports; put its ports beside from, as `ports:`; without it this rule allows every port',
    ],
    [
      "X09: from inside an egress rule",
      "  egress:\n  - from: [{podSelector: {}}]\n",
      'policy.yaml:8:5: error PC110: unknown field "spec.egress[0].from"\n  an egress rule has to and ports; write to, or move the rule under ingress; without it this rule allows everything',
    ],
    [
      "X10: spec.namespaceSelector",
      "  namespaceSelector: {}\n",
      'policy.yaml:7:3: error PC110: unknown field "spec.namespaceSelector"\n  a policy selects pods of its own namespace only; put namespaceSelector into a peer under from or to, or write one policy per namespace',
    ],
    [
      "X11: matchLabel",
      "  ingress:\n  - from:\n    - namespaceSelector:\n        matchLabel: {a: b}\n",
      'policy.yaml:10:9: error PC110: unknown field "spec.ingress[0].from[0].namespaceSelector.matchLabel" (did you mean "matchLabels"?)\n  write matchLabels; without it this selects all namespaces',
    ],
    [
      "X12: policyTypes as a mapping",
      "  policyTypes: [{Ingress: {}}]\n",
      "policy.yaml:7:17: error PC111: spec.policyTypes[0]: expected string, got mapping\n  write Ingress alone, without the colon",
    ],
    [
      "X13: types",
      "  types: [Ingress, Egress]\n",
      'policy.yaml:7:3: error PC110: unknown field "spec.types"\n  types is Calico\'s field, Kubernetes calls it policyTypes; without it this policy isolates ingress and does not touch egress',
    ],
    [
      "X16: STCP",
      "  ingress:\n  - ports: [{protocol: STCP}]\n",
      'policy.yaml:8:24: error PC112: spec.ingress[0].ports[0].protocol: "STCP" is not one of TCP, UDP, SCTP (did you mean SCTP?)\n  write SCTP',
    ],
    [
      "X24: leading zeros",
      "  egress:\n  - to: [{ipBlock: {cidr: 10.240.01.00/24}}]\n",
      'policy.yaml:8:27: error PC112: spec.egress[0].to[0].ipBlock.cidr: "10.240.01.00/24" is not a CIDR: "01" has a leading zero\n  write 10.240.1.0/24',
    ],
    [
      "ports as bare numbers",
      "  ingress:\n  - ports: [80]\n",
      "policy.yaml:8:13: error PC111: spec.ingress[0].ports[0]: expected mapping, got number\n  write `port: 80`",
    ],
    [
      "a port in quotes",
      '  ingress:\n  - ports: [{port: "80"}]\n',
      'policy.yaml:8:20: error PC112: spec.ingress[0].ports[0].port: "80" is text, and a port name needs at least one letter\n  write 80 without quotes',
    ],
    [
      "a label value that YAML takes for a boolean",
      "  podSelector: {matchLabels: {on: yes}}\n",
      'policy.yaml:7:35: error PC111: spec.podSelector.matchLabels.true: expected string, got boolean\n  put it in quotes: "yes"',
    ],
    [
      "a misspelt except",
      "  egress:\n  - to: [{ipBlock: {cidr: 10.0.0.0/8, excpet: [10.1.0.0/16]}}]\n",
      'policy.yaml:8:39: error PC110: unknown field "spec.egress[0].to[0].ipBlock.excpet" (did you mean "except"?)\n  write except; without it the whole block is meant',
    ],
  ];
  for (const [name, spec, text] of rows) {
    it(name, () => assert.equal(findingText(only(read(`${HEAD}spec:\n${spec}`))), text));
  }
  it("X02: metadata.Namespace", () => {
    const text = HEAD.replace("namespace:", "Namespace:");
    assert.equal(
      findingText(only(read(text))),
      'policy.yaml:5:3: error PC110: unknown field "metadata.Namespace" (field names are case-sensitive)\n  write namespace; without it this object lands in default, not in accounts',
    );
  });
  it("X14: a list item at column 0", () => {
    const { code, position, remedy } = only(read(`${HEAD}spec:\n  policyTypes:\n  - Ingress\nEgress\n`));
    assert.deepEqual([code, position?.line, position?.column], ["PC101", 9, 1]);
    assert.match(remedy, /`  - Egress`/);
  });
  it("X17: a policy without namespace is taken to be in default, with a warning unless -n says otherwise", () => {
    const text = HEAD.replace("  namespace: accounts\n", "");
    const reading = read(text);
    assert.equal(only(reading).code, "PC122");
    assert.equal(reading.resources[0]?.metadata.namespace, "default");
    const given = read(text, "strict", "shop");
    assert.deepEqual(codes(given), []);
    assert.equal(given.resources[0]?.metadata.namespace, "shop");
  });
  it("X22: one identity twice, the later one stays", () => {
    const reading = read(`${HEAD}spec: {policyTypes: [Ingress]}\n---\n${HEAD}spec: {policyTypes: [Egress]}\n`);
    const { code, message, position } = only(reading);
    assert.deepEqual([code, position?.line], ["PC118", 8]);
    assert.match(message, /NetworkPolicy accounts\/p stands twice.*policy.yaml:1:1/);
    assert.equal(reading.resources.length, 1);
    const [resource] = reading.resources;
    assert.deepEqual(resource?.kind === "NetworkPolicy" && resource.spec.policyTypes, ["Egress"]);
  });
  it("an unquoted key that YAML takes for a boolean is the label `true`", () => {
    const reading = read(`${HEAD}spec: {podSelector: {matchLabels: {on: "1"}}}\n`);
    const [resource] = reading.resources;
    assert.deepEqual(resource?.kind === "NetworkPolicy" && resource.spec.podSelector.matchLabels, { true: "1" });
  });
});

describe("what could not be read is a blind spot", () => {
  it("a refused policy blinds its namespace", () => {
    const { blinds, resources } = read(`${HEAD}spec: {policyTypes: Ingress}\n`);
    assert.equal(resources.length, 0);
    assert.deepEqual(
      blinds.map(({ what, why, namespace, origin }) => [what, why, namespace, origin.line]),
      [["NetworkPolicy accounts/p", "unreadable", "accounts", 1]],
    );
  });
  it("a broken document blinds everything and leaves the others readable", () => {
    const { blinds, resources } = read(`a: [\n---\n${HEAD}`);
    assert.equal(resources.length, 1);
    assert.deepEqual(
      blinds.map(({ what, namespace }) => [what, namespace]),
      [["document 1 of policy.yaml", undefined]],
    );
  });
  it("filters of other projects blind their namespace, or everything where they reach across", () => {
    const { blinds, findings } = read(
      "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: l7, namespace: shop}\n---\napiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: g}\n---\napiVersion: acme.example/v1\nkind: EdgeFirewall\nmetadata: {name: e}\n",
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC121", "PC121", "PC121"],
    );
    assert.deepEqual(
      blinds.map(({ what, why, namespace }) => [what, why, namespace]),
      [
        ["CiliumNetworkPolicy shop/l7", "not modelled", "shop"],
        ["CiliumClusterwideNetworkPolicy g", "not modelled", undefined],
        ["EdgeFirewall e", "not modelled", undefined],
      ],
    );
  });
  it("kinds that filter nothing are counted", () => {
    const { passedOver, findings } = read(
      "{apiVersion: v1, kind: ConfigMap}\n---\n{apiVersion: v1, kind: ConfigMap}\n---\n{apiVersion: serving.knative.dev/v1, kind: Service}\n",
    );
    assert.deepEqual(
      [...passedOver],
      [
        ["ConfigMap", 2],
        ["Service", 1],
      ],
    );
    assert.deepEqual(findings, []);
  });
  const unserved: readonly [string, string, RegExp, RegExp][] = [
    ["extensions/v1beta1", "NetworkPolicy", /since Kubernetes 1.16/, /networking.k8s.io\/v1/],
    ["v1", "NetworkPolicy", /no cluster serves NetworkPolicy as v1/, /networking.k8s.io\/v1/],
    ["networking.k8s.io/v1", "Networkpolicy", /did you mean NetworkPolicy\?/, /kind: NetworkPolicy/],
    ["networking.k8s.io/v1", "NetworkPolicies", /did you mean NetworkPolicy\?/, /kind: NetworkPolicy/],
    ["v1", "networkpolicy", /did you mean NetworkPolicy\?/, /apiVersion: networking.k8s.io\/v1/],
    ["extensions/v1beta1", "Deployment", /since Kubernetes 1.16/, /apps\/v1/],
  ];
  for (const [apiVersion, kind, message, remedy] of unserved) {
    it(`${kind} of ${apiVersion} is refused, never passed over`, () => {
      const reading = read(`apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`);
      const found = only(reading);
      assert.equal(found.code, "PC115");
      assert.match(found.message, message);
      assert.match(found.remedy, remedy);
      assert.equal(reading.blinds.length, 1);
    });
  }
  for (const [name, text] of [
    ["a text", "hello\n"],
    ["a list", "- a\n"],
    ["no kind", "apiVersion: v1\n"],
    ["no apiVersion", "kind: Pod\n"],
  ] as const) {
    it(`${name} is no object`, () => {
      const reading = read(text);
      assert.equal(only(reading).code, "PC104");
      assert.equal(reading.blinds.length, 1);
    });
  }
  it("a NUL character means the text is binary", () => {
    const reading = read(`${HEAD}\0`);
    assert.equal(only(reading).code, "PC103");
    assert.equal(reading.blinds.length, 1);
  });
});

describe("lists are opened", () => {
  it("at any depth, with positions of their items", () => {
    const { resources } = read(
      "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - apiVersion: v1\n    kind: Namespace\n    metadata: {name: a}\n",
    );
    assert.deepEqual(
      resources.map(({ metadata, origin }) => [metadata.name, origin().line, origin(["metadata"]).line]),
      [["a", 7, 9]],
    );
  });
  it("items of a typed list need not say what they are", () => {
    const { resources } = read(
      "apiVersion: v1\nkind: NamespaceList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n",
    );
    assert.deepEqual(
      resources.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ["Namespace a", "Namespace b"],
    );
  });
  it("null items and none at all are an empty list", () => {
    assert.deepEqual(
      read("{apiVersion: v1, kind: List, items: null}\n---\n{apiVersion: v1, kind: List}\n").findings,
      [],
    );
  });
});

describe("positions", () => {
  const text = `# a comment\n${HEAD}spec:\n  podSelector: {}\n  ingress:\n  - from:\n    - podSelector:\n        matchLabels: {app: web}\n    ports:\n    - port: 80\n`;
  const [resource] = read(text).resources;
  const rows: readonly [Path, number, number, string][] = [
    [[], 2, 1, ""],
    [["spec"], 7, 1, "spec"],
    [["spec", "ingress", 0], 10, 5, "spec.ingress[0]"],
    [
      ["spec", "ingress", 0, "from", 0, "podSelector", "matchLabels", "app"],
      12,
      23,
      "spec.ingress[0].from[0].podSelector.matchLabels.app",
    ],
    [["spec", "ingress", 0, "ports", 0, "protocol"], 14, 7, "spec.ingress[0].ports[0].protocol"],
    [["spec", "egress", 3, "to"], 7, 1, "spec.egress[3].to"],
  ];
  for (const [path, line, column, shown] of rows) {
    it(`${shown || "the object"} is at ${line}:${column}`, () => {
      const origin = resource?.origin(path);
      assert.deepEqual(origin, {
        file: "policy.yaml",
        line,
        column,
        resource: "NetworkPolicy accounts/p",
        path: shown,
      });
    });
  }
  it("a byte order mark and CRLF do not shift them", () => {
    const [resource] = read(`\ufeff${text.replaceAll("\n", "\r\n")}`).resources;
    assert.deepEqual([resource?.origin().line, resource?.origin().column], [2, 1]);
    assert.equal(resource?.origin(["spec", "ingress", 0, "ports"]).line, 13);
  });
  it("findings come in the order of the text", () => {
    const lines = read("a: [\n---\nkind: Pod\n---\na: 1\na: 2\n").findings.map(({ position }) => position?.line);
    assert.deepEqual(
      lines,
      lines.toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    );
  });
});

describe("several readings become one", () => {
  it("the later file replaces the earlier, counts add up", () => {
    const options = { validation: "strict", namespace: undefined } as const;
    const other = "\n---\n{apiVersion: v1, kind: Secret}\n";
    const merged = mergeReadings([
      readText("a.yaml", HEAD + other, options),
      readText("b.yaml", HEAD + other, options),
    ]);
    assert.deepEqual(
      merged.resources.map(({ origin }) => origin().file),
      ["b.yaml"],
    );
    assert.deepEqual(codes(merged), ["PC118"]);
    assert.deepEqual([...merged.passedOver], [["Secret", 2]]);
  });
  it("objects with generated names never replace each other", () => {
    const pod = "{apiVersion: v1, kind: Pod, metadata: {generateName: web-}}\n---\n";
    assert.equal(read(pod + pod).resources.length, 2);
  });
});
