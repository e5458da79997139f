/** `enforce`: the policies in force on this node. */
import { type Command, Option } from "commander";
import type { EnforceOptions, PlaceOptions, StatusOptions } from "../enforce.ts";
import type { Io } from "../io.ts";
import { outputOption, withInputOptions } from "../options.ts";
import { PATHS, type Done } from "./definition.ts";

export function addEnforce(program: Command, io: Io, done: Done): void {
  const command = withPlaceOptions(
    withInputOptions(
      program
        .command("enforce")
        .summary("enforce the policies on this node, once or for as long as it runs")
        .description(
          "Brings the policies for the pods of one node into force on this machine, in one table of nftables, and says what that\n" +
            "comes to: enforced, or degraded and why. The table stays until `enforce stop`. With --watch it follows the files.",
        )
        .argument("[paths...]", PATHS)
        .option("--node <name>", "the node that this machine is")
        .option("--print", "print the program as text for `nft -f`; nothing is changed on this machine")
        .option("--watch", "stay, follow the files, and repair the table when others change it")
        .addOption(
          new Option(
            "--flows [format]",
            "with --watch: tell of flows, each judged by what was in force when it happened",
          )
            .choices(["text", "json"])
            .preset("text"),
        )
        .addOption(new Option("--denial <how>", "what denied packets meet").choices(["reject", "drop"]).default("drop"))
        .addOption(
          new Option("--start <how>", "closed: where no table is in force yet, no pod may talk before the first is")
            .choices(["open", "closed"])
            .default("open"),
        )
        .option("--interval <seconds>", "how often the table is compared with what it should hold", "60"),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis enforce manifests/ --node worker-1 --print > portcullis.nft
  portcullis enforce manifests/ --node worker-1
  portcullis enforce manifests/ --node worker-1 --watch --start closed --pod-cidr 10.244.0.0/16
  portcullis enforce status
  portcullis enforce stop
  A folder that is called status or stop is ./status or ./stop.`,
    )
    .action(async (paths: string[], options: EnforceOptions) => {
      const { enforce } = await import("../enforce.ts");
      done(await enforce(paths, options, io));
    });
  withPlaceOptions(command.command("status").summary("what is in force, held against the kernel"))
    .description(
      "What is in force on this machine, held against the kernel. Exit codes: 0 enforced, 3 degraded, 1 not enforced.",
    )
    .addOption(outputOption(["text", "json"]))
    .action(async (_options: StatusOptions, self: Command) => {
      const { enforceStatus } = await import("../enforce.ts");
      done(await enforceStatus(self.optsWithGlobals<StatusOptions>(), io));
    });
  withPlaceOptions(command.command("stop").summary("remove the table: nothing is enforced any more"))
    .description("Ends the enforcer, if one runs, and removes its table: nothing is enforced any more.")
    .action(async (_options: PlaceOptions, self: Command) => {
      const { enforceStop } = await import("../enforce.ts");
      done(await enforceStop(self.optsWithGlobals<PlaceOptions>(), io));
    });
}

/** Where an enforcer keeps its rules and its state. */
function withPlaceOptions(command: Command): Command {
  return command
    .option("--table <name>", "the table of nftables, of family inet", "portcullis")
    .option("--state <folder>", "where the enforcer tells of itself", "/run/portcullis")
    .option("--netns <name>", "a network namespace other than that of this process");
}
