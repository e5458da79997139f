import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { finding, findingText } from "../../source/finding.ts";
import { findingLines, passedOverFinding } from "./findings.ts";
import { render } from "./lines.ts";

describe("findings on the terminal", () => {
  it("have the form that findings have everywhere", () => {
    const item = finding("PC110", "unknown field", "remove it", { position: { file: "a.yaml", line: 3, column: 5 } });
    assert.equal(render(findingLines([item]), false), `${findingText(item)}\n`);
  });

  it("come sorted by file, line and column, those without place last", () => {
    const at = (file: string, line: number, column: number) =>
      finding("PC111", `${file}${line}${column}`, "-", { position: { file, line, column } });
    const items = [finding("PC100", "nowhere", "-"), at("b", 1, 1), at("a", 10, 1), at("a", 9, 2), at("a", 9, 1)];
    const text = render(findingLines(items), false);
    assert.deepEqual(
      [...text.matchAll(/PC1\d\d: (\w+)/g)].map(([, message]) => message),
      ["a91", "a92", "a101", "b11", "nowhere"],
    );
  });

  it("count what was passed over by kind", () => {
    assert.equal(passedOverFinding(new Map()), undefined);
    const passed = passedOverFinding(
      new Map([
        ["Secret", 1],
        ["ConfigMap", 3],
      ]),
    );
    assert.match(passed?.message ?? "", /^passed over 4 objects of .*: ConfigMap \(3\), Secret$/);
  });
});
