/**
 * The map as a mermaid flowchart: namespaces as boxes, beside them address ranges as rounded shapes and nodes of the cluster
 * as hexagons; dashed arrows for what nobody asked for and, with a question mark, for what is not known; a cross at the end of
 * what is not answered.
 */
import type { ReachMap } from "../../reach/map.ts";
import { type Arrow, chartOf, type Shape } from "./map-chart.ts";

export function mermaidText(map: ReachMap): string {
  const { boxes, others, arrows } = chartOf(map);
  return [
    "flowchart LR",
    ...boxes.flatMap(({ name, shapes }, i) => [
      `  subgraph ns${i}["${escapeMermaid(name)}"]`,
      ...shapes.map((shape) => `    ${shapeText(shape)}`),
      "  end",
    ]),
    ...others.map((shape) => `  ${shapeText(shape)}`),
    ...arrows.map(arrowText),
    "",
  ].join("\n");
}

function shapeText({ id, kind, lines }: Shape): string {
  const text = `"${lines.map(escapeMermaid).join("<br>")}"`;
  switch (kind) {
    case "workload":
    case "namespace":
      return `${id}[${text}]`;
    case "node":
      return `${id}{{${text}}}`;
    case "addresses":
      return `${id}([${text}])`;
    case "group":
      return `${id}[[${text}]]`;
  }
}

const LINES = { asked: "-->", unasked: "-.->", "one-way": "--x", undecided: "-.->" } as const;

function arrowText({ kind, from, to, label }: Arrow): string {
  const mark = kind === "undecided" ? " ?" : "";
  return `  ${from.id} ${LINES[kind]}|"${escapeMermaid(label + mark)}"| ${to.id}`;
}

/** Everything but plain characters as a numeric entity, so that no label can end its quotes or start markup. */
export function escapeMermaid(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ._/:,()*?-]/gu, (character) => `#${character.codePointAt(0)};`);
}
