/** The options that every command which reads input has, and what they mean. */
import { type Command, Option } from "commander";
import { type AddressSet, cidrsOf, isAddressError, parseCidr } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import type { Validation } from "../resources/reading.ts";
import {
  assume,
  ASSUMPTION_NAMES,
  type AssumptionName,
  type Assumptions,
  choice,
  isProfileName,
  PROFILES,
} from "../situation/assumptions.ts";
import { UsageError } from "./usage-error.ts";

/** As commander hands them over. */
export interface ReadingOptions {
  readonly filename?: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly validate: Validation;
  readonly skipUnreadable?: boolean;
  readonly quiet?: boolean;
}

/** Of commands that answer questions about what they read. */
export interface InputOptions extends ReadingOptions {
  readonly profile: string;
  readonly assume?: readonly string[];
  readonly podCidr?: readonly string[];
}

/** Adds the options of every command that reads input. */
export function withReadingOptions(command: Command, skipUnreadable: string): Command {
  return command
    .option("-f, --filename <path>", "another path to read, as in kubectl; may be repeated", collect)
    .option("-R, --recursive", "accepted as in kubectl: folders are always read with their sub-folders")
    .option("-n, --namespace <name>", "namespace of objects and names that give none (default: default)")
    .addOption(
      new Option("--validate <how>", "unknown fields: refuse them, drop them and say so, or drop them")
        .choices(["strict", "warn", "ignore"])
        .default("strict"),
    )
    .option("--skip-unreadable", skipUnreadable)
    .option("-q, --quiet", "no warnings and notes about the input, only errors")
    .option("--debug", "print the stack of internal errors");
}

/** Adds the options of a command that answers questions about its input. */
export function withInputOptions(command: Command): Command {
  return withReadingOptions(command, "answer although input cannot be read; undecided where it could matter")
    .addOption(
      new Option("--profile <name>", "the implementation whose choices are assumed")
        .choices(Object.keys(PROFILES))
        .default("kubernetes"),
    )
    .addOption(assumeOption())
    .option("--pod-cidr <cidr>", "where pods get their addresses; may be repeated, for both families", collect)
    .addHelpText("after", assumptionHelp(ASSUMPTION_NAMES));
}

/** `-o` with the formats a command has; the first is the default. */
export function outputOption(formats: readonly [string, ...string[]]): Option {
  return new Option("-o, --output <format>", "output format").choices(formats).default(formats[0]);
}

/** `--assume`, for `assumptionsOf`. */
export function assumeOption(): Option {
  return new Option("--assume <name=value>", "set one assumption; may be repeated").argParser(collect);
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

/** The part of a help that tells what a command may be told to assume. */
export function assumptionHelp(names: readonly AssumptionName[]): string {
  const texts = names.map((name) => {
    const { values, about } = choice(name);
    return `  --assume ${name}=${values.join("|")}\n      ${about} (default: ${PROFILES.kubernetes[name]})`;
  });
  return `\nAssumptions:\n${texts.join("\n")}`;
}

/** The profile with the assumptions switched. Throws `UsageError` that lists the choices. */
export function assumptionsOf({
  profile,
  assume: switches = [],
}: Pick<InputOptions, "profile" | "assume">): Assumptions {
  if (!isProfileName(profile)) {
    throw new UsageError(`there is no profile "${profile}"`, `choose ${Object.keys(PROFILES).join(" or ")}`);
  }
  let assumptions: Assumptions = PROFILES[profile];
  for (const text of switches) {
    const equals = text.indexOf("=");
    const changed =
      equals < 0
        ? `"${text}" gives no value`
        : assume(assumptions, text.slice(0, equals).trim(), text.slice(equals + 1).trim());
    if (typeof changed === "string") {
      const choices = ASSUMPTION_NAMES.map((name) => `${name}=${choice(name).values.join("|")}`);
      throw new UsageError(`--assume: ${changed}`, `write one of ${choices.join(", ")}`);
    }
    assumptions = changed;
  }
  return assumptions;
}

/** The union of the ranges; undefined when none is given. Throws `UsageError`. */
export function podRangeOf(cidrs: readonly string[] | undefined): AddressSet | undefined {
  if (cidrs === undefined) return undefined;
  return unionOf(
    cidrs
      .flatMap((text) => text.split(","))
      .map((text) => {
        const cidr = parseCidr(text.trim());
        if (isAddressError(cidr)) {
          throw new UsageError(
            `--pod-cidr: "${text}" is not a CIDR: ${cidr.reason}`,
            "write it like 10.244.0.0/16 or fd00:10:244::/56",
          );
        }
        if (cidr.hostBits) {
          throw new UsageError(
            `--pod-cidr: "${text}" is an address inside a block`,
            `write ${cidrsOf([cidr.range]).join(",")}`,
          );
        }
        return cidr.range;
      }),
  );
}
