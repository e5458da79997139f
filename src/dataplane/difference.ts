/** What has to be done to one table so that it becomes another. */
import type { Chain, Element, Key, NamedSet, Ruleset } from "./ruleset.ts";
import { keptComment, ruleText } from "./ruleset-text.ts";

/** Elements of a set that go or come. A key whose value changes does both. */
export interface ElementChange {
  readonly set: NamedSet;
  readonly elements: readonly Element[];
}

/**
 * Whoever carries it out removes first and adds then, all at once: rules of chains that are rewritten or deleted, elements,
 * chains, sets; then sets, chains, rules, elements.
 */
export interface Difference {
  readonly before: Ruleset;
  readonly after: Ruleset;
  readonly deletedElements: readonly ElementChange[];
  readonly deletedChains: readonly Chain[];
  readonly deletedSets: readonly NamedSet[];
  /** Their elements are among the added elements. */
  readonly addedSets: readonly NamedSet[];
  readonly addedChains: readonly Chain[];
  /** Chains that stay and get other rules. */
  readonly rewrittenChains: readonly Chain[];
  readonly addedElements: readonly ElementChange[];
}

/** A table that holds nothing. */
export function emptyRuleset(table: string): Ruleset {
  return { table, sets: [], chains: [] };
}

/**
 * Why a table cannot become the other step by step, but would have to be replaced: a set of the same name holds other
 * things, or a chain of the same name is called at another place. Undefined: it can.
 */
export function obstacleTo(before: Ruleset, after: Ruleset): string | undefined {
  const sets = byName(before.sets);
  const chains = byName(before.chains);
  const set = after.sets.find(({ name, ...now }) => {
    const then = sets.get(name);
    return then !== undefined && definitionText(then) !== definitionText({ name, ...now });
  });
  if (set !== undefined) return `set ${set.name} holds other things`;
  const chain = after.chains.find(({ name, hook }) => {
    const then = chains.get(name);
    return then !== undefined && JSON.stringify(then.hook) !== JSON.stringify(hook);
  });
  return chain && `chain ${chain.name} is called at another place`;
}

/**
 * Pure; O(size of both), and little more than a look where they are alike. Throws an Error where {@link obstacleTo} has an
 * answer.
 */
export function difference(before: Ruleset, after: Ruleset): Difference {
  const obstacle = obstacleTo(before, after);
  if (obstacle !== undefined) throw new Error(`table ${after.table} cannot be changed step by step: ${obstacle}`);
  const setsBefore = byName(before.sets);
  const setsAfter = byName(after.sets);
  const chainsBefore = byName(before.chains);
  const chainsAfter = byName(after.chains);
  const changes = after.sets.map((set) => ({
    set,
    ...elementChanges(setsBefore.get(set.name)?.elements ?? [], set.elements),
  }));
  return {
    before,
    after,
    deletedElements: [
      ...changes.map(({ set, deleted }) => ({ set, elements: deleted })),
      ...before.sets.filter(({ name }) => !setsAfter.has(name)).map((set) => ({ set, elements: set.elements })),
    ].filter(isChange),
    deletedChains: before.chains.filter(({ name }) => !chainsAfter.has(name)),
    deletedSets: before.sets.filter(({ name }) => !setsAfter.has(name)),
    addedSets: after.sets.filter(({ name }) => !setsBefore.has(name)),
    addedChains: after.chains.filter(({ name }) => !chainsBefore.has(name)),
    rewrittenChains: after.chains.filter((chain) => {
      const then = chainsBefore.get(chain.name);
      return then !== undefined && !haveSameRules(then, chain);
    }),
    addedElements: changes.map(({ set, added }) => ({ set, elements: added })).filter(isChange),
  };
}

/** Whether nothing has to be done. */
export function isNoDifference(change: Difference): boolean {
  const { deletedElements, deletedChains, deletedSets, addedSets, addedChains, rewrittenChains, addedElements } =
    change;
  return [deletedElements, deletedChains, deletedSets, addedSets, addedChains, rewrittenChains, addedElements].every(
    (part) => part.length === 0,
  );
}

