/** ClusterNetworkPolicies of a generated cluster: what the platform team imposes, and what holds where nobody else decides. */
import { METADATA } from "./external-blocks.ts";
import type { Fields } from "./objects.ts";
import type { PolicyDraft } from "./policy-draft.ts";
import { DNS, MONITORING } from "./system.ts";

function clusterPolicy(tier: "Admin" | "Baseline", name: string, priority: number, rest: Fields): PolicyDraft {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    namespace: undefined,
    name,
    spec: { tier, priority, ...rest },
  };
}

function port(protocol: "tcp" | "udp", number: number): Fields {
  return { [protocol]: { destinationPort: { number } } };
}

function named(namespace: string): Fields {
  return { namespaces: { matchLabels: { "kubernetes.io/metadata.name": namespace } } };
}

const EVERYONE = { namespaces: {} };
const TEAMS = { namespaces: { matchExpressions: [{ key: "env", operator: "Exists" }] } };

/** The first `count` of: what every cluster has, then one policy for each team. Priorities differ, so no two contend. */
export function clusterPolicies(count: number, teams: readonly string[]): readonly PolicyDraft[] {
  const standard = [
    clusterPolicy("Admin", "allow-dns", 10, {
      subject: TEAMS,
      egress: [
        { name: "dns", action: "Accept", to: [named(DNS.namespace)], protocols: [port("udp", 53), port("tcp", 53)] },
      ],
    }),
    clusterPolicy("Baseline", "no-dev-to-prod", 10, {
      subject: { namespaces: { matchLabels: { env: "prod" } } },
      ingress: [
        {
          name: "other environments",
          action: "Deny",
          from: [{ namespaces: { matchExpressions: [{ key: "env", operator: "In", values: ["dev", "staging"] }] } }],
        },
      ],
    }),
    clusterPolicy("Admin", "no-metadata", 20, {
      subject: EVERYONE,
      egress: [{ name: "metadata", action: "Deny", to: [{ networks: [METADATA] }] }],
    }),
    clusterPolicy("Admin", "allow-monitoring", 30, {
      subject: TEAMS,
      ingress: [
        {
          name: "prometheus",
          action: "Accept",
          from: [named(MONITORING.namespace)],
          protocols: [{ destinationNamedPort: "metrics" }],
        },
      ],
    }),
    clusterPolicy("Baseline", "high-ports-stay-inside", 20, {
      subject: TEAMS,
      egress: [
        {
          name: "high ports",
          action: "Deny",
          to: [{ networks: ["0.0.0.0/0"] }],
          protocols: [{ tcp: { destinationPort: { range: { start: 32_768, end: 65_535 } } } }],
        },
      ],
    }),
  ];
  return [...standard, ...teams.map(ofTeam)].slice(0, count);
}

/** What a team does with its own data is its own affair; nobody else's pods come near it. */
function ofTeam(team: string, index: number): PolicyDraft {
  const data = { podSelector: { matchLabels: { tier: "data" } } };
  return clusterPolicy("Admin", `${team}-data`, 100 + index, {
    subject: { pods: { namespaceSelector: { matchLabels: { team } }, ...data } },
    ingress: [
      { name: "own pods", action: "Pass", from: [{ namespaces: { matchLabels: { team } } }] },
      {
        name: "other teams",
        action: "Deny",
        from: [{ namespaces: { matchExpressions: [{ key: "team", operator: "NotIn", values: [team, "platform"] }] } }],
      },
    ],
  });
}
