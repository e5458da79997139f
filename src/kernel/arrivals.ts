/** Which requests have reached which endpoint, whatever became of the answer: read from raw sockets beside the servers. */
import { closeSync } from "node:fs";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import * as c from "./libc.ts";
import { addressBytes, type LocalEnd, openSocket, type RemoteEnd, type SocketKind } from "./open-socket.ts";
import { connectionRequests, echoRequests } from "./packet-filter.ts";
import { PlaceIndex } from "./place-index.ts";

export interface ArrivalPlace {
  readonly namespace: string;
  readonly address: string;
  readonly identity: string;
}

interface Observer extends ArrivalPlace {
  readonly fd: number;
  /** Absent for protocols without ports. */
  readonly port?: number;
  /** What has been read and not been asked for. */
  readonly seen: Set<string>;
  /** The text by which the sender will ask for the packet, from its transport header on. */
  readonly keyOf: (transport: Buffer, senderAddress: Buffer) => string;
}

/**
 * A log of arrivals. Its sockets see packets after the input filter of their namespace, as servers do, and are read only
 * when someone asks: nothing is spent on waiting. Every sender should ask once, also when it got an answer, for the
 * sockets hold only some thousand packets.
 */
export class ArrivalLog {
  readonly #observers = new PlaceIndex<Observer>();
  readonly #fds: number[] = [];
  readonly #packet = Buffer.alloc(2048);
  readonly #sender = Buffer.alloc(28);

  /** Notes connection requests to a TCP port from now on. Throws SystemCallError or RangeError. */
  watchConnections(place: ArrivalPlace & { readonly port: number }): void {
    const { family } = addressBytes(place.address);
    const kind = rawSocket("raw TCP socket", TCP, connectionRequests(family, place.port));
    this.#watch(place, kind, (header, sender) => connectionKey(sender, header.readUInt16BE(0)));
  }

  /** Notes echo requests to an address from now on; the kernel answers them all the same. */
  watchEchoes(place: ArrivalPlace): void {
    const { family } = addressBytes(place.address);
    const kind = rawSocket("raw ICMP socket", family === 4 ? ICMP : ICMPV6, echoRequests(family));
    const { namespace, address, identity } = place;
    this.#watch({ namespace, address, identity }, kind, (header) => header.toString("latin1", ICMP_HEADER));
  }

  /** The identity of the endpoint that a connection request from `from` (as it shows there) reached, sought at `to` and `expected`. */
  connection(from: RemoteEnd, to: RemoteEnd, expected: readonly string[]): string | undefined {
    return this.#take(connectionKey(addressBytes(from.address).bytes, from.port), to, expected);
  }

  /** The identity of the endpoint that an echo request with this data reached, sought likewise. */
  echo(data: string, address: string, expected: readonly string[]): string | undefined {
    return this.#take(data, { address }, expected);
  }

  close(): void {
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }

  #watch(place: ArrivalPlace & { readonly port?: number }, kind: SocketKind, keyOf: Observer["keyOf"]): void {
    const end: LocalEnd = { namespace: place.namespace, address: place.address, port: 0 };
    const fd = openSocket(end, kind);
    this.#fds.push(fd);
    this.#observers.add({ ...place, fd, keyOf, seen: new Set() });
  }

  #take(
    key: string,
    to: { readonly address: string; readonly port?: number },
    expected: readonly string[],
  ): string | undefined {
    let identity: string | undefined;
    for (const observer of this.#observers.find(to.address, expected)) {
      // What was sent to this very address is at its port; behind a Service the port may be any.
      if (observer.address === to.address && observer.port !== to.port) continue;
      // All there is, so that repetitions of a packet are forgotten together with it.
      this.#read(observer);
      if (observer.seen.delete(key)) identity = observer.identity;
    }
    return identity;
  }

  #read({ fd, keyOf, seen, address, namespace }: Observer): void {
    const v6 = address.includes(":");
    const attempt = `reading what reached ${address} in namespace ${namespace}`;
    for (;;) {
      const length = c.libc().receive(fd, this.#packet, this.#sender, attempt);
      if (length === undefined) return;
      // IPv4 delivers its header too, whose length in words is the low half of the first byte; IPv6 does not.
      const start = v6 ? 0 : ((this.#packet[0] ?? 0) & 15) * 4;
      const sender = v6 ? this.#sender.subarray(8, 24) : this.#sender.subarray(4, 8);
      seen.add(keyOf(this.#packet.subarray(start, length), sender));
    }
  }
}

function connectionKey(senderAddress: Buffer, senderPort: number): string {
  return `${senderAddress.toString("hex")} ${senderPort}`;
}

const ICMP_HEADER = 8;
const BUFFER_SIZE = 4 << 20;

function rawSocket(name: string, protocol: number, filter: Uint8Array): SocketKind {
  const value = new Uint8Array(Int32Array.of(BUFFER_SIZE).buffer);
  return {
    name,
    protocol,
    type: c.SOCK_RAW,
    filter,
    options: [{ level: c.SOL_SOCKET, option: c.SO_RCVBUFFORCE, value }],
  };
}
