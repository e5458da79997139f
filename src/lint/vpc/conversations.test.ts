/** What becomes of replies, held against sending each packet and its reply through the list by hand. */
import * as fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { containsAddress } from "../../net/address.ts";
import { containsTraffic, type TrafficPoint } from "../../net/traffic.ts";
import type { FilterRule, NetworkDirection } from "../../vpc/model.ts";
import type { Region } from "../../vpc/rule-region.ts";
import { aclView } from "./acl-view.ts";
import { conversationsOf } from "./conversations.ts";
import { address, networkOf } from "./network.fixture.ts";
import { rolesOf } from "./reply-traffic.ts";

interface Packet {
  readonly from: bigint;
  readonly to: bigint;
  readonly point: TrafficPoint;
}

const OWN = ["10.0.1.5", "10.0.1.200"].map(address);
const REMOTE = ["10.0.2.9", "10.9.1.7", "203.0.113.5"].map(address);
/** Each request with its reply, as a client and a service make them. */
const EXCHANGES: readonly (readonly [TrafficPoint, TrafficPoint])[] = [
  [tcp(40_000, 80), tcp(80, 40_000)],
  [tcp(50_000, 443), tcp(443, 50_000)],
  [udp(40_000, 53), udp(53, 40_000)],
  [
    { protocol: 1, first: 8, second: 0 },
    { protocol: 1, first: 0, second: 0 },
  ],
  [
    { protocol: 4, first: 0, second: 0 },
    { protocol: 4, first: 0, second: 0 },
  ],
];

function tcp(first: number, second: number): TrafficPoint {
  return { protocol: 6, first, second };
}

function udp(first: number, second: number): TrafficPoint {
  return { protocol: 17, first, second };
}

const ruleText = fc
  .record({
    action: fc.constantFrom("allow", "allow", "deny"),
    direction: fc.constantFrom("inbound", "outbound"),
    words: fc.constantFrom(
      ["tcp", "", " 80"],
      ["tcp", " 80", ""],
      ["tcp", " 443", " 1024-65535"],
      ["tcp", "", " 1-500"],
      ["tcp", "", ""],
      ["udp", "", " 53"],
      ["udp", " 53", ""],
      ["icmp", "", ""],
      ["icmp.8", "", ""],
      ["icmp.0", "", ""],
      ["ip_in_ip", "", ""],
      ["any", "", ""],
    ),
    remote: fc.constantFrom("0.0.0.0/0", "10.0.0.0/8", "10.9.0.0/16", "203.0.113.5"),
    own: fc.constantFrom("0.0.0.0/0", "10.0.1.0/24", "10.0.1.0/25"),
  })
  .map(({ action, direction, words: [protocol = "", first = "", second = ""], remote, own }) => {
    const [source, destination] = direction === "inbound" ? [remote, own] : [own, remote];
    return `: ${action} ${direction} ${protocol} ${source}${first} -> ${destination}${second}`;
  });

function decider(
  rules: readonly FilterRule[],
  direction: NetworkDirection,
  { from, to, point }: Packet,
): FilterRule | undefined {
  return rules.find(
    (rule) =>
      rule.direction === direction &&
      containsAddress(rule.source, from) &&
      containsAddress(rule.destination, to) &&
      containsTraffic(rule.traffic, point),
  );
}

function holds(region: Region, { from, to, point }: Packet): boolean {
  return region.some(
    (box) =>
      containsAddress(box.source, from) && containsAddress(box.destination, to) && containsTraffic(box.traffic, point),
  );
}

describe("the conversations of a list", () => {
  it("hold exactly those replies as dropped that the list drops when they are sent", () => {
    const exchange = fc.tuple(
      fc.constantFrom(...OWN),
      fc.constantFrom(...REMOTE),
      fc.constantFrom(...EXCHANGES),
      fc.boolean(),
    );
    fc.assert(
      fc.property(
        fc.array(ruleText, { minLength: 1, maxLength: 8 }),
        fc.array(exchange, { minLength: 10, maxLength: 30 }),
        (texts, exchanges) => {
          const { acls, subnets } = networkOf({
            subnets: { s: { cidr: "10.0.1.0/24", acl: "a" } },
            acls: { a: texts.join("\n") },
          });
          const [acl] = acls;
          assert.ok(acl !== undefined);
          const conversations = conversationsOf(aclView(acl, undefined, subnets));
          for (const [own, remote, [asked, answered], comesIn] of exchanges) {
            const request = { from: comesIn ? remote : own, to: comesIn ? own : remote, point: asked };
            const reply = { from: request.to, to: request.from, point: answered };
            const rule = decider(acl.rules, comesIn ? "inbound" : "outbound", request);
            const isAsked = rule?.action === "allow" && containsTraffic(rolesOf(rule.traffic).asking, asked);
            if (!isAsked) continue;
            const passes: boolean = decider(acl.rules, comesIn ? "outbound" : "inbound", reply)?.action === "allow";
            const found = conversations.find((one) => one.rule === rule && one.role === "asking");
            assert.ok(found !== undefined && holds(found.packets, request));
            assert.equal(holds(found.dropped, reply), !passes);
            if (found.isCut && passes) assert.ok(found.passing.length > 0);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
