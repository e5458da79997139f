/** For tests: small tables. */
import type { Chain, Element, NamedSet, Ruleset } from "../../dataplane/ruleset.ts";
import { rule } from "../../dataplane/ruleset.ts";
import { ACCEPT, COUNTER, DROP, equals, goto, inRange, inSet, inState, notInSet } from "../../dataplane/statement.ts";

export const TABLE = "pcltest";

export const DENY: Chain = { name: "deny", about: "Nothing passes.", rules: [rule(COUNTER, DROP)] };

/** A base chain that asks a map for the verdict of each forwarded packet. */
export const FORWARD: Chain = {
  name: "forward",
  about: "Asks the map.",
  hook: { point: "forward", priority: -10, policy: "accept" },
  rules: [rule({ kind: "verdict-map", fields: ["ip saddr", "meta priority"], map: "pairs" })],
};

export function pairs(elements: readonly Element[]): NamedSet {
  return { name: "pairs", about: "", key: ["ipv4_addr", "classid"], value: "verdict", interval: false, elements };
}

/** So many pairs, each leading to the deny chain. */
export function manyPairs(count: number): readonly Element[] {
  return Array.from({ length: count }, (_, i) => ({ key: [BigInt(i), 1], value: { kind: "goto", chain: "deny" } }));
}

export function pairsRuleset(elements: readonly Element[]): Ruleset {
  return { table: TABLE, sets: [pairs(elements)], chains: [FORWARD, DENY] };
}

/** Two tables of which one is hardly ever the other: elements, values, a chain and rules differ. */
export function alternatives(count: number): readonly [Ruleset, Ruleset] {
  const admitted: Chain = { name: "admitted", about: "", rules: [rule(COUNTER, ACCEPT)] };
  const one = pairsRuleset(manyPairs(count));
  const other = pairsRuleset(
    Array.from({ length: count }, (_, i) => ({
      key: [BigInt(i), i % 2 === 0 ? 1 : 2],
      value: { kind: "goto", chain: i % 3 === 0 ? "deny" : "admitted" },
    })),
  );
  const forward = { ...FORWARD, rules: [rule(inState("invalid"), DROP), ...FORWARD.rules] };
  return [one, { ...other, chains: [forward, DENY, admitted] }];
}

const V6 = (1n << 128n) + (0xfdn << 120n);

const V4_ENDS = [
  "ip saddr",
  "ip daddr",
  "ct original ip saddr",
  "ct original ip daddr",
  "ct reply ip saddr",
  "ct reply ip daddr",
] as const;

const V6_ENDS = [
  "ip6 saddr",
  "ip6 daddr",
  "ct original ip6 saddr",
  "ct original ip6 daddr",
  "ct reply ip6 saddr",
  "ct reply ip6 daddr",
] as const;

/** Everything a table can hold in this code's terms, and that programs do not use. */
export const ODDITIES: Ruleset = {
  table: TABLE,
  sets: [
    {
      name: "ports",
      about: "A set of ports.",
      key: ["inet_service"],
      interval: false,
      elements: [{ key: [80] }, { key: [65_535], comment: 'the "last" one' }],
    },
    {
      name: "protocols",
      about: "Parts that are shorter than a register.",
      key: ["inet_proto", "inet_service", "ipv6_addr"],
      interval: false,
      elements: [{ key: [6, 443, V6 + 1n] }, { key: [17, 53, V6 + 2n] }],
    },
    {
      name: "marks",
      about: "Marks, and one for everybody else.",
      key: ["ipv4_addr"],
      value: "mark",
      interval: false,
      elements: [
        { key: [1n], value: 0xffff_0001 },
        { key: "*", value: 7, comment: "everybody else" },
      ],
    },
    {
      name: "blocks",
      about: "The whole line, in parts that touch.",
      key: ["ipv6_addr"],
      value: "verdict",
      interval: true,
      elements: [
        { key: [{ start: 1n << 128n, end: V6 }], value: { kind: "drop" } },
        { key: [{ start: V6, end: V6 + 1n }], value: { kind: "jump", chain: "deny" } },
        { key: [{ start: V6 + 1n, end: 2n << 128n }], value: { kind: "accept" } },
      ],
    },
    { name: "by_mark", about: "", key: ["mark", "ifname"], interval: false, elements: [{ key: [7, "eth0"] }] },
    { name: "addresses4", about: "", key: ["ipv4_addr"], interval: false, elements: [{ key: [0xffff_ffffn] }] },
    { name: "addresses6", about: "", key: ["ipv6_addr"], interval: false, elements: [{ key: [V6] }] },
    { name: "by_interface", about: "", key: ["ifname"], value: "classid", interval: false, elements: [] },
  ],
  chains: [
    {
      name: "output",
      about: "A base chain at another place.",
      hook: { point: "output", priority: 7, policy: "accept" },
      rules: [
        rule(inSet("ports", "th dport"), goto("deny")),
        { statements: [notInSet("protocols", "meta l4proto", "th sport", "ip6 daddr"), ACCEPT], comment: "some rule" },
        rule(inRange("icmp type", { start: 3, end: 6 }), ACCEPT),
        rule(equals("icmp type", 8), equals("th dport", 7), ACCEPT),
        rule({ kind: "set-from", field: "meta mark", by: ["ip daddr"], map: "marks" }),
        rule({ kind: "set-from", field: "meta priority", by: ["oifname"], map: "by_interface" }),
        rule({ kind: "bits", field: "meta mark", mask: 0xff, value: 7 }, inSet("by_mark", "meta mark", "iifname")),
        rule({ kind: "verdict-map", fields: ["ip6 saddr"], map: "blocks" }),
        rule(inState("new"), { kind: "log", prefix: "new ", group: 3, length: 64 }),
        rule(inSet("by_mark", "ct mark", "oifname"), { kind: "verdict", verdict: { kind: "continue" } }),
        rule({ kind: "set", field: "ct mark", value: 0x8000_0000 }, { kind: "reject", answer: "admin-prohibited" }),
      ],
    },
    {
      name: "ends",
      about: "Every address of packet and connection.",
      rules: [
        ...V4_ENDS.map((field) => rule(inSet("addresses4", field), ACCEPT)),
        ...V6_ENDS.map((field) => rule(inSet("addresses6", field), ACCEPT)),
      ],
    },
    DENY,
  ],
};
