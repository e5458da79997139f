/** From paths on the command line to one reading. */
import { createReadStream } from "node:fs";
import { isBundle } from "../resources/bundle.ts";
import { mergeReadings } from "../resources/merge.ts";
import type { Blind, Reading, ReadOptions } from "../resources/reading.ts";
import { SourceText } from "../resources/yaml/source.ts";
import type { CodeName } from "../source/codes.ts";
import { type Finding, finding } from "../source/finding.ts";
import type { Position } from "../source/origin.ts";
import { type BothReadings, readBoth } from "../vpc/ibm/read.ts";
import { vpcInventoryOf } from "../vpc/inventory.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { readBundled } from "./bundle.ts";
import { decodeText } from "./decode.ts";
import { errorCode, explain, findFiles, startOf } from "./files.ts";
import { gitFiles, isGitPath } from "./git.ts";
import { MAX_FILE_BYTES } from "./limits.ts";

export interface InputOptions extends ReadOptions {
  /** Whether folders are read with their sub-folders; true where not given. */
  readonly recursive?: boolean;
  /** What `-` reads; the standard input of the process where not given. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

/** What there is to read, of the cluster and of the networks around it; the findings and blinds are those of both. */
export interface InputReading extends Reading {
  /** Undefined where no text tells of a network. */
  readonly vpc: VpcInventory | undefined;
}

/** How standard input is called in positions. */
export const STDIN_NAME = "<stdin>";

/** Bundles have tens of megabytes. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads files, folders (`*.yaml`, `*.yml`, `*.json`; no hidden folders, no node_modules), globs, `git:REF[:PATH]` and `-`, in
 * this order.
 * Does not reject for anything that is on the disk: what cannot be read becomes findings and blinds. Memory grows with
 * the texts, because positions point into them.
 */
export async function readInputs(paths: readonly string[], options: InputOptions): Promise<InputReading> {
  return joinedParts(await readParts(paths, options));
}

/** As `readInputs`, text by text, and nothing put together. */
export async function readParts(paths: readonly string[], options: InputOptions): Promise<readonly BothReadings[]> {
  const readings: BothReadings[] = [];
  let isStdinRead = false;
  for (const group of groupsOf(paths)) {
    if (group === "-") {
      if (!isStdinRead) readings.push(...(await readStream(STDIN_NAME, options.stdin ?? process.stdin, options)));
      isStdinRead = true;
      continue;
    }
    if (typeof group === "string") {
      const { files, findings, unreadable } = await gitFiles(group);
      readings.push(
        problems(
          findings,
          unreadable.map((path) => blindFile(path, startOf(path))),
        ),
      );
      for (const { name, bytes } of files) readings.push(...readBytes(name, bytes, options));
      continue;
    }
    const found = await findFiles(group, options.recursive ?? true);
    const blinds = found.unreadable.map((path) => blindFile(path, startOf(path)));
    readings.push(problems(found.findings, blinds));
    for (const file of found.files)
      readings.push(...(await readStream(file, createReadStream(file, { highWaterMark: CHUNK_BYTES }), options)));
  }
  return readings;
}

/** What texts tell, put together: later objects replace earlier ones. */
export function joinedParts(readings: readonly BothReadings[]): InputReading {
  const networks = readings.map(({ vpc }) => vpc).filter((vpc) => vpc !== undefined);
  const { inventory, findings, blinds } = vpcInventoryOf(networks);
  const rest = [...networks, { findings, blinds, passedOver: new Map() }];
  return {
    ...mergeReadings([...readings.map(({ cluster }) => cluster), ...rest.map((part) => ({ ...part, resources: [] }))]),
    vpc: inventory,
  };
}

/** Runs of paths between the places where `-` and commits stand: later objects replace earlier ones, so order counts. */
function groupsOf(paths: readonly string[]): readonly (readonly string[] | string)[] {
  const groups: (string[] | string)[] = [];
  for (const path of paths) {
    const last = groups.at(-1);
    if (path === "-" || isGitPath(path)) groups.push(path);
    else if (last === undefined || typeof last === "string") groups.push([path]);
    else last.push(path);
  }
  return groups;
}

async function readStream(
  name: string,
  stream: AsyncIterable<Uint8Array | string>,
  options: ReadOptions,
): Promise<readonly BothReadings[]> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await bytesOf(stream);
  } catch (error) {
    const { message, remedy } = explain(name, errorCode(error));
    return [unreadable(name, "PC100", message, remedy, startOf(name))];
  }
  if (bytes === undefined) {
    const message = `${name} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`;
    return [unreadable(name, "PC102", message, "split it into several files", startOf(name))];
  }
  return readBytes(name, bytes, options);
}

function readBytes(name: string, bytes: Uint8Array, options: ReadOptions): readonly BothReadings[] {
  const decoded = decodeText(bytes);
  if ("text" in decoded) {
    return isBundle(decoded.text) ? readBundled(name, decoded.text, options) : [readBoth(name, decoded.text, options)];
  }
  const position = new SourceText(name, decoded.readable).positionAt(decoded.at);
  return [unreadable(name, "PC103", decoded.reason, decoded.remedy, position)];
}

/** Undefined where there is too much. */
async function bytesOf(stream: AsyncIterable<Uint8Array | string>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    length += bytes.length;
    if (length > MAX_FILE_BYTES) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function unreadable(name: string, code: CodeName, message: string, remedy: string, position: Position): BothReadings {
  return problems([finding(code, message, remedy, { position })], [blindFile(name, position)]);
}

function problems(findings: readonly Finding[], blinds: readonly Blind[]): BothReadings {
  return { cluster: { resources: [], findings, blinds, passedOver: new Map() }, vpc: undefined, vpcText: undefined };
}

function blindFile(name: string, position: Position): Blind {
  return { what: name, why: "unreadable", namespace: undefined, origin: { ...position, resource: name, path: "" } };
}
