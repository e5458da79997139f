/** What a run prints: values, growth, and in words why a value is missing. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Benchmark } from "./benchmark.ts";
import { figureText } from "./figure-text.ts";
import { sizeName, sizeOf } from "./job.ts";
import { stepsOf } from "./plan.ts";
import type { Outcome } from "./process.ts";
import { sectionOf } from "./results.ts";
import { tableText } from "./table.ts";
import { quantile } from "./timing.ts";

function benchmark(name: string, sizes: readonly number[], needs: Benchmark["needs"] = []): Benchmark {
  const figures = [
    { name: "things", unit: "count" },
    { name: "work", unit: "time" },
  ] as const;
  return { name, about: `About ${name}.`, sizes, needs, figures, run: () => undefined };
}

function outcome(values: Readonly<Record<string, number>>, ending: Outcome["ending"] = "done"): Outcome {
  return { reports: Object.entries(values).map(([figure, value]) => ({ figure, value })), ending, error: "" };
}

describe("the table of a run", () => {
  const some = benchmark("some", [100, 1000]);

  it("shows values from left to right, each with its growth from the size before", () => {
    const outcomes = new Map([
      [100, outcome({ things: 10, work: 0.002, "peak memory": 50_000_000 })],
      [1000, outcome({ things: 120, work: 0.05, "peak memory": 75_000_000 })],
    ]);
    assert.equal(
      tableText([sectionOf(some, [100, 1000], outcomes, 60)], [100, 1000]),
      [
        "some  About some.",
        "                     100                 1k",
        "  things              10        120   ×12.0",
        "  work           2.00 ms    50.0 ms   ×25.0",
        "  peak memory    50.0 MB    75.0 MB   ×1.50",
        "",
      ].join("\n"),
    );
  });

  it("says what took too long, and keeps what was told before", () => {
    const outcomes = new Map([[100, outcome({ things: 10 }, "over time")]]);
    const { rows } = sectionOf(some, [100], outcomes, 60);
    assert.deepEqual(
      rows.map(({ cells }) => cells),
      [[10], ["over 60 s"], ["–"]],
    );
  });

  it("says why a benchmark was skipped or ended early", () => {
    const skipped = sectionOf(some, [100], new Map([[100, "needs root"]]), 60);
    assert.equal(skipped.rows[0]?.cells[0], "skipped: needs root");
    const ended = sectionOf(some, [100], new Map([[100, outcome({}, "out of memory")]]), 60);
    assert.equal(ended.rows[0]?.cells[0], "out of memory");
  });

  it("leaves out sizes that a benchmark did not run at", () => {
    const text = tableText([sectionOf(some, [100, 1000], new Map([[1000, outcome({ things: 1 })]]), 60)], [100, 1000]);
    assert.ok(!text.includes("100") && text.includes("1k"), text);
  });
});

describe("the plan of a run", () => {
  const all = [benchmark("one", [100, 1000], ["lines"]), benchmark("two", [10, 100], ["yaml", "lines"])];
  const shape = (wanted: Parameters<typeof stepsOf>[1]) =>
    stepsOf(all, wanted).map(({ count, benchmarks, formats }) => [count, benchmarks.map(({ name }) => name), formats]);

  it("goes from small to large through the sizes that benchmarks name", () => {
    assert.deepEqual(shape({ only: [], sizes: [] }), [
      [10, ["two"], ["yaml", "lines"]],
      [100, ["one", "two"], ["lines", "yaml"]],
      [1000, ["one"], ["lines"]],
    ]);
  });

  it("takes what was asked for instead, and makes no text that nobody needs", () => {
    assert.deepEqual(shape({ only: ["one"], sizes: [70] }), [[70, ["one"], ["lines"]]]);
  });

  it("refuses benchmarks that do not exist, and names those that do", () => {
    assert.throws(() => stepsOf(all, { only: ["three"], sizes: [] }), /"three"; known are one, two/);
  });
});

describe("figures and sizes", () => {
  it("are written with three digits in a unit that fits", () => {
    const written = [
      figureText(1.2345, "time"),
      figureText(0.000_012_3, "time"),
      figureText(0.25e-9, "time"),
      figureText(45_600_000, "memory"),
      figureText(27_319, "count"),
      figureText(3.14, "ratio"),
    ];
    assert.deepEqual(written, ["1.23 s", "12.3 µs", "0.25 ns", "45.6 MB", "27,319", "×3.14"]);
  });

  it("are named in thousands and read back", () => {
    for (const count of [40, 100, 1000, 5413, 100_000]) assert.equal(sizeOf(sizeName(count)), count);
    assert.deepEqual(
      ["0", "-1", "1m", "", "1.5k"].map(sizeOf),
      Array.from({ length: 5 }, () => undefined),
    );
  });

  it("have the median in their middle", () => {
    assert.deepEqual([quantile([3, 1, 2], 0.5), quantile([1, 2, 3, 4], 0.95)], [2, 4]);
  });
});
