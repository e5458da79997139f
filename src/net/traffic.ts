/**
 * Traffic sets: which packets of a pair of addresses are meant, by protocol and header fields.
 *
 * A packet is a point (protocol, first, second): source port and destination port where the protocol has ports, type and
 * code for ICMP, (0, 0) for any other protocol. A set is a piecewise constant function from protocol to a plane, a plane
 * one from the first field to an interval set of the second. Pieces are maximal, so equal sets have one form.
 */
import { type Interval, type Intervals, contains, equal, intersect, subtract, union } from "./intervals.ts";
import { headerKind } from "./protocol.ts";

/** One packet's protocol and header fields, as described above. */
export interface TrafficPoint {
  readonly protocol: number;
  readonly first: number;
  readonly second: number;
}

interface Piece<V> extends Interval<number> {
  readonly value: V;
}

type Plane = readonly Piece<Intervals<number>>[];

/** A canonical set of traffic points. Treat as opaque: build it with the functions of this module. */
export type TrafficSet = readonly Piece<Plane>[];

/** A rectangle of points of a run of protocols with the same header kind; all three are half-open intervals. */
export interface TrafficBox {
  readonly protocols: Interval<number>;
  readonly first: Interval<number>;
  readonly second: Interval<number>;
}

const FIELD_SIZE = { ports: 65_536, icmp: 256, none: 1 } as const;

/** All values a header field of this protocol can have. */
export function fieldRange(protocol: number): Interval<number> {
  return { start: 0, end: FIELD_SIZE[headerKind(protocol)] };
}

export const NO_TRAFFIC: TrafficSet = [];

/** Every packet of every protocol. */
export const ALL_TRAFFIC: TrafficSet = normalized(
  Array.from({ length: 256 }, (_, protocol) => ({
    start: protocol,
    end: protocol + 1,
    value: plane(fieldRange(protocol), [fieldRange(protocol)]),
  })),
  joinProtocols,
);

/** Every packet of one protocol. */
export function allOf(protocol: number): TrafficSet {
  return box(protocol, [fieldRange(protocol)], [fieldRange(protocol)]);
}

/** The packets of `protocol` whose destination port is in `ports` (half-open intervals in 0-65536). */
export function toPorts(protocol: number, ports: Intervals<number>): TrafficSet {
  return box(protocol, [fieldRange(protocol)], ports);
}

/** The packets of `protocol` with the first header field in `first` and the second in `second`. */
export function box(protocol: number, first: Intervals<number>, second: Intervals<number>): TrafficSet {
  if (first.length === 0 || second.length === 0) return NO_TRAFFIC;
  return [{ start: protocol, end: protocol + 1, value: first.map((part) => ({ ...part, value: second })) }];
}

function plane(first: Interval<number>, second: Intervals<number>): Plane {
  return [{ ...first, value: second }];
}

export function unionTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a.length === 0 || a === b || b === ALL_TRAFFIC) return b;
  if (b.length === 0 || a === ALL_TRAFFIC) return a;
  return overlay(a, b, [], unionPlanes, joinProtocols);
}

export function intersectTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a === b || b === ALL_TRAFFIC || a.length === 0) return a;
  if (a === ALL_TRAFFIC || b.length === 0) return b;
  return overlay(a, b, [], intersectPlanes, joinProtocols);
}

/** The packets of `a` that are not in `b`. */
export function subtractTraffic(a: TrafficSet, b: TrafficSet): TrafficSet {
  if (a.length === 0 || b.length === 0) return a;
  if (a === b || b === ALL_TRAFFIC) return NO_TRAFFIC;
  return overlay(a, b, [], subtractPlanes, joinProtocols);
}

function unionPlanes(a: Plane, b: Plane): Plane {
  if (a === b || b.length === 0) return a;
  return a.length === 0 ? b : overlay(a, b, [], union, joinColumns);
}

function intersectPlanes(a: Plane, b: Plane): Plane {
  if (a === b || a.length === 0) return a;
  return b.length === 0 ? b : overlay(a, b, [], intersect, joinColumns);
}

function subtractPlanes(a: Plane, b: Plane): Plane {
  if (a.length === 0 || b.length === 0) return a;
  return a === b ? [] : overlay(a, b, [], subtract, joinColumns);
}

