/** The map for graphviz: namespaces as clusters, dashed arrows for what nobody asked for, dotted ones for what is not known. */
import type { ReachMap } from "../../reach/map.ts";
import { escapeTerminal } from "./lines.ts";
import { type Arrow, type ArrowKind, chartOf, type Shape, type ShapeKind } from "./map-chart.ts";

export function dotText(map: ReachMap): string {
  const { boxes, others, arrows } = chartOf(map);
  return [
    "digraph map {",
    "  rankdir=LR;",
    '  node [fontname="sans-serif", fontsize=11];',
    '  edge [fontname="sans-serif", fontsize=9];',
    ...boxes.flatMap(({ name, shapes }, i) => [
      `  subgraph cluster_${i} {`,
      `    label=${quoted([name])};`,
      ...shapes.map((shape) => `    ${shapeText(shape)}`),
      "  }",
    ]),
    ...others.map((shape) => `  ${shapeText(shape)}`),
    ...arrows.map(arrowText),
    "}",
    "",
  ].join("\n");
}

const SHAPES: Readonly<Record<ShapeKind, string>> = {
  workload: "box",
  namespace: "tab",
  node: "hexagon",
  addresses: "ellipse",
  group: "box3d",
};

function shapeText({ id, kind, lines }: Shape): string {
  return `${id} [shape=${SHAPES[kind]}, label=${quoted(lines)}];`;
}

const STYLES: Readonly<Record<ArrowKind, string>> = {
  asked: "",
  unasked: ", style=dashed",
  "one-way": ", arrowhead=tee",
  undecided: ", style=dotted",
};

function arrowText({ kind, from, to, label }: Arrow): string {
  return `  ${from.id} -> ${to.id} [label=${quoted([label])}${STYLES[kind]}];`;
}

/** A quoted string, in which neither quotes nor escapes nor entities of the text mean anything. */
export function quoted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    escapeTerminal(line).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;"),
  );
  return `"${escaped.join(String.raw`\n`)}"`;
}
