import * as fc from "fast-check";
import type {
  RawLabels,
  RawNetworkPolicy,
  RawPeer,
  RawPolicyPort,
  RawRequirement,
  RawSelector,
} from "../naive/raw-objects.ts";
import type { Inventory } from "./inventory.ts";
import { chance, nameOf } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { buildIpBlock, ipBlockDraft } from "./ip-blocks.ts";
import type { IpBlockDraft } from "./ip-blocks.ts";
import { reference, resolveSome } from "./reference.ts";
import {
  nameLabel,
  namespaceLabelValues,
  namespaceNames,
  podLabelValues,
  portNames,
  portNumbers,
  unusedPortName,
} from "./vocabulary.ts";

// Selectors

/** Half of them select everything or by one label, so that policies find pods; the rest uses every operator. */
export function selectorFrom(values: Readonly<Record<string, readonly string[]>>): fc.Arbitrary<RawSelector> {
  const oneLabel = fc.oneof(
    ...Object.entries(values).map(([key, own]) =>
      fc.constantFrom(...own).map((value): RawLabels => ({ [key]: value })),
    ),
  );
  const requirement = fc.oneof(...Object.entries(values).map(([key, own]) => requirementOn(key, own)));
  const matchExpressions = fc.array(requirement, { minLength: 1, maxLength: 2 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<RawSelector>({}, { matchLabels: {} }, { matchExpressions: [] }) },
    { weight: 3, arbitrary: oneLabel.map((matchLabels) => ({ matchLabels })) },
    { weight: 3, arbitrary: matchExpressions.map((matchExpressions) => ({ matchExpressions })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(oneLabel, oneLabel, matchExpressions)
        .map(([a, b, matchExpressions]) => ({ matchLabels: { ...a, ...b }, matchExpressions })),
    },
  );
}

function requirementOn(key: string, values: readonly string[]): fc.Arbitrary<RawRequirement> {
  const some = fc.uniqueArray(fc.constantFrom(...values, "other"), { minLength: 1, maxLength: 2 });
  return fc.oneof(
    fc.constantFrom("Exists", "DoesNotExist").map((operator) => ({ key, operator })),
    fc.tuple(fc.constantFrom("NotIn", "In"), some).map(([operator, listed]) => ({ key, operator, values: listed })),
  );
}

export const podSelector = selectorFrom(podLabelValues);
export const namespaceSelector = fc.oneof(
  { weight: 2, arbitrary: selectorFrom(namespaceLabelValues) },
  { weight: 2, arbitrary: selectorFrom({ [nameLabel]: namespaceNames }) },
  { weight: 1, arbitrary: selectorFrom({ ...namespaceLabelValues, [nameLabel]: namespaceNames }) },
);

// Peers

type PeerDraft = { readonly selectors: RawPeer } | { readonly ipBlock: IpBlockDraft };

const peerDraft: fc.Arbitrary<PeerDraft> = fc.oneof(
  podSelector.map((pods) => ({ selectors: { podSelector: pods } })),
  namespaceSelector.map((namespaces) => ({ selectors: { namespaceSelector: namespaces } })),
  fc
    .tuple(namespaceSelector, podSelector)
    .map(([namespaces, pods]) => ({ selectors: { namespaceSelector: namespaces, podSelector: pods } })),
  { weight: 2, arbitrary: ipBlockDraft.map((ipBlock) => ({ ipBlock })) },
);

// Ports

const protocol = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 4, arbitrary: fc.constantFrom("TCP", "UDP") },
  { weight: 1, arbitrary: fc.constant("SCTP") },
);

const ranges: readonly { readonly port: number; readonly endPort: number }[] = [
  { port: 80, endPort: 90 },
  { port: 53, endPort: 80 },
  { port: 8080, endPort: 8080 },
  { port: 1, endPort: 65_535 },
  { port: 1024, endPort: 65_535 },
  { port: 85, endPort: 8080 },
];

const policyPort: fc.Arbitrary<RawPolicyPort> = fc
  .tuple(
    protocol,
    fc.oneof(
      { weight: 1, arbitrary: fc.constant({}) },
      { weight: 3, arbitrary: fc.constantFrom(...portNumbers, 1, 65_535).map((port) => ({ port })) },
      { weight: 2, arbitrary: fc.constantFrom(...ranges) },
      { weight: 5, arbitrary: fc.constantFrom(...portNames, ...portNames, unusedPortName).map((port) => ({ port })) },
    ),
  )
  .map(([name, port]) => (name === undefined ? port : { ...port, protocol: name }));

// Rules and policies

/** An absent list and an empty one both mean everything, so both must occur; most lists say something. */
function sometimes<T>(element: fc.Arbitrary<T>): fc.Arbitrary<readonly T[] | undefined> {
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 8, arbitrary: fc.array(element, { minLength: 1, maxLength: 3 }) },
  );
}

const ruleDraft = fc.record({ peers: sometimes(peerDraft), ports: sometimes(policyPort) });
type RuleDraft = DraftOf<typeof ruleDraft>;

const ruleDrafts: fc.Arbitrary<readonly RuleDraft[] | undefined> = fc.oneof(
  { weight: 2, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 7, arbitrary: fc.array(ruleDraft, { minLength: 1, maxLength: 3 }) },
);

export const policyDraft = fc.record({
  number: fc.nat({ max: 99 }),
  namespace: reference,
  mayStandAlone: chance(1, 8),
  /** Null: the field is left out. */
  podSelector: fc.option(fc.oneof(podSelector, fc.constant<RawSelector>({})), { freq: 12 }),
  policyTypes: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: fc.constantFrom(["Ingress"], ["Egress"]) },
    { weight: 4, arbitrary: fc.constantFrom(["Ingress", "Egress"], ["Egress", "Ingress"]) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
  ingress: ruleDrafts,
  egress: ruleDrafts,
});
export type PolicyDraft = DraftOf<typeof policyDraft>;

export function buildPolicy(draft: PolicyDraft, inventory: Inventory): RawNetworkPolicy {
  const { policyTypes, ingress, egress } = draft;
  const { namespaces, pods } = inventory;
  const inhabited = namespaces.filter((namespace) =>
    pods.some(({ metadata }) => metadata?.namespace === nameOf(namespace)),
  );
  const namespace = nameOf(resolveSome(draft.namespace, draft.mayStandAlone ? namespaces : inhabited, nameOf));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `policy-${draft.number}`, namespace },
    spec: {
      ...(draft.podSelector === null ? {} : { podSelector: draft.podSelector }),
      ...(policyTypes === undefined ? {} : { policyTypes }),
      ...(ingress === undefined ? {} : { ingress: ingress.map((rule) => buildRule(rule, "from", inventory)) }),
      ...(egress === undefined ? {} : { egress: egress.map((rule) => buildRule(rule, "to", inventory)) }),
    },
  };
}

function buildRule({ peers, ports }: RuleDraft, side: "from" | "to", inventory: Inventory) {
  return {
    ...(peers === undefined ? {} : { [side]: peers.map((peer) => buildPeer(peer, inventory)) }),
    ...(ports === undefined ? {} : { ports }),
  };
}

function buildPeer(draft: PeerDraft, inventory: Inventory): RawPeer {
  return "ipBlock" in draft ? { ipBlock: buildIpBlock(draft.ipBlock, inventory) } : draft.selectors;
}
