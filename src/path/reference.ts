/** The one grammar for ends of a flow, in input and output: what a text names, before looking whether it exists. */
import { type Workload, workloadKind } from "../cluster/endpoint.ts";
import { type Address, type AddressSet, isAddressError, parseAddress, parseCidr } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { headerKind, ICMP, ICMPV6, protocolNumber, SCTP, TCP, UDP } from "../net/protocol.ts";
import { allOf, box, type TrafficSet, unionTraffic } from "../net/traffic.ts";

export type Reference =
  | {
      readonly kind: "workload";
      readonly namespace: string;
      readonly name: string;
      readonly of: Workload["kind"] | undefined;
    }
  | { readonly kind: "service"; readonly namespace: string; readonly name: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "address"; readonly address: Address }
  | { readonly kind: "block"; readonly addresses: AddressSet }
  | { readonly kind: "internet" };

/** What traffic is asked about. `named`: a port name that each destination resolves by itself. */
export type Asked =
  | { readonly kind: "everything" }
  | { readonly kind: "traffic"; readonly traffic: TrafficSet }
  | { readonly kind: "named"; readonly name: string; readonly protocol: number };

/** A text that names no end, and what to write instead. */
export interface ReferenceError {
  readonly error: string;
  readonly remedy: string;
}

const GRAMMAR = "write NAMESPACE/NAME, NAMESPACE/KIND/NAME, node/NAME, an address, a CIDR or internet";

export function isReferenceError(value: object): value is ReferenceError {
  return "error" in value;
}

/**
 * Parses `NS/[KIND/]NAME`, `node/NAME`, an address, a CIDR or `internet`. `ns:` in front makes the first word a namespace.
 * A NAME without namespace is looked up in `namespace`.
 */
export function parseReference(text: string, namespace: string): Reference | ReferenceError {
  if (text === "") return { error: "an end of the flow is empty", remedy: GRAMMAR };
  if (text === "internet") return { kind: "internet" };
  const forced = text.startsWith("ns:");
  const body = forced ? text.slice(3) : text;
  if (!forced) {
    const numeric = parseNumeric(body);
    if (numeric !== undefined) return numeric;
  }
  const words = body.split("/");
  if (words.some((word) => !/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(word))) {
    return { error: `"${text}" is not an end of a flow`, remedy: GRAMMAR };
  }
  const [first = "", second, third] = words;
  if (words.length === 1) return { kind: "workload", namespace, name: first, of: undefined };
  if (words.length === 2 && second !== undefined) {
    if (!forced && (first === "node" || first === "nodes" || first === "no")) return { kind: "node", name: second };
    if (!forced && isKindWord(first)) return ofKind(namespace, first, second);
    return { kind: "workload", namespace: first, name: second, of: undefined };
  }
  if (words.length === 3 && second !== undefined && third !== undefined) {
    if (isKindWord(second)) return ofKind(first, second, third);
    return {
      error: `"${second}" is not a kind that bears addresses`,
      remedy: "use pod, deploy, rs, sts, ds, job, cj, rc or svc",
    };
  }
  return { error: `"${text}" has too many parts`, remedy: GRAMMAR };
}

function isKindWord(word: string): boolean {
  return isServiceWord(word) || workloadKind(word) !== undefined;
}

function isServiceWord(word: string): boolean {
  return ["svc", "service", "services"].includes(word.toLowerCase());
}

function ofKind(namespace: string, kind: string, name: string): Reference {
  return isServiceWord(kind)
    ? { kind: "service", namespace, name }
    : { kind: "workload", namespace, name, of: workloadKind(kind) };
}

/** Undefined when the text does not look like an address at all. */
function parseNumeric(text: string): Reference | ReferenceError | undefined {
  if (!text.includes(":") && !/^[\d.]+(\/\d*)?$/.test(text)) return undefined;
  if (text.includes("/")) {
    const cidr = parseCidr(text);
    return isAddressError(cidr)
      ? { error: `"${text}" is not a CIDR: ${cidr.reason}`, remedy: "write it like 10.0.0.0/8 or fd00::/64" }
      : { kind: "block", addresses: [cidr.range] };
  }
  const address = parseAddress(text);
  return isAddressError(address)
    ? { error: `"${text}" is not an address: ${address.reason}`, remedy: "write it like 10.0.0.1 or fd00::1" }
    : { kind: "address", address };
}

