/** Short names that depend on content alone. */

/** 64-bit FNV-1a in hexadecimal, of which twelve digits are kept. O(length). */
export function contentHash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const character of text) {
    value ^= BigInt(character.codePointAt(0) ?? 0);
    value = BigInt.asUintN(64, value * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0").slice(0, 12);
}
