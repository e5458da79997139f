/** Every row of what Calico refuses, with the place and what to write instead. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../../read.ts";
import { expectFinding, findingsOf } from "../marked.fixture.ts";

type Row = readonly [fact: string, spec: string, code: string, message: RegExp, remedy: RegExp];

function namespaced(spec: string): string {
  return `apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: p, namespace: shop}\nspec: ${spec}\n`;
}

function global(spec: string): string {
  return `apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: p}\nspec: ${spec}\n`;
}

/** A rule of an ingress policy, and of an egress policy. */
const ingress = (rule: string): string => namespaced(`{ingress: [${rule}]}`);
const egress = (rule: string): string => namespaced(`{egress: [${rule}]}`);
const LONG = "a".repeat(1020);

const ANY: readonly Row[] = [
  [
    "preDNAT and doNotTrack both",
    global("{preDNAT: »true, doNotTrack: true, applyOnForward: true}"),
    "PC114",
    /cannot both be true/,
    /two policies/,
  ],
  [
    "preDNAT with egress rules",
    global("{preDNAT: true, applyOnForward: true, types: [Ingress], »egress: [{action: Allow}]}"),
    "PC114",
    /preDNAT beside egress rules/,
    /another policy/,
  ],
  [
    "preDNAT with type Egress",
    global("{preDNAT: true, applyOnForward: true, types: [Ingress, »Egress]}"),
    "PC114",
    /preDNAT beside type Egress/,
    /types: \[Ingress\]/,
  ],
  [
    "doNotTrack without applyOnForward",
    global("{doNotTrack: »true}"),
    "PC114",
    /needs applyOnForward/,
    /applyOnForward: true/,
  ],
  [
    "preDNAT without applyOnForward",
    global("{preDNAT: »true, applyOnForward: false}"),
    "PC114",
    /needs applyOnForward/,
    /applyOnForward: true/,
  ],
  [
    "global() in the selector",
    namespaced("{selector: a == 'b' || »global()}"),
    "PC112",
    /only in the namespaceSelector of a rule/,
    /namespaceSelector: global\(\)/,
  ],
  [
    "global() in the serviceAccountSelector",
    namespaced("{serviceAccountSelector: »global()}"),
    "PC112",
    /only in the namespaceSelector/,
    /remove it/,
  ],
  [
    "global() in a global policy's namespaceSelector",
    global("{namespaceSelector: »global()}"),
    "PC112",
    /only in the namespaceSelector/,
    /remove it/,
  ],
  [
    "global() in a rule's selector",
    ingress("{action: Allow, source: {selector: »global()}}"),
    "PC112",
    /only in the namespaceSelector/,
    /remove it/,
  ],
  [
    "global() in a rule's notSelector",
    ingress("{action: Allow, source: {notSelector: »global()}}"),
    "PC112",
    /only in the namespaceSelector/,
    /remove it/,
  ],
  [
    "the word global( inside a value",
    namespaced(`{selector: a == 'x»global(y'}`),
    "PC112",
    /global\(\)/,
    /another value/,
  ],
  [
    "global() with other terms",
    ingress("{action: Allow, source: {namespaceSelector: a == 'b' || »global()}}"),
    "PC112",
    /cannot be combined/,
    /second rule/,
  ],
  [
    "global() in parentheses with a negation",
    ingress(`{action: Allow, source: {namespaceSelector: "!»global()"}}`),
    "PC112",
    /cannot be combined/,
    /alone/,
  ],
  [
    "selector syntax, plain",
    namespaced("{selector: app == »web}"),
    "PC112",
    /spec.selector: a value needs quotes/,
    /app == "web"/,
  ],
  [
    "selector syntax, double quotes",
    namespaced(`{selector: "a == \\"b\\" && c »= 'd'"}`),
    "PC112",
    /a single `=`/,
    /c == "d"/,
  ],
  [
    "selector syntax, single quotes",
    namespaced("{selector: 'a == ''b'' && ! »'}"),
    "PC112",
    /nothing follows/,
    /remove it/,
  ],
  [
    "selector syntax, a service account's",
    ingress("{action: Allow, source: {serviceAccounts: {selector: a == »b}}}"),
    "PC112",
    /serviceAccounts.selector/,
    /a == "b"/,
  ],
  [
    "a selector of more than 1024 characters",
    namespaced(`{selector: »${LONG} == 'b'}`),
    "PC112",
    /more than 1024 characters/,
    /split/,
  ],
  ["a type twice", namespaced("{types: [Ingress, »Ingress]}"), "PC112", /Ingress stands twice/, /\[Ingress, Egress\]/],
  ["an empty list of types", namespaced("{types: »[]}"), "PC112", /empty list/, /remove the field/],
  ["an unknown type", namespaced("{types: [»ingress]}"), "PC112", /not one of Ingress, Egress/, /write Ingress/],
  [
    "a port number without protocol",
    ingress("{action: Allow, destination: {ports: [»80]}}"),
    "PC113",
    /destination.ports\[0\]: port numbers without a protocol/,
    /protocol: TCP/,
  ],
  [
    "a port range without protocol",
    ingress(`{action: Allow, destination: {ports: [http, »"80:90"]}}`),
    "PC113",
    /without a protocol/,
    /beside action/,
  ],
  [
    "notPorts without protocol",
    ingress("{action: Allow, source: {notPorts: [»80]}}"),
    "PC113",
    /source.notPorts\[0\]/,
    /protocol: TCP/,
  ],
  [
    "ports with ICMP",
    ingress("{action: Allow, protocol: ICMP, destination: {ports: »[80]}}"),
    "PC114",
    /protocol ICMP has no ports/,
    /TCP`, UDP or SCTP/,
  ],
  [
    "ports with UDPLite",
    ingress("{action: Allow, protocol: UDPLite, destination: {ports: »[http]}}"),
    "PC114",
    /protocol UDPLite has no ports/,
    /TCP`, UDP or SCTP/,
  ],
  [
    "ports with a protocol number that has none",
    ingress("{action: Allow, protocol: 47, destination: {ports: »[80]}}"),
    "PC114",
    /protocol 47 has no ports/,
    /TCP/,
  ],
  [
    "port 0",
    ingress("{action: Allow, protocol: TCP, destination: {ports: [»0]}}"),
    "PC112",
    /0 is not a port number/,
    /1 to 65535/,
  ],
  [
    "port 65536",
    ingress("{action: Allow, protocol: TCP, destination: {ports: [»65536]}}"),
    "PC112",
    /65536 is not a port number/,
    /1 to 65535/,
  ],
  [
    "a range that ends before it begins",
    ingress(`{action: Allow, protocol: TCP, destination: {ports: [»"90:80"]}}`),
    "PC112",
    /ends before it begins/,
    /"80:90"/,
  ],
  [
    "a name that is no port name",
    ingress(`{action: Allow, protocol: TCP, destination: {ports: [»"a b"]}}`),
    "PC112",
    /"a b" is not a port/,
    /name of a port/,
  ],
  [
    "a range with blanks",
    ingress(`{action: Allow, protocol: TCP, destination: {ports: [»"80 - 90"]}}`),
    "PC112",
    /not a port/,
    /write "80:90"/,
  ],
  [
    "more than 50 ports",
    ingress(`{action: Allow, protocol: TCP, destination: {ports: »[${"80,".repeat(51)}]}}`),
    "PC112",
    /51 items, and at most 50/,
    /split/,
  ],
  [
    "a Kubernetes port",
    ingress("{action: Allow, protocol: TCP, destination: {ports: [»{port: 80, endPort: 90}]}}"),
    "PC111",
    /got mapping/,
    /- "80:90"/,
  ],
  ["protocol 0", ingress("{action: Allow, protocol: »0}"), "PC112", /0 is not a protocol number/, /leave protocol out/],
  ["protocol 256", ingress("{action: Allow, protocol: »256}"), "PC112", /256 is not a protocol number/, /1 to 255/],
  [
    "a protocol in lower case",
    ingress("{action: Allow, protocol: »tcp, destination: {ports: [80]}}"),
    "PC112",
    /"tcp" is not a protocol \(did you mean TCP\?\)/,
    /write TCP: protocol names are case-sensitive/,
  ],
  [
    "an unknown protocol",
    ingress("{action: Allow, notProtocol: »GRE}"),
    "PC112",
    /"GRE" is not a protocol/,
    /write one of TCP/,
  ],
  [
    "icmp without protocol",
    ingress("{action: Allow, »icmp: {type: 8}}"),
    "PC114",
    /icmp: needs protocol ICMP or ICMPv6/,
    /protocol: ICMP/,
  ],
  [
    "icmp with TCP",
    ingress("{action: Allow, protocol: TCP, »icmp: {type: 8}}"),
    "PC114",
    /needs protocol ICMP/,
    /protocol: ICMP/,
  ],
  [
    "an ICMP code without type",
    ingress("{action: Allow, protocol: ICMP, icmp: {code: »3}}"),
    "PC113",
    /an ICMP code without a type/,
    /type:/,
  ],
  [
    "ICMP type 255",
    ingress("{action: Allow, protocol: ICMP, icmp: {type: »255}}"),
    "PC112",
    /255 is not an ICMP type/,
    /0 to 254/,
  ],
  [
    "ICMP code 256",
    ingress("{action: Allow, protocol: ICMP, icmp: {type: 3, code: »256}}"),
    "PC112",
    /256 is not an ICMP code/,
    /0 to 255/,
  ],
  [
    "notICMP without protocol, which Calico takes",
    ingress("{action: Allow, »notICMP: {type: 8}}"),
    "PC114",
    /Calico takes this and then matches ICMP packets only/,
    /protocol: ICMP/,
  ],
  [
    "notICMP with TCP, which Calico takes",
    ingress("{action: Allow, protocol: TCP, »notICMP: {type: 8}}"),
    "PC114",
    /its agent then cannot load any rule/,
    /protocol: ICMP/,
  ],
  [
    "ICMP with IP version 6",
    ingress("{action: Allow, ipVersion: »6, protocol: ICMP}"),
    "PC114",
    /protocol ICMP needs IP version 4/,
    /ipVersion: 4/,
  ],
  [
    "ICMPv6 with IP version 4",
    ingress("{action: Allow, ipVersion: »4, protocol: ICMPv6}"),
    "PC114",
    /protocol ICMPv6 needs IP version 6/,
    /ipVersion: 6/,
  ],
  [
    "notProtocol ICMP with IP version 6",
    ingress("{action: Allow, ipVersion: »6, notProtocol: ICMP}"),
    "PC114",
    /notProtocol ICMP needs IP version 4/,
    /ipVersion: 4/,
  ],
  [
    "an unmasked CIDR",
    ingress("{action: Allow, source: {nets: [»10.0.0.1/8]}}"),
    "PC112",
    /bits set beyond its prefix/,
    /write 10.0.0.0\/8, or 10.0.0.1\/32/,
  ],
  ["a bare address", ingress("{action: Allow, source: {nets: [»10.0.0.1]}}"), "PC112", /not a CIDR/, /10.0.0.1\/32/],
  ["no address at all", ingress("{action: Allow, source: {nets: [»web]}}"), "PC112", /not a CIDR/, /10.0.0.0\/8/],
  [
    "both families on one side",
    ingress(`{action: Allow, source: {nets: [10.0.0.0/8, »"fd00::/8"]}}`),
    "PC114",
    /fd00::\/8 is of IP version 6, and other CIDRs of the rule are of 4/,
    /two rules/,
  ],
  [
    "both families on both sides",
    ingress(`{action: Allow, source: {nets: [10.0.0.0/8]}, destination: {notNets: [»"fd00::/8"]}}`),
    "PC114",
    /of IP version 6/,
    /two rules/,
  ],
  [
    "a CIDR of another family than ipVersion",
    ingress("{action: Allow, ipVersion: 6, source: {nets: [»10.0.0.0/8]}}"),
    "PC114",
    /of IP version 4, and the rule of 6/,
    /ipVersion: 4/,
  ],
  [
    "everything in notNets",
    ingress("{action: Allow, source: {notNets: [»0.0.0.0/0]}}"),
    "PC112",
    /leaves no address of its family/,
    /smaller blocks/,
  ],
  [
    "everything in notNets, IPv6",
    ingress(`{action: Allow, source: {notNets: [»"::/0"]}}`),
    "PC112",
    /leaves no address/,
    /smaller blocks/,
  ],
  [
    "http on egress",
    egress("{action: Allow, »http: {methods: [GET]}}"),
    "PC114",
    /not allowed in egress rules/,
    /ingress rule of the server/,
  ],
  ["http on Deny", ingress("{action: Deny, »http: {methods: [GET]}}"), "PC114", /beside action Deny/, /action: Allow/],
  [
    "http on UDP",
    ingress("{action: Allow, protocol: UDP, »http: {methods: [GET]}}"),
    "PC114",
    /beside protocol UDP/,
    /protocol: TCP/,
  ],
  [
    "exact and prefix",
    ingress("{action: Allow, http: {paths: [»{exact: /a, prefix: /b}]}}"),
    "PC114",
    /exact stands beside prefix/,
    /two list items/,
  ],
  [
    "neither exact nor prefix",
    ingress("{action: Allow, http: {paths: [»{}]}}"),
    "PC113",
    /must specify a path/,
    /exact:/,
  ],
  [
    "a path without /",
    ingress("{action: Allow, http: {paths: [{prefix: »api}]}}"),
    "PC112",
    /does not begin with \//,
    /"\/api"/,
  ],
  [
    "a path with ?",
    ingress("{action: Allow, http: {paths: [{exact: /a»?b}]}}"),
    "PC112",
    /"\?" may not stand/,
    /path alone/,
  ],
  [
    "a path with #",
    ingress("{action: Allow, http: {paths: [{exact: '/a»#b'}]}}"),
    "PC112",
    /"#" may not stand/,
    /path alone/,
  ],
  [
    "a path with a blank",
    ingress("{action: Allow, http: {paths: [{exact: '/a» b'}]}}"),
    "PC112",
    /" " may not stand/,
    /path alone/,
  ],
  [
    "a method twice",
    ingress("{action: Allow, http: {methods: [GET, PUT, »GET]}}"),
    "PC112",
    /"GET" stands twice/,
    /remove one/,
  ],
  ["no action", ingress("»{source: {selector: all()}}"), "PC113", /action: required/, /one of Allow, Deny, Log, Pass/],
  ["an action in lower case", ingress("{action: »allow}"), "PC112", /not one of Allow/, /write Allow/],
  ["an action of other languages", ingress("{action: »DROP}"), "PC112", /not one of Allow/, /write Deny/],
  [
    "an unknown hint",
    namespaced("{performanceHints: [»Fast]}"),
    "PC112",
    /AssumeNeededOnEveryNode/,
    /AssumeNeededOnEveryNode/,
  ],
  ["an unknown IP version", ingress("{action: Allow, ipVersion: »5}"), "PC112", /5 is not an IP version/, /4 or 6/],
  ["an order in quotes", namespaced(`{order: »"10"}`), "PC111", /expected number/, /remove the quotes/],
  ["a tier with a dot", namespaced("{tier: »a.b}"), "PC112", /not a DNS label/, /lower-case/],
  [
    "more than 1024 rules",
    namespaced(`{ingress: »[${"{action: Log},".repeat(1025)}]}`),
    "PC112",
    /1025 items, and at most 1024/,
    /split/,
  ],
];

