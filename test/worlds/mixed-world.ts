import * as fc from "fast-check";
import type { RawNode, RawObject, RawPod, RawServiceAccount } from "../naive/raw-objects.ts";
import {
  buildCalicoPolicy,
  buildStaged,
  buildStagedKubernetes,
  buildTier,
  calicoPolicyDraft,
  stagedAction,
  stagedDraft,
  tierDraft,
} from "./calico-policies.ts";
import type { CalicoPolicyDraft } from "./calico-policies.ts";
import { buildClusterPolicies, clusterPolicyDraft } from "./cluster-policies.ts";
import type { ClusterPolicyDraft } from "./cluster-policies.ts";
import { chance, labelsFrom, nameOf, seldom } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { aimedPacket, aimedPacketDraft, buildService, serviceDraft } from "./endpoint-slices.ts";
import { inventory } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";
import { buildNetworkSet, networkSetDraft } from "./network-sets.ts";
import { buildPackets, packetDraft } from "./packets.ts";
import { buildPolicy, policyDraft } from "./policies.ts";
import { reference, resolveSome } from "./reference.ts";
import { accountLabelValues, accountNames, namespaceNames, nodeLabelValues } from "./vocabulary.ts";
import type { World } from "./world.ts";

const accountDraft = fc.record({
  name: fc.constantFrom(...accountNames),
  namespace: reference,
  labels: labelsFrom(accountLabelValues),
});

/** What pods and nodes have that only some policy languages look at: by place, so that shrinking leaves the others alone. */
const garnishDraft = fc.record({
  podAccounts: fc.array(fc.constantFrom(undefined, undefined, ...accountNames), { minLength: 11, maxLength: 11 }),
  forgedNamespaces: fc.array(seldom(fc.constantFrom(...namespaceNames), 4), { minLength: 11, maxLength: 11 }),
  nodeLabels: fc.array(labelsFrom(nodeLabelValues), { minLength: 3, maxLength: 3 }),
});

/** Labels that Calico must not believe a pod. */
const forgery = (namespace: string) => ({
  "projectcalico.org/namespace": namespace,
  "projectcalico.org/serviceaccount": "robot",
  "pcns.env": "prod",
  "pcsa.role": "admin",
});

/**
 * Random worlds with every policy language for pods: what `world()` has, and Calico policies of all tiers (staged ones too),
 * network sets, service accounts, services with endpoint slices, cluster policies and their elders. Everything is valid for
 * its API. Up to 40 packets. `inventories` says who is there.
 */
export function mixedWorld(inventories: fc.Arbitrary<Inventory> = inventory): fc.Arbitrary<World> {
  return fc
    .record({
      inventory: inventories,
      garnish: garnishDraft,
      accounts: fc.uniqueArray(accountDraft, {
        maxLength: 3,
        selector: ({ name, namespace }) => `${namespace}/${name}`,
      }),
      sets: fc.uniqueArray(networkSetDraft, { maxLength: 4, selector: ({ number }) => number, size: "max" }),
      services: fc.uniqueArray(serviceDraft, { maxLength: 2, selector: ({ name }) => name, size: "max" }),
      tiers: fc.uniqueArray(tierDraft, { maxLength: 2, selector: ({ name }) => name }),
      kubernetes: fc.uniqueArray(kubernetesDraft, { maxLength: 2, selector: ({ number }) => number }),
      calico: fc.oneof(calicoPolicies(0, 2), { weight: 3, arbitrary: calicoPolicies(2, 6) }),
      /** Now and then all policies of Calico stand at one place, so that their names decide. */
      place: seldom(fc.constantFrom({ order: 1000 }, { order: 1000 }, { order: undefined }), 3),
      twins: fc.record({ calico: seldom(fc.constantFrom("-1", ".x", "0"), 2), cluster: chance(1, 4) }),
      staged: fc.uniqueArray(stagedDraft, { maxLength: 2, selector: ({ policy }) => identityOf(policy) }),
      stagedKubernetes: seldom(fc.record({ policy: kubernetesDraft, stagedAction }), 4),
      cluster: fc.oneof(
        { weight: 2, arbitrary: clusterPolicies(0, 1) },
        { weight: 3, arbitrary: clusterPolicies(2, 5) },
      ),
      packets: fc.oneof(packets(1, 30), { weight: 3, arbitrary: packets(20, 30) }),
      aimed: fc.array(aimedPacketDraft, { maxLength: 10, size: "max" }),
    })
    .map((drafts) => {
      const known = garnished(drafts.inventory, drafts.garnish);
      const tiers = drafts.tiers.map(buildTier);
      const services = drafts.services.flatMap((draft) => buildService(draft, known));
      const surroundings = {
        inventory: known,
        services: services.filter(({ kind }) => kind === "Service"),
        tiers,
      };
      const objects: RawObject[] = [
        ...known.namespaces,
        ...known.nodes,
        ...uniqueAccounts(drafts.accounts, known),
        ...known.pods,
        ...drafts.sets.map((draft) => buildNetworkSet(draft, known)),
        ...services,
        ...tiers,
        ...drafts.kubernetes.map((draft) => buildPolicy(draft, known)),
        ...withTwin(drafts.calico, drafts.twins.calico).map((draft) => {
          const place = drafts.place === null ? {} : { ...drafts.place, tier: "default" as const };
          return buildCalicoPolicy({ ...draft, ...place }, surroundings);
        }),
        ...drafts.staged.map((draft) => buildStaged(draft, surroundings)),
        ...[drafts.stagedKubernetes].flatMap((draft) =>
          draft === null ? [] : [buildStagedKubernetes(buildPolicy(draft.policy, known), draft.stagedAction)],
        ),
        ...buildClusterPolicies(withClusterTwin(drafts.cluster, drafts.twins.cluster), known),
      ];
      const aimed = drafts.aimed.flatMap((draft) => aimedPacket(draft, services, known));
      return { objects, packets: [...buildPackets(drafts.packets, objects), ...aimed] };
    });
}

