/**
 * What the API server does with each variant, as measured: the outcome of strict decoding, and what is stored or why it is
 * refused without it. Two rows follow newer servers than the measured one: m23 (leading zeros) and m24 (endPort).
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { LabelSelector, NetworkPolicyRule, NetworkPolicySpec } from "../kinds.ts";
import type { Validation } from "../reading.ts";
import { readText } from "../read.ts";

interface Outcome {
  /** Field of the unknown-field error under strict validation. */
  readonly unknown?: string;
  /** Stored form; a text or pattern is why it is refused. */
  readonly stored: unknown;
}

const SRV1 = { podSelector: { ml: { app: "Srv1" } } };
const BLUE = { podSelector: { ml: { color: "blue" } } };
const RED = { podSelector: { ml: { color: "red" } } };
const ALL = { podSelector: {} };
const IN = { policyTypes: ["Ingress"] };
const BOTH = { policyTypes: ["Ingress", "Egress"] };
const DENY_IN = { ...ALL, ...IN };

const ROWS: readonly (readonly [id: string, spec: string, outcome: Outcome])[] = [
  [
    "m01a",
    "{podSelector: {matchLabels: {app: Srv1}}, ingress: [{from: [{NamespaceSelector: {matchLabels: {usage: finance}}}], ports: [{port: 3111}]}]}",
    { unknown: "spec.ingress[0].from[0].NamespaceSelector", stored: /from\[0\]: must specify a peer/ },
  ],
  [
    "m01b",
    "{podSelector: {matchLabels: {app: Srv1}}, ingress: [{from: [{NamespaceSelector: {matchLabels: {usage: finance}}, podSelector: {matchLabels: {app: Srv2}}}], ports: [{port: 3111}]}]}",
    {
      unknown: "spec.ingress[0].from[0].NamespaceSelector",
      stored: {
        ...SRV1,
        ...IN,
        ingress: [{ from: [{ podSelector: { ml: { app: "Srv2" } } }], ports: [{ port: 3111 }] }],
      },
    },
  ],
  [
    "m01c",
    "{podSelector: {}, ingress: [{From: [{namespaceSelector: {matchLabels: {usage: finance}}}], ports: [{port: 3111}]}]}",
    { unknown: "spec.ingress[0].From", stored: { ...DENY_IN, ingress: [{ ports: [{ port: 3111 }] }] } },
  ],
  [
    "m03",
    "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {usage: finance}}, ports: [{port: 3111}]}]}]}",
    {
      unknown: "spec.ingress[0].from[0].ports",
      stored: { ...DENY_IN, ingress: [{ from: [{ namespaceSelector: { ml: { usage: "finance" } } }] }] },
    },
  ],
  [
    "m04",
    "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {usage: finance}}}], ports: {port: 3111}}]}",
    { stored: /spec.ingress\[0\].ports: expected list, got mapping/ },
  ],
  [
    "m05",
    "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {color: red}}], ports: [{port: 80}]}]}",
    {
      unknown: "spec.ingress[0].from[0].podSelector.color",
      stored: { ...BLUE, ...IN, ingress: [{ from: [ALL], ports: [{ port: 80 }] }] },
    },
  ],
  [
    "m05b",
    "{podSelector: {color: blue}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}}], ports: [{port: 80}]}]}",
    { unknown: "spec.podSelector.color", stored: { ...DENY_IN, ingress: [{ from: [RED], ports: [{ port: 80 }] }] } },
  ],
  [
    "m06",
    "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}, namespaceSelector: {something: else}}], ports: [{port: 80}]}]}",
    {
      unknown: "spec.ingress[0].from[0].namespaceSelector.something",
      stored: { ...BLUE, ...IN, ingress: [{ from: [{ ...RED, namespaceSelector: {} }], ports: [{ port: 80 }] }] },
    },
  ],
  [
    "m07",
    "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}}], to: {ports: [{port: 80}]}}]}",
    { unknown: "spec.ingress[0].to", stored: { ...BLUE, ...IN, ingress: [{ from: [RED] }] } },
  ],
  [
    "m07b",
    "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}, to: {ports: [{port: 80}]}}]}]}",
    { unknown: "spec.ingress[0].from[0].to", stored: { ...BLUE, ...IN, ingress: [{ from: [RED] }] } },
  ],
  [
    "m08",
    "{podSelector: {matchLabels: {color: blue}}, egress: [{to: [{podSelector: {matchLabels: {color: red}}, ports: [{port: 80}]}]}]}",
    { unknown: "spec.egress[0].to[0].ports", stored: { ...BLUE, ...BOTH, egress: [{ to: [RED] }] } },
  ],
  ["m09", "{podSelector: {matchLabels: {}}, types: [Ingress, Egress]}", { unknown: "spec.types", stored: DENY_IN }],
  [
    "m10",
    "{podSelector: {}, namespaceSelector: {matchLabels: {name: ns1}}, policyTypes: [Ingress, Egress]}",
    { unknown: "spec.namespaceSelector", stored: { ...ALL, ...BOTH } },
  ],
  [
    "m11",
    "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabel: {name: ns1}}}]}]}",
    {
      unknown: "spec.ingress[0].from[0].namespaceSelector.matchLabel",
      stored: { ...DENY_IN, ingress: [{ from: [{ namespaceSelector: {} }] }] },
    },
  ],
  [
    "m12",
    "{podSelector: {}, policyTypes: [ingress]}",
    { stored: /spec.policyTypes\[0\]: "ingress" is not one of Ingress, Egress \(did you mean Ingress\?\)/ },
  ],
  [
    "m13a",
    "{podSelector: {}, policyTypes: [{Ingress: {}}, {Egress: {}}]}",
    { stored: /spec.policyTypes\[0\]: expected string, got mapping/ },
  ],
  ["m13b", "{podSelector: {}, policyTypes: {Ingress: {}}}", { stored: /spec.policyTypes: expected list, got mapping/ }],
  ["m13c", "{podSelector: {}, policyTypes: Ingress}", { stored: /spec.policyTypes: expected list, got string/ }],
  [
    "m14",
    "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: STCP}]}]}",
    { stored: /protocol: "STCP" is not one of TCP, UDP, SCTP \(did you mean/ },
  ],
  [
    "m15",
    "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: tcp}]}]}",
    { stored: /protocol: "tcp" is not one of TCP, UDP, SCTP \(did you mean TCP\?\)/ },
  ],
  ["m16", "{podSelector: {}, Ingress: [{from: [{podSelector: {}}]}]}", { unknown: "spec.Ingress", stored: DENY_IN }],
  [
    "m17",
    "{podSelector: {}, ingress: [{from: {podSelector: {}}}]}",
    { stored: /spec.ingress\[0\].from: expected list, got mapping/ },
  ],
  ["m18", "{podSelector: {}, ingress: [{from: [{podSelector: }]}]}", { stored: /from\[0\]: must specify a peer/ }],
  [
    "m19",
    '{podSelector: {}, ingress: [{ports: [{port: "80"}]}]}',
    { stored: /ports\[0\].port: "80" is text, and a port name needs at least one letter/ },
  ],
  [
    "m20",
    "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}]}]}",
    { stored: /ipBlock.except\[0\]: "192.168.0.0\/16" does not lie inside 10.0.0.0\/8/ },
  ],
  [
    "m21",
    "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.5/8}}]}]}",
    { stored: { ...ALL, ...BOTH, egress: [{ to: [{ ipBlock: { cidr: "10.0.0.5/8" } }] }] } },
  ],
  [
    "m22",
    "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.5}}]}]}",
    { stored: /ipBlock.cidr: "10.0.0.5" is not a CIDR/ },
  ],
  [
    "m23",
    "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.240.01.0/24}}]}]}",
    { stored: /ipBlock.cidr: "10.240.01.0\/24" is not a CIDR: "01" has a leading zero/ },
  ],
  [
    "m24",
    "{podSelector: {}, ingress: [{ports: [{port: 8000, endPort: 8100}]}]}",
    { stored: { ...DENY_IN, ingress: [{ ports: [{ port: 8000, endPort: 8100 }] }] } },
  ],
  ["m25", "\n  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]\n  ingress: []", { stored: DENY_IN }],
  ["m26", "{policyTypes: [Ingress]}", { stored: DENY_IN }],
  ["m27", "{}", { stored: DENY_IN }],
  ["m27b", "", { stored: DENY_IN }],
  [
    "m28",
    "\n  podSelector: {}\n  ingress:\n  - from:\n    ports: [{port: 80}]",
    { stored: { ...DENY_IN, ingress: [{ ports: [{ port: 80 }] }] } },
  ],
  ["m29", "\n  podSelector: {}\n  ingress:\n  -", { stored: { ...DENY_IN, ingress: [{}] } }],
  [
    "m30",
    "{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
    { stored: /from\[0\]: ipBlock stands beside another selector/ },
  ],
  [
    "m31",
    "{podSelector: {matchLabels: {enabled: true}}}",
    { stored: /matchLabels.enabled: expected string, got boolean/ },
  ],
  [
    "m32",
    "{podSelector: {}, policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]}",
    { stored: { ...DENY_IN, egress: [{ to: [ALL] }] } },
  ],
  [
    "m33",
    "{podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}}",
    { stored: /operator: "in" is not one of In, NotIn, Exists, DoesNotExist/ },
  ],
  [
    "m34",
    "{podSelector: {matchExpressions: [{key: a, operator: In}]}}",
    { stored: /values: operator In needs values/ },
  ],
  [
    "m35",
    "\n  podSelector:\n  ingress: [{from: [{podSelector: {}}]}]",
    { stored: { ...DENY_IN, ingress: [{ from: [ALL] }] } },
  ],
  [
    "m36",
    "{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}",
    { stored: /ports\[0\].port: 70000 is not a port number/ },
  ],
  [
    "m37",
    "{podSelector: {}, ingress: [{ports: [{port: a-very-long-port-name}]}]}",
    { stored: /ports\[0\].port: port name "a-very-long-port-name" is longer than 15 characters/ },
  ],
  [
    "m38",
    "{podSelector: {}, egress: [{ports: [{protocol: UDP}]}]}",
    { stored: { ...ALL, ...BOTH, egress: [{ ports: [{ protocol: "UDP" }] }] } },
  ],
  ["m39", "{podSelector: {}, egress: [{ports: [{}]}]}", { stored: { ...ALL, ...BOTH, egress: [{ ports: [{}] }] } }],
  [
    "m40",
    "\n  podSelector:\n    matchLabels:\n      app: “web”",
    { stored: /matchLabels.app: "“web”" is not a label value/ },
  ],
  ["m41", "\n \u00a0podSelector: {}\n  policyTypes: [Ingress]", { stored: /not valid YAML: a no-break space/ }],
  ["m42", "\n\tpodSelector: {}", { stored: /not valid YAML: a tab/ }],
  [
    "m43",
    "{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {'color**': red}}}]}]}",
    { stored: /"color\*\*" is not a label key/ },
  ],
  [
    "m44",
    "{podselector: {matchLabels: {app: db}}, policyTypes: [Ingress]}",
    { unknown: "spec.podselector", stored: DENY_IN },
  ],
  [
    "m45",
    "{podSelector: {}, ingress: [{action: Deny, from: [{podSelector: {}}]}]}",
    { unknown: "spec.ingress[0].action", stored: { ...DENY_IN, ingress: [{ from: [ALL] }] } },
  ],
  [
    "m46",
    '{selector: "all()", ingress: [{from: [{podSelector: {}}]}]}',
    { unknown: "spec.selector", stored: { ...DENY_IN, ingress: [{ from: [ALL] }] } },
  ],
  [
    "m47",
    "{podSelector: {}, egress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
    { unknown: "spec.egress[0].from", stored: { ...ALL, ...BOTH, egress: [{}] } },
  ],
  [
    "m48",
    "{podSelector: {}, ingress: [{to: [{podSelector: {matchLabels: {app: x}}}]}]}",
    { unknown: "spec.ingress[0].to", stored: { ...DENY_IN, ingress: [{}] } },
  ],
  ["m49", "{podSelector: {}, ingress: [{ports: [80, 443]}]}", { stored: /ports\[0\]: expected mapping, got number/ }],
  [
    "m50",
    "{podSelector: {}, policyTypes: [Ingress, Ingress]}",
    { stored: { ...ALL, policyTypes: ["Ingress", "Ingress"] } },
  ],
  [
    "m51",
    "{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}",
    { stored: /spec.policyTypes: may not list more than two types/ },
  ],
];

function policy(spec: string, metadata = "{name: p, namespace: accounts}"): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: ${metadata}\n${spec === "" ? "" : `spec: ${spec}\n`}`;
}

function outcomeOf(
  text: string,
  validation: Validation,
): {
  errors: readonly string[];
  spec: NetworkPolicySpec | undefined;
  namespace: string | undefined;
  all: readonly string[];
} {
  const { findings, resources } = readText("p.yaml", text, { validation, namespace: undefined });
  const errors = findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
  const [resource] = resources;
  const spec = resource?.kind === "NetworkPolicy" ? resource.spec : undefined;
  return {
    errors,
    spec,
    namespace: resource?.metadata.namespace,
    all: findings.map(({ code, message }) => `${code} ${message}`),
  };
}

/** The stored form in the notation of the table: `ml` for matchLabels, nothing where the default or nothing stands. */
function short(spec: NetworkPolicySpec): unknown {
  const rules = (list: readonly NetworkPolicyRule[], side: "from" | "to"): unknown[] =>
    list.map(({ peers, ports }) => ({
      ...(peers.length === 0
        ? {}
        : {
            [side]: peers.map(({ podSelector, namespaceSelector, ipBlock }) => ({
              ...(podSelector && { podSelector: selector(podSelector) }),
              ...(namespaceSelector && { namespaceSelector: selector(namespaceSelector) }),
              ...(ipBlock && {
                ipBlock: { cidr: ipBlock.cidr, ...(ipBlock.except.length > 0 && { except: ipBlock.except }) },
              }),
            })),
          }),
      ...(ports.length === 0
        ? {}
        : {
            ports: ports.map(({ protocol, port, endPort }) => ({
              ...(protocol !== "TCP" && { protocol }),
              ...(port !== undefined && { port }),
              ...(endPort !== undefined && { endPort }),
            })),
          }),
    }));
  return {
    podSelector: selector(spec.podSelector),
    policyTypes: spec.policyTypes,
    ...(spec.ingress.length > 0 && { ingress: rules(spec.ingress, "from") }),
    ...(spec.egress.length > 0 && { egress: rules(spec.egress, "to") }),
  };
}

function selector({ matchLabels, matchExpressions }: LabelSelector): unknown {
  return {
    ...(Object.keys(matchLabels).length > 0 && { ml: matchLabels }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

describe("a policy is stored or refused as the API server does", () => {
  for (const [id, spec, { unknown, stored }] of ROWS) {
    it(`${id} under strict validation: ${unknown === undefined ? "no unknown field" : `unknown ${unknown}`}`, () => {
      const { errors } = outcomeOf(policy(spec), "strict");
      const found = errors.filter((message) => message.startsWith("unknown field"));
      assert.deepEqual(
        found.map((message) => message.split('"')[1]),
        unknown === undefined ? [] : [unknown],
      );
      if (stored instanceof RegExp && unknown === undefined) assert.match(errors.join("\n"), stored);
    });
    for (const validation of ["warn", "ignore"] as const) {
      it(`${id} under ${validation}: ${stored instanceof RegExp ? "refused" : "stored"}`, () => {
        const result = outcomeOf(policy(spec), validation);
        if (stored instanceof RegExp) {
          assert.equal(result.spec, undefined);
          assert.match(result.errors.join("\n"), stored);
        } else {
          assert.deepEqual(result.errors, []);
          assert.ok(result.spec);
          assert.deepEqual(short(result.spec), stored);
          const dropped = result.all.filter((line) => line.startsWith("PC116")).length;
          assert.equal(dropped, validation === "warn" && unknown !== undefined ? 1 : 0);
        }
      });
    }
  }
  it("m02 lands in namespace default without metadata.namespace, and strict validation refuses metadata.Namespace", () => {
    const text = policy("{podSelector: {}}", "{name: p, Namespace: accounts}");
    assert.match(outcomeOf(text, "strict").errors.join(), /unknown field "metadata.Namespace"/);
    const { namespace, spec } = outcomeOf(text, "warn");
    assert.equal(namespace, "default");
    assert.deepEqual(spec && short(spec), DENY_IN);
  });
});

describe("more rules of the API server", () => {
  const refused: readonly [string, string, RegExp][] = [
    ["endPort below port", "{ingress: [{ports: [{port: 90, endPort: 80}]}]}", /endPort: 80 is below the first port 90/],
    [
      "endPort beside a name",
      "{ingress: [{ports: [{port: web, endPort: 80}]}]}",
      /endPort: endPort beside the named port "web"/,
    ],
    ["endPort alone", "{ingress: [{ports: [{endPort: 80}]}]}", /endPort: endPort without port/],
    ["endPort above 65535", "{ingress: [{ports: [{port: 80, endPort: 65536}]}]}", /65536 is not a port number/],
    ["port 0", "{ingress: [{ports: [{port: 0}]}]}", /port: 0 is not a port number/],
    ["a port with a fraction", "{ingress: [{ports: [{port: 80.5}]}]}", /whole number/],
    ["a port that is a boolean", "{ingress: [{ports: [{port: true}]}]}", /port: expected number or name, got boolean/],
    ["a port name with an underscore", "{ingress: [{ports: [{port: my_port}]}]}", /not a port name/],
    ["a null peer", "{ingress: [{from: [null]}]}", /from\[0\]: must specify a peer/],
    ["an empty peer", "{ingress: [{from: [{}]}]}", /from\[0\]: must specify a peer/],
    [
      "except of the same size",
      "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.0.0.0/8]}}]}]}",
      /is the whole of 10.0.0.0\/8/,
    ],
    [
      "except of the other family",
      "{ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0, except: ['fd00::/8']}}]}]}",
      /does not lie inside/,
    ],
    ["an ipBlock without cidr", "{ingress: [{from: [{ipBlock: {}}]}]}", /ipBlock.cidr: required/],
    [
      "values beside Exists",
      "{podSelector: {matchExpressions: [{key: a, operator: Exists, values: [b]}]}}",
      /operator Exists takes no values/,
    ],
    ["an expression without operator", "{podSelector: {matchExpressions: [{key: a}]}}", /operator: required/],
    ["an expression without key", "{podSelector: {matchExpressions: [{operator: Exists}]}}", /key: required/],
    ["a placeholder as CIDR (X24)", "{egress: [{to: [{ipBlock: {cidr: <subnet>}}]}]}", /"<subnet>" is not a CIDR/],
  ];
  for (const [name, spec, pattern] of refused) {
    it(`refuses ${name}`, () => assert.match(outcomeOf(policy(spec), "warn").errors.join("\n"), pattern));
  }
  const accepted: readonly [string, string, unknown][] = [
    ["`ingress: [null]` as a rule that allows everything", "{ingress: [null]}", { ...DENY_IN, ingress: [{}] }],
    [
      "a label without value as the empty one",
      "{podSelector: {matchLabels: {app: }}}",
      { ...IN, podSelector: { ml: { app: "" } } },
    ],
    ["`port: null` as every port", "{ingress: [{ports: [{port: null}]}]}", { ...DENY_IN, ingress: [{ ports: [{}] }] }],
    ['`protocol: ""` as TCP', "{ingress: [{ports: [{protocol: ''}]}]}", { ...DENY_IN, ingress: [{ ports: [{}] }] }],
    ["`policyTypes: [Egress]` without ingress", "{policyTypes: [Egress]}", { ...ALL, policyTypes: ["Egress"] }],
    ["1e3 as port 1000", "{ingress: [{ports: [{port: 1e3}]}]}", { ...DENY_IN, ingress: [{ ports: [{ port: 1000 }] }] }],
  ];
  for (const [name, spec, stored] of accepted) {
    it(`takes ${name}`, () => {
      const { spec: read, all } = outcomeOf(policy(spec), "strict");
      assert.deepEqual(read && short(read), stored, all.join("\n"));
    });
  }
  it("takes host bits with a warning, as old clusters store them and new ones refuse them", () => {
    const { all, spec } = outcomeOf(policy("{egress: [{to: [{ipBlock: {cidr: 10.0.0.5/8}}]}]}"), "strict");
    assert.ok(spec);
    assert.match(all.join(), /PC117 .*means 10.0.0.0\/8/);
  });
});
