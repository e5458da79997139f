/** What was found in the input, for the terminal. */
import type { Severity } from "../../source/codes.ts";
import { type Finding, finding } from "../../source/finding.ts";
import { positionText } from "../../source/origin.ts";
import { type Line, type Style, styled } from "./lines.ts";
import { counted } from "./words.ts";

const STYLES: Readonly<Record<Severity, Style>> = { error: "bad", warning: "unsure", info: "faint" };

/** By file, line and column; those without a place come last. */
export function sortedFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(byPlace);
}

/** In the form of `findingText`, sorted. */
export function findingLines(findings: readonly Finding[]): readonly Line[] {
  return sortedFindings(findings).flatMap(({ position, severity, code, message, remedy }): readonly Line[] => [
    [
      ...(position === undefined ? [] : [styled("strong", positionText(position)), ": "]),
      styled(STYLES[severity], `${severity} ${code}`),
      `: ${message}`,
    ],
    ...remedy.split("\n").map((line): Line => [styled("faint", `  ${line}`)]),
  ]);
}

function byPlace(a: Finding, b: Finding): number {
  if (a.position === undefined || b.position === undefined) {
    return Number(a.position === undefined) - Number(b.position === undefined);
  }
  const [left, right] = [a.position, b.position];
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.line - right.line || left.column - right.column;
}

/** One finding for all objects that cannot filter packets; undefined when there are none. */
export function passedOverFinding(passedOver: ReadonlyMap<string, number>): Finding | undefined {
  if (passedOver.size === 0) return undefined;
  const total = [...passedOver.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...passedOver]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => (count === 1 ? kind : `${kind} (${count})`))
    .join(", ");
  return finding(
    "PC120",
    `passed over ${counted(total, "object")} of kinds that do not filter packets: ${kinds}`,
    "nothing to do; -q hides this line",
  );
}
