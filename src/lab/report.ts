/** What a lab found: measured against predicted. */
import type { ProbeResult } from "../kernel/probe.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { LabProbe } from "./probes.ts";
import type { LabPlan } from "./topology.ts";

/**
 * `one-way`: the request arrived and no answer came back. `silent`: neither arrival nor answer nor refusal. `failed`: the
 * probe could not be made, or somebody else answered.
 */
export type Measured = "passed" | "refused" | "silent" | "one-way" | "failed";

export interface LabDifference {
  readonly probe: LabProbe;
  readonly measured: Measured;
  /** What exactly came back, for people: `ECONNREFUSED`, or why the probe failed. */
  readonly detail: string | undefined;
  /** Why the oracle predicts otherwise. */
  readonly verdict: Verdict;
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
  readonly counts: Readonly<Record<Verdict["kind"], VerdictCount>>;
  readonly differences: readonly LabDifference[];
  /** Probes that were made again because silence or failure contradicted the prediction. */
  readonly repeated: number;
  readonly notes: readonly string[];
  readonly milliseconds: Readonly<Record<string, number>>;
}

export function measuredOf(result: ProbeResult): { readonly measured: Measured; readonly detail: string | undefined } {
  switch (result.outcome) {
    case "passed":
      return { measured: "passed", detail: undefined };
    case "failed":
      return { measured: "failed", detail: result.reason };
    case "refused":
      return result.arrivedAt === undefined
        ? { measured: "refused", detail: result.errno }
        : { measured: "one-way", detail: `${result.errno} after it reached ${result.arrivedAt}` };
    case "silent":
      return result.arrivedAt === undefined
        ? { measured: "silent", detail: undefined }
        : { measured: "one-way", detail: `no answer from ${result.arrivedAt}` };
  }
}

/**
 * Whether a measurement agrees with a prediction. Where denied packets are rejected, silence proves nothing: a broken lab
 * is silent too.
 */
export function agrees(plan: Pick<LabPlan, "denial">, predicted: Verdict["kind"], measured: Measured): boolean {
  switch (predicted) {
    case "allowed":
      return measured === "passed";
    case "denied":
      return measured === "refused" || (measured === "silent" && plan.denial === "drop");
    case "undecided":
      return measured !== "failed";
  }
}

export function countsOf(
  probes: readonly LabProbe[],
  results: readonly ProbeResult[],
  differences: readonly LabDifference[],
): LabResult["counts"] {
  const countOf = (kind: Verdict["kind"]): VerdictCount => ({
    probes: probes.filter(({ predicted }) => predicted === kind).length,
    passed: probes.filter(({ predicted }, i) => predicted === kind && results[i]?.outcome === "passed").length,
    differences: differences.filter(({ probe }) => probe.predicted === kind).length,
  });
  return { allowed: countOf("allowed"), denied: countOf("denied"), undecided: countOf("undecided") };
}
