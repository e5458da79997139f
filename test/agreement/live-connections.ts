/** TCP connections that stay open while policies change. */
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { tcpClient, tcpListener } from "../../src/kernel/sockets.ts";
import type { LabProbe } from "../../src/lab/probes.ts";
import { addressText } from "../../src/net/address.ts";

/** A connection that a probe stands for, with both of its ends. */
export interface LiveConnection {
  readonly probe: LabProbe;
  readonly client: Socket;
  readonly server: Socket;
}

/** How long an end waits for what the other has sent, in milliseconds. */
const PATIENCE = 400;

/** Opens the connection of a TCP probe that has a source port; undefined: it does not come about. */
export async function openConnection(probe: LabProbe): Promise<LiveConnection | undefined> {
  const { from, to, traffic } = probe;
  if (traffic.protocol !== "tcp" || to.place.kind === "service") return undefined;
  const end = { namespace: to.place.namespace, address: addressText(to.address), port: traffic.port };
  const listener = await tcpListener(end);
  const accepted = nextConnection(listener);
  const client = tcpClient(
    { namespace: from.place.namespace, address: addressText(from.address), port: traffic.sourcePort ?? 0 },
    end,
  );
  client.on("error", () => undefined);
  const server = await Promise.race([accepted, delay(PATIENCE, undefined, { ref: false })]);
  // What has been accepted outlives its listener, which leaves the port to others.
  listener.close();
  if (server !== undefined) return { probe, client, server };
  client.destroy();
  return undefined;
}

function nextConnection(listener: Server): Promise<Socket> {
  return new Promise((resolve) => {
    listener.once("connection", (socket) => resolve(socket.on("error", () => undefined)));
  });
}

/** Whether what one end sends reaches the other, and what that answers reaches the first. */
export async function isAlive({ client, server }: LiveConnection, first: "client" | "server"): Promise<boolean> {
  const [one, other] = first === "client" ? [client, server] : [server, client];
  return (await arrives(one, other)) && (await arrives(other, one));
}

async function arrives(from: Socket, to: Socket): Promise<boolean> {
  if (from.destroyed || to.destroyed) return false;
  const over = new AbortController();
  const { signal } = over;
  const result = Promise.race([
    once(to, "data", { signal }).then(() => true),
    ...[from, to].map((socket) => once(socket, "close", { signal }).then(() => false)),
    delay(PATIENCE, false, { signal }),
  ]);
  from.write("still there?");
  try {
    return await result;
  } catch {
    // An end that is reset tells so by an error.
    return false;
  } finally {
    over.abort();
  }
}

export function closeConnection({ client, server }: LiveConnection): void {
  client.destroy();
  server.destroy();
}
