/** The first load of a table in several batches. */
import type { Difference, ElementChange } from "../../dataplane/difference.ts";

/**
 * Cuts a difference that only adds into steps of at most so many elements. The base chains come last: until then the
 * kernel asks the table about no packet.
 */
export function loadingSteps(whole: Difference, elementsAtOnce: number): readonly Difference[] {
  const nothing: Difference = { ...whole, addedSets: [], addedChains: [], addedElements: [] };
  return [
    { ...nothing, addedSets: whole.addedSets, addedChains: whole.addedChains.filter(({ hook }) => hook === undefined) },
    ...portions(whole.addedElements, elementsAtOnce).map((addedElements) => ({ ...nothing, addedElements })),
    { ...nothing, addedChains: whole.addedChains.filter(({ hook }) => hook !== undefined) },
  ];
}

function portions(changes: readonly ElementChange[], size: number): readonly (readonly ElementChange[])[] {
  const portions: ElementChange[][] = [];
  let room = 0;
  for (const { set, elements } of changes) {
    for (let next = 0; next < elements.length;) {
      if (room === 0) {
        portions.push([]);
        room = size;
      }
      const part = elements.slice(next, next + room);
      portions.at(-1)?.push({ set, elements: part });
      next += part.length;
      room -= part.length;
    }
  }
  return portions;
}
