/** What travels between the hosts of two ends: packets as they are, inside others, or by a node's own address. */
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import type { Attachment } from "../vpc/lookup.ts";
import { crossing, type Place, spoofing, unrouted } from "./crossing.ts";
import type { End } from "./end.ts";
import { CARRIERS, type Carrier, CARRIER_TRAFFIC, type Header } from "./header.ts";
import type { Attached } from "./location.ts";
import { type Networked, skipped } from "./network-filters.ts";
import type { Leg, Masquerade, NetworkPath, NetworkStage } from "./network-stage.ts";

/** How the header looks of packets that somebody else translates later, or has translated before. */
export interface Ports {
  /** The destination port that is still to be translated; undefined: the one that stays. */
  readonly destination: number | undefined;
  /** Whether the sender picked a source port of its own. */
  readonly isSourcePicked: boolean;
}

/** Two ends on different hosts, and where these stand. */
export interface Trip {
  readonly from: End;
  readonly to: End;
  readonly sender: Place;
  readonly receiver: Place;
  readonly ports: Ports;
}

/** What carries packets for pods from one node to another, and how the stages of one leg follow from it. */
export class Journey {
  readonly #networked: Networked;
  readonly #from: End;
  readonly #to: End;
  readonly #sender: Place;
  readonly #receiver: Place;
  readonly #ports: Ports;

  constructor(networked: Networked, { from, to, sender, receiver, ports }: Trip) {
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
    if (dead !== undefined) return { request: [dead], reply: [] };
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
    const isForOthersOnly = mode === "ipip-cross-subnet" || mode === "vxlan-cross-subnet";
    return isForOthersOnly && isNear ? undefined : CARRIERS[mode];
  }

  #header({ isReply = false, masqueraded = false }: { isReply?: boolean; masqueraded?: boolean }): Header {
    const { destination, isSourcePicked } = this.#ports;
    return { kind: "flow", isReply, masqueraded: masqueraded || isSourcePicked, destinationPort: destination };
  }
}

/** Whether nodes of clusters stand there. */
function isHost(place: Place): boolean {
  return place.kind === "attached" && place.isHost;
}

/** The addresses that networks see of a place. */
function addressesOf(place: Place): AddressSet {
  return place.kind === "attached" ? place.attachment.addresses : place.where;
}
