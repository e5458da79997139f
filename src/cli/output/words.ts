/** Small pieces of wording that several outputs share. */
import { isTemplate } from "../../cluster/endpoint.ts";
import { trafficText } from "../../net/traffic-text.ts";
import { type End, endText, exampleEnd } from "../../path/end.ts";
import type { MapRow } from "../../reach/rows.ts";
import type { Fact } from "../../source/fact.ts";
import type { VerdictKind } from "../../verdict/verdict.ts";
import type { Style } from "./lines.ts";

export { counted, shortList } from "../../source/words.ts";

/** An end as text; of several address ranges an address in them, as in the example that is told. */
export function endWords(end: End): string {
  return end.kind === "outside" && end.where.length > 1 ? exampleText(end) : endText(end);
}

/** An end without its namespace, for places where the reader knows it: `frontend`, `node/worker-1`, `10.0.0.1`. */
export function shortName(end: End): string {
  if (end.kind !== "pod") return endWords(end);
  return isTemplate(end.pod) ? end.pod.workload.name : end.pod.name;
}

/** One end that stands for all of it: an address where it is a range. */
export function exampleText(end: End): string {
  return endText(exampleEnd(end));
}

/** `TCP 80`, `TCP 80 (IPv4)`. */
export function trafficWords({ traffic, family }: Pick<MapRow, "traffic" | "family">): string {
  return `${trafficText(traffic)}${family === undefined ? "" : ` (IPv${family})`}`;
}

/** What to do so that the facts are known, each remedy once. */
export function remediesFor(facts: readonly Fact[]): readonly string[] {
  return [...new Set(facts.map(({ remedy }) => remedy))];
}

export const VERDICT_STYLES: Readonly<Record<VerdictKind, Style>> = {
  allowed: "good",
  denied: "bad",
  "one-way": "bad",
  partial: "unsure",
  "no-route": "bad",
  undecided: "unsure",
};

/** `DENIED`, `NO ROUTE`. */
export function verdictWord(verdict: VerdictKind): string {
  return verdict.replaceAll("-", " ").toUpperCase();
}
