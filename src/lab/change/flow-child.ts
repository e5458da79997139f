/** Starting and ending the process that sends packets while a lab changes. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ChangeTime, Order, Tallies } from "./order.ts";

export interface Sending {
  /** Ends it, and tells what became of the packets. */
  end(change: ChangeTime): Promise<Tallies>;
  /** Ends it without a word. */
  abandon(): void;
}

/** Resolves when packets are on their way. The process ends with this one. Throws where it cannot open its sockets. */
export async function startSending(order: Order): Promise<Sending> {
  const script = fileURLToPath(new URL("flow-process.js", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "pipe"] });
  const complaints: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  child.stdin.on("error", () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { done, value } = await lines.next();
    if (done === true) throw new Error(`the process that sends packets has ended: ${complaints.join("")}`);
    return value;
  };
  child.stdin.write(`${JSON.stringify(order)}\n`);
  await next();
  return {
    end: async (change) => {
      child.stdin.end(`${JSON.stringify(change)}\n`);
      return JSON.parse(await next());
    },
    abandon: () => void child.stdin.end(),
  };
}
