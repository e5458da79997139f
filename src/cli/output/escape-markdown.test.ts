import assert from "node:assert/strict";
import { it } from "node:test";
import { escapeMarkdown } from "./escape-markdown.ts";

it("a name can begin no cell, code, markup, HTML, mention, reference or link in Markdown", () => {
  assert.equal(escapeMarkdown("a|b`c`<img>"), "a&#124;b&#96;c&#96;&#60;img&#62;");
  assert.equal(
    escapeMarkdown("@team #12 *x* _y_ [z] ~w~ \\ & !"),
    "&#64;team &#35;12 &#42;x&#42; &#95;y&#95; &#91;z&#93; &#126;w&#126; &#92; &#38; &#33;",
  );
  assert.equal(escapeMarkdown("https://x www.x.org\n- item"), "https&#58;//x www&#46;x.org&#10;- item");
  assert.equal(escapeMarkdown("- item"), "&#45; item");
  assert.equal(
    escapeMarkdown("shop/deploy/web TCP 80,443 (policies/db.yaml:12)"),
    "shop/deploy/web TCP 80,443 (policies/db.yaml:12)",
  );
});
