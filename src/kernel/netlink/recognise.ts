/** What stands in the kernel, in the terms of what is wanted there. */
import type { Chain, NamedSet, Rule, Ruleset } from "../../dataplane/ruleset.ts";
import { expressionText } from "./expression.ts";
import type { ChainContent, SetContent, TableContent } from "./read-table.ts";
import { expressionsOf } from "./rule-expressions.ts";

/**
 * The ruleset that the table holds, so that its difference to the wanted one repairs it. Rules are recognised as those
 * wanted in their chain; a chain with any others is returned without rules, to be written anew. Pure; O(size of both).
 */
export function recognise(content: TableContent, wanted: Ruleset): Ruleset {
  const chains = new Map(wanted.chains.map((chain) => [chain.name, chain]));
  const sets = new Map(wanted.sets.map((set) => [set.name, set]));
  return {
    table: wanted.table,
    sets: content.sets.map((set) => recogniseSet(set, sets.get(set.name))),
    chains: content.chains
      .map((chain) => (content.isDormant ? asleep(chain) : chain))
      .map((chain) => recogniseChain(chain, chains.get(chain.name))),
  };
}

/** A chain of a dormant table is called nowhere, so it is not the wanted one. */
function asleep(chain: ChainContent): ChainContent {
  return chain.hook === undefined ? chain : { ...chain, hook: "foreign" };
}

/** A set of an unknown kind has no key, which no wanted set has. */
function recogniseSet({ name, definition, elements }: SetContent, wanted: NamedSet | undefined): NamedSet {
  const about = wanted?.about ?? "";
  return { ...(definition ?? { name, key: [], interval: false }), about, elements };
}

function recogniseChain({ name, hook, rules }: ChainContent, wanted: Chain | undefined): Chain {
  const isWanted = wanted !== undefined && rulesText(rules) === rulesText(wanted.rules.map(expressionsOfRule));
  return {
    name,
    about: wanted?.about ?? "",
    ...hookOf(hook, wanted),
    rules: isWanted ? wanted.rules : [],
  };
}

/** A chain that is hooked in an unknown way is not the wanted one, wherever that is hooked. */
function hookOf(hook: ChainContent["hook"], wanted: Chain | undefined): Pick<Chain, "hook"> {
  if (hook === "foreign")
    return wanted?.hook === undefined ? { hook: { point: "input", priority: 0, policy: "accept" } } : {};
  return hook === undefined ? {} : { hook };
}

function expressionsOfRule({ statements }: Rule): ChainContent["rules"][number] {
  return expressionsOf(statements);
}

function rulesText(rules: ChainContent["rules"]): string {
  return rules.map((expressions) => expressions.map(expressionText).join("; ")).join("\n");
}
