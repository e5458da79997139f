/** `npm run bench`: runs benchmarks and prints what they found. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { BENCHMARKS } from "./benchmarks.ts";
import { type Options, program } from "./command-line.ts";
import { sizeName } from "./job.ts";
import { type Step, stepsOf } from "./plan.ts";
import { resultsJson } from "./results-json.ts";
import { runSteps } from "./run.ts";
import { machineNow, settingsText } from "./settings.ts";
import { tableText } from "./table.ts";

function listText(): string {
  return BENCHMARKS.map(
    ({ name, about, sizes }) => `${name}  ${about}\n  sizes ${sizes.map(sizeName).join(", ")}\n`,
  ).join("");
}

async function main(): Promise<void> {
  const command = program().parse();
  const options = command.opts<Options>();
  if (options.list === true) {
    process.stdout.write(listText());
    return;
  }
  if (options.output !== "text" && options.output !== "json") command.error("--output is text or json");
  const steps = plan(command, options);
  const machine = machineNow();
  const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  const sections = await runSteps(BENCHMARKS, steps, options, folder);
  const counts = steps.map(({ count }) => count);
  const text =
    options.output === "json"
      ? resultsJson(sections, counts, options, machine)
      : `${settingsText(options, machine)}\n${tableText(sections, counts)}`;
  process.stdout.write(text);
}

function plan(command: Command, { only, size }: Options): readonly Step[] {
  try {
    return stepsOf(BENCHMARKS, { only, sizes: size });
  } catch (error) {
    return command.error(error instanceof Error ? error.message : String(error));
  }
}

await main();
