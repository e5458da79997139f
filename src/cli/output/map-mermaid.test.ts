import assert from "node:assert/strict";
import { it } from "node:test";
import { escapeMermaid } from "./map-mermaid.ts";

it("a name can neither leave its quotes nor start markup or a directive in a mermaid chart", () => {
  assert.equal(
    escapeMermaid('a"]-->b<br>%%{init}\n;#35;'),
    "a#34;#93;--#62;b#60;br#62;#37;#37;#123;init#125;#10;#59;#35;35#59;",
  );
  assert.equal(escapeMermaid("TCP 80,443, all but UDP 53"), "TCP 80,443, all but UDP 53");
});
