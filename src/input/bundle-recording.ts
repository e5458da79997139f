/** Recording an input: everything that was read of it, as one text that gives the same answers. */
import { bundleLines } from "../resources/bundle.ts";
import type { Resource } from "../resources/kinds.ts";
import { mergeReadings } from "../resources/merge.ts";
import type { Projection } from "../resources/projection.ts";
import type { Finding } from "../source/finding.ts";
import { type InputOptions, joinedParts, readParts } from "./read-inputs.ts";

/** What a bundle comes from. */
export interface Recorded {
  /** What was found in the input, also of what a bundle's reader will find again. */
  readonly findings: readonly Finding[];
  /** The lines of the bundle, each with its line end. */
  readonly lines: () => Iterable<string>;
}

/** Reads paths as every command does, and keeps what was read. */
export async function recordInputs(paths: readonly string[], options: InputOptions): Promise<Recorded> {
  const projections = new Map<Resource, Projection>();
  const parts = await readParts(paths, {
    ...options,
    keep: (resource, projection) => projections.set(resource, projection),
  });
  const reading = mergeReadings(parts.map(({ cluster }) => cluster));
  const networks = parts.flatMap(({ vpcText }) =>
    vpcText === undefined ? [] : [{ file: vpcText.file, text: vpcText.text() }],
  );
  return { findings: joinedParts(parts).findings, lines: () => bundleLines(reading, projections, networks) };
}
