/** From a text to the resources it holds. The one way in for manifests, whatever they come from. */
import { type Finding, finding } from "../source/finding.ts";
import type { Origin } from "../source/origin.ts";
import { mergeReadings } from "./merge.ts";
import { ObjectReader } from "./object-reader.ts";
import type { ReadOptions, Reading } from "./reading.ts";
import { Sink } from "./schema/sink.ts";
import { documentsOf } from "./yaml/documents.ts";
import type { Node } from "./yaml/nodes.ts";
import { SourceText } from "./yaml/source.ts";

/** Takes a document that is no Kubernetes object, such as an export of a cloud, and says whether it did. */
export type OtherReader = (root: Node, source: SourceText) => boolean;

/**
 * Reads YAML or JSON, one or many documents. Never throws: what cannot be read becomes findings and blinds. `name` is how
 * the text is called in every position. Of objects with one identity the last one stays; use `mergeReadings` to apply
 * the same across several texts. Documents that `takeOther` takes are not looked at.
 */
export function readText(
  name: string,
  text: string,
  options: ReadOptions,
  takeOther: OtherReader = () => false,
): Reading {
  const source = new SourceText(name, text.startsWith("\ufeff") ? text.slice(1) : text);
  const sink = new Sink();
  const reader = new ObjectReader(source, sink, options);
  const nul = source.text.indexOf("\0");
  if (nul >= 0) {
    const position = source.positionAt(nul);
    sink.add(
      finding("PC103", "a NUL character stands here: this is binary data, not text", "leave it out of the input", {
        position,
      }),
    );
    reader.blind({
      what: name,
      why: "unreadable",
      namespace: undefined,
      origin: { ...position, resource: name, path: "" },
    });
    return { ...reader.result(), findings: sink.findings(() => position) };
  }
  for (const document of documentsOf(source.text)) {
    if (document.kind === "broken") {
      const { code, offset, message, remedy } = document.problem;
      const position = source.positionAt(offset);
      const what = `document ${document.ordinal} of ${name}`;
      const origin: Origin = { ...position, resource: what, path: "" };
      sink.add(finding(code, message, remedy, { position }));
      reader.blind({ what, why: "unreadable", namespace: undefined, origin });
      continue;
    }
    for (const { key, first, second } of document.duplicates) {
      const { line } = source.positionAt(first);
      sink.add(
        finding(
          "PC105",
          `"${key}" stands twice in one mapping, first at line ${line}; this one counts`,
          "remove one of the two",
          {
            position: source.positionAt(second),
          },
        ),
      );
    }
    if (!takeOther(document.root, source)) reader.read(document.root);
  }
  const findings = [...sink.findings(() => source.positionAt(source.text.length))].sort(byPlace);
  return mergeReadings([{ ...reader.result(), findings }]);
}

function byPlace({ position: a }: Finding, { position: b }: Finding): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}
