import * as fc from "fast-check";
import type {
  RawClusterPeer,
  RawClusterPolicy,
  RawClusterProtocol,
  RawElderPolicy,
  RawElderPort,
  RawPodPeer,
} from "../naive/cluster-policy-objects.ts";
import type { RawSelector } from "../naive/raw-objects.ts";
import type { DraftOf } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { buildIpBlock, ipBlockDraft } from "./ip-blocks.ts";
import type { IpBlockDraft } from "./ip-blocks.ts";
import { namespaceSelector, podSelector, selectorFrom } from "./policies.ts";
import { nodeLabelValues, portNames, portNumbers } from "./vocabulary.ts";

// Peers

const podPeer: fc.Arbitrary<RawPodPeer> = fc.oneof(
  fc.constant({ namespaces: {} }),
  namespaceSelector.map((namespaces) => ({ namespaces })),
  fc.tuple(namespaceSelector, podSelector).map(([inNamespaces, pods]) => ({
    pods: { namespaceSelector: inNamespaces, podSelector: pods },
  })),
);

type AddressPeerDraft = { readonly networks: readonly IpBlockDraft[] } | { readonly nodes: RawSelector };

const addressPeerDraft: fc.Arbitrary<AddressPeerDraft> = fc.oneof(
  fc
    .uniqueArray(ipBlockDraft, { minLength: 1, maxLength: 2, selector: ({ center }) => center })
    .map((networks) => ({ networks })),
  selectorFrom(nodeLabelValues).map((nodes) => ({ nodes })),
);

// Traffic

/** The same destination ports are written in two ways; a range has more than one port. */
type PortDraft =
  | { readonly name: string }
  | { readonly protocol: "TCP" | "UDP" | "SCTP"; readonly start: number; readonly end: number };

const transport = fc.constantFrom<"TCP" | "UDP" | "SCTP">("TCP", "TCP", "UDP", "SCTP");
const numbered: fc.Arbitrary<PortDraft> = fc
  .tuple(
    transport,
    fc.oneof(
      fc.constantFrom(...portNumbers).map((port) => ({ start: port, end: port })),
      fc.constantFrom({ start: 80, end: 90 }, { start: 1, end: 65_535 }, { start: 53, end: 80 }),
    ),
  )
  .map(([protocol, range]) => ({ protocol, ...range }));
const named: fc.Arbitrary<PortDraft> = fc.constantFrom(...portNames).map((name) => ({ name }));

// Rules

const ruleDraft = fc.record({
  action: fc.constantFrom<string[]>("Accept", "Accept", "Deny", "Deny", "Pass"),
  pods: fc.array(podPeer, { maxLength: 2 }),
  addresses: fc.array(addressPeerDraft, { maxLength: 2 }),
  ports: fc.option(fc.array(fc.oneof(numbered, named), { minLength: 1, maxLength: 3 }), { freq: 2 }),
});
type RuleDraft = DraftOf<typeof ruleDraft>;

const rules: fc.Arbitrary<readonly RuleDraft[]> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 5, arbitrary: fc.array(ruleDraft, { minLength: 1, maxLength: 3 }) },
);

/** Pods alone on ingress; on egress addresses too, which have no named ports. */
function buildRule({ action, pods, addresses, ports }: RuleDraft, side: "from" | "to", inventory: Inventory) {
  const asked = side === "to" ? addresses.map((peer) => buildAddressPeer(peer, inventory)) : [];
  const peers: readonly RawClusterPeer[] = pods.length + asked.length > 0 ? [...pods, ...asked] : [{ namespaces: {} }];
  const usable = asked.length > 0 ? (ports ?? []).filter((port) => !("name" in port)) : (ports ?? []);
  return {
    action,
    ...(side === "from" ? { from: peers } : { to: peers }),
    ...(usable.length > 0 ? { ports: usable } : {}),
  };
}

function buildAddressPeer(draft: AddressPeerDraft, inventory: Inventory): RawClusterPeer {
  if ("nodes" in draft) return draft;
  const cidrs = draft.networks.map((block) => buildIpBlock({ ...block, hasHostBits: false }, inventory).cidr);
  return { networks: [...new Set(cidrs)] };
}

// Policies

