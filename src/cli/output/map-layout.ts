/**
 * Where the shapes of a chart stand in a drawing: in columns, so that most arrows lead to the right, and in bands, one for each
 * box and one for what stands beside boxes. Equal charts get equal places.
 */
import type { Arrow, Chart, Shape } from "./map-chart.ts";

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An arrow as a cubic curve. */
export interface Curve {
  readonly arrow: Arrow;
  readonly points: readonly [Point, Point, Point, Point];
  readonly label: Point;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly { readonly name: string; readonly area: Area }[];
  readonly shapes: readonly { readonly shape: Shape; readonly area: Area }[];
  readonly curves: readonly Curve[];
}

/** Of a letter of the font that drawings use. */
const LETTER = 7;
const LINE = 16;
const PAD = 14;
const GAP = 18;
/** Between two arrows that end at one side of a shape. */
const ARROW_GAP = 14;
const HEADING = 22;
/** The room that a label between two columns may take. */
const LABEL_LETTERS = { least: 10, most: 34 };

/** O(shapes x arrows). */
export function layoutOf(chart: Chart): Layout {
  const columns = columnsOf(chart);
  const bands = [
    ...chart.boxes.map(({ name, shapes }) => ({ name, shapes })),
    ...(chart.others.length === 0 ? [] : [{ name: undefined, shapes: chart.others }]),
  ];
  const left = columnPlaces(chart, columns);
  const areas = new Map<Shape, Area>();
  const boxes: { name: string; area: Area }[] = [];
  const width = left.total + PAD;
  let y = PAD;
  for (const { name, shapes } of bands) {
    const top = y + (name === undefined ? 0 : HEADING);
    const bottoms = new Map<number, number>();
    for (const shape of shapes) {
      const column = columns.get(shape) ?? 0;
      const start = bottoms.get(column) ?? top + GAP / 2;
      const height = heightOf(chart, shape);
      areas.set(shape, { x: left.start[column] ?? 0, y: start, width: left.width[column] ?? 0, height });
      bottoms.set(column, start + height + GAP);
    }
    const bottom = Math.max(top + LINE, ...bottoms.values());
    if (name !== undefined) boxes.push({ name, area: { x: PAD, y, width: width - 2 * PAD, height: bottom - y } });
    y = bottom + GAP;
  }
  const shapes = [...areas].map(([shape, area]) => ({ shape, area }));
  return { width, height: y, boxes, shapes, curves: curvesOf(chart, areas) };
}

/** The column of each shape: behind all that lead to it, but for arrows that close a circle. */
function columnsOf({ boxes, others, arrows }: Chart): ReadonlyMap<Shape, number> {
  const shapes = [...boxes.flatMap((box) => box.shapes), ...others];
  const asked = arrows.filter(({ kind, from, to }) => kind !== "unasked" && from !== to);
  const leading = asked.length > 0 ? asked : arrows.filter(({ from, to }) => from !== to);
  const next = new Map<Shape, Set<Shape>>();
  for (const { from, to } of leading) next.set(from, (next.get(from) ?? new Set()).add(to));
  const order: Shape[] = [];
  const state = new Map<Shape, "open" | "done">();
  const backward = new Set<string>();
  // Without recursion: charts may be deep.
  for (const first of startsFirst(shapes, leading)) {
    if (state.has(first)) continue;
    const stack = [{ shape: first, left: [...(next.get(first) ?? [])] }];
    state.set(first, "open");
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = top.left.shift();
      if (to === undefined) {
        state.set(top.shape, "done");
        order.unshift(top.shape);
        stack.pop();
      } else if (state.get(to) === "open") backward.add(`${top.shape.id} ${to.id}`);
      else if (!state.has(to)) {
        state.set(to, "open");
        stack.push({ shape: to, left: [...(next.get(to) ?? [])] });
      }
    }
  }
  const columns = new Map<Shape, number>();
  for (const shape of order) {
    const column = columns.get(shape) ?? 0;
    columns.set(shape, column);
    for (const to of next.get(shape) ?? []) {
      if (backward.has(`${shape.id} ${to.id}`)) continue;
      columns.set(to, Math.max(columns.get(to) ?? 0, column + 1));
    }
  }
  return columns;
}

