/** What two lists of objects do not have in common. */

export interface ListDifference<T> {
  readonly gone: readonly T[];
  readonly come: readonly T[];
}

/**
 * Objects of one list that the other lacks. Where objects changed places, they have gone and come again. O(1) for each object
 * before and behind the first and last difference.
 */
export function differenceOf<T>(before: readonly T[], now: readonly T[]): ListDifference<T> {
  let start = 0;
  while (start < before.length && before[start] === now[start] && start < now.length) start++;
  let same = 0;
  const most = Math.min(before.length, now.length) - start;
  while (same < most && before[before.length - 1 - same] === now[now.length - 1 - same]) same++;
  const [old, current] = [before.slice(start, before.length - same), now.slice(start, now.length - same)];
  const [known, present] = [new Set(old), new Set(current)];
  const stayed = old.filter((item) => present.has(item));
  const found = current.filter((item) => known.has(item));
  if (stayed.length !== found.length || stayed.some((item, i) => item !== found[i]))
    return { gone: old, come: current };
  return { gone: old.filter((item) => !present.has(item)), come: current.filter((item) => !known.has(item)) };
}
