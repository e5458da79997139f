/** `portcullis map [paths...]` */
import { reachMap } from "../reach/map.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { mapJson } from "./output/map-json.ts";
import { mermaidText } from "./output/map-mermaid.ts";
import { mapLines } from "./output/map-text.ts";

export interface MapOptions extends InputOptions {
  readonly output: "text" | "json" | "mermaid";
}

/** The map on standard output; exit code 3 when something in it is not known. */
export async function map(paths: readonly string[], options: MapOptions, io: Io): Promise<ExitCode> {
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const result = reachMap(situation);
  switch (options.output) {
    case "text":
      print(io.stdout, io.env, mapLines(result));
      break;
    case "json":
      io.stdout.write(jsonText(mapJson(result)));
      break;
    case "mermaid":
      io.stdout.write(mermaidText(result, situation));
      break;
  }
  return result.undecided.length > 0 ? EXIT.undecided : EXIT.yes;
}
