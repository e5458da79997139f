/**
 * Whether rules meet packets, in three values: what the input does not tell is undefined, together with the facts that are
 * missing. Written straight from the semantics; the oracle of everything else.
 */
import type { ServiceEndpoints } from "../cluster/service-endpoints.ts";
import { keysOf, type Selector, selectsKnowing } from "../labels/selector.ts";
import { coversAddresses, familyOf } from "../net/address.ts";
import { contains, overlaps } from "../net/intervals.ts";
import { headerKind } from "../net/protocol.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { addressFact, type Bearer, bearersOf, subjectBearer } from "../path/bearers.ts";
import type { End, Subject } from "../path/end.ts";
import type { Peer, PortChoice, PortCondition, Rule, ServiceName, TrafficMatch } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";

/** `holds` is undefined when the missing facts would decide. `assumptions` are those the value rests on. */
export interface Match {
  readonly holds: boolean | undefined;
  readonly missing: readonly Fact[];
  readonly assumptions: readonly AssumptionName[];
}

const YES: Match = { holds: true, missing: [], assumptions: [] };
const NO: Match = { holds: false, missing: [], assumptions: [] };

function unknown(...missing: readonly Fact[]): Match {
  return { holds: undefined, missing, assumptions: [] };
}

function not(match: Match): Match {
  return { ...match, holds: match.holds === undefined ? undefined : !match.holds };
}

/** Holds if all hold; the first that does not decides alone. */
function every(matches: readonly Match[]): Match {
  return combine(matches, false);
}

/** Holds if one holds; the first that does decides alone. */
function some(matches: readonly Match[]): Match {
  return combine(matches, true);
}

function combine(matches: readonly Match[], decisive: boolean): Match {
  const decider = matches.find(({ holds }) => holds === decisive);
  if (decider !== undefined) return decider;
  return {
    holds: matches.some(({ holds }) => holds === undefined) ? undefined : !decisive,
    missing: matches.flatMap(({ missing }) => missing),
    assumptions: matches.flatMap(({ assumptions }) => assumptions),
  };
}

/** Whether a policy with this selector governs the subject. */
export function matchSubject(situation: Situation, selector: Selector, subject: Subject): Match {
  return matchBearer(selector, subjectBearer(subject, situation.assumptions));
}

function matchBearer(selector: Selector, bearer: Bearer): Match {
  const told = (key: string): boolean => bearer.missingLabel(key) === undefined;
  const holds = selectsKnowing(selector, bearer.labels, told);
  const assumptions = holds === undefined ? [] : assumedFor(selector, bearer, told);
  if (holds === false) return { ...NO, assumptions };
  const facts = holds ? [] : [...keysOf(selector)].flatMap((key) => bearer.missingLabel(key) ?? []);
  if (bearer.unsure !== undefined) facts.push(bearer.unsure);
  return facts.length === 0 ? { ...YES, assumptions } : unknown(...facts);
}

/** The assumptions about labels without which it would not be known whether the selector holds. */
function assumedFor(selector: Selector, bearer: Bearer, told: (key: string) => boolean): readonly AssumptionName[] {
  const assumed = [...keysOf(selector)].flatMap((key) => bearer.assumedLabel(key) ?? []);
  if (assumed.length === 0) return [];
  const without = selectsKnowing(selector, bearer.labels, (key) => told(key) && bearer.assumedLabel(key) === undefined);
  return without === undefined ? assumed : [];
}

/** Whether some object that bears the end's address satisfies the selector. */
function matchSelector(situation: Situation, selector: Selector, end: End): Match {
  return some(
    bearersOf(situation.inventory, situation.assumptions, end).map((bearer) => matchBearer(selector, bearer)),
  );
}

/** Whether an end is what a peer says; everything the peer gives must hold. */
export function matchPeer(situation: Situation, peer: Peer, end: End): Match {
  return every([
    peer.selector === undefined ? YES : matchSelector(situation, peer.selector, end),
    peer.notSelector === undefined ? YES : not(matchSelector(situation, peer.notSelector, end)),
    peer.addresses === undefined ? YES : matchAddresses(situation, peer.addresses, end),
    peer.service === undefined ? YES : matchMember(situation, peer.service, end),
    peer.unknown === undefined ? YES : unknown(peer.unknown),
  ]);
}

function matchAddresses(situation: Situation, addresses: NonNullable<Peer["addresses"]>, end: End): Match {
  if (!overlaps(addresses, end.where)) return NO;
  const assumptions: readonly AssumptionName[] = end.kind === "pod" ? ["cidr-matches-pods"] : [];
  if (end.kind === "pod" && situation.assumptions["cidr-matches-pods"] === "no") {
    return { holds: false, missing: [], assumptions };
  }
  if (coversAddresses(addresses, end.where)) return { holds: true, missing: [], assumptions };
  return { holds: undefined, missing: [addressFact(end)], assumptions };
}

