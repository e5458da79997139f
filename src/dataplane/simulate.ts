/** Runs a packet through a program as the kernel would: for tests, and to explain what a node does. */
import { type Address, familyOf } from "../net/address.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program } from "./program.ts";
import { simulateHosts } from "./simulate-hosts.ts";

/** The first packet of a connection, as conntrack sees it: original source, destination after translation. */
export interface SimulatedPacket {
  readonly source: Address;
  readonly destination: Address;
  readonly traffic: TrafficPoint;
  /** `forward`: to or from another machine or pod. `input`: to this node itself. `output`: sent by this node itself. */
  readonly hook: "forward" | "input" | "output";
  /** The interfaces by which it comes in and leaves; undefined: none whose host endpoint matters. */
  readonly iif?: string;
  readonly oif?: string;
  /** What it was sent to, where that has been translated since. */
  readonly asked?: { readonly destination: Address; readonly port: number };
}

/** `untouched`: neither end is a governed pod of this node, and no host endpoint has a say. */
export type SimulatedVerdict = "untouched" | "accepted" | "denied";

export function simulate(program: Program, packet: SimulatedPacket): SimulatedVerdict {
  const verdicts = new Set([simulatePods(program, packet), simulateHosts(program, packet)]);
  if (verdicts.has("denied")) return "denied";
  return verdicts.has("accepted") ? "accepted" : "untouched";
}

function simulatePods(program: Program, packet: SimulatedPacket): SimulatedVerdict {
  if (packet.hook === "output") return "untouched";
  if (packet.hook === "input" && program.toOwnNode === "allow") return "untouched";
  const family = program.families.find((candidate) => candidate.family === familyOf(packet.source));
  if (family === undefined) return "untouched";
  if (packet.hook === "input" && program.toOwnNode === "drop" && family.localPods.includes(packet.source))
    return "denied";
  const leaves = family.isolatedEgress.includes(packet.source);
  const arrives = packet.hook === "forward" && family.isolatedIngress.includes(packet.destination);
  if (!leaves && !arrives) return "untouched";
  const passes =
    (!leaves || admits(program, family, family.egress, packet.destination, packet.source, packet.traffic)) &&
    (!arrives || admits(program, family, family.ingress, packet.source, packet.destination, packet.traffic));
  return passes ? "accepted" : "denied";
}

function admits(
  program: Program,
  family: FamilyProgram,
  pairs: readonly PairEntry[],
  peer: Address,
  pod: Address,
  traffic: TrafficPoint,
): boolean {
  const peerClass = classAt(family.addressClasses, peer) ?? classAt(family.blockClasses, peer) ?? 0;
  const target = pairs.find((pair) => pair.peerClass === peerClass && pair.pod === pod)?.target;
  if (target === undefined) return false;
  if (target.kind === "admit") return true;
  const chain = program.trafficChains.find(({ name }) => name === target.chain);
  return chain !== undefined && containsTraffic(chain.traffic, traffic);
}

function classAt(entries: readonly ClassEntry[], address: Address): number | undefined {
  return entries.find(({ block }) => block.start <= address && address < block.end)?.peerClass;
}
