/** The program as text that `nft -f` loads in one transaction, written to be read by people. */
import { rulesetOf } from "./program-ruleset.ts";
import type { NameOf } from "./program-sets.ts";
import type { Program } from "./program.ts";
import { commentText, rulesetText } from "./ruleset-text.ts";

export type { NameOf } from "./program-sets.ts";

/** Replaces the table as a whole, atomically. Pure; O(size of the program). */
export function nftText(program: Program, nameOf?: NameOf): string {
  const table = `inet ${program.table}`;
  return [
    `# Portcullis: the policies of node ${commentText(program.node)}, generation ${program.generation}.`,
    ...program.degraded.map((reason) => `# degraded: ${commentText(reason)}`),
    `table ${table}`,
    `delete table ${table}`,
    rulesetText(rulesetOf(program, nameOf)),
  ].join("\n");
}