function endpointsOf(situation: Situation, { namespace, name }: ServiceName): ServiceEndpoints | undefined {
  return situation.inventory.serviceEndpoints.get(`${namespace}/${name}`);
}

function matchMember(situation: Situation, service: ServiceName, end: End): Match {
  return some((endpointsOf(situation, service)?.members ?? []).map((member) => matchPlace(member, end)));
}

function matchPlace(place: ServiceEndpoints["members"][number], end: End): Match {
  if ("pod" in place) return end.kind === "pod" && end.pod === place.pod ? YES : NO;
  const at = [{ start: place.address, end: place.address + 1n }];
  if (!overlaps(at, end.where)) return NO;
  return coversAddresses(at, end.where) ? YES : unknown(addressFact(end));
}

/** Whether one alternative of a rule's traffic meets a packet. */
export function matchTraffic(
  situation: Situation,
  match: TrafficMatch,
  from: End,
  to: End,
  point: TrafficPoint,
): Match {
  if (!containsTraffic(match.within, point)) return NO;
  return every(match.conditions.map((condition) => matchCondition(situation, condition, from, to, point)));
}

function matchCondition(
  situation: Situation,
  condition: PortCondition,
  from: End,
  to: End,
  point: TrafficPoint,
): Match {
  const [end, port] = condition.side === "source" ? [from, point.first] : [to, point.second];
  if (headerKind(point.protocol) !== "ports") return condition.negated ? YES : NO;
  const holds = some(condition.anyOf.map((choice) => matchChoice(situation, choice, end, point.protocol, port)));
  return condition.negated ? not(holds) : holds;
}

/** Port names are looked up at the objects that bear the address; towards any other address they mean nothing (rule 10). */
function matchChoice(situation: Situation, choice: PortChoice, end: End, protocol: number, port: number): Match {
  switch (choice.kind) {
    case "numbers":
      return contains(choice.ports, port) ? YES : NO;
    case "named": {
      if (choice.protocol !== undefined && choice.protocol !== protocol) return NO;
      const { among } = choice;
      const bearers = bearersOf(situation.inventory, situation.assumptions, end).filter(({ ports }) =>
        ports.some((named) => named.name === choice.name && named.protocol === protocol && named.port === port),
      );
      return some(bearers.map((bearer) => (among === undefined ? YES : matchBearer(among, bearer))));
    }
    case "service": {
      const served = endpointsOf(situation, choice.service)?.served ?? [];
      return some(
        served
          .filter((item) => item.protocol === protocol && item.port === port)
          .map((item) => matchPlace(item.where, end)),
      );
    }
  }
}

/** A rule that meets a packet, or may: with the peers and the traffic that did it, where the rule lists any. */
export interface RuleMatch extends Match {
  readonly source: Peer | undefined;
  readonly destination: Peer | undefined;
  readonly traffic: TrafficMatch | undefined;
}

/** The best match of a rule: a certain one before one that hangs on missing facts. */
export function matchRule(situation: Situation, rule: Rule, from: End, to: End, point: TrafficPoint): RuleMatch {
  const none = { source: undefined, destination: undefined, traffic: undefined };
  if (rule.family !== undefined && rule.family !== familyOf(to.where[0]?.start ?? 0n)) return { ...NO, ...none };
  const traffic = best(rule.traffic, (item) => matchTraffic(situation, item, from, to, point));
  if (traffic.match.holds === false) return { ...traffic.match, ...none };
  const source = best(rule.source, (peer) => matchPeer(situation, peer, from));
  const destination = best(rule.destination, (peer) => matchPeer(situation, peer, to));
  const match = every([
    traffic.match,
    source.match,
    destination.match,
    ...(rule.unknown === undefined ? [] : [unknown(rule.unknown)]),
  ]);
  return { ...match, source: source.item, destination: destination.item, traffic: traffic.item };
}

/** The alternative that holds, else one that may; a list that is not given does not restrict. */
function best<T>(items: readonly T[] | undefined, matchOf: (item: T) => Match): { item: T | undefined; match: Match } {
  if (items === undefined) return { item: undefined, match: YES };
  const tried = items.map((item) => ({ item, match: matchOf(item) }));
  const match = some(tried.map((one) => one.match));
  const item = tried.find((one) => one.match.holds === match.holds)?.item;
  return { item: match.holds === false ? undefined : item, match };
}
