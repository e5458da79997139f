/**
 * Numbers of classes that last from one program of a node to the next. A class is a number only to the kernel, and a
 * compiler that counts them anew each time would have nearly every element change with the least policy.
 */
import type { Address } from "../net/address.ts";
import { valuesOf } from "./address-lookup.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program } from "./program.ts";

/** A program, or, of a table that was taken over, its maps alone. */
export type ProgramBefore = Pick<Program, "families"> & Partial<Pick<Program, "trafficChains" | "hosts">>;

/**
 * The program `after` with class numbers taken over from `before` where most addresses stay together. Pure; O(size of
 * both), times a logarithm.
 *
 * A packet on its way through the rules may find its class before a change and the verdict of the pair after it. So a
 * number never means another thing to an address that has left its class: it is taken over only if no address leaves, or
 * if what it leads to stays the same. For the same reason a traffic chain that only pairs of `before` lead to stays until
 * the next change.
 */
export function keepClassNumbers(before: ProgramBefore, after: Program): Program {
  return {
    ...after,
    families: [
      keepInFamily(before.families[0], after.families[0]),
      keepInFamily(before.families[1], after.families[1]),
    ],
    trafficChains: [...after.trafficChains, ...chainsLeft(before, after.trafficChains, before.trafficChains)],
    hosts: after.hosts && {
      ...after.hosts,
      earlyTraffic: [
        ...after.hosts.earlyTraffic,
        ...chainsLeft(before, after.hosts.earlyTraffic, before.hosts?.earlyTraffic),
      ],
    },
  };
}

/** Those of `then` that something of `before` leads to and that are not among `now`. */
function chainsLeft<T extends { readonly name: string }>(
  before: ProgramBefore,
  now: readonly T[],
  then: readonly T[] = [],
): readonly T[] {
  const kept = new Set(now.map(({ name }) => name));
  const used = new Set(
    [
      ...before.families.flatMap(({ egress, ingress }) => [...egress, ...ingress].map(({ target }) => target)),
      ...(before.hosts?.stages ?? []).flatMap(({ families }) =>
        families.flatMap(({ rows }) => rows.flatMap((row) => valuesOf(row))),
      ),
    ].map((target) => (target.kind === "traffic" ? target.chain : "")),
  );
  return then.filter(({ name }) => used.has(name) && !kept.has(name));
}

function keepInFamily(before: FamilyProgram, after: FamilyProgram): FamilyProgram {
  const numbers = numbersFor(before, after);
  const numberOf = (peerClass: number): number => numbers.get(peerClass) ?? 0;
  const entry = ({ block, peerClass }: ClassEntry): ClassEntry => ({ block, peerClass: numberOf(peerClass) });
  const pair = (entry: PairEntry): PairEntry => ({ ...entry, peerClass: numberOf(entry.peerClass) });
  return {
    ...after,
    addressClasses: after.addressClasses.map(entry),
    blockClasses: after.blockClasses.map(entry),
    egress: after.egress.map(pair),
    ingress: after.ingress.map(pair),
  };
}

/** The number of each class of `after`: an old one where it may keep one, else one that `before` does not use. */
function numbersFor(before: FamilyProgram, after: FamilyProgram): ReadonlyMap<number, number> {
  const moves = movesBetween(before, after);
  const destinations = new Map<number, number>();
  for (const { from } of moves) destinations.set(from, (destinations.get(from) ?? 0) + 1);
  const rowBefore = rowsOf(before, after);
  const rowAfter = rowsOf(after, before);
  const numbers = new Map([[0, 0]]);
  const used = new Set(classesOf(before));
  const free = new Set(used);
  for (const { from, to } of moves) {
    if (numbers.has(to) || !free.has(from)) continue;
    if (destinations.get(from) !== 1 && rowBefore(from) !== rowAfter(to)) continue;
    numbers.set(to, from);
    free.delete(from);
  }
  let next = 1;
  for (const peerClass of classesOf(after)) {
    if (numbers.has(peerClass)) continue;
    while (used.has(next)) next++;
    numbers.set(peerClass, next++);
  }
  return numbers;
}

/** Every class but 0 that a program knows. */
function classesOf(program: FamilyProgram): ReadonlySet<number> {
  const { addressClasses, blockClasses, egress, ingress } = program;
  const classes = new Set(
    [...addressClasses, ...blockClasses, ...egress, ...ingress].map(({ peerClass }) => peerClass),
  );
  classes.delete(0);
  return classes;
}

/** Some addresses were of class `from` and are of class `to`; the weight counts the blocks and single addresses. */
export interface Move {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
}

/** Which classes have addresses in common, the heaviest first. O((n + m) log (n + m)). */
export function movesBetween(before: FamilyProgram, after: FamilyProgram): readonly Move[] {
  const weights = new Map<number, Map<number, number>>();
  const count = (from: number, to: number): void => {
    const row = weights.get(from) ?? new Map<number, number>();
    weights.set(from, row.set(to, (row.get(to) ?? 0) + 1));
  };
  const classBefore = classLookup(before);
  const classAfter = classLookup(after);
  const addresses = new Set([...before.addressClasses, ...after.addressClasses].map(({ block }) => block.start));
  for (const address of addresses) count(classBefore.at(address), classAfter.at(address));
  // Between two borders, the blocks of both programs are the same all along.
  const borders = new Set(
    [...before.blockClasses, ...after.blockClasses].flatMap(({ block }) => [block.start, block.end]),
  );
  for (const border of borders) count(classBefore.inBlocks(border), classAfter.inBlocks(border));
  return [...weights]
    .flatMap(([from, row]) => [...row].map(([to, weight]) => ({ from, to, weight })))
    .sort((a, b) => b.weight - a.weight || a.from - b.from || a.to - b.to);
}

interface ClassLookup {
  at(address: Address): number;
  inBlocks(address: Address): number;
}

function classLookup({ addressClasses, blockClasses }: FamilyProgram): ClassLookup {
  const single = new Map(addressClasses.map(({ block, peerClass }) => [block.start, peerClass]));
  const inBlocks = (address: Address): number => {
    let low = 0;
    let high = blockClasses.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = blockClasses[middle];
      if (entry === undefined || entry.block.start > address) high = middle;
      else if (entry.block.end <= address) low = middle + 1;
      else return entry.peerClass;
    }
    return 0;
  };
  return { at: (address) => single.get(address) ?? inBlocks(address), inBlocks };
}

/**
 * What a class leads to, as a text that equal rows share: for pods that are governed both now and then, since no other
 * can be the pod of a packet that is judged in between. Worked out at the first question.
 */
function rowsOf(program: FamilyProgram, other: FamilyProgram): (peerClass: number) => string {
  let rows: ReadonlyMap<number, readonly string[]> | undefined;
  return (peerClass) => {
    rows ??= readRows(program, other);
    return rows.get(peerClass)?.join() ?? "";
  };
}

function readRows(program: FamilyProgram, other: FamilyProgram): ReadonlyMap<number, readonly string[]> {
  const rows = new Map<number, string[]>();
  const read = (direction: string, pairs: readonly PairEntry[], governed: ReadonlySet<Address>): void => {
    for (const { peerClass, pod, target } of pairs) {
      if (!governed.has(pod)) continue;
      const row = rows.get(peerClass) ?? [];
      row.push(`${direction} ${pod} ${target.kind === "traffic" ? target.chain : "*"}`);
      rows.set(peerClass, row);
    }
  };
  read("egress", program.egress, new Set(other.isolatedEgress));
  read("ingress", program.ingress, new Set(other.isolatedIngress));
  for (const row of rows.values()) row.sort();
  return rows;
}
