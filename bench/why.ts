/** Single questions, as `why` answers them. */
import { answer } from "../src/reach/question.ts";
import type { Benchmark } from "./benchmark.ts";
import { readCluster, situate } from "./engine.ts";
import { pairsOf, questionOf } from "./questions.ts";
import { quantile, timeOf } from "./timing.ts";

const QUESTIONS = 100;

export const why: Benchmark = {
  name: "why",
  about: `${QUESTIONS} questions about a port between two random pods, each looked up and answered with reasons.`,
  sizes: [100, 1000, 10_000],
  needs: ["lines"],
  figures: [
    { name: "first question", unit: "time" },
    { name: "median question", unit: "time" },
    { name: "95 of 100 are below", unit: "time" },
  ],
  run: (context) => {
    const situation = situate(readCluster(context, "lines"));
    const pairs = [...pairsOf(situation, QUESTIONS, context.seed)];
    const times = pairs.map((pair) => timeOf(() => answer(situation, questionOf(situation, pair))));
    context.report("first question", times[0] ?? Number.NaN);
    context.report("median question", quantile(times, 0.5));
    context.report("95 of 100 are below", quantile(times, 0.95));
  },
};
