/** TCP connections that live through a change: a byte every few milliseconds, which the other side sends back. */
import type { Server, Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { tcpClient, tcpListener } from "../../kernel/sockets.ts";
import { type ChangeTime, type ConnectionOrder, type ConnectionTally, now } from "./order.ts";

const BYTE_EVERY = 5;
/** Milliseconds after which a connection counts as not to be had. */
const PATIENCE = 2000;

export class Talk {
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  #heard: number | undefined;
  #longest = 0;
  #ended: number | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("data", () => {
      const time = now();
      if (this.#heard !== undefined) this.#longest = Math.max(this.#longest, time - this.#heard);
      this.#heard = time;
    });
    socket.once("close", () => {
      this.#ended = now();
      clearInterval(this.#timer);
    });
    this.#timer = setInterval(() => {
      if (socket.readyState === "open") socket.write("x");
    }, BYTE_EVERY);
  }

  /** Begins all, and waits until they are heard from or have had their time. */
  static async begin(orders: readonly ConnectionOrder[]): Promise<readonly Talk[]> {
    const servers = new Map<string, Server>();
    for (const { to, port } of orders) {
      const key = `${to.address} ${port}`;
      if (servers.has(key)) continue;
      const server = await tcpListener({ ...to, port });
      server.on("error", () => undefined);
      server.on("connection", (socket) => socket.on("error", () => undefined).pipe(socket));
      servers.set(key, server);
    }
    const talks = orders.map(({ from, to, port, sourcePort = 0 }) => {
      return new Talk(tcpClient({ ...from, port: sourcePort }, { address: to.address, port }));
    });
    const due = now() + PATIENCE;
    while (now() < due && talks.some((talk) => talk.#heard === undefined && talk.#ended === undefined)) {
      await pause(BYTE_EVERY);
    }
    return talks;
  }

  tally({ begin }: ChangeTime): ConnectionTally {
    const silentFor = this.#heard === undefined ? 0 : now() - this.#heard;
    return {
      wasOpened: this.#heard !== undefined,
      endedAfter: this.#ended === undefined ? undefined : this.#ended - begin,
      silentFor,
      longestSilence: Math.max(this.#longest, silentFor),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#socket.destroy();
  }
}
