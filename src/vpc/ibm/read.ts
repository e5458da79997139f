/** From a text to what it tells of a VPC, and of a cluster. */
import { readText } from "../../resources/read.ts";
import type { Reading, ReadOptions } from "../../resources/reading.ts";
import { SourceText } from "../../resources/yaml/source.ts";
import type { VpcReading } from "../reading.ts";
import { VpcDocuments } from "./documents.ts";
import { isProse, readProse } from "./prose.ts";

export interface BothReadings {
  readonly cluster: Reading;
  /** Undefined where the text tells nothing of a VPC. */
  readonly vpc: VpcReading | undefined;
  /** The part of the text that tells of a VPC, everything in its place; undefined where none does. */
  readonly vpcText: NetworkPart | undefined;
}

/** Part of a text; worked out when it is asked for. */
export interface NetworkPart {
  readonly file: string;
  readonly text: () => string;
}

const NOTHING: Reading = { resources: [], findings: [], blinds: [], passedOver: new Map() };

/**
 * Reads a text that may hold Kubernetes objects and exports of IBM Cloud VPC, also one after the other, or commands and the
 * tables that they print. Parses it once. Never throws: what cannot be read becomes findings and blinds of the reading it
 * would belong to.
 */
export function readBoth(name: string, text: string, options: ReadOptions): BothReadings {
  if (isProse(text))
    return { cluster: NOTHING, vpc: readProse(new SourceText(name, text)), vpcText: { file: name, text: () => text } };
  let documents: VpcDocuments | undefined;
  const pieces: Piece[] = [];
  let read = text;
  const cluster = readText(name, text, options, (root, source) => {
    documents ??= new VpcDocuments(source);
    const isTaken = documents.take(root);
    read = source.text;
    pieces.push({ start: root.start, isTaken });
    return isTaken;
  });
  const isAny = pieces.some(({ isTaken }) => isTaken);
  return {
    cluster,
    vpc: documents?.reading(),
    vpcText: isAny ? { file: name, text: () => onlyTaken(read, pieces) } : undefined,
  };
}

interface Piece {
  readonly start: number;
  readonly isTaken: boolean;
}

/** The text with blanks for documents that were not taken, so that all else stays where it is. */
function onlyTaken(text: string, pieces: readonly Piece[]): string {
  if (pieces.every(({ isTaken }) => isTaken)) return text;
  return pieces
    .map(({ start, isTaken }, i) => {
      const piece = text.slice(i === 0 ? 0 : start, pieces[i + 1]?.start ?? text.length);
      return isTaken ? piece : blank(piece);
    })
    .join("");
}

function blank(text: string): string {
  const last = text.lastIndexOf("\n") + 1;
  return text.slice(0, last).replaceAll(/[^\r\n]/g, "") + " ".repeat(text.length - last);
}

/** What a text tells of a VPC; undefined where it tells nothing. See `readBoth`, which reads the rest too. */
export function readVpc(name: string, text: string): VpcReading | undefined {
  return readBoth(name, text, { validation: "ignore", namespace: undefined }).vpc;
}
