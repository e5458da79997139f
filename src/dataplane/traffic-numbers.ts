/**
 * The numbers of traffic chains: what a pair of pod and peer class leads to, as the kernel keeps it. Pairs hold numbers and
 * not verdicts, because the kernel walks through every verdict of a table whenever a rule or a verdict comes.
 */
import type { Program } from "./program.ts";

/** What pairs hold that admit everything. Numbers of traffic begin here, above those of all classes. */
export const ADMITTED = 0x8000_0000;

/** What stages of early phases hold where no rule decides and all of it goes on. */
export const PASSED = 0x8000_0001;

/** By the names of the chains. */
export type TrafficNumbers = ReadonlyMap<string, number>;

/**
 * The number of each chain. It depends on the name alone, so that it means the same in the program before and
 * after: a packet may find its number before a change and the chain after it. Only where the names of two chains come to the
 * same number, which one of them gets it depends on the other. O(n log n).
 */
export function trafficNumbers({ trafficChains, hosts }: Pick<Program, "trafficChains" | "hosts">): TrafficNumbers {
  const chains = [...trafficChains, ...(hosts?.earlyTraffic ?? [])];
  return numbersOf(
    chains.map(({ name }) => name),
    new Set([ADMITTED, PASSED]),
  );
}

/** A number for each name, of which none is among those that are reserved. */
export function numbersOf(names: readonly string[], reserved: ReadonlySet<number>): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  const taken = new Set(reserved);
  for (const name of new Set(names.toSorted())) {
    let number = numberOfName(name);
    while (taken.has(number)) number = above(number + 1);
    taken.add(number);
    numbers.set(name, number);
  }
  return numbers;
}

/** 32-bit FNV-1a, of which the upper bit is given away. */
function numberOfName(name: string): number {
  let value = 0x811c9dc5;
  for (const character of name) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return above(value);
}

function above(number: number): number {
  return (number | ADMITTED) >>> 0;
}
