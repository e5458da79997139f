/**
 * Specs with one mistake each, and what became of them: sent to a kube-apiserver 1.20.2 without field validation, and to the
 * strict decoder of apimachinery 0.32. That server knew no `endPort`, so no variant has one.
 */
export interface Variant {
  readonly id: string;
  /** What stands behind `spec:`; undefined: there is no spec. */
  readonly spec: string | undefined;
  /** The field that strict decoding refuses as unknown. */
  readonly unknown?: string;
  /** The spec that the server stored, or the code we give to its refusal. */
  readonly stored: { readonly spec: string } | { readonly refused: string };
}

export const VARIANTS: readonly Variant[] = [
  {
    id: "m01a",
    spec: "{podSelector: {matchLabels: {app: Srv1}}, ingress: [{from: [{NamespaceSelector: {matchLabels: {usage: finance}}}], ports: [{port: 3111}]}]}",
    unknown: "spec.ingress[0].from[0].NamespaceSelector",
    stored: { refused: "PC113" },
  },
  {
    id: "m01b",
    spec: "{podSelector: {matchLabels: {app: Srv1}}, ingress: [{from: [{NamespaceSelector: {matchLabels: {usage: finance}}, podSelector: {matchLabels: {app: Srv2}}}], ports: [{port: 3111}]}]}",
    unknown: "spec.ingress[0].from[0].NamespaceSelector",
    stored: {
      spec: "{ingress: [{from: [{podSelector: {matchLabels: {app: Srv2}}}], ports: [{port: 3111}]}], podSelector: {matchLabels: {app: Srv1}}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m01c",
    spec: "{podSelector: {}, ingress: [{From: [{namespaceSelector: {matchLabels: {usage: finance}}}], ports: [{port: 3111}]}]}",
    unknown: "spec.ingress[0].From",
    stored: { spec: "{ingress: [{ports: [{port: 3111}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m03",
    spec: "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {usage: finance}}, ports: [{port: 3111}]}]}]}",
    unknown: "spec.ingress[0].from[0].ports",
    stored: {
      spec: "{ingress: [{from: [{namespaceSelector: {matchLabels: {usage: finance}}}]}], podSelector: {}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m04",
    spec: "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {usage: finance}}}], ports: {port: 3111}}]}",
    stored: { refused: "PC111" },
  },
  {
    id: "m05",
    spec: "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {color: red}}], ports: [{port: 80}]}]}",
    unknown: "spec.ingress[0].from[0].podSelector.color",
    stored: {
      spec: "{ingress: [{from: [{podSelector: {}}], ports: [{port: 80}]}], podSelector: {matchLabels: {color: blue}}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m05b",
    spec: "{podSelector: {color: blue}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}}], ports: [{port: 80}]}]}",
    unknown: "spec.podSelector.color",
    stored: {
      spec: "{ingress: [{from: [{podSelector: {matchLabels: {color: red}}}], ports: [{port: 80}]}], podSelector: {}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m06",
    spec: "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}, namespaceSelector: {something: else}}], ports: [{port: 80}]}]}",
    unknown: "spec.ingress[0].from[0].namespaceSelector.something",
    stored: {
      spec: "{ingress: [{from: [{namespaceSelector: {}, podSelector: {matchLabels: {color: red}}}], ports: [{port: 80}]}], podSelector: {matchLabels: {color: blue}}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m07",
    spec: "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}}], to: {ports: [{port: 80}]}}]}",
    unknown: "spec.ingress[0].to",
    stored: {
      spec: "{ingress: [{from: [{podSelector: {matchLabels: {color: red}}}]}], podSelector: {matchLabels: {color: blue}}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m07b",
    spec: "{podSelector: {matchLabels: {color: blue}}, ingress: [{from: [{podSelector: {matchLabels: {color: red}}, to: {ports: [{port: 80}]}}]}]}",
    unknown: "spec.ingress[0].from[0].to",
    stored: {
      spec: "{ingress: [{from: [{podSelector: {matchLabels: {color: red}}}]}], podSelector: {matchLabels: {color: blue}}, policyTypes: [Ingress]}",
    },
  },
  {
    id: "m08",
    spec: "{podSelector: {matchLabels: {color: blue}}, egress: [{to: [{podSelector: {matchLabels: {color: red}}, ports: [{port: 80}]}]}]}",
    unknown: "spec.egress[0].to[0].ports",
    stored: {
      spec: "{egress: [{to: [{podSelector: {matchLabels: {color: red}}}]}], podSelector: {matchLabels: {color: blue}}, policyTypes: [Ingress, Egress]}",
    },
  },
  {
    id: "m09",
    spec: "{podSelector: {matchLabels: {}}, types: [Ingress, Egress]}",
    unknown: "spec.types",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m10",
    spec: "{podSelector: {}, namespaceSelector: {matchLabels: {name: ns1}}, policyTypes: [Ingress, Egress]}",
    unknown: "spec.namespaceSelector",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress, Egress]}" },
  },
  {
    id: "m11",
    spec: "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabel: {name: ns1}}}]}]}",
    unknown: "spec.ingress[0].from[0].namespaceSelector.matchLabel",
    stored: { spec: "{ingress: [{from: [{namespaceSelector: {}}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  { id: "m12", spec: "{podSelector: {}, policyTypes: [ingress]}", stored: { refused: "PC112" } },
  { id: "m13a", spec: "{podSelector: {}, policyTypes: [{Ingress: {}}, {Egress: {}}]}", stored: { refused: "PC111" } },
  { id: "m13b", spec: "{podSelector: {}, policyTypes: {Ingress: {}}}", stored: { refused: "PC111" } },
  { id: "m13c", spec: "{podSelector: {}, policyTypes: Ingress}", stored: { refused: "PC111" } },
  {
    id: "m14",
    spec: "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: STCP}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m15",
    spec: "{podSelector: {}, ingress: [{ports: [{port: 80, protocol: tcp}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m16",
    spec: "{podSelector: {}, Ingress: [{from: [{podSelector: {}}]}]}",
    unknown: "spec.Ingress",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" },
  },
  { id: "m17", spec: "{podSelector: {}, ingress: [{from: {podSelector: {}}}]}", stored: { refused: "PC111" } },
  { id: "m18", spec: "{podSelector: {}, ingress: [{from: [{podSelector: }]}]}", stored: { refused: "PC113" } },
  { id: "m19", spec: '{podSelector: {}, ingress: [{ports: [{port: "80"}]}]}', stored: { refused: "PC112" } },
  {
    id: "m20",
    spec: "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8, except: [192.168.0.0/16]}}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m21",
    spec: "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.5/8}}]}]}",
    stored: {
      spec: "{egress: [{to: [{ipBlock: {cidr: 10.0.0.5/8}}]}], podSelector: {}, policyTypes: [Ingress, Egress]}",
    },
  },
  { id: "m22", spec: "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.0.0.5}}]}]}", stored: { refused: "PC112" } },
  {
    id: "m23",
    spec: "{podSelector: {}, egress: [{to: [{ipBlock: {cidr: 10.240.01.0/24}}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m25",
    spec: "\n  podSelector: {}\n  ingress: [{from: [{podSelector: {}}]}]\n  ingress: []",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" },
  },
  { id: "m26", spec: "{policyTypes: [Ingress]}", stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" } },
  { id: "m27", spec: "{}", stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" } },
  { id: "m27b", spec: undefined, stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" } },
  {
    id: "m28",
    spec: "\n  podSelector: {}\n  ingress:\n  - from:\n    ports: [{port: 80}]",
    stored: { spec: "{ingress: [{ports: [{port: 80}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m29",
    spec: "\n  podSelector: {}\n  ingress:\n  -",
    stored: { spec: "{ingress: [{}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m30",
    spec: "{podSelector: {}, ingress: [{from: [{podSelector: {}, ipBlock: {cidr: 10.0.0.0/8}}]}]}",
    stored: { refused: "PC114" },
  },
  { id: "m31", spec: "{podSelector: {matchLabels: {enabled: true}}}", stored: { refused: "PC111" } },
  {
    id: "m32",
    spec: "{podSelector: {}, policyTypes: [Ingress], egress: [{to: [{podSelector: {}}]}]}",
    stored: { spec: "{egress: [{to: [{podSelector: {}}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m33",
    spec: "{podSelector: {matchExpressions: [{key: a, operator: in, values: [b]}]}}",
    stored: { refused: "PC112" },
  },
  { id: "m34", spec: "{podSelector: {matchExpressions: [{key: a, operator: In}]}}", stored: { refused: "PC113" } },
  {
    id: "m35",
    spec: "\n  podSelector:\n  ingress: [{from: [{podSelector: {}}]}]",
    stored: { spec: "{ingress: [{from: [{podSelector: {}}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  { id: "m36", spec: "{podSelector: {}, ingress: [{ports: [{port: 70000}]}]}", stored: { refused: "PC112" } },
  {
    id: "m37",
    spec: "{podSelector: {}, ingress: [{ports: [{port: a-very-long-port-name}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m38",
    spec: "{podSelector: {}, egress: [{ports: [{protocol: UDP}]}]}",
    stored: { spec: "{egress: [{ports: [{protocol: UDP}]}], podSelector: {}, policyTypes: [Ingress, Egress]}" },
  },
  {
    id: "m39",
    spec: "{podSelector: {}, egress: [{ports: [{}]}]}",
    stored: { spec: "{egress: [{ports: [{protocol: TCP}]}], podSelector: {}, policyTypes: [Ingress, Egress]}" },
  },
  { id: "m40", spec: "\n  podSelector:\n    matchLabels:\n      app: “web”", stored: { refused: "PC112" } },
  { id: "m41", spec: "\n\u00a0\u00a0podSelector: {}\n  policyTypes: [Ingress]", stored: { refused: "PC101" } },
  { id: "m42", spec: "\n\tpodSelector: {}", stored: { refused: "PC101" } },
  {
    id: "m43",
    spec: "{podSelector: {}, egress: [{to: [{podSelector: {matchLabels: {'color**': red}}}]}]}",
    stored: { refused: "PC112" },
  },
  {
    id: "m44",
    spec: "{podselector: {matchLabels: {app: db}}, policyTypes: [Ingress]}",
    unknown: "spec.podselector",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m45",
    spec: "{podSelector: {}, ingress: [{action: Deny, from: [{podSelector: {}}]}]}",
    unknown: "spec.ingress[0].action",
    stored: { spec: "{ingress: [{from: [{podSelector: {}}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m46",
    spec: '{selector: "all()", ingress: [{from: [{podSelector: {}}]}]}',
    unknown: "spec.selector",
    stored: { spec: "{ingress: [{from: [{podSelector: {}}]}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  {
    id: "m47",
    spec: "{podSelector: {}, egress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
    unknown: "spec.egress[0].from",
    stored: { spec: "{egress: [{}], podSelector: {}, policyTypes: [Ingress, Egress]}" },
  },
  {
    id: "m48",
    spec: "{podSelector: {}, ingress: [{to: [{podSelector: {matchLabels: {app: x}}}]}]}",
    unknown: "spec.ingress[0].to",
    stored: { spec: "{ingress: [{}], podSelector: {}, policyTypes: [Ingress]}" },
  },
  { id: "m49", spec: "{podSelector: {}, ingress: [{ports: [80, 443]}]}", stored: { refused: "PC111" } },
  {
    id: "m50",
    spec: "{podSelector: {}, policyTypes: [Ingress, Ingress]}",
    stored: { spec: "{podSelector: {}, policyTypes: [Ingress, Ingress]}" },
  },
  { id: "m51", spec: "{podSelector: {}, policyTypes: [Ingress, Egress, Ingress]}", stored: { refused: "PC112" } },
];
