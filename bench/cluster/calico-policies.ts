/** Calico's side of a generated cluster: tiers of the security and platform teams, network sets, policies of namespaces. */
import { companyBlock, METADATA, partnerBlock, partnerBlocks } from "./external-blocks.ts";
import type { Namespace } from "./namespaces.ts";
import type { Neighbourhood } from "./network-policies.ts";
import { type Fields, type KubernetesObject, type Labels, MOMENT } from "./objects.ts";
import type { PolicyDraft } from "./policy-draft.ts";
import type { Random } from "./random.ts";
import { DNS, MONITORING, SYSTEM_NAMESPACES } from "./system.ts";

const API_VERSION = "projectcalico.org/v3";
const SECURITY = "security";
const PLATFORM = "platform";
const APPLICATION = "application";

const TIERS = [
  [SECURITY, 100],
  [PLATFORM, 200],
  [APPLICATION, 500],
] as const;

/** The tiers, which pass on what none of their policies decides. */
export function tierObjects(random: Random): readonly KubernetesObject[] {
  return TIERS.map(([name, order]) => calicoObject("Tier", name, {}, { order, defaultAction: "Pass" }, random));
}

const FEED = { feed: "threats" } as const;
const BLOCKS_OF_FEED = 40;

/** Blocks with labels: feeds of addresses nobody should talk to, and partners. */
export function networkSetObjects(namespaces: readonly Namespace[], random: Random): readonly KubernetesObject[] {
  const count = Math.min(20, 2 + Math.floor(namespaces.length / 25));
  const global = Array.from({ length: count }, (_, i) => {
    const isFeed = i % 2 === 0;
    const labels: Labels = isFeed ? FEED : { role: "partner", partner: `partner-${i}` };
    const nets = partnerBlocks(isFeed ? BLOCKS_OF_FEED : random.longTail(1, 20, 1), random);
    return calicoObject("GlobalNetworkSet", `${isFeed ? "feed" : "partner"}-${i}`, labels, { nets }, random);
  });
  const own = namespaces.flatMap(({ name }) => {
    if (!random.chance(0.05)) return [];
    const spec = { nets: partnerBlocks(random.longTail(1, 10, 1), random) };
    return [calicoObject("NetworkSet", "vendors", { role: "vendor" }, spec, random, name)];
  });
  return [...global, ...own];
}

function calicoObject(
  kind: string,
  name: string,
  labels: Labels,
  spec: Fields,
  random: Random,
  namespace?: string,
): KubernetesObject {
  return {
    apiVersion: API_VERSION,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      uid: random.uuid(),
      creationTimestamp: MOMENT,
      labels,
    },
    spec,
  };
}

const TEAMS_ONLY = `has(projectcalico.org/name) && projectcalico.org/name not in {${quoted(SYSTEM_NAMESPACES)}}`;

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(", ");
}

function globalPolicy(tier: string, name: string, order: number, rest: Fields): PolicyDraft {
  return {
    apiVersion: API_VERSION,
    kind: "GlobalNetworkPolicy",
    namespace: undefined,
    name: `${tier}.${name}`,
    spec: { tier, order, ...rest },
  };
}

