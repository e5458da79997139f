/** What people write into a Calico policy by mistake: what dropping it would do, and what to write instead. */
import type { Cursor } from "../cursor.ts";
import { suggestionFor } from "../spelling.ts";
import type { Advice } from "../types.ts";

const SPEC_FIELDS = ["tier", "order", "selector", "serviceAccountSelector", "types", "ingress", "egress"];
const GLOBAL_FIELDS = ["namespaceSelector", "doNotTrack", "preDNAT", "applyOnForward"];

/** For the spec of a policy; `subjects` is what it selects without a selector. */
export function specAdvice(subjects: string, isGlobal: boolean): Advice {
  const names = [...SPEC_FIELDS, ...(isGlobal ? GLOBAL_FIELDS : [])];
  return (key, at) => {
    const consequence = at.has("selector") ? "" : `; without it the policy selects ${subjects}`;
    const suggestion = suggestionFor(key, names);
    if (suggestion !== undefined) {
      return `write ${suggestion.word}${suggestion.word === "selector" ? consequence : ""}`;
    }
    switch (key) {
      case "podSelector":
      case "matchLabels":
      case "matchExpressions":
        return `${key} is a field of Kubernetes policies; write \`selector: app == "web"\`${consequence}`;
      case "policyTypes":
        return `policyTypes is a field of Kubernetes policies; write types${at.has("types") ? "" : "; without it the rules decide which directions are governed"}`;
      case "from":
        return "put it into a rule: `ingress: [{action: Allow, source: {...}}]`";
      case "to":
        return "put it into a rule: `egress: [{action: Allow, destination: {...}}]`";
      case "priority":
        return "write order: lower comes first";
      case "namespaceSelector":
      case "applyOnForward":
      case "doNotTrack":
      case "preDNAT":
        return `only a GlobalNetworkPolicy has ${key}; remove it, or write \`kind: GlobalNetworkPolicy\``;
      case "action":
        return "put it into a rule: `ingress: [{action: Deny}]`";
      default:
        return undefined;
    }
  };
}

const RULE_FIELDS = [
  "action",
  "ipVersion",
  "protocol",
  "notProtocol",
  "icmp",
  "notICMP",
  "source",
  "destination",
  "http",
];

export function ruleAdvice(direction: "ingress" | "egress"): Advice {
  return (key, at) => {
    const suggestion = suggestionFor(key, RULE_FIELDS);
    if (suggestion !== undefined) return `write ${suggestion.word}${withoutSide(suggestion.word, at)}`;
    switch (key) {
      case "from":
        return `from is a field of Kubernetes policies; write source, a mapping${withoutSide("source", at)}`;
      case "to":
        return `to is a field of Kubernetes policies; write destination, a mapping${withoutSide("destination", at)}`;
      case "ports":
      case "port":
      case "toPorts":
        return `put them under destination: \`destination: {ports: [...]}\`, and the protocol beside action; without it every port matches`;
      case "selector":
      case "namespaceSelector":
      case "nets":
      case "services":
      case "serviceAccounts":
      case "notSelector":
      case "notNets": {
        const side = direction === "ingress" ? "source" : "destination";
        return `put it under ${side}: \`${side}: {${key}: ...}\`${withoutSide(side, at)}`;
      }
      case "type":
      case "code":
        return `put it under icmp: \`icmp: {${key}: ...}\``;
      default:
        return undefined;
    }
  };
}

function withoutSide(field: string, at: Cursor): string {
  if (field !== "source" && field !== "destination") return "";
  return at.has(field) ? "" : `; without it the rule matches every ${field}`;
}

const ENTITY_FIELDS = [
  "nets",
  "notNets",
  "selector",
  "notSelector",
  "namespaceSelector",
  "serviceAccounts",
  "services",
  "ports",
  "notPorts",
];

export function entityAdvice(key: string, at: Cursor): string | undefined {
  const consequence = ENTITY_FIELDS.some((field) => at.has(field))
    ? "without it the other criteria decide alone"
    : "without it every address matches";
  switch (key) {
    case "podSelector":
    case "matchLabels":
      return `${key} is a field of Kubernetes policies; write \`selector: app == "web"\`; ${consequence}`;
    case "ipBlock":
    case "cidr":
    case "net":
    case "except":
      return `write nets, a list of CIDRs, and notNets for exceptions; ${consequence}`;
    case "protocol":
    case "notProtocol":
      return `move it one level up, beside action; without it every protocol matches`;
    case "endPort":
      return 'write a range in ports: `ports: ["8000:8080"]`; without it only the first port matches';
    case "namespace":
      return `write \`namespaceSelector: kubernetes.io/metadata.name == "..."\`; ${consequence}`;
    case "name":
      return `write services or serviceAccounts; ${consequence}`;
    case "domains":
    case "domainNames":
      return `Calico's open source has no ${key}; write nets, or a GlobalNetworkSet and its labels; ${consequence}`;
    default: {
      const suggestion = suggestionFor(key, ENTITY_FIELDS);
      return suggestion === undefined ? undefined : `write ${suggestion.word}; ${consequence}`;
    }
  }
}
