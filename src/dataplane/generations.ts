/** The numbers that admitted connections are stamped with. */

/** Of 16 bits. Number 0 is what a connection carries that was never stamped. */
export const LAST_GENERATION = 0xffff;

/**
 * The generation after `current` that no connection carries from an earlier time: one would otherwise pass unjudged. After the
 * last comes the first. Undefined: every number is taken. Pure; O(65,536) at worst.
 */
export function nextGeneration(current: number, taken: ReadonlySet<number>): number | undefined {
  for (let step = 1; step <= LAST_GENERATION; step++) {
    const next = ((current + step - 1) % LAST_GENERATION) + 1;
    if (next !== current && !taken.has(next)) return next;
  }
  return undefined;
}
