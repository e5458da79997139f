/** Sending packets and their answers in a VPC lab that stands, and seeing which of them arrive. */
import { setTimeout as pause } from "node:timers/promises";
import type { IpPacket } from "../../kernel/transport-packet.ts";
import { openPacketPort, type PacketPort } from "../../kernel/packet-port.ts";
import type { Address } from "../../net/address.ts";
import { naturalReply } from "../../net/natural-reply.ts";
import { receiverOf, replyOf, type VpcPacket } from "./packets.ts";
import { PACKET_MARK } from "./quiet-hosts.ts";
import type { VpcLabPlan } from "./vpc-plan.ts";

/** What became of a packet and its answer, as far as the two ends know. */
export interface Exchange {
  readonly index: number;
  readonly packet: VpcPacket;
  requestArrived: boolean;
  /** The answer as it left its sender; undefined: none has left. */
  sentReply: IpPacket | undefined;
  replyArrived: boolean;
}

/** How many packets may be under way before the arrived ones are looked after. */
const BURST = 128;
/** How many milliseconds of silence end the first look. */
const SILENCE = 2;

/** The ends of a lab: every host, and everybody outside at one place. */
export class Ends {
  readonly #plan: VpcLabPlan;
  readonly #ports = new Map<Address, PacketPort>();
  readonly #all: readonly PacketPort[];
  #exchanges: readonly Exchange[] = [];
  #firstSerial = 0;

  /** Opens a port at every end. Throws SystemCallError; then none stays open. */
  constructor(plan: VpcLabPlan) {
    this.#plan = plan;
    const opened: PacketPort[] = [];
    const open = (namespace: string): PacketPort => {
      const port = openPacketPort(namespace, PACKET_MARK);
      opened.push(port);
      return port;
    };
    try {
      for (const { namespace, addresses } of plan.subnets.flatMap(({ wired }) => wired)) {
        const port = open(namespace);
        for (const { address } of addresses) this.#ports.set(address, port);
      }
      const outside = open(plan.outside);
      for (const address of plan.network.outside) this.#ports.set(address, outside);
    } catch (error) {
      for (const port of opened) port.close();
      throw error;
    }
    this.#all = opened;
  }

  /** Sends all packets; whoever receives one answers. Ends when nothing has arrived for a while. */
  async exchange(packets: readonly VpcPacket[]): Promise<readonly Exchange[]> {
    this.#firstSerial += this.#exchanges.length;
    this.#exchanges = packets.map((packet, index) => ({
      index,
      packet,
      requestArrived: false,
      sentReply: undefined,
      replyArrived: false,
    }));
    await this.send(this.#exchanges);
    return this.#exchanges;
  }

  /** Sends packets of the last exchange, once more: links that have just been made may still lose some. */
  async send(exchanges: readonly Exchange[]): Promise<void> {
    for (const [sent, { index, packet }] of exchanges.entries()) {
      this.#portOf(packet.from).send({
        source: packet.from,
        destination: packet.to,
        traffic: packet.traffic,
        role: "request",
        icmpRest: ((this.#firstSerial + index) & 0xffff) * 65_536 + 1,
        payload: this.#payload(index, "request"),
      });
      if (sent % BURST === BURST - 1) this.#attend();
    }
    while (this.#attend() > 0) await pause(SILENCE);
  }

  close(): void {
    for (const port of this.#all) port.close();
  }

  #portOf(address: Address): PacketPort {
    const port = this.#ports.get(address);
    if (port === undefined) throw new RangeError("nobody of the lab has this address");
    return port;
  }

  /** Takes what has arrived and sends the answers; tells how many packets there were. */
  #attend(): number {
    let count = 0;
    for (const port of this.#all) {
      for (let packet = port.receive(); packet !== undefined; packet = port.receive()) {
        count++;
        this.#take(packet, port);
      }
    }
    return count;
  }

  #take(arrived: IpPacket, at: PacketPort): void {
    const read = this.#readPayload(arrived.payload);
    const exchange = read && this.#exchanges[read.index];
    if (read === undefined || exchange === undefined) return;
    const { packet } = exchange;
    if (read.role === "reply") {
      exchange.replyArrived ||= at === this.#portOf(packet.from);
      return;
    }
    const receiver = receiverOf(this.#plan, packet) ?? packet.to;
    if (at !== this.#ports.get(receiver)) return;
    exchange.requestArrived = true;
    const traffic = replyOf(packet);
    if (traffic === undefined) return;
    exchange.sentReply = {
      source: arrived.destination,
      destination: arrived.source,
      // Ports as they arrived: a gateway may have changed the sender's.
      traffic: packet.reply === undefined ? (naturalReply(arrived.traffic) ?? traffic) : traffic,
      role: "reply",
      icmpRest: arrived.icmpRest,
      payload: this.#payload(read.index, "reply"),
    };
    at.send(exchange.sentReply);
  }

  #payload(index: number, role: IpPacket["role"]): Buffer {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(MAGIC, 0);
    payload.writeUInt32BE(((this.#firstSerial + index) * 2 + (role === "reply" ? 1 : 0)) >>> 0, 4);
    return payload;
  }

  #readPayload(payload: Buffer): { readonly index: number; readonly role: IpPacket["role"] } | undefined {
    if (payload.length < 8 || payload.readUInt32BE(0) !== MAGIC) return undefined;
    const serial = payload.readUInt32BE(4);
    return { index: (serial >>> 1) - this.#firstSerial, role: serial % 2 === 1 ? "reply" : "request" };
  }
}

/** How the payload of every packet of ours begins. */
const MAGIC = 0x50636c31;
