/** Access lists as text for nft. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aclFrom, subnetFrom } from "../../vpc/networks.fixture.ts";
import { aclChain, judgesAt, type LegacyAll } from "./acl-rules.ts";

/** The lines of a list of rules in outbound direction. */
function linesOf(rules: readonly string[], legacyAll: LegacyAll = "no"): readonly string[] {
  const subnet = subnetFrom("web", "10.1.0.0/24", "zone");
  const judges = judgesAt({ subnet, acl: aclFrom("list", rules), direction: "outbound" });
  const lines = aclChain("s0_outbound", judges, (judge) => 2 + judges.indexOf(judge), legacyAll);
  return lines.slice(2, -1).map((line) => line.trim());
}

const END = (number: number): string => `meta mark set ${number} counter goto deny comment "${number} no rule matches"`;

describe("an access list as rules of nft", () => {
  it("asks no connection tracking", () => {
    const all = linesOf(["a: allow outbound all 10.1.0.0/24 any", "b: deny outbound all any any"]);
    assert.doesNotMatch(all.join("\n"), /\bct\b/);
  });

  it("has the rules of its direction in their order, and denies what none matches", () => {
    assert.deepEqual(
      linesOf([
        "web: allow outbound tcp any 10.2.0.0/16 to 80-90",
        "not-asked: allow inbound all any any",
        "rest: deny outbound all any any",
      ]),
      [
        'ip daddr 10.2.0.0/16 meta l4proto 6 th dport 80-90 meta mark set 2 counter goto allow comment "2 web list.json:1"',
        'meta mark set 3 counter goto deny comment "3 rest list.json:3"',
        END(4),
      ],
    );
  });

  it("matches protocols by number, ICMP by type and code", () => {
    const lines = linesOf([
      "gre: allow outbound 47 any 10.2.0.7",
      "unreachable: allow outbound icmp any any type 3 code 0-4",
    ]);
    assert.match(lines[0] ?? "", /^ip daddr 10\.2\.0\.7 meta l4proto 47 meta mark set 2 /);
    assert.match(lines[1] ?? "", /^meta l4proto 1 @th,0,8 3 @th,8,8 0-4 meta mark set 3 /);
  });

  it("widens a legacy all to every protocol only when told so", () => {
    const legacy = ["all: allow outbound all any any"];
    assert.equal(linesOf(legacy).length, 4);
    assert.deepEqual(linesOf(legacy, "yes"), [
      'meta mark set 2 counter goto allow comment "2 all list.json:1"',
      END(3),
    ]);
  });

  it("leaves out rules that no IPv4 packet meets", () => {
    assert.deepEqual(linesOf(["six: allow outbound all fd00::/8 any"]), [END(3)]);
  });

  it("keeps names from the input inside their comments, which nft limits", () => {
    const [line = ""] = linesOf([`a"b\\c\n${"x".repeat(200)}: deny outbound all any any`]);
    const comment = /comment "([^"\\]*)"$/.exec(line)?.[1] ?? "";
    assert.match(comment, /^2 a\?b\?c\?x+$/);
    assert.equal(comment.length, 128);
  });
});
