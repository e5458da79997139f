/** What becomes of packets before and after: the blocks of two situations laid over each other. */
import { type Admission, NOTHING } from "../fold/admission.ts";
import { endOfParty } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { Family } from "../net/address.ts";
import { bitsOf, type BitSet, intersectBits, numbersIn } from "../net/bit-set.ts";
import { intersectTraffic, subtractTraffic, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import type { Outcome } from "../verdict/verdict.ts";
import type { Block } from "./blocks.ts";
import { pushTo } from "./by-key.ts";
import type { Unit } from "./difference-units.ts";
import type { Flows } from "./flows.ts";
import { byRows } from "./rectangle-rows.ts";
import { filled, overlaid, type Rectangle, without } from "./rectangle.ts";

/**
 * `opened`: passes now, and did not. `closed`: the reverse. `one-way`: arrives now and is not answered, and did not arrive;
 * `no longer one-way`: the reverse. `undecided`: it is no longer known what becomes of it; `decided`: now it is.
 */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export const CHANGE_KINDS = ["opened", "closed", "one-way", "no longer one-way", "undecided", "decided"] as const;

/** What becomes of packets between two units. */
export interface Change {
  readonly before: Admission;
  readonly after: Admission;
}

/** The kind of change between two outcomes; undefined: none that makes a difference. */
export function changeKind(before: Outcome, after: Outcome): ChangeKind | undefined {
  if (before === after) return undefined;
  if (after === "undecided") return "undecided";
  if (before === "undecided") return "decided";
  if (after === "allowed") return "opened";
  if (before === "allowed") return "closed";
  if (after === "one-way") return "one-way";
  return before === "one-way" ? "no longer one-way" : undefined;
}

/** The packets of a change that it is for. */
export function changed({ before, after }: Change, kind: ChangeKind): TrafficSet {
  switch (kind) {
    case "opened":
      return subtractTraffic(after.allowed, unionTraffic(before.allowed, before.undecided));
    case "closed":
      return changed({ before: after, after: before }, "opened");
    case "one-way":
      return [before.oneWay, before.allowed, before.undecided].reduce(subtractTraffic, after.oneWay);
    case "no longer one-way":
      return changed({ before: after, after: before }, "one-way");
    case "undecided":
      return subtractTraffic(after.undecided, before.undecided);
    case "decided":
      return subtractTraffic(before.undecided, after.undecided);
  }
}

/** What passed and passes. */
export function kept({ before, after }: Change): TrafficSet {
  return before === after ? after.allowed : intersectTraffic(before.allowed, after.allowed);
}

/** Changes between units of both situations, what passes where an end is new, and what passed where an end is gone. */
export interface ChangeBlocks {
  readonly between: readonly Block<Change>[];
  readonly added: readonly Block<Change>[];
  readonly removed: readonly Block<Change>[];
}

/** O(blocks + what differs). Which blocks come out depends on what may pass alone. */
export function changeBlocks(units: ReadonlyMap<number, Unit>, before: Flows, after: Flows): ChangeBlocks {
  const old = new UnitBlocks(units, before, "before");
  const now = new UnitBlocks(units, after, "after");
  const both = intersectBits(old.all, now.all);
  const changes = new Changes();
  const between: Block<Change>[] = [];
  const added: Block<Change>[] = [];
  const removed: Block<Change>[] = [];
  for (const family of FAMILIES) {
    const [was, is] = [old.rectangles(family), now.rectangles(family)];
    const within = (rectangles: readonly Rectangle<Admission>[]): readonly Rectangle<Admission>[] =>
      filled(
        rectangles.map((one) => ({ ...one, from: intersectBits(one.from, both), to: intersectBits(one.to, both) })),
      );
    const beyond = (rectangles: readonly Rectangle<Admission>[]): readonly Rectangle<Admission>[] =>
      rectangles.flatMap((one) => without(one, [{ from: both, to: both, value: undefined }]));
    const blocksOf = (rectangles: readonly Rectangle<Change>[]): readonly Block<Change>[] =>
      byRows(rectangles).map(({ from, to, value }) => ({ from, to, family, admission: value }));
    between.push(
      ...blocksOf(
        overlaid(within(was), within(is)).map(({ from, to, value: { a, b } }) => ({
          from,
          to,
          value: changes.one(a ?? NOTHING, b ?? NOTHING),
        })),
      ),
    );
    added.push(...blocksOf(beyond(is).map((one) => ({ ...one, value: changes.one(NOTHING, one.value) }))));
    removed.push(...blocksOf(beyond(was).map((one) => ({ ...one, value: changes.one(one.value, NOTHING) }))));
  }
  return { between, added, removed };
}

/** Changes each as one object. */
class Changes {
  readonly #known = new Map<Admission, Map<Admission, Change>>();

  one(before: Admission, after: Admission): Change {
    const row = this.#known.get(before) ?? new Map<Admission, Change>();
    this.#known.set(before, row);
    const known = row.get(after) ?? { before, after };
    row.set(after, known);
    return known;
  }
}

/** The blocks of one situation over units. */
class UnitBlocks {
  /** The units that exist in it. */
  readonly all: BitSet;
  readonly #flows: Flows;
  readonly #byParty: Readonly<Record<Family, Map<number, number[]>>> = { 4: new Map(), 6: new Map() };

  constructor(units: ReadonlyMap<number, Unit>, flows: Flows, when: "before" | "after") {
    this.#flows = flows;
    const all: number[] = [];
    for (const [number, unit] of units) {
      const party = unit[when];
      if (party === undefined) continue;
      all.push(number);
      // A party may have more families than the unit, which is then about one address of its pods.
      const families = FAMILIES.filter((family) => endOfParty(unit.party, family) !== undefined);
      for (const family of families) pushTo(this.#byParty[family], party, number);
    }
    this.all = bitsOf(all);
  }

  rectangles(family: Family): readonly Rectangle<Admission>[] {
    const known = new Map<BitSet, BitSet>();
    const unitsOf = (parties: BitSet): BitSet => {
      const units =
        known.get(parties) ?? bitsOf(numbersIn(parties).flatMap((one) => this.#byParty[family].get(one) ?? []));
      known.set(parties, units);
      return units;
    };
    return filled(
      this.#flows
        .blocks()
        .filter((block) => block.family === family)
        .map(({ from, to, admission }) => ({ from: unitsOf(from), to: unitsOf(to), value: admission })),
    );
  }
}