export const clusterPolicyDraft = fc.record({
  number: fc.nat({ max: 9 }),
  form: fc.oneof(
    { weight: 4, arbitrary: fc.constant("Admin" as const) },
    { weight: 2, arbitrary: fc.constant("Baseline" as const) },
    { weight: 2, arbitrary: fc.constantFrom("AdminNetworkPolicy" as const, "BaselineAdminNetworkPolicy" as const) },
  ),
  priority: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(10, 10, 10, 10, 0, 20) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 1000 }) },
  ),
  subject: podPeer,
  /** Half of the policies leave one direction alone. */
  ingress: rules,
  egress: rules,
});
export type ClusterPolicyDraft = DraftOf<typeof clusterPolicyDraft>;

/** All of them, except that the elder Baseline, which has no priority, gives way to younger Baseline policies. */
export function buildClusterPolicies(
  drafts: readonly ClusterPolicyDraft[],
  inventory: Inventory,
): readonly (RawClusterPolicy | RawElderPolicy)[] {
  const elderBaseline = drafts.find(({ form }) => form === "BaselineAdminNetworkPolicy");
  const hasBaseline = drafts.some(({ form }) => form === "Baseline");
  return drafts.flatMap((draft): readonly (RawClusterPolicy | RawElderPolicy)[] => {
    if (draft.form === "Admin" || draft.form === "Baseline") return [buildYounger(draft, draft.form, inventory)];
    if (draft.form === "AdminNetworkPolicy") return [buildElder(draft, draft.form, inventory)];
    return draft === elderBaseline && !hasBaseline ? [buildElder(draft, draft.form, inventory)] : [];
  });
}

function buildYounger(draft: ClusterPolicyDraft, tier: "Admin" | "Baseline", inventory: Inventory): RawClusterPolicy {
  const younger = (side: "from" | "to") => (rule: RuleDraft) => {
    const { ports, ...rest } = buildRule(rule, side, inventory);
    return { ...rest, ...(ports === undefined ? {} : { protocols: ports.map(protocolOf) }) };
  };
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: `cluster-${draft.number}` },
    spec: {
      tier,
      priority: draft.priority,
      subject: draft.subject,
      ...(draft.ingress.length > 0 ? { ingress: draft.ingress.map(younger("from")) } : {}),
      ...(draft.egress.length > 0 ? { egress: draft.egress.map(younger("to")) } : {}),
    },
  };
}

function protocolOf(port: PortDraft): RawClusterProtocol {
  if ("name" in port) return { destinationNamedPort: port.name };
  const { protocol, start, end } = port;
  const destinationPort = start === end ? { number: start } : { range: { start, end } };
  switch (protocol) {
    case "TCP":
      return { tcp: { destinationPort } };
    case "UDP":
      return { udp: { destinationPort } };
    case "SCTP":
      return { sctp: { destinationPort } };
  }
}

function buildElder(
  draft: ClusterPolicyDraft,
  kind: "AdminNetworkPolicy" | "BaselineAdminNetworkPolicy",
  inventory: Inventory,
): RawElderPolicy {
  const isBaseline = kind === "BaselineAdminNetworkPolicy";
  const elder = (side: "from" | "to") => (rule: RuleDraft) => {
    const { action, ports, ...rest } = buildRule(rule, side, inventory);
    const isAllowed = action === "Accept" || (isBaseline && action === "Pass");
    return {
      ...rest,
      action: isAllowed ? "Allow" : action,
      ...(ports === undefined ? {} : { ports: ports.map(elderPortOf) }),
    };
  };
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha1",
    kind,
    metadata: { name: isBaseline ? "default" : `elder-${draft.number}` },
    spec: {
      ...(isBaseline ? {} : { priority: draft.priority }),
      subject: draft.subject,
      ...(draft.ingress.length > 0 ? { ingress: draft.ingress.map(elder("from")) } : {}),
      ...(draft.egress.length > 0 ? { egress: draft.egress.map(elder("to")) } : {}),
    },
  };
}

function elderPortOf(port: PortDraft): RawElderPort {
  if ("name" in port) return { namedPort: port.name };
  const { protocol, start, end } = port;
  return start === end ? { portNumber: { protocol, port: start } } : { portRange: { protocol, start, end } };
}
