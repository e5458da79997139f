/** Connections and packets between pods, as fast as one process makes them. */
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
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

/** The packets pass every chain on the way while the call that sends them lasts. */
export function burst(from: TestPod, to: TestPod): Burst {
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
        packet.writeUInt16BE(1024 + (Math.floor(next / 60_000) % 60_000), 2);
        libc.send(fd, packet, address, "sending a datagram of a new connection");
      }
      return (performance.now() - start) / 1000 / count;
    },
    close: () => closeSync(fd),
  };
}

const AT_ONCE = 16;

/** Connections a second: each is opened, accepted and reset; 16 are under way at any time. */
export async function connectsPerSecond(from: TestPod, to: TestPod, port: number, count: number): Promise<number> {
  const server = await tcpListener({ namespace: to.namespace, address: to.v4, port });
  server.on("connection", (socket) => socket.on("error", () => undefined).resume());
  const start = performance.now();
  let left = count;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) {
        const socket = await connected(from, to, port);
        socket.resetAndDestroy();
        await once(socket, "close");
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  server.close();
  return count / seconds;
}

const CHUNK = Buffer.alloc(1 << 20);

/** Bytes a second of one established connection. */
export async function bytesPerSecond(from: TestPod, to: TestPod, port: number, seconds: number): Promise<number> {
  const server = await tcpListener({ namespace: to.namespace, address: to.v4, port });
  let received = 0;
  server.on("connection", (socket) =>
    socket.on("error", () => undefined).on("data", (data) => (received += data.length)),
  );
  const client = await connected(from, to, port);
  const until = performance.now() + seconds * 1000;
  const start = performance.now();
  while (performance.now() < until) {
    if (!client.write(CHUNK)) await once(client, "drain");
  }
  const rate = received / ((performance.now() - start) / 1000);
  client.resetAndDestroy();
  await once(client, "close");
  server.close();
  return rate;
}

/** Rejects where the connection is refused. */
export function connected(from: TestPod, to: TestPod, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = tcpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port });
    socket.once("connect", () => resolve(socket));
    socket.once("error", reject);
  });
}
