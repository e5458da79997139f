/** Connections and packets between pods, as fast as one process makes them. */
import { closeSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { once } from "node:events";
import * as c from "../../src/kernel/libc.ts";
import { openSocket, socketAddress } from "../../src/kernel/open-socket.ts";
import { tcpClient, tcpListener } from "../../src/kernel/sockets.ts";
import type { TestPod } from "../../src/kernel/pods.fixture.ts";
import { UDP } from "../../src/net/protocol.ts";

export interface Burst {
  /** Sends so many datagrams, each the first of a connection; returns the seconds that one took until it was delivered. */
  send(count: number): number;
  close(): void;
}

const UDP_HEADER = 8;

/**
 * The packets pass every chain on the way while the call that sends them lasts. With a port to go to, connections come again
 * after 60,000 others.
 */
export function burst(from: TestPod, to: TestPod, port?: number): Burst {
  const end = { namespace: from.namespace, address: from.v4, port: 0 };
  const fd = openSocket(end, { type: c.SOCK_RAW, protocol: UDP, name: "raw UDP socket", options: [] });
  const address = socketAddress({ address: to.v4, port: 0 });
  const packet = Buffer.alloc(UDP_HEADER + 16);
  packet.writeUInt16BE(packet.length, 4);
  let next = 0;
  return {
    send(count) {
      const libc = c.libc();
      const start = performance.now();
      for (let i = 0; i < count; i++, next++) {
        packet.writeUInt16BE(1024 + (next % 60_000), 0);
        packet.writeUInt16BE(port ?? 1024 + (Math.floor(next / 60_000) % 60_000), 2);
        libc.send(fd, packet, address, "sending a datagram of a new connection");
      }
      return (performance.now() - start) / 1000 / count;
    },
    close: () => closeSync(fd),
  };
}

/** Something that is done again and again, each time timed. */
export interface Repeated {
  /** Seconds of one time. */
  once(): Promise<number>;
  close(): Promise<void>;
}

/** Opens a connection from nothing to established, and resets it afterwards. */
export async function opening(from: TestPod, to: TestPod, port: number): Promise<Repeated> {
  const server = await listening(to, port, () => undefined);
  return {
    once: async () => {
      const start = performance.now();
      const socket = await connected(from, to, port);
      const seconds = (performance.now() - start) / 1000;
      await reset(socket);
      return seconds;
    },
    close: async () => void server.close(),
  };
}

export const CHUNK_BYTES = 4 << 20;
const CHUNK = Buffer.alloc(CHUNK_BYTES);

/** Sends 4 MiB over one established connection, until all of it has arrived. */
export async function transfer(from: TestPod, to: TestPod, port: number): Promise<Repeated> {
  let arrived = 0;
  let whole: () => void = () => undefined;
  const server = await listening(to, port, (length) => {
    arrived += length;
    if (arrived % CHUNK_BYTES === 0) whole();
  });
  const client = await connected(from, to, port);
  return {
    once: async () => {
      const isWhole = new Promise<void>((resolve) => (whole = resolve));
      const start = performance.now();
      client.write(CHUNK);
      await isWhole;
      return (performance.now() - start) / 1000;
    },
    close: async () => {
      await reset(client);
      server.close();
    },
  };
}

async function listening(at: TestPod, port: number, received: (length: number) => void): Promise<Server> {
  const server = await tcpListener({ namespace: at.namespace, address: at.v4, port });
  return server.on("connection", (socket) => {
    socket.on("error", () => undefined).on("data", ({ length }) => received(length));
  });
}

async function reset(socket: Socket): Promise<void> {
  const closed = once(socket, "close");
  socket.resetAndDestroy();
  await closed;
}

/** Rejects where the connection is refused. */
export function connected(from: TestPod, to: TestPod, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tcpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}
