/** Running a program to its end, inside a network namespace when asked. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { codeOf, MissingProgramError } from "./errors.ts";
import { inNamespace } from "./namespace.ts";

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
  /** The namespace to run in; without it, the namespace of this process. */
  readonly namespace?: string | undefined;
}

export interface ProgramAnswer {
  /** Exit status; undefined when a signal ended the program. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program with a C locale and collects what it says. A child is born in the namespace of the thread that makes
 * it, so a namespace costs two system calls and no helper program. Throws {@link MissingProgramError}.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramAnswer> {
  const start = () =>
    spawn(run.program, run.args, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, LC_ALL: "C" } });
  const child = run.namespace === undefined ? start() : inNamespace(run.namespace, start);
  // A program that stops early leaves a broken pipe; its exit status tells the story.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.input ?? "");
  try {
    const [[status], stdout, stderr] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { status: typeof status === "number" ? status : undefined, stdout, stderr };
  } catch (error) {
    throw codeOf(error) === "ENOENT" ? new MissingProgramError(run.program) : error;
  }
}
