/** Cluster-wide policies: what the server refuses, what is stored, and how the older kinds are read as the newer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClusterNetworkPolicySpec, ClusterPolicyRule } from "../../cluster-policy-kinds.ts";
import type { LabelSelector } from "../../kinds.ts";
import { readText } from "../../read.ts";
import { expectFinding, storedOf } from "../marked.fixture.ts";

const GROUP = "policy.networking.k8s.io";

function cluster(spec: string, version = "v1alpha2"): string {
  return `apiVersion: ${GROUP}/${version}\nkind: ClusterNetworkPolicy\nmetadata: {name: p}\nspec: ${spec}\n`;
}

function withRules(rules: string): string {
  return cluster(`{tier: Admin, priority: 5, subject: {namespaces: {}}, ${rules}}`);
}

const ingress = (rule: string): string => withRules(`ingress: [${rule}]`);
const egress = (rule: string): string => withRules(`egress: [${rule}]`);
const protocols = (items: string): string => ingress(`{action: Deny, from: [{namespaces: {}}], protocols: [${items}]}`);

function old(kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy", spec: string, name = "default"): string {
  return `apiVersion: ${GROUP}/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

const EVERYTHING: LabelSelector = { matchLabels: {}, matchExpressions: [] };

describe("the server refuses", () => {
  const rule = "{action: Deny, from: [{namespaces: {}}]}";
  const rows: readonly (readonly [fact: string, text: string, code: string, message: RegExp, remedy: RegExp])[] = [
    [
      "no tier",
      cluster("»{priority: 5, subject: {namespaces: {}}}"),
      "PC113",
      /spec.tier: required/,
      /Admin, Baseline/,
    ],
    [
      "a tier in lower case",
      cluster("{tier: »admin, priority: 5, subject: {namespaces: {}}}"),
      "PC112",
      /not one of Admin, Baseline/,
      /write Admin/,
    ],
    ["no priority", cluster("»{tier: Admin, subject: {namespaces: {}}}"), "PC113", /priority: required/, /0 to 1000/],
    [
      "priority 1001",
      cluster("{tier: Admin, priority: »1001, subject: {namespaces: {}}}"),
      "PC112",
      /1001 is not a priority/,
      /0 to 1000/,
    ],
    [
      "priority -1",
      cluster("{tier: Admin, priority: »-1, subject: {namespaces: {}}}"),
      "PC112",
      /-1 is not a priority/,
      /0 to 1000/,
    ],
    ["no subject", cluster("»{tier: Admin, priority: 1}"), "PC113", /subject: must specify whom/, /namespaces: \{\}/],
    [
      "an empty subject",
      cluster("{tier: Admin, priority: 1, subject: »{}}"),
      "PC113",
      /subject: must specify whom/,
      /namespaces: \{\}/,
    ],
    [
      "two subjects",
      cluster("{tier: Admin, priority: 1, subject: »{namespaces: {}, pods: {podSelector: {}}}}"),
      "PC114",
      /exactly one field/,
      /two policies/,
    ],
    [
      "more than 25 rules",
      withRules(`ingress: »[${`${rule},`.repeat(26)}]`),
      "PC112",
      /26 items, and at most 25/,
      /split/,
    ],
    [
      "more than 25 peers",
      ingress(`{action: Deny, from: »[${"{namespaces: {}},".repeat(26)}]}`),
      "PC112",
      /26 items/,
      /split/,
    ],
    ["no peers", ingress("»{action: Deny}"), "PC113", /from: required/, /at least one peer/],
    ["an empty list of peers", ingress("{action: Deny, from: »[]}"), "PC112", /empty list/, /at least one item/],
    [
      "a peer without field",
      ingress("{action: Deny, from: [»{}]}"),
      "PC113",
      /exactly one field, and none is written/,
      /namespaces: \{\}/,
    ],
    [
      "a peer with two fields",
      ingress("{action: Deny, from: [»{namespaces: {}, pods: {podSelector: {}}}]}"),
      "PC114",
      /exactly one field/,
      /several list items/,
    ],
    [
      "networks on ingress",
      ingress("{action: Deny, from: [{»networks: [10.0.0.0/8]}]}"),
      "PC110",
      /from\[0\].networks/,
      /namespaces or pods only/,
    ],
    [
      "nodes on ingress",
      ingress("{action: Deny, from: [{»nodes: {}}]}"),
      "PC110",
      /from\[0\].nodes/,
      /namespaces or pods only/,
    ],
    [
      "domainNames on ingress",
      ingress("{action: Accept, from: [{»domainNames: [a.b]}]}"),
      "PC110",
      /domainNames/,
      /namespaces or pods only/,
    ],
    [
      "pods without podSelector",
      ingress("{action: Deny, from: [{pods: »{namespaceSelector: {}}}]}"),
      "PC113",
      /podSelector: required/,
      /podSelector: \{\}/,
    ],
    [
      "a wrapped selector of namespaces",
      ingress("{action: Deny, from: [{namespaces: {»namespaceSelector: {}}}]}"),
      "PC110",
      /stands inside another field/,
      /directly under namespaces/,
    ],
    [
      "Allow",
      ingress("{action: »Allow, from: [{namespaces: {}}]}"),
      "PC112",
      /"Allow" is not one of Accept, Deny, Pass/,
      /write Accept/,
    ],
    [
      "ports of the older kinds",
      ingress("{action: Deny, from: [{namespaces: {}}], »ports: []}"),
      "PC110",
      /ports/,
      /protocols: \[\{tcp/,
    ],
    [
      "a peer of NetworkPolicy",
      ingress("{action: Deny, from: [{»podSelector: {}}]}"),
      "PC110",
      /podSelector/,
      /pods: \{namespaceSelector/,
    ],
    [
      "to in an ingress rule",
      ingress("{action: Deny, from: [{namespaces: {}}], »to: []}"),
      "PC110",
      /to/,
      /move the rule under egress/,
    ],
    [
      "a rule name of 101 characters",
      ingress(`{name: »${"a".repeat(101)}, action: Deny, from: [{namespaces: {}}]}`),
      "PC112",
      /101 characters/,
      /shorten/,
    ],
    [
      "an empty list of networks",
      egress("{action: Deny, to: [{networks: »[]}]}"),
      "PC112",
      /empty list/,
      /at least one/,
    ],
    [
      "a network with host bits",
      egress("{action: Deny, to: [{networks: [»10.0.0.1/8]}]}"),
      "PC112",
      /bits set beyond/,
      /10.0.0.1\/32/,
    ],
    [
      "a network that is none",
      egress("{action: Deny, to: [{networks: [»web]}]}"),
      "PC112",
      /not a CIDR/,
      /10.0.0.0\/8/,
    ],
    [
      "more than 25 networks",
      egress(`{action: Deny, to: [{networks: »[${"10.0.0.0/8,".repeat(26)}]}]}`),
      "PC112",
      /26 items/,
      /split/,
    ],
    [
      "domainNames with Deny",
      egress("{action: Deny, to: [»{domainNames: [example.com]}]}"),
      "PC114",
      /domainNames beside action Deny/,
      /accept the names/,
    ],
    [
      "domainNames with Pass",
      egress("{action: Pass, to: [»{domainNames: [example.com]}]}"),
      "PC114",
      /beside action Pass/,
      /accept the names/,
    ],
    [
      "a wildcard inside a name",
      egress("{action: Accept, to: [{domainNames: [»a.*.com]}]}"),
      "PC112",
      /not a domain name/,
      /\*\.example\.com/,
    ],
    [
      "a name of one label",
      egress("{action: Accept, to: [{domainNames: [»localhost]}]}"),
      "PC112",
      /not a domain name/,
      /full name/,
    ],
    [
      "a named port beside networks",
      egress("{action: Deny, to: [{networks: [10.0.0.0/8]}], protocols: [»{destinationNamedPort: web}]}"),
      "PC114",
      /named port beside a networks peer/,
      /number of the port/,
    ],
    [
      "a named port beside nodes",
      egress("{action: Deny, to: [{namespaces: {}}, {nodes: {}}], protocols: [»{destinationNamedPort: web}]}"),
      "PC114",
      /beside a nodes peer/,
      /number of the port/,
    ],
    [
      "a named port beside domainNames",
      egress("{action: Accept, to: [{domainNames: [a.b]}], protocols: [»{destinationNamedPort: web}]}"),
      "PC114",
      /beside a domainNames peer/,
      /number of the port/,
    ],
    [
      "an empty list of protocols",
      ingress("{action: Deny, from: [{namespaces: {}}], protocols: »[]}"),
      "PC112",
      /empty list/,
      /remove the field/,
    ],
    [
      "tcp without port",
      protocols("{tcp: »{}}"),
      "PC113",
      /tcp: needs a destinationPort/,
      /tcp: \{destinationPort: \{range: \{start: 1, end: 65535\}\}\}/,
    ],
    ["a protocol without field", protocols("»{}"), "PC113", /none is written/, /tcp:/],
    [
      "two protocols in one item",
      protocols("»{tcp: {destinationPort: {number: 1}}, udp: {destinationPort: {number: 1}}}"),
      "PC114",
      /exactly one field/,
      /several list items/,
    ],
    [
      "number and range",
      protocols("{tcp: {destinationPort: »{number: 1, range: {start: 1, end: 2}}}}"),
      "PC114",
      /exactly one field/,
      /remove one/,
    ],
    ["neither number nor range", protocols("{tcp: {destinationPort: »{}}}"), "PC113", /none is written/, /number:/],
    ["port 0", protocols("{tcp: {destinationPort: {number: »0}}}"), "PC112", /0 is not a port/, /1 to 65535/],
    [
      "a range of one port",
      protocols("{udp: {destinationPort: {range: {start: 5, end: »5}}}}"),
      "PC112",
      /holds port 5 only/,
      /as a number/,
    ],
    [
      "a range backwards",
      protocols("{udp: {destinationPort: {range: {start: 5, end: »4}}}}"),
      "PC112",
      /ends at 4/,
      /above 5/,
    ],
    [
      "a range without end",
      protocols("{udp: {destinationPort: {range: »{start: 5}}}}"),
      "PC113",
      /end: required/,
      /last port/,
    ],
    [
      "portNumber of the older kinds",
      protocols("{»portNumber: {port: 80}}"),
      "PC110",
      /portNumber/,
      /tcp: \{destinationPort: \{number: 80/,
    ],
    [
      "the older kind in the newer version",
      cluster("{}").replace("ClusterNetworkPolicy", "AdminNetworkPolicy").replace("apiVersion", "»apiVersion"),
      "PC115",
      /no cluster serves AdminNetworkPolicy as/,
      /v1alpha1/,
    ],
  ];
  for (const [fact, text, code, message, remedy] of rows) {
    it(fact, () => expectFinding(text, code, message, remedy));
  }
});

describe("fields of a newer API fail closed and are no error", () => {
  it("in a peer", () => {
    const marked = egress("{action: Deny, to: [{»identity: web}]}");
    expectFinding(marked, "PC124", /identity is no field of any version known here/, /write one of namespaces/);
    const { spec } = storedOf("ClusterNetworkPolicy", marked.replace("»", ""), ["PC124"]);
    assert.deepEqual(spec.egress[0]?.peers, [{ kind: "unknown" }]);
  });
  it("in protocols and in a port", () => {
    for (const item of ["{»icmp4: {}}", "{tcp: {destinationPort: {»set: a}}}"]) {
      const marked = protocols(item);
      expectFinding(marked, "PC124", /is no field of any version known here/, /write one of/);
      const { spec } = storedOf("ClusterNetworkPolicy", marked.replace("»", ""), ["PC124"]);
      assert.deepEqual(spec.ingress[0]?.protocols, [{ kind: "unknown" }]);
    }
  });
  it("but a name near to a known one is a mistake", () => {
    expectFinding(
      ingress("{action: Deny, from: [{»namespace: {}}]}"),
      "PC110",
      /did you mean "namespaces"/,
      /write namespaces/,
    );
  });
});

it("a name that no port can bear is taken, and warned about", () => {
  const text = protocols("{destinationNamedPort: »Web_Port}");
  expectFinding(text, "PC123", /so no pod has this port/, /at most 15 lower-case letters/);
});

describe("what is stored", () => {
  it("without strict validation an unknown field is dropped, as the server does", () => {
    const text = ingress("{action: Deny, from: [{namespaces: {namespaceSelector: {matchLabels: {a: b}}}}]}");
    for (const validation of ["warn", "ignore"] as const) {
      const { resources, findings } = readText("t.yaml", text, { validation, namespace: undefined });
      const [policy] = resources;
      assert.ok(policy?.kind === "ClusterNetworkPolicy");
      assert.deepEqual(policy.spec.ingress[0]?.peers, [{ kind: "namespaces", selector: EVERYTHING }]);
      assert.equal(findings.length, validation === "warn" ? 1 : 0);
    }
  });
  it("every peer and protocol", () => {
    const text = egress(
      `{name: a, action: Accept, to: [{namespaces: {matchLabels: {a: b}}}, {pods: {podSelector: {}}}, {nodes: {}}, {networks: [10.0.0.0/8, "fd00::/8"]}, {domainNames: ["*.example.com"]}]},
       {action: Pass, to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 80}}}, {udp: {destinationPort: {range: {start: 1, end: 65535}}}}, {sctp: {destinationPort: {number: 9}}}, {destinationNamedPort: web}]}`,
    );
    const { spec } = storedOf("ClusterNetworkPolicy", text);
    const expected: readonly ClusterPolicyRule[] = [
      {
        name: "a",
        action: "Accept",
        peers: [
          { kind: "namespaces", selector: { matchLabels: { a: "b" }, matchExpressions: [] } },
          { kind: "pods", namespaceSelector: EVERYTHING, podSelector: EVERYTHING },
          { kind: "nodes", selector: EVERYTHING },
          { kind: "networks", cidrs: ["10.0.0.0/8", "fd00::/8"] },
          { kind: "domainNames", names: ["*.example.com"] },
        ],
        protocols: undefined,
      },
      {
        name: "",
        action: "Pass",
        peers: [{ kind: "namespaces", selector: EVERYTHING }],
        protocols: [
          { kind: "ports", protocol: "TCP", start: 80, end: 80 },
          { kind: "ports", protocol: "UDP", start: 1, end: 65535 },
          { kind: "ports", protocol: "SCTP", start: 9, end: 9 },
          { kind: "named", name: "web" },
        ],
      },
    ];
    assert.deepEqual(spec, {
      tier: "Admin",
      priority: 5,
      subject: { kind: "namespaces", selector: EVERYTHING },
      ingress: [],
      egress: expected,
    });
  });
  it("Baseline of the newest version may pass, and its subject be pods", () => {
    const text = cluster(
      "{tier: Baseline, priority: 0, subject: {pods: {namespaceSelector: {}, podSelector: {}}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]}",
      "v1beta1",
    );
    const { spec, origin } = storedOf("ClusterNetworkPolicy", text);
    assert.equal(spec.ingress[0]?.action, "Pass");
    assert.equal(spec.subject.kind, "pods");
    assert.equal(origin(["spec", "ingress", 0, "from", 0]).path, "spec.ingress[0].from[0]");
    const line = text.split("\n")[3] ?? "";
    assert.equal(origin(["spec", "ingress", 0, "from", 0]).column, line.indexOf("{namespaces: {}}") + 1);
  });
});

describe("AdminNetworkPolicy and BaselineAdminNetworkPolicy are read as ClusterNetworkPolicy", () => {
  const expected: ClusterNetworkPolicySpec = {
    tier: "Admin",
    priority: 9,
    subject: { kind: "namespaces", selector: EVERYTHING },
    ingress: [
      {
        name: "a",
        action: "Accept",
        peers: [{ kind: "namespaces", selector: { matchLabels: { a: "b" }, matchExpressions: [] } }],
        protocols: [
          { kind: "ports", protocol: "TCP", start: 80, end: 80 },
          { kind: "ports", protocol: "UDP", start: 1, end: 9 },
          { kind: "named", name: "web" },
        ],
      },
    ],
    egress: [],
  };
  const ports =
    "ports: [{portNumber: {protocol: TCP, port: 80}}, {portRange: {protocol: UDP, start: 1, end: 9}}, {namedPort: web}]";
  const spec = (peer: string): string =>
    `{priority: 9, subject: {namespaces: {}}, ingress: [{name: a, action: Allow, from: [${peer}], ${ports}}]}`;
  it("with Allow and ports", () => {
    const text = old("AdminNetworkPolicy", spec("{namespaces: {matchLabels: {a: b}}}"));
    assert.deepEqual(storedOf("AdminNetworkPolicy", text, ["PC125"]).spec, expected);
    const { findings } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
    assert.deepEqual(
      findings.map(({ code, severity }) => `${severity} ${code}`),
      ["info PC125"],
    );
  });
  it("with the first releases' wrapped selectors", () => {
    const wrapped = "{namespaces: {namespaceSelector: {matchLabels: {a: b}}}}";
    const text = old("AdminNetworkPolicy", spec(wrapped));
    assert.deepEqual(storedOf("AdminNetworkPolicy", text, ["PC125"]).spec, expected);
    const pods = old("AdminNetworkPolicy", spec("{pods: {namespaces: {namespaceSelector: {}}, podSelector: {}}}"));
    assert.deepEqual(storedOf("AdminNetworkPolicy", pods, ["PC125"]).spec.ingress[0]?.peers, [
      { kind: "pods", namespaceSelector: EVERYTHING, podSelector: EVERYTHING },
    ]);
  });
  it("the baseline is one, in its own tier, at the last priority", () => {
    const text = old("BaselineAdminNetworkPolicy", "{subject: {namespaces: {}}}");
    const { spec } = storedOf("BaselineAdminNetworkPolicy", text, ["PC125"]);
    assert.deepEqual([spec.tier, spec.priority], ["Baseline", 1000]);
  });
  const errors: readonly (readonly [fact: string, text: string, message: RegExp])[] = [
    [
      "a baseline of another name",
      old("BaselineAdminNetworkPolicy", "{subject: {namespaces: {}}}", "x"),
      /is called default/,
    ],
    [
      "Pass in a baseline",
      old(
        "BaselineAdminNetworkPolicy",
        "{subject: {namespaces: {}}, egress: [{action: Pass, to: [{namespaces: {}}]}]}",
      ),
      /not one of Allow, Deny/,
    ],
    [
      "a baseline with priority",
      old("BaselineAdminNetworkPolicy", "{priority: 1, subject: {namespaces: {}}}"),
      /unknown field "spec.priority"/,
    ],
    [
      "Accept",
      old(
        "AdminNetworkPolicy",
        "{priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{namespaces: {}}]}]}",
      ),
      /"Accept" is not one of Allow, Deny, Pass/,
    ],
    [
      "sameLabels of the first releases",
      old("AdminNetworkPolicy", spec("{namespaces: {sameLabels: [a]}}")),
      /sameLabels/,
    ],
    [
      "more than 100 rules",
      old(
        "AdminNetworkPolicy",
        `{priority: 1, subject: {namespaces: {}}, egress: [${"{action: Deny, to: [{namespaces: {}}]},".repeat(101)}]}`,
      ),
      /at most 100/,
    ],
  ];
  for (const [fact, text, message] of errors) {
    it(`${fact} is refused`, () => {
      const { findings, blinds } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
      const found = findings.filter(({ severity }) => severity === "error");
      assert.equal(found.length, 1);
      assert.match(found[0]?.message ?? "", message);
      assert.equal(blinds.length, 1);
    });
  }
});
