/**
 * What one edit costs: an object comes, changes or goes, and all flows are known again. What the edit does not touch is taken
 * over from before; against making everything anew.
 */
import type { Benchmark } from "./benchmark.ts";
import { clusterObjects } from "./cluster/cluster.ts";
import { clusterEdits, EDIT_KINDS, type EditKind } from "./cluster/edits.ts";
import { after, editable, editOf, readCluster } from "./engine.ts";
import { quantile, timeOf } from "./timing.ts";

/** How many edits of each kind there are; the first of them only warm up. */
const EDITS = 16;
const WARM_UP = 5;

export const edit: Benchmark = {
  name: "edit",
  about:
    "One object of a cluster comes, changes or goes: until all flows are known again, against making everything anew. " +
    "`listed slice`: an EndpointSlice of a Service that policies name.",
  sizes: [100, 1000, 10_000],
  needs: ["lines"],
  figures: [
    { name: "everything anew", unit: "time" },
    ...EDIT_KINDS.map((name) => ({ name, unit: "time" }) as const),
    ...EDIT_KINDS.map((name) => ({ name: `anew against ${name}`, unit: "ratio" }) as const),
  ],
  run: (context) => {
    const { report, cluster } = context;
    const edits = clusterEdits(clusterObjects(cluster), EDITS);
    const reading = readCluster(context, "lines");
    let state = editable(reading);
    const anew = timeOf(() => (state = editable(reading)));
    report("everything anew", anew);
    const times = new Map<EditKind, number[]>(EDIT_KINDS.map((kind) => [kind, []]));
    // Kinds take turns, so that a noisy moment of the machine meets all of them.
    for (let i = 0; i < EDITS; i++) {
      for (const kind of EDIT_KINDS) {
        const next = edits[kind][i];
        if (next === undefined) continue;
        const change = editOf(next);
        const seconds = timeOf(() => (state = after(state, change)));
        if (i >= WARM_UP) times.get(kind)?.push(seconds);
      }
    }
    const medians = EDIT_KINDS.map((kind) => [kind, quantile(times.get(kind) ?? [], 0.5)] as const);
    for (const [kind, seconds] of medians) report(kind, seconds);
    for (const [kind, seconds] of medians) report(`anew against ${kind}`, anew / seconds);
  },
};
