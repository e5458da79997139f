import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../../../resources/read.ts";
import { findingText } from "../../../source/finding.ts";
import type { Manifest, Raised } from "../../manifest.ts";
import { raiseNetworkPolicy } from "./raise.ts";

function raisedOf(spec: string, metadata = "{name: p, namespace: shop}"): Raised {
  const text = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: ${metadata}\nspec: ${spec}\n`;
  const { resources, findings } = readText("p.yaml", text, { validation: "strict", namespace: undefined });
  const errors = findings.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(findingText), []);
  const [policy] = resources;
  assert.ok(policy?.kind === "NetworkPolicy");
  return raiseNetworkPolicy(policy);
}

function manifestOf(spec: string, metadata?: string): Manifest {
  const raised = raisedOf(spec, metadata);
  assert.ok("manifest" in raised, JSON.stringify(raised));
  return raised.manifest;
}

/** The rules of the only direction of a policy of every pod. */
function rulesOf(section: "ingress" | "egress", rules: string): unknown {
  const type = section === "ingress" ? "Ingress" : "Egress";
  return manifestOf(`{podSelector: {}, policyTypes: [${type}], ${section}: ${rules}}`).spec[section];
}

function refusalsOf(spec: string, metadata?: string): readonly string[] {
  const raised = raisedOf(spec, metadata);
  assert.ok("refusals" in raised, JSON.stringify(raised));
  return raised.refusals.map(({ code, message, remedy, position }) => {
    assert.equal(code, "PC150");
    assert.ok(position !== undefined && remedy !== "");
    return message;
  });
}

const POD = 'projectcalico.org/orchestrator == "k8s"';

describe("a NetworkPolicy as Calico's", () => {
  it("stands in the default tier at order 1000, in its namespace, about pods only", () => {
    assert.deepEqual(manifestOf("{podSelector: {matchLabels: {app: db}}}"), {
      apiVersion: "projectcalico.org/v3",
      kind: "NetworkPolicy",
      metadata: { name: "p", namespace: "shop" },
      spec: { tier: "default", order: 1000, selector: `${POD} && app == "db"`, types: ["Ingress"] },
    });
  });

  it("keeps labels and annotations, but not kubectl's copy of the object of another kind", () => {
    const { metadata } = manifestOf(
      "{podSelector: {}}",
      "{name: p, namespace: shop, labels: {team: red}, annotations: {why: because, kubectl.kubernetes.io/last-applied-configuration: '{}'}}",
    );
    const kept = { name: "p", namespace: "shop", labels: { team: "red" }, annotations: { why: "because" } };
    assert.deepEqual(metadata, kept);
  });

  for (const [spec, types] of [
    ["{podSelector: {}}", ["Ingress"]],
    ["{podSelector: {}, egress: [{}]}", ["Ingress", "Egress"]],
    ["{podSelector: {}, egress: []}", ["Ingress"]],
    ["{podSelector: {}, policyTypes: [Egress]}", ["Egress"]],
    ["{podSelector: {}, policyTypes: [Ingress, Ingress]}", ["Ingress"]],
  ] as const) {
    it(`writes the types of ${spec} out: ${types.join(" and ")}`, () => {
      assert.deepEqual(manifestOf(spec).spec["types"], types);
    });
  }

  for (const [requirement, text] of [
    ["{key: app, operator: In, values: [b, a]}", 'app in {"a", "b"}'],
    ["{key: app, operator: NotIn, values: [a]}", 'app != "a"'],
    ["{key: app, operator: NotIn, values: [a, b]}", 'app not in {"a", "b"}'],
    ["{key: app, operator: Exists}", "has(app)"],
    ["{key: app, operator: DoesNotExist}", "!has(app)"],
    ['{key: app, operator: In, values: [""]}', 'app == ""'],
  ] as const) {
    it(`says ${requirement} as ${text}`, () => {
      const { spec } = manifestOf(`{podSelector: {matchExpressions: [${requirement}]}}`);
      assert.equal(spec["selector"], `${POD} && ${text}`);
    });
  }
});

describe("rules of a NetworkPolicy as Calico's", () => {
  const cases: readonly (readonly [string, "ingress" | "egress", string, unknown])[] = [
    ["an empty rule allows everything", "ingress", "[{}]", [{ action: "Allow" }]],
    ["an empty list of peers does not restrict", "egress", "[{to: []}]", [{ action: "Allow" }]],
    [
      "pods alone are those of the own namespace",
      "ingress",
      "[{from: [{podSelector: {}}]}]",
      [{ action: "Allow", source: { selector: POD } }],
    ],
    [
      "namespaces alone are the pods there, and no network sets",
      "ingress",
      "[{from: [{namespaceSelector: {}}]}]",
      [{ action: "Allow", source: { selector: POD, namespaceSelector: "all()" } }],
    ],
    [
      "both selectors of a peer hold at once, and peers are rules of their own",
      "egress",
      "[{to: [{namespaceSelector: {matchLabels: {env: prod}}, podSelector: {matchLabels: {app: a}}}, {podSelector: {}}]}]",
      [
        { action: "Allow", destination: { selector: `${POD} && app == "a"`, namespaceSelector: 'env == "prod"' } },
        { action: "Allow", destination: { selector: POD } },
      ],
    ],
    [
      "a block is nets and its exceptions notNets, without host bits",
      "ingress",
      "[{from: [{ipBlock: {cidr: 10.0.0.1/8, except: [10.1.2.3/16, 10.1.0.0/16]}}]}]",
      [{ action: "Allow", source: { nets: ["10.0.0.0/8"], notNets: ["10.1.0.0/16"] } }],
    ],
    [
      "blocks of two families are two rules",
      "ingress",
      "[{from: [{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0', except: ['fd00::/8']}}]}]",
      [
        { action: "Allow", source: { nets: ["0.0.0.0/0"] } },
        { action: "Allow", source: { nets: ["::/0"], notNets: ["fd00::/8"] } },
      ],
    ],
    [
      "ports are TCP where nothing is said, ranges where they touch, and a rule for each protocol",
      "ingress",
      "[{ports: [{port: 81}, {port: 80}, {port: 8000, endPort: 8080}, {port: 53, protocol: UDP}]}]",
      [
        { action: "Allow", protocol: "TCP", destination: { ports: ["80:81", "8000:8080"] } },
        { action: "Allow", protocol: "UDP", destination: { ports: [53] } },
      ],
    ],
    [
      "a protocol without port is all of it, whatever else is listed, and an empty item is all of TCP",
      "egress",
      "[{ports: [{port: 80}, {}, {protocol: SCTP}]}]",
      [
        { action: "Allow", protocol: "TCP" },
        { action: "Allow", protocol: "SCTP" },
      ],
    ],
    [
      "a named port keeps its protocol",
      "ingress",
      "[{from: [{podSelector: {}}], ports: [{port: web}, {port: 80}]}]",
      [
        { action: "Allow", protocol: "TCP", source: { selector: POD }, destination: { ports: [80] } },
        { action: "Allow", protocol: "TCP", source: { selector: POD }, destination: { ports: ["web"] } },
      ],
    ],
    [
      "a named port on the way out is that of a pod, not of a host endpoint",
      "egress",
      "[{to: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: dns, protocol: UDP}, {port: 53, protocol: UDP}]}]",
      [
        { action: "Allow", protocol: "UDP", destination: { nets: ["10.0.0.0/8"], ports: [53] } },
        {
          action: "Allow",
          protocol: "UDP",
          destination: { nets: ["10.0.0.0/8"], selector: POD, namespaceSelector: "all()", ports: ["dns"] },
        },
      ],
    ],
  ];
  for (const [fact, section, written, expected] of cases) {
    it(fact, () => assert.deepEqual(rulesOf(section, written), expected));
  }

  it("lists of more than 50 ports are several rules", () => {
    const ports = Array.from({ length: 51 }, (_, i) => `{port: ${2 * i + 1}}`).join(", ");
    const rules = rulesOf("ingress", `[{ports: [${ports}]}]`);
    assert.ok(Array.isArray(rules) && rules.length === 2);
    assert.deepEqual(rules[1], { action: "Allow", protocol: "TCP", destination: { ports: [101] } });
  });

  it("more than 256 exceptions become the blocks that are left", () => {
    const odd = Array.from({ length: 257 }, (_, i) => `10.0.${i >> 7}.${(2 * i + 1) % 256}/32`).join(", ");
    const rules = rulesOf("ingress", `[{from: [{ipBlock: {cidr: 10.0.0.0/22, except: [${odd}]}}]}]`);
    assert.ok(Array.isArray(rules) && rules.length === 2);
    assert.equal(rules[0].source.nets.length, 256);
    assert.equal(rules[0].source.notNets, undefined);
  });

  it("a block of which nothing is left is no rule, and the direction stays governed", () => {
    const every = Array.from({ length: 512 }, (_, i) => `10.0.${i >> 8}.${i % 256}/32`).join(", ");
    const { spec } = manifestOf(
      `{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/23, except: [${every}]}}]}]}`,
    );
    assert.equal(spec["ingress"], undefined);
    assert.deepEqual(spec["types"], ["Ingress"]);
  });
});

describe("a NetworkPolicy has no exact form in Calico", () => {
  for (const key of [
    "projectcalico.org/namespace",
    "projectcalico.org/serviceaccount",
    "projectcalico.org/orchestrator",
    "pcns.env",
    "pcsa.role",
  ]) {
    it(`where it selects pods by their own label ${key}, which Calico gives another meaning`, () => {
      const [message = ""] = refusalsOf(`{podSelector: {matchLabels: {${key}: x}}}`);
      assert.match(message, /^NetworkPolicy shop\/p has no exact form in Calico: spec\.podSelector\.matchLabels\["/);
      assert.ok(message.includes(`to Calico the key ${key} is `), message);
    });
  }

  it("where it selects namespaces by a label that Calico takes for their name", () => {
    const peer = "{namespaceSelector: {matchExpressions: [{key: projectcalico.org/name, operator: Exists}]}}";
    assert.match(
      refusalsOf(`{podSelector: {}, ingress: [{from: [${peer}]}]}`).join(),
      /spec\.ingress\[0\]\.from\[0\]\.namespaceSelector\.matchExpressions\[0\]\.key: /,
    );
    assert.ok(manifestOf("{podSelector: {matchLabels: {projectcalico.org/name: x}}}"));
  });

  it("where its name has more dots than Calico takes", () => {
    assert.match(refusalsOf("{podSelector: {}}", "{name: a.b.c, namespace: shop}").join(), /metadata\.name: "a\.b\.c"/);
  });

  it("where a selector is longer than Calico takes", () => {
    const values = Array.from({ length: 40 }, (_, i) => `value-${String(i).padStart(20, "0")}`).join(", ");
    const selector = `{matchExpressions: [{key: app, operator: In, values: [${values}]}]}`;
    assert.match(refusalsOf(`{podSelector: ${selector}}`).join(), /spec\.podSelector: .*which takes 1024$/);
  });

  it("where a direction needs more than 1024 rules", () => {
    const peers = Array.from({ length: 1025 }, () => "{podSelector: {}}").join(", ");
    assert.match(
      refusalsOf(`{podSelector: {}, egress: [{to: [${peers}]}]}`).join(),
      /spec\.egress: it needs 1025 rules/,
    );
  });

  it("for every reason at once", () => {
    const spec =
      "{podSelector: {matchLabels: {pcns.a: x}}, ingress: [{from: [{podSelector: {matchLabels: {pcsa.b: x}}}]}]}";
    assert.equal(refusalsOf(spec, "{name: a.b.c, namespace: shop}").length, 3);
  });
});
