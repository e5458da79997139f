/** Three-valued matching of ends against selectors and peers, without reasons: undefined where the input does not tell. */
import type { ServiceEndpoints } from "../cluster/service-endpoints.ts";
import { type Selector, selectsKnowing } from "../labels/selector.ts";
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import { type Bearer, bearersOf, subjectBearer } from "../path/bearers.ts";
import type { End, Subject } from "../path/end.ts";
import type { Peer, ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

/** Undefined: not known. */
export type Ternary = boolean | undefined;

export function both(a: Ternary, b: Ternary): Ternary {
  if (a === false || b === false) return false;
  return a === undefined || b === undefined ? undefined : true;
}

/** A sign for each answer, for keys. */
export function digit(value: Ternary): string {
  return value === undefined ? "?" : value ? "1" : "0";
}

export function anyOf(values: Iterable<Ternary>): Ternary {
  let result: Ternary = false;
  for (const value of values) {
    if (value === true) return true;
    if (value === undefined) result = undefined;
  }
  return result;
}

export function negation(value: Ternary): Ternary {
  return value === undefined ? undefined : !value;
}

/** Whether policies with this selector govern the subject. */
export function matchSubject(situation: Situation, selector: Selector, subject: Subject): Ternary {
  return matchBearer(selector, subjectBearer(subject, situation.assumptions));
}

export function matchBearer(selector: Selector, bearer: Bearer): Ternary {
  const holds = selectsKnowing(selector, bearer.labels, (key) => bearer.missingLabel(key) === undefined);
  return both(holds, bearer.unsure === undefined ? true : undefined);
}

/** Whether some object that bears the end's address satisfies the selector. */
export function matchSelector(situation: Situation, selector: Selector, end: End): Ternary {
  return anyOf(
    bearersOf(situation.inventory, situation.assumptions, end).map((bearer) => matchBearer(selector, bearer)),
  );
}

export function matchAddresses(situation: Situation, addresses: AddressSet, end: End): Ternary {
  if (end.kind === "pod" && situation.assumptions["cidr-matches-pods"] === "no") return false;
  if (coversAddresses(addresses, end.where)) return true;
  return overlaps(addresses, end.where) ? undefined : false;
}

export function serviceEndpoints(situation: Situation, { namespace, name }: ServiceName): ServiceEndpoints {
  return situation.inventory.serviceEndpoints.get(`${namespace}/${name}`) ?? { members: [], served: [] };
}

/** Whether the end is an endpoint of the Service, whatever the port. */
export function matchMember(situation: Situation, service: ServiceName, end: End): Ternary {
  return anyOf(serviceEndpoints(situation, service).members.map((place) => matchPlace(place, end)));
}

export function matchPlace(place: ServiceEndpoints["members"][number], end: End): Ternary {
  if ("pod" in place) return end.kind === "pod" && end.pod === place.pod;
  const at = [{ start: place.address, end: place.address + 1n }];
  if (!overlaps(at, end.where)) return false;
  return coversAddresses(at, end.where) ? true : undefined;
}

/** Everything a peer gives must hold. */
export function matchPeer(situation: Situation, peer: Peer, end: End): Ternary {
  let result: Ternary = peer.unknown === undefined ? true : undefined;
  if (peer.addresses !== undefined) result = both(result, matchAddresses(situation, peer.addresses, end));
  if (result !== false && peer.selector !== undefined) {
    result = both(result, matchSelector(situation, peer.selector, end));
  }
  if (result !== false && peer.notSelector !== undefined) {
    result = both(result, negation(matchSelector(situation, peer.notSelector, end)));
  }
  if (result !== false && peer.service !== undefined) result = both(result, matchMember(situation, peer.service, end));
  return result;
}
