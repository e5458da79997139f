import * as fc from "fast-check";

/**
 * How one part of a random world points at another: not by position but by a number that ranks all candidates, of which the
 * highest wins. Removing any other candidate leaves the choice as it is, so shrinking a world does not shuffle it.
 */
export type Reference = number;

/** A random reference. It does not shrink: no choice is simpler than another. */
export const reference: fc.Arbitrary<Reference> = fc.noShrink(fc.integer({ min: 0, max: 0xff_ffff }));

/** The candidate the reference points at; undefined when there is none. `idOf` names a candidate, whatever its position. */
export function resolve<T>(
  pointer: Reference,
  candidates: readonly T[],
  idOf: (candidate: T) => string,
): T | undefined {
  let best: T | undefined;
  let highest = -1;
  for (const candidate of candidates) {
    const rank = rankOf(pointer, idOf(candidate));
    if (rank > highest) [best, highest] = [candidate, rank];
  }
  return best;
}

/** `resolve` where there is always a candidate. Throws when there is none. */
export function resolveSome<T>(pointer: Reference, candidates: readonly T[], idOf: (candidate: T) => string): T {
  const found = resolve(pointer, candidates, idOf);
  if (found === undefined) throw new Error("a reference into an empty list");
  return found;
}

/** A 32-bit mix (FNV-1a with a final avalanche) of pointer and id. */
export function rankOf(pointer: Reference, id: string): number {
  let hash = 0x81_1c_9d_c5 ^ pointer;
  for (let index = 0; index < id.length; index += 1) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
