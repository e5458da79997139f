/** `portcullis map [paths...]` */
import { exposureOf } from "../reach/exposure.ts";
import { flowsOf } from "../reach/flows.ts";
import { type Grouping, type ReachMap, reachMap } from "../reach/map.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import { type AskedFlows, filterIn, parseFilter } from "./map-filter.ts";
import type { FilterOptions, MapFormat } from "./map-options.ts";
import type { InputOptions } from "./options.ts";
import { exposureJson } from "./output/exposure-json.ts";
import { exposureLines } from "./output/exposure-text.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { csvText } from "./output/map-csv.ts";
import { dotText } from "./output/map-dot.ts";
import { mapJson } from "./output/map-json.ts";
import { markdownText } from "./output/map-markdown.ts";
import { mermaidText } from "./output/map-mermaid.ts";
import { svgText } from "./output/map-svg.ts";
import { mapLines } from "./output/map-text.ts";
import { UsageError } from "./usage-error.ts";

export interface MapOptions extends InputOptions, FilterOptions {
  readonly namespace?: string;
  readonly output: MapFormat;
  readonly by: Grouping;
  readonly exposure?: boolean;
}

/** The map on standard output; exit code 3 when something in it is not known. Throws `UsageError`. */
export async function map(paths: readonly string[], options: MapOptions, io: Io): Promise<ExitCode> {
  const asked = parseFilter(options);
  if (options.exposure === true) return exposure(paths, options, asked, io);
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const filter = asked && filterIn(situation, asked);
  const result = reachMap(situation, flowsOf(situation), { filter, by: options.by });
  write(result, options, io);
  return result.undecided.length > 0 ? EXIT.undecided : EXIT.yes;
}

/** What pods that do not exist yet could reach, and who could reach them. */
async function exposure(
  paths: readonly string[],
  options: MapOptions,
  asked: AskedFlows | undefined,
  io: Io,
): Promise<ExitCode> {
  const { output } = options;
  if (asked !== undefined || options.by !== "workload") {
    throw new UsageError("--exposure is about all pods to come", "leave out --by and the filters");
  }
  if (output !== "text" && output !== "json") {
    throw new UsageError(`--exposure has no format ${output}`, "use -o text or -o json");
  }
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const result = exposureOf(situation);
  if (output === "text") print(io.stdout, io.env, exposureLines(result));
  else io.stdout.write(jsonText(exposureJson(result)));
  return result.unlabelled.undecided.length > 0 ? EXIT.undecided : EXIT.yes;
}

function write(result: ReachMap, { output }: MapOptions, io: Io): void {
  switch (output) {
    case "text":
      return print(io.stdout, io.env, mapLines(result));
    case "json":
      return io.stdout.write(jsonText(mapJson(result)));
    case "csv":
      return io.stdout.write(csvText(result));
    case "markdown":
      return io.stdout.write(markdownText(result));
    case "mermaid":
      return io.stdout.write(mermaidText(result));
    case "dot":
      return io.stdout.write(dotText(result));
    case "svg":
      return io.stdout.write(svgText(result));
  }
}