/** The first `count` of: what every cluster has, then one policy for the data of each team. */
export function globalPolicies(count: number, teams: readonly string[]): readonly PolicyDraft[] {
  const dns = { namespaceSelector: `projectcalico.org/name == '${DNS.namespace}'`, selector: "k8s-app == 'kube-dns'" };
  const everyone = { selector: "all()", namespaceSelector: TEAMS_ONLY };
  const standard = [
    globalPolicy(SECURITY, "block-threats", 10, {
      ...everyone,
      types: ["Egress"],
      egress: [{ action: "Deny", destination: { selector: "feed == 'threats'" } }],
    }),
    globalPolicy(PLATFORM, "allow-dns", 10, {
      ...everyone,
      types: ["Egress"],
      egress: ["UDP", "TCP"].map((protocol) => ({
        action: "Allow",
        protocol,
        destination: { ...dns, ports: [53] },
      })),
    }),
    globalPolicy(SECURITY, "quarantine", 1, {
      selector: "has(quarantine)",
      types: ["Ingress", "Egress"],
      ingress: [{ action: "Deny" }],
      egress: [{ action: "Deny" }],
    }),
    globalPolicy(SECURITY, "protect-metadata", 20, {
      ...everyone,
      types: ["Egress"],
      egress: [{ action: "Deny", destination: { nets: [METADATA] } }],
    }),
    globalPolicy(PLATFORM, "allow-monitoring", 20, {
      ...everyone,
      types: ["Ingress"],
      ingress: [
        {
          action: "Allow",
          protocol: "TCP",
          source: { namespaceSelector: `projectcalico.org/name == '${MONITORING.namespace}'`, selector: "all()" },
          destination: { ports: ["metrics"] },
        },
      ],
    }),
  ];
  return [...standard, ...teams.map(dataOfTeam)].slice(0, count);
}

/** Data is for pods of the same team; the policies of its namespaces say for which. */
function dataOfTeam(team: string, index: number): PolicyDraft {
  return globalPolicy(SECURITY, `${team}-data`, 100 + index, {
    selector: "tier == 'data'",
    namespaceSelector: `team == '${team}'`,
    types: ["Ingress"],
    ingress: [
      { action: "Pass", source: { namespaceSelector: `team == '${team}'` } },
      { action: "Deny", source: { namespaceSelector: "has(team) && team != 'platform'" } },
    ],
  });
}

/** A policy of a namespace in Calico's language; which kind of rules it holds is drawn too. */
export function calicoPolicy({ namespace, other }: Neighbourhood, number: number, random: Random): PolicyDraft {
  const target = random.pick(namespace.workloads);
  const [peer = target] = random.sample(other.workloads, 1);
  const [port] = random.sample(target.ports, 1);
  const form = random.weighted({ selectors: 5, accounts: 2, service: 2, sets: 2, deny: 1 });
  const tier = random.chance(0.3) ? APPLICATION : "default";
  const subject = random.chance(0.5) ? `app == '${target.name}'` : `tier == '${target.labels["tier"] ?? "backend"}'`;
  const here = port === undefined ? {} : { protocol: port.protocol, destination: { ports: [port.port] } };
  const from = `projectcalico.org/name == '${other.name}'`;
  const spec = { tier, order: random.integer(100, 900), selector: subject };
  const policy = (rest: Fields): PolicyDraft => ({
    apiVersion: API_VERSION,
    kind: "NetworkPolicy",
    namespace: namespace.name,
    name: `${tier === "default" ? "" : `${tier}.`}${target.name}-${form}-${number}`,
    spec: { ...spec, ...rest },
  });
  switch (form) {
    case "selectors": {
      const source = { namespaceSelector: from, selector: `app in {${quoted([peer.name, `${peer.name}-canary`])}}` };
      return policy({ types: ["Ingress"], ingress: [{ action: "Allow", ...here, source }] });
    }
    case "accounts": {
      const source = { namespaceSelector: from, serviceAccounts: { names: [peer.serviceAccount] } };
      return policy({ types: ["Ingress"], ingress: [{ action: "Allow", ...here, source }] });
    }
    case "service": {
      const services = { name: DNS.service, namespace: DNS.namespace };
      return policy({ types: ["Egress"], egress: [{ action: "Allow", destination: { services } }] });
    }
    case "sets": {
      const destination = { selector: "role in {'partner', 'vendor'}", ports: [443, "8000:8100"] };
      return policy({ types: ["Egress"], egress: [{ action: "Allow", protocol: "TCP", destination }] });
    }
    case "deny": {
      const blocked = { action: "Deny", source: { nets: [companyBlock(random)] } };
      const open = { action: "Allow", ...here, source: { notNets: [partnerBlock(random)] } };
      return policy({ types: ["Ingress"], ingress: [blocked, open] });
    }
  }
}
