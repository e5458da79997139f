/** Servers in many namespaces that say who they are, and that know what has reached them. */
import type { Socket as DatagramSocket } from "node:dgram";
import type { Server } from "node:net";
import { ArrivalLog } from "./arrivals.ts";
import { PacketServers } from "./packet-servers.ts";
import { tcpListener, udpSocket } from "./sockets.ts";

/** One address (and port) at which the endpoint `identity` is to be found. Identities have no white space. */
export type ServerPlace = {
  readonly namespace: string;
  readonly address: string;
  readonly identity: string;
} & (
  | { readonly protocol: "tcp" | "udp"; readonly port: number }
  | { readonly protocol: "icmp" }
  /** Every crafted packet of the IP protocol with this number. */
  | { readonly protocol: "crafted"; readonly number: number }
);

/**
 * Open servers. A TCP server greets with its identity and a line break; a UDP server answers a datagram with itself, a
 * space and the identity; echo requests are answered by the kernel, crafted packets by what would answer them. What arrives is noted, also when no answer can leave.
 */
export interface Servers {
  /** The identity of the UDP server that received a datagram with this text; forgets it, so ask once. */
  datagramArrivedAt(text: string): string | undefined;
  /** Where connection and echo requests arrived. */
  readonly arrivals: Pick<ArrivalLog, "connection" | "echo">;
  /** Who receives and answers crafted packets. */
  readonly packets: PacketServers;
  /** Closes all sockets. */
  close(): Promise<void>;
}

/** Opens all servers, or none: throws SystemCallError or RangeError for the first that fails, the others closed. */
export async function openServers(places: readonly ServerPlace[]): Promise<Servers> {
  const closers: (() => Promise<void>)[] = [];
  const datagrams = new Map<string, string>();
  const arrivals = new ArrivalLog();
  const packets = new PacketServers();
  const close = async (): Promise<void> => {
    arrivals.close();
    packets.close();
    await Promise.all(closers.splice(0).map((closer) => closer()));
  };
  try {
    for (const place of places) {
      switch (place.protocol) {
        case "tcp": {
          const server = await tcpListener(place);
          closers.push(greet(server, place.identity));
          arrivals.watchConnections(place);
          break;
        }
        case "udp": {
          const socket = udpSocket(place);
          answerDatagrams(socket, place.identity, datagrams);
          closers.push(() => new Promise((resolve) => socket.close(resolve)));
          break;
        }
        case "icmp":
          arrivals.watchEchoes(place);
          break;
        case "crafted":
          packets.open({ ...place, protocol: place.number });
          break;
      }
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    datagramArrivedAt(text) {
      const identity = datagrams.get(text);
      datagrams.delete(text);
      return identity;
    },
    arrivals,
    packets,
    close,
  };
}

/** Greets every connection; the client hangs up. Returns the function that closes the server. */
function greet(server: Server, identity: string): () => Promise<void> {
  const open = new Set<{ destroy(): unknown }>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // A reset is how clients end their visit.
    socket.on("error", () => undefined);
    socket.resume();
    socket.write(`${identity}\n`);
  });
  // A connection that dies before it is accepted, or a lack of descriptors: the client sees it and reports it.
  server.on("error", () => undefined);
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
}

function answerDatagrams(socket: DatagramSocket, identity: string, arrived: Map<string, string>): void {
  socket.on("message", (message, from) => {
    const text = message.toString("latin1");
    arrived.set(text, identity);
    // An answer that policy refuses on the spot is for the client to miss.
    socket.send(Buffer.from(`${text} ${identity}`, "latin1"), from.port, from.address, () => undefined);
  });
  // An error that some earlier answer met on its way says nothing about the next question.
  socket.on("error", () => undefined);
}
