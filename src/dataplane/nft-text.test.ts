import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { box, subtractTraffic, ALL_TRAFFIC, NO_TRAFFIC, toPorts, type TrafficSet } from "../net/traffic.ts";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import { nftText } from "./nft-text.ts";
import { EMPTY_PROGRAM as EMPTY, programWith as withV4 } from "./program.fixture.ts";

const A = 0x0a00_0101n;

function objectsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\t(set|map|chain) (\S+) \{$/gm)].map(([, kind, name]) => `${kind} ${name}`);
}

function chainOf(text: string, name: string): readonly string[] {
  const body = new RegExp(`\\tchain ${name} \\{\\n([^}]*)\\t\\}`).exec(text)?.[1];
  assert.ok(body !== undefined, `there is no chain ${name}`);
  return body
    .trim()
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => !line.startsWith("#"));
}

describe("the text of a program", () => {
  it("replaces the table in one transaction, whether it is there or not", () => {
    const lines = nftText(EMPTY)
      .split("\n")
      .filter((line) => !line.startsWith("#") && !line.startsWith("\t"));
    assert.deepEqual(lines.slice(0, 3), [
      "table inet portcullis",
      "delete table inet portcullis",
      "table inet portcullis {",
    ]);
  });

  it("has the same few sets, maps and chains however many pods and pairs there are", () => {
    const pairs = Array.from({ length: 500 }, (_, i) => ({
      peerClass: i + 1,
      pod: A,
      target: { kind: "admit" } as const,
    }));
    const blocks = Array.from({ length: 500 }, (_, i) => ({
      block: { start: BigInt(i * 2), end: BigInt(i * 2 + 1) },
      peerClass: i + 1,
    }));
    const big = withV4({
      isolatedIngress: [A],
      addressClasses: blocks,
      blockClasses: blocks,
      ingress: pairs,
      egress: pairs,
    });
    assert.deepEqual(objectsOf(nftText(big)), objectsOf(nftText(EMPTY)));
    assert.equal(objectsOf(nftText(EMPTY)).filter((name) => !name.startsWith("chain")).length, 14);
  });

  it("holds as many pairs as a large node has", () => {
    const ingress = Array.from({ length: 300_000 }, (_, i) => ({
      peerClass: i + 1,
      pod: A,
      target: { kind: "admit" } as const,
    }));
    assert.equal(nftText(withV4({ ingress })).match(/ : 8000:0,/g)?.length, 300_000);
  });

  it("correction 7: has one more chain for each kind of traffic, and no anonymous set in any", () => {
    const traffic = toPorts(TCP, [
      { start: 80, end: 81 },
      { start: 443, end: 444 },
    ]);
    const text = nftText({ ...EMPTY, trafficChains: [{ name: "traffic_a", traffic, logged: NO_TRAFFIC }] });
    assert.deepEqual(objectsOf(text).toSorted(), [...objectsOf(nftText(EMPTY)), "chain traffic_a"].toSorted());
    for (const name of objectsOf(text).filter((one) => one.startsWith("chain"))) {
      assert.ok(!chainOf(text, name.slice(6)).some((rule) => rule.includes("{")), name);
    }
  });

  it("asks first whether an end is governed, and leaves every other packet alone", () => {
    const [head, ...rules] = chainOf(nftText(EMPTY), "forward");
    assert.equal(head, "type filter hook forward priority filter - 10; policy accept;");
    for (const rule of rules.slice(0, 4))
      assert.match(rule, /^ct (original|reply) ip6? saddr @isolated_\S+ goto governed$/);
    assert.deepEqual(rules.slice(4), ["ct state invalid,untracked goto trackless"]);
    for (const rule of chainOf(nftText(EMPTY), "trackless")) assert.match(rule, /@isolated_\S+ goto drop_trackless$/);
    assert.deepEqual(chainOf(nftText(EMPTY), "drop_trackless"), [
      'limit rate 10/second log prefix "portcullis dropped trackless" group 4477',
      "counter drop",
    ]);
  });

  it("leaves no class behind in the priority of a packet that goes on", () => {
    const rules = chainOf(nftText(EMPTY), "governed");
    const judged = rules.findLastIndex((rule) => rule.includes(" jump "));
    assert.equal(rules[judged + 1], "meta priority set 0:0");
  });

  it("clears the class before each look-up, and asks for the single address after the block", () => {
    for (const direction of ["egress4", "ingress4", "egress6", "ingress6"]) {
      const rules = chainOf(nftText(EMPTY), direction);
      assert.equal(rules[0], "meta priority set 0:0");
      const order = ["@block_class", "@address_class", "_pairs", "@traffic", "goto deny"].map((word) =>
        rules.findIndex((rule) => rule.includes(word)),
      );
      assert.deepEqual(order, [1, 2, 3, 4, 5]);
    }
  });

  it("leads from a pair to its traffic by a number that no class has", () => {
    const traffic = toPorts(TCP, [{ start: 80, end: 81 }]);
    const chain = { name: "traffic_a", traffic, logged: NO_TRAFFIC };
    const pairs = [
      { peerClass: 1, pod: A, target: { kind: "traffic", chain: "traffic_a" } },
      { peerClass: 2, pod: A, target: { kind: "admit" } },
    ] as const;
    const text = nftText(withV4({ ingress: pairs }, { trafficChains: [chain] }), () => "shop/web");
    const [, number = ""] = /10\.0\.1\.1 \. 0:1 : (\S+), {2}# shop\/web: TCP 80$/m.exec(text) ?? [];
    assert.match(number, /^[89a-f][0-9a-f]{3}:[0-9a-f]+$/);
    assert.ok(text.includes(`\t${number} : goto traffic_a,\n`), text);
    assert.match(text, /10\.0\.1\.1 \. 0:2 : 8000:0, {2}# shop\/web: all$/m);
    assert.match(text, /\t8000:0 : return,\n/);
  });

  it("has no pair that leads to a chain that is not there", () => {
    const lost = { peerClass: 1, pod: A, target: { kind: "traffic", chain: "traffic_a" } } as const;
    assert.throws(() => nftText(withV4({ ingress: [lost] })), /traffic_a/);
  });

  for (const [generation, stamp] of [
    [1, "0x00010000"],
    [255, "0x00ff0000"],
    [65_535, "0xffff0000"],
  ] as const) {
    it(`stamps generation ${generation} as ${stamp} and keeps the other bits of the mark`, () => {
      const text = nftText({ ...EMPTY, generation });
      const rules = chainOf(text, "governed");
      assert.ok(rules.includes("ct state established ct mark and 0xffff0000 == @stamps accept"));
      assert.match(
        text,
        new RegExp(`set stamps \\{\\n\\t\\ttype mark\\n\\t\\telements = \\{\\n\\t\\t\\t${stamp},\\n\\t\\t\\}`),
      );
      assert.deepEqual(chainOf(text, "stamp"), [`ct mark set ct mark and 0x0000ffff or ${stamp}`]);
      assert.deepEqual(rules.slice(-2), ["jump stamp", "accept"]);
    });
  }

  it("lets errors about a connection pass before asking for the stamp, and never stamps them", () => {
    const rules = chainOf(nftText(EMPTY), "governed");
    assert.deepEqual(rules.slice(0, 2), [
      "ct state related meta l4proto icmp accept",
      "ct state related meta l4proto icmpv6 accept",
    ]);
  });

  it("rejects or drops as it is told, and logs it with the generation", () => {
    assert.deepEqual(chainOf(nftText(EMPTY), "deny"), [
      'ct state established,related log prefix "portcullis denied 1 known" group 4477',
      'ct state new,invalid,untracked log prefix "portcullis denied 1" group 4477',
      "ct state new meta l4proto tcp tcp flags and 2 == 0 counter drop",
      "counter drop",
    ]);
    assert.match(chainOf(nftText({ ...EMPTY, denial: "reject" }), "deny").join(), /tcp reset.*admin-prohibited/);
  });

  it("binds sources where interfaces are known, neighbour discovery excepted", () => {
    const text = nftText({ ...EMPTY, interfaces: [{ name: "veth1", addresses: [A, (1n << 128n) + 1n] }] });
    assert.deepEqual(chainOf(text, "source"), [
      "type filter hook prerouting priority raw; policy accept;",
      "iifname != @pod_interfaces accept",
      "icmpv6 type 130-136 accept",
      "icmpv6 type 143 accept",
      "iifname . ip saddr @bound4 accept",
      "iifname . ip6 saddr @bound6 accept",
      'limit rate 10/second log prefix "portcullis dropped source" group 4477',
      "counter drop",
    ]);
    assert.match(text, /"veth1" \. 10\.0\.1\.1,/);
    assert.match(text, /"veth1" \. ::1,/);
    assert.ok(!objectsOf(nftText(EMPTY)).includes("chain source"));
  });

  it("has an input chain only where connections to the own node are judged", () => {
    assert.ok(!objectsOf(nftText(EMPTY)).includes("chain input"));
    assert.ok(objectsOf(nftText({ ...EMPTY, toOwnNode: "judge" })).includes("chain input"));
  });

  it("denies what any pod of the node sends to it where that is dropped, neighbour discovery excepted", () => {
    const text = nftText(withV4({ localPods: [A] }, { toOwnNode: "drop" }));
    assert.deepEqual(chainOf(text, "input"), [
      "type filter hook input priority filter - 10; policy accept;",
      "icmpv6 type 130-136 accept",
      "icmpv6 type 143 accept",
      "ct original ip saddr @local_pods4 goto deny",
      "ct original ip6 saddr @local_pods6 goto deny",
      "ct state invalid,untracked goto trackless",
    ]);
    assert.match(text, /set local_pods4 \{\n\t\ttype ipv4_addr\n\t\telements = \{\n\t\t\t10\.0\.1\.1,\n/);
    assert.ok(!objectsOf(nftText(EMPTY)).includes("set local_pods4"));
  });

  it("writes class numbers of 32 bits in halves", () => {
    const entry = (peerClass: number): string =>
      nftText(withV4({ addressClasses: [{ block: { start: A, end: A + 1n }, peerClass }] }));
    assert.match(entry(10), /10\.0\.1\.1 : 0:a,/);
    assert.match(entry(65_536), /10\.0\.1\.1 : 1:0,/);
    assert.match(entry(0x12345), /10\.0\.1\.1 : 1:2345,/);
  });

  it("writes names as comments, in which nothing can end the line", () => {
    const text = nftText(
      withV4({ isolatedIngress: [A] }, { node: "n1\nflush ruleset", degraded: ["a\nb"] }),
      () => "shop/x\n}\u001b[0m",
    );
    assert.match(text, /10\.0\.1\.1, {2}# shop\/x\?\}\?\[0m$/m);
    assert.ok(!/^\s*(flush|b)/m.test(text));
  });
});

describe("a traffic chain", () => {
  const rulesOf = (traffic: TrafficSet): readonly string[] =>
    chainOf(nftText({ ...EMPTY, trafficChains: [{ name: "traffic_a", traffic, logged: NO_TRAFFIC }] }), "traffic_a");
  const range = (first: number, last = first): { start: number; end: number } => ({ start: first, end: last + 1 });

  for (const [what, traffic, rules] of [
    [
      "ports, after translation",
      toPorts(TCP, [range(80), range(8000, 8080)]),
      ["meta l4proto tcp ct reply proto-src 80 return", "meta l4proto tcp ct reply proto-src 8000-8080 return"],
    ],
    [
      "source ports",
      box(TCP, [range(7)], [range(80)]),
      ["meta l4proto tcp ct original proto-src 7 ct reply proto-src 80 return"],
    ],
    ["port 0 as a port", toPorts(TCP, [range(0)]), ["meta l4proto tcp ct reply proto-src 0 return"]],
    [
      "an ICMP type",
      box(ICMP, [range(8)], [range(0, 255)]),
      ["meta l4proto icmp ct original proto-dst 2048-2303 return"],
    ],
    [
      "ICMP types and codes",
      box(ICMPV6, [range(1, 2)], [range(4)]),
      ["meta l4proto icmpv6 ct original proto-dst 260 return", "meta l4proto icmpv6 ct original proto-dst 516 return"],
    ],
  ] as const) {
    it(`matches ${what}`, () => assert.deepEqual(rulesOf(traffic), [...rules, "goto deny"]));
  }

  it("logs what log rules meet before it decides, and says so", () => {
    const logged = toPorts(TCP, [range(22), range(80)]);
    const traffic = toPorts(TCP, [range(80)]);
    const text = nftText({ ...EMPTY, trafficChains: [{ name: "traffic_a", traffic, logged }] });
    const log = 'limit rate 100/second log prefix "portcullis " group 4477';
    assert.deepEqual(chainOf(text, "traffic_a"), [
      `meta l4proto tcp ct reply proto-src 22 ${log}`,
      `meta l4proto tcp ct reply proto-src 80 ${log}`,
      "meta l4proto tcp ct reply proto-src 80 return",
      "goto deny",
    ]);
    assert.match(text, /# Admits TCP 80, logs TCP 22,80\./);
  });

  it("that admits nothing may still log", () => {
    const logged = toPorts(TCP, [range(22)]);
    const text = nftText({ ...EMPTY, trafficChains: [{ name: "traffic_a", traffic: NO_TRAFFIC, logged }] });
    assert.match(text, /# Admits none, logs TCP 22\./);
    assert.equal(chainOf(text, "traffic_a").length, 2);
  });

  it("of everything but one port names every other protocol", () => {
    const rules = rulesOf(subtractTraffic(ALL_TRAFFIC, toPorts(TCP, [range(25)])));
    assert.ok(rules.includes("meta l4proto tcp ct reply proto-src 0-24 return"));
    assert.ok(rules.includes("meta l4proto tcp ct reply proto-src 26-65535 return"));
    assert.ok(rules.includes("meta l4proto udp return"));
    assert.equal(rules.at(-1), "goto deny");
  });
});
