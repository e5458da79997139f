import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { csvCell } from "./map-csv.ts";
import { quoted } from "./map-dot.ts";
import { layoutOf } from "./map-layout.ts";
import type { Arrow, Chart, Shape } from "./map-chart.ts";
import { code } from "./map-markdown.ts";
import { escapeXml } from "./map-svg.ts";

describe("text from the input", () => {
  it("starts no formula and ends no cell in CSV", () => {
    assert.equal(csvCell("=1+1"), "'=1+1");
    assert.equal(csvCell('@a,"b"'), `"'@a,""b"""`);
    assert.equal(csvCell("-1\r\n"), String.raw`'-1\x0d\x0a`);
    assert.equal(csvCell("shop/deploy/web"), "shop/deploy/web");
  });

  it("stays code in Markdown, whatever it holds", () => {
    assert.equal(code("a|b"), String.raw`${"`"}a\|b${"`"}`);
    assert.equal(code("a``b"), "``` a``b ```");
    assert.equal(code("<b>\n"), String.raw`${"`"}<b>\x0a${"`"}`);
  });

  it("stays inside the quotes of dot, and means nothing there", () => {
    assert.equal(quoted(['a"]; b\\N &lt;']), String.raw`"a\"]; b\\N &amp;lt;"`);
    assert.equal(quoted(["a", "b"]), String.raw`"a\nb"`);
  });

  it("is text in SVG", () => {
    assert.equal(escapeXml(`<script>"&'\u0000\uFFFE`), "&lt;script&gt;&quot;&amp;&#39;\\x00\uFFFD");
  });
});

function shape(id: string): Shape {
  return { id, kind: "workload", lines: [id] };
}

function arrow(from: Shape, to: Shape, kind: Arrow["kind"] = "asked"): Arrow {
  return { kind, from, to, label: "all" };
}

describe("a drawing", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map(shape);
  assert.ok(a && b && c && d);
  const chart: Chart = {
    boxes: [
      { name: "x", shapes: [a, b] },
      { name: "y", shapes: [c] },
    ],
    others: [d],
    arrows: [arrow(a, b), arrow(b, c), arrow(c, a), arrow(d, a), arrow(c, d, "unasked"), arrow(b, b)],
  };
  const layout = layoutOf(chart);
  const areas = layout.shapes.map(({ area }) => area);

  it("puts no shape upon another, and none outside the picture", () => {
    for (const [i, one] of areas.entries()) {
      assert.ok(one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width && one.y + one.height <= layout.height);
      for (const other of areas.slice(i + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        assert.ok(apart);
      }
    }
  });

  it("keeps the shapes of a namespace in its box, and boxes apart", () => {
    const [x, y] = layout.boxes;
    assert.ok(x && y);
    assert.ok(x.area.y + x.area.height <= y.area.y);
    for (const { shape: one, area } of layout.shapes) {
      const box = one === d ? undefined : one === c ? y : x;
      if (box === undefined) continue;
      assert.ok(area.y >= box.area.y && area.y + area.height <= box.area.y + box.area.height);
    }
  });

  it("leads to the right wherever arrows close no circle", () => {
    const columns = new Map(layout.shapes.map(({ shape: one, area }) => [one.id, area.x]));
    const order = ["d", "a", "b", "c"].map((id) => columns.get(id) ?? 0);
    assert.deepEqual(
      order,
      order.toSorted((p, q) => p - q),
    );
    assert.equal(new Set(order).size, 4);
  });
});
