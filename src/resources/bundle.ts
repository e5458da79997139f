/**
 * A reading as text: JSON Lines, of which the first says what it is and how many follow. Each object is what was read of it,
 * with the places of its fields in the texts that it came from.
 */
import type { CodeName } from "../source/codes.ts";
import { CODES } from "../source/codes.ts";
import { type Finding, finding } from "../source/finding.ts";
import type { Origin, Position } from "../source/origin.ts";
import type { Resource } from "./kinds.ts";
import { ObjectReader } from "./object-reader.ts";
import { placesIn, type Projection } from "./projection.ts";
import type { Blind, Reading, ReadOptions } from "./reading.ts";
import { Sink } from "./schema/sink.ts";
import type { Entry, Node } from "./yaml/nodes.ts";
import { SourceText } from "./yaml/source.ts";

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

/** Reads a bundle. Never throws: a line that is none of a bundle is an error, and a blind spot. O(characters). */
export function readBundle(name: string, text: string, keep?: ReadOptions["keep"]): Bundle {
  const reader = new BundleReader(name, keep);
  let number = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    reader.read(text.slice(start, end), ++number);
    start = end + 1;
  }
  return reader.result();
}

type Fields = { readonly [key: string]: unknown };

class BundleReader {
  readonly #name: string;
  readonly #options: ReadOptions;
  readonly #findings: Finding[] = [];
  readonly #blinds: Blind[] = [];
  readonly #resources: Resource[] = [];
  readonly #networks: NetworkText[] = [];
  #passedOver: ReadonlyMap<string, number> = new Map();
  #promised = 0;
  #lines = 0;

  constructor(name: string, keep: ReadOptions["keep"]) {
    this.#name = name;
    this.#options = { validation: "strict", namespace: undefined, ...(keep === undefined ? {} : { keep }) };
  }

  result(): Bundle {
    if (this.#lines !== this.#promised) {
      const message = `the bundle has ${this.#lines} of ${this.#promised} lines: it is not whole`;
      this.#refuse(message, "make it again with `portcullis snapshot`, or copy all of it", 1);
    }
    const [resources, findings, blinds] = [this.#resources, this.#findings, this.#blinds];
    return { reading: { resources, findings, blinds, passedOver: this.#passedOver }, networks: this.#networks };
  }

  read(line: string, number: number): void {
    const value = parsed(line);
    if (number === 1) {
      this.#readHead(value);
      return;
    }
    this.#lines++;
    if (value === undefined || !this.#readPart(value)) {
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

  #readPart(value: Fields): boolean {
    const { file, at, object, network } = value;
    if (isFields(object) && typeof file === "string" && typeof at === "string") {
      this.#readObject(object, new BundledText(file, at));
      return true;
    }
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

  /** What was found when the object was first read stands in the bundle; only what makes it unusable is new. */
  #readObject(object: Fields, source: BundledText): void {
    const sink = new Sink();
    const reader = new ObjectReader(source, sink, this.#options);
    reader.read(nodeOf(object));
    const { resources, blinds } = reader.result();
    this.#resources.push(...resources);
    this.#blinds.push(...blinds);
    if (sink.errors === 0) return;
    this.#findings.push(...sink.findings(() => source.positionAt(0)).filter(({ severity }) => severity === "error"));
  }

  #refuse(message: string, remedy: string, line: number): void {
    const position = { file: this.#name, line, column: 1 };
    this.#findings.push(finding("PC101", message, remedy, { position }));
    const what = line === 1 ? this.#name : `line ${line} of ${this.#name}`;
    this.#blinds.push({
      what,
      why: "unreadable",
      namespace: undefined,
      origin: { ...position, resource: what, path: "" },
    });
  }
}

/** An object of a bundle: offsets are the numbers of its values, parents first, and places those that the bundle tells. */
class BundledText extends SourceText {
  readonly #at: string;
  #places: readonly Position[] | undefined;

  constructor(file: string, at: string) {
    super(file, "");
    this.#at = at;
  }

  /** O(values of the object) the first time. */
  override positionAt(number: number): Position {
    this.#places ??= placesIn(this.name, this.#at);
    return this.#places[number] ?? { file: this.name, line: 1, column: 1 };
  }
}

/** A value as a tree whose offsets are numbers, parents first. */
function nodeOf(root: unknown): Node {
  let next = 0;
  const node = (value: unknown, start: number): Node => {
    if (Array.isArray(value)) return { kind: "list", start, items: value.map((item) => node(item, next++)) };
    if (isFields(value)) {
      const entries = new Map<string, Entry>();
      for (const key of Object.keys(value)) {
        const keyStart = next++;
        entries.set(key, { keyStart, value: node(value[key], keyStart) });
      }
      return { kind: "map", start, entries };
    }
    const isScalar = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
    return { kind: "scalar", start, value: isScalar ? value : null };
  };
  return node(root, next++);
}

function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
