/** Whom a cluster-wide policy is about: its subject, and the peers of its rules. */
import { isAddressError, parseCidr } from "../../../net/address.ts";
import type { ClusterPolicyPeer, ClusterPolicySubject, NamespacesPeer, PodsPeer } from "../../cluster-policy-kinds.ts";
import type { LabelSelector } from "../../kinds.ts";
import { checkCidr } from "../address.ts";
import type { Cursor } from "../cursor.ts";
import { labelSelector } from "../selector.ts";
import { shown } from "../syntax.ts";
import { type Advice, checked, list, optional, record, required, sized, string, type Type } from "../types.ts";
import { oneField, SPLIT_ITEM } from "./one-field.ts";

/** `v1alpha1` stands for AdminNetworkPolicy and BaselineAdminNetworkPolicy, `cluster` for ClusterNetworkPolicy. */
export type Version = "v1alpha1" | "cluster";

const MAX_LISTED = 25;

const everyNamespace = labelSelector("all namespaces");

const RELATIONS = ["sameLabels", "notSameLabels"] as const;

/** The first releases wrapped the selector once more, as `namespaces: {namespaceSelector: {...}}`, or compared labels. */
function namespaceSelector(version: Version): Type<LabelSelector> {
  return (at) => {
    const isOld = version === "v1alpha1";
    const inner = at.child("namespaceSelector");
    const isStrict = at.context.validation === "strict";
    // As with every unknown field, what is not refused is dropped.
    if (!isStrict && !(isOld && inner.isPresent)) return everyNamespace(at);
    if (isStrict) for (const field of RELATIONS) reportRelation(at.child(field));
    const rest = RELATIONS.reduce((cursor, field) => cursor.without(field), at);
    if (!inner.isPresent) return everyNamespace(rest);
    const message = `${inner.pathText}: the selector of namespaces stands inside another field`;
    inner.reportKey(isOld ? "PC125" : "PC110", message, "write its matchLabels directly under namespaces");
    return everyNamespace(rest.enter("namespaceSelector"));
  };
}

function reportRelation(at: Cursor): void {
  if (!at.isPresent) return;
  const remedy = "write a rule for each group of namespaces: labels of namespaces are not compared any more";
  at.reportKey("PC110", `unknown field "${at.pathText}"`, remedy);
}

const writtenPods = record(
  {
    namespaceSelector: everyNamespace,
    podSelector: required(labelSelector("all pods"), "write `podSelector: {}` for all pods of the namespaces"),
  },
  { advice: (key) => (key === "namespaces" ? "write namespaceSelector" : undefined) },
);

function pods(version: Version): Type<PodsPeer> {
  return (at) => {
    if (version === "cluster" || !at.has("namespaces")) return { kind: "pods", ...writtenPods(at) };
    const { podSelector } = writtenPods(at.without("namespaces"));
    return { kind: "pods", namespaceSelector: namespaceSelector(version)(at.enter("namespaces")), podSelector };
  };
}

function namespaces(version: Version): Type<NamespacesPeer> {
  return (at) => ({ kind: "namespaces", selector: namespaceSelector(version)(at) });
}

const nodes: Type<ClusterPolicyPeer> = (at) => ({ kind: "nodes", selector: labelSelector("all nodes")(at) });

function network(version: Version): Type<string> {
  return (at) => {
    const text = string(at);
    const parsed = parseCidr(text);
    if (at.node?.kind !== "scalar" || typeof at.node.value !== "string") return text;
    if (version === "v1alpha1" || isAddressError(parsed) || !parsed.hostBits) checkCidr(text, at);
    else {
      const block = `write a block without them, or ${text.replace(/\/.*/, "")}/${parsed.family === 4 ? 32 : 128}`;
      at.report("PC112", `${shown(text)} has bits set beyond its prefix`, block);
    }
    return text;
  };
}

function networks(version: Version): Type<ClusterPolicyPeer> {
  const cidrs = sized(list(network(version)), 1, MAX_LISTED);
  return (at) => ({ kind: "networks", cidrs: cidrs(at) });
}

