/**
 * Kubernetes NetworkPolicy v1 to the policy model. Rule numbers refer to the numbered semantics in `docs/semantics.md`.
 */
import { NAMESPACE_NAME_LABEL } from "../../../cluster/inventory.ts";
import { transport } from "../../../cluster/pods.ts";
import { all, equals, EVERYTHING, has, isIn, not, type Selector } from "../../../labels/selector.ts";
import {
  type AddressSet,
  blockWithout,
  type Cidr,
  isAddressError,
  NO_ADDRESSES,
  parseCidr,
} from "../../../net/address.ts";
import { allOf, toPorts } from "../../../net/traffic.ts";
import type {
  LabelSelector,
  LabelSelectorRequirement,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyResource,
  NetworkPolicyRule,
} from "../../../resources/kinds.ts";
import type { Origin, Path } from "../../../source/origin.ts";
import { inOrder, type Peer, type Policy, type PortMatch, type Rule, type Tier } from "../../model.ts";

/** Where NetworkPolicies stand among the tiers, and among the policies of their tier. */
const DEFAULT_TIER = { name: "default", order: 1_000_000, defaultAction: "deny" } as const;
const ORDER_IN_TIER = 1000;

/** The tier of all NetworkPolicies. Isolation needs no special case: allow rules, and deny for what is left. */
export function networkPolicyTier(policies: readonly NetworkPolicyResource[]): Tier {
  return { ...DEFAULT_TIER, policies: inOrder(policies.map(lowerNetworkPolicy)) };
}

export function lowerNetworkPolicy(resource: NetworkPolicyResource): Policy {
  const { metadata, spec } = resource;
  const own = equals(NAMESPACE_NAME_LABEL, metadata.namespace);
  const lowerRules = (rules: readonly NetworkPolicyRule[], section: "ingress" | "egress"): readonly Rule[] =>
    rules.map((rule, i) =>
      lowerRule(rule, own, section === "ingress" ? "from" : "to", ["spec", section, i], resource.origin),
    );
  return {
    kind: resource.kind,
    namespace: metadata.namespace,
    name: metadata.name,
    subject: { namespaces: own, pods: lowerLabelSelector(spec.podSelector) },
    // policyTypes alone decides which directions are governed; rules of another direction are dead (rule 4).
    ingress: spec.policyTypes.includes("Ingress") ? lowerRules(spec.ingress, "ingress") : undefined,
    egress: spec.policyTypes.includes("Egress") ? lowerRules(spec.egress, "egress") : undefined,
    order: ORDER_IN_TIER,
    origin: resource.origin(),
    originAt: resource.origin,
  };
}

type OriginAt = (path: Path) => Origin;

function lowerRule(rule: NetworkPolicyRule, own: Selector, list: "from" | "to", path: Path, originAt: OriginAt): Rule {
  return {
    action: "allow",
    // An empty or missing list does not restrict (rule 1).
    peers:
      rule.peers.length === 0
        ? undefined
        : rule.peers.map((peer, i) => lowerPeer(peer, own, originAt([...path, list, i]))),
    ports:
      rule.ports.length === 0
        ? undefined
        : rule.ports.map((port, i) => lowerPort(port, originAt([...path, "ports", i]))),
    origin: originAt(path),
  };
}

/** A podSelector alone means the policy's own namespace, a namespaceSelector alone every pod there (rules 2 and 3). */
function lowerPeer(peer: NetworkPolicyPeer, own: Selector, origin: Origin): Peer {
  if (peer.ipBlock !== undefined) {
    return { pods: undefined, addresses: lowerBlock(peer.ipBlock.cidr, peer.ipBlock.except), origin };
  }
  const namespaces = peer.namespaceSelector === undefined ? own : lowerLabelSelector(peer.namespaceSelector);
  const pods = peer.podSelector === undefined ? EVERYTHING : lowerLabelSelector(peer.podSelector);
  return { pods: { namespaces, pods }, addresses: undefined, origin };
}

function lowerBlock(cidr: string, except: readonly string[]): AddressSet {
  const block = parseCidr(cidr);
  if (isAddressError(block)) return NO_ADDRESSES;
  return blockWithout(
    block,
    except.map(parseCidr).filter((exception): exception is Cidr => !isAddressError(exception)),
  );
}

function lowerPort({ protocol, port, endPort }: NetworkPolicyPort, origin: Origin): PortMatch {
  const number = transport(protocol);
  if (port === undefined) return { kind: "traffic", traffic: allOf(number), origin };
  if (typeof port === "string") return { kind: "named", name: port, protocol: number, origin };
  return { kind: "traffic", traffic: toPorts(number, [{ start: port, end: (endPort ?? port) + 1 }]), origin };
}

/** matchLabels and matchExpressions are ANDed; NotIn and DoesNotExist also match objects without the key (rule 6). */
export function lowerLabelSelector(selector: LabelSelector): Selector {
  return all([
    ...Object.entries(selector.matchLabels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => equals(key, value)),
    ...selector.matchExpressions.map(lowerRequirement),
  ]);
}

function lowerRequirement({ key, operator, values }: LabelSelectorRequirement): Selector {
  switch (operator) {
    case "In":
      return isIn(key, values);
    case "NotIn":
      return not(isIn(key, values));
    case "Exists":
      return has(key);
    case "DoesNotExist":
      return not(has(key));
  }
}
