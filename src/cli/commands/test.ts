/** `test`: assertions, proved. */
import type { Command } from "commander";
import type { TestOptions } from "../assertions.ts";
import type { Io } from "../io.ts";
import { outputOption, withInputOptions } from "../options.ts";
import { PATHS, type Done } from "./definition.ts";

export function addTest(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("test")
      .summary("prove what must hold")
      .description(
        "Proves the assertions of the input (kind Assertions, portcullis.dev/v1) for every packet they speak of. One that\n" +
          "does not hold is shown with a packet that breaks it, and why.",
      )
      .argument("[paths...]", `${PATHS}; manifests and assertions`)
      .addOption(outputOption(["text", "json", "junit", "tap"])),
  )
    .addHelpText(
      "after",
      `
Assertions:
  apiVersion: portcullis.dev/v1
  kind: Assertions
  metadata: {name: shop, namespace: shop}
  assertions:
  - allow: web -> db:5432                every packet passes
  - deny: internet -> db                 no connection comes about
  - never: "*" -> payments/*:22          not even one packet arrives, whoever will be there
  - only: {from: [web, jobs], to: db}    nobody else may

Examples:
  portcullis test manifests/ shop.assert.yaml
  portcullis test manifests/ -o junit > results.xml

Exit codes:
  0   every assertion holds
  1   some do not
  2   wrong usage, or input or assertions that cannot be used
  3   none fails, and some are undecided: the input does not tell
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: TestOptions) => {
      const { test } = await import("../assertions.ts");
      done(await test(paths, options, io));
    });
}
