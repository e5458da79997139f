/** How packets between two ends travel through the networks around the cluster, and how what answers travels back. */
import type { Node } from "../cluster/endpoint.ts";
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { type Place, unrouted } from "./crossing.ts";
import { type End, endText, familyOfEnd } from "./end.ts";
import { Journey, type Ports } from "./journey.ts";
import { locateAddresses, locateNode, type Location } from "./location.ts";
import { type Networked, skipped } from "./network-filters.ts";
import type { NetworkPath, NetworkStage } from "./network-stage.ts";

/** An end, and for a pod the node it runs on. */
export interface PlacedEnd {
  readonly end: End;
  readonly node: Node | undefined;
  /** Where it is, where its address alone does not tell. */
  readonly at?: Location;
}

const AS_SENT: Ports = { destination: undefined, isSourcePicked: false };

/** The path between two ends of which it is known where they are. */
export function networkPath(networked: Networked, from: PlacedEnd, to: PlacedEnd, ports: Ports = AS_SENT): NetworkPath {
  const [here, there] = [hostOf(from), hostOf(to)];
  if (here !== undefined && here === there) return requestOnly(skipped("network", onOneHost(`node/${here.name}`)));
  const [sender, receiver] = [locate(networked, from), locate(networked, to)];
  for (const place of [sender, receiver]) {
    if (place.kind === "unknown") {
      return requestOnly(unrouted("request", { reason: place.fact.text, unknown: place.fact }));
    }
    if (place.kind === "nowhere") return requestOnly(unrouted("request", place));
  }
  if (!isPlace(sender) || !isPlace(receiver)) throw new Error("a location is known, nowhere, or a place");
  const together = oneHost(sender, receiver);
  if (together !== undefined) return requestOnly(skipped("network", together));
  return new Journey(networked, { from: from.end, to: to.end, sender, receiver, ports }).path();
}

function requestOnly(stage: NetworkStage): NetworkPath {
  return { request: [stage], reply: [] };
}

/** The node that an end is or runs on; undefined: it is none, or that is not known. */
function hostOf({ end, node }: PlacedEnd): Node | undefined {
  return end.kind === "node" ? end.node : node;
}

function onOneHost(name: string): string {
  return `both ends are on ${name}; nothing leaves it`;
}

function locate({ situation, vpc }: Networked, { end, node, at }: PlacedEnd): Location {
  if (at !== undefined) return at;
  switch (end.kind) {
    case "pod": {
      if (node !== undefined) return locateNode(vpc, node, familyOfEnd(end));
      const remedy = "add its node, or the live pods, whose spec.nodeName tells it";
      return { kind: "unknown", fact: { text: `on which node ${endText(end)} runs`, remedy } };
    }
    case "node":
      return locateNode(vpc, end.node, familyOfEnd(end), end.where[0]?.start);
    case "outside":
      return locateAddresses(situation, vpc, end.where);
  }
}

function isPlace(location: Location): location is Place {
  return location.kind === "attached" || location.kind === "outside";
}

/** Why nothing leaves the host; undefined where something does. */
function oneHost(sender: Place, receiver: Place): string | undefined {
  if (sender.kind !== "attached" || receiver.kind !== "attached") return undefined;
  const [a, b] = [sender.attachment, receiver.attachment];
  const isOneNode = sender.node !== undefined && sender.node === receiver.node;
  const isOneAddress = a.subnet === b.subnet && isOne(a.addresses) && coversAddresses(a.addresses, b.addresses);
  return isOneNode || isOneAddress ? onOneHost(a.name) : undefined;
}

function isOne([first, second]: AddressSet): boolean {
  return first !== undefined && second === undefined && first.end - first.start === 1n;
}
