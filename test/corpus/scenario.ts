/** How the corpus states its facts: policies put into a cluster, and what then happens to them and to flows. */
import type { Validation } from "../../src/resources/reading.ts";
import type { VerdictKind } from "../../src/verdict/verdict.ts";

/** From, to (with the traffic asked about, as on the command line), verdict. */
export type Flow = readonly [from: string, to: string, verdict: VerdictKind];

export interface Scenario {
  /** The requirements it checks; the first one opens the tests' names. */
  readonly ids: readonly string[];
  /** The state of the input, such as `as written`. */
  readonly state: string;
  /** Names of manifests without `.yaml`, read in this order. */
  readonly manifests: readonly string[];
  /** Policies that no founding document holds, read after the manifests. */
  readonly added?: string;
  /** The cluster's objects as text. */
  readonly cluster: string;
  /** `strict` where none is given. */
  readonly validation?: Validation;
  /** The namespace the manifests are applied to (`-n`); undefined: none is given. */
  readonly namespace?: string;
  /** All warnings and errors of reading the manifests, each as the beginning of `LINE:COLUMN CODE MESSAGE`. */
  readonly findings?: readonly string[];
  /** All warnings about the manifests together with the cluster, likewise; none where none is given. */
  readonly oddities?: readonly string[];
  readonly flows: readonly Flow[];
}
