/** `portcullis enforce [paths...] --node NAME`, with `--print`, `--watch`; `portcullis enforce status` and `stop` */
import { compile } from "../dataplane/compile.ts";
import { nftText } from "../dataplane/nft-text.ts";
import { namesOf } from "../enforce/address-names.ts";
import { Enforcer, type Input } from "../enforce/enforcer.ts";
import { follow } from "../enforce/follow.ts";
import { watchInput } from "../enforce/input-watch.ts";
import { openTable } from "../enforce/open-table.ts";
import { readState, writeState } from "../enforce/state.ts";
import { type Place, statusOf, stopEnforcing } from "../enforce/status.ts";
import { codeOf } from "../kernel/errors.ts";
import { findFiles } from "../input/files.ts";
import { EnforcedFlows } from "./enforced-flows.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { inputPaths, load } from "./load.ts";
import { nodeNamed } from "./node-named.ts";
import { type InputOptions, podRangeOf } from "./options.ts";
import { happeningLine, stateLines, statusLines } from "./output/enforcement.ts";
import { print } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";

/** Where an enforcer is found. */
export interface PlaceOptions {
  readonly table: string;
  readonly state: string;
  readonly netns?: string;
}

export interface EnforceOptions extends InputOptions, PlaceOptions {
  readonly node?: string;
  readonly print?: boolean;
  readonly watch?: boolean;
  /** How flows are told, each judged by what was in force when it happened; absent: they are not. */
  readonly flows?: "text" | "json";
  readonly denial: "reject" | "drop";
  readonly start: "open" | "closed";
  /** Seconds, as text. */
  readonly interval: string;
}

export interface StatusOptions extends PlaceOptions {
  readonly output: "text" | "json";
}

/** Throws `UsageError` for options that mean nothing, a node that does not exist, and what the system refuses. */
export async function enforce(paths: readonly string[], options: EnforceOptions, io: Io): Promise<ExitCode> {
  const { node } = options;
  if (node === undefined) {
    throw new UsageError("it is not said which node this is", "add --node NAME, as `kubectl get nodes` calls it");
  }
  return options.print === true
    ? printProgram(paths, { ...options, node }, io)
    : enforceHere(paths, { ...options, node }, io);
}

type NodeOptions = EnforceOptions & { readonly node: string };

async function printProgram(paths: readonly string[], options: NodeOptions, io: Io): Promise<ExitCode> {
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const program = compile(situation, nodeNamed(situation, options.node), {
    table: options.table,
    generation: 1,
    denial: options.denial,
    interfaces: [],
  });
  io.stdout.write(nftText(program, namesOf(situation)));
  return EXIT.yes;
}

async function enforceHere(paths: readonly string[], options: NodeOptions, io: Io): Promise<ExitCode> {
  const place = placeOf(options);
  const all = inputPaths(paths, options);
  if (options.watch === true && all.includes("-")) {
    throw new UsageError("standard input cannot be watched", "name files or folders, or leave --watch out");
  }
  const interval = secondsOf(options.interval);
  const podRange = podRangeOf(options.podCidr);
  if (options.start === "closed" && podRange === undefined) {
    throw new UsageError(
      "--start closed needs to know where pods get their addresses",
      "add --pod-cidr, as the cluster was set up with",
    );
  }
  if (options.flows !== undefined && options.watch !== true) {
    throw new UsageError("--flows tells of flows for as long as the enforcer stays", "add --watch");
  }
  const flows = options.flows && new EnforcedFlows(options.node, place.namespace, options.flows);
  const { table, degraded } = openTable(place.table, place.namespace);
  try {
    const enforcer = new Enforcer(table, {
      node: options.node,
      table: place.table,
      denial: options.denial,
      namespace: place.namespace,
      isWatching: options.watch === true,
      lastGeneration: (await stateOf(place))?.generation ?? 0,
      read: () => readFor(paths, options, io),
      now: () => new Date(),
      degraded,
      onForce: (generation, situation) => flows?.inForce(generation, situation),
    });
    if (options.start === "closed" && podRange !== undefined) {
      const outcome = await enforcer.close(podRange);
      if (outcome.kind === "failed") throw refused(outcome.why);
    }
    return options.watch === true
      ? await stay(enforcer, { paths: all, interval, place, flows }, io)
      : await enforceOnce(enforcer, place, io);
  } finally {
    table.close();
  }
}

