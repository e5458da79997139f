import { type SimulatedPacket, type SimulatedVerdict, simulate } from "../../src/dataplane/simulate.ts";
import type { Program } from "../../src/dataplane/program.ts";
import type { Address } from "../../src/net/address.ts";
import type { TrafficPoint } from "../../src/net/traffic.ts";
import { type End, runsOn } from "../../src/path/end.ts";
import { NODE_INTERFACE } from "../worlds/host-world.ts";

/** The interface of a pod on its node, in programs that bind pods to interfaces. */
export function podInterface(address: Address): string {
  return `pod-${address}`;
}

/**
 * What the programs of all nodes together do with a connection: the node of the source sees it first, then the node of the
 * destination. Pods' packets to their own node meet `input`. Between nodes all packets take one interface.
 */
export function nodesSay(
  programOf: (node: string) => Program | undefined,
  from: { readonly end: End; readonly address: Address },
  to: { readonly end: End; readonly address: Address },
  traffic: TrafficPoint,
): "allowed" | "denied" {
  const packet = { source: from.address, destination: to.address, traffic };
  const verdicts: SimulatedVerdict[] = [];
  // A packet to the pod's own address does not leave the pod, nor one to the node's own address the node.
  if (from.end.kind === "pod" && to.end.kind === "pod" && from.end.pod === to.end.pod) return "allowed";
  if (from.end.kind === "node" && to.end.kind === "node" && from.end.node === to.end.node) return "allowed";
  const [sender, receiver] = [nodeOf(from.end), nodeOf(to.end)];
  const fromHome =
    from.end.kind === "node" && to.end.kind === "pod" && runsOn(to.end.pod, from.end.node, from.end.where);
  const toHome = to.end.kind === "node" && from.end.kind === "pod" && runsOn(from.end.pod, to.end.node, to.end.where);
  const together = fromHome === true || toHome === true || (sender !== undefined && sender === receiver);
  const iif = from.end.kind === "pod" && together ? podInterface(from.address) : NODE_INTERFACE;
  const oif = to.end.kind === "pod" && together ? podInterface(to.address) : NODE_INTERFACE;
  const say = (node: string | undefined, seen: Pick<SimulatedPacket, "hook" | "iif" | "oif">): void => {
    const program = programOf(node ?? "");
    if (program !== undefined) verdicts.push(simulate(program, { ...packet, ...seen }));
  };
  if (from.end.kind === "pod") {
    const own = { iif: podInterface(from.address) };
    say(sender, toHome === true ? { ...own, hook: "input" } : { ...own, hook: "forward", oif });
  }
  if (from.end.kind === "node") say(sender, { hook: "output", oif });
  if (to.end.kind === "pod" && (!together || from.end.kind === "outside")) {
    say(receiver, { hook: "forward", iif, oif: podInterface(to.address) });
  }
  if (to.end.kind === "node" && toHome !== true) say(receiver, { hook: "input", iif });
  return verdicts.includes("denied") ? "denied" : "allowed";
}

function nodeOf(end: End): string | undefined {
  if (end.kind === "pod") return end.pod.node;
  return end.kind === "node" ? end.node.name : undefined;
}
