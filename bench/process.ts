/** Jobs in processes of their own, which are ended when they take too long. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Job, type Report, REPORT_FD } from "./job.ts";

export interface Limits {
  readonly seconds: number;
  /** Megabytes of JavaScript objects a process may hold. */
  readonly heap: number;
}

/** How a process ended; whatever it was, its reports up to then count. */
export type Ending = "done" | "over time" | "out of memory" | "failed";

export interface Outcome {
  readonly reports: readonly Report[];
  readonly ending: Ending;
  /** The last of what it wrote to standard error, where it failed. */
  readonly error: string;
}

/** What a process gets to put things in order before it is ended. */
const GRACE_MS = 2000;
const ERROR_CHARACTERS = 4000;

/** Runs a job. Never rejects for what the process does. */
export async function runJob(job: Job, { seconds, heap }: Limits): Promise<Outcome> {
  const script = fileURLToPath(new URL("child.js", import.meta.url));
  const options = [`--max-old-space-size=${heap}`, "--expose-gc"];
  const child = spawn(process.execPath, [...options, script, JSON.stringify(job)], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let isLate = false;
  let end: NodeJS.Timeout | undefined;
  const limit = setTimeout(() => {
    isLate = true;
    child.kill("SIGTERM");
    end = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  }, seconds * 1000);
  let error = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (error = (error + text).slice(-ERROR_CHARACTERS)));
  const reports = linesOf(child.stdio[REPORT_FD]);
  const endWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", endWithUs);
  const [code, signal] = await once(child, "close");
  process.off("exit", endWithUs);
  clearTimeout(limit);
  clearTimeout(end);
  return { reports: await reports, ending: endingOf(code, signal, isLate, error), error };
}

async function linesOf(stream: unknown): Promise<readonly Report[]> {
  const reports: Report[] = [];
  if (!isReadable(stream)) return reports;
  for await (const line of createInterface({ input: stream })) {
    const report: Report = JSON.parse(line);
    reports.push(report);
  }
  return reports;
}

function isReadable(stream: unknown): stream is NodeJS.ReadableStream {
  return typeof stream === "object" && stream !== null && "read" in stream;
}

function endingOf(code: unknown, signal: unknown, isLate: boolean, error: string): Ending {
  if (code === 0) return "done";
  if (isLate) return "over time";
  return signal === "SIGKILL" || error.includes("JavaScript heap out of memory") ? "out of memory" : "failed";
}
