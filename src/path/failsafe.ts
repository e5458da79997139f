/** Ports that stay open at host endpoints whatever policy says, so that nobody locks a cluster out: Calico's defaults. */
import { TCP, UDP } from "../net/protocol.ts";
import { box, fieldRange, NO_TRAFFIC, toPorts, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import type { Direction, Phase } from "../policy/model.ts";

type Ports = readonly (readonly [protocol: number, port: number])[];

const CONTROL_PLANE: Ports = [179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => [TCP, port]);

const FAILSAFE: Readonly<Record<Direction, Ports>> = {
  ingress: [[TCP, 22], [UDP, 68], ...CONTROL_PLANE],
  egress: [[UDP, 53], [UDP, 67], ...CONTROL_PLANE],
};

const TO: Readonly<Record<Direction, TrafficSet>> = {
  ingress: union(FAILSAFE.ingress.map(([protocol, port]) => toPorts(protocol, [portRange(port)]))),
  egress: union(FAILSAFE.egress.map(([protocol, port]) => toPorts(protocol, [portRange(port)]))),
};

/** Replies of the other direction, which untracked policy cannot tell from new connections. */
const REPLIES: Readonly<Record<Direction, TrafficSet>> = {
  ingress: union(FAILSAFE.egress.map(([protocol, port]) => fromPort(protocol, port))),
  egress: union(FAILSAFE.ingress.map(([protocol, port]) => fromPort(protocol, port))),
};

/** What passes a phase of a host endpoint unasked. Forwarded traffic is policy's alone. */
export function failsafeTraffic(phase: Phase, direction: Direction): TrafficSet {
  switch (phase) {
    case "forward":
      return NO_TRAFFIC;
    case "untracked":
      return unionTraffic(TO[direction], REPLIES[direction]);
    case "pre-dnat":
    case "normal":
      return TO[direction];
  }
}

function fromPort(protocol: number, port: number): TrafficSet {
  return box(protocol, [portRange(port)], [fieldRange(protocol)]);
}

function portRange(port: number): { readonly start: number; readonly end: number } {
  return { start: port, end: port + 1 };
}

function union(sets: readonly TrafficSet[]): TrafficSet {
  return sets.reduce(unionTraffic, NO_TRAFFIC);
}
