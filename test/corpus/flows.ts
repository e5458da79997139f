/** Asks the engine what a scenario states. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  isReferenceError,
  parseAsked,
  parseReference,
  type ReferenceError,
  splitDestination,
} from "../../src/path/reference.ts";
import { resolve } from "../../src/path/resolve.ts";
import { answer } from "../../src/reach/question.ts";
import { mergeReadings } from "../../src/resources/merge.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading } from "../../src/resources/reading.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { type Situation, situationOf } from "../../src/situation/situation.ts";
import type { Finding } from "../../src/source/finding.ts";
import type { VerdictKind } from "../../src/verdict/verdict.ts";
import type { Scenario } from "./scenario.ts";

/** Tests run compiled, from `dist/test/corpus`; the manifests stay where they are. */
export const MANIFESTS = new URL("../../../test/corpus/manifests/", import.meta.url);

function readManifest(name: string, { validation = "strict", namespace }: Omit<Written, "cluster">): Reading {
  const file = `${name}.yaml`;
  const text = readFileSync(fileURLToPath(new URL(file, MANIFESTS)), "utf8");
  return readText(file, text, { validation, namespace });
}

/** Of a scenario, what is read. */
export type Written = Pick<Scenario, "cluster" | "manifests" | "added" | "validation" | "namespace">;

/** The manifests of a scenario and what it adds, without its cluster. */
export function readManifests(scenario: Omit<Written, "cluster">): Reading {
  const { validation = "strict", namespace, added } = scenario;
  const readings = scenario.manifests.map((name) => readManifest(name, scenario));
  const more = added === undefined ? [] : [readText("added.yaml", added, { validation, namespace })];
  return mergeReadings([...readings, ...more]);
}

export function situationIn(scenario: Written): Situation {
  return situationOfReading(readAll(scenario));
}

/** What is odd about the manifests once they are in their cluster. */
export function odditiesIn(scenario: Scenario): readonly Finding[] {
  return odditiesOfReading(readAll(scenario));
}

export function odditiesOfReading(reading: Reading): readonly Finding[] {
  return situationOf(reading, OPTIONS).findings;
}

function readAll(scenario: Written): Reading {
  const cluster = readText("cluster.json", scenario.cluster, { validation: "strict", namespace: undefined });
  return mergeReadings([cluster, readManifests(scenario)]);
}

const OPTIONS = { assumptions: PROFILES.kubernetes, podRange: undefined };

export function situationOfReading(reading: Reading): Situation {
  return situationOf(reading, OPTIONS).situation;
}

/** What the engine says about a flow. Throws when an end or the traffic is not understood. */
export function verdictOf(situation: Situation, from: string, to: string): VerdictKind {
  const { end, traffic } = splitDestination(to);
  const [source, destination] = [from, end].map((text) => {
    const reference = understood(parseReference(text, "default"));
    return understood(resolve(situation, reference));
  });
  if (source === undefined || destination === undefined) throw new Error("a flow has two ends");
  const asked = understood(parseAsked(traffic));
  return answer(situation, { from: source, to: destination, asked, sourcePort: undefined }).kind;
}

function understood<T extends object>(value: T | ReferenceError): T {
  if (isReferenceError(value)) throw new Error(`${value.error}; ${value.remedy}`);
  return value;
}
