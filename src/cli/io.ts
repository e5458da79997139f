/** Where a command reads and writes. Commands touch the process only through this, so tests run them without one. */

import { isatty } from "node:tty";

export interface Output {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Characters per line; undefined where nobody looks. */
  readonly columns: number | undefined;
}

export interface Io {
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back once when somebody asks the process to end, which it then does by itself; returns what takes that back. */
  readonly onInterrupt?: (stop: () => void) => () => void;
}

/** The streams and environment of this process. */
export function processIo(): Io {
  return {
    // Only touched when something is read: opening it would keep the process waiting.
    get stdin() {
      return process.stdin;
    },
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    onInterrupt: (stop) => {
      for (const signal of ENDING) process.once(signal, stop);
      return () => {
        for (const signal of ENDING) process.off(signal, stop);
      };
    },
  };
}

const ENDING = ["SIGINT", "SIGTERM"] as const;

function outputOf(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: isatty(stream.fd),
    columns: stream.columns,
  };
}
