import * as fc from "fast-check";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { smallest } from "./smallest.ts";
import { world, worldText } from "./world.ts";
import type { World } from "./world.ts";

/**
 * Runs `check` on random worlds (of NetworkPolicies alone, unless others are given); it fails by throwing. PORTCULLIS_RUNS sets the number of worlds (else `defaultRuns`),
 * PORTCULLIS_SEED the seed, PORTCULLIS_PATH goes straight to one world of that seed. Throws an error that tells seed and
 * path, and shows the smallest failing world found as a List for the command line; with PORTCULLIS_SHRINK=no the first one,
 * at once.
 */
export async function holdsInEveryWorld(
  defaultRuns: number,
  check: Check<World>,
  worlds: fc.Arbitrary<World> = world(),
): Promise<void> {
  await holdsInEvery(plainForm, defaultRuns, check, worlds);
}

/** What is peculiar to worlds that hold more than objects and packets. */
export interface WorldForm<W extends World> {
  /** The world without one of the parts that only such worlds have, one world for each. */
  readonly smallerStill: (world: W) => Iterable<W>;
  /** The world as texts for the command line. */
  readonly textOf: (world: W) => string;
}

const plainForm: WorldForm<World> = { smallerStill: () => [], textOf: worldText };

/** `holdsInEveryWorld` for worlds of any form. */
export async function holdsInEvery<W extends World>(
  { smallerStill, textOf }: WorldForm<W>,
  defaultRuns: number,
  check: Check<W>,
  worlds: fc.Arbitrary<W>,
): Promise<void> {
  const property = fc.asyncProperty(worlds, async (candidate) => {
    await check(candidate);
  });
  const details = await fc.check(property, settings(defaultRuns));
  const found = details.counterexample?.[0];
  if (!details.failed) return;
  if (found === undefined) throw new Error(`no world was tried: ${messageOf(details.errorInstance)}`);
  const first = await failureOf(check, found);
  const fails = async (candidate: W) => isLike(first, await failureOf(check, candidate));
  const shrunk = isShrunk() ? await smallest(found, fails, smallerStill) : found;
  const failure = await failureOf(check, shrunk);
  const report = reportOf(details, shrunk.packets, textOf(shrunk), failure ?? details.errorInstance);
  throw new Error(report, { cause: failure });
}

/** A world that the product refuses to read. Making a world smaller must not turn another failure into this one. */
export class RefusedWorldError extends Error {
  override readonly name = "RefusedWorldError";
}

function isLike(first: Error | undefined, failure: Error | undefined): boolean {
  return failure !== undefined && failure instanceof RefusedWorldError === first instanceof RefusedWorldError;
}

type Check<W extends World> = (world: W) => void | Promise<void>;

async function failureOf<W extends World>(check: Check<W>, world: W): Promise<Error | undefined> {
  try {
    await check(world);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** `holdsInEveryWorld` for a fact about each packet of a world; the error also shows the packet. */
export async function holdsForEveryPacket(
  defaultRuns: number,
  check: (objects: readonly RawObject[], packet: RawPacket) => void | Promise<void>,
  worlds: fc.Arbitrary<World> = world(),
): Promise<void> {
  const checkAll: Check<World> = async ({ objects, packets }) => {
    for (const packet of packets) {
      try {
        await check(objects, packet);
      } catch (error) {
        throw new Error(`packet ${JSON.stringify(packet)}\n${messageOf(error)}`, { cause: error });
      }
    }
  };
  await holdsInEveryWorld(defaultRuns, checkAll, worlds);
}

function settings<W extends World>(defaultRuns: number): fc.Parameters<[W]> {
  const seed = numberFrom("PORTCULLIS_SEED");
  const path = process.env["PORTCULLIS_PATH"] ?? "";
  return {
    numRuns: numberFrom("PORTCULLIS_RUNS", 1) ?? defaultRuns,
    ...(seed === undefined ? {} : { seed }),
    ...(path === "" ? {} : { path }),
    ...(path === "" && isShrunk() ? {} : { endOnFailure: true }),
  };
}

/** Making a world smaller can take minutes. */
function isShrunk(): boolean {
  return process.env["PORTCULLIS_SHRINK"] !== "no";
}

function numberFrom(name: string, least = Number.MIN_SAFE_INTEGER): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === "") return undefined;
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) throw new Error(`${name} is not a usable number: "${text}"`);
  return number;
}

function reportOf(
  { seed, numRuns, counterexamplePath }: Pick<fc.RunDetails<unknown>, "seed" | "numRuns" | "counterexamplePath">,
  packets: readonly RawPacket[],
  text: string,
  error: unknown,
): string {
  return [
    `failed in world ${numRuns}: ${messageOf(error)}`,
    `replay with PORTCULLIS_SEED=${seed} PORTCULLIS_PATH=${counterexamplePath ?? ""}`,
    `packets ${JSON.stringify(packets)}`,
    text,
  ].join("\n");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
