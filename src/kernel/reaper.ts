/** The guarantee that namespaces do not outlive this process, whatever ends it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { NAMESPACE_FOLDER } from "./namespace.ts";

export interface Reaper {
  /** Removes the namespaces now; resolves when they are gone. */
  reap(): Promise<void>;
  /** Lets the namespaces stay; resolves when nothing watches them any more. */
  release(): Promise<void>;
}

/**
 * Waits for a word on its standard input. The end of input, which the kernel brings about however the parent dies, is as
 * good as the word "reap", but then there is a second round: an `ip -batch` of the dead parent may still be making some.
 */
const SCRIPT = `
trap '' HUP INT QUIT TERM PIPE
read -r word
if [ "$word" = release ]; then exit 0; fi
reap() {
  for path in "$1/$2"*; do
    [ -e "$path" ] && echo "netns delete \${path##*/}"
  done | ip -force -batch -
}
reap "$1" "$2"
if [ "$word" != reap ]; then sleep 0.3; reap "$1" "$2"; fi
`;

/**
 * Starts a small process of its own session that removes every namespace whose name starts with `prefix` as soon as this
 * process ends, by whatever cause. It keeps neither this process alive nor its output open. No other process
 * may use the prefix while it watches, nor in the half second after an end without `reap` or `release`.
 */
export async function startReaper(prefix: string): Promise<Reaper> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{2,}$/.test(prefix)) {
    throw new RangeError(
      `${JSON.stringify(prefix)} is no safe prefix of namespaces to remove: use three or more letters, digits, "_", "." and "-"`,
    );
  }
  const child = spawn("/bin/sh", ["-c", SCRIPT, "reaper", NAMESPACE_FOLDER, prefix], {
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  await once(child, "spawn");
  const pipe = child.stdin;
  pipe.on("error", () => undefined);
  child.unref();
  if ("unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const finish = (word: "reap" | "release"): Promise<void> => {
    child.ref();
    if (!pipe.writableEnded) pipe.end(`${word}\n`);
    return ended;
  };
  return { reap: () => finish("reap"), release: () => finish("release") };
}
