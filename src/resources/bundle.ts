/**
 * A reading as text: JSON Lines, of which the first says what it is and how many follow. Each object is what was read of it,
 * with the places of its fields in the texts that it came from.
 */
import type { CodeName } from "../source/codes.ts";
import { CODES } from "../source/codes.ts";
import { type Finding, finding } from "../source/finding.ts";
import type { Origin, Position } from "../source/origin.ts";
import { type BundledObject, BundledText, type Fields, isFields, objectIn, parsedLine } from "./bundled-text.ts";
import type { Resource } from "./kinds.ts";
import { ObjectReader } from "./object-reader.ts";
import type { Projection } from "./projection.ts";
import type { Blind, Reading, ReadOptions } from "./reading.ts";
import { Sink } from "./schema/sink.ts";

const VERSION = "bundle/v1";
const MARK = '{"portcullis":"bundle/';

/** A text that tells of networks, as it was read. */
export interface NetworkText {
  readonly file: string;
  readonly text: string;
}

export interface Bundle {
  readonly reading: Reading;
  readonly networks: readonly NetworkText[];
}

export function isBundle(text: string): boolean {
  return text.startsWith(MARK);
}

/** The lines of a bundle, each with its line end; what `projections` lacks is left out. The same bytes for the same reading. */
export function* bundleLines(
  { resources, findings, blinds, passedOver }: Reading,
  projections: ReadonlyMap<Resource, Projection>,
  networks: readonly NetworkText[],
): Generator<string> {
  const kept = resources.flatMap((resource) => {
    const projection = projections.get(resource);
    return projection === undefined ? [] : [{ file: resource.origin().file, projection }];
  });
  const lines = findings.length + blinds.length + networks.length + kept.length;
  const counts = Object.fromEntries([...passedOver].sort(([a], [b]) => (a < b ? -1 : 1)));
  yield lineOf({ portcullis: VERSION, lines, passedOver: counts });
  for (const { code, message, remedy, position, resource } of findings) {
    yield lineOf({ finding: { code, message, remedy, position: position && placeOf(position), resource } });
  }
  for (const { what, why, namespace, origin } of blinds) yield lineOf({ blind: { what, why, namespace, origin } });
  for (const { file, text } of networks) yield lineOf({ network: text, file });
  for (const { file, projection } of kept) yield lineOf({ object: projection.object, file, at: projection.at });
}

function placeOf({ file, line, column }: Position): Position {
  return { file, line, column };
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/**
 * Reads a bundle. Never throws: a line that is none of a bundle is an error, and a blind spot. O(characters). The text is
 * kept as long as what was read of it: places are looked up in it.
 */
export function readBundle(name: string, text: string, keep?: ReadOptions["keep"]): Bundle {
  const reader = new BundleReader(new BundledText(name, text), keep);
  let number = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    reader.read(text.slice(start, end), ++number, start);
    start = end + 1;
  }
  return reader.result();
}

class BundleReader {
  readonly #text: BundledText;
  readonly #findings: Finding[] = [];
  readonly #blinds: Blind[] = [];
  readonly #networks: NetworkText[] = [];
  /** What was found when an object was first read stands in the bundle; only what makes it unusable is new. */
  readonly #sink = new Sink("error");
  readonly #objects: ObjectReader;
  #passedOver: ReadonlyMap<string, number> = new Map();
  #promised = 0;
  #lines = 0;

  constructor(text: BundledText, keep: ReadOptions["keep"]) {
    const options = { validation: "strict", namespace: undefined, ...(keep === undefined ? {} : { keep }) } as const;
    this.#text = text;
    this.#objects = new ObjectReader(text, this.#sink, options, text);
  }

