/** What the processes of a run tell each other: the parent a job, as an argument; the child its figures, as lines. */
import type { ClusterOptions } from "./cluster/options.ts";
import type { Format } from "./cluster/text.ts";

/** Writes the texts of a cluster into a folder, or measures one benchmark on them. */
export type Job = PrepareJob | MeasureJob;

interface ClusterPlace {
  readonly cluster: ClusterOptions;
  readonly folder: string;
}

export interface PrepareJob extends ClusterPlace {
  readonly kind: "prepare";
  readonly formats: readonly Format[];
}

export interface MeasureJob extends ClusterPlace {
  readonly kind: "measure";
  readonly benchmark: string;
  /** Pods of the cluster, or what the benchmark counts. */
  readonly count: number;
  readonly seed: number;
}

/** Where the child writes what it tells, beside the outputs that anything may print to. */
export const REPORT_FD = 3;

export interface Report {
  readonly figure: string;
  readonly value: number;
}

/** `10k` for 10000. */
export function sizeName(count: number): string {
  if (count >= 1000 && count % 1000 === 0) return `${count / 1000}k`;
  return String(count);
}

/** 10000 for `10k`; undefined for what is no size. */
export function sizeOf(text: string): number | undefined {
  const [, digits, thousands] = /^([1-9]\d{0,6})(k?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (thousands === "k" ? 1000 : 1);
}
