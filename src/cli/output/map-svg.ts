/** The map as a picture that any browser shows: SVG without scripts, links or anything from elsewhere. */
import type { ReachMap } from "../../reach/map.ts";
import { escapeTerminal } from "./lines.ts";
import { type ArrowKind, chartOf, type ShapeKind } from "./map-chart.ts";
import { type Area, type Curve, labelText, type Layout, layoutOf } from "./map-layout.ts";

const ARROWS: Readonly<Record<ArrowKind, { readonly colour: string; readonly dash: string; readonly about: string }>> =
  {
    asked: { colour: "#1b5e20", dash: "", about: "a rule allows it" },
    unasked: { colour: "#bf360c", dash: "7 4", about: "no rule allows it; nothing isolates either end" },
    "one-way": { colour: "#6a1b9a", dash: "12 3 2 3", about: "it arrives, and its answers are dropped" },
    undecided: { colour: "#546e7a", dash: "2 4", about: "not known" },
  };

const FILLS: Readonly<Record<ShapeKind, string>> = {
  workload: "#e3f2fd",
  namespace: "#e3f2fd",
  node: "#fff8e1",
  addresses: "#f3e5f5",
  group: "#eceff1",
};

const LEGEND_LINE = 20;

export function svgText(map: ReachMap): string {
  const layout = layoutOf(chartOf(map));
  const kinds = (["asked", "unasked", "one-way", "undecided"] as const).filter((kind) =>
    layout.curves.some(({ arrow }) => arrow.kind === kind),
  );
  const width = Math.max(layout.width, 460);
  const height = layout.height + kinds.length * LEGEND_LINE + 8;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" font-family="ui-monospace, monospace" font-size="11">`,
    `<title>${escapeXml(titleOf(map))}</title>`,
    "<defs>",
    ...kinds.map(markerText),
    "</defs>",
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawing(layout),
    ...kinds.flatMap((kind, i) => legendLines(kind, layout.height + i * LEGEND_LINE)),
    "</svg>",
    "",
  ].join("\n");
}

function titleOf({ by }: ReachMap): string {
  return `What may talk, by ${by}`;
}

function drawing({ boxes, shapes, curves }: Layout): readonly string[] {
  return [
    ...boxes.flatMap(({ name, area }) => [
      `<rect ${areaText(area)} rx="6" fill="#fafafa" stroke="#90a4ae"/>`,
      `<text x="${px(area.x + 8)}" y="${px(area.y + 15)}" font-weight="bold" fill="#37474f">${escapeXml(name)}</text>`,
    ]),
    ...curves.map(curveText),
    ...shapes.flatMap(({ shape, area }) => [
      `<rect ${areaText(area)} rx="${shape.kind === "addresses" ? 14 : 3}" fill="${FILLS[shape.kind]}" stroke="#455a64"/>`,
      ...shape.lines.map((line, i) => {
        const y = area.y + area.height / 2 + 4 + (i - (shape.lines.length - 1) / 2) * 16;
        return `<text x="${px(area.x + area.width / 2)}" y="${px(y)}" text-anchor="middle">${escapeXml(line)}</text>`;
      }),
    ]),
    ...curves.map(labelLine),
  ];
}

function curveText({ arrow, points: [a, b, c, d] }: Curve): string {
  const { colour, dash } = ARROWS[arrow.kind];
  const path = `M${px(a.x)} ${px(a.y)} C${px(b.x)} ${px(b.y)} ${px(c.x)} ${px(c.y)} ${px(d.x)} ${px(d.y)}`;
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="1.4"${dashes} marker-end="url(#${arrow.kind})"/>`;
}

/** With a rim, so that it can be read where lines cross it. */
function labelLine({ arrow, label }: Curve): string {
  const about = `${arrow.from.lines.join(", ")} to ${arrow.to.lines.join(", ")}: ${arrow.label}`;
  const mark = arrow.kind === "undecided" ? " ?" : "";
  return (
    `<text x="${px(label.x)}" y="${px(label.y + 3)}" text-anchor="middle" fill="${ARROWS[arrow.kind].colour}" stroke="#ffffff" ` +
    `stroke-width="3" paint-order="stroke"><title>${escapeXml(about)}</title>${escapeXml(labelText(arrow.label) + mark)}</text>`
  );
}

function markerText(kind: ArrowKind): string {
  return (
    `<marker id="${kind}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">` +
    `<path d="M0 0 L8 4 L0 8 z" fill="${ARROWS[kind].colour}"/></marker>`
  );
}

function legendLines(kind: ArrowKind, y: number): readonly string[] {
  const { colour, dash, about } = ARROWS[kind];
  const dashes = dash === "" ? "" : ` stroke-dasharray="${dash}"`;
  return [
    `<path d="M14 ${px(y + 6)} H54" stroke="${colour}" stroke-width="1.4"${dashes} marker-end="url(#${kind})"/>`,
    `<text x="64" y="${px(y + 10)}" fill="${colour}">${escapeXml(about)}</text>`,
  ];
}

function areaText({ x, y, width, height }: Area): string {
  return `x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"`;
}

/** A length with at most one digit behind the point. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Text that XML may hold, in which no character means markup. */
export function escapeXml(text: string): string {
  return escapeTerminal(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
