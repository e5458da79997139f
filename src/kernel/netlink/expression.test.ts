import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { equals, inSet, type Statement } from "../../dataplane/statement.ts";
import { Attributes, beginNested, end, putRaw, putText } from "./attribute.ts";
import { Bytes } from "./bytes.ts";
import { type Expression, expressionText, putExpression, readExpression } from "./expression.ts";
import { expressionsOf } from "./rule-expressions.ts";
import { ODDITIES } from "./rulesets.fixture.ts";

function writtenAndRead(expression: Expression): Expression {
  const bytes = new Bytes();
  const at = beginNested(bytes, 1);
  putExpression(bytes, expression);
  end(bytes, at);
  return readExpression(new Attributes(bytes.written()).raw(1) ?? new Uint8Array(0));
}

function textsOf(...statements: readonly Statement[]): readonly string[] {
  return expressionsOf(statements).map(expressionText);
}

describe("expressions", () => {
  it("are read as they were written", () => {
    const rules = ODDITIES.chains.flatMap((chain) => chain.rules);
    for (const expression of rules.flatMap(({ statements }) => expressionsOf(statements))) {
      assert.equal(expressionText(writtenAndRead(expression)), expressionText(expression));
    }
  });

  it("ask for the family before they read a header, and do not ask twice", () => {
    const family = ["meta dreg 1 key 15", "cmp data 0x02 op 0 sreg 1"];
    const source = ["payload base 1 dreg 1 len 4 offset 12", 'lookup set "a" sreg 1'];
    assert.deepEqual(textsOf(inSet("a", "ip saddr")), [...family, ...source]);
    assert.deepEqual(textsOf(inSet("a", "ip saddr"), inSet("a", "ip saddr")), [...family, ...source, ...source]);
  });

  it("ask for the protocol of an ICMP type unless the rule has done so", () => {
    const type = equals("icmpv6 type", 143);
    assert.equal(textsOf(type).filter((text) => text.includes("key 16")).length, 1);
    assert.equal(textsOf(equals("meta l4proto", 58), type).filter((text) => text.includes("key 16")).length, 1);
    assert.equal(textsOf(equals("meta l4proto", 1), type).filter((text) => text.includes("key 16")).length, 2);
  });

  it("load fields side by side, each at a multiple of four bytes", () => {
    const registers = textsOf(inSet("a", "meta l4proto", "iifname", "ct mark"))
      .map((text) => /dreg (\d+)/.exec(text)?.[1])
      .filter((register) => register !== undefined);
    assert.deepEqual(registers, ["1", "9", "13"]);
  });

  it("that this code never writes equal none that it does", () => {
    const bytes = new Bytes();
    putText(bytes, 1, "objref");
    putRaw(bytes, 2, Uint8Array.of(1, 2));
    assert.equal(expressionText(readExpression(bytes.written())), "objref bytes 0x0102");
    assert.throws(() => writtenAndRead({ name: "objref", attributes: {} }), TypeError);
  });
});