/** Few names, so that Calico's policies come to bear the same. */
const kubernetesDraft = policyDraft.map((draft) => ({ ...draft, number: draft.number % 5 }));

function packets(minLength: number, maxLength: number) {
  return fc.array(packetDraft, { minLength, maxLength, size: "max" });
}

function clusterPolicies(minLength: number, maxLength: number) {
  return fc.uniqueArray(clusterPolicyDraft, { minLength, maxLength, selector: ({ number }) => number, size: "max" });
}

function calicoPolicies(minLength: number, maxLength: number) {
  return fc.uniqueArray(calicoPolicyDraft, { minLength, maxLength, selector: identityOf, size: "max" });
}

/** With a policy that says the opposite of the first at the same place under a similar name, so that only names decide. */
function withTwin(drafts: readonly CalicoPolicyDraft[], suffix: string | null): readonly CalicoPolicyDraft[] {
  const [first] = drafts;
  if (first === undefined || suffix === null) return drafts;
  const twin = {
    ...first,
    name: first.name.includes(".") ? `${first.name}-1` : first.name + suffix,
    ingress: first.ingress?.map(opposed("Allow")),
    egress: first.egress?.map(opposed("Allow")),
  };
  return drafts.some((draft) => identityOf(draft) === identityOf(twin)) ? drafts : [...drafts, twin];
}

/** The same for the first cluster policy, whose twin has its priority. */
function withClusterTwin(drafts: readonly ClusterPolicyDraft[], hasTwin: boolean): readonly ClusterPolicyDraft[] {
  const [first] = drafts;
  if (first === undefined || !hasTwin || first.form === "BaselineAdminNetworkPolicy") return drafts;
  const { ingress, egress } = first;
  return [
    ...drafts,
    { ...first, number: 99, ingress: ingress.map(opposed("Accept")), egress: egress.map(opposed("Accept")) },
  ];
}

/** The rule with Deny for any other action, and `yes` for Deny. */
function opposed(yes: string) {
  return <T extends { readonly action: string }>(rule: T) => ({
    ...rule,
    action: rule.action === "Deny" ? yes : "Deny",
  });
}

function identityOf({ kind, name }: Pick<CalicoPolicyDraft, "kind" | "name">): string {
  return `${kind}/${name}`;
}

function garnished({ namespaces, nodes, pods }: Inventory, garnish: DraftOf<typeof garnishDraft>): Inventory {
  return {
    namespaces,
    nodes: nodes.map((node, index): RawNode => {
      const labels = { ...node.metadata?.labels, ...garnish.nodeLabels[index] };
      return { ...node, metadata: { ...node.metadata, labels } };
    }),
    pods: pods.map((pod, index): RawPod => {
      const serviceAccountName = garnish.podAccounts[index];
      const forged = garnish.forgedNamespaces[index] ?? null;
      const labels = { ...pod.metadata?.labels, ...(forged === null ? {} : forgery(forged)) };
      return {
        ...pod,
        metadata: { ...pod.metadata, labels },
        spec: { ...pod.spec, ...(serviceAccountName === undefined ? {} : { serviceAccountName }) },
      };
    }),
  };
}

/** Of accounts that come to bear one name in one namespace the first stays. */
function uniqueAccounts(
  drafts: readonly DraftOf<typeof accountDraft>[],
  { namespaces }: Inventory,
): readonly RawServiceAccount[] {
  const accounts = drafts.map(({ name, namespace: pointer, labels }): RawServiceAccount => {
    const namespace = nameOf(resolveSome(pointer, namespaces, nameOf));
    return { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace, labels } };
  });
  const idOf = ({ metadata }: RawServiceAccount) => `${metadata?.namespace}/${metadata?.name}`;
  return accounts.filter((one, index) => accounts.findIndex((other) => idOf(other) === idOf(one)) === index);
}
