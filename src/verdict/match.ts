/**
 * Whether rules meet packets, in three values: what the input does not tell is undefined, together with the facts that are
 * missing. Written straight from the semantics; the oracle of everything else.
 */
import { podText } from "../cluster/endpoint.ts";
import { NAMESPACE_NAME_LABEL } from "../cluster/inventory.ts";
import { portsNamed } from "../cluster/service.ts";
import { keysOf, type Selector, selects, selectsKnowing } from "../labels/selector.ts";
import { addressSetText, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import type { End, PodEnd } from "../path/end.ts";
import type { Peer, PodPredicate, PortMatch, Rule } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";

/** `holds` is undefined when the missing facts would decide. `assumptions` are those the value rests on. */
export interface Match {
  readonly holds: boolean | undefined;
  readonly missing: readonly string[];
  readonly assumptions: readonly AssumptionName[];
}

const YES: Match = { holds: true, missing: [], assumptions: [] };
const NO: Match = { holds: false, missing: [], assumptions: [] };

function both(a: Match, b: Match): Match {
  if (a.holds === false) return a;
  if (b.holds === false) return b;
  return {
    holds: a.holds === undefined || b.holds === undefined ? undefined : true,
    missing: [...a.missing, ...b.missing],
    assumptions: [...a.assumptions, ...b.assumptions],
  };
}

/** Whether a pod satisfies a predicate on its labels and its namespace's. */
export function matchPod(situation: Situation, predicate: PodPredicate, end: PodEnd): Match {
  if (!selects(predicate.pods, end.pod.labels)) return NO;
  return matchNamespace(situation, predicate.namespaces, end);
}

function matchNamespace(situation: Situation, selector: Selector, { pod }: PodEnd): Match {
  const { namespace } = pod;
  const none = situation.assumptions["unlisted-namespace-labels"] === "none";
  const certain = selectsKnowing(selector, namespace.labels, (key) => namespace.listed || key === NAMESPACE_NAME_LABEL);
  if (certain !== undefined) return { holds: certain, missing: [], assumptions: [] };
  if (none) {
    return { holds: selects(selector, namespace.labels), missing: [], assumptions: ["unlisted-namespace-labels"] };
  }
  const keys = [...keysOf(selector)].filter((key) => key !== NAMESPACE_NAME_LABEL).join(", ");
  return {
    holds: undefined,
    missing: [`label ${keys} of namespace ${namespace.name}, which is not in the input`],
    assumptions: [],
  };
}

/** Whether an end is one of the peers a rule names; everything a peer gives must hold. */
export function matchPeer(situation: Situation, peer: Peer, end: End): Match {
  const pods = peer.pods === undefined ? YES : end.kind === "pod" ? matchPod(situation, peer.pods, end) : NO;
  return both(pods, peer.addresses === undefined ? YES : matchAddresses(situation, peer, end));
}

function matchAddresses(situation: Situation, peer: Peer, end: End): Match {
  const addresses = peer.addresses ?? [];
  if (!overlaps(addresses, end.where)) return NO;
  const assumptions: readonly AssumptionName[] = end.kind === "pod" ? ["cidr-matches-pods"] : [];
  if (end.kind === "pod" && situation.assumptions["cidr-matches-pods"] === "no") {
    return { holds: false, missing: [], assumptions };
  }
  if (coversAddresses(addresses, end.where)) return { holds: true, missing: [], assumptions };
  return {
    holds: undefined,
    missing:
      end.kind === "pod"
        ? [`the address ${podText(end.pod)} will get (somewhere in ${addressSetText(end.where).join(", ")})`]
        : [`which address of ${addressSetText(end.where).join(", ")} is meant`],
    assumptions,
  };
}

/** Whether one entry of a rule's ports meets a packet to `to`. Port names mean nothing toward an address (rule 10). */
export function matchPort(port: PortMatch, to: End, point: TrafficPoint): boolean {
  if (port.kind === "traffic") return containsTraffic(port.traffic, point);
  return (
    port.protocol === point.protocol &&
    to.kind === "pod" &&
    portsNamed(to.pod.ports, port.name, port.protocol).includes(point.second)
  );
}

/** A rule that meets a packet, or may: with the peer and the port entry that did it, where the rule lists any. */
export interface RuleMatch extends Match {
  readonly peer: Peer | undefined;
  readonly port: PortMatch | undefined;
}

/** The best match of a rule: a certain one before one that hangs on missing facts. `to` is where ports are looked up. */
export function matchRule(situation: Situation, rule: Rule, other: End, to: End, point: TrafficPoint): RuleMatch {
  const port = rule.ports?.find((candidate) => matchPort(candidate, to, point));
  if (rule.ports !== undefined && port === undefined) return { ...NO, peer: undefined, port: undefined };
  if (rule.peers === undefined) return { ...YES, peer: undefined, port };
  const missing: string[] = [];
  const assumptions: AssumptionName[] = [];
  let possible: Peer | undefined;
  for (const peer of rule.peers) {
    const match = matchPeer(situation, peer, other);
    if (match.holds === true) return { ...match, peer, port };
    assumptions.push(...match.assumptions);
    if (match.holds === undefined) {
      possible ??= peer;
      missing.push(...match.missing);
    }
  }
  return { holds: possible === undefined ? false : undefined, missing, assumptions, peer: possible, port };
}
