/** Talking to a running enforcer: one question in a line, one answer in JSON. */
import { chmod, mkdir, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { text } from "node:stream/consumers";
import { codeOf } from "../kernel/errors.ts";
import { socketPath, type State } from "./state.ts";

/** `status`: compare the table with what it should hold, then tell. `stop`: remove the table and end. */
export type Question = "status" | "stop";

export interface Control {
  close(): Promise<void>;
}

/** Only the user of this process may ask. Throws an Error where another enforcer of the same table listens. */
export async function listen(
  folder: string,
  table: string,
  answer: (question: Question) => Promise<State>,
): Promise<Control> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  if ((await ask(folder, table, "status")) !== undefined) {
    throw new Error(`another process enforces table ${table} already`);
  }
  const path = socketPath(folder, table);
  await rm(path, { force: true });
  const server = createServer((connection) => {
    connection.on("error", () => connection.destroy());
    connection.setTimeout(10_000, () => connection.destroy());
    connection.once("data", (bytes: Buffer) => {
      // Comparing a large table takes its time.
      connection.setTimeout(0);
      const question = bytes.toString().trim();
      if (question !== "status" && question !== "stop") {
        connection.end();
        return;
      }
      answer(question).then(
        (state) => connection.end(JSON.stringify(state)),
        () => connection.destroy(),
      );
    });
  });
  await listening(server, path);
  await chmod(path, 0o600);
  return {
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await rm(path, { force: true });
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => resolve());
  });
}

/** What the running enforcer says; undefined: none is running. Throws an Error where one hangs up without an answer. */
export async function ask(folder: string, table: string, question: Question): Promise<State | undefined> {
  const connection = connect(socketPath(folder, table));
  const connected = new Promise<boolean>((resolve, reject) => {
    connection.once("connect", () => resolve(true));
    connection.once("error", (error) =>
      ["ENOENT", "ECONNREFUSED"].includes(codeOf(error) ?? "") ? resolve(false) : reject(error),
    );
  });
  if (!(await connected)) return undefined;
  connection.write(`${question}\n`);
  const said = await text(connection);
  if (said === "") throw new Error(`the enforcer of table ${table} gave no answer`);
  const state: State = JSON.parse(said);
  return state;
}
