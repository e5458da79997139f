/** What to write so that a denied packet passes: a correction, one more item in a list, or a rule of its own. */
import { NAMESPACE_NAME_LABEL } from "../cluster/labelled.ts";
import { cidrsOf } from "../net/address.ts";
import { headerKind, protocolText } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { type End, endsOfNode } from "../path/end.ts";
import type { PolicyFilter } from "../path/stage.ts";
import { otherSide, type Policy, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { placeText } from "../source/origin.ts";
import { matchPeer } from "./match.ts";
import type { Change, Unmet } from "./unmet.ts";

/**
 * The smallest change to a rule that lets the packet pass and takes nothing away: a slip of the pen is corrected where the
 * peer selects nobody as it stands, otherwise the list gets one more item. Undefined where more than that is needed.
 */
export function changeOf(
  situation: Situation,
  stage: PolicyFilter,
  policy: Policy,
  rule: Rule,
  unmet: readonly Unmet[],
  point: TrafficPoint,
): Change | undefined {
  const [first] = unmet;
  if (first === undefined) return undefined;
  const corrections = unmet.map(({ correction }) => correction).filter((text) => text !== undefined);
  if (corrections.length === unmet.length && selectsNobody(situation, stage, rule, first)) {
    return { text: `${corrections.join(" and ")} in ${placeText(first.origin)}`, origin: first.origin };
  }
  const parts = new Set(unmet.map(({ part }) => part));
  // Items are written in the language of NetworkPolicy; rules of other languages are not changed by them.
  if (parts.size > 1 || policy.dialect !== "kubernetes") return undefined;
  if (parts.has("traffic")) {
    if (headerKind(point.protocol) !== "ports") return undefined;
    return { text: `add ${portItem(point)} to the ports of ${placeText(rule.origin)}`, origin: rule.origin };
  }
  const list = stage.direction === "ingress" ? "from" : "to";
  return { text: `add ${peerItem(stage.peer, stage)} to ${placeText(rule.origin)}.${list}`, origin: rule.origin };
}

/** Whether the peer at that place selects nothing in the situation, so that correcting it takes nothing away. */
function selectsNobody(situation: Situation, stage: PolicyFilter, rule: Rule, { origin }: Unmet): boolean {
  const peer = (otherSide(rule, stage.direction) ?? []).find((candidate) => candidate.origin.path === origin.path);
  if (peer === undefined) return false;
  const { inventory } = situation;
  const ends: readonly End[] = [
    ...inventory.pods.map((pod): End => ({ kind: "pod", pod, where: stage.peer.where, rivals: [] })),
    ...inventory.nodes.flatMap((node) => endsOfNode(inventory, node)),
    ...inventory.networkSets.map(({ addresses }): End => ({ kind: "outside", where: addresses })),
  ];
  return ends.every((end) => matchPeer(situation, { ...peer, addresses: undefined }, end).holds === false);
}

/** The rule that would have to be written where no rule comes near, as one line of YAML. */
export function missingRule(stage: PolicyFilter, point: TrafficPoint): string {
  if (stage.subject.kind === "host endpoint") return missingHostRule(stage, point);
  const list = stage.direction === "ingress" ? "from" : "to";
  const ports = headerKind(point.protocol) === "ports" ? `, ports: [${portItem(point)}]` : "";
  return `${stage.direction}: [{${list}: [${peerItem(stage.peer, stage)}]${ports}}]`;
}

/** Only Calico's language reaches host endpoints. */
function missingHostRule({ direction, here, peer }: PolicyFilter, point: TrafficPoint): string {
  const hasPorts = headerKind(point.protocol) === "ports";
  const nets = (end: End): string => `nets: [${cidrsOf(end.where).map(plain).join(", ")}]`;
  const [from, to] = direction === "ingress" ? [peer, here] : [here, peer];
  const source = direction === "ingress" ? [`source: {${nets(from)}}`] : [];
  const destination = [
    ...(direction === "egress" ? [nets(to)] : []),
    ...(hasPorts ? [`ports: [${point.second}]`] : []),
  ];
  return `${direction}: [{${[
    "action: Allow",
    `protocol: ${hasPorts ? protocolText(point.protocol).toUpperCase() : point.protocol}`,
    ...source,
    ...(destination.length === 0 ? [] : [`destination: {${destination.join(", ")}}`]),
  ].join(", ")}}]`;
}

function portItem({ protocol, second }: TrafficPoint): string {
  return `{protocol: ${protocolText(protocol).toUpperCase()}, port: ${second}}`;
}

function peerItem(peer: End, { subject }: PolicyFilter): string {
  if (peer.kind !== "pod") {
    return cidrsOf(peer.where)
      .map((cidr) => `{ipBlock: {cidr: ${plain(cidr)}}}`)
      .join(", ");
  }
  const labels = [...peer.pod.labels].map(([key, value]) => `${plain(key)}: ${JSON.stringify(value)}`).join(", ");
  const pods = `podSelector: {${labels === "" ? "" : `matchLabels: {${labels}}`}}`;
  if (subject.kind === "pod" && peer.pod.namespace.name === subject.pod.namespace.name) return `{${pods}}`;
  return `{namespaceSelector: {matchLabels: {${NAMESPACE_NAME_LABEL}: ${plain(peer.pod.namespace.name)}}}, ${pods}}`;
}

/** A name or CIDR in YAML: quoted where it would be read as something else than text. */
function plain(text: string): string {
  const isText = /^[A-Za-z][A-Za-z0-9./_-]*$|^[0-9.]+\/[0-9]+$/.test(text) && !KEYWORDS.test(text);
  return isText ? text : JSON.stringify(text);
}

const KEYWORDS = /^(true|false|yes|no|on|off|null|y|n)$/i;
