/** What the host endpoints of a program do with the first packet of a connection, and with what answers it. */
import { type Address, familyOf } from "../net/address.ts";
import { headerKind } from "../net/protocol.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { icmpReply } from "../net/natural-reply.ts";
import type { Direction, Phase } from "../policy/model.ts";
import { valueAt } from "./address-lookup.ts";
import { type HostProgram, type HostTarget, stageAt } from "./host-program.ts";
import type { Program } from "./program.ts";
import type { SimulatedPacket, SimulatedVerdict } from "./simulate.ts";

/** `untouched`: no host endpoint has a say. */
export function simulateHosts(program: Program, packet: SimulatedPacket): SimulatedVerdict {
  const { hosts } = program;
  if (hosts === undefined) return "untouched";
  const incoming = packet.hook === "output" ? undefined : endpointAt(program, hosts, packet.iif, packet.source, "in");
  const outgoing =
    packet.hook === "input" ? undefined : endpointAt(program, hosts, packet.oif, packet.destination, "out");
  const simulation = new Simulation(program, hosts, packet);
  const verdicts = new Set([
    incoming === undefined ? "untouched" : simulation.comingIn(incoming),
    outgoing === undefined ? "untouched" : simulation.goingOut(outgoing),
  ]);
  if (verdicts.has("denied")) return "denied";
  return verdicts.has("accepted") ? "accepted" : "untouched";
}

function endpointAt(
  { families }: Program,
  hosts: HostProgram,
  name: string | undefined,
  address: Address,
  way: "in" | "out",
): string | undefined {
  const isOfPod = families.some(({ localPods }) => localPods.includes(address));
  if (name === undefined || (way === "out" && isOfPod)) return undefined;
  const named = hosts.interfaces.find((one) => one.name === name);
  if (named !== undefined) return named.endpoint;
  const isApart = name === "lo" || hosts.towardsPods.includes(name) || (hosts.hasHiddenPods && isOfPod);
  return isApart ? undefined : hosts.others;
}

/** What a stage says; undefined: there is no such stage. */
type Saying = "allow" | "pass" | "deny" | undefined;

class Simulation {
  readonly #program: Program;
  readonly #hosts: HostProgram;
  readonly #packet: SimulatedPacket;

  constructor(program: Program, hosts: HostProgram, packet: SimulatedPacket) {
    this.#program = program;
    this.#hosts = hosts;
    this.#packet = packet;
  }

  comingIn(endpoint: string): SimulatedVerdict {
    const isLocal = this.#packet.hook === "input";
    const early = [this.#say(endpoint, "untracked", "ingress"), this.#say(endpoint, "pre-dnat", "ingress")] as const;
    if (early[0] === "deny") return "denied";
    if (early[0] === "allow") return !isLocal || this.#reply(endpoint, "egress") === "allow" ? "accepted" : "denied";
    if (early[1] === "deny") return "denied";
    const isOpen = early[1] === "allow" || (isLocal && this.#isCarrier(this.#packet.source));
    const own = isOpen ? "allow" : this.#say(endpoint, isLocal ? "normal" : "forward", "ingress");
    return this.#answered(endpoint, "egress", [...early, own], own);
  }

  goingOut(endpoint: string): SimulatedVerdict {
    if (this.#packet.hook === "forward") return verdictOf([this.#say(endpoint, "forward", "egress")]);
    const untracked = this.#say(endpoint, "untracked", "egress");
    if (untracked === "deny") return "denied";
    if (untracked === "allow") return this.#reply(endpoint, "ingress") === "allow" ? "accepted" : "denied";
    const isOpen = this.#isCarrier(this.#packet.destination);
    const own = isOpen ? "allow" : this.#say(endpoint, "normal", "egress");
    return this.#answered(endpoint, "ingress", [untracked, own], own);
  }

  /** Rules for untracked packets do not know that a packet answers one that is tracked. */
  #answered(endpoint: string, direction: Direction, all: readonly Saying[], own: Saying): SimulatedVerdict {
    if (own === "deny") return "denied";
    if (this.#packet.hook !== "forward" && this.#reply(endpoint, direction) === "deny") return "denied";
    return verdictOf(all);
  }

  /** Whether pods' packets travel in it between nodes. */
  #isCarrier(peer: Address): boolean {
    return this.#hosts.nodes.includes(peer) && containsTraffic(this.#hosts.carriers, this.#packet.traffic);
  }

  #say(endpoint: string, phase: Phase, direction: Direction): Saying {
    const { source, destination, traffic, asked } = this.#packet;
    const isEarly = phase === "untracked" || phase === "pre-dnat";
    const to = isEarly ? (asked?.destination ?? destination) : destination;
    const point = isEarly && asked !== undefined ? { ...traffic, second: asked.port } : traffic;
    return this.#at(endpoint, phase, direction, source, to, point);
  }

  #reply(endpoint: string, direction: Direction): Saying {
    const { source, destination, traffic } = this.#packet;
    const answer = answerTo(traffic);
    if (answer === undefined) return undefined;
    return this.#at(endpoint, "untracked", direction, destination, source, answer);
  }

  #at(
    endpoint: string,
    phase: Phase,
    direction: Direction,
    source: Address,
    destination: Address,
    traffic: TrafficPoint,
  ): Saying {
    const stage = stageAt(this.#hosts, endpoint, phase, direction);
    const family = stage?.families.find((one) => one.family === familyOf(source));
    if (family === undefined) return undefined;
    const [here, peer] = direction === "ingress" ? [destination, source] : [source, destination];
    const row = family.rows[valueAt(family.here, here)];
    return row === undefined ? "deny" : this.#saying(valueAt(row, peer), traffic);
  }

  #saying(target: HostTarget, traffic: TrafficPoint): Saying {
    switch (target.kind) {
      case "admit":
        return "allow";
      case "pass":
      case "deny":
        return target.kind;
      case "traffic": {
        const plain = this.#program.trafficChains.find(({ name }) => name === target.chain);
        if (plain !== undefined) return containsTraffic(plain.traffic, traffic) ? "allow" : "deny";
        const early = this.#hosts.earlyTraffic.find(({ name }) => name === target.chain);
        if (early === undefined) return "deny";
        if (containsTraffic(early.allowed, traffic)) return "allow";
        return containsTraffic(early.passing, traffic) ? "pass" : "deny";
      }
    }
  }
}

/** Undefined: no answer is known. */
function answerTo({ protocol, first, second }: TrafficPoint): TrafficPoint | undefined {
  if (headerKind(protocol) !== "icmp") return { protocol, first: second, second: first };
  const type = icmpReply(protocol, first);
  return type === undefined ? undefined : { protocol, first: type, second: 0 };
}

function verdictOf(all: readonly Saying[]): SimulatedVerdict {
  if (all.includes("deny")) return "denied";
  return all.some((one) => one !== undefined) ? "accepted" : "untouched";
}
