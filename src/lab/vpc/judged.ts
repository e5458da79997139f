/** Reading back which filters have judged which packets. Pure. */
import { type Address, isAddressError, parseAddress } from "../../net/address.ts";
import { headerKind, protocolNumber } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import { NOTES } from "./network-table.ts";

/** A packet as a filter sees it. */
export interface SeenPacket {
  readonly source: Address;
  readonly destination: Address;
  readonly traffic: TrafficPoint;
}

/** A text that two packets share if no stateless filter can tell them apart. */
export function seenKey({ source, destination, traffic }: SeenPacket): string {
  return `${source} ${destination} ${traffic.protocol} ${traffic.first} ${traffic.second}`;
}

/** A packet and the number of one who has judged it. */
export interface Note extends SeenPacket {
  readonly judge: number;
}

/** By {@link seenKey}, the numbers of those that have judged the packet, ascending. */
export type Judged = ReadonlyMap<string, readonly number[]>;

export function judgedIn(objects: readonly unknown[]): Judged {
  const judged = new Map<string, number[]>();
  for (const note of notesIn(objects)) {
    const key = seenKey(note);
    const numbers = judged.get(key) ?? [];
    if (!numbers.includes(note.judge)) numbers.push(note.judge);
    judged.set(
      key,
      numbers.sort((a, b) => a - b),
    );
  }
  return judged;
}

/** By the number that begins a rule's comment, how many packets its counters have seen. */
export function countersIn(objects: readonly unknown[]): ReadonlyMap<number, number> {
  const counted = new Map<number, number>();
  for (const item of objects) {
    const rule = field(item, "rule");
    const comment = field(rule, "comment");
    const number = typeof comment === "string" ? /^(\d+) /.exec(comment)?.[1] : undefined;
    const statements = field(rule, "expr");
    if (number === undefined || !Array.isArray(statements)) continue;
    for (const statement of statements) {
      const packets = field(field(statement, "counter"), "packets");
      if (typeof packets === "number") counted.set(Number(number), (counted.get(Number(number)) ?? 0) + packets);
    }
  }
  return counted;
}

/** Reads the notes of a table as `tableObjects` lists it. Throws where the list is not what this folder has written. */
export function* notesIn(objects: readonly unknown[]): Generator<Note> {
  for (const item of objects) {
    const set = field(item, "set");
    const note = NOTES.find((candidate) => candidate.set === field(set, "name"));
    const elements = field(set, "elem");
    if (note === undefined || elements === undefined) continue;
    if (!Array.isArray(elements)) throw new Error("nft lists a set without a list of elements");
    for (const element of elements) yield noteOf(field(element, "concat"), note.protocol);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

/** Addresses, then either two fields of the header or the protocol, then the judge. */
function noteOf(concat: unknown, ofProtocol: number | undefined): Note {
  const [source, destination, ...fields]: readonly unknown[] = Array.isArray(concat) ? concat : [];
  const numbers = fields.map((value) => (typeof value === "string" ? protocolNumber(value) : value));
  const [protocol, first, second, judge] =
    ofProtocol === undefined ? [numbers[0], 0, 0, numbers[1]] : [ofProtocol, ...numbers];
  if (
    typeof protocol !== "number" ||
    typeof first !== "number" ||
    typeof second !== "number" ||
    typeof judge !== "number"
  ) {
    throw new Error(`nft lists an element that nobody has written: ${JSON.stringify(concat)}`);
  }
  const traffic = trafficOf(protocol, first, second);
  return { source: addressIn(source), destination: addressIn(destination), traffic, judge };
}

function addressIn(value: unknown): Address {
  const address = parseAddress(String(value));
  if (isAddressError(address)) throw new Error(`nft lists ${String(value)} as an address: ${address.reason}`);
  return address;
}

/** From the first two pairs of bytes behind the IP header. */
function trafficOf(protocol: number, first: number, second: number): TrafficPoint {
  switch (headerKind(protocol)) {
    case "ports":
      return { protocol, first, second };
    case "icmp":
      return { protocol, first: first >>> 8, second: first & 0xff };
    case "none":
      return { protocol, first: 0, second: 0 };
  }
}
