/** How the corpus states facts about networks: files as people have them, and what commands answer about them. */
import type { RawObject } from "../naive/raw-objects.ts";
import type { RawNetworks } from "../naive/vpc-objects.ts";
import { type ExportStyle, exportFiles } from "../worlds/vpc-exports.ts";
import type { VerdictKind } from "../../src/verdict/verdict.ts";

/**
 * From, to (with the traffic asked about), verdict, and the stages of the witness that say why, each as
 * `NAME VERDICT [RULE]`; further words are options of the command.
 */
export type NetworkFlow = readonly [
  from: string,
  to: string,
  verdict: VerdictKind,
  stages?: readonly string[] | undefined,
  ...options: readonly string[],
];

export interface NetworkScenario {
  /** The requirements it checks; the first one opens the tests' names. */
  readonly ids: readonly string[];
  readonly state: string;
  /** Texts by file name: exports, scripts, manifests. */
  readonly files: Readonly<Record<string, string>>;
  /** What reading and `vpc check` find, among others, each as `CODE` or the beginning of `CODE MESSAGE`. */
  readonly checks?: readonly string[];
  /** What `why` finds when it reads the files, likewise. */
  readonly warnings?: readonly string[];
  readonly flows?: readonly NetworkFlow[];
  /** What `vpc import` prints, somewhere. */
  readonly imports?: readonly RegExp[];
}

/** Exports and a cluster as files. */
export function filesOf(
  networks: RawNetworks,
  objects: readonly RawObject[] = [],
  style: ExportStyle = "rest",
): Readonly<Record<string, string>> {
  const cluster = { apiVersion: "v1", kind: "List", items: objects };
  const files = exportFiles(networks, style).map(({ name, text }) => [name, text] as const);
  return { ...Object.fromEntries(files), "cluster.json": JSON.stringify(cluster) };
}
