/** How packets between two ends travel through the networks around the cluster, and how what answers travels back. */
import type { Node } from "../cluster/endpoint.ts";
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import type { Attachment } from "../vpc/lookup.ts";
import { crossing, type Place, spoofing, unrouted } from "./crossing.ts";
import { type End, endText, familyOfEnd } from "./end.ts";
import { type Carrier, CARRIER_TRAFFIC, type Header } from "./header.ts";
import { type Attached, locateAddresses, locateNode, type Location } from "./location.ts";
import { type Networked, skipped } from "./network-filters.ts";
import type { Leg, Masquerade, NetworkStage } from "./network-stage.ts";

/** An end, and for a pod the node it runs on. */
export interface PlacedEnd {
  readonly end: End;
  readonly node: Node | undefined;
  /** Where it is, where its address alone does not tell. */
  readonly at?: Location;
}

/** How the header looks of packets that somebody else translates later, or has translated before. */
export interface Ports {
  /** The destination port that is still to be translated; undefined: the one that stays. */
  readonly destination: number | undefined;
  /** Whether the sender picked a source port of its own. */
  readonly isSourcePicked: boolean;
}

const AS_SENT: Ports = { destination: undefined, isSourcePicked: false };

/** The stages of both legs, between the hosts of the two ends. */
export interface NetworkPath {
  readonly request: readonly NetworkStage[];
  readonly reply: readonly NetworkStage[];
}

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
  return new Journey(networked, from.end, to.end, sender, receiver, ports).path();
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

/** What carries packets for pods from one node to another, and how the stages of one leg follow from it. */
class Journey {
  readonly #networked: Networked;
  readonly #from: End;
  readonly #to: End;
  readonly #sender: Place;
  readonly #receiver: Place;
  readonly #ports: Ports;

  constructor(networked: Networked, from: End, to: End, sender: Place, receiver: Place, ports: Ports) {
    this.#networked = networked;
    this.#from = from;
    this.#to = to;
    this.#sender = sender;
    this.#receiver = receiver;
    this.#ports = ports;
  }

