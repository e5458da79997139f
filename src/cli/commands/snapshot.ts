/** `snapshot`: an input as one file. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { withReadingOptions } from "../options.ts";
import type { SnapshotOptions } from "../snapshot.ts";
import { PATHS, type Done } from "./definition.ts";

export function addSnapshot(program: Command, io: Io, done: Done): void {
  withReadingOptions(
    program
      .command("snapshot")
      .summary("record an input as one file that gives the same answers")
      .description(
        "Records an input as a bundle: of each object what is read of it and where it stands, and nothing else. Every\n" +
          "command reads bundles where it reads files, and answers as it would from the input.",
      )
      .argument("[paths...]", PATHS)
      .option("-o, --output <file>", "the file to write, or - for standard output", "-"),
    "record what cannot be read as unknown; commands then need the same option",
  )
    .addHelpText(
      "after",
      `
Examples:
  kubectl get pods,svc,endpointslices,netpol,ns,nodes -A -o yaml | portcullis snapshot - -o cluster.jsonl
  portcullis why shop/web shop/db:5432 cluster.jsonl
  portcullis diff cluster.jsonl cluster-later.jsonl

Exit codes:
  0   the bundle is written
  2   wrong usage, input that cannot be used, or a file that cannot be written
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: SnapshotOptions) => {
      const { snapshot } = await import("../snapshot.ts");
      done(await snapshot(paths, options, io));
    });
}
