/** The code that is measured, in one place: who changes how the product reads or answers changes it here. */
import { Folding } from "../src/fold/folding.ts";
import { type Flows, flowsAfter, flowsOf } from "../src/reach/flows.ts";
import { reachMap } from "../src/reach/map.ts";
import { isBundle, readBundle } from "../src/resources/bundle.ts";
import { mergeReadings } from "../src/resources/merge.ts";
import { readText } from "../src/resources/read.ts";
import type { Reading } from "../src/resources/reading.ts";
import { PROFILES } from "../src/situation/assumptions.ts";
import { type Edit, edited, type Edition, editionOf } from "../src/situation/edits.ts";
import { type Situation, situationOf } from "../src/situation/situation.ts";
import type { Context } from "./benchmark.ts";
import type { ClusterEdit } from "./cluster/edits.ts";
import type { Format } from "./cluster/text.ts";

export function read(text: string, name = "cluster"): Reading {
  return isBundle(text)
    ? readBundle(name, text).reading
    : readText(name, text, { validation: "strict", namespace: undefined });
}

/** The generated cluster of a context, read text by text. Throws where the reader finds any error in it. */
export function readCluster({ texts }: Context, format: Format): Reading {
  const readings: Reading[] = [];
  for (const text of texts(format)) readings.push(read(text, `cluster-${readings.length + 1}`));
  const reading = mergeReadings(readings);
  const error = reading.findings.find(({ severity }) => severity === "error");
  if (error !== undefined) throw new Error(`the generated cluster is not valid: ${error.message}`);
  return reading;
}

export function situate(reading: Reading): Situation {
  return situationOf(reading, { assumptions: PROFILES.kubernetes, podRange: undefined }).situation;
}

/** A situation that can be edited, with its flows. */
export interface Edited {
  readonly edition: Edition;
  readonly flows: Flows;
}

/** Reads a cluster for edits, and works out all flows. */
export function editable(reading: Reading): Edited {
  const edition = editionOf(reading, { assumptions: PROFILES.kubernetes, podRange: undefined });
  const flows = flowsOf(edition.situation);
  flows.blocks();
  return { edition, flows };
}

/** What an edit leads to: everything is known again, with what was known before. */
export function after({ edition, flows }: Edited, edit: Edit): Edited {
  const next = edited(edition, edit);
  const now = flowsAfter(flows, next.situation);
  now.blocks();
  return { edition: next, flows: now };
}

/** The edit that an object of a cluster comes or goes. Throws where the reader finds no object in it. */
export function editOf({ kind, object }: ClusterEdit): Edit {
  const [resource] = read(JSON.stringify(object), "edit").resources;
  if (resource === undefined) throw new Error(`${object.kind} ${object.metadata.name} is not read`);
  return { kind, resource };
}

/** How many parties there are: pods and nodes as far as rules tell them apart, and blocks of addresses. */
export function parties(situation: Situation): number {
  return new Folding(situation).parties.size;
}

/** Everything that may talk; how many blocks of the matrix over parties that is. */
export function flows(situation: Situation): number {
  return [...flowsOf(situation).blocks()].length;
}

/** The rows that people see. */
export function mapRows(situation: Situation): number {
  const { connections, undecided } = reachMap(situation);
  return connections.length + undecided.length;
}