const DOMAIN = /^(\*\.)?([A-Za-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?\.)+[A-Za-z0-9]([-A-Za-z0-9_]*[A-Za-z0-9])?\.?$/;

const domains = sized(
  list(
    checked(string, (name) => {
      if (DOMAIN.test(name)) return undefined;
      const rule = "write a full name such as `www.example.com`, or `*.example.com` for everything below it";
      return { reason: `${shown(name)} is not a domain name`, remedy: rule };
    }),
  ),
  1,
  MAX_LISTED,
);

const domainNames: Type<ClusterPolicyPeer> = (at) => ({ kind: "domainNames", names: domains(at) });

/** Absent fields give undefined, so at most one value is left where exactly one field was written. */
function podFields(version: Version) {
  return { namespaces: optional(namespaces(version)), pods: optional(pods(version)) } as const;
}

const SUBJECT_REMEDY = "write `namespaces:` or `pods:`; `namespaces: {}` means the pods of all namespaces";

export function subject(version: Version): Type<ClusterPolicySubject> {
  const table = record(podFields(version), {
    advice: peerAdvice("a subject"),
    check: (value, at) => checkSubject(value, at),
  });
  return (at) => {
    const value = table(at);
    return value.namespaces ?? value.pods ?? NOBODY;
  };
}

const NOBODY: ClusterPolicySubject = { kind: "namespaces", selector: { matchLabels: {}, matchExpressions: [] } };

function checkSubject(value: { readonly namespaces: unknown; readonly pods: unknown }, at: Cursor): void {
  const count = [value.namespaces, value.pods].filter((field) => field !== undefined).length;
  if (count === 2) {
    at.report("PC114", "a subject has exactly one field", "write two policies, or pods alone with both selectors");
  } else if (count === 0) {
    at.report("PC113", "must specify whom the policy is about", SUBJECT_REMEDY);
  }
}

export function ingressPeer(version: Version): Type<ClusterPolicyPeer> {
  const table = oneField(podFields(version), {
    what: "a peer",
    split: SPLIT_ITEM,
    remedy: "write `namespaces:` or `pods:`; `namespaces: {}` means the pods of all namespaces",
    advice: peerAdvice("an ingress peer"),
  });
  return (at) => {
    const value = table(at);
    return value?.namespaces ?? value?.pods ?? { kind: "unknown" };
  };
}

export function egressPeer(version: Version): Type<ClusterPolicyPeer> {
  const table = oneField(
    {
      ...podFields(version),
      nodes: optional(nodes),
      networks: optional(networks(version)),
      domainNames: optional(domainNames),
    },
    {
      what: "a peer",
      split: SPLIT_ITEM,
      remedy: "write `namespaces:`, `pods:`, `nodes:`, `networks:` or `domainNames:`",
      advice: peerAdvice("an egress peer"),
    },
  );
  return (at) => {
    const value = table(at);
    const { namespaces, pods, nodes, networks, domainNames } = value ?? {};
    return namespaces ?? pods ?? nodes ?? networks ?? domainNames ?? { kind: "unknown" };
  };
}

/** Fields of other policies that people write here. */
function peerAdvice(what: string): Advice {
  return (key) => {
    switch (key) {
      case "nodes":
      case "networks":
      case "domainNames":
        return `${what} has namespaces or pods only: where traffic comes from outside cannot be told by its address`;
      case "podSelector":
        return "put it under pods: `pods: {namespaceSelector: {}, podSelector: ...}`";
      case "namespaceSelector":
        return "write namespaces, which is the selector itself, or pods with both selectors";
      case "matchLabels":
      case "matchExpressions":
        return `put it under namespaces: \`namespaces: {${key}: ...}\``;
      case "ipBlock":
      case "cidr":
      case "cidrs":
        return "write `networks: [10.0.0.0/8]`; exceptions are rules before this one";
      case "namespacedPods":
      case "namespaceAndPodSelector":
        return "write pods, with namespaceSelector and podSelector";
      case "port":
      case "ports":
      case "protocol":
      case "protocols":
        return "move it one level up, beside from or to";
      case "from":
      case "to":
      case "action":
        return `${key} belongs to the rule`;
      default:
        return undefined;
    }
  };
}
