/** What a benchmark is. To add one: write a file that exports a `Benchmark`, and name it in `benchmarks.ts`. */
import type { ClusterOptions } from "./cluster/options.ts";
import type { Format } from "./cluster/text.ts";

/** How large the input is: pods of the generated cluster, or what the benchmark says it counts instead. */
export interface Size {
  /** `10k`. */
  readonly name: string;
  readonly count: number;
}

/** `time` is in seconds, `memory` in bytes; a `ratio` compares with a baseline of the same run. */
export type Unit = "time" | "memory" | "count" | "ratio";

export interface FigureKind {
  readonly name: string;
  readonly unit: Unit;
}

/** Told of every benchmark: the most memory its process had at any time. */
export const PEAK: FigureKind = { name: "peak memory", unit: "memory" };

/** What a benchmark is given. It runs in a process of its own, so memory of others does not count. */
export interface Context {
  readonly size: Size;
  readonly seed: number;
  /** What the generated cluster was made from. */
  readonly cluster: ClusterOptions;
  /** The texts of the generated cluster of this size, in a format that the benchmark needs; read when they are asked for. */
  readonly texts: (format: Format) => Iterable<string>;
  /** The files that hold them, for what reads files itself. */
  readonly files: (format: Format) => readonly string[];
  /** Tells a figure, once and in the order of `figures`, as soon as it is known: a process that is ended keeps what it told. */
  readonly report: (figure: string, value: number) => void;
}

export interface Benchmark {
  /** As users name it: `read-json`. */
  readonly name: string;
  /** What is measured and against what, in one sentence. */
  readonly about: string;
  /** How large it runs unless users ask for other sizes. */
  readonly sizes: readonly number[];
  /** The texts of the generated cluster it reads; empty: none, and no cluster is made for it. */
  readonly needs: readonly Format[];
  /** In the order in which they are reported. */
  readonly figures: readonly FigureKind[];
  /** Why it cannot run on this machine, such as `needs root`; undefined where it can. Absent: it runs everywhere. */
  readonly obstacle?: () => string | undefined;
  /**
   * Measures. What it throws is shown and ends the run with an error. A process that takes too long gets SIGTERM, and SIGKILL
   * two seconds later: what it made outside of itself must go away by itself.
   */
  readonly run: (context: Context) => Promise<void> | void;
}
