/** `flows`: what the kernel of this node allows and denies. */
import type { Command } from "commander";
import type { FlowsOptions } from "../flows.ts";
import type { Io } from "../io.ts";
import { outputOption, withInputOptions } from "../options.ts";
import { PATHS, type Done } from "./definition.ts";

export function addFlows(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("flows")
      .summary("follow allowed and denied flows on a node, with the policy and the line that decided")
      .description(
        "Follows what the kernel of this node allows and denies, one line for each flow, with the policy and the line that decided:\n" +
          "each is judged anew against the input. Needs Linux, root, and a program of Portcullis in the kernel.",
      )
      .argument("[paths...]", PATHS)
      .requiredOption("--node <name>", "the node that this machine is")
      .addOption(outputOption(["text", "json"]))
      .option("--denied", "only denied packets")
      .option("--allowed", "only connections that came about")
      .option("--ended", "also connections that ended, with their bytes where the kernel counts them")
      .option("--limit <flows>", "stop after so many")
      .option("--seconds <seconds>", "stop after so long")
      .option("--summary", "at the end, count by policy")
      .option("--group <number>", "the log group to read", "4477")
      .option("--explain <name>", "follow nothing; say what a chain or a pair of the kernel's table stands for"),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis flows manifests/ --node worker-1
  portcullis flows manifests/ --node worker-1 --denied -o json | jq .judged.policies
  portcullis flows manifests/ --node worker-1 --seconds 60 --summary
  portcullis flows manifests/ --node worker-1 --explain traffic_0a1b2c3d4e5f
  portcullis flows manifests/ --node worker-1 --explain "ingress_pairs4 10.0.0.1 . 0:2"

Exit codes:
  0   followed to the end
  2   wrong usage or input, or this kernel does not tell, and why
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: FlowsOptions) => {
      const { flows } = await import("../flows.ts");
      done(await flows(paths, options, io));
    });
}
