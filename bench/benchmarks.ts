/** The benchmarks, in the order in which they run and are printed. */
import type { Benchmark } from "./benchmark.ts";
import { diff } from "./diff.ts";
import { edit } from "./edit.ts";
import { changes, coldStart } from "./kernel/changes.ts";
import { cut } from "./kernel/cut.ts";
import { path } from "./kernel/path.ts";
import { updates } from "./kernel/updates.ts";
import { mapBundle } from "./map-bundle.ts";
import { oracle } from "./oracle.ts";
import { reach } from "./reach.ts";
import { readBundles, readJson, readLines, readYaml } from "./read.ts";
import { situation } from "./situation.ts";
import { why } from "./why.ts";

export const BENCHMARKS: readonly Benchmark[] = [
  readYaml,
  readJson,
  readLines,
  readBundles,
  situation,
  reach,
  mapBundle,
  why,
  oracle,
  edit,
  diff,
  path,
  changes,
  coldStart,
  updates,
  cut,
];
