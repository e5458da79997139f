/** `lab`: the cluster on this machine, probed with real packets. */
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import type { LabName, LabOptions, LabPlanOptions } from "../lab.ts";
import { outputOption, withInputOptions } from "../options.ts";
import { PATHS, type Done } from "./definition.ts";

export function addLab(program: Command, io: Io, done: Done): void {
  const lab = program
    .command("lab")
    .summary("build the cluster on this machine and probe it with real packets")
    .description(
      "A cluster of network namespaces on this machine, the policies enforced in its kernel, and pairs probed with real\n" +
        "packets and held against the prediction. Needs Linux, root and nft.",
    );
  const steps = [
    ["run", "build, probe, and take down"],
    ["up", "build the lab and leave it standing"],
    ["probe", "probe a lab that stands, built from the same input"],
    ["reload", "load changed policies and Services into a lab that stands, with the same pods and nodes"],
  ] as const;
  for (const [step, about] of steps) {
    const command = withLabOptions(lab.command(step).description(about).argument("[paths...]", PATHS))
      .addOption(denialOption())
      .option("--limit <probes>", "the most probes", "20000");
    if (step === "run") {
      command.option(
        "--change <paths...>",
        "change the lab into this second input, with the same pods, while packets are under way; -f is read with both",
      );
    }
    withInputOptions(command)
      .addHelpText("after", LAB_EXIT_HELP)
      .action(async (paths: string[], options: LabOptions) => {
        const { labOnInput } = await import("../lab.ts");
        done(await labOnInput(step, paths, options, io));
      });
  }
  withInputOptions(
    withLabOptions(
      lab
        .command("plan")
        .description("what the lab would consist of, or the kernel program of one node; builds nothing, needs no root")
        .argument("[paths...]", PATHS),
    )
      .addOption(denialOption())
      .option("--node <name>", "print the kernel program that this node would get"),
  ).action(async (paths: string[], options: LabPlanOptions) => {
    const { labPlan } = await import("../lab.ts");
    done(await labPlan(paths, options, io));
  });
  withLabOptions(lab.command("down").description("take a lab down"))
    .option("--debug", "print the stack of internal errors")
    .action(async (options: LabName) => {
      const { labDown } = await import("../lab.ts");
      done(await labDown(options, io));
    });
}

function denialOption(): Option {
  return new Option("--denial <how>", "what denied packets meet; drop takes longer, for silence has to be waited for")
    .choices(["reject", "drop"])
    .default("reject");
}

function withLabOptions(command: Command): Command {
  return command.addOption(outputOption(["text", "json"])).option("--name <name>", "name of the lab", "lab");
}

const LAB_EXIT_HELP = `
Exit codes:
  0   every probe agrees with the prediction
  1   differences, each printed with what was predicted and why
  2   the lab cannot be built here, and why; or wrong usage or input`;
