/** Noticing that files change, however they do: in place, by rename, with their folder. */
import { type FSWatcher, watch } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

export interface InputWatch {
  close(): void;
}

export interface WatchOptions {
  /** What the command line names: files, folders, globs. */
  readonly paths: readonly string[];
  /** The files that these are at the moment. */
  readonly files: () => Promise<readonly string[]>;
  readonly onChange: () => void;
  /** Milliseconds. Files are looked at this often in any case: some file systems tell nothing. */
  readonly poll?: number;
}

/** Editors and copies write several times in a row. */
const QUIET = 100;
const LONGEST_WAIT = 1000;
const POLL = 2000;

/**
 * Calls `onChange` after the files have changed and been quiet for a tenth of a second, or changed all along for a second. One
 * look is a `stat` for each file. Resolves when the first has been taken.
 */
export async function watchInput({ paths, files, onChange, poll = POLL }: WatchOptions): Promise<InputWatch> {
  const watchers = new Map<string, FSWatcher>();
  let isClosed = false;
  let quiet: NodeJS.Timeout | undefined;
  let waitingSince: number | undefined;
  let looking: Promise<void> = Promise.resolve();
  let seen = "";

  const look = async (): Promise<void> => {
    const found = await files();
    const signature = await signatureOf(found);
    if (isClosed) return;
    const folders = await foldersOf(paths, found);
    follow(folders);
    if (signature === seen) return;
    seen = signature;
    onChange();
  };
  const lookSoon = (): void => {
    waitingSince ??= performance.now();
    clearTimeout(quiet);
    const left = LONGEST_WAIT - (performance.now() - waitingSince);
    quiet = setTimeout(
      () => {
        waitingSince = undefined;
        looking = looking.then(look, look);
      },
      Math.max(0, Math.min(QUIET, left)),
    );
  };
  const follow = (folders: ReadonlySet<string>): void => {
    for (const [folder, watcher] of watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      watchers.delete(folder);
    }
    for (const folder of folders) {
      if (watchers.has(folder)) continue;
      const watcher = watcherOf(folder, lookSoon, () => watchers.delete(folder));
      if (watcher !== undefined) watchers.set(folder, watcher);
    }
  };

  const first = await files();
  seen = await signatureOf(first);
  follow(await foldersOf(paths, first));
  const timer = setInterval(lookSoon, poll);
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
      clearTimeout(quiet);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** Undefined where the folder is gone or the system has no more watchers: then only the regular looks remain. */
function watcherOf(folder: string, onEvent: () => void, onEnd: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, onEvent);
    watcher.on("error", () => {
      watcher.close();
      onEnd();
      onEvent();
    });
    return watcher;
  } catch {
    return undefined;
  }
}

/** Another file of the same name, another time of writing or of renaming, another size: another text, to all appearances. */
async function signatureOf(files: readonly string[]): Promise<string> {
  const lines = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file, { bigint: true }).catch(() => undefined);
      return found === undefined
        ? `${file} -`
        : `${file} ${found.dev} ${found.ino} ${found.size} ${found.mtimeNs} ${found.ctimeNs}`;
    }),
  );
  return lines.join("\n");
}

/** Those of the files, and those in which the named paths stand or would stand. */
async function foldersOf(paths: readonly string[], files: readonly string[]): Promise<ReadonlySet<string>> {
  const folders = new Set(files.map((file) => dirname(resolve(file))));
  for (const path of paths) {
    const whole = resolve(path);
    if (await isFolder(whole)) folders.add(whole);
    let above = dirname(whole);
    while (!(await isFolder(above)) && above !== dirname(above)) above = dirname(above);
    folders.add(above);
  }
  return folders;
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
