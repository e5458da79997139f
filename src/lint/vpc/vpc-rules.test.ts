/** The rules as a whole: each has a name and a code of its own, and stands in the document with what it looks for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { CODES } from "../../source/codes.ts";
import { checkVpc, VPC_RULES } from "./vpc-rules.ts";

const DOCUMENT = readFileSync(fileURLToPath(new URL("../../../../docs/vpc-check.md", import.meta.url)), "utf8");

describe("the rules about networks", () => {
  it("stand in docs/vpc-check.md in their order, with code, name, severity and what they look for", () => {
    const rows = [...DOCUMENT.matchAll(/^\| (PC\d+) \| `([^`]+)` \| (\w+) \| ([^|]+) \| [^|]+ \|$/gm)];
    assert.deepEqual(
      rows.map(([, ...cells]) => cells),
      VPC_RULES.map(({ code, name, about }) => [code, name, CODES[code].severity, about]),
    );
  });

  it("have names in kebab-case, and share neither name nor code", () => {
    for (const { name } of VPC_RULES) assert.match(name, /^[a-z]+(-[a-z]+)+$/);
    assert.equal(new Set(VPC_RULES.map(({ name }) => name)).size, VPC_RULES.length);
    assert.equal(new Set(VPC_RULES.map(({ code }) => code)).size, VPC_RULES.length);
  });

  it("find nothing where the input knows no networks", () => {
    assert.deepEqual(checkVpc({ vpc: undefined, inventory: { nodes: [] } }), []);
  });
});
