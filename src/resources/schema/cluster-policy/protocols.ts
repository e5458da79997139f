/** Which traffic a rule of a cluster-wide policy is about, in the words of both API versions. */
import type { ClusterPolicyProtocol } from "../../cluster-policy-kinds.ts";
import type { PortProtocol } from "../../kinds.ts";
import type { Cursor } from "../cursor.ts";
import { portNameObjection, portNumberObjection } from "../syntax.ts";
import { type Advice, checked, integer, oneOf, optional, record, required, string, type Type } from "../types.ts";
import { oneField, SPLIT_ITEM } from "./one-field.ts";

interface Range {
  readonly start: number;
  readonly end: number;
}

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const ALL_PORTS = "{destinationPort: {range: {start: 1, end: 65535}}}";

const portNumber = checked(integer, portNumberObjection);

const rangeFields = {
  start: required(portNumber, "write `start:` with the first port"),
  end: required(portNumber, "write `end:` with the last port"),
} as const;

function checkRange({ start, end }: Range, at: Cursor): void {
  if (start === 0 || end === 0 || start < end) return;
  const same = start === end;
  const message = same ? `the range holds port ${start} only` : `the range ends at ${end}, before its start ${start}`;
  at.child("end").report("PC112", message, same ? `write the one port as a number` : `write a number above ${start}`);
}

const range = record(rangeFields, { check: checkRange });

const writtenPort = oneField(
  { number: optional(portNumber), range: optional(range) },
  {
    what: "a destinationPort",
    remedy: "write `number:` or `range:`",
    split: "remove one of the two",
    advice: portAdvice,
  },
);

const destinationPort: Type<Range | undefined> = (at) => {
  const value = writtenPort(at);
  return value?.range ?? (value?.number === undefined ? undefined : { start: value.number, end: value.number });
};

function portAdvice(key: string): string | undefined {
  if (key === "port") return "write number";
  return key === "start" || key === "end" || key === "endPort" ? "write `range: {start: ..., end: ...}`" : undefined;
}

/** Undefined where a field of a newer API stands in it. */
function transport(protocol: PortProtocol): Type<ClusterPolicyProtocol | undefined> {
  const table = record(
    { destinationPort: optional(destinationPort) },
    {
      mainField: "destinationPort",
      advice: (key) =>
        ["port", "ports", "number", "range"].includes(key) ? "put it under destinationPort" : undefined,
      check: (_, at, unknown) => {
        if (at.has("destinationPort") || (unknown.length > 0 && at.context.validation === "strict")) return;
        const field = protocol.toLowerCase();
        at.report("PC113", "needs a destinationPort", `write \`${field}: ${ALL_PORTS}\` for all its ports`);
      },
    },
  );
  return (at) => {
    const port = table(at).destinationPort;
    return port === undefined ? { kind: "unknown" } : { kind: "ports", protocol, ...port };
  };
}

/** A name that no port can bear is taken, and matches nothing. */
const portName: Type<string> = (at) => {
  const name = string(at);
  const objection = name === "" ? undefined : portNameObjection(name);
  if (objection !== undefined) {
    at.report("PC123", `${objection.reason}, so no pod has this port`, objection.remedy);
  }
  return name;
};

const writtenProtocol = oneField(
  {
    tcp: optional(transport("TCP")),
    udp: optional(transport("UDP")),
    sctp: optional(transport("SCTP")),
    destinationNamedPort: optional(portName),
  },
  {
    what: "an item of protocols",
    remedy: `write \`tcp:\`, \`udp:\`, \`sctp:\` or \`destinationNamedPort:\`; \`tcp: ${ALL_PORTS}\` means all of TCP`,
    split: SPLIT_ITEM,
    advice: protocolAdvice,
  },
);

/** What older and other policies call it. */
function protocolAdvice(key: string): string | undefined {
  switch (key) {
    case "portNumber":
    case "port":
    case "protocol":
      return "write `tcp: {destinationPort: {number: 80}}`";
    case "portRange":
    case "endPort":
      return "write `tcp: {destinationPort: {range: {start: 8000, end: 8080}}}`";
    case "namedPort":
      return "write destinationNamedPort";
    case "destinationPort":
      return "put it under the protocol: `tcp: {destinationPort: ...}`";
    case "icmp":
    case "icmpv6":
      return "ICMP cannot be selected; leave protocols out for all traffic";
    default:
      return undefined;
  }
}

export const protocol: Type<ClusterPolicyProtocol> = (at) => {
  const { tcp, udp, sctp, destinationNamedPort: name } = writtenProtocol(at) ?? {};
  return tcp ?? udp ?? sctp ?? (name === undefined || name === "" ? { kind: "unknown" } : { kind: "named", name });
};

const oldNumber = record({
  protocol: oneOf(PROTOCOLS, "TCP"),
  port: required(portNumber, "write `port:` and its number"),
});

const oldRange = record(
  { protocol: oneOf(PROTOCOLS, "TCP"), ...rangeFields },
  { check: (value, at) => checkRange(value, at) },
);

const portItemAdvice: Advice = (key) => {
  switch (key) {
    case "port":
    case "protocol":
      return "put it under portNumber: `portNumber: {protocol: TCP, port: 80}`";
    case "endPort":
      return "write `portRange: {protocol: TCP, start: 8000, end: 8080}`";
    case "tcp":
    case "udp":
    case "sctp":
    case "destinationNamedPort":
      return `${key} is a field of ClusterNetworkPolicy; write portNumber, portRange or namedPort`;
    default:
      return undefined;
  }
};

const oldPort = oneField(
  { portNumber: optional(oldNumber), portRange: optional(oldRange), namedPort: optional(portName) },
  {
    what: "an item of ports",
    remedy: "write `portNumber:`, `portRange:` or `namedPort:`",
    split: SPLIT_ITEM,
    advice: portItemAdvice,
  },
);

/** An item of `ports` of v1alpha1. */
export const portItem: Type<ClusterPolicyProtocol> = (at) => {
  const { portNumber, portRange, namedPort } = oldPort(at) ?? {};
  if (portNumber !== undefined) {
    const { protocol, port } = portNumber;
    return { kind: "ports", protocol, start: port, end: port };
  }
  if (portRange !== undefined) return { kind: "ports", ...portRange };
  return namedPort === undefined || namedPort === "" ? { kind: "unknown" } : { kind: "named", name: namedPort };
};
