/** Telling one content of a table from another. */
import { createHash } from "node:crypto";
import { type Difference, keyOf } from "../../dataplane/difference.ts";
import type { Chain, Element, NamedSet, Ruleset } from "../../dataplane/ruleset.ts";
import { verdictText } from "../../dataplane/statement-text.ts";
import { expressionText } from "./expression.ts";
import type { ChainContent, SetContent, TableContent } from "./read-table.ts";
import { expressionsOf } from "./rule-expressions.ts";

/**
 * A sum over everything that a table holds, so that a change adjusts it. It depends on what packets meet: not on the order of
 * elements, on comments or on counters. It tells apart what differs by accident or by somebody's edit.
 */
export type Fingerprint = bigint;

/** 256 bits in hexadecimal. */
export function fingerprintText(fingerprint: Fingerprint): string {
  return BigInt.asUintN(256, fingerprint).toString(16).padStart(64, "0");
}

/** Of what stands in the kernel. O(size). */
export function fingerprintOf({ isDormant, sets, chains }: TableContent): Fingerprint {
  return sum([
    ...(isDormant ? ["dormant"] : []),
    ...sets.map(({ name, definition }) => (definition === undefined ? `set ${name}` : setText(definition))),
    ...sets.flatMap(elementTexts),
    ...chains.flatMap(({ name, hook, rules }) => [hookText(name, hook), rulesText(name, rules)]),
  ]);
}

/** Of a table that holds the ruleset and nothing else. O(size). */
export function fingerprintOfRuleset({ sets, chains }: Omit<Ruleset, "table">): Fingerprint {
  return sum([...sets.map(setText), ...sets.flatMap(elementTexts), ...chains.flatMap(chainTexts)]);
}

/** Of the table after the change. O(size of the change), and the chains before it. */
export function fingerprintAfter(before: Fingerprint, change: Difference): Fingerprint {
  const chainsBefore = new Map(change.before.chains.map((chain) => [chain.name, chain]));
  const rewritten = change.rewrittenChains.flatMap(({ name }) => chainsBefore.get(name) ?? []);
  const gone = sum([
    ...change.deletedElements.flatMap(({ set: { name }, elements }) => elementTexts({ name, elements })),
    ...change.deletedSets.map(setText),
    ...[...change.deletedChains, ...rewritten].flatMap(chainTexts),
  ]);
  const come = sum([
    ...change.addedElements.flatMap(({ set: { name }, elements }) => elementTexts({ name, elements })),
    ...change.addedSets.map(setText),
    ...[...change.addedChains, ...change.rewrittenChains].flatMap(chainTexts),
  ]);
  return before - gone + come;
}

function sum(lines: readonly string[]): Fingerprint {
  let total = 0n;
  for (const line of lines) total += BigInt(`0x${createHash("sha256").update(line).digest("hex")}`);
  return total;
}

function setText({ name, key, value, interval }: Omit<NamedSet, "about" | "elements">): string {
  return `set ${name} ${key.join(".")} ${value ?? ""} ${interval}`;
}

function elementTexts({ name, elements }: Pick<SetContent, "name" | "elements">): readonly string[] {
  return elements.map(({ key, value }) => `element ${name} ${keyOf(key)} ${valueText(value)}`);
}

function valueText(value: Element["value"]): string {
  return typeof value === "object" ? verdictText(value) : String(value ?? "");
}

function chainTexts({ name, hook, rules }: Chain): readonly string[] {
  return [
    hookText(name, hook),
    rulesText(
      name,
      rules.map(({ statements }) => expressionsOf(statements)),
    ),
  ];
}

function hookText(name: string, hook: ChainContent["hook"]): string {
  if (typeof hook !== "object") return `chain ${name} ${hook ?? ""}`;
  return `chain ${name} ${hook.point} ${hook.priority} ${hook.policy}`;
}

function rulesText(name: string, rules: ChainContent["rules"]): string {
  return `rules ${name} ${JSON.stringify(rules.map((expressions) => expressions.map(expressionText)))}`;
}
