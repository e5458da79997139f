/** Dividing a limited number of probes among pairs of ends. */

/**
 * How many of its probes each pair keeps when all together may be `limit`, with notes on what that leaves out. The pairs in
 * `firsts` are served before the others; within each of the two groups shares are as equal as can be.
 */
export function sharesOf(
  sizes: readonly number[],
  firsts: ReadonlySet<number>,
  limit: number,
): { readonly shares: readonly number[]; readonly notes: readonly string[] } {
  const total = sum(sizes);
  if (total <= limit) return { shares: sizes, notes: [] };
  const shares = sizes.map(() => 0);
  const said: string[] = [];
  let rest = limit;
  for (const [name, indexes] of [
    ["pairs that differ in the classes or nodes of their pods", [...sizes.keys()].filter((i) => firsts.has(i))],
    ["pairs like them", [...sizes.keys()].filter((i) => !firsts.has(i))],
  ] as const) {
    if (indexes.length === 0) continue;
    const own = indexes.map((i) => sizes[i] ?? 0);
    const given = divide(own, rest);
    indexes.forEach((i, k) => {
      shares[i] = given[k] ?? 0;
    });
    rest -= sum(given);
    said.push(`of ${indexes.length} ${name} ${describe(own, given)}`);
  }
  return { shares, notes: [`${total - sum(shares)} of ${total} probes are left out by the limit: ${said.join("; ")}`] };
}

function describe(sizes: readonly number[], shares: readonly number[]): string {
  const served = shares.filter((share) => share > 0).length;
  if (sum(shares) === sum(sizes)) return "every one is probed wholly";
  const most = shares.reduce((a, b) => Math.max(a, b), 0);
  const how = `with at most ${most} of its ports and protocols, which differ from pair to pair`;
  if (served === sizes.length) return `every one is probed, ${how}`;
  return served === 0 ? "none is probed" : `only ${served}, evenly spread, are probed, each ${how}`;
}

/** Equal shares, none above its size; where there is less than one for each, evenly spread ones get one. */
function divide(sizes: readonly number[], limit: number): readonly number[] {
  if (sum(sizes) <= limit) return sizes;
  if (sizes.length >= limit) {
    return sizes.map((_, i) => Math.floor(((i + 1) * limit) / sizes.length) - Math.floor((i * limit) / sizes.length));
  }
  let share = 0;
  let used = 0;
  for (;;) {
    const next = sum(sizes.map((size) => Math.min(size, share + 1)));
    if (next > limit) break;
    share++;
    used = next;
  }
  // What is left over goes to the first pairs that can take it, one each.
  return sizes.map((size) => (size > share && used++ < limit ? share + 1 : Math.min(size, share)));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