/** Those that nothing leads to come first, so that circles are opened where people would. */
function startsFirst(shapes: readonly Shape[], arrows: readonly Arrow[]): readonly Shape[] {
  const reached = new Set(arrows.map(({ to }) => to));
  return [...shapes.filter((shape) => !reached.has(shape)), ...shapes.filter((shape) => reached.has(shape))];
}

function columnPlaces(
  { arrows }: Chart,
  columns: ReadonlyMap<Shape, number>,
): { readonly start: readonly number[]; readonly width: readonly number[]; readonly total: number } {
  const count = Math.max(0, ...columns.values()) + 1;
  const width = Array.from({ length: count }, (_, column) =>
    Math.max(0, ...[...columns].filter(([, own]) => own === column).map(([shape]) => widthOfShape(shape))),
  );
  const letters = Math.max(LABEL_LETTERS.least, ...arrows.map(({ label }) => labelText(label).length));
  const gap = Math.min(letters, LABEL_LETTERS.most) * LETTER + 2 * GAP;
  const start: number[] = [];
  let x = 2 * PAD;
  for (const own of width) {
    start.push(x);
    x += own + gap;
  }
  return { start, width, total: x };
}

function widthOfShape({ lines }: Shape): number {
  return Math.max(4, ...lines.map(({ length }) => length)) * LETTER + 2 * PAD;
}

function heightOf({ arrows }: Chart, shape: Shape): number {
  const ends = arrows.filter(({ from, to }) => from === shape || to === shape).length;
  return Math.max(shape.lines.length * LINE + PAD, (ends + 1) * ARROW_GAP);
}

/** A label as a drawing shows it: the rest of a long one is told on pointing at it. */
export function labelText(label: string): string {
  return label.length <= LABEL_LETTERS.most ? label : `${label.slice(0, LABEL_LETTERS.most - 1)}…`;
}

function curvesOf({ arrows }: Chart, areas: ReadonlyMap<Shape, Area>): readonly Curve[] {
  const ends = new Map<Shape, number>();
  const used = new Map<Shape, number>();
  for (const { from, to } of arrows) for (const shape of [from, to]) ends.set(shape, (ends.get(shape) ?? 0) + 1);
  const heightAt = (shape: Shape, { y, height }: Area): number => {
    const index = (used.get(shape) ?? 0) + 1;
    used.set(shape, index);
    return y + (height * index) / ((ends.get(shape) ?? 0) + 1);
  };
  const sent = new Map<Shape, number>();
  return arrows.flatMap((arrow) => {
    const [from, to] = [areas.get(arrow.from), areas.get(arrow.to)];
    if (from === undefined || to === undefined) return [];
    const [a, b] = [heightAt(arrow.from, from), heightAt(arrow.to, to)];
    const index = sent.get(arrow.from) ?? 0;
    sent.set(arrow.from, index + 1);
    const points = between(from, a, to, b);
    return [{ arrow, points, label: pointAt(points, [0.5, 0.38, 0.62][index % 3] ?? 0.5) }];
  });
}

/** To the right if it lies there, to the left if not; within a column around its right side. */
function between(from: Area, a: number, to: Area, b: number): Curve["points"] {
  const [right, left] = [from.x + from.width, to.x + to.width];
  if (from.x === to.x) {
    const bend = GAP * 2 + Math.abs(b - a) / 3;
    return curve({ x: right, y: a }, bend, { x: left, y: b }, bend);
  }
  if (to.x > from.x) {
    const bend = (to.x - right) / 2;
    return curve({ x: right, y: a }, bend, { x: to.x, y: b }, -bend);
  }
  const bend = (from.x - left) / 2;
  return curve({ x: from.x, y: a }, -bend, { x: left, y: b }, bend);
}

function curve(start: Point, out: number, end: Point, into: number): Curve["points"] {
  return [start, { x: start.x + out, y: start.y }, { x: end.x + into, y: end.y }, end];
}

function pointAt([a, b, c, d]: Curve["points"], t: number): Point {
  const weight = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
  const at = (axis: "x" | "y"): number =>
    [a, b, c, d].reduce((sum, point, i) => sum + point[axis] * (weight[i] ?? 0), 0);
  return { x: at("x"), y: at("y") };
}
