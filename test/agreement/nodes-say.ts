import { type SimulatedVerdict, simulate } from "../../src/dataplane/simulate.ts";
import type { Program } from "../../src/dataplane/program.ts";
import type { Address } from "../../src/net/address.ts";
import type { TrafficPoint } from "../../src/net/traffic.ts";
import { type End, runsOn } from "../../src/path/end.ts";

/**
 * What the programs of all nodes together do with a connection: the node of the source sees it first, then the node of the
 * destination. A node's own packets meet no hook on their way to its pods, and its pods' packets to itself meet `input`.
 */
export function nodesSay(
  programOf: (node: string) => Program | undefined,
  from: { readonly end: End; readonly address: Address },
  to: { readonly end: End; readonly address: Address },
  traffic: TrafficPoint,
): "allowed" | "denied" {
  const packet = { source: from.address, destination: to.address, traffic };
  const verdicts: SimulatedVerdict[] = [];
  // A packet to the pod's own address does not leave the pod.
  if (from.end.kind === "pod" && to.end.kind === "pod" && from.end.pod === to.end.pod) return "allowed";
  const source = from.end.kind === "pod" ? programOf(from.end.pod.node ?? "") : undefined;
  if (source !== undefined && from.end.kind === "pod") {
    const atHome = to.end.kind === "node" && runsOn(from.end.pod, to.end.node, to.end.where) === true;
    verdicts.push(simulate(source, { ...packet, hook: atHome ? "input" : "forward" }));
  }
  const destination = to.end.kind === "pod" ? programOf(to.end.pod.node ?? "") : undefined;
  if (destination !== undefined && to.end.kind === "pod" && destination !== source) {
    const fromHome = from.end.kind === "node" && runsOn(to.end.pod, from.end.node, from.end.where) === true;
    if (!fromHome) verdicts.push(simulate(destination, { ...packet, hook: "forward" }));
  }
  return verdicts.includes("denied") ? "denied" : "allowed";
}
