/** Whether this machine and this process can hold a laboratory of network namespaces. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { installationOf, SystemCallsUnavailableError } from "./errors.ts";
import { libc } from "./libc.ts";
import { inNamespace } from "./namespace.ts";

export interface MissingCapability {
  /** What is lacking, as a full clause. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
}

export type LabCapabilities =
  | { readonly ok: true }
  | { readonly ok: false; readonly missing: readonly MissingCapability[] };

/** Bits of a capability mask, from capabilities(7). */
const NEEDED_CAPABILITIES: readonly (readonly [string, bigint])[] = [
  ["CAP_NET_BIND_SERVICE", 10n],
  ["CAP_NET_ADMIN", 12n],
  ["CAP_NET_RAW", 13n],
  ["CAP_SYS_ADMIN", 21n],
];

/**
 * Finds out, by trying, what a lab needs: Linux, capabilities, `ip`, `nft`, the native binding, and a namespace that can
 * be made, entered and filtered. Blocks for about 50 milliseconds and leaves nothing behind.
 */
export function labCapabilities(): LabCapabilities {
  const missing = missingBinding();
  if (process.platform !== "linux") return { ok: false, missing };
  missing.push(...missingCapabilities(), ...missingPrograms());
  if (missing.length === 0) missing.push(...refusedTrial());
  return missing.length === 0 ? { ok: true } : { ok: false, missing };
}

function missingCapabilities(): MissingCapability[] {
  const mask = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);
  const lacking = NEEDED_CAPABILITIES.filter(([, bit]) => ((mask >> bit) & 1n) === 0n).map(([name]) => name);
  if (lacking.length === 0) return [];
  const what = `this process lacks ${lacking.join(", ")}`;
  return [{ what, remedy: "run it as root, with sudo, or in a privileged container" }];
}

function missingPrograms(): MissingCapability[] {
  const programs: readonly (readonly [string, string])[] = [
    ["ip", "-V"],
    ["nft", "--version"],
  ];
  return programs
    .filter(([program, option]) => spawnSync(program, [option], { stdio: "ignore" }).error !== undefined)
    .map(([program]) => ({ what: `the program ${program} was not found`, remedy: installationOf(program) }));
}

function missingBinding(): MissingCapability[] {
  try {
    libc();
    return [];
  } catch (error) {
    if (error instanceof SystemCallsUnavailableError) return [{ what: error.reason, remedy: error.remedy }];
    throw error;
  }
}

function refusedTrial(): MissingCapability[] {
  const name = `portcullis-trial-${process.pid}`;
  const made = spawnSync("ip", ["netns", "add", name], { encoding: "utf8" });
  if (made.status !== 0) {
    const remedy = "see that the kernel has network namespaces and that /run/netns can be written and mounted on";
    return [{ what: `a network namespace cannot be made: ${made.stderr.trim()}`, remedy }];
  }
  try {
    const tried = inNamespace(name, () => spawnSync("nft", ["list", "tables"], { encoding: "utf8" }));
    if (tried.status === 0) return [];
    const remedy = "load the kernel module nf_tables";
    return [{ what: `nft does not work in a network namespace: ${tried.stderr.trim()}`, remedy }];
  } catch (error) {
    const remedy = "see that no sandbox forbids the system call setns";
    return [{ what: error instanceof Error ? error.message : String(error), remedy }];
  } finally {
    spawnSync("ip", ["netns", "delete", name], { stdio: "ignore" });
  }
}
