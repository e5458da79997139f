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
}

const NOTHING: Reading = { resources: [], findings: [], blinds: [], passedOver: new Map() };

/**
 * Reads a text that may hold Kubernetes objects and exports of IBM Cloud VPC, also one after the other, or commands and the
 * tables that they print. Parses it once. Never throws: what cannot be read becomes findings and blinds of the reading it
 * would belong to.
 */
export function readBoth(name: string, text: string, options: ReadOptions): BothReadings {
  if (isProse(text)) return { cluster: NOTHING, vpc: readProse(new SourceText(name, text)) };
  let documents: VpcDocuments | undefined;
  const cluster = readText(name, text, options, (root, source) => {
    documents ??= new VpcDocuments(source);
    return documents.take(root);
  });
  return { cluster, vpc: documents?.reading() };
}

/** What a text tells of a VPC; undefined where it tells nothing. See `readBoth`, which reads the rest too. */
export function readVpc(name: string, text: string): VpcReading | undefined {
  return readBoth(name, text, { validation: "ignore", namespace: undefined }).vpc;
}
