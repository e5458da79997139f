/** Starting and ending the process that floods. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { TestPod } from "../../src/kernel/pods.fixture.ts";

export interface Flood {
  readonly senders: readonly TestPod[];
  readonly receiver: TestPod;
  readonly port: number;
}

export interface FloodProcess {
  /** Ends the flood; how many packets each sender has sent. */
  end(): Promise<number>;
}

/** Resolves when packets are on their way. The process ends with this one. */
export async function startFlood(flood: Flood): Promise<FloodProcess> {
  const script = fileURLToPath(new URL("flood.js", import.meta.url));
  const child = spawn(process.execPath, [script, JSON.stringify(flood)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error("the process that sends packets has ended");
    return value;
  };
  await next();
  return {
    end: async () => {
      child.stdin.end();
      return Number(await next());
    },
  };
}
