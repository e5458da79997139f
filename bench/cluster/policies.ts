/** The policies of a generated cluster, all languages together, in the proportions that clusters have. */
import { calicoPolicy, globalPolicies } from "./calico-policies.ts";
import { clusterPolicies } from "./cluster-policies.ts";
import { partnerBlocks } from "./external-blocks.ts";
import type { Namespace } from "./namespaces.ts";
import {
  allowDns,
  allowFromIngress,
  allowMonitoring,
  allowWithin,
  defaultDeny,
  type Neighbourhood,
  workloadPolicy,
} from "./network-policies.ts";
import type { PolicyDraft } from "./policy-draft.ts";
import type { Random } from "./random.ts";

/** The most cluster-wide policies of each language: people who write them keep them few. */
const MOST_GLOBAL = 40;
/** Of the policies of namespaces, those in Calico's language. */
const CALICO_SHARE = 0.15;

/** Exactly `count` policies for the namespaces of teams. O(count + namespaces). */
export function policyDrafts(namespaces: readonly Namespace[], count: number, random: Random): readonly PolicyDraft[] {
  const teams = [...new Set(namespaces.map(({ team }) => team))];
  const cluster = clusterPolicies(fewOf(count, 150), teams);
  const global = globalPolicies(fewOf(count, 100), teams);
  const left = count - cluster.length - global.length;
  const defaults = defaultsOf(namespaces, random.fork("defaults")).slice(0, left);
  const workloads = Array.from({ length: left - defaults.length }, (_, number) =>
    ofSomeWorkload(neighbourhood(namespaces, random.fork(`neighbourhood ${number}`)), number, random),
  );
  return [...cluster, ...global, ...defaults, ...workloads];
}

/** One for every `step` policies and two to begin with; none in a cluster with hardly any. */
function fewOf(count: number, step: number): number {
  return count < 10 ? 0 : Math.min(MOST_GLOBAL, 2 + Math.floor(count / step));
}

/** What namespaces have before anyone thinks about single workloads: all their denials, then the rest. */
function defaultsOf(namespaces: readonly Namespace[], random: Random): readonly PolicyDraft[] {
  const drawn = namespaces.map((namespace) => ({
    denials: random.chance(0.8) ? [defaultDeny(namespace, random)] : [],
    others: [
      ...(random.chance(0.6) ? [allowDns(namespace)] : []),
      ...(random.chance(0.25) ? [allowWithin(namespace)] : []),
      ...(random.chance(0.35) ? [allowFromIngress(namespace)] : []),
      ...(random.chance(0.2) ? [allowMonitoring(namespace)] : []),
    ],
  }));
  return [...drawn.flatMap(({ denials }) => denials), ...drawn.flatMap(({ others }) => others)];
}

/** Namespaces mostly talk to one nearby. */
function neighbourhood(namespaces: readonly Namespace[], random: Random): Neighbourhood {
  const index = random.integer(0, namespaces.length - 1);
  const other = random.chance(0.5) ? index : index + random.integer(-8, 8);
  const namespace = namespaces[index] ?? random.pick(namespaces);
  return { namespace, other: namespaces[other] ?? namespace };
}

function ofSomeWorkload(between: Neighbourhood, number: number, random: Random): PolicyDraft {
  const own = random.fork(`policy ${number}`);
  return own.chance(CALICO_SHARE) ? calicoPolicy(between, number, own) : workloadPolicy(between, number, own);
}

/** A policy that lists many blocks one by one, as those that are made from feeds. */
export function policyOfBlocks(namespace: Namespace, count: number, random: Random): PolicyDraft {
  const to = partnerBlocks(count, random).map((cidr) => ({ ipBlock: { cidr } }));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    namespace: namespace.name,
    name: "many-blocks",
    spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ to, ports: [{ protocol: "TCP", port: 443 }] }] },
  };
}
