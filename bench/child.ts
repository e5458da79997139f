/** The process that does one job of a run; its argument is the job. */
import { readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type Context, PEAK } from "./benchmark.ts";
import { BENCHMARKS } from "./benchmarks.ts";
import { clusterObjects } from "./cluster/cluster.ts";
import { type Format, textsOf } from "./cluster/text.ts";
import { type Job, type MeasureJob, type PrepareJob, type Report, REPORT_FD, sizeName } from "./job.ts";

function prepare({ cluster, folder, formats }: PrepareJob): void {
  const objects = clusterObjects(cluster);
  for (const format of formats) {
    let number = 0;
    for (const text of textsOf(objects, format)) writeFileSync(join(folder, nameOf(format, number++)), text);
  }
}

function nameOf(format: Format, number: number): string {
  return `${format}-${String(number).padStart(4, "0")}`;
}

function filesIn(folder: string, format: Format): readonly string[] {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${format}-`));
  return names.sort().map((name) => join(folder, name));
}

function* textsIn(folder: string, format: Format): Generator<string> {
  for (const file of filesIn(folder, format)) yield readFileSync(file, "utf8");
}

async function measure({ benchmark: name, count, seed, cluster, folder }: MeasureJob): Promise<void> {
  const benchmark = BENCHMARKS.find((one) => one.name === name);
  if (benchmark === undefined) throw new RangeError(`there is no benchmark ${name}`);
  const context: Context = {
    size: { name: sizeName(count), count },
    seed,
    cluster,
    texts: (format) => textsIn(folder, format),
    files: (format) => filesIn(folder, format),
    report: (figure, value) => {
      if (!benchmark.figures.some((known) => known.name === figure)) {
        throw new RangeError(`${name} does not list its figure "${figure}"`);
      }
      tell({ figure, value });
    },
  };
  await benchmark.run(context);
  tell({ figure: PEAK.name, value: process.resourceUsage().maxRSS * 1024 });
}

/** At once and whole: what comes after may be ended at any time. */
function tell(report: Report): void {
  writeSync(REPORT_FD, `${JSON.stringify(report)}\n`);
}

const job: Job = JSON.parse(process.argv[2] ?? "");
switch (job.kind) {
  case "prepare":
    prepare(job);
    break;
  case "measure":
    await measure(job);
    break;
}
