/** Being in a network namespace for the time of a function. */
import { closeSync, openSync, stat } from "node:fs";
import { codeOf, SystemCallError } from "./errors.ts";
import { libc } from "./libc.ts";

/** Where `ip netns` keeps the names of namespaces. */
export const NAMESPACE_FOLDER = "/run/netns";

let poolStarted = false;

/**
 * Runs `work` with the calling thread inside the namespace `name` and returns to where the thread was, also when `work`
 * throws. Only what happens before `work` returns is inside: sockets and child processes made there stay there; promises
 * and callbacks run outside. Calls may nest. About 20 microseconds.
 */
export function inNamespace<T>(name: string, work: () => T): T {
  const system = libc();
  startThreadPool();
  const home = openSync("/proc/thread-self/ns/net", "r");
  try {
    const target = openNamespace(name);
    try {
      system.setNetworkNamespace(target, `entering network namespace ${name}`);
    } finally {
      closeSync(target);
    }
    try {
      return work();
    } finally {
      system.setNetworkNamespace(home, `returning from network namespace ${name}`);
    }
  } finally {
    closeSync(home);
  }
}

/**
 * Threads are born in the namespace of the thread that makes them. Node makes its pool at the first asynchronous file
 * operation, which could fall inside `work`; so it is made before.
 */
function startThreadPool(): void {
  if (poolStarted) return;
  poolStarted = true;
  stat("/", () => undefined);
}

function openNamespace(name: string): number {
  checkNamespaceName(name);
  try {
    return openSync(`${NAMESPACE_FOLDER}/${name}`, "r");
  } catch (error) {
    const reason = codeOf(error) === "ENOENT" ? "it does not exist" : String(error);
    throw new SystemCallError("open", codeOf(error) ?? "UNKNOWN", `entering network namespace ${name} (${reason})`);
  }
}

/** Throws a RangeError unless `name` is a safe file name and a single word of an `ip` batch. */
export function checkNamespaceName(name: string): void {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/.test(name)) {
    throw new RangeError(
      `${JSON.stringify(name)} is no name for a network namespace: use up to 200 letters, digits, "_", "." and "-", ` +
        'not starting with "." or "-"',
    );
  }
}
