/** What rules decide, as regions, held against reading the list packet by packet. */
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { containsAddress } from "../../net/address.ts";
import { containsTraffic, type TrafficPoint } from "../../net/traffic.ts";
import type { FilterRule } from "../../vpc/model.ts";
import type { Region } from "../../vpc/rule-region.ts";
import { directionView } from "./decisions.ts";
import { address, originOf, range, ruleOf } from "./network.fixture.ts";

const NETWORKS = ["0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.1.0/25", "10.0.2.0/24", "10.9.0.0/16", "10.9.1.7"];
const PORTS = ["", " 80", " 1024-65535", " 443-8080"];
const HOSTS = ["10.0.1.5", "10.0.1.200", "10.0.2.9", "10.9.1.7", "10.9.3.3", "203.0.113.5"].map(address);
const SUBNETS = ["10.0.1.0/24", "10.0.2.0/24"].map(range);

const ruleText = fc
  .record({
    action: fc.constantFrom("allow", "deny"),
    direction: fc.constantFrom("inbound", "outbound"),
    protocol: fc.constantFrom("all", "any", "tcp", "udp", "icmp", "icmp.8", "ip_in_ip"),
    source: fc.constantFrom(...NETWORKS),
    destination: fc.constantFrom(...NETWORKS),
    ports: fc.tuple(fc.constantFrom(...PORTS), fc.constantFrom(...PORTS)),
  })
  .map(({ action, direction, protocol, source, destination, ports: [first, second] }) => {
    const [from, to] = protocol === "tcp" || protocol === "udp" ? [first, second] : ["", ""];
    return `: ${action} ${direction} ${protocol} ${source}${from} -> ${destination}${to}`;
  });

const point: fc.Arbitrary<TrafficPoint> = fc.constantFrom(
  { protocol: 6, first: 40_000, second: 80 },
  { protocol: 6, first: 80, second: 40_000 },
  { protocol: 17, first: 1024, second: 443 },
  { protocol: 1, first: 8, second: 0 },
  { protocol: 1, first: 3, second: 4 },
  { protocol: 4, first: 0, second: 0 },
);

function holds(region: Region, from: bigint, to: bigint, where: TrafficPoint): boolean {
  return region.some(
    (box) =>
      containsAddress(box.source, from) && containsAddress(box.destination, to) && containsTraffic(box.traffic, where),
  );
}

/** The first rule that matches, read as people read a list. */
function firstMatch(
  rules: readonly FilterRule[],
  from: bigint,
  to: bigint,
  where: TrafficPoint,
): FilterRule | undefined {
  return rules.find(
    ({ source, destination, traffic }) =>
      containsAddress(source, from) && containsAddress(destination, to) && containsTraffic(traffic, where),
  );
}

describe("the decisions of a list", () => {
  it("are those of its first rule that matches, for every packet that crosses a border of its subnets", () => {
    const packet = fc.tuple(fc.constantFrom(...HOSTS), fc.constantFrom(...HOSTS), point);
    fc.assert(
      fc.property(
        fc.array(ruleText, { maxLength: 12 }),
        fc.array(packet, { minLength: 10, maxLength: 30 }),
        (texts, packets) => {
          const rules = texts.map((text, i) => ruleOf(text, originOf("acl.json", "acl", i + 1, `rules[${i}]`)));
          for (const direction of ["inbound", "outbound"] as const) {
            const { narrow } = directionView(rules, direction, SUBNETS);
            const mine = rules.filter((rule) => rule.direction === direction);
            for (const [from, to, where] of packets) {
              const [own, remote] = direction === "inbound" ? [to, from] : [from, to];
              const crosses = SUBNETS.some(
                (subnet) => containsAddress(subnet, own) && !containsAddress(subnet, remote),
              );
              const first = crosses ? firstMatch(mine, from, to, where) : undefined;
              const deciders = narrow.rules.filter(({ decides }) => holds(decides, from, to, where));
              assert.deepEqual(
                deciders.map(({ rule }) => rule),
                first === undefined ? [] : [first],
              );
              assert.equal(holds(narrow.rest, from, to, where), crosses && first === undefined);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("differ by what a legacy all means, and only there", () => {
    const carrier = { protocol: 4, first: 0, second: 0 };
    const admits = (protocol: string, reading: "narrow" | "wide"): boolean => {
      const rule = ruleOf(`: allow inbound ${protocol} 0.0.0.0/0 -> 0.0.0.0/0`, originOf("acl.json", "acl"));
      const { rules } = directionView([rule], "inbound", SUBNETS)[reading];
      return rules.some(({ decides }) => holds(decides, address("10.9.1.7"), address("10.0.1.5"), carrier));
    };
    assert.deepEqual([admits("all", "narrow"), admits("all", "wide")], [false, true]);
    assert.deepEqual([admits("any", "narrow"), admits("any", "wide")], [true, true]);
    assert.deepEqual([admits("tcp", "narrow"), admits("tcp", "wide")], [false, false]);
  });
});
