/** How fast texts become resources, each against the plain parser of its format on the same text. */
import { load } from "js-yaml";
import type { Benchmark, Context } from "./benchmark.ts";
import type { Format } from "./cluster/text.ts";
import { read } from "./engine.ts";
import { medianTimes } from "./timing.ts";

function reading(format: Format, about: string, sizes: readonly number[], parser: Parser): Benchmark {
  return {
    name: `read-${format}`,
    about,
    sizes,
    needs: [format],
    figures: [
      { name: "text", unit: "memory" },
      { name: "objects", unit: "count" },
      { name: "read", unit: "time" },
      { name: parser.name, unit: "time" },
      { name: `read against ${parser.name}`, unit: "ratio" },
    ],
    run: (context) => compare(context, format, parser),
  };
}

interface Parser {
  readonly name: string;
  /** Everything the text holds as plain values. */
  readonly parse: (text: string) => unknown;
}

/** Text by text, as clusters are cut into several when they are large; times are sums. */
function compare({ texts, report }: Context, format: Format, { name, parse }: Parser): void {
  let length = 0;
  let objects = 0;
  let ours = 0;
  let theirs = 0;
  for (const text of texts(format)) {
    let count = 0;
    const [own, plain] = medianTimes(
      () => (count = read(text).resources.length),
      () => parse(text),
    );
    length += text.length;
    objects += count;
    ours += own;
    theirs += plain;
  }
  report("text", length);
  report("objects", objects);
  report("read", ours);
  report(name, theirs);
  report(`read against ${name}`, ours / theirs);
}

export const readYaml = reading(
  "yaml",
  "One List as `kubectl get -o yaml` prints it, to validated resources with positions; against a plain YAML parser.",
  [100, 1000, 10_000],
  { name: "js-yaml", parse: (text) => load(text) },
);

export const readJson = reading(
  "json",
  "One List as `kubectl get -o json` prints it, to validated resources with positions; against JSON.parse.",
  [100, 1000, 10_000],
  { name: "JSON.parse", parse: (text) => JSON.parse(text) as unknown },
);

export const readLines = reading(
  "lines",
  "The same objects, one in each line; against JSON.parse line by line.",
  [100, 1000, 10_000, 100_000],
  { name: "JSON.parse", parse: parseLines },
);

export const readBundles = reading(
  "bundle",
  "The same objects as `portcullis snapshot` records them; against JSON.parse line by line.",
  [100, 1000, 10_000, 100_000],
  { name: "JSON.parse", parse: parseLines },
);

function parseLines(text: string): readonly unknown[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
}
