/**
 * For a stage that denies: the rule that came closest to admitting the packet, what keeps it from doing so, and the smallest
 * change that would. Advice, not part of the verdict.
 */
import { type Namespace, podText } from "../cluster/endpoint.ts";
import { NAMESPACE_NAME_LABEL } from "../cluster/inventory.ts";
import { portsNamed } from "../cluster/service.ts";
import type { Labels } from "../labels/labels.ts";
import { type Selector, selects, selectorText } from "../labels/selector.ts";
import { addressSetText, cidrsOf } from "../net/address.ts";
import { headerKind, protocolText } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { pointText, trafficText } from "../net/traffic-text.ts";
import { type End, endText } from "../path/end.ts";
import type { PolicyFilter } from "../path/path.ts";
import { type Peer, type Policy, type PortMatch, type Rule, rulesOf } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Origin, pathText } from "../source/origin.ts";
import { matchPeer, matchPort } from "./match.ts";

/** One condition of a rule that a packet does not meet. */
export interface Unmet {
  readonly wants: string;
  readonly has: string;
  /** Something a reader easily overlooks, such as a difference in case. */
  readonly note: string | undefined;
  readonly change: string;
  readonly origin: Origin;
  /** How far off: a difference in case is nearer than a label that is missing. */
  readonly distance: number;
}

export interface NearestMiss {
  readonly policy: Policy;
  readonly rule: Rule;
  readonly unmet: readonly Unmet[];
}

/** The closest rule among those that govern the pod; undefined when they have no allow rules at all. */
export function nearestMiss(
  situation: Situation,
  stage: PolicyFilter,
  governing: readonly Policy[],
  point: TrafficPoint,
): NearestMiss | undefined {
  const to = stage.direction === "ingress" ? stage.subject : stage.peer;
  let best: { readonly miss: NearestMiss; readonly distance: number } | undefined;
  for (const policy of governing) {
    for (const rule of rulesOf(policy, stage.direction) ?? []) {
      if (rule.action !== "allow") continue;
      const unmet = [...unmetPeer(situation, rule, stage), ...unmetPort(rule, to, point)];
      const distance = sum(unmet);
      if (unmet.length > 0 && (best === undefined || distance < best.distance)) {
        best = { miss: { policy, rule, unmet }, distance };
      }
    }
  }
  return best?.miss;
}

function sum(unmet: readonly Unmet[]): number {
  return unmet.reduce((total, item) => total + item.distance, 0);
}

/** What the nearest of a rule's peers wants and the other end does not have. */
function unmetPeer(situation: Situation, rule: Rule, stage: PolicyFilter): readonly Unmet[] {
  if (rule.peers === undefined || rule.peers.some((peer) => matchPeer(situation, peer, stage.peer).holds)) return [];
  const candidates = rule.peers.map((peer) => unmetOfPeer(peer, stage));
  return candidates.reduce((best, candidate) => (sum(candidate) < sum(best) ? candidate : best));
}

function unmetOfPeer(peer: Peer, { subject, peer: end }: PolicyFilter): readonly Unmet[] {
  if (peer.addresses !== undefined) {
    return [
      {
        wants: `an address in ${shortList(addressSetText(peer.addresses))}`,
        has: `${endText(end)}${end.kind === "outside" ? "" : ` (${addressSetText(end.where).join(", ")})`}`,
        note: undefined,
        change: `add an ipBlock for ${addressSetText(end.where).join(", ")} beside ${lastStep(peer.origin)}`,
        origin: peer.origin,
        distance: 3,
      },
    ];
  }
  if (peer.pods === undefined) return [];
  if (end.kind !== "pod") {
    return [
      {
        wants: `a pod with ${selectorText(peer.pods.pods)}`,
        has: `${endText(end)}, which is not a pod of this cluster`,
        note: undefined,
        change: `add an ipBlock for ${addressSetText(end.where).join(", ")} beside ${lastStep(peer.origin)}`,
        origin: peer.origin,
        distance: 4,
      },
    ];
  }
  return [
    ...unmetNamespace(peer.pods.namespaces, end.pod.namespace, subject.pod.namespace, peer.origin),
    ...unmetLeaves(peer.pods.pods, end.pod.labels).map((leaf) =>
      describeLeaf(leaf, end.pod.labels, podText(end.pod), peer.origin),
    ),
  ];
}

/** `own` is the policy's namespace: what a peer without namespaceSelector asks for. */
function unmetNamespace(
  selector: Selector,
  { name: namespace, labels }: Namespace,
  own: Namespace,
  origin: Origin,
): readonly Unmet[] {
  const unmet = unmetLeaves(selector, labels);
  const [leaf] = unmet;
  if (unmet.length === 1 && leaf?.op === "in" && leaf.key === NAMESPACE_NAME_LABEL && leaf.values[0] === own.name) {
    return [
      {
        wants: `a pod of namespace ${own.name}`,
        has: `namespace ${namespace}`,
        note: "a podSelector without namespaceSelector means the policy's own namespace",
        change: `add namespaceSelector: {matchLabels: {${NAMESPACE_NAME_LABEL}: ${namespace}}} to ${lastStep(origin)}`,
        origin,
        distance: 1,
      },
    ];
  }
  return unmet.map((item) => describeLeaf(item, labels, `namespace ${namespace}`, origin));
}

