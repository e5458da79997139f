/** What a misspelt word was probably meant to be. */

export interface Suggestion {
  readonly word: string;
  /** True where only the case differs. */
  readonly onlyCase: boolean;
}

/** The candidate nearest to `word`: the same but for its case, else at most two edits away (one for short words). */
export function suggestionFor(word: string, candidates: readonly string[]): Suggestion | undefined {
  const lower = word.toLowerCase();
  const sameLetters = candidates.find((candidate) => candidate.toLowerCase() === lower);
  if (sameLetters !== undefined) return { word: sameLetters, onlyCase: true };
  if (word.length > 40) return undefined;
  const limit = word.length < 5 ? 1 : 2;
  let best: { word: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const edits = editDistance(lower, candidate.toLowerCase());
    if (edits > limit) continue;
    // Among equally near words one of the same length is meant: a letter was mistaken, none forgotten (STCP is SCTP).
    const distance = edits + (candidate.length === word.length ? 0 : 0.5);
    if (best === undefined || distance < best.distance) best = { word: candidate, distance };
  }
  return best === undefined ? undefined : { word: best.word, onlyCase: false };
}

/** Insertions, deletions, replacements and swaps of neighbours. O(n·m). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforePrevious[j - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
