/** From worlds and raw packets, as the naive reading takes them, to the values the engines take. */
import { type Address, isAddressError, parseAddress } from "../../src/net/address.ts";
import { headerKind, protocolNumber } from "../../src/net/protocol.ts";
import type { TrafficPoint } from "../../src/net/traffic.ts";
import { readText } from "../../src/resources/read.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { endAt } from "../../src/path/end.ts";
import { directPath, type Path } from "../../src/path/path.ts";
import { type Situation, situationOf } from "../../src/situation/situation.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { findingText } from "../../src/source/finding.ts";
import { RefusedWorldError } from "../worlds/replay.ts";
import { worldText } from "../worlds/world.ts";

/** Reads the objects as the command line does; worlds are valid, so any error is one of ours. */
export function situationOfObjects(
  objects: readonly RawObject[],
  assumptions: Assumptions = PROFILES.kubernetes,
): Situation {
  const reading = readText("world.json", worldText({ objects: [...objects] }), {
    validation: "strict",
    namespace: undefined,
  });
  const errors = reading.findings.filter((finding) => finding.severity === "error");
  if (errors.length > 0) throw new RefusedWorldError(errors.map(findingText).join("\n"));
  return situationOf(reading, { assumptions, podRange: undefined }).situation;
}

export function addressOf(text: string): Address {
  const address = parseAddress(text);
  if (isAddressError(address)) throw new Error(`${text}: ${address.reason}`);
  return address;
}

export function pointOf(packet: RawPacket): TrafficPoint {
  const protocol = typeof packet.protocol === "number" ? packet.protocol : protocolNumber(packet.protocol);
  if (protocol === undefined) throw new Error(`unknown protocol ${packet.protocol}`);
  switch (headerKind(protocol)) {
    case "ports":
      return { protocol, first: packet.sourcePort ?? 40_000, second: packet.destinationPort ?? 0 };
    case "icmp":
      return { protocol, first: packet.icmpType ?? 0, second: packet.icmpCode ?? 0 };
    case "none":
      return { protocol, first: 0, second: 0 };
  }
}

export function pathOf(situation: Situation, { source, destination }: RawPacket): Path {
  const { inventory } = situation;
  return directPath(situation, endAt(inventory, addressOf(source)), endAt(inventory, addressOf(destination)));
}