  result(): Bundle {
    if (this.#lines !== this.#promised) {
      const message = `the bundle has ${this.#lines} of ${this.#promised} lines: it is not whole`;
      this.#refuse(message, "make it again with `portcullis snapshot`, or copy all of it", 1);
    }
    const { resources, blinds } = this.#objects.result();
    const findings = [...this.#findings, ...this.#sink.findings(() => ({ file: this.#text.name, line: 1, column: 1 }))];
    const reading = { resources, findings, blinds: [...this.#blinds, ...blinds], passedOver: this.#passedOver };
    return { reading, networks: this.#networks };
  }

  /** A line, its number from 1, and the offset of its start. */
  read(line: string, number: number, start: number): void {
    const value = parsedLine(line);
    if (number === 1) {
      this.#readHead(value);
      return;
    }
    this.#lines++;
    if (value === undefined || !this.#readPart(value, start)) {
      this.#refuse(`line ${number} is none of a bundle`, "make it again with `portcullis snapshot`", number);
    }
  }

  #readHead(value: Fields | undefined): void {
    const version = value?.["portcullis"];
    if (version !== VERSION) {
      this.#refuse(
        `it is a ${typeof version === "string" ? version : "broken bundle"}, and this Portcullis reads ${VERSION}`,
        "read it with the Portcullis that made it, or make it again with this one",
        1,
      );
    }
    this.#promised = typeof value?.["lines"] === "number" ? value["lines"] : 0;
    const counts = value?.["passedOver"];
    if (!isFields(counts)) return;
    this.#passedOver = new Map(
      Object.entries(counts).flatMap(([kind, count]) => (typeof count === "number" ? [[kind, count] as const] : [])),
    );
  }

  #readPart(value: Fields, start: number): boolean {
    const line: BundledObject | undefined = objectIn(value);
    if (line !== undefined) {
      this.#objects.read(this.#text.open(start, line));
      return true;
    }
    const { file, network } = value;
    if (typeof network === "string" && typeof file === "string") {
      this.#networks.push({ file, text: network });
      return true;
    }
    const found = findingIn(value["finding"]);
    if (found !== undefined) this.#findings.push(found);
    const blind = blindIn(value["blind"]);
    if (blind !== undefined) this.#blinds.push(blind);
    return found !== undefined || blind !== undefined;
  }

  #refuse(message: string, remedy: string, line: number): void {
    const position = { file: this.#text.name, line, column: 1 };
    this.#findings.push(finding("PC101", message, remedy, { position }));
    const what = line === 1 ? this.#text.name : `line ${line} of ${this.#text.name}`;
    this.#blinds.push({
      what,
      why: "unreadable",
      namespace: undefined,
      origin: { ...position, resource: what, path: "" },
    });
  }
}

function findingIn(value: unknown): Finding | undefined {
  if (!isFields(value)) return undefined;
  const { code, message, remedy, resource } = value;
  if (!isCode(code) || typeof message !== "string" || typeof remedy !== "string") return undefined;
  const position = positionIn(value["position"]);
  return finding(code, message, remedy, {
    ...(position === undefined ? {} : { position }),
    ...(typeof resource === "string" ? { resource } : {}),
  });
}

function isCode(value: unknown): value is CodeName {
  return typeof value === "string" && Object.hasOwn(CODES, value);
}

function blindIn(value: unknown): Blind | undefined {
  if (!isFields(value)) return undefined;
  const { what, why, namespace } = value;
  const origin = originIn(value["origin"]);
  if (typeof what !== "string" || origin === undefined || (why !== "not modelled" && why !== "unreadable"))
    return undefined;
  return { what, why, namespace: typeof namespace === "string" ? namespace : undefined, origin };
}

function originIn(value: unknown): Origin | undefined {
  const position = positionIn(value);
  if (!isFields(value) || position === undefined) return undefined;
  const { resource, path } = value;
  return typeof resource === "string" && typeof path === "string" ? { ...position, resource, path } : undefined;
}

function positionIn(value: unknown): Position | undefined {
  if (!isFields(value)) return undefined;
  const { file, line, column } = value;
  if (typeof file !== "string" || typeof line !== "number" || typeof column !== "number") return undefined;
  return { file, line, column };
}
