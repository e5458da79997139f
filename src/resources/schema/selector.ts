/** LabelSelector: `matchLabels` and `matchExpressions`, both at once. */
import type { LabelSelector, LabelSelectorRequirement } from "../kinds.ts";
import type { Scalar } from "../yaml/nodes.ts";
import type { Cursor } from "./cursor.ts";
import { labels } from "./metadata.ts";
import { suggestionFor } from "./spelling.ts";
import { labelKeyObjection, labelValueObjection, shown, strangeRemedy, withoutDecoration } from "./syntax.ts";
import { list, oneOf, record, required, string, checked, type Type } from "./types.ts";

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

const requirement: Type<LabelSelectorRequirement> = record(
  {
    key: required(checked(string, labelKeyObjection), "write the label's key"),
    operator: oneOf(OPERATORS, undefined),
    values: list(checked(string, labelValueObjection)),
  },
  { check: checkRequirement },
);

function checkRequirement(value: LabelSelectorRequirement, at: Cursor): void {
  const written = at.child("operator").node;
  if (written?.kind !== "scalar" || written.value !== value.operator) return;
  const needsValues = value.operator === "In" || value.operator === "NotIn";
  const values = at.child("values");
  const isEmptyList = !values.isPresent || (values.node?.kind === "list" && values.node.items.length === 0);
  if (needsValues && isEmptyList) {
    values.report("PC113", `operator ${value.operator} needs values`, "write `values: [...]` with at least one value");
  }
  if (!needsValues && value.values.length > 0) {
    values.report("PC114", `operator ${value.operator} takes no values`, "remove values, or write operator In");
  }
}

/** What a selector selects when it is empty, as in `all pods` or `all namespaces`. */
export function labelSelector(everything: string): Type<LabelSelector> {
  return record(
    { matchLabels: labels, matchExpressions: list(requirement) },
    { advice: (key, at) => selectorAdvice(key, at, everything) },
  );
}

function selectorAdvice(key: string, at: Cursor, everything: string): string {
  const rest = at.has("matchLabels") || at.has("matchExpressions");
  const consequence = rest
    ? "without it the rest of the selector decides alone"
    : `without it this selects ${everything}`;
  const suggestion = suggestionFor(key, ["matchLabels", "matchExpressions"]);
  if (suggestion !== undefined) return `write ${suggestion.word}; ${consequence}`;
  const strange = strangeRemedy(key);
  const value = at.child(key).node;
  const text = value?.kind === "scalar" ? `{${withoutDecoration(key)}: ${valueText(value.value)}}` : "{key: value}";
  const wrap = `put it under matchLabels: \`matchLabels: ${text}\`; ${consequence}`;
  return strange === undefined ? wrap : `${wrap}; ${strange}`;
}

function valueText(value: Scalar): string {
  return shown(withoutDecoration(String(value ?? "")));
}
