/** The commands, their help, and what a run of one comes to: an exit code. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { EXIT_HELP } from "./commands/definition.ts";
import { addConvert } from "./commands/convert.ts";
import { addDiff } from "./commands/diff.ts";
import { addEnforce } from "./commands/enforce.ts";
import { addFlows } from "./commands/flows.ts";
import { addLab } from "./commands/lab.ts";
import { addMap } from "./commands/map.ts";
import { addSnapshot } from "./commands/snapshot.ts";
import { addTest } from "./commands/test.ts";
import { addVpc } from "./commands/vpc.ts";
import { addWhy } from "./commands/why.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { hasColour, print, styled } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

/** Runs one command line, without the name of the program. Never rejects: whatever happens becomes an exit code. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = EXIT.yes;
  try {
    const program = commands(io, (code) => {
      exit = code;
    });
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    return failed(error, args, io);
  }
}

function failed(error: unknown, args: readonly string[], io: Io): ExitCode {
  // Commander has printed what is wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (error instanceof UsageError) {
    print(io.stderr, io.env, [[styled("bad", "error"), `: ${error.message}`], [styled("faint", `  ${error.remedy}`)]]);
    return EXIT.usage;
  }
  reportFault(error, args, io);
  return EXIT.internal;
}

/** Says how to report a fault of the program itself. */
export function reportFault(error: unknown, args: readonly string[], io: Io): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const isDebug = args.includes("--debug");
  print(io.stderr, io.env, [
    [styled("bad", "internal error"), `: ${message}`],
    ["  This is a fault of Portcullis and no answer. Please report it with this command line and its input:"],
    [`  portcullis ${args.map(shellWord).join(" ")}`],
    [`  Portcullis ${version()}, Node ${process.versions.node}, ${process.platform}`],
    ...(isDebug ? stack.split("\n").map((line) => [line]) : [["  --debug prints where it happened"]]),
  ]);
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "?";
}

function commands(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command("portcullis")
    .description("Exact answers about Kubernetes network policies, and their enforcement.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => hasColour(io.stdout, io.env),
      getErrHasColors: () => hasColour(io.stderr, io.env),
    })
    .addHelpText(
      "after",
      `
Examples:
  portcullis why accounts/frontend accounts/backend:8080 manifests/
  kubectl get pods,svc,netpol,ns,nodes -A -o yaml | portcullis map -
  portcullis map manifests/ -o mermaid
${EXIT_HELP}`,
    );
  addWhy(program, io, done);
  addMap(program, io, done);
  addDiff(program, io, done);
  addTest(program, io, done);
  addSnapshot(program, io, done);
  addConvert(program, io, done);
  addVpc(program, io, done);
  addLab(program, io, done);
  addEnforce(program, io, done);
  addFlows(program, io, done);
  return program;
}