  path(): NetworkPath {
    const [sender, receiver] = [this.#sender, this.#receiver];
    if (this.#to.kind === "pod" && receiver.kind === "attached") {
      const isFromHost = this.#from.kind === "pod" || this.#from.kind === "node" || isHost(sender);
      return isFromHost && sender.kind === "attached" ? this.#toPod(sender, receiver) : this.#rawToPod();
    }
    if (this.#from.kind === "pod" && sender.kind === "attached") return this.#fromPod(sender, receiver);
    return this.#plain(this.#header({}), addressesOf(sender), addressesOf(receiver));
  }

  /** From a pod or node of the cluster to a pod on another node: nodes know the way, networks need not. */
  #toPod(sender: Attached, receiver: Attached): NetworkPath {
    const there = this.#carrier(sender.attachment, receiver.attachment);
    const isPodAnswered = this.#from.kind === "pod" || there !== undefined;
    const back = isPodAnswered ? this.#carrier(receiver.attachment, sender.attachment) : undefined;
    const source = this.#from.kind === "pod" ? this.#from.where : sender.attachment.addresses;
    const isReversed = there === back && there !== "VXLAN";
    return {
      request: [
        ...this.#notMasqueraded(),
        ...(there === undefined
          ? this.#raw("request", sender, receiver, source, this.#to.where, true)
          : this.#wrapped("request", there, sender, receiver, true)),
      ],
      reply:
        back === undefined
          ? this.#raw("reply", receiver, sender, this.#to.where, source, !isReversed)
          : this.#wrapped("reply", back, receiver, sender, !isReversed),
    };
  }

  #notMasqueraded(): readonly NetworkStage[] {
    if (this.#from.kind !== "pod") return [];
    return [skipped("masquerade", "pods see the address of other pods as it is")];
  }

  /** From outside the cluster to a pod's own address: only routes of the networks' own lead there. */
  #rawToPod(): NetworkPath {
    const [sender, receiver] = [this.#sender, this.#receiver];
    const source = addressesOf(sender);
    const route = { leg: "request", sender, receiver, source, destination: this.#to.where } as const;
    const request = crossing(this.#networked, { ...route, header: this.#header({}), asksGroups: true, toPod: true });
    const dead = request.find(({ kind }) => kind === "unrouted");
    if (dead !== undefined) return requestOnly(dead);
    if (receiver.kind !== "attached") return { request, reply: [] };
    return { request, reply: this.#raw("reply", receiver, sender, this.#to.where, source, false) };
  }

  /** From a pod to what is no pod: by its node's address, or by its own. */
  #fromPod(sender: Attached, receiver: Place): NetworkPath {
    const assumption = "pod-masquerade";
    const mode = this.#networked.situation.assumptions[assumption];
    const isToHost = isHost(receiver);
    const destination = addressesOf(receiver);
    if (mode === "pools-only" || (mode === "pools-and-hosts" && !isToHost)) {
      const { node, attachment } = sender;
      if (node === undefined) throw new Error("a pod is attached by its node");
      const masquerade: Masquerade = {
        kind: "masquerade",
        name: "masquerade",
        node,
        address: attachment.addresses,
        assumption,
      };
      const path = this.#plain(this.#header({ masqueraded: true }), attachment.addresses, destination);
      return { ...path, request: [masquerade, ...path.request] };
    }
    const reason = `node/${sender.node?.name} keeps the pod's own address`;
    return this.#unmasqueraded(skipped("masquerade", reason, assumption), sender, receiver, destination);
  }

  #unmasqueraded(note: NetworkStage, sender: Attached, receiver: Place, destination: AddressSet): NetworkPath {
    const source = this.#from.where;
    if (receiver.kind === "outside") {
      const reason = "the packets bear the pod's own address, which gateways and other networks do not know";
      return { request: [note, unrouted("request", { reason })], reply: [] };
    }
    const request = this.#raw("request", sender, receiver, source, destination, true);
    const back = isHost(receiver) ? this.#carrier(receiver.attachment, sender.attachment) : undefined;
    const reply =
      back === undefined
        ? this.#raw("reply", receiver, sender, destination, source, false)
        : this.#wrapped("reply", back, receiver, sender, true);
    return { request: [note, ...request], reply };
  }

  /** Packets that networks know both addresses of. */
  #plain(header: Header, source: AddressSet, destination: AddressSet): NetworkPath {
    const [sender, receiver] = [this.#sender, this.#receiver];
    const there = { leg: "request", sender, receiver, source, destination, header } as const;
    const request = crossing(this.#networked, { ...there, asksGroups: true, toPod: false });
    if (sender.kind === "outside" && receiver.kind === "outside") return { request, reply: [] };
    const answer = header.kind === "flow" ? { ...header, isReply: true } : header;
    const back = {
      leg: "reply",
      sender: receiver,
      receiver: sender,
      source: destination,
      destination: source,
    } as const;
    const reply = crossing(this.#networked, { ...back, header: answer, asksGroups: false, toPod: false });
    return { request, reply };
  }

  /** Packets that bear the address of a pod, at one of their ends or both. */
  #raw(
    leg: Leg,
    sender: Place,
    receiver: Place,
    source: AddressSet,
    destination: AddressSet,
    asksGroups: boolean,
  ): readonly NetworkStage[] {
    const isForeign = sender.kind === "attached" && !coversAddresses(sender.attachment.addresses, source);
    const toPod = receiver.kind === "attached" && !overlaps(receiver.attachment.addresses, destination);
    const header = this.#header({ isReply: leg === "reply" });
    return [
      ...(toPod && leg === "request" ? this.#notWrapped() : []),
      ...(isForeign ? spoofing(sender.attachment, leg) : []),
      ...crossing(this.#networked, { leg, sender, receiver, source, destination, header, asksGroups, toPod }),
    ];
  }

  #notWrapped(): readonly NetworkStage[] {
    const mode = this.#networked.situation.assumptions["pod-overlay"];
    if (mode === "none") return [skipped("overlay", "pods are not encapsulated", "pod-overlay")];
    return [skipped("overlay", "between nodes that share a subnet packets travel as they are", "pod-overlay")];
  }

  #wrapped(
    leg: Leg,
    carrier: Carrier,
    sender: Attached,
    receiver: Attached,
    asksGroups: boolean,
  ): readonly NetworkStage[] {
    const [source, destination] = [sender.attachment.addresses, receiver.attachment.addresses];
    const header: Header = { kind: "carrier", traffic: CARRIER_TRAFFIC[carrier] };
    return [
      {
        kind: "overlay",
        name: leg === "reply" ? "reply overlay" : "overlay",
        leg,
        carrier,
        from: source,
        to: destination,
        assumption: "pod-overlay",
      },
      ...crossing(this.#networked, { leg, sender, receiver, source, destination, header, asksGroups, toPod: false }),
    ];
  }

  /** What a node puts packets for pods into, by its own address and mask; undefined: nothing. */
  #carrier(from: Attachment, to: Attachment): Carrier | undefined {
    const mode = this.#networked.situation.assumptions["pod-overlay"];
    const isNear = coversAddresses(from.range, to.addresses);
    switch (mode) {
      case "ipip":
        return "IP-in-IP";
      case "vxlan":
        return "VXLAN";
      case "wireguard":
        return "WireGuard";
      case "ipip-cross-subnet":
        return isNear ? undefined : "IP-in-IP";
      case "vxlan-cross-subnet":
        return isNear ? undefined : "VXLAN";
      case "none":
        return undefined;
    }
  }

  #header({ isReply = false, masqueraded = false }: { isReply?: boolean; masqueraded?: boolean }): Header {
    const { destination, isSourcePicked } = this.#ports;
    return { kind: "flow", isReply, masqueraded: masqueraded || isSourcePicked, destinationPort: destination };
  }
}

function isHost(place: Place): boolean {
  return place.kind === "attached" && place.isHost;
}

/** The addresses that networks see of a place. */
function addressesOf(place: Place): AddressSet {
  return place.kind === "attached" ? place.attachment.addresses : place.where;
}
