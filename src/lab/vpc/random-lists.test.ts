/** Random lists in the kernel, held against the plainest matcher there can be. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { ICMP, TCP, UDP } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import { reasonToSkip } from "../standing.fixture.ts";
import { fateText, inVpcLab, packet } from "./fates.fixture.ts";
import { inventoryOf } from "./inventory.fixture.ts";
import type { VpcPacket } from "./packets.ts";

const SUBNETS = { a: "10.1.0.0/24", b: "10.1.1.0/24", c: "10.2.0.0/16" } as const;
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  a: ["10.1.0.5", "10.1.0.9"],
  b: ["10.1.1.5"],
  c: ["10.2.9.9"],
};
const OUTSIDE = "203.0.113.9";
const CIDRS = [
  "0.0.0.0/0",
  "10.1.0.0/16",
  "10.1.0.0/24",
  "10.1.0.8/29",
  "10.1.1.5/32",
  "10.2.0.0/16",
  "203.0.113.0/24",
];
const PROTOCOLS = [TCP, UDP, ICMP, 4, 47] as const;

/** A rule as plain as it can be: inclusive numbers, texts of addresses. */
interface PlainRule {
  readonly action: "allow" | "deny";
  readonly direction: "inbound" | "outbound";
  readonly source: string;
  readonly destination: string;
  /** Undefined: every protocol. */
  readonly protocol: number | undefined;
  readonly first: readonly [number, number];
  readonly second: readonly [number, number];
}

type PlainList = readonly PlainRule[];

const FIELD_VALUES = [0, 3, 8, 53, 80, 443, 40_000, 65_535];

const range = fc
  .tuple(fc.constantFrom(...FIELD_VALUES), fc.constantFrom(...FIELD_VALUES))
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const plainRule: fc.Arbitrary<PlainRule> = fc.record({
  action: fc.constantFrom("allow", "allow", "deny"),
  direction: fc.constantFrom("inbound", "outbound"),
  source: fc.constantFrom(...CIDRS),
  destination: fc.constantFrom(...CIDRS),
  protocol: fc.option(fc.constantFrom(...PROTOCOLS), { nil: undefined }),
  first: fc.oneof(fc.constant([0, 65_535] as const), range),
  second: range,
});

const lists = fc.record({
  a: fc.array(plainRule, { maxLength: 8 }),
  b: fc.array(plainRule, { maxLength: 8 }),
  c: fc.array(plainRule, { maxLength: 8 }),
});

type Lists = Readonly<Record<keyof typeof SUBNETS, PlainList>>;

const TRAFFIC = [
  "tcp/80",
  "tcp/443 from 8",
  "tcp/40000 from 443",
  "udp/53",
  "udp/80 from 53",
  "icmp/8",
  "icmp/3.3",
  "4",
  "47",
];

const PACKETS: readonly VpcPacket[] = [...Object.values(HOSTS).flat(), OUTSIDE].flatMap((from, i, all) =>
  all
    .filter((to) => to !== from && from !== OUTSIDE)
    // Two hosts behind one gateway that send a protocol without ports to one place cannot be told apart there.
    .flatMap((to) =>
      TRAFFIC.filter((what) => to !== OUTSIDE || i === 0 || !/^\d+$/.test(what)).map((what) => packet(from, to, what)),
    ),
);

describe("random access lists", { skip: reasonToSkip() }, () => {
  it("meet every packet in the kernel as the plainest matcher says", async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (chosen) => {
        const inventory = inventoryOf(
          Object.fromEntries(
            Object.entries(SUBNETS).map(([name, cidr]) => [
              name,
              {
                cidr,
                rules: chosen[nameOf(name)].map(ruleText),
                gateway: `198.51.100.${name.charCodeAt(0)}`,
              },
            ]),
          ),
        );
        await inVpcLab(inventory, [...Object.values(HOSTS).flat(), OUTSIDE], async (lab) => {
          const fates = (await lab.probe(PACKETS)).map(fateText);
          assert.deepEqual(
            fates,
            PACKETS.map((one) => expected(chosen, one)),
          );
        });
      }),
      { numRuns: Number(process.env["PORTCULLIS_RUNS"] ?? 12), includeErrorInReport: true },
    );
  });
});

function nameOf(text: string): keyof Lists {
  if (text === "a" || text === "b" || text === "c") return text;
  throw new Error(`no subnet ${text}`);
}

/** The rule as `aclFrom` reads it. */
function ruleText({ action, direction, source, destination, protocol, first, second }: PlainRule, i: number): string {
  const head = `rule-${i}: ${action} ${direction} ${protocol ?? "all"} ${source} ${destination}`;
  if (protocol === undefined || protocol === 4 || protocol === 47) return head;
  const [one, other] = protocol === ICMP ? ["type", "code"] : ["from", "to"];
  // No packet here has a type or code as high as that.
  const text = (range: readonly number[]): string =>
    range.map((value) => (protocol === ICMP ? Math.min(value, 255) : value)).join("-");
  return `${head} ${one} ${text(first)} ${other} ${text(second)}`;
}

/** The expected fate, from nothing but the plain rules. */
function expected(chosen: Lists, { from, to, traffic }: VpcPacket): string {
  const request = legOf(chosen, from, to, traffic);
  if (request !== "delivered") return request;
  const answer = answerTo(traffic);
  return answer === undefined ? request : `${request}, reply ${legOf(chosen, to, from, answer)}`;
}

function answerTo({ protocol, first, second }: TrafficPoint): TrafficPoint | undefined {
  if (protocol === ICMP) return first === 8 ? { protocol, first: 0, second: 0 } : undefined;
  return { protocol, first: second, second: first };
}

function legOf(chosen: Lists, from: bigint, to: bigint, traffic: TrafficPoint): string {
  const [source, destination] = [subnetOf(from), subnetOf(to)];
  if (source === destination) return "delivered";
  for (const [subnet, direction] of [
    [source, "outbound"],
    [destination, "inbound"],
  ] as const) {
    if (subnet === undefined) continue;
    const index = chosen[subnet].findIndex((one) => one.direction === direction && matches(one, from, to, traffic));
    if (chosen[subnet][index]?.action === "allow") continue;
    return `dropped by ${index < 0 ? "no rule" : `rule-${index}`} (${subnet} ${direction})`;
  }
  return "delivered";
}

function subnetOf(address: bigint): keyof Lists | undefined {
  const [name] = Object.entries(SUBNETS).find(([, cidr]) => isIn(address, cidr)) ?? [];
  return name === undefined ? undefined : nameOf(name);
}

function matches(
  { source, destination, protocol, action, first, second }: PlainRule,
  from: bigint,
  to: bigint,
  traffic: TrafficPoint,
): boolean {
  if (!isIn(from, source) || !isIn(to, destination)) return false;
  // A legacy "all" denies everything, and allows three protocols.
  if (protocol === undefined) return action === "deny" || [TCP, UDP, ICMP].includes(traffic.protocol);
  if (protocol !== traffic.protocol) return false;
  if (protocol === 4 || protocol === 47) return true;
  const inside = (value: number, [low, high]: readonly [number, number]): boolean => low <= value && value <= high;
  return inside(traffic.first, first) && inside(traffic.second, second);
}

function isIn(address: bigint, cidr: string): boolean {
  const [text = "", length] = cidr.split("/");
  const network = text.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const shift = BigInt(32 - Number(length));
  return address >> shift === network >> shift;
}
