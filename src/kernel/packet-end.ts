/** An address that sends and hears packets of one IP protocol made by hand: for protocols that no socket here speaks. */
import { closeSync } from "node:fs";
import { type Address, addressText, familyOf } from "../net/address.ts";
import { addressOfBytes } from "./ip-address.ts";
import * as c from "./libc.ts";
import { addressBytes, openSocket, socketAddress } from "./open-socket.ts";
import { parseTransport, type TransportContent, transportBytes } from "./transport-packet.ts";

export interface PacketPlace {
  readonly namespace: string;
  /** An address that the namespace has. */
  readonly address: string;
}

export interface HeardPacket extends TransportContent {
  readonly from: Address;
}

const BUFFER_SIZE = 4 << 20;
const LARGEST_PACKET = 2048;

/**
 * A raw socket, of either family. It hears what reaches its address past the input filter of the namespace, as servers do; and
 * while it is open the stack there does not say that nobody speaks the protocol.
 */
export class PacketEnd {
  readonly #fd: number;
  readonly #address: Address;
  readonly #protocol: number;
  readonly #where: string;
  readonly #packet = Buffer.alloc(LARGEST_PACKET);
  readonly #sender = Buffer.alloc(28);

  private constructor(fd: number, address: Address, protocol: number, where: string) {
    this.#fd = fd;
    this.#address = address;
    this.#protocol = protocol;
    this.#where = where;
  }

  /** `filter`: a program of classic BPF that chooses what is heard. Throws SystemCallError or RangeError. */
  static open({ namespace, address }: PacketPlace, protocol: number, filter?: Uint8Array): PacketEnd {
    const value = new Uint8Array(Int32Array.of(BUFFER_SIZE).buffer);
    const fd = openSocket(
      { namespace, address, port: 0 },
      {
        name: `raw socket of protocol ${protocol}`,
        type: c.SOCK_RAW,
        protocol,
        options: [{ level: c.SOL_SOCKET, option: c.SO_RCVBUFFORCE, value }],
        ...(filter === undefined ? {} : { filter }),
      },
    );
    return new PacketEnd(
      fd,
      addressOfBytes(addressBytes(address).bytes),
      protocol,
      `${address} in namespace ${namespace}`,
    );
  }

  /** Throws SystemCallError where the packet is refused on the spot, by a rule or for want of a route. */
  send(to: Address, content: TransportContent): void {
    const destination = addressText(to);
    const bytes = transportBytes({ source: this.#address, destination: to, ...content });
    const attempt = `sending a packet of protocol ${this.#protocol} from ${this.#where} to ${destination}`;
    c.libc().send(this.#fd, bytes, socketAddress({ address: destination, port: 0 }), attempt);
  }

  /** The next packet that arrived; undefined when none is waiting. */
  hear(): HeardPacket | undefined {
    const v6 = familyOf(this.#address) === 6;
    for (;;) {
      const length = c.libc().receive(this.#fd, this.#packet, this.#sender, `reading what reached ${this.#where}`);
      if (length === undefined) return undefined;
      // IPv4 delivers its header too, whose length in words is the low half of the first byte; IPv6 does not.
      const start = v6 ? 0 : ((this.#packet[0] ?? 0) & 15) * 4;
      const content = parseTransport(this.#protocol, Buffer.from(this.#packet.subarray(start, length)));
      const sender = v6 ? this.#sender.subarray(8, 24) : this.#sender.subarray(4, 8);
      if (content !== undefined) return { from: addressOfBytes(sender), ...content };
    }
  }

  close(): void {
    closeSync(this.#fd);
  }
}