/** How many elements come and go. */
export function elementCount({ deletedElements, addedElements }: Difference): number {
  return [...deletedElements, ...addedElements].reduce((sum, { elements }) => sum + elements.length, 0);
}

function isChange({ elements }: ElementChange): boolean {
  return elements.length > 0;
}

function byName<T extends { readonly name: string }>(things: readonly T[]): ReadonlyMap<string, T> {
  return new Map(things.map((thing) => [thing.name, thing]));
}

function definitionText({ key, value, interval }: NamedSet): string {
  return `${key.join(" . ")} : ${value} ${interval}`;
}

function haveSameRules(a: Chain, b: Chain): boolean {
  return (
    a.rules === b.rules ||
    (a.rules.length === b.rules.length &&
      a.rules.every((rule, i) => {
        const other = b.rules[i];
        return other !== undefined && ruleText(rule) === ruleText(other);
      }))
  );
}

interface ElementChanges {
  readonly deleted: readonly Element[];
  readonly added: readonly Element[];
}

/** Lists that begin and end alike, as sorted ones do after a small change, are compared only in between by key. */
function elementChanges(before: readonly Element[], after: readonly Element[]): ElementChanges {
  if (before === after) return { deleted: [], added: [] };
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isSame(before[head], after[head])) head++;
  let tail = 0;
  while (tail < shorter - head && isSame(before[before.length - 1 - tail], after[after.length - 1 - tail])) tail++;
  const left = new Map<string, Element>();
  for (const element of before.slice(head, before.length - tail)) left.set(keyOf(element.key), element);
  const added: Element[] = [];
  for (const element of after.slice(head, after.length - tail)) {
    const key = keyOf(element.key);
    if (isSame(left.get(key), element)) left.delete(key);
    else added.push(element);
  }
  return { deleted: [...left.values()], added };
}

/** A text that equal keys of one set share. */
export function keyOf(key: Key): string {
  if (key === "*") return key;
  return key.map((part) => (typeof part === "object" ? `${part.start}-${part.end}` : String(part))).join(" ");
}

function isSame(a: Element | undefined, b: Element | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a === b || (haveSameValue(a, b) && haveSameKey(a.key, b.key) && haveSameComment(a, b));
}

function haveSameComment({ comment: a }: Element, { comment: b }: Element): boolean {
  return a === b || (a !== undefined && b !== undefined && keptComment(a) === keptComment(b));
}

function haveSameValue({ value: a }: Element, { value: b }: Element): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  return a.kind === b.kind && ("chain" in a ? a.chain : "") === ("chain" in b ? b.chain : "");
}

function haveSameKey(a: Key, b: Key): boolean {
  if (a === "*" || b === "*") return a === b;
  return (
    a.length === b.length &&
    a.every((part, i) => {
      const other = b[i];
      if (typeof part !== "object") return part === other;
      return typeof other === "object" && part.start === other.start && part.end === other.end;
    })
  );
}

/** The ruleset that carrying the difference out on `before` leads to, worked out from its parts. O(size of the ruleset). */
export function applyDifference(change: Difference, before: Ruleset): Ruleset {
  const gone = new Map(
    change.deletedElements.map(({ set, elements }) => [set.name, new Set(elements.map(({ key }) => keyOf(key)))]),
  );
  const come = new Map(change.addedElements.map(({ set, elements }) => [set.name, elements]));
  const deletedSets = byName(change.deletedSets);
  const deletedChains = byName(change.deletedChains);
  const rewritten = byName(change.rewrittenChains);
  const sets = [...before.sets.filter(({ name }) => !deletedSets.has(name)), ...change.addedSets.map(withoutElements)];
  return {
    table: before.table,
    sets: sets.map((set) => ({
      ...set,
      elements: [
        ...set.elements.filter(({ key }) => gone.get(set.name)?.has(keyOf(key)) !== true),
        ...(come.get(set.name) ?? []),
      ],
    })),
    chains: [
      ...before.chains
        .filter(({ name }) => !deletedChains.has(name))
        .map((chain) => rewritten.get(chain.name) ?? chain),
      ...change.addedChains,
    ],
  };
}

function withoutElements(set: NamedSet): NamedSet {
  return { ...set, elements: [] };
}
