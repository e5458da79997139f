/** What an enforcer tells of itself, in a file that outlives it. */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../kernel/errors.ts";

export const STATE_SCHEMA = "portcullis/enforce/v1";

/** `closed`: no pod may talk before the first program is in force. `none`: nothing is in force. */
export type Enforcement = "enforced" | "degraded" | "closed" | "none";

/** Who writes the table: over netlink as its owner or beside others, or with the program nft. */
export type WriterKind = "netlink, owned" | "netlink, shared" | "nft";

export interface State {
  readonly schema: typeof STATE_SCHEMA;
  readonly node: string;
  readonly table: string;
  readonly writer: WriterKind;
  readonly enforcement: Enforcement;
  /** Why less is enforced than the policies say. */
  readonly degraded: readonly string[];
  /** 0: no program has been in force. */
  readonly generation: number;
  /** Since when the enforcer runs or, when it is gone, ran; as all times in ISO 8601. */
  readonly since: string;
  readonly lastChange?: string;
  /** When the table was last found to be as it should. */
  readonly lastCheck?: string;
  readonly lastRepair?: string;
  /** What went wrong since the last change that succeeded, and when. */
  readonly lastError?: { readonly at: string; readonly what: string };
  readonly counts: Counts;
  /** Of the table as it was written: for whoever compares. */
  readonly fingerprint?: string;
  readonly process: number;
  /** Whether it stays to follow the input. */
  readonly isWatching: boolean;
}

export interface Counts {
  readonly pods: number;
  readonly governedPods: number;
  readonly classes: number;
  readonly pairs: number;
  readonly trafficChains: number;
  readonly changes: number;
  readonly repairs: number;
}

export function statePath(folder: string, table: string): string {
  return join(folder, `${table}.json`);
}

export function socketPath(folder: string, table: string): string {
  return join(folder, `${table}.sock`);
}

/** Whoever reads the file finds the old or the new state as a whole. Throws what the file system throws. */
export async function writeState(folder: string, state: State): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const path = statePath(folder, state.table);
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, undefined, 2)}\n`, { mode: 0o644 });
  await rename(draft, path);
}

/** Undefined: there is none. Throws an Error that names the file where it holds something else. */
export async function readState(folder: string, table: string): Promise<State | undefined> {
  const path = statePath(folder, table);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const parsed = parse(text);
  if (!isState(parsed)) throw new Error(`${path} is no state of an enforcer: remove it`);
  return parsed;
}

export async function removeState(folder: string, table: string): Promise<void> {
  await rm(statePath(folder, table), { force: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only enforcers write here, so the schema vouches for the rest. */
function isState(value: unknown): value is State {
  return typeof value === "object" && value !== null && "schema" in value && value.schema === STATE_SCHEMA;
}
