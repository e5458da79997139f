/** The map as a drawing knows it: boxes with shapes in them, shapes beside them, arrows. */
import { trafficText } from "../../net/traffic-text.ts";
import type { MapRow, ReachMap } from "../../reach/map.ts";
import { type Side, sideNames, sideText } from "../../reach/sides.ts";
import { counted } from "./words.ts";

export type ShapeKind = "workload" | "namespace" | "node" | "addresses" | "group";

export interface Shape {
  /** `n0`, `n1` ... in the order of names. */
  readonly id: string;
  readonly kind: ShapeKind;
  /** What it says, line by line; not escaped. */
  readonly lines: readonly string[];
}

/** `asked`: a rule allows it. `unasked`: no rule does, and it passes. `one-way`: its answers are dropped. */
export type ArrowKind = "asked" | "unasked" | "one-way" | "undecided";

export interface Arrow {
  readonly kind: ArrowKind;
  readonly from: Shape;
  readonly to: Shape;
  /** Not escaped. */
  readonly label: string;
}

export interface Chart {
  /** Sorted by name, with their shapes. */
  readonly boxes: readonly { readonly name: string; readonly shapes: readonly Shape[] }[];
  /** What stands beside the boxes. */
  readonly others: readonly Shape[];
  readonly arrows: readonly Arrow[];
}

/** Everything in the order of names, so that equal maps are drawn alike. A map by namespace has shapes and no boxes. */
export function chartOf({ by, connections, oneWay, undecided, silent }: ReachMap): Chart {
  const rows: readonly MapRow[] = [...connections, ...oneWay, ...undecided];
  const sides = new Map(
    [...rows.flatMap(({ from, to }) => [from, to]), ...silent].map((side) => [sideText(side), side]),
  );
  const names = [...sides.keys()].sort();
  const shapes = new Map<string, Shape>();
  const boxes = new Map<string, Shape[]>();
  const others: Shape[] = [];
  for (const [i, name] of names.entries()) {
    const side = sides.get(name);
    if (side === undefined) continue;
    const shape = { id: `n${i}`, ...lookOf(side, by) };
    shapes.set(name, shape);
    if (side.kind !== "workload" || by === "namespace") others.push(shape);
    else boxes.set(side.namespace, [...(boxes.get(side.namespace) ?? []), shape]);
  }
  const arrowsOf = (some: readonly MapRow[], kindOf: (row: MapRow) => ArrowKind): readonly Arrow[] =>
    some.flatMap((row) => {
      const [from, to] = [shapes.get(sideText(row.from)), shapes.get(sideText(row.to))];
      return from === undefined || to === undefined ? [] : [{ kind: kindOf(row), from, to, label: labelOf(row) }];
    });
  return {
    boxes: [...boxes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, own]) => ({ name, shapes: own })),
    others,
    arrows: [
      ...connections.flatMap((row) => arrowsOf([row], () => (row.unasked ? "unasked" : "asked"))),
      ...arrowsOf(oneWay, () => "one-way"),
      ...arrowsOf(undecided, () => "undecided"),
    ],
  };
}

function lookOf(side: Side, by: ReachMap["by"]): Pick<Shape, "kind" | "lines"> {
  const lines = sideNames(side);
  switch (side.kind) {
    case "workload":
      return by === "namespace"
        ? { kind: "namespace", lines: [side.namespace] }
        : { kind: "workload", lines: [withoutNamespace(side.name, side.namespace)] };
    case "node":
      return { kind: "node", lines };
    case "outside":
      return { kind: "addresses", lines };
    case "namespace":
    case "all pods":
    case "everyone":
    case "several":
      return { kind: "group", lines };
  }
}

/** An address that stands for a pod has no namespace in front. */
function withoutNamespace(name: string, namespace: string): string {
  return name.startsWith(`${namespace}/`) ? name.slice(namespace.length + 1) : name;
}

function labelOf({ traffic, family, pairs }: MapRow): string {
  const notes = [
    ...(family === undefined ? [] : [`IPv${family}`]),
    ...(pairs === undefined || pairs < 2 ? [] : [counted(pairs, "pair")]),
  ];
  return `${trafficText(traffic)}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}
