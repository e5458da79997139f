/** From paths on the command line to one reading. */
import { createReadStream } from "node:fs";
import { mergeReadings } from "../resources/merge.ts";
import { readText } from "../resources/read.ts";
import type { Blind, Reading, ReadOptions } from "../resources/reading.ts";
import { SourceText } from "../resources/yaml/source.ts";
import type { CodeName } from "../source/codes.ts";
import { finding } from "../source/finding.ts";
import type { Position } from "../source/origin.ts";
import { decodeText } from "./decode.ts";
import { errorCode, explain, findFiles, startOf } from "./files.ts";

/** Bytes of one file. A JavaScript string holds no more than twice as many. */
export const MAX_FILE_BYTES = 256 * 1024 * 1024;

export interface InputOptions extends ReadOptions {
  /** Whether folders are read with their sub-folders; true where not given. */
  readonly recursive?: boolean;
  /** What `-` reads; the standard input of the process where not given. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
}

/** How standard input is called in positions. */
export const STDIN_NAME = "<stdin>";

/**
 * Reads files, folders (`*.yaml`, `*.yml`, `*.json`; no hidden folders, no node_modules), globs and `-`, in this order.
 * Does not reject for anything that is on the disk: what cannot be read becomes findings and blinds. Memory grows with
 * the texts, because positions point into them.
 */
export async function readInputs(paths: readonly string[], options: InputOptions): Promise<Reading> {
  const readings: Reading[] = [];
  let isStdinRead = false;
  for (const group of groupsOf(paths)) {
    if (group === "-") {
      if (!isStdinRead) readings.push(await readStream(STDIN_NAME, options.stdin ?? process.stdin, options));
      isStdinRead = true;
      continue;
    }
    const found = await findFiles(group, options.recursive ?? true);
    readings.push({
      resources: [],
      findings: found.findings,
      blinds: found.unreadable.map((path) => blindFile(path, startOf(path))),
      passedOver: new Map(),
    });
    for (const file of found.files) readings.push(await readStream(file, createReadStream(file), options));
  }
  return mergeReadings(readings);
}

/** Runs of paths between the places where `-` stands: later objects replace earlier ones, so order counts. */
function groupsOf(paths: readonly string[]): readonly (readonly string[] | "-")[] {
  const groups: (string[] | "-")[] = [];
  for (const path of paths) {
    const last = groups.at(-1);
    if (path === "-") groups.push("-");
    else if (last === undefined || last === "-") groups.push([path]);
    else last.push(path);
  }
  return groups;
}

async function readStream(
  name: string,
  stream: AsyncIterable<Uint8Array | string>,
  options: ReadOptions,
): Promise<Reading> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await bytesOf(stream);
  } catch (error) {
    const { message, remedy } = explain(name, errorCode(error));
    return unreadable(name, "PC100", message, remedy, startOf(name));
  }
  if (bytes === undefined) {
    const message = `${name} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`;
    return unreadable(name, "PC102", message, "split it into several files", startOf(name));
  }
  const decoded = decodeText(bytes);
  if ("text" in decoded) return readText(name, decoded.text, options);
  const position = new SourceText(name, decoded.readable).positionAt(decoded.at);
  return unreadable(name, "PC103", decoded.reason, decoded.remedy, position);
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

function unreadable(name: string, code: CodeName, message: string, remedy: string, position: Position): Reading {
  return {
    resources: [],
    findings: [finding(code, message, remedy, { position })],
    blinds: [blindFile(name, position)],
    passedOver: new Map(),
  };
}

function blindFile(name: string, position: Position): Blind {
  return { what: name, why: "unreadable", namespace: undefined, origin: { ...position, resource: name, path: "" } };
}
