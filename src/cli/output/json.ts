/** Pieces of the JSON outputs. Keys stand in a fixed order and lists are sorted, so equal answers are equal bytes. */
import type { TrafficPoint } from "../../net/traffic.ts";
import { headerKind, protocolText } from "../../net/protocol.ts";
import { type Side, sideNames } from "../../reach/sides.ts";
import type { Origin } from "../../source/origin.ts";
import type { Fact } from "../../source/fact.ts";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** Indented by two blanks, with a newline at the end; fields that are undefined are left out. */
export function jsonText(value: Json): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

export function originJson({ file, line, column }: Origin): Json {
  return { file, line, column };
}

/** A packet: `{protocol, sourcePort, port}`, `{protocol, icmpType, icmpCode}` or `{protocol}`. */
export function packetJson({ protocol, first, second }: TrafficPoint): Json {
  const name = protocolText(protocol);
  switch (headerKind(protocol)) {
    case "ports":
      return { protocol: name, sourcePort: first, port: second };
    case "icmp":
      return { protocol: name, icmpType: first, icmpCode: second };
    case "none":
      return { protocol: name };
  }
}

/** A workload, pod or node in the grammar of ends, a group in words, or a list of address ranges and of several sides. */
export function sideJson(side: Side): Json {
  const names = sideNames(side);
  const [only] = names;
  return side.kind === "outside" || side.kind === "several" || only === undefined ? names : only;
}

export function missingJson(facts: readonly Fact[]): Json {
  return facts.map(({ text, remedy }) => ({ fact: text, remedy }));
}
