/** A difference as messages of one batch. */
import type { Difference } from "../../dataplane/difference.ts";
import type { Chain } from "../../dataplane/ruleset.ts";
import type { Batch } from "./batch.ts";
import { putDeleteChain, putNewChain } from "./chain.ts";
import { putDeleteElements, putNewElements } from "./element.ts";
import { putDeleteRules, putNewRule } from "./rule.ts";
import { putDeleteSet, putNewSet } from "./set.ts";

/** Removes before it adds, users before what they use, and adds the other way round. O(size of the difference). */
export function putDifference(batch: Batch, difference: Difference): void {
  const { table } = difference.after;
  for (const { name } of [...difference.rewrittenChains, ...difference.deletedChains])
    putDeleteRules(batch, table, name);
  for (const { set, elements } of difference.deletedElements) putDeleteElements(batch, table, set, elements);
  for (const { name } of difference.deletedChains) putDeleteChain(batch, table, name);
  for (const { name } of difference.deletedSets) putDeleteSet(batch, table, name);
  difference.addedSets.forEach((set, i) => putNewSet(batch, table, set, i + 1));
  for (const chain of difference.addedChains) putNewChain(batch, table, chain);
  for (const chain of [...difference.rewrittenChains, ...difference.addedChains]) putRules(batch, table, chain);
  for (const { set, elements } of difference.addedElements) putNewElements(batch, table, set, elements);
}

function putRules(batch: Batch, table: string, { name, rules }: Chain): void {
  for (const rule of rules) putNewRule(batch, table, name, rule);
}
