/** Protocols, ports and ICMP messages of Calico's rules. */
import type { CalicoIcmp, CalicoPort, CalicoProtocol } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { suggestionFor } from "../spelling.ts";
import { portNameObjection, shown, strangeRemedy } from "../syntax.ts";
import { checked, integer, integerOrString, list, optional, record, sized, type Type } from "../types.ts";

const PROTOCOL_NAMES = ["TCP", "UDP", "ICMP", "ICMPv6", "SCTP", "UDPLite"] as const;

/** Undefined where nothing is written or what is written is no protocol. */
export const protocol: Type<CalicoProtocol | undefined> = (at) => {
  if (!at.isPresent) return undefined;
  const { errors } = at.context.sink;
  const value = integerOrString(at);
  if (at.context.sink.errors !== errors) return undefined;
  const name = PROTOCOL_NAMES.find((known) => known === value);
  if (name !== undefined) return { kind: "name", name };
  const number = /^\d+$/.test(String(value)) ? Number(value) : undefined;
  if (number !== undefined && number >= 1 && number <= 255) return { kind: "number", number };
  const suggestion = typeof value === "string" ? suggestionFor(value, PROTOCOL_NAMES) : undefined;
  const message =
    typeof value === "number" || number !== undefined
      ? `${value} is not a protocol number`
      : `${shown(value)} is not a protocol${suggestion === undefined ? "" : ` (did you mean ${suggestion.word}?)`}`;
  const names = `write one of ${PROTOCOL_NAMES.join(", ")}, or a number from 1 to 255`;
  const remedy =
    suggestion !== undefined
      ? `write ${suggestion.word}${suggestion.onlyCase ? ": protocol names are case-sensitive" : ""}`
      : ((typeof value === "string" ? strangeRemedy(value) : undefined) ?? anyRemedy(value) ?? names);
  at.report("PC112", message, remedy);
  return undefined;
};

function anyRemedy(value: number | string): string | undefined {
  return /^(any|all|\*|0|)$/i.test(String(value)) ? "leave protocol out for every protocol" : undefined;
}

/** The protocol's number. */
export function protocolNumber(written: CalicoProtocol): number {
  if (written.kind === "number") return written.number;
  switch (written.name) {
    case "ICMP":
      return 1;
    case "TCP":
      return 6;
    case "UDP":
      return 17;
    case "ICMPv6":
      return 58;
    case "SCTP":
      return 132;
    case "UDPLite":
      return 136;
  }
}

/** UDPLite has ports too, but Calico does not match them. */
export function hasPorts(written: CalicoProtocol): boolean {
  return [6, 17, 132].includes(protocolNumber(written));
}

const NO_PORT: CalicoPort = { kind: "named", name: "" };
const PORT_NAME = /^[A-Za-z0-9_.-]{1,128}$/;

const port: Type<CalicoPort> = (at) => {
  if (at.node?.kind === "map") {
    at.report("PC111", "expected number, range or name, got mapping", portMappingRemedy(at));
    return NO_PORT;
  }
  const { errors } = at.context.sink;
  const value = integerOrString(at);
  if (at.context.sink.errors !== errors) return NO_PORT;
  if (!at.isPresent) {
    at.report("PC113", "required, but nothing is written", 'write a port, a range such as "8000:8080", or a name');
    return NO_PORT;
  }
  const text = String(value);
  const written = /^(\d+)(?::(\d+))?$/.exec(text);
  if (typeof value === "number" || written !== null) return rangeOf(text, written, at);
  if (!PORT_NAME.test(value)) {
    const rule = 'write a number, a range such as "8000:8080", or the name of a port';
    at.report("PC112", `${shown(value)} is not a port`, dashedRemedy(value) ?? strangeRemedy(value) ?? rule);
    return NO_PORT;
  }
  if (portNameObjection(value) !== undefined) {
    const remedy = dashedRemedy(value) ?? "write the name of a port: at most 15 lower-case letters, digits and hyphens";
    at.report("PC123", `Calico takes ${shown(value)} for the name of a port, which no port can bear`, remedy);
  }
  return { kind: "named", name: value };
};

function rangeOf(text: string, written: RegExpExecArray | null, at: Cursor): CalicoPort {
  const start = written === null ? Number(text) : Number(written[1]);
  const end = written?.[2] === undefined ? start : Number(written[2]);
  const wrong = [start, end].find((number) => number < 1 || number > 65535);
  if (wrong !== undefined) {
    at.report("PC112", `${wrong} is not a port number`, "write a number from 1 to 65535");
  } else if (start > end) {
    at.report("PC112", `the range ${text} ends before it begins`, `write "${end}:${start}"`);
  } else {
    return { kind: "range", start, end };
  }
  return NO_PORT;
}

function dashedRemedy(text: string): string | undefined {
  const range = /^\s*(\d+)\s*(?:-|\.\.|–|:|,)\s*(\d+)\s*$/.exec(text);
  if (range === null) return undefined;
  return text.includes(",") ? `write two items: [${range[1]}, ${range[2]}]` : `write "${range[1]}:${range[2]}"`;
}

function portMappingRemedy(at: Cursor): string {
  const [first, end] = ["port", "endPort"].map((field) => {
    const { node } = at.child(field);
    return node?.kind === "scalar" && node.value !== null ? String(node.value) : undefined;
  });
  const value = first === undefined ? "80" : end === undefined ? first : `"${first}:${end}"`;
  return `write \`- ${value}\`: a port is a number, a range or a name here, and protocol stands in the rule`;
}

/** What Calico allows of ports on one side of a rule. */
export const ports: Type<readonly CalicoPort[]> = sized(list(port), 0, 50);

function within(last: number, what: string): Type<number> {
  return checked(integer, (value) =>
    value >= 0 && value <= last
      ? undefined
      : { reason: `${value} is not an ${what}`, remedy: `write a number from 0 to ${last}` },
  );
}

export const icmp: Type<CalicoIcmp> = record(
  { type: optional(within(254, "ICMP type")), code: optional(within(255, "ICMP code")) },
  {
    mainField: "type",
    check: (_, at) => {
      if (!at.has("code") || at.has("type")) return;
      at.child("code").report("PC113", "an ICMP code without a type", "write `type:` beside it");
    },
  },
);