async function enforceOnce(enforcer: Enforcer, place: Place, io: Io): Promise<ExitCode> {
  const outcome = await enforcer.reload();
  // Of a failure there is nothing to tell, unless the node is closed: what an earlier run has told still holds.
  if (outcome.kind !== "failed" || enforcer.state.enforcement === "closed") {
    await withRuntimeFolder(place, () => writeState(place.folder, enforcer.state));
  }
  if (outcome.kind === "failed") throw refused(outcome.why);
  print(io.stdout, io.env, stateLines(enforcer.state));
  return EXIT.yes;
}

interface Staying {
  readonly paths: readonly string[];
  readonly interval: number;
  readonly place: Place;
  readonly flows: EnforcedFlows | undefined;
}

async function stay(enforcer: Enforcer, { paths, interval, place, flows }: Staying, io: Io): Promise<ExitCode> {
  const ended = new Promise<void>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
  flows?.follow(io);
  const how = await withRuntimeFolder(place, () =>
    follow(enforcer, {
      folder: place.folder,
      interval,
      watch: (onChange) => watchInput({ paths, files: async () => (await findFiles(paths, true)).files, onChange }),
      say: (what, state) => print(io.stdout, io.env, [happeningLine(what, state, new Date())]),
      ended,
    }),
  ).finally(() => flows?.end());
  print(io.stdout, io.env, [
    [how === "ended" ? "Ended. What was in force stays in force." : "Stopped. Nothing is enforced any more."],
  ]);
  return EXIT.yes;
}

/** As the enforcer reads its input: what is wrong with it is printed, and told in the state. */
async function readFor(paths: readonly string[], options: NodeOptions, io: Io): Promise<Input> {
  let said = "";
  const listening: Io = {
    ...io,
    stdin: io.stdin,
    stderr: {
      ...io.stderr,
      write: (text) => {
        said += text;
        io.stderr.write(text);
      },
    },
  };
  try {
    const situation = await load(paths, options, listening);
    if (situation === undefined) return { kind: "unusable", why: `the input has errors: ${said.split("\n")[0] ?? ""}` };
    return { kind: "usable", situation, node: nodeNamed(situation, options.node) };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { kind: "unusable", why: `${error.message}: ${error.remedy}` };
  }
}

/** Exit 0: enforced. 3: degraded. 1: not enforced. */
export async function enforceStatus(options: StatusOptions, io: Io): Promise<ExitCode> {
  const place = placeOf(options);
  const status = await withRuntimeFolder(place, () => statusOf(place));
  if (options.output === "json") {
    const { state, ...rest } = status;
    const told = { schema: "portcullis/enforce-status/v1", ...rest, ...(state === undefined ? {} : { state }) };
    io.stdout.write(`${JSON.stringify(told, undefined, 2)}\n`);
  } else {
    print(io.stdout, io.env, statusLines(status, place.table));
  }
  switch (status.enforcement) {
    case "enforced":
      return EXIT.yes;
    case "degraded":
      return EXIT.undecided;
    case "closed":
    case "none":
      return EXIT.no;
  }
}

/** Removes the table: nothing is enforced any more. */
export async function enforceStop(options: PlaceOptions, io: Io): Promise<ExitCode> {
  const place = placeOf(options);
  const wasThere = await withRuntimeFolder(place, () => stopEnforcing(place));
  print(io.stdout, io.env, [
    [
      wasThere
        ? `Table inet ${place.table} is removed: nothing is enforced.`
        : `There was no table inet ${place.table}.`,
    ],
  ]);
  return EXIT.yes;
}

function placeOf({ table, state, netns }: PlaceOptions): Place {
  if (!/^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(table)) {
    throw new UsageError(`--table: "${table}" is no name for a table`, "use letters, digits and _, a letter first");
  }
  return { folder: state, table, namespace: netns };
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (Number.isFinite(seconds) && seconds >= 1 && seconds <= 86_400) return seconds * 1000;
  throw new UsageError(`--interval: "${text}" is no number of seconds from 1 to 86400`, "leave it out for 60");
}

/** A state that cannot be read tells nothing. */
async function stateOf({ folder, table }: Place): ReturnType<typeof readState> {
  return readState(folder, table).catch(() => undefined);
}

/** What the system refuses is no fault of the program. */
async function withRuntimeFolder<T>({ folder }: Place, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
      throw new UsageError(`${folder} cannot be used (${code})`, "run as root, or choose another folder with --state");
    }
    throw error instanceof Error && !(error instanceof UsageError) ? refused(error.message) : error;
  }
}

function refused(why: string): UsageError {
  return new UsageError(
    why,
    "repair what it names; the kernel's tables need root (CAP_NET_ADMIN), and `portcullis enforce status` tells what is in force",
  );
}
