/** Access lists as text for nft. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ICMP, TCP } from "../../net/protocol.ts";
import { allOf, box } from "../../net/traffic.ts";
import type { FilterRule, Subnet } from "../../vpc/model.ts";
import { aclChain, judgesAt, type LegacyAll } from "./acl-rules.ts";
import { acl, ANY, inventoryOf, rule, toPort } from "./inventory.fixture.ts";

const [SUBNET] = inventoryOf({ web: { cidr: "10.1.0.0/24" } }).subnets;

/** The lines of the rules of a list in outbound direction. */
function linesOf(rules: readonly FilterRule[], legacyAll: LegacyAll = "no"): readonly string[] {
  const subnet: Subnet = SUBNET ?? assert.fail("the fixture has a subnet");
  const judges = judgesAt({ subnet, acl: acl("list", rules), direction: "outbound" });
  const lines = aclChain("s0_outbound", judges, (judge) => 2 + judges.indexOf(judge), legacyAll);
  return lines.slice(2, -1).map((line) => line.trim());
}

const END = (number: number): string => `meta mark set ${number} counter goto deny comment "${number} no rule matches"`;

describe("an access list as rules of nft", () => {
  it("asks no connection tracking", () => {
    const all = linesOf([rule("a", "allow", "outbound", "10.1.0.0/24", ANY), rule("b", "deny", "outbound", ANY, ANY)]);
    assert.doesNotMatch(all.join("\n"), /\bct\b/);
  });

  it("has the rules of its direction in their order, and denies what none matches", () => {
    assert.deepEqual(
      linesOf([
        rule("web", "allow", "outbound", ANY, "10.2.0.0/16", toPort(TCP, 80, 90)),
        rule("not-asked", "allow", "inbound", ANY, ANY),
        rule("rest", "deny", "outbound", ANY, ANY),
      ]),
      [
        'ip daddr 10.2.0.0/16 meta l4proto 6 th dport 80-90 meta mark set 2 counter goto allow comment "2 web acl.json:1"',
        'meta mark set 3 counter goto deny comment "3 rest acl.json:1"',
        END(4),
      ],
    );
  });

  it("matches protocols by number, ICMP by type and code", () => {
    const types = box(ICMP, [{ start: 3, end: 4 }], [{ start: 0, end: 5 }]);
    const lines = linesOf([
      rule("gre", "allow", "outbound", ANY, "10.2.0.7/32", allOf(47)),
      rule("unreachable", "allow", "outbound", ANY, ANY, types),
    ]);
    assert.match(lines[0] ?? "", /^ip daddr 10\.2\.0\.7 meta l4proto 47 meta mark set 2 /);
    assert.match(lines[1] ?? "", /^meta l4proto 1 @th,0,8 3 @th,8,8 0-4 meta mark set 3 /);
  });

  it("widens a legacy all to every protocol only when told so", () => {
    const legacy = [rule("all", "allow", "outbound", ANY, ANY)];
    assert.equal(linesOf(legacy).length, 4);
    assert.deepEqual(linesOf(legacy, "yes"), ['meta mark set 2 counter goto allow comment "2 all acl.json:1"', END(3)]);
  });

  it("leaves out rules that no IPv4 packet meets", () => {
    assert.deepEqual(linesOf([{ ...rule("six", "allow", "outbound", ANY, ANY), source: [] }]), [END(3)]);
  });

  it("keeps names from the input inside their comments, which nft limits", () => {
    const [line = ""] = linesOf([rule(`a"b\\c\n${"x".repeat(200)}`, "deny", "outbound", ANY, ANY)]);
    const comment = /comment "([^"\\]*)"$/.exec(line)?.[1] ?? "";
    assert.match(comment, /^2 a\?b\?c\?x+$/);
    assert.equal(comment.length, 128);
  });
});
