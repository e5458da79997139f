/**
 * ClusterNetworkPolicy, and AdminNetworkPolicy and BaselineAdminNetworkPolicy before it, to the policy model. There is no
 * isolation here: what no rule meets falls through to the next tier.
 */
import { isKind } from "../../../cluster/labelled.ts";
import { transport } from "../../../cluster/pods.ts";
import { all, EVERYTHING, type Selector } from "../../../labels/selector.ts";
import { type Cidr, isAddressError, parseCidr } from "../../../net/address.ts";
import { unionOf } from "../../../net/intervals.ts";
import { SCTP, TCP, UDP } from "../../../net/protocol.ts";
import { allOf, toPorts, unionTraffic } from "../../../net/traffic.ts";
import type {
  ClusterPolicyPeer,
  ClusterPolicyProtocol,
  ClusterPolicyResource,
  ClusterPolicyRule,
  NamespacesPeer,
  PodsPeer,
} from "../../../resources/cluster-policy-kinds.ts";
import type { Origin, Path } from "../../../source/origin.ts";
import type { Peer, Policy, Rule, TrafficMatch } from "../../model.ts";
import { lowerLabelSelector, podsSelector } from "../kubernetes/selectors.ts";

/** The tier a policy belongs to is a field of it: `resource.spec.tier`. */
export function lowerClusterPolicy(resource: ClusterPolicyResource): Policy {
  const { metadata, spec } = resource;
  const rules = (section: "ingress" | "egress"): readonly Rule[] | undefined =>
    // A policy without rules in a direction does not speak of that direction (rule 29).
    spec[section].length === 0
      ? undefined
      : spec[section].map((rule, i) => lowerRule(rule, section, ["spec", section, i], resource.origin));
  return {
    kind: resource.kind,
    namespace: "",
    name: metadata.name,
    subject: subjectSelector(spec.subject),
    phases: ["normal"],
    ingress: rules("ingress"),
    egress: rules("egress"),
    order: spec.priority,
    tieBreak: `${metadata.name}//KubernetesClusterNetworkPolicy`,
    dialect: "cluster-policy",
    origin: resource.origin(),
    originAt: resource.origin,
  };
}

function subjectSelector(subject: NamespacesPeer | PodsPeer): Selector {
  return subject.kind === "namespaces"
    ? podsSelector(lowerLabelSelector(subject.selector), EVERYTHING)
    : podsSelector(lowerLabelSelector(subject.namespaceSelector), lowerLabelSelector(subject.podSelector));
}

const ACTIONS = { Accept: "allow", Deny: "deny", Pass: "pass" } as const;

type OriginAt = (path?: Path) => Origin;

function lowerRule(rule: ClusterPolicyRule, section: "ingress" | "egress", path: Path, originAt: OriginAt): Rule {
  const list = section === "ingress" ? "from" : "to";
  const origin = originAt(path);
  const incomprehensible =
    rule.peers.some(({ kind }) => kind === "unknown") || rule.protocols?.some(({ kind }) => kind === "unknown");
  // A field of a newer API fails closed: Accept matches nothing, Deny and Pass deny everything (rule 24).
  if (incomprehensible === true) {
    const nobody = rule.action === "Accept" ? [] : undefined;
    return {
      action: "deny",
      source: nobody,
      destination: undefined,
      traffic: undefined,
      family: undefined,
      unknown: undefined,
      origin,
    };
  }
  const peers = rule.peers.map((peer, i) => lowerPeer(peer, originAt([...path, list, i])));
  return {
    action: ACTIONS[rule.action],
    source: section === "ingress" ? peers : undefined,
    destination: section === "ingress" ? undefined : peers,
    traffic: rule.protocols?.map((protocol, i) => lowerProtocol(protocol, originAt([...path, "protocols", i]))),
    family: undefined,
    unknown: undefined,
    origin,
  };
}

function lowerPeer(peer: ClusterPolicyPeer, origin: Origin): Peer {
  const base = {
    selector: undefined,
    notSelector: undefined,
    addresses: undefined,
    service: undefined,
    unknown: undefined,
    origin,
  } as const;
  switch (peer.kind) {
    case "namespaces":
    case "pods":
      return { ...base, selector: subjectSelector(peer) };
    case "nodes":
      return { ...base, selector: all([isKind("node"), lowerLabelSelector(peer.selector)]) };
    case "networks": {
      const cidrs = peer.cidrs.map(parseCidr).filter((cidr): cidr is Cidr => !isAddressError(cidr));
      return { ...base, addresses: unionOf(cidrs.map(({ range }) => range)) };
    }
    case "domainNames":
      return {
        ...base,
        unknown: {
          text: `which addresses ${peer.names.join(", ")} resolves to (${origin.resource} ${origin.path})`,
          remedy: "look the names up and ask about an address of theirs with a `networks` peer in place of domainNames",
        },
      };
    case "unknown":
      throw new Error("a rule with an unknown peer is lowered as a whole");
  }
}

function lowerProtocol(protocol: ClusterPolicyProtocol, origin: Origin): TrafficMatch {
  switch (protocol.kind) {
    case "ports": {
      const within = toPorts(transport(protocol.protocol), [{ start: protocol.start, end: protocol.end + 1 }]);
      return { within, conditions: [], origin };
    }
    case "named": {
      // The name bears no protocol; it is that of the port which the pod gives this name (rule 26).
      const named = { kind: "named", name: protocol.name, protocol: undefined, among: undefined } as const;
      return {
        within: [TCP, UDP, SCTP].map(allOf).reduce(unionTraffic),
        conditions: [{ side: "destination", negated: false, anyOf: [named] }],
        origin,
      };
    }
    case "unknown":
      throw new Error("a rule with an unknown protocol is lowered as a whole");
  }
}
