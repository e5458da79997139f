import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { single } from "../net/address.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { judgeList, type LegacyAll, type NetworkRule, passingList, type RuleList, type Sight } from "./filter.ts";
import { aclFrom, addressesFrom, addressFrom } from "./networks.fixture.ts";

function listOf(rules: readonly string[], order: RuleList["order"] = "first match"): RuleList {
  return { order, rules: aclFrom("acl", rules).rules.map((rule): NetworkRule => ({ ...rule, perhaps: undefined })) };
}

const SIGHT: Sight = { source: single(addressFrom("10.0.0.1")), destination: single(addressFrom("10.0.1.1")) };
const SSH: TrafficPoint = { protocol: 6, first: 40_000, second: 22 };
const IP_IN_IP: TrafficPoint = { protocol: 4, first: 0, second: 0 };

function actions(list: RuleList, point = SSH, legacy: LegacyAll = "no", sight = SIGHT): readonly string[] {
  return judgeList(list, sight, point, legacy).decisions.map((one) =>
    one.kind === "rule" ? `${one.action} ${one.position}` : "no match",
  );
}

describe("a list of rules", () => {
  it("is decided by its first match, with the rule's position", () => {
    const list = listOf([
      "a: deny outbound tcp any any to 80",
      "b: allow outbound tcp any 10.0.1.0/24",
      "c: deny outbound any any any",
    ]);
    assert.deepEqual(actions(list), ["allow 2"]);
    assert.deepEqual(actions(list, { ...SSH, second: 80 }), ["deny 1"]);
    assert.deepEqual(actions(list, { ...SSH, protocol: 17 }), ["deny 3"]);
    assert.deepEqual(actions(listOf([])), ["no match"]);
  });

  it("of legacy rules for all protocols has two readings of allowing and one of denying (1)", () => {
    const list = listOf(["a: allow outbound all any any", "d: deny outbound all any any"]);
    assert.deepEqual(actions(list, SSH, "unknown"), ["allow 1"]);
    assert.deepEqual(actions(list, IP_IN_IP, "yes"), ["allow 1"]);
    assert.deepEqual(actions(list, IP_IN_IP, "no"), ["deny 2"]);
    assert.deepEqual(actions(list, IP_IN_IP, "unknown"), ["allow 1", "deny 2"]);
    assert.deepEqual(actions(listOf(["d: deny outbound all any any"]), IP_IN_IP, "unknown"), ["deny 1"]);
  });

  it("does not know what a side with several addresses meets where a rule divides them", () => {
    const block = { ...SIGHT, source: addressesFrom("10.0.0.0/24") };
    const list = listOf(["a: allow outbound tcp 10.0.0.0/25 any"]);
    assert.deepEqual(actions(list, SSH, "no", block), ["allow 1", "no match"]);
    assert.deepEqual(actions(listOf(["a: allow outbound tcp 10.0.0.0/16 any"]), SSH, "no", block), ["allow 1"]);
  });

  it("gives as sets what it gives packet by packet (S1-02)", () => {
    const rule = fc
      .tuple(
        fc.constantFrom("allow", "deny"),
        fc.constantFrom("all", "any", "tcp", "tcp", "udp", "icmp", "ip_in_ip"),
        fc.constantFrom("any", "10.0.0.0/24", "10.0.0.0/31", "10.0.2.0/24"),
        fc.constantFrom("any", "10.0.1.1", "10.0.1.0/30"),
        fc.constantFrom("", "to 22", "from 40000", "from 1-39999 to 20-23"),
      )
      .map(([action, protocol, source, destination, ports]) => {
        const words = protocol === "tcp" || protocol === "udp" ? ` ${ports}` : "";
        return `r: ${action} outbound ${protocol} ${source} ${destination}${words}`.trimEnd();
      });
    const point = fc.record({
      protocol: fc.constantFrom(6, 17, 1, 4),
      port: fc.constantFrom(22, 80),
      from: fc.constantFrom(39_999, 40_000),
    });
    const sight = fc.constantFrom(SIGHT, { ...SIGHT, source: addressesFrom("10.0.0.0/30") });
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        point,
        sight,
        fc.constantFrom<LegacyAll>("yes", "no", "unknown"),
        (rules, { protocol, port, from }, seen, legacy) => {
          const list = listOf(rules);
          const packet =
            protocol === 6 || protocol === 17
              ? { protocol, first: from, second: port }
              : { protocol, first: 0, second: 0 };
          const kinds = new Set(judgeList(list, seen, packet, legacy).decisions.map(({ action }) => action));
          const { allowed, undecided } = passingList(list, seen, legacy);
          const expected = kinds.size > 1 ? "undecided" : kinds.has("allow") ? "allowed" : "denied";
          const found = containsTraffic(allowed, packet)
            ? "allowed"
            : containsTraffic(undecided, packet)
              ? "undecided"
              : "denied";
          assert.equal(found, expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});
