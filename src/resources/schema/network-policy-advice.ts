/** What people write into a NetworkPolicy by mistake: what dropping it would do, and what to write instead. */
import type { Cursor } from "./cursor.ts";
import { suggestionFor } from "./spelling.ts";
import type { Advice } from "./types.ts";

export function specAdvice(key: string, at: Cursor): string | undefined {
  const suggestion = suggestionFor(key, ["podSelector", "policyTypes", "ingress", "egress"]);
  if (suggestion !== undefined) return `write ${suggestion.word}; ${withoutSpecField(suggestion.word, at)}`;
  switch (key) {
    case "types":
      return `types is Calico's field, Kubernetes calls it policyTypes; ${withoutSpecField("policyTypes", at)}`;
    case "selector":
      return `selector is Calico's field, Kubernetes calls it podSelector and takes matchLabels; ${withoutSpecField("podSelector", at)}`;
    case "namespaceSelector":
      return "a policy selects pods of its own namespace only; put namespaceSelector into a peer under from or to, or write one policy per namespace";
    case "matchLabels":
    case "matchExpressions":
      return `put it under podSelector; ${withoutSpecField("podSelector", at)}`;
    case "from":
      return "put it into a rule: `ingress: [{from: [...]}]`";
    case "to":
      return "put it into a rule: `egress: [{to: [...]}]`";
    case "ports":
      return "put it into a rule, beside from or to";
    case "action":
    case "order":
    case "tier":
      return `a Kubernetes NetworkPolicy has no ${key}: its rules only allow; use a ClusterNetworkPolicy or a Calico policy for more`;
    default:
      return undefined;
  }
}

function withoutSpecField(field: string, at: Cursor): string {
  switch (field) {
    case "podSelector":
      return at.has("podSelector")
        ? "without it podSelector decides alone"
        : "without it the policy selects every pod of the namespace";
    case "policyTypes":
      return at.has("policyTypes")
        ? "without it policyTypes decides alone"
        : `without it this policy isolates ingress ${at.has("egress") ? "and egress" : "and does not touch egress"}`;
    case "ingress":
      return at.has("ingress")
        ? "without it the other ingress rules decide alone"
        : "without it all ingress to the selected pods is denied";
    default:
      return at.has("egress")
        ? "without it the other egress rules decide alone"
        : `without it ${at.has("policyTypes") ? "there is no egress rule" : "this policy does not touch egress"}`;
  }
}

/** A rule holds `from` or `to`, and `ports`; one that loses its only restriction allows everything. */
export function ruleAdvice(side: "from" | "to"): Advice {
  const direction = side === "from" ? "ingress" : "egress";
  const other = side === "from" ? "to" : "from";
  return (key, at) => {
    const consequence = withoutRuleField(at, side);
    if (key.toLowerCase() === other) {
      const hint = at.child(key).has("ports")
        ? "put its ports beside from, as `ports:`"
        : `write ${side}, or move the rule under ${other === "to" ? "egress" : "ingress"}`;
      return `an ${direction} rule has ${side} and ports; ${hint}; without it ${consequence}`;
    }
    const suggestion = suggestionFor(key, [side, "ports"]);
    if (suggestion !== undefined) {
      const lost =
        suggestion.word === "ports"
          ? !at.has("ports") && "this rule allows every port"
          : !at.has(side) && `this rule allows every ${side === "from" ? "source" : "destination"}`;
      return `write ${suggestion.word}${lost === false ? "" : `; without it ${lost}`}`;
    }
    switch (key) {
      case "podSelector":
      case "namespaceSelector":
      case "ipBlock":
        return `put it into the list of ${side}: \`${side}: [{${key}: ...}]\`; without it ${consequence}`;
      case "protocol":
      case "endPort":
        return `put it into the list of ports: \`ports: [{${key}: ...}]\`; without it ${consequence}`;
      case "action":
        return "a Kubernetes rule only allows, whatever action says; remove the rule, or use a ClusterNetworkPolicy to deny";
      case "source":
      case "destination":
        return `${key} is Calico's field; Kubernetes rules have ${side} and ports; without it ${consequence}`;
      default:
        return undefined;
    }
  };
}

function withoutRuleField(at: Cursor, side: "from" | "to"): string {
  const hasPeers = at.has(side);
  if (hasPeers && at.has("ports")) return "the rest of the rule decides alone";
  if (hasPeers) return "this rule allows every port";
  return at.has("ports")
    ? `this rule allows every ${side === "from" ? "source" : "destination"}`
    : `this rule allows everything`;
}

export function peerAdvice(key: string, at: Cursor): string | undefined {
  const suggestion = suggestionFor(key, ["podSelector", "namespaceSelector", "ipBlock"]);
  if (suggestion !== undefined) return `write ${suggestion.word}; ${withoutPeerField(at, suggestion.word)}`;
  switch (key.toLowerCase()) {
    case "ports":
    case "port":
    case "protocol":
      return "move it one level up, to `ports:` beside from or to; here it is lost and every port is allowed";
    case "from":
    case "to":
      return at.child(key).has("ports")
        ? "move its ports one level up, to `ports:` of the rule; here they are lost and every port is allowed"
        : `${key} belongs to the rule, not to a peer`;
    case "matchlabels":
    case "matchexpressions":
      return "put it under podSelector or namespaceSelector";
    case "cidr":
    case "except":
      return `put it under ipBlock: \`ipBlock: {${key}: ...}\``;
    case "selector":
      return "selector is Calico's field; Kubernetes peers have podSelector, namespaceSelector and ipBlock";
    case "action":
      return "a Kubernetes rule only allows, whatever action says; remove it";
    default:
      return undefined;
  }
}

function withoutPeerField(at: Cursor, lost: string): string {
  const own = at.context.namespace === "" ? "the policy's own namespace" : `namespace ${at.context.namespace}`;
  if (at.has("ipBlock")) return "without it only ipBlock counts";
  if (at.has("podSelector") && lost === "namespaceSelector") return `without it this peer would mean pods in ${own}`;
  if (at.has("namespaceSelector") && lost === "podSelector")
    return "without it this peer would mean all pods of those namespaces";
  if (at.has("podSelector") || at.has("namespaceSelector")) return "without it the rest of the peer decides alone";
  return "without it the peer is empty, and the cluster refuses the policy";
}

export function portAdvice(key: string, at: Cursor): string | undefined {
  const suggestion = suggestionFor(key, ["protocol", "endPort", "port"]);
  const consequence = at.has("port")
    ? "without it the port stays as written"
    : "without it this allows every port of the protocol";
  if (suggestion !== undefined) return `write ${suggestion.word}; ${consequence}`;
  switch (key) {
    case "targetPort":
    case "containerPort":
    case "number":
    case "name":
    case "portName":
      return `write port, with the number or name of the container's port; ${consequence}`;
    case "startPort":
    case "from":
      return `write port for the first port of a range; ${consequence}`;
    case "to":
      return `write endPort for the last port of a range; ${consequence}`;
    default:
      return undefined;
  }
}
