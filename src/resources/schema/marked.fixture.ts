/** Texts with a mark at the place where a finding must stand. */
import assert from "node:assert/strict";
import { findingText } from "../../source/finding.ts";
import { bundleLines, readBundle } from "../bundle.ts";
import type { Resource } from "../kinds.ts";
import type { Projection } from "../projection.ts";
import { readText } from "../read.ts";
import type { Reading, Validation } from "../reading.ts";

const MARK = "»";

/** The findings of a text whose marks are left out, as `position code: message` and the remedy, in the order of the text. */
export function findingsOf(marked: string, validation: Validation = "strict"): readonly string[] {
  const { findings } = readText("t.yaml", marked.replaceAll(MARK, ""), { validation, namespace: undefined });
  return findings.map(findingText);
}

/** Asserts that there is one finding, that it stands at the mark, and that it matches; an error leaves a blind spot. */
export function expectFinding(marked: string, code: string, message: RegExp, remedy: RegExp): void {
  const text = marked.replaceAll(MARK, "");
  const reading = readText("t.yaml", text, { validation: "strict", namespace: undefined });
  const [found, ...others] = reading.findings;
  assert.ok(found !== undefined && others.length === 0, reading.findings.map(findingText).join("\n"));
  const before = marked.slice(0, marked.indexOf(MARK)).split("\n");
  const place = `${before.length}:${(before.at(-1) ?? "").length + 1}`;
  assert.equal(`${found.position?.line}:${found.position?.column}`, place, findingText(found));
  assert.equal(found.code, code, findingText(found));
  assert.match(found.message, message);
  assert.match(found.remedy, remedy);
  assert.equal(reading.blinds.length, found.severity === "error" ? 1 : 0);
  assert.equal(reading.resources.length, found.severity === "error" ? 0 : 1);
}

/** The only resource of a text without findings; `allowed` are codes of findings that may stand. */
export function storedOf<K extends Resource["kind"]>(
  kind: K,
  text: string,
  allowed: readonly string[] = [],
): Extract<Resource, { kind: K }> {
  const projections = new Map<Resource, Projection>();
  const reading = readText("t.yaml", text, {
    validation: "strict",
    namespace: undefined,
    keep: (resource, projection) => projections.set(resource, projection),
  });
  const { resources, findings } = reading;
  const unexpected = findings.filter(({ code }) => !allowed.includes(code));
  assert.deepEqual(unexpected.map(findingText), []);
  const found = resources.find((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
  assert.ok(found, `no ${kind}`);
  assertRecorded(reading, projections);
  return found;
}

/** A bundle holds every field that counts, of whichever kind. */
function assertRecorded(reading: Reading, projections: ReadonlyMap<Resource, Projection>): void {
  const { reading: again } = readBundle("t.jsonl", [...bundleLines(reading, projections, [])].join(""));
  const specOf = ({ kind, spec, metadata }: Resource): unknown => ({ kind, spec, labels: metadata.labels });
  assert.deepEqual(again.resources.map(specOf), reading.resources.map(specOf));
  assert.deepEqual(again.findings.map(findingText), reading.findings.map(findingText));
}
