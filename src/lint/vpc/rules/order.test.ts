/** The rules of one list among themselves: PC224 to PC229. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, found, oneList, places, printed } from "../findings.fixture.ts";

const DENY_IN = "deny-in: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0\n";
const DENY_OUT = "deny-out: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0\n";

/** Findings about the order alone. */
function order(rules: string): readonly string[] {
  return places(oneList(rules)).filter((place) => / PC22[4-7]| PC229/.test(place));
}

describe("PC224: rule never matches", () => {
  it("finds rules that cover it only together, and tells what they do", () => {
    const rules =
      "low: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 0-1023\nhigh: allow inbound tcp 10.8.0.0/15 -> 0.0.0.0/0 1024-65535\n" +
      "block: deny inbound tcp 10.8.3.0/24 -> 10.0.1.0/24\n";
    assert.equal(
      printed("PC224", oneList(rules)),
      'web.json:4:1: warning PC224: "block" denies nothing: what it matches is allowed before by "low" (web.json:2), "high" (web.json:3)\n' +
        '  move it before "low" (web.json:2), "high" (web.json:3), or remove it',
    );
  });

  it("tells rules of the same action among those that cover it", () => {
    const rules =
      "no: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 22\nyes: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\nmore: allow inbound tcp 10.8.1.0/24 -> 0.0.0.0/0\n";
    assert.match(
      printed("PC224", oneList(rules)),
      /"more" allows nothing: what it matches is denied before by "no" \(web.json:2\), and the rest of it decided by "yes" \(web.json:3\)/,
    );
  });

  it("calls two rules that match the same and differ in action a contradiction", () => {
    const rules =
      "yes: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 22\nno: deny inbound tcp 10.8.0.0/16 -> 10.0.1.0/24 22\n";
    assert.match(
      printed("PC224", oneList(rules)),
      /"no" contradicts "yes" \(web.json:2\): one allows and one denies TCP 22 .*\n {2}keep the one/,
    );
  });

  it("counts the addresses of the subnets alone, as no others come there", () => {
    const narrow =
      "mine: deny inbound tcp 10.8.0.0/16 -> 10.0.1.0/24\nall: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n";
    assert.deepEqual(order(narrow), ["web.json:3 PC224"]);
    assert.deepEqual(order(narrow.replace("-> 10.0.1.0/24", "-> 10.0.1.0/25")), []);
  });

  it("is silent where one packet is left, or where it hangs on what a legacy all means", () => {
    assert.deepEqual(
      order("all: allow inbound all 10.8.0.0/16 -> 0.0.0.0/0\nno: deny inbound any 10.8.0.0/16 -> 0.0.0.0/0\n"),
      [],
    );
    assert.deepEqual(
      order("yes: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 1-65535\nno: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n"),
      [],
    );
  });

  it("does not mix directions", () => {
    assert.deepEqual(
      order("a: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\nb: allow outbound tcp 10.0.1.0/24 -> 10.8.0.0/16\n"),
      [],
    );
  });
});

describe("PC225: rule changes nothing", () => {
  it("names the rules that do it all before", () => {
    const rules =
      "a: allow inbound tcp 10.8.0.0/17 -> 0.0.0.0/0\nb: allow inbound tcp 10.8.128.0/17 -> 0.0.0.0/0\nc: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n";
    assert.equal(
      printed("PC225", oneList(rules)),
      'web.json:4:1: info PC225: "c" changes nothing: "a" (web.json:2), "b" (web.json:3) allow all it matches before it\n' +
        "  remove it, as it counts against the quota of rules, or move it where it is meant to decide",
    );
  });

  it("is silent about rules that overlap and about a deny-all that says what would happen anyway", () => {
    assert.deepEqual(
      order(`a: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\nb: allow inbound tcp 10.8.0.0/15 -> 0.0.0.0/0\n${DENY_IN}`),
      [],
    );
  });
});

describe("PC226: rule stands behind the deny-all of its direction", () => {
  it("names the deny-all, and the one of the other direction before which it was put", () => {
    assert.equal(
      printed("PC226", oneList(`${DENY_OUT}late: allow outbound tcp 0.0.0.0/0 -> 10.8.0.0/16 443\n${DENY_IN}`)),
      'web.json:3:1: warning PC226: "late" allows nothing: it stands behind "deny-out" (web.json:2), which denies everything outbound; ' +
        'it was put before "deny-in" (web.json:4), which is about what goes inbound\n' +
        '  move it before "deny-out"; a rule that is added without a place goes to the end',
    );
  });

  it("finds rules that were added at the end", () => {
    const text = printed(
      "PC226",
      oneList(`${DENY_OUT}${DENY_IN}late: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n`),
    );
    assert.match(
      text,
      /"late" allows nothing: it stands behind "deny-in" \(web.json:3\), which denies everything inbound\n/,
    );
  });

  it("knows a deny-all by the subnet's own CIDR too", () => {
    const rules =
      "no: deny inbound any 0.0.0.0/0 -> 10.0.1.0/24\nlate: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n";
    assert.deepEqual(order(rules), ["web.json:3 PC226"]);
  });

  it("does not advise to put an allow-all before a deny-all", () => {
    const rules = `${DENY_IN}allow-all: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\n`;
    assert.match(
      printed("PC226", oneList(rules)),
      /\n {2}remove it: before "deny-in" it would let everything through$/,
    );
  });

  it("is silent about rules before the deny-all of their own direction, wherever that of the other one stands", () => {
    assert.deepEqual(order(`${DENY_OUT}early: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n${DENY_IN}`), []);
  });
});

