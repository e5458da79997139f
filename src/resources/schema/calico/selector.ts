/** Selectors in Calico's language: texts that must parse, with errors that point at the character. */
import { parseCalicoSelector } from "../../../labels/calico/parse.ts";
import { CALICO_SELECTOR_MAX_LENGTH, mentionsGlobal } from "../../../labels/calico/selector.ts";
import type { MapNode, Node } from "../../yaml/nodes.ts";
import type { Cursor } from "../cursor.ts";
import { string, type Type } from "../types.ts";

/** What may be said of objects without a namespace: only the namespaceSelector of a rule can choose them. */
type GlobalTerm = "refused" | "alone";

/** A selector of any field but a rule's namespaceSelector. Undefined where nothing is written, or an empty text. */
export const selector: Type<string | undefined> = (at) => read(at, "refused");

/** The namespaceSelector of a rule, which may be `global()`. */
export const ruleNamespaceSelector: Type<string | undefined> = (at) => read(at, "alone");

function read(at: Cursor, globalTerm: GlobalTerm): string | undefined {
  if (at.node?.kind === "map") {
    at.report("PC111", "expected a selector text, got mapping", mappingRemedy(at.node));
    return undefined;
  }
  const text = string(at);
  if (isTag(at)) {
    at.report("PC112", "YAML takes the text behind ! for a tag, and the selector loses it", TAG_REMEDY);
    return undefined;
  }
  if (text === "") return undefined;
  if (isLong(text)) {
    const limit = `more than ${CALICO_SELECTOR_MAX_LENGTH} characters`;
    at.report("PC112", limit, "split the policy or the rule, or give the endpoints one label to select by");
    return text;
  }
  const parsed = parseCalicoSelector(text);
  if ("error" in parsed) {
    at.reportInside("PC112", parsed.error.message, parsed.error.remedy, parsed.error.offset);
    return text;
  }
  checkGlobal(text, parsed.selector.op === "global", mentionsGlobal(parsed.selector), globalTerm, at);
  return text;
}

/** The schema counts characters, of which some take two code units. */
function isLong(text: string): boolean {
  if (text.length <= CALICO_SELECTOR_MAX_LENGTH) return false;
  return text.length > 2 * CALICO_SELECTOR_MAX_LENGTH || Array.from(text).length > CALICO_SELECTOR_MAX_LENGTH;
}

/** Calico looks for the word, so it is refused inside a value too. */
function checkGlobal(text: string, isAlone: boolean, isMentioned: boolean, term: GlobalTerm, at: Cursor): void {
  const index = text.indexOf("global(");
  if (index < 0 || (isAlone && term === "alone")) return;
  const message =
    term === "alone"
      ? "global() cannot be combined with other terms"
      : "global() has a meaning only in the namespaceSelector of a rule";
  const remedy = !isMentioned
    ? "choose another value: Calico refuses this word anywhere in the selector"
    : term === "alone"
      ? "write `global()` alone, and a second rule for the other terms"
      : "remove it, or write `namespaceSelector: global()` under source or destination";
  at.reportInside("PC112", message, remedy, index);
}

const TAG_REMEDY = 'put the whole selector in quotes: `"!has(app)"`';

/** How far before a value a tag of it is looked for. */
const LONGEST_TAG = 200;

/** `selector: !has(app)` is an empty text with a tag, and would select everything. */
function isTag(at: Cursor): boolean {
  if (at.node?.kind !== "scalar" || typeof at.node.value !== "string") return false;
  const { text } = at.context.source;
  const { start } = at.node;
  const before = text.slice(Math.max(0, start - LONGEST_TAG), start).replace(/^[^]*\n/, "");
  return (text.charAt(start) === "!" && at.node.value === "") || /:[ \t]+!(?!!)[^ \t"']+[ \t]+$/.test(before);
}

/** A label selector of Kubernetes, said in Calico's words as far as it can be. */
function mappingRemedy(node: MapNode): string {
  const labels = node.entries.get("matchLabels")?.value;
  const pairs = labelPairs(labels ?? node);
  if (node.entries.size === 0) return "write `all()` for everything";
  if (pairs === undefined) return 'write it in Calico\'s language, such as `app == "web" && env in {"a", "b"}`';
  return `write it in Calico's language: \`${pairs}\``;
}

function labelPairs(node: Node): string | undefined {
  if (node.kind !== "map" || node.entries.size === 0 || node.entries.size > 4) return undefined;
  const terms: string[] = [];
  for (const [key, { value }] of node.entries) {
    if (value.kind !== "scalar" || value.value === null || !/^[A-Za-z0-9_./-]+$/.test(key)) return undefined;
    terms.push(`${key} == "${value.value}"`);
  }
  return terms.join(" && ");
}
