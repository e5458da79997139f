/**
 * Sets of packets in five dimensions: source and destination addresses, and traffic. A region is a list of disjoint boxes, so
 * that what a rule leaves for the rules behind it is exact, however rules overlap.
 */
import type { AddressSet } from "../net/address.ts";
import { equal, intersect, subtract, union } from "../net/intervals.ts";
import { equalTraffic, intersectTraffic, subtractTraffic, type TrafficSet, unionTraffic } from "../net/traffic.ts";

/** Every packet of the traffic from any of the sources to any of the destinations. */
export interface Box {
  readonly source: AddressSet;
  readonly destination: AddressSet;
  readonly traffic: TrafficSet;
}

/** Disjoint boxes, none of them empty. Not canonical: equal sets of packets may be cut into different boxes. */
export type Region = readonly Box[];

/** The packets of `region` that are in the box. O(boxes). */
export function within(region: Region, box: Box): Region {
  return region.flatMap((part) => overlapOf(part, box) ?? []);
}

/** The packets of `region` that are of the traffic. O(boxes). */
export function ofTraffic(region: Region, traffic: TrafficSet): Region {
  return region
    .map((part) => ({ ...part, traffic: intersectTraffic(part.traffic, traffic) }))
    .filter((part) => part.traffic.length > 0);
}

/** The packets of `region` that are in `other`, whose boxes must be disjoint too. O(boxes x boxes). */
export function common(region: Region, other: Region): Region {
  return other.flatMap((box) => within(region, box));
}

/** Whether any packet is in both. O(boxes x boxes), and less where they meet early. */
export function meet(region: Region, other: Region): boolean {
  return region.some((part) => other.some((box) => overlapOf(part, box) !== undefined));
}

/** The packets of `region` that are not in the box. At most three boxes for each box that it touches. */
export function without(region: Region, box: Box): Region {
  return region.flatMap((part) => {
    const overlap = overlapOf(part, box);
    if (overlap === undefined) return [part];
    return [
      { ...part, source: subtract(part.source, box.source) },
      { ...part, source: overlap.source, destination: subtract(part.destination, box.destination) },
      { ...overlap, traffic: subtractTraffic(part.traffic, box.traffic) },
    ].filter(holdsPackets);
  });
}

/** The packets of `region` that are not in `other`. O(boxes x boxes) where they overlap little. */
export function difference(region: Region, other: Region): Region {
  return other.reduce<Region>((rest, box) => (rest.length === 0 ? rest : without(rest, box)), region);
}

/**
 * The same packets in fewer boxes where boxes that differ in one dimension can stand as one. For people to read; O(boxes^2) for
 * each round in which something could be joined.
 */
export function merged(region: Region): Region {
  const result: Box[] = [];
  for (const part of region) {
    const i = result.findIndex((other) => joined(other, part) !== undefined);
    const other = result[i];
    const whole = other === undefined ? undefined : joined(other, part);
    if (whole === undefined) result.push(part);
    else result[i] = whole;
  }
  return result.length === region.length ? result : merged(result);
}

export function sourcesOf(region: Region): AddressSet {
  return region.reduce<AddressSet>((all, { source }) => union(all, source), []);
}

export function destinationsOf(region: Region): AddressSet {
  return region.reduce<AddressSet>((all, { destination }) => union(all, destination), []);
}

export function trafficOf(region: Region): TrafficSet {
  return region.reduce<TrafficSet>((all, { traffic }) => unionTraffic(all, traffic), []);
}

function overlapOf(a: Box, b: Box): Box | undefined {
  const source = intersect(a.source, b.source);
  if (source.length === 0) return undefined;
  const destination = intersect(a.destination, b.destination);
  if (destination.length === 0) return undefined;
  const traffic = intersectTraffic(a.traffic, b.traffic);
  return traffic.length === 0 ? undefined : { source, destination, traffic };
}

function holdsPackets({ source, destination, traffic }: Box): boolean {
  return source.length > 0 && destination.length > 0 && traffic.length > 0;
}

/** Two disjoint boxes as one; undefined where they differ in more than one dimension. */
function joined(a: Box, b: Box): Box | undefined {
  const sameSource = equal(a.source, b.source);
  const sameDestination = equal(a.destination, b.destination);
  if (sameSource && sameDestination) return { ...a, traffic: unionTraffic(a.traffic, b.traffic) };
  if (!equalTraffic(a.traffic, b.traffic)) return undefined;
  if (sameSource) return { ...a, destination: union(a.destination, b.destination) };
  if (sameDestination) return { ...a, source: union(a.source, b.source) };
  return undefined;
}
