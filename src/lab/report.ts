/** What a lab found: measured against predicted. */
import type { ProbeResult } from "../kernel/probe.ts";
import type { LabProbe } from "./probes.ts";
import { labEndText, type Prediction, type Reasoning } from "./reasoning.ts";
import type { LabPlan } from "./topology.ts";
import type { Unsent } from "./unsent.ts";
import { NO_REFUSAL, type Refusal } from "./vpc/refusals.ts";

/**
 * `one-way`: the request arrived and no answer came back. `silent`: neither arrival nor answer nor refusal. `failed`: the
 * probe could not be made, or somebody else answered.
 */
export type Measured = "passed" | "refused" | "silent" | "one-way" | "failed";

/** With why the oracle predicts otherwise. */
export interface LabDifference extends Reasoning {
  readonly probe: LabProbe;
  readonly measured: Measured;
  /** What exactly came back, for people: `ECONNREFUSED`, or why the probe failed. */
  readonly detail: string | undefined;
}

export interface VerdictCount {
  readonly probes: number;
  readonly passed: number;
  readonly differences: number;
}

/** Plain data; the order of `differences` is that of the probes. */
export interface LabResult {
  readonly probes: number;
  readonly possible: number;
  /** By what was predicted. Nothing is held against `undecided`; how many of those packets passed is told all the same. */
  readonly counts: Readonly<Record<Prediction, VerdictCount>>;
  readonly differences: readonly LabDifference[];
  /** Probes that were made again because silence or failure contradicted the prediction. */
  readonly repeated: number;
  readonly notes: readonly string[];
  /** Kinds of packets that could pass between the places and of which none was planned. */
  readonly unsent: readonly Unsent[];
  readonly milliseconds: Readonly<Record<string, number>>;
}

export interface Measurement {
  readonly measured: Measured;
  readonly detail: string | undefined;
  /** Who answered; undefined when nobody did. */
  readonly answerer: string | undefined;
}

export function measuredOf(result: ProbeResult): Measurement {
  switch (result.outcome) {
    case "passed":
      return { measured: "passed", detail: undefined, answerer: result.identity };
    case "failed":
      return { measured: "failed", detail: result.reason, answerer: undefined };
    case "refused":
      return result.arrivedAt === undefined
        ? { measured: "refused", detail: result.errno, answerer: undefined }
        : { measured: "one-way", detail: `${result.errno} after it reached ${result.arrivedAt}`, answerer: undefined };
    case "silent":
      return result.arrivedAt === undefined
        ? { measured: "silent", detail: undefined, answerer: undefined }
        : { measured: "one-way", detail: `no answer from ${result.arrivedAt}`, answerer: undefined };
  }
}

/**
 * Whether a measurement agrees with a prediction. Where denied packets are rejected, silence proves nothing: a broken lab
 * is silent too; unless a list of the networks, which never answer, is seen to have dropped it, or a phase of a host endpoint that
 * never answers denies it. What leads nowhere is refused
 * by the lab itself, as on real nodes.
 */
export function agrees(
  { denial }: Pick<LabPlan, "denial">,
  { predicted, receivers, denial: shows }: Pick<LabProbe, "predicted" | "receivers" | "denial">,
  { measured, answerer }: Measurement,
  { isDue, isSeen }: Refusal = NO_REFUSAL,
): boolean {
  const isDropped = isSeen && measured === "silent";
  const isSilent = measured === "silent" && (denial === "drop" || shows !== "answered");
  const denied = measured === "refused" || isSilent || (measured === "one-way" && shows === "unanswered") || isDropped;
  const unanswered = measured === "one-way" || isDropped;
  switch (predicted) {
    case "allowed":
      return measured === "passed";
    case "denied":
      return isDue ? isDropped : denied;
    case "one-way":
      return unanswered;
    case "partial":
      return (
        denied ||
        (unanswered && receivers.some(({ predicted: kind }) => kind === "one-way")) ||
        receivers.some(({ end, predicted: kind }) => kind === "allowed" && labEndText(end) === answerer)
      );
    case "no-route":
      return measured === "refused" || isDropped;
    case "undecided":
      return measured !== "failed";
  }
}

export function countsOf(
  probes: readonly LabProbe[],
  results: readonly ProbeResult[],
  differences: readonly LabDifference[],
): LabResult["counts"] {
  const countOf = (kind: Prediction): VerdictCount => ({
    probes: probes.filter(({ predicted }) => predicted === kind).length,
    passed: probes.filter(({ predicted }, i) => predicted === kind && results[i]?.outcome === "passed").length,
    differences: differences.filter(({ probe }) => probe.predicted === kind).length,
  });
  return {
    allowed: countOf("allowed"),
    denied: countOf("denied"),
    "one-way": countOf("one-way"),
    partial: countOf("partial"),
    "no-route": countOf("no-route"),
    undecided: countOf("undecided"),
  };
}