const SERVICES: readonly Row[] = [
  [
    "as egress source",
    egress("{action: Allow, source: {»services: {name: a, namespace: b}}}"),
    "PC114",
    /not allowed as source of an egress rule/,
    /move it to destination/,
  ],
  [
    "as ingress destination",
    ingress("{action: Allow, destination: {»services: {name: a, namespace: b}}}"),
    "PC114",
    /not allowed as destination of an ingress rule/,
    /move it to source/,
  ],
  [
    "with selector",
    egress("{action: Allow, destination: {services: {name: a, namespace: b}, »selector: all()}}"),
    "PC114",
    /selector stands beside services/,
    /two rules/,
  ],
  [
    "with notSelector",
    egress("{action: Allow, destination: {services: {name: a, namespace: b}, »notSelector: all()}}"),
    "PC114",
    /notSelector stands beside/,
    /two rules/,
  ],
  [
    "with namespaceSelector",
    egress("{action: Allow, destination: {services: {name: a, namespace: b}, »namespaceSelector: all()}}"),
    "PC114",
    /namespaceSelector stands beside/,
    /two rules/,
  ],
  [
    "with nets",
    egress("{action: Allow, destination: {services: {name: a, namespace: b}, »nets: [10.0.0.0/8]}}"),
    "PC114",
    /nets stands beside/,
    /two rules/,
  ],
  [
    "with notNets",
    egress("{action: Allow, destination: {services: {name: a, namespace: b}, »notNets: [10.0.0.0/8]}}"),
    "PC114",
    /notNets stands beside/,
    /two rules/,
  ],
  [
    "with serviceAccounts",
    ingress("{action: Allow, source: {services: {name: a, namespace: b}, »serviceAccounts: {names: [x]}}}"),
    "PC114",
    /serviceAccounts stands beside/,
    /two rules/,
  ],
  [
    "on egress with ports",
    egress("{action: Allow, protocol: TCP, destination: {services: {name: a, namespace: b}, »ports: [80]}}"),
    "PC114",
    /whose ports come from the Service/,
    /by their labels/,
  ],
  [
    "on egress with notPorts",
    egress("{action: Allow, protocol: TCP, destination: {services: {name: a, namespace: b}, »notPorts: [80]}}"),
    "PC114",
    /whose ports come from the Service/,
    /by their labels/,
  ],
  [
    "without name",
    egress("{action: Allow, destination: {services: »{namespace: b}}}"),
    "PC113",
    /must specify the name of a Service/,
    /services: \{name/,
  ],
  [
    "with an empty name",
    egress(`{action: Allow, destination: {services: »{name: "", namespace: b}}}`),
    "PC113",
    /must specify the name/,
    /services: \{name/,
  ],
  [
    "without namespace in a global policy",
    global("{egress: [{action: Allow, destination: {services: »{name: a}}}]}"),
    "PC113",
    /must specify the namespace of the Service/,
    /namespace:/,
  ],
  [
    "with an empty namespace in a global policy",
    global('{egress: [{action: Allow, destination: {services: »{name: a, namespace: ""}}}]}'),
    "PC113",
    /must specify the namespace of the Service/,
    /namespace:/,
  ],
  [
    "on ingress with ports and without protocol",
    ingress("{action: Allow, source: {services: {name: a, namespace: b}}, destination: {ports: [»80]}}"),
    "PC113",
    /port numbers without a protocol/,
    /protocol: TCP/,
  ],
];

const KUBERNETES_WORDS: readonly Row[] = [
  [
    "podSelector",
    namespaced("{»podSelector: {matchLabels: {a: b}}}"),
    "PC110",
    /unknown field "spec.podSelector"/,
    /selector: app == "web"`; without it the policy selects every pod of the namespace/,
  ],
  [
    "policyTypes",
    namespaced("{»policyTypes: [Ingress]}"),
    "PC110",
    /policyTypes/,
    /write types; without it the rules decide/,
  ],
  [
    "from",
    ingress("{action: Allow, »from: []}"),
    "PC110",
    /from/,
    /write source, a mapping; without it the rule matches every source/,
  ],
  ["to", egress("{action: Allow, »to: []}"), "PC110", /to/, /write destination/],
  [
    "ports of the rule",
    ingress("{action: Allow, protocol: TCP, »ports: [80]}"),
    "PC110",
    /ports/,
    /destination: \{ports/,
  ],
  [
    "selector of the rule",
    ingress("{action: Allow, »selector: all()}"),
    "PC110",
    /selector/,
    /source: \{selector: ...\}`; without it the rule matches every source/,
  ],
  [
    "ipBlock",
    ingress("{action: Allow, source: {»ipBlock: {cidr: 10.0.0.0/8}}}"),
    "PC110",
    /ipBlock/,
    /write nets, a list of CIDRs/,
  ],
  [
    "protocol of a side",
    ingress("{action: Allow, destination: {»protocol: TCP}}"),
    "PC110",
    /protocol/,
    /one level up, beside action/,
  ],
  [
    "endPort",
    ingress("{action: Allow, protocol: TCP, destination: {ports: [80], »endPort: 90}}"),
    "PC110",
    /endPort/,
    /ports: \["8000:8080"\]/,
  ],
  [
    "a label selector",
    namespaced("{selector: »{matchLabels: {app: web, tier: db}}}"),
    "PC111",
    /got mapping/,
    /app == "web" && tier == "db"/,
  ],
  [
    "a label selector without terms",
    ingress("{action: Allow, source: {namespaceSelector: »{}}}"),
    "PC111",
    /got mapping/,
    /all\(\)/,
  ],
  [
    "namespaceSelector of a namespaced policy",
    namespaced("{»namespaceSelector: all()}"),
    "PC110",
    /namespaceSelector/,
    /only a GlobalNetworkPolicy has namespaceSelector/,
  ],
  [
    "a misspelt field",
    namespaced("{»seletor: all()}"),
    "PC110",
    /did you mean "selector"/,
    /write selector; without it/,
  ],
  [
    "a negation that YAML takes for a tag",
    namespaced("{selector: »!has(a)}"),
    "PC112",
    /YAML takes the text behind ! for a tag/,
    /in quotes/,
  ],
];

for (const [title, rows] of [
  ["Calico refuses", ANY],
  ["services is refused", SERVICES],
  ["words of Kubernetes are explained", KUBERNETES_WORDS],
] as const) {
  describe(title, () => {
    for (const [fact, text, code, message, remedy] of rows) {
      it(fact, () => expectFinding(text, code, message, remedy));
    }
  });
}

describe("Calico takes, and we warn", () => {
  it("a dash in a range makes it a name that no port bears", () =>
    expectFinding(
      ingress("{action: Allow, protocol: TCP, destination: {ports: [»80-90]}}"),
      "PC123",
      /name of a port, which no port can bear/,
      /write "80:90"/,
    ));
  it("a Service without namespace", () =>
    expectFinding(
      egress("{action: Allow, destination: {services: »{name: dns}}}"),
      "PC126",
      /the Service of namespace shop is meant/,
      /namespace: shop/,
    ));
});

describe("names", () => {
  const rows: readonly (readonly [kind: string, name: string, ok: boolean])[] = [
    ["NetworkPolicy", "a.b", true],
    ["NetworkPolicy", "a.b.c", false],
    ["NetworkPolicy", "knp.default.a.b", true],
    ["NetworkPolicy", "A", false],
    ["GlobalNetworkPolicy", "security.allow-dns", true],
    ["GlobalNetworkPolicy", "knp.default.a", false],
    ["GlobalNetworkPolicy", "a..b", false],
    ["Tier", "a.b", false],
    ["Tier", "a".repeat(63), true],
    ["Tier", "a".repeat(64), false],
    ["GlobalNetworkSet", "a.b.c", true],
  ];
  for (const [kind, name, ok] of rows) {
    it(`${kind} ${name.slice(0, 20)} ${ok ? "is fine" : "is refused"}`, () => {
      const text = `{apiVersion: projectcalico.org/v3, kind: ${kind}, metadata: {name: ${name}, namespace: a}}`;
      assert.deepEqual(findingsOf(text).filter((found) => /PC112/.test(found)).length, ok ? 0 : 1);
    });
  }
});

describe("what is unreadable is never lost", () => {
  it("a namespaced policy blinds its namespace, a global one everything", () => {
    const bad = "{ingress: [{action: allow}]}";
    const { blinds, resources } = readText("t.yaml", `${namespaced(bad)}---\n${global(bad)}`, {
      validation: "strict",
      namespace: undefined,
    });
    assert.deepEqual(resources, []);
    assert.deepEqual(
      blinds.map(({ what, why, namespace }) => [what, why, namespace]),
      [
        ["NetworkPolicy shop/p (projectcalico.org)", "unreadable", "shop"],
        ["GlobalNetworkPolicy p", "unreadable", undefined],
      ],
    );
  });
  it("a NetworkPolicy of Calico and one of Kubernetes with one name are two", () => {
    const kubernetes = namespaced("{podSelector: {}}").replace("projectcalico.org/v3", "networking.k8s.io/v1");
    const { resources, findings } = readText("t.yaml", `${namespaced("{}")}---\n${kubernetes}`, {
      validation: "strict",
      namespace: undefined,
    });
    assert.deepEqual(
      resources.map(({ kind }) => kind),
      ["CalicoNetworkPolicy", "NetworkPolicy"],
    );
    assert.deepEqual(findings, []);
  });
  it("S0-06: two documents of one identity, in either form of Calico", () => {
    for (const second of ["projectcalico.org/v3", "crd.projectcalico.org/v1"]) {
      const text = namespaced("{types: [Ingress]}");
      const found = findingsOf(`${text}---\n${text.replace("projectcalico.org/v3", second)}`);
      assert.equal(found.length, 1);
      assert.match(found[0] ?? "", /PC118: NetworkPolicy shop\/p \(projectcalico.org\) stands twice/);
    }
  });
});
