/** Traffic between sides: blocks of both families put together wherever they say the same. */
import { FAMILIES } from "../fold/party-table.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, intersectBits } from "../net/bit-set.ts";
import { isNoTraffic, trafficKey, type TrafficSet } from "../net/traffic.ts";
import type { Block } from "./blocks.ts";
import { byRows } from "./rectangle-rows.ts";
import { byValue, filled, joined, type Rectangle, unlike, without } from "./rectangle.ts";
import type { Roll, SideTable } from "./side-table.ts";

/** One end of a rectangle: pods and nodes by their sides, addresses outside by their parties. One of both is empty. */
export interface Ends {
  readonly sides: BitSet;
  readonly outside: BitSet;
}

export interface SideRectangle {
  readonly from: Ends;
  readonly to: Ends;
  /** The family it holds for; undefined: for every family both ends have. */
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
}

/** Traffic in one or all families; equal ones are one object. */
interface Value {
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
}

class Values {
  readonly #known = new Map<string, Value>();
  readonly #keys = new Map<TrafficSet, string>();

  one(traffic: TrafficSet, family?: Family): Value {
    const text = this.#keys.get(traffic) ?? trafficKey(traffic);
    this.#keys.set(traffic, text);
    const key = `${family ?? ""} ${text}`;
    const known = this.#known.get(key) ?? { family, traffic };
    this.#known.set(key, known);
    return known;
  }
}

/** All pairs of sides whose admission has some of the chosen traffic, in disjoint rectangles, no pair and family twice. */
export function sideRectangles<T>(
  { parties }: Roll,
  table: SideTable,
  blocks: readonly Block<T>[],
  chosen: (admission: T) => TrafficSet,
): readonly SideRectangle[] {
  const outside = bitsOf([...parties].flatMap(([number, { kind }]) => (kind === "outside" ? [number] : [])));
  const values = new Values();
  const ofFamily = (family: Family): readonly Rectangle<Value>[] =>
    blocks.flatMap((block) => {
      const traffic = chosen(block.admission);
      return block.family !== family || isNoTraffic(traffic)
        ? []
        : [{ from: block.from, to: block.to, value: values.one(traffic) }];
    });
  const [four = [], six = []] = FAMILIES.map(ofFamily);
  const inner = (rectangles: readonly Rectangle<Value>[]): readonly Rectangle<Value>[] =>
    joined(
      filled(rectangles.map(({ from, to, value }) => ({ from: table.sidesOf(from), to: table.sidesOf(to), value }))),
    );
  const between = familiesMerged(inner(four), inner(six), table.families, values);
  const outwards = outerRectangles(table, outside, [...four, ...six], "from");
  const inwards = outerRectangles(table, outside, [...four, ...six], "to");
  const none = bitsOf([]);
  return [
    ...between.map(({ from, to, value }) => ({
      from: { sides: from, outside: none },
      to: { sides: to, outside: none },
      ...value,
    })),
    ...outwards.map(({ from, to, value }) => ({
      from: { sides: from, outside: none },
      to: { sides: none, outside: to },
      ...value,
    })),
    ...inwards.map(({ from, to, value }) => ({
      from: { sides: none, outside: to },
      to: { sides: from, outside: none },
      ...value,
    })),
  ];
}

/**
 * Rectangles of both families as one where they agree. A pair that has one family in common has nothing to disagree about;
 * where one of two families has no traffic, they do not agree.
 */
function familiesMerged(
  four: readonly Rectangle<Value>[],
  six: readonly Rectangle<Value>[],
  families: SideTable["families"],
  values: Values,
): readonly Rectangle<Value>[] {
  const dual = intersectBits(families[4], families[6]);
  const whole = (from: BitSet, to: BitSet): Rectangle<undefined> => ({ from, to, value: undefined });
  const inBoth = (rectangles: readonly Rectangle<Value>[]): readonly Rectangle<Value>[] =>
    filled(
      rectangles.map(({ from, to, value }) => ({
        from: intersectBits(from, dual),
        to: intersectBits(to, dual),
        value,
      })),
    );
  const single = [...four, ...six].flatMap((rectangle) => without(rectangle, [whole(dual, dual)]));
  const [both4, both6] = [byValue(inBoth(four)), byValue(inBoth(six))];
  const merged: Rectangle<Value>[] = [...single];
  for (const value of new Set([...both4.keys(), ...both6.keys()])) {
    const { same, onlyA: a, onlyB: b } = unlike(both4.get(value) ?? [], both6.get(value) ?? []);
    merged.push(...same);
    for (const one of a) {
      for (const other of b) {
        merged.push(
          ...filled([{ from: intersectBits(one.from, other.from), to: intersectBits(one.to, other.to), value }]),
        );
      }
    }
    const only = (own: readonly Rectangle<Value>[], others: readonly Rectangle<Value>[], family: Family): void => {
      for (const rectangle of own) {
        for (const left of without(rectangle, others))
          merged.push({ ...left, value: values.one(value.traffic, family) });
      }
    };
    only(a, b, 4);
    only(b, a, 6);
  }
  return joined(merged);
}

/** Sides (`from`) with all addresses outside (`to`) that they have the same traffic with, of whichever family. */
function outerRectangles(
  table: SideTable,
  outside: BitSet,
  rectangles: readonly Rectangle<Value>[],
  inside: "from" | "to",
): readonly Rectangle<Value>[] {
  return byRows(
    filled(
      rectangles.map((rectangle) => ({
        from: table.sidesOf(rectangle[inside]),
        to: intersectBits(rectangle[inside === "from" ? "to" : "from"], outside),
        value: rectangle.value,
      })),
    ),
  );
}
