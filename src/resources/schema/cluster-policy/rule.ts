/** Rules of cluster-wide policies, of either API version. */
import type { ClusterPolicyPeer, ClusterPolicyProtocol, ClusterPolicyRule } from "../../cluster-policy-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { suggestionFor } from "../spelling.ts";
import { type Advice, checked, list, oneOf, optional, record, required, sized, string, type Type } from "../types.ts";
import { egressPeer, ingressPeer, type Version } from "./peers.ts";
import { portItem, protocol } from "./protocols.ts";

/** How one kind writes its rules. */
export interface RuleForm {
  readonly version: Version;
  /** Its words for actions, and what they are called in the stored form. */
  readonly actions: ReadonlyMap<string, ClusterPolicyRule["action"]>;
}

interface Direction {
  readonly side: "from" | "to";
  readonly peer: (version: Version) => Type<ClusterPolicyPeer>;
}

const LONGEST_NAME = 100;

/** At most this many rules of a direction, peers of a rule and protocols of a rule. */
function limitOf(version: Version): number {
  return version === "cluster" ? 25 : 100;
}

export function ingressRules(form: RuleForm): Type<readonly ClusterPolicyRule[]> {
  return rules(form, { side: "from", peer: ingressPeer });
}

export function egressRules(form: RuleForm): Type<readonly ClusterPolicyRule[]> {
  return rules(form, { side: "to", peer: egressPeer });
}

const ruleName = checked(string, (text) =>
  text.length <= LONGEST_NAME
    ? undefined
    : { reason: `${text.length} characters, and at most ${LONGEST_NAME} are allowed`, remedy: "shorten it" },
);

function rules(form: RuleForm, { side, peer }: Direction): Type<readonly ClusterPolicyRule[]> {
  const limit = limitOf(form.version);
  const itemsField = form.version === "cluster" ? "protocols" : "ports";
  const table = record(
    { name: ruleName, action: actionOf(form) },
    { passive: [side, itemsField], advice: ruleAdvice(side, itemsField) },
  );
  const peers = required(sized(list(peer(form.version)), 1, limit), PEERS_REMEDY);
  const items = optional(sized(list(form.version === "cluster" ? protocol : portItem), 1, limit));
  const rule: Type<ClusterPolicyRule> = (at) => {
    const { name, action } = table(at);
    const place = at.isPresent && at.node?.kind !== "map" ? at.blank() : at;
    const value = { name, action, peers: peers(place.enter(side)), protocols: items(place.enter(itemsField)) };
    checkAddresses(value, place, side, itemsField);
    return value;
  };
  return sized(list(rule), 0, limit);
}

const PEERS_REMEDY = "list at least one peer; `namespaces: {}` means the pods of all namespaces";

const OTHER_WORDS: ReadonlyMap<string, ClusterPolicyRule["action"]> = new Map([
  ["allow", "Accept"],
  ["accept", "Accept"],
  ["permit", "Accept"],
  ["drop", "Deny"],
  ["reject", "Deny"],
  ["block", "Deny"],
]);

function actionOf({ actions }: RuleForm): Type<ClusterPolicyRule["action"]> {
  const words = [...actions.keys()];
  return (at) => {
    const written = at.node?.kind === "scalar" ? String(at.node.value) : "";
    const meant = OTHER_WORDS.get(written.toLowerCase());
    const word = [...actions].find(([, action]) => action === meant)?.[0];
    if (meant === undefined || word === undefined || actions.has(written)) {
      return actions.get(oneOf(words, undefined)(at)) ?? "Deny";
    }
    at.report("PC112", `"${written}" is not one of ${words.join(", ")}`, `write ${word}`);
    return meant;
  };
}

/** Names of ports are given by pods, and names of domains are learnt from what pods ask. */
function checkAddresses(
  { action, peers, protocols = [] }: { readonly [K in "action" | "peers" | "protocols"]: ClusterPolicyRule[K] },
  at: Cursor,
  side: "from" | "to",
  itemsField: string,
): void {
  const named = protocols.findIndex(({ kind }: ClusterPolicyProtocol) => kind === "named");
  for (const [i, { kind }] of peers.entries()) {
    if (kind === "domainNames" && action !== "Accept") {
      const remedy = "deny the addresses with networks in a later rule, and accept the names before it";
      at.child(side).child(i).report("PC114", `domainNames beside action ${action}`, remedy);
    }
    if (named < 0 || (kind !== "nodes" && kind !== "networks" && kind !== "domainNames")) continue;
    const remedy = `write the number of the port, or move the ${kind} peer to a rule of its own`;
    at.child(itemsField)
      .child(named)
      .report("PC114", `a named port beside a ${kind} peer, which names no ports`, remedy);
    return;
  }
}

function ruleAdvice(side: "from" | "to", itemsField: string): Advice {
  const direction = side === "from" ? "ingress" : "egress";
  const other = side === "from" ? "to" : "from";
  return (key, at) => {
    const lostPeers = at.has(side) ? "" : "; a rule without peers is refused";
    const suggestion = suggestionFor(key, ["name", "action", side, itemsField]);
    const everyPort = at.has(itemsField) ? "" : "; without it the rule is about all traffic";
    if (key === other) {
      return `an ${direction} rule has ${side}; write ${side}, or move the rule under ${side === "from" ? "egress" : "ingress"}${lostPeers}`;
    }
    if (key === "ports")
      return `ClusterNetworkPolicy calls it protocols: \`protocols: [{tcp: {destinationPort: {number: 80}}}]\`${everyPort}`;
    if (key === "protocols") return `${key} is a field of ClusterNetworkPolicy; write ports${everyPort}`;
    if (suggestion !== undefined) return `write ${suggestion.word}${suggestion.word === itemsField ? everyPort : ""}`;
    if (key === "namespaces" || key === "pods" || key === "networks" || key === "nodes" || key === "domainNames") {
      return `put it into the list of ${side}: \`${side}: [{${key}: ...}]\`${lostPeers}`;
    }
    return undefined;
  };
}
