/** Rules: `enum nft_rule_attributes` of linux/netfilter/nf_tables.h. */
import type { Rule } from "../../dataplane/ruleset.ts";
import { ruleText } from "../../dataplane/ruleset-text.ts";
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import { type Expression, putExpression, readExpression } from "./expression.ts";
import { NLM_F_APPEND, NLM_F_CREATE } from "./message.ts";
import { expressionsOf } from "./rule-expressions.ts";
import { putComment } from "./user-data.ts";

export const NFTA_RULE_TABLE = 1;
const NFTA_RULE_CHAIN = 2;
const NFTA_RULE_EXPRESSIONS = 4;
const NFTA_RULE_USERDATA = 7;
/** `enum nft_list_attributes`. */
const NFTA_LIST_ELEM = 1;

/** Appends a rule to a chain. */
export function putNewRule(batch: Batch, table: string, chain: string, rule: Rule): void {
  const about = (): string => `rule "${ruleText(rule)}" of chain ${chain}`;
  batch.message("newRule", NLM_F_CREATE | NLM_F_APPEND, about, (to) => {
    attribute.putText(to, NFTA_RULE_TABLE, table);
    attribute.putText(to, NFTA_RULE_CHAIN, chain);
    const list = attribute.beginNested(to, NFTA_RULE_EXPRESSIONS);
    for (const expression of expressionsOf(rule.statements)) {
      const nest = attribute.beginNested(to, NFTA_LIST_ELEM);
      putExpression(to, expression);
      attribute.end(to, nest);
    }
    attribute.end(to, list);
    if (rule.comment !== undefined) {
      const notes = attribute.begin(to, NFTA_RULE_USERDATA);
      putComment(to, rule.comment);
      attribute.end(to, notes);
    }
  });
}

/** Removes all rules of a chain. */
export function putDeleteRules(batch: Batch, table: string, chain: string): void {
  batch.message("deleteRule", 0, `the rules of chain ${chain}`, (to) => {
    attribute.putText(to, NFTA_RULE_TABLE, table);
    attribute.putText(to, NFTA_RULE_CHAIN, chain);
  });
}

/** A rule of a dump. */
export interface ReadRule {
  readonly table: string;
  readonly chain: string;
  readonly expressions: readonly Expression[];
}

export function readRule(from: Attributes): ReadRule {
  return {
    table: from.text(NFTA_RULE_TABLE) ?? "",
    chain: from.text(NFTA_RULE_CHAIN) ?? "",
    expressions: from.list(NFTA_RULE_EXPRESSIONS).map(readExpression),
  };
}