export function equalTraffic(a: TrafficSet, b: TrafficSet): boolean {
  return a === b || equalPieces(a, b, equalPlanes);
}

export function isNoTraffic(set: TrafficSet): boolean {
  return set.length === 0;
}

/** Whether the set holds the packet. O(log of the second field's intervals + pieces). */
export function containsTraffic(set: TrafficSet, point: TrafficPoint): boolean {
  const column = at(at(set, point.protocol) ?? [], point.first);
  return column !== undefined && contains(column, point.second);
}

/** The rectangles of the set, in order of protocol, first and second field. */
export function* boxesOf(set: TrafficSet): Generator<TrafficBox> {
  for (const { start, end, value } of set) {
    for (const column of value) {
      for (const second of column.value) {
        yield { protocols: { start, end }, first: { start: column.start, end: column.end }, second };
      }
    }
  }
}

/** A text that two sets share exactly when they are equal. */
export function trafficKey(set: TrafficSet): string {
  return set
    .map((piece) => {
      const columns = piece.value.map(
        (column) => `${column.start}-${column.end}:${column.value.map((i) => `${i.start}-${i.end}`).join("+")}`,
      );
      return `${piece.start}-${piece.end}(${columns.join(" ")})`;
    })
    .join(";");
}

function at<V>(pieces: readonly Piece<V>[], point: number): V | undefined {
  return pieces.find((piece) => piece.start <= point && point < piece.end)?.value;
}

function equalPlanes(a: Plane, b: Plane): boolean {
  return equalPieces(a, b, equal);
}

/** Whether two pieces may stand as one when they touch. */
type Join<V> = (a: Piece<V>, b: Piece<V>) => boolean;

function joinColumns(a: Piece<Intervals<number>>, b: Piece<Intervals<number>>): boolean {
  return equal(a.value, b.value);
}

/** Protocols whose header fields differ stay apart: (0, 0) is a packet's port or type for one, and all there is for another. */
function joinProtocols(a: Piece<Plane>, b: Piece<Plane>): boolean {
  return headerKind(a.start) === headerKind(b.start) && equalPlanes(a.value, b.value);
}

function equalPieces<V>(a: readonly Piece<V>[], b: readonly Piece<V>[], same: (x: V, y: V) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((piece, i) => {
      const other = b[i];
      return (
        other !== undefined && piece.start === other.start && piece.end === other.end && same(piece.value, other.value)
      );
    })
  );
}

/** Combines two piecewise functions point by point; `nothing` is the value outside all pieces. O(n + m) combinations. */
function overlay<V extends readonly unknown[]>(
  a: readonly Piece<V>[],
  b: readonly Piece<V>[],
  nothing: V,
  combine: (x: V, y: V) => V,
  join: Join<V>,
): readonly Piece<V>[] {
  const pieces: Piece<V>[] = [];
  let i = 0;
  let j = 0;
  let reached = 0;
  for (;;) {
    const left = a[i];
    const right = b[j];
    if (left === undefined && right === undefined) return pieces;
    const start = Math.max(reached, Math.min(left?.start ?? Infinity, right?.start ?? Infinity));
    const inLeft = left !== undefined && left.start <= start;
    const inRight = right !== undefined && right.start <= start;
    reached = Math.min((inLeft ? left.end : left?.start) ?? Infinity, (inRight ? right.end : right?.start) ?? Infinity);
    const value = combine(inLeft ? left.value : nothing, inRight ? right.value : nothing);
    append(pieces, { start, end: reached, value }, join);
    if (inLeft && left.end === reached) i++;
    if (inRight && right.end === reached) j++;
  }
}

/** Drops empty pieces and joins touching ones where it may. */
function normalized<V extends readonly unknown[]>(pieces: readonly Piece<V>[], join: Join<V>): readonly Piece<V>[] {
  const result: Piece<V>[] = [];
  for (const piece of pieces) append(result, piece, join);
  return result;
}

function append<V extends readonly unknown[]>(pieces: Piece<V>[], piece: Piece<V>, join: Join<V>): void {
  if (piece.value.length === 0) return;
  const last = pieces.at(-1);
  if (last !== undefined && last.end === piece.start && join(last, piece)) {
    pieces[pieces.length - 1] = { ...last, end: piece.end };
  } else {
    pieces.push(piece);
  }
}
