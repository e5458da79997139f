/**
 * Kubernetes NetworkPolicy v1 to the policy model. Rule numbers refer to the numbered semantics in `docs/semantics.md`.
 */
import { transport } from "../../../cluster/pods.ts";
import { EVERYTHING, type Selector } from "../../../labels/selector.ts";
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
  Metadata,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicyRule,
  NetworkPolicySpec,
} from "../../../resources/kinds.ts";
import type { Origin, Path } from "../../../source/origin.ts";
import { NETWORK_POLICY_ORDER, type Peer, type Policy, type Rule, type TrafficMatch } from "../../model.ts";
import { lowerLabelSelector, namespaceNamed, podsSelector } from "./selectors.ts";

type OriginAt = (path?: Path) => Origin;

/** `kind` is what users call the resource: a staged policy has the same spec. */
export function lowerNetworkPolicy(
  kind: string,
  metadata: Pick<Metadata, "namespace" | "name">,
  spec: NetworkPolicySpec,
  originAt: OriginAt,
): Policy {
  const own = namespaceNamed(metadata.namespace);
  const rules = (section: "ingress" | "egress"): readonly Rule[] =>
    spec[section].map((rule, i) => lowerRule(rule, section, own, ["spec", section, i], originAt));
  return {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    subject: podsSelector(own, lowerLabelSelector(spec.podSelector)),
    phases: ["normal"],
    // policyTypes alone decides which directions are governed; rules of another direction are dead (rule 4).
    ingress: spec.policyTypes.includes("Ingress") ? rules("ingress") : undefined,
    egress: spec.policyTypes.includes("Egress") ? rules("egress") : undefined,
    order: NETWORK_POLICY_ORDER,
    tieBreak: `${metadata.name}/${metadata.namespace}/KubernetesNetworkPolicy`,
    dialect: "kubernetes",
    origin: originAt(),
    originAt,
  };
}

function lowerRule(
  rule: NetworkPolicyRule,
  section: "ingress" | "egress",
  own: Selector,
  path: Path,
  originAt: OriginAt,
): Rule {
  const list = section === "ingress" ? "from" : "to";
  // An empty or missing list does not restrict (rule 1).
  const peers =
    rule.peers.length === 0
      ? undefined
      : rule.peers.map((peer, i) => lowerPeer(peer, own, originAt([...path, list, i])));
  return {
    action: "allow",
    source: section === "ingress" ? peers : undefined,
    destination: section === "ingress" ? undefined : peers,
    traffic:
      rule.ports.length === 0
        ? undefined
        : rule.ports.map((port, i) => lowerPort(port, originAt([...path, "ports", i]))),
    family: undefined,
    unknown: undefined,
    origin: originAt(path),
  };
}

/** A podSelector alone means the policy's own namespace, a namespaceSelector alone every pod there (rules 2 and 3). */
function lowerPeer(peer: NetworkPolicyPeer, own: Selector, origin: Origin): Peer {
  const base = { notSelector: undefined, service: undefined, unknown: undefined, origin };
  if (peer.ipBlock !== undefined) {
    return { ...base, selector: undefined, addresses: lowerBlock(peer.ipBlock.cidr, peer.ipBlock.except) };
  }
  const namespaces = peer.namespaceSelector === undefined ? own : lowerLabelSelector(peer.namespaceSelector);
  const pods = peer.podSelector === undefined ? EVERYTHING : lowerLabelSelector(peer.podSelector);
  return { ...base, selector: podsSelector(namespaces, pods), addresses: undefined };
}

function lowerBlock(cidr: string, except: readonly string[]): AddressSet {
  const block = parseCidr(cidr);
  if (isAddressError(block)) return NO_ADDRESSES;
  return blockWithout(
    block,
    except.map(parseCidr).filter((exception): exception is Cidr => !isAddressError(exception)),
  );
}

function lowerPort({ protocol, port, endPort }: NetworkPolicyPort, origin: Origin): TrafficMatch {
  const number = transport(protocol);
  if (typeof port === "string") {
    const named = { kind: "named", name: port, protocol: number, among: undefined } as const;
    return {
      within: allOf(number),
      conditions: [{ side: "destination", negated: false, anyOf: [named] }],
      origin,
    };
  }
  const within = port === undefined ? allOf(number) : toPorts(number, [{ start: port, end: (endPort ?? port) + 1 }]);
  return { within, conditions: [], origin };
}
