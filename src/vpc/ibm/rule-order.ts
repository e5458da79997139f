/**
 * The order of an access list's rules is told twice: by the array, and by each rule's link `before` to the rule that comes
 * next. The chain runs through both directions, of which only the order inside each matters.
 */
import type { WrittenRule } from "../written-acl.ts";
import type { Place } from "./told.ts";

export interface LinkedRule {
  readonly rule: WrittenRule;
  /** The id of the rule that this one precedes; undefined: it is the last, or the link is left out. */
  readonly before: string | undefined;
  readonly at: Place;
}

const REMEDY = "export the list again; if it was edited by hand, put the rules in order and remove the fields `before`";

/**
 * Reports links that contradict the array, which then cannot be trusted either: to a rule that is not there, to one that
 * another rule leads to as well, to the rule itself, or back to an earlier rule of its direction. O(rules).
 */
export function checkOrder(rules: readonly LinkedRule[]): void {
  const indexes = new Map(rules.flatMap(({ rule }, i) => (rule.id === undefined ? [] : [[rule.id, i] as const])));
  const next = rules.map(({ before }) => (before === undefined ? undefined : indexes.get(before)));
  const led = new Set<number>();
  let isChain = true;
  for (const [i, { rule, before, at }] of rules.entries()) {
    const target = next[i];
    if (before !== undefined && target === undefined) {
      at.report("PC202", `${nameOf(rule)} stands before a rule that is not in the list, ${before}`, REMEDY);
    }
    if (target === undefined) continue;
    if (led.has(target)) {
      at.report("PC202", `${nameOf(rule)} stands before ${before}, and so does another rule`, REMEDY);
      isChain = false;
    }
    led.add(target);
  }
  if (isChain) checkDirections(rules, next);
}

/** Every link is followed once for each direction, because no two lead to the same rule. */
function checkDirections(rules: readonly LinkedRule[], next: readonly (number | undefined)[]): void {
  for (const [i, { rule, at }] of rules.entries()) {
    let follower = next[i];
    while (follower !== undefined && follower !== i && rules[follower]?.rule.direction !== rule.direction) {
      follower = next[follower];
    }
    if (follower === undefined || follower > i) continue;
    const message = `${nameOf(rule)} comes before an earlier ${rule.direction} rule by its field \`before\`, and after it in the list`;
    at.report("PC202", message, REMEDY);
  }
}

function nameOf({ name, id }: WrittenRule): string {
  return `rule ${name || id || "without name"}`;
}