describe("PC227: rule that allows everything stands before others", () => {
  const born = "allow-in: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\n";
  const rest = `web: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n${DENY_IN}`;

  it("names every rule behind it, as where the rules that a list is born with were kept", () => {
    assert.equal(
      printed("PC227", oneList(born + rest)),
      'web.json:2:1: warning PC227: "allow-in" allows all TCP, UDP and ICMP inbound, so access list "web" filters none of it and 2 rules behind it ' +
        'have no say: "web" (web.json:3), "deny-in" (web.json:4)\n' +
        "  remove it, as is to be done with the two rules that a new list is born with, or move it behind the others",
    );
    assert.deepEqual(found("PC225", oneList(born + rest)), [], "and no other finding says the same");
  });

  it("flags a deny rule behind it on its own too", () => {
    assert.deepEqual(order(`${born}no: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 22\n`), [
      "web.json:3 PC224",
      "web.json:2 PC227",
    ]);
  });

  it("is silent about a list of exceptions that ends in allow-all, and about other protocols denied behind it", () => {
    assert.deepEqual(order(`no: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 22\n${born}`), []);
    assert.deepEqual(order(born + DENY_IN), []);
  });
});

describe("PC228: one name, several rules of a list", () => {
  it("finds the name that a recipe uses again for each zone", () => {
    const rules =
      "allow-workers-outbound: allow outbound all 0.0.0.0/0 -> 10.240.64.0/24\nallow-workers-outbound: allow outbound all 0.0.0.0/0 -> 10.240.128.0/24\n";
    assert.equal(
      printed("PC228", oneList(rules)),
      'web.json:3:1: error PC228: rule "allow-workers-outbound" stands twice in access list "web", first at web.json:2: names are unique there, so the ' +
        "provider refuses this one and what it says is missing\n" +
        "  give it a name of its own, such as one that says which zone or network it is for",
    );
  });

  it("allows the same name in two lists, and rules without a name", () => {
    const rule = "a: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n";
    const nameless = ": allow inbound udp 10.8.0.0/16 -> 0.0.0.0/0\n: allow inbound udp 10.9.0.0/16 -> 0.0.0.0/0\n";
    assert.deepEqual(found("PC228", { acls: { one: rule + nameless, two: rule } }), []);
  });
});

describe("PC229: the order of rules decides", () => {
  it("tells what the later rule does not get, and what remains of it", () => {
    const rules = "ssh: deny inbound tcp 10.0.0.0/8 -> 0.0.0.0/0 22\nops: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n";
    assert.equal(
      printed("PC229", oneList(rules)),
      'web.json:3:1: info PC229: "ops" does not allow TCP 22 from 10.8.0.0/16 to 10.0.1.0/24, which is denied before by "ssh" (web.json:2); ' +
        "what remains of it: TCP 0-21,23-65535 from 10.8.0.0/16 to 10.0.1.0/24\n" +
        '  nothing to do if the earlier rule is meant to win there; otherwise move "ops" before it',
    );
  });

  it("is silent about exceptions, which stand before what they are taken from", () => {
    assert.deepEqual(
      order("no: deny inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\nyes: allow inbound tcp 10.0.0.0/8 -> 0.0.0.0/0 443\n"),
      [],
    );
    assert.deepEqual(order(`yes: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n${DENY_IN}`), []);
  });

  it("is silent about rules of one action, and about rules that do not meet", () => {
    assert.deepEqual(
      order("a: allow inbound tcp 10.0.0.0/8 -> 0.0.0.0/0 22\nb: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n"),
      [],
    );
    assert.deepEqual(
      order("a: deny inbound tcp 10.0.0.0/8 -> 0.0.0.0/0 22\nb: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n"),
      [],
    );
  });
});

it("a list that no subnet has is judged as if any address were behind it", () => {
  const sketch = { acls: { web: `${DENY_IN}late: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0 443\n` } };
  assert.deepEqual(
    check(sketch).map(({ code }) => code),
    ["PC226", "PC234"],
  );
});
