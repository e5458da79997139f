/**
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy as ClusterNetworkPolicy v1alpha2, which replaced both. Everything they
 * say has a word there; only the lists are shorter.
 */
import { cidrsOf, isAddressError, parseCidr } from "../../../net/address.ts";
import type {
  AdminNetworkPolicyResource,
  BaselineAdminNetworkPolicyResource,
  ClusterPolicyPeer,
  ClusterPolicyProtocol,
  ClusterPolicyRule,
  ClusterPolicySubject,
} from "../../../resources/cluster-policy-kinds.ts";
import type { LabelSelector } from "../../../resources/kinds.ts";
import type { Path } from "../../../source/origin.ts";
import {
  keptMetadata,
  type Manifest,
  piecesOf,
  type PlainMap,
  raise,
  type Raised,
  type Refuse,
} from "../../manifest.ts";

/** Rules of a direction, peers of a rule, protocols of a rule; the elders take 100 of each. */
const MAX_ITEMS = 25;

type ElderPolicy = AdminNetworkPolicyResource | BaselineAdminNetworkPolicyResource;

/** A BaselineAdminNetworkPolicy, which has no priority, gets the last one. */
export function raiseElderPolicy(policy: ElderPolicy): Raised {
  return raise(policy, "ClusterNetworkPolicy", (refuse) => manifestOf(policy, refuse));
}

function manifestOf({ metadata, spec }: ElderPolicy, refuse: Refuse): Manifest {
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: keptMetadata(metadata),
    spec: {
      tier: spec.tier,
      priority: spec.priority,
      subject: podPeer(spec.subject),
      ...rulesOf("ingress", spec.ingress, refuse),
      ...rulesOf("egress", spec.egress, refuse),
    },
  };
}

type Section = "ingress" | "egress";

function rulesOf(section: Section, rules: readonly ClusterPolicyRule[], refuse: Refuse): PlainMap {
  const raised = rules.flatMap((rule, i) => raiseRule(section, rule, ["spec", section, i], refuse));
  if (raised.length > MAX_ITEMS) {
    const why = raised.length === rules.length ? "" : `, each with at most ${MAX_ITEMS} peers and ports`;
    const reason = `it needs ${raised.length} rules${why}, and ClusterNetworkPolicy takes ${MAX_ITEMS} in a direction`;
    const remedy = "split the policy into several whose priorities follow each other in the order of the rules";
    refuse(["spec", section], reason, remedy);
  }
  return raised.length === 0 ? {} : { [section]: raised };
}

/** Several rules of one action in a row where the lists are too long for one: the first that matches still decides alike. */
function raiseRule(section: Section, rule: ClusterPolicyRule, path: Path, refuse: Refuse): readonly PlainMap[] {
  const list = section === "ingress" ? "from" : "to";
  const peers = rule.peers.map((peer, i) => raisePeer(peer, [...path, list, i], refuse));
  const protocols = rule.protocols?.map((protocol, i) => raiseProtocol(protocol, [...path, "ports", i], refuse));
  const traffic = protocols === undefined ? [undefined] : piecesOf(protocols, MAX_ITEMS);
  return piecesOf(peers, MAX_ITEMS).flatMap((somePeers) =>
    traffic.map((someProtocols) => ({
      ...(rule.name === "" ? {} : { name: rule.name }),
      action: rule.action,
      [list]: somePeers,
      ...(someProtocols === undefined ? {} : { protocols: someProtocols }),
    })),
  );
}

function podPeer(peer: ClusterPolicySubject): PlainMap {
  if (peer.kind === "namespaces") return { namespaces: labelSelector(peer.selector) };
  const { namespaceSelector, podSelector } = peer;
  return { pods: { namespaceSelector: labelSelector(namespaceSelector), podSelector: labelSelector(podSelector) } };
}

function raisePeer(peer: ClusterPolicyPeer, path: Path, refuse: Refuse): PlainMap {
  switch (peer.kind) {
    case "namespaces":
    case "pods":
      return podPeer(peer);
    case "nodes":
      return { nodes: labelSelector(peer.selector) };
    case "networks":
      return { networks: [...new Set(peer.cidrs.flatMap(withoutHostBits))] };
    case "domainNames":
      return { domainNames: peer.names };
    case "unknown":
      return refuseNewer(path, refuse);
  }
}

/** Which v1alpha1 took, and later versions refuse. */
function withoutHostBits(text: string): readonly string[] {
  const cidr = parseCidr(text);
  return isAddressError(cidr) ? [] : cidrsOf([cidr.range]);
}

function raiseProtocol(protocol: ClusterPolicyProtocol, path: Path, refuse: Refuse): PlainMap {
  switch (protocol.kind) {
    case "ports": {
      const { start, end } = protocol;
      const destinationPort = start === end ? { number: start } : { range: { start, end } };
      return { [protocol.protocol.toLowerCase()]: { destinationPort } };
    }
    case "named":
      return { destinationNamedPort: protocol.name };
    case "unknown":
      return refuseNewer(path, refuse);
  }
}

function refuseNewer(path: Path, refuse: Refuse): PlainMap {
  const reason = "a field that is not known here, so nobody can tell what it would become";
  refuse(path, reason, "write it with the fields that are known, or remove the rule");
  return {};
}

function labelSelector({ matchLabels, matchExpressions }: LabelSelector): PlainMap {
  return {
    ...(Object.keys(matchLabels).length === 0 ? {} : { matchLabels }),
    ...(matchExpressions.length === 0
      ? {}
      : {
          matchExpressions: matchExpressions.map(({ key, operator, values }) => ({
            key,
            operator,
            ...(values.length === 0 ? {} : { values }),
          })),
        }),
  };
}
