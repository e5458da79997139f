/** NetworkPolicies as teams write them: defaults of a namespace, then rules between its workloads and others. */
import { COMPANY, companyBlock, partnerBlocks, PRIVATE_BLOCKS } from "./external-blocks.ts";
import type { Namespace } from "./namespaces.ts";
import type { Fields, Labels } from "./objects.ts";
import type { PolicyDraft } from "./policy-draft.ts";
import type { Random } from "./random.ts";
import { DNS, INGRESS, MONITORING } from "./system.ts";
import type { Port, Workload } from "./workloads.ts";

function draft(namespace: Namespace, name: string, spec: Fields): PolicyDraft {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", namespace: namespace.name, name, spec };
}

const EVERYONE: Fields = {};

function labelled(labels: Labels): Fields {
  return { matchLabels: labels };
}

function namespaceNamed(name: string): Fields {
  return labelled({ "kubernetes.io/metadata.name": name });
}

export function defaultDeny(namespace: Namespace, random: Random): PolicyDraft {
  const policyTypes = random.chance(0.6) ? ["Ingress", "Egress"] : ["Ingress"];
  return draft(namespace, "default-deny", { podSelector: EVERYONE, policyTypes });
}

export function allowDns(namespace: Namespace): PolicyDraft {
  return draft(namespace, "allow-dns", {
    podSelector: EVERYONE,
    policyTypes: ["Egress"],
    egress: [
      {
        to: [{ namespaceSelector: namespaceNamed(DNS.namespace), podSelector: labelled(DNS.labels) }],
        ports: [
          { protocol: "UDP", port: 53 },
          { protocol: "TCP", port: 53 },
        ],
      },
    ],
  });
}

export function allowWithin(namespace: Namespace): PolicyDraft {
  return draft(namespace, "allow-same-namespace", {
    podSelector: EVERYONE,
    policyTypes: ["Ingress", "Egress"],
    ingress: [{ from: [{ podSelector: EVERYONE }] }],
    egress: [{ to: [{ podSelector: EVERYONE }] }],
  });
}

export function allowFromIngress(namespace: Namespace): PolicyDraft {
  return draft(namespace, "allow-from-ingress", {
    podSelector: labelled({ tier: "frontend" }),
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: namespaceNamed(INGRESS.namespace), podSelector: labelled(INGRESS.labels) }],
        ports: [{ protocol: "TCP", port: "http" }],
      },
    ],
  });
}

export function allowMonitoring(namespace: Namespace): PolicyDraft {
  return draft(namespace, "allow-monitoring", {
    podSelector: { matchExpressions: [{ key: "tier", operator: "NotIn", values: ["data"] }] },
    policyTypes: ["Ingress"],
    ingress: [
      {
        from: [{ namespaceSelector: namespaceNamed(MONITORING.namespace), podSelector: labelled(MONITORING.labels) }],
        ports: [{ protocol: "TCP", port: "metrics" }],
      },
    ],
  });
}

/** What policies of single workloads are made from. */
export interface Neighbourhood {
  readonly namespace: Namespace;
  /** Another namespace that this one talks to. */
  readonly other: Namespace;
}

/** How often a rule admits all pods of another team: rare, and the long tail of peers. */
const WHOLE_TEAM = 0.2;

/** A policy for some workloads of the namespace; which kind of rule it holds is drawn too. */
export function workloadPolicy({ namespace, other }: Neighbourhood, number: number, random: Random): PolicyDraft {
  const target = random.pick(namespace.workloads);
  const podSelector = random.chance(0.08) ? labelled({ app: `retired-${number}` }) : subject(namespace, target, random);
  const ports = portsOf(target, random);
  const form = random.weighted({ within: 5, across: 3, partners: 2, company: 1, internet: 1 });
  const name = `${target.name}-${form}-${number}`;
  switch (form) {
    case "within": {
      const from = peers(namespace, random).map((peer) => ({ podSelector: peer }));
      return draft(namespace, name, { podSelector, policyTypes: ["Ingress"], ingress: [{ from, ports }] });
    }
    case "across": {
      const whole = random.chance(WHOLE_TEAM);
      const from = whole
        ? [{ namespaceSelector: labelled({ team: other.team }) }]
        : peers(other, random).map((peer) => ({
            namespaceSelector: namespaceSelector(other, random),
            podSelector: peer,
          }));
      return draft(namespace, name, { podSelector, policyTypes: ["Ingress"], ingress: [{ from, ports }] });
    }
    case "partners": {
      const blocks = partnerBlocks(random.longTail(1, 60, 1.2), random);
      const to = blocks.map((cidr) => ({ ipBlock: { cidr } }));
      const tls = [{ protocol: "TCP", port: 443 }];
      return draft(namespace, name, { podSelector, policyTypes: ["Egress"], egress: [{ to, ports: tls }] });
    }
    case "company": {
      const from = [{ ipBlock: { cidr: COMPANY, except: [companyBlock(random)] } }];
      return draft(namespace, name, { podSelector, policyTypes: ["Ingress"], ingress: [{ from, ports }] });
    }
    case "internet": {
      const to = [{ ipBlock: { cidr: "0.0.0.0/0", except: PRIVATE_BLOCKS } }];
      const range = [{ protocol: "TCP", port: 8000, endPort: random.integer(8010, 8999) }];
      const web = [{ protocol: "TCP", port: 443 }];
      const egress = [{ to, ports: random.chance(0.3) ? range : web }];
      return draft(namespace, name, { podSelector, policyTypes: ["Egress"], egress });
    }
  }
}

/** One workload, or several by what they have in common. */
function subject(namespace: Namespace, target: Workload, random: Random): Fields {
  const { app, tier } = target.labels;
  if (app === undefined || tier === undefined) return labelled(target.labels);
  switch (random.weighted({ one: 4, tier: 4, several: 2 })) {
    case "one":
      return labelled({ app });
    case "tier":
      return labelled({ tier });
    case "several": {
      const names = random.sample(namespace.workloads, random.longTail(2, 8, 1.5)).map(({ name }) => name);
      return { matchExpressions: [{ key: "app", operator: "In", values: names }] };
    }
  }
}

/** One or a few selectors of pods of the namespace. Mostly one small workload. */
function peers(namespace: Namespace, random: Random): readonly Fields[] {
  const count = random.longTail(1, 4, 3);
  return random.sample(namespace.workloads, count).map(({ labels }) => {
    const { app, tier } = labels;
    if (app === undefined || tier === undefined) return labelled(labels);
    return labelled(random.chance(0.9) ? { app } : { tier });
  });
}

/** Mostly the other namespace by its name, else all of its team. */
function namespaceSelector(other: Namespace, random: Random): Fields {
  return random.chance(0.7) ? namespaceNamed(other.name) : labelled({ team: other.team, env: other.env });
}

/** Mostly one port of the workload, by number or name. */
function portsOf({ ports }: Workload, random: Random): readonly Fields[] {
  if (ports.length === 0) return [{ protocol: "TCP", port: 8080 }];
  return random.sample(ports, random.longTail(1, 3, 2)).map((port) => policyPort(port, random));
}

function policyPort({ name, port, protocol }: Port, random: Random): Fields {
  return { protocol, port: random.chance(0.25) ? name : port };
}
