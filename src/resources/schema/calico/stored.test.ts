/** Calico's objects as they are stored: defaults, forms, and manifests as its documentation writes them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CalicoEntityRule, CalicoRule } from "../../calico-kinds.ts";
import type { PolicyType } from "../../kinds.ts";
import { readText } from "../../read.ts";
import { expectFinding, storedOf } from "../marked.fixture.ts";

const NOBODY: CalicoEntityRule = {
  nets: [],
  notNets: [],
  selector: undefined,
  notSelector: undefined,
  namespaceSelector: undefined,
  serviceAccounts: undefined,
  services: undefined,
  ports: [],
  notPorts: [],
};

const RULE: CalicoRule = {
  action: "Allow",
  ipVersion: undefined,
  protocol: undefined,
  notProtocol: undefined,
  icmp: undefined,
  notICMP: undefined,
  source: NOBODY,
  destination: NOBODY,
  http: undefined,
};

function head(kind: string, apiVersion = "projectcalico.org/v3", metadata = "{name: p, namespace: shop}"): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: ${metadata}\n`;
}

const CRD = "crd.projectcalico.org/v1";

describe("defaults", () => {
  const types: readonly (readonly [spec: string, types: readonly PolicyType[]])[] = [
    ["{}", ["Ingress"]],
    ["{ingress: [{action: Allow}]}", ["Ingress"]],
    ["{egress: [{action: Allow}]}", ["Egress"]],
    ["{ingress: [{action: Allow}], egress: [{action: Allow}]}", ["Ingress", "Egress"]],
    ["{types: [Egress], ingress: [{action: Allow}]}", ["Egress"]],
    ["{types: null, egress: [{action: Allow}], ingress: []}", ["Egress"]],
  ];
  for (const [spec, expected] of types) {
    it(`types of ${spec} are ${expected.join(" and ")}`, () => {
      assert.deepEqual(storedOf("CalicoNetworkPolicy", `${head("NetworkPolicy")}spec: ${spec}\n`).spec.types, expected);
      const metadata = "{name: p}";
      const global = `${head("GlobalNetworkPolicy", undefined, metadata)}spec: ${spec}\n`;
      assert.deepEqual(storedOf("GlobalNetworkPolicy", global).spec.types, expected);
    });
  }
  it("an object written past the API has no defaults: without types it governs both directions", () => {
    expectFinding(
      `${head("NetworkPolicy", CRD)}spec: »{egress: [{action: Allow}]}\n`,
      "PC126",
      /governs both/,
      /types: \[Egress\]/,
    );
    const text = `${head("NetworkPolicy", CRD)}spec: {egress: [{action: Allow}]}\n`;
    assert.deepEqual(storedOf("CalicoNetworkPolicy", text, ["PC126"]).spec.types, ["Ingress", "Egress"]);
  });
  it("an object written past the API with types is as any other", () => {
    const text = `${head("NetworkPolicy", CRD, "{name: default.p, namespace: a, annotations: {projectcalico.org/metadata: '{\"creationTimestamp\":null}'}}")}spec: {types: [Egress]}\n`;
    assert.deepEqual(storedOf("CalicoNetworkPolicy", text).spec.types, ["Egress"]);
  });
  it("the rest of a policy without fields", () => {
    assert.deepEqual(storedOf("GlobalNetworkPolicy", head("GlobalNetworkPolicy", undefined, "{name: g}")).spec, {
      tier: "default",
      order: undefined,
      selector: "",
      serviceAccountSelector: undefined,
      types: ["Ingress"],
      ingress: [],
      egress: [],
      namespaceSelector: undefined,
      doNotTrack: false,
      preDNAT: false,
      applyOnForward: false,
    });
  });
  it("a staged policy is set unless it says otherwise", () => {
    const text = `${head("StagedNetworkPolicy")}spec: {order: -1.5}\n`;
    const { spec } = storedOf("StagedNetworkPolicy", text);
    assert.deepEqual([spec.stagedAction, spec.order], ["Set", -1.5]);
  });
});

describe("rules", () => {
  function rulesOf(rules: string): readonly CalicoRule[] {
    return storedOf("CalicoNetworkPolicy", `${head("NetworkPolicy")}spec:\n  ingress: [${rules}]\n`).spec.ingress;
  }
  it("every field", () => {
    const [rule] = rulesOf(
      `{action: Pass, ipVersion: 4, protocol: TCP, notProtocol: 132, metadata: {annotations: {a: b}},
        source: {nets: [10.0.0.0/8], notNets: [10.1.0.0/16], selector: "a == 'b'", notSelector: has(c), namespaceSelector: global(),
          serviceAccounts: {names: [x], selector: has(y)}, notPorts: [1]},
        destination: {ports: [80, "90", "6040:6050", http, dns-tcp]}}`,
    );
    assert.deepEqual(rule, {
      ...RULE,
      action: "Pass",
      ipVersion: 4,
      protocol: { kind: "name", name: "TCP" },
      notProtocol: { kind: "number", number: 132 },
      source: {
        ...NOBODY,
        nets: ["10.0.0.0/8"],
        notNets: ["10.1.0.0/16"],
        selector: "a == 'b'",
        notSelector: "has(c)",
        namespaceSelector: "global()",
        serviceAccounts: { names: ["x"], selector: "has(y)" },
        notPorts: [{ kind: "range", start: 1, end: 1 }],
      },
      destination: {
        ...NOBODY,
        ports: [
          { kind: "range", start: 80, end: 80 },
          { kind: "range", start: 90, end: 90 },
          { kind: "range", start: 6040, end: 6050 },
          { kind: "named", name: "http" },
          { kind: "named", name: "dns-tcp" },
        ],
      },
    });
  });
  it("ICMP by name and by number, with type and code or any", () => {
    assert.deepEqual(
      rulesOf(
        '{action: Deny, protocol: ICMPv6, icmp: {type: 1, code: 0}, notICMP: {type: 254}}, {action: Log, protocol: "1", icmp: {}}',
      ),
      [
        {
          ...RULE,
          action: "Deny",
          protocol: { kind: "name", name: "ICMPv6" },
          icmp: { type: 1, code: 0 },
          notICMP: { type: 254, code: undefined },
        },
        { ...RULE, action: "Log", protocol: { kind: "number", number: 1 }, icmp: { type: undefined, code: undefined } },
      ],
    );
  });
  it("http", () => {
    assert.deepEqual(rulesOf("{action: Allow, http: {methods: [GET], paths: [{exact: /a}, {prefix: /b}]}}")[0]?.http, {
      methods: ["GET"],
      paths: [
        { kind: "exact", path: "/a" },
        { kind: "prefix", path: "/b" },
      ],
    });
  });
  it("named ports need no protocol, and an empty selector is none", () => {
    assert.deepEqual(rulesOf("{action: Allow, source: {selector: ''}, destination: {ports: [http]}}"), [
      { ...RULE, destination: { ...NOBODY, ports: [{ kind: "named", name: "http" }] } },
    ]);
  });
  it("their places are known", () => {
    const text = `${head("NetworkPolicy")}spec:\n  ingress:\n  - action: Allow\n    source:\n      selector: all()\n`;
    const { origin } = storedOf("CalicoNetworkPolicy", text);
    const { line, column, resource, path } = origin(["spec", "ingress", 0, "source", "selector"]);
    assert.deepEqual([line, column, path], [8, 7, "spec.ingress[0].source.selector"]);
    assert.equal(resource, "NetworkPolicy shop/p (projectcalico.org)");
  });
});

describe("other kinds", () => {
  it("StagedKubernetesNetworkPolicy follows Kubernetes", () => {
    const text = `${head("StagedKubernetesNetworkPolicy")}spec: {stagedAction: Learn, podSelector: {}, egress: [{}]}\n`;
    assert.deepEqual(storedOf("StagedKubernetesNetworkPolicy", text).spec, {
      stagedAction: "Learn",
      podSelector: { matchLabels: {}, matchExpressions: [] },
      policyTypes: ["Ingress", "Egress"],
      ingress: [],
      egress: [{ peers: [], ports: [] }],
    });
  });
  it("StagedGlobalNetworkPolicy has the fields of a global policy", () => {
    const text = `${head("StagedGlobalNetworkPolicy", undefined, "{name: p}")}spec: {stagedAction: Ignore, namespaceSelector: has(a), tier: t}\n`;
    const { spec } = storedOf("StagedGlobalNetworkPolicy", text);
    assert.deepEqual([spec.stagedAction, spec.namespaceSelector, spec.tier], ["Ignore", "has(a)", "t"]);
  });
  it("a deletion has no fields but tier", () => {
    const text = `${head("StagedNetworkPolicy")}spec: {stagedAction: Delete, tier: a, selector: '', »order: 3}\n`;
    expectFinding(text, "PC114", /order stands beside stagedAction Delete/, /no fields but tier/);
  });
  it("an unknown stagedAction is refused", () => {
    const text = `${head("StagedNetworkPolicy")}spec: {stagedAction: »set}\n`;
    expectFinding(text, "PC112", /not one of Set, Delete, Learn, Ignore/, /write Set/);
  });
  it("Tier: the last and with Deny unless it says otherwise", () => {
    const text = head("Tier", undefined, "{name: security}");
    assert.deepEqual(storedOf("Tier", text).spec, { order: undefined, defaultAction: "Deny" });
    const full = `${head("Tier", undefined, "{name: kube-admin}")}spec: {order: 1000, defaultAction: Pass}\n`;
    assert.deepEqual(storedOf("Tier", full).spec, { order: 1000, defaultAction: "Pass" });
  });
  it("built-in tiers cannot be changed", () => {
    const tier = (name: string, spec: string): string => `${head("Tier", undefined, `{name: ${name}}`)}spec: ${spec}\n`;
    expectFinding(tier("default", "{order: »5}"), "PC112", /tier default is 1000000/, /order: 1000000/);
    expectFinding(tier("kube-admin", "{order: 1000, defaultAction: »Deny}"), "PC112", /kube-admin is Pass/, /Pass/);
    expectFinding(tier("kube-baseline", "{order: »1, defaultAction: Pass}"), "PC112", /is 10000000/, /10000000/);
  });
  it("network sets take addresses and blocks, masked or not", () => {
    const spec = 'spec: {nets: [10.0.0.1, 10.0.0.1/8, "fd00::1"]}\n';
    const text = head("GlobalNetworkSet", undefined, "{name: a, labels: {role: db}}") + spec;
    const { spec: stored, metadata } = storedOf("GlobalNetworkSet", text);
    assert.deepEqual([stored.nets, metadata.labels], [["10.0.0.1", "10.0.0.1/8", "fd00::1"], { role: "db" }]);
    assert.equal(storedOf("NetworkSet", head("NetworkSet") + spec).metadata.namespace, "shop");
  });
  for (const kind of ["NetworkSet", "GlobalNetworkSet"]) {
    it(`${kind} may not say which namespace it is of`, () => {
      const text = head(kind, undefined, "{name: a, namespace: b, labels: {»projectcalico.org/namespace: x}}");
      expectFinding(text, "PC112", /Calico sets this label itself/, /remove it/);
    });
  }
  const host = (spec: string): string => `${head("HostEndpoint", undefined, "{name: h}")}spec: ${spec}\n`;
  it("HostEndpoint", () => {
    const spec =
      '{node: n1, interfaceName: "*", expectedIPs: [192.0.2.1], profiles: [p], ports: [{name: ssh, protocol: TCP, port: 22}]}';
    assert.deepEqual(storedOf("HostEndpoint", host(spec)).spec, {
      node: "n1",
      interfaceName: "*",
      expectedIPs: ["192.0.2.1"],
      profiles: ["p"],
      ports: [{ name: "ssh", protocol: { kind: "name", name: "TCP" }, port: 22 }],
    });
  });
  for (const [fact, spec, code, message] of [
    ["no node", "»{interfaceName: eth0}", "PC113", /no node/],
    ["neither interface nor address", "»{node: n1}", "PC113", /neither interfaceName nor expectedIPs/],
    [
      "an interface of more than 15 characters",
      `{node: n1, interfaceName: »${"a".repeat(16)}}`,
      "PC112",
      /not the name of an interface/,
    ],
    [
      "a port without name",
      "{node: n1, interfaceName: a, ports: [»{port: 1, protocol: TCP}]}",
      "PC113",
      /without name/,
    ],
    [
      "a port without protocol",
      "{node: n1, interfaceName: a, ports: [»{name: a, port: 1}]}",
      "PC113",
      /without protocol/,
    ],
    [
      "a protocol without ports",
      "{node: n1, interfaceName: a, ports: [{name: a, port: 1, protocol: »ICMP}]}",
      "PC112",
      /has no ports/,
    ],
    ["an expected address that is a block", "{node: n1, expectedIPs: [»10.0.0.0/8]}", "PC112", /not an IP address/],
  ] as const) {
    it(`HostEndpoint with ${fact} is refused`, () => expectFinding(host(spec), code, message, /write/));
  }
  it("Profile", () => {
    const text = `${head("Profile", undefined, "{name: kns.a}")}spec: {egress: [{action: Allow}], labelsToApply: {pcns.a: b}}\n`;
    assert.deepEqual(storedOf("Profile", text).spec, { ingress: [], egress: [RULE], labelsToApply: { "pcns.a": "b" } });
  });
  it("annotations hold 256 KiB at most", () => {
    const of = (length: number): string =>
      head("NetworkSet", undefined, `{name: a, namespace: b, annotations: »{k: ${"é".repeat(length)}}}`);
    storedOf("NetworkSet", of(131_071).replace("»", ""));
    expectFinding(of(131_072), "PC112", /262145 bytes, and at most 262144/, /ConfigMap/);
  });
  it("kinds of Calico that do not filter are passed over", () => {
    const kinds = ["IPPool", "BGPPeer", "FelixConfiguration", "Node", "WorkloadEndpoint", "IPAMBlock", "BGPFilter"];
    const text = kinds
      .map((kind) => `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: a}}`)
      .join("\n---\n");
    const { passedOver, findings } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
    assert.deepEqual([...passedOver.keys()], kinds);
    assert.deepEqual(findings, []);
  });
});

describe("manifests of the field load without findings", () => {
  it("S0-M1 to S0-M4, but for the name that stands twice", () => {
    const services = (kind: string, metadata: string, spec: string): string =>
      `${head(kind, undefined, metadata)}spec:\n${spec}`;
    const from =
      "  selector: all()\n  ingress:\n    - action: Allow\n      source:\n        services:\n          name: frontend-service\n          namespace: frontend\n";
    const documents = [
      services(
        "NetworkPolicy",
        "{name: allow-api-access, namespace: my-app}",
        "  selector: all()\n  egress:\n    - action: Allow\n      destination:\n        services:\n          name: kubernetes\n          namespace: default\n",
      ),
      services(
        "GlobalNetworkPolicy",
        "{name: allow-kube-dns}",
        "  selector: all()\n  egress:\n    - action: Allow\n      destination:\n        services:\n          name: kube-dns\n          namespace: kube-system\n",
      ),
      services("NetworkPolicy", "{name: allow-frontend-service-access, namespace: backend}", from),
      services(
        "NetworkPolicy",
        "{name: allow-frontend-service-access, namespace: backend}",
        `${from}      protocol: TCP\n      destination:\n        ports: [80]\n`,
      ),
    ];
    const { findings, resources } = readText("t.yaml", documents.join("---\n"), {
      validation: "strict",
      namespace: undefined,
    });
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC118"],
    );
    assert.deepEqual(
      resources.map(({ metadata }) => metadata.name),
      ["allow-api-access", "allow-kube-dns", "allow-frontend-service-access"],
    );
  });
  it("default deny that spares system namespaces, in a folded text", () => {
    const text = `${head("GlobalNetworkPolicy", undefined, "{name: deny-app-policy}")}spec:
  namespaceSelector: has(projectcalico.org/name) && projectcalico.org/name not in {"kube-system", "calico-system", "calico-apiserver"}
  types:
  - Ingress
  - Egress
  egress:
  # allow all namespaces to communicate to DNS pods
  - action: Allow
    protocol: UDP
    destination:
      selector: >-
        k8s-app == "kube-dns" ||
        k8s-app == "node-local-dns"
      ports:
      - 53
`;
    const { spec } = storedOf("GlobalNetworkPolicy", text);
    assert.equal(spec.egress[0]?.destination.selector, 'k8s-app == "kube-dns" || k8s-app == "node-local-dns"');
  });
  it("a policy of a tier that logs before it denies", () => {
    const text = `${head("GlobalNetworkPolicy", undefined, "{name: security.block}")}spec:
  tier: security
  order: 100
  selector: "!has(projectcalico.org/namespace)"
  doNotTrack: true
  applyOnForward: true
  ingress:
  - action: Log
    source: {selector: blocklist == 'true', namespaceSelector: global()}
  - action: Deny
    source: {nets: [198.51.100.0/24], notPorts: [22]}
    protocol: TCP
`;
    assert.equal(storedOf("GlobalNetworkPolicy", text).spec.ingress.length, 2);
  });
});
