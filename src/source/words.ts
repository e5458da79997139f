/** Small pieces of wording that findings and outputs share. */

/** `1 pod`, `3 pods`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first few items, and how many more there are. */
export function shortList(items: readonly string[], limit = 3): string {
  return items.length <= limit + 1
    ? items.join(", ")
    : `${items.slice(0, limit).join(", ")} and ${items.length - limit} more`;
}
