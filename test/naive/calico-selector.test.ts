import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import { calicoSelects } from "./calico-selector.ts";

const labels = new Map([
  ["app", "web"],
  ["env", "prod"],
  ["contains", "contains"],
  ["1.a/b_c-d", "x'y"],
  ["empty", ""],
]);

function holds(...texts: readonly string[]): void {
  for (const text of texts) assert.equal(calicoSelects(text, labels), true, text);
}

function fails(...texts: readonly string[]): void {
  for (const text of texts) assert.equal(calicoSelects(text, labels), false, text);
}

describe("Calico's selectors in the naive reading", () => {
  it("empty or blank text holds for all", () => {
    holds("", " \t", "all()", "all( )", "global()");
  });

  it("a comparison is with one value, case counts, and either quotes do", () => {
    holds(`app == "web"`, `app=='web'`, `1.a/b_c-d == "x'y"`, `app != "db"`, `empty == ""`);
    fails(`app == "Web"`, `App == "web"`, `app != 'web'`, `app == "we"`);
  });

  it("a missing label equals nothing and differs from everything", () => {
    fails(`none == ""`, "has(none)", `none in {"x"}`, `none contains ""`, `none starts with ""`, `none ends with ""`);
    holds(`none != "x"`, `none not in {"x"}`, "!has(none)");
  });

  it("lists may be empty and end in a comma", () => {
    holds(`app in {"web","db"}`, `app in { 'web' , }`, "app not in {}", `app notin {"db"}`);
    fails("app in {}", `app not in {"web"}`);
  });

  it("parts of values", () => {
    holds(`app contains "e"`, `app starts with "w"`, `app startswith "we"`, `app ends  with "b"`, `app endswith ""`);
    fails(`app contains "E"`, `app starts with "e"`, `app ends with "w"`);
  });

  it("or binds loosest, then and, then not, then the comparison", () => {
    holds(`all() || has(none) && has(none)`, `!app == "db"`, `!!has(app)`, `! ! ! has(none)`, `!(has(none) || has(x))`);
    fails(`(all() || has(none)) && has(none)`, `!app == "web"`, `!has(app) || has(none)`);
  });

  it("words of operators are ordinary label names where a name stands", () => {
    holds(`contains contains "contains"`, `has( app )`, `in != "x"`, `all != "x" && has != "y"`);
  });

  it("a prefix is put before every name", () => {
    const inherited = new Map([["pcns.env", "prod"]]);
    assert.equal(calicoSelects(`env == "prod" && !has(app)`, inherited, { prefix: "pcns." }), true);
    assert.equal(calicoSelects(`has(pcns.env)`, inherited, { prefix: "pcns." }), false);
  });

  it("text that is no selector is refused, whatever the labels are", () => {
    const wrong = ["app", `app = "x"`, `app & x`, "has (app)", "all ()", "has(app", `app in {,}`, `app in {"a" "b"}`];
    const alsoWrong = [
      `app == web`,
      `app == "web`,
      `has(app)\n`,
      `(has(app)`,
      "has(app))",
      "&& has(app)",
      "!",
      "app |",
    ];
    for (const text of [...wrong, ...alsoWrong, "has(app) has(env)", "has(a$b)", `"web" == app`, "app in ('a')"]) {
      assert.throws(() => calicoSelects(text, labels), /not a selector/u, text);
      assert.throws(() => calicoSelects(text, new Map()), /not a selector/u, text);
    }
  });
});