/** TCP, UDP, SCTP and ICMP of the family: what is asked about when no port is given. */
export const EVERYTHING_ASKED: Asked = { kind: "everything" };

/**
 * Splits `END[:PORT[/PROTO]]`: `web:80`, `web:http`, `web:53/udp`, `10.0.0.1:80`, `[fd00::1]:80`, `web:/icmp.8`, `web:/47`,
 * `10.0.0.0/8:443`.
 */
export function splitDestination(text: string): { readonly end: string; readonly traffic: string | undefined } {
  const bracket = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  if (bracket !== null) return { end: bracket[1] ?? "", traffic: bracket[2] };
  const from = text.startsWith("ns:") ? 3 : 0;
  const colon = text.indexOf(":", from);
  // A second colon outside brackets is an IPv6 address without a port.
  if (colon < 0 || text.includes(":", colon + 1)) return { end: text, traffic: undefined };
  return { end: text.slice(0, colon), traffic: text.slice(colon + 1) };
}

/** IANA service names, which container ports have: 15 characters at most, a letter among them, no two hyphens in a row. */
const PORT_NAME = /^(?=.*[a-z])(?!.*--)[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/i;

/** Parses the part behind the colon: `PORT`, `PORT-PORT`, `NAME`, each with `/PROTO`, or `/icmp[.TYPE[.CODE]]`, `/NUMBER`. */
export function parseAsked(text: string | undefined): Asked | ReferenceError {
  if (text === undefined) return EVERYTHING_ASKED;
  const [port = "", proto = "tcp", ...more] = text.split("/");
  const remedy = "write :80, :53/udp, :http, :8000-8100, :/icmp, :/icmp.8 or :/47";
  if (text === "") return { error: "the text behind the colon names neither port nor protocol", remedy };
  if (more.length > 0) return { error: `":${text}" is not a port and protocol`, remedy };
  const [protocolName = "", type, code, ...rest] = proto.split(".");
  const protocol = protocolNumber(protocolName);
  if (protocol === undefined || rest.length > 0) return { error: `"${proto}" is not a protocol`, remedy };
  const kind = headerKind(protocol);
  if (port === "") {
    if (type === undefined) return { kind: "traffic", traffic: allOf(protocol) };
    const words = [type, ...(code === undefined ? [] : [code])];
    const numbers = words.map(Number);
    if (kind !== "icmp" || !words.every((word) => /^\d{1,3}$/.test(word)) || numbers.some((n) => n > 255)) {
      return { error: `"${proto}" is not an ICMP type and code`, remedy };
    }
    return { kind: "traffic", traffic: box(protocol, [icmpRange(numbers[0])], [icmpRange(numbers[1])]) };
  }
  if (kind !== "ports" || type !== undefined) return { error: `protocol ${proto} has no ports`, remedy };
  const range = /^(\d+)(?:-(\d+))?$/.exec(port);
  if (range === null) {
    if (!PORT_NAME.test(port)) return { error: `"${port}" is neither a port nor a port name`, remedy };
    return { kind: "named", name: port, protocol };
  }
  const start = Number(range[1]);
  const end = Number(range[2] ?? range[1]);
  if (start > 65_535 || end > 65_535) return { error: `port ${Math.max(start, end)} is above 65535`, remedy };
  if (end < start) return { error: `the port range ${port} is reversed`, remedy: `write ${end}-${start}` };
  return { kind: "traffic", traffic: box(protocol, [{ start: 0, end: 65_536 }], [{ start, end: end + 1 }]) };
}

function icmpRange(value: number | undefined): Interval<number> {
  return value === undefined ? { start: 0, end: 256 } : { start: value, end: value + 1 };
}

/** What `Asked` means towards a family, where no port name is involved. */
export function everythingOf(family: 4 | 6): TrafficSet {
  return [TCP, UDP, SCTP, family === 4 ? ICMP : ICMPV6].map(allOf).reduce(unionTraffic);
}
