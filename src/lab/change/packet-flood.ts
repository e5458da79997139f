/** Sending packets of many flows without a pause, each known by its payload, and noting which of them arrive. */
import { SystemCallError } from "../../kernel/errors.ts";
import { type HeardPacket, PacketEnd, type PacketPlace } from "../../kernel/packet-end.ts";
import { addressBytes } from "../../kernel/open-socket.ts";
import { addressOfBytes } from "../../kernel/ip-address.ts";
import { answerTo } from "../../kernel/packet-servers.ts";
import type { Address } from "../../net/address.ts";
import { headerKind, TCP } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import { now, type ChangeTime, type FlowOrder, type FlowTally } from "./order.ts";
import { type SentPacket, tallyOf } from "./tally.ts";

interface Flow extends FlowOrder {
  readonly number: number;
  readonly sender: PacketEnd;
  readonly destination: Address;
  readonly sent: { readonly left: number; readonly begun: number }[];
  readonly arrived: Set<number>;
}

/** Every packet of ours begins so. */
const MAGIC = 0x50634c66;
const ANSWER = 0x50634c72;
/** Source ports that systems do not hand out, and policies hardly name. */
const PORTS = { first: 61_000, count: 4_500 };

export class PacketFlood {
  readonly #flows: readonly Flow[];
  readonly #ends = new Map<string, PacketEnd>();
  #next = 0;

  /** Opens the ends of all flows. Throws SystemCallError; then none stays open. */
  constructor(orders: readonly FlowOrder[]) {
    try {
      this.#flows = orders.map((order, number): Flow => {
        this.#endAt(order.to, order.point.protocol);
        return {
          ...order,
          number,
          sender: this.#endAt(order.from, order.point.protocol),
          destination: addressOfBytes(addressBytes(order.to.address).bytes),
          sent: [],
          arrived: new Set(),
        };
      });
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #endAt(place: PacketPlace, protocol: number): PacketEnd {
    const key = `${place.namespace} ${place.address} ${protocol}`;
    const open = this.#ends.get(key) ?? PacketEnd.open(place, protocol);
    this.#ends.set(key, open);
    return open;
  }

  /** One packet of each of the next `count` flows. */
  send(count: number): void {
    for (let i = 0; i < Math.min(count, this.#flows.length); i++) {
      const flow = this.#flows[this.#next++ % this.#flows.length];
      if (flow !== undefined) sendNext(flow);
    }
  }

  /** Notes what has arrived, and answers it. */
  attend(): void {
    for (const end of this.#ends.values()) {
      for (let packet = end.hear(); packet !== undefined; packet = end.hear()) this.#take(end, packet);
    }
  }

  #take(end: PacketEnd, packet: HeardPacket): void {
    const { payload } = packet;
    if (payload.length < 12 || payload.readUInt32BE(0) !== MAGIC) return;
    const flow = this.#flows[payload.readUInt32BE(4)];
    if (flow === undefined) return;
    flow.arrived.add(payload.readUInt32BE(8));
    const traffic = flow.point.protocol === TCP ? undefined : answerTo(packet.traffic);
    if (traffic === undefined) return;
    const answer = Buffer.from(payload);
    answer.writeUInt32BE(ANSWER, 0);
    try {
      end.send(packet.from, { ...packet, traffic, role: "reply", payload: answer });
    } catch (error) {
      // Refused on the spot: nobody waits for the answer.
      if (!(error instanceof SystemCallError)) throw error;
    }
  }

  tallies(change: ChangeTime): readonly FlowTally[] {
    return this.#flows.map(({ sent, arrived }) =>
      tallyOf(
        sent.map((packet, sequence): SentPacket => ({ ...packet, hasArrived: arrived.has(sequence) })),
        change,
      ),
    );
  }

  close(): void {
    for (const end of this.#ends.values()) end.close();
    this.#ends.clear();
  }
}

function sendNext(flow: Flow): void {
  const sequence = flow.sent.length;
  const payload = Buffer.alloc(12);
  payload.writeUInt32BE(MAGIC, 0);
  payload.writeUInt32BE(flow.number, 4);
  payload.writeUInt32BE(sequence, 8);
  const begun = now();
  try {
    flow.sender.send(flow.destination, { ...connectionOf(flow, sequence), role: "request", payload });
  } catch (error) {
    // A packet that its own node refuses has been sent and has not arrived.
    if (!(error instanceof SystemCallError)) throw error;
  }
  flow.sent.push({ begun, left: now() });
}

/** Every second packet belongs to one connection that lives on, every other begins a new one, where there is a choice. */
function connectionOf(
  { point, isFixed, number }: Flow,
  sequence: number,
): { readonly traffic: TrafficPoint; readonly icmpRest: number } {
  const isNew = sequence % 2 === 1 && !isFixed;
  switch (headerKind(point.protocol)) {
    case "icmp":
      return { traffic: point, icmpRest: (isNew ? 0x8000 + (sequence & 0x7fff) : number) * 65_536 + 1 };
    case "ports": {
      const first = isNew ? PORTS.first + (sequence % PORTS.count) : point.first;
      return { traffic: { ...point, first }, icmpRest: 0 };
    }
    case "none":
      return { traffic: point, icmpRest: 0 };
  }
}