/** The parts of a conjunction that do not hold. */
function unmetLeaves(selector: Selector, labels: Labels): readonly Selector[] {
  if (selects(selector, labels)) return [];
  return selector.op === "all" ? selector.of.flatMap((part) => unmetLeaves(part, labels)) : [selector];
}

function describeLeaf(leaf: Selector, labels: Labels, owner: string, origin: Origin): Unmet {
  const wants = `label ${selectorText(leaf)}`;
  const key =
    leaf.op === "in" || leaf.op === "has"
      ? leaf.key
      : leaf.op === "not" && leaf.of.op !== "all" && leaf.of.op !== "any" && leaf.of.op !== "not"
        ? leaf.of.key
        : undefined;
  if (key === undefined) {
    return {
      wants,
      has: `${owner} does not`,
      note: undefined,
      change: `change the labels of ${owner}`,
      origin,
      distance: 2,
    };
  }
  const value = labels.get(key);
  if (value !== undefined) {
    const sameButCase = leaf.op === "in" && leaf.values.some((wanted) => wanted.toLowerCase() === value.toLowerCase());
    return {
      wants,
      has: `${owner} has ${key}=${value}`,
      note: sameButCase ? "differs in case" : undefined,
      change: `let ${lastStep(origin)} select ${key}=${value}`,
      origin,
      distance: sameButCase ? 0.5 : 1,
    };
  }
  const twin = [...labels.keys()].find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  if (twin !== undefined) {
    return {
      wants,
      has: `${owner} has ${twin}=${labels.get(twin)}`,
      note: "differs in case",
      change: `write ${twin} instead of ${key} in ${lastStep(origin)}`,
      origin,
      distance: 0.5,
    };
  }
  return {
    wants,
    has: `${owner} has no label ${key}`,
    note: undefined,
    change: leaf.op === "in" ? `label ${owner} ${key}=${leaf.values[0] ?? ""}` : `label ${owner} with ${key}`,
    origin,
    distance: 2,
  };
}

function unmetPort(rule: Rule, to: End, point: TrafficPoint): readonly Unmet[] {
  const { ports } = rule;
  const [first] = ports ?? [];
  if (ports === undefined || first === undefined || ports.some((port) => matchPort(port, to, point))) return [];
  const asked = pointText(point);
  if (headerKind(point.protocol) !== "ports") {
    return [
      {
        wants: ports.map(portText).join(", "),
        has: asked,
        note: "a rule with ports admits only TCP, UDP and SCTP",
        change: `only a rule without ports admits ${asked}`,
        origin: first.origin,
        distance: 2,
      },
    ];
  }
  return [
    {
      wants: shortList(ports.map(portText)),
      has: asked,
      note: ports.map((port) => namedPortNote(port, to)).find((note) => note !== undefined),
      change: `add {port: ${point.second}, protocol: ${protocolText(point.protocol).toUpperCase()}} to the ports of ${pathOf(rule)}`,
      origin: first.origin,
      distance: 1,
    },
  ];
}

function portText(port: PortMatch): string {
  return port.kind === "traffic" ? trafficText(port.traffic) : `${protocolText(port.protocol)} port "${port.name}"`;
}

function namedPortNote(port: PortMatch, to: End): string | undefined {
  if (port.kind === "traffic") return undefined;
  if (to.kind !== "pod") return `port names such as "${port.name}" mean nothing towards an address`;
  const numbers = portsNamed(to.pod.ports, port.name, port.protocol);
  return numbers.length === 0
    ? `${podText(to.pod)} names no ${protocolText(port.protocol)} port "${port.name}"`
    : `"${port.name}" is ${numbers.join(" and ")} at ${podText(to.pod)}`;
}

function shortList(items: readonly string[]): string {
  return items.length <= 4 ? items.join(", ") : `${items.slice(0, 3).join(", ")} and ${items.length - 3} more`;
}

function lastStep(origin: Origin): string {
  return origin.path === "" ? origin.resource : origin.path;
}

function pathOf(rule: Rule): string {
  return rule.origin.path === "" ? pathText(["spec"]) : rule.origin.path;
}

/** The rule that would have to be written where no rule comes near, as one line of YAML. */
export function missingRule(stage: PolicyFilter, point: TrafficPoint): string {
  const list = stage.direction === "ingress" ? "from" : "to";
  const ports =
    headerKind(point.protocol) === "ports"
      ? `, ports: [{protocol: ${protocolText(point.protocol).toUpperCase()}, port: ${point.second}}]`
      : "";
  return `${stage.direction}: [{${list}: [${peerText(stage)}]${ports}}]`;
}

function peerText({ peer, subject }: PolicyFilter): string {
  if (peer.kind !== "pod") {
    return cidrsOf(peer.where)
      .map((cidr) => `{ipBlock: {cidr: ${cidr}}}`)
      .join(", ");
  }
  const labels = [...peer.pod.labels].map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join(", ");
  const pods = `podSelector: {${labels === "" ? "" : `matchLabels: {${labels}}`}}`;
  if (peer.pod.namespace.name === subject.pod.namespace.name) return `{${pods}}`;
  return `{namespaceSelector: {matchLabels: {${NAMESPACE_NAME_LABEL}: ${peer.pod.namespace.name}}}, ${pods}}`;
}
