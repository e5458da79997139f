/** `map`: everything that may talk. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { withMapOptions } from "../map-options.ts";
import type { MapOptions } from "../map.ts";
import { withInputOptions } from "../options.ts";
import { EXIT_HELP, PATHS, type Done } from "./definition.ts";

export function addMap(program: Command, io: Io, done: Done): void {
  withInputOptions(
    withMapOptions(
      program
        .command("map")
        .summary("everything that may talk")
        .description("Everything that may talk, exactly, by workload and address range; or what is asked for of it.")
        .argument("[paths...]", PATHS),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis map manifests/
  kubectl get pods,svc,netpol,ns,nodes -A -o yaml | portcullis map -
  portcullis map manifests/ --to shop/db --port 5432
  portcullis map manifests/ --by namespace -o svg > map.svg
${EXIT_HELP}`,
    )
    .action(async (paths: string[], options: MapOptions) => {
      const { map } = await import("../map.ts");
      done(await map(paths, options, io));
    });
}
