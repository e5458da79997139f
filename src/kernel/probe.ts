/** One packet's fate, found out by sending it: did it pass, who answered, was it refused, was there silence. */
import { randomBytes, randomInt } from "node:crypto";
import type { Socket as DatagramSocket } from "node:dgram";
import { SCTP } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { codeOf } from "./errors.ts";
import { probeByPacket } from "./packet-probe.ts";
import type { Servers } from "./servers.ts";
import { addressBytes, type LocalEnd } from "./open-socket.ts";
import { echoRequest, pingClient, tcpClient, udpClient } from "./sockets.ts";

/** What to send, from where to where. Addresses are texts; source and destination are of one family. */
export type ProbeRequest = {
  readonly namespace: string;
  /** An address that the namespace has. */
  readonly source: string;
  readonly destination: string;
  /** Identities of servers of which any may answer (several behind a Service); without it, every server may. */
  readonly expected?: readonly string[];
} & (
  | {
      /** SCTP: a crafted INIT, since not every kernel has sockets for it. */
      readonly protocol: "tcp" | "udp" | "sctp";
      readonly port: number;
      /** Any free port when absent. */
      readonly sourcePort?: number;
    }
  | { readonly protocol: "icmp" }
  /** A crafted packet of any protocol but TCP and UDP. */
  | { readonly protocol: "crafted"; readonly point: TrafficPoint }
);

/** The fate of a probe. `arrivedAt` is the identity of the server that the request reached although no answer came. */
export type ProbeResult =
  | { readonly outcome: "passed"; readonly identity: string }
  /** A reset, an ICMP error, or a local refusal came at once; `errno` tells which, like `ECONNREFUSED` or `ICMP 3.13`. */
  | { readonly outcome: "refused"; readonly errno: string; readonly arrivedAt: string | undefined }
  /** Nothing came back in time. */
  | { readonly outcome: "silent"; readonly arrivedAt: string | undefined }
  /** The probe could not be made, or somebody unexpected answered: no statement about the network can be drawn. */
  | { readonly outcome: "failed"; readonly reason: string };

/** What came of the socket; who was reached is asked afterwards. */
type Reaction =
  | { readonly kind: "answer"; readonly identity: string | undefined }
  | { readonly kind: "error"; readonly error: unknown }
  | { readonly kind: "timeout" };

/** Sends one probe; never rejects. `timeout` in milliseconds. */
export async function probe(servers: Servers, request: ProbeRequest, timeout: number): Promise<ProbeResult> {
  try {
    switch (request.protocol) {
      case "tcp":
        return await probeTcp(servers, request, request, timeout);
      case "udp":
        return await probeUdp(servers, request, request, timeout);
      case "icmp":
        return await probeIcmp(servers, request, timeout);
      case "sctp": {
        const first = request.sourcePort ?? randomInt(FIRST_CLIENT_PORT, 65_536);
        return await probeCrafted(servers, request, { protocol: SCTP, first, second: request.port }, timeout);
      }
      case "crafted":
        return await probeCrafted(servers, request, request.point, timeout);
    }
  } catch (error) {
    return failed(error);
  }
}

interface Ports {
  readonly port: number;
  readonly sourcePort?: number;
}

function localEnd({ namespace, source }: ProbeRequest, sourcePort = 0): LocalEnd {
  return { namespace, address: source, port: sourcePort };
}

async function probeTcp(servers: Servers, request: ProbeRequest, ports: Ports, timeout: number): Promise<ProbeResult> {
  const to = { address: request.destination, port: ports.port };
  const socket = tcpClient(localEnd(request, ports.sourcePort), to);
  let greeting = "";
  let sourcePort: number | undefined;
  const reaction = await reactionWithin(timeout, (settle) => {
    // A handshake alone proves nothing about who is there: the greeting does.
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      greeting += String(chunk);
      if (greeting.endsWith("\n")) settle({ kind: "answer", identity: greeting.slice(0, -1) });
    });
    socket.on("error", (error) => settle({ kind: "error", error }));
    socket.on("end", () => settle({ kind: "error", error: new Error("the server hung up without a word") }));
    // The request leaves at the next tick, and only then the port is known; an error takes it away again.
    process.nextTick(() => {
      sourcePort = socket.localPort;
    });
  });
  // A reset leaves nothing in TIME_WAIT, and frees the source port for the next probe.
  if (socket.connecting || socket.destroyed) socket.destroy();
  else socket.resetAndDestroy();
  return resultOf(reaction, request, () => {
    if (sourcePort === undefined) return undefined;
    const from = { address: request.source, port: sourcePort };
    return servers.arrivals.connection(from, to, request.expected ?? []);
  });
}

function probeUdp(servers: Servers, request: ProbeRequest, ports: Ports, timeout: number): Promise<ProbeResult> {
  const text = nonce();
  const to = { address: request.destination, port: ports.port };
  const socket = udpClient(localEnd(request, ports.sourcePort), to);
  return probeDatagram(request, timeout, socket, {
    message: Buffer.from(text, "latin1"),
    identityIn: (answer) => (answer.startsWith(`${text} `) ? { identity: answer.slice(text.length + 1) } : undefined),
    arrivedAt: () => servers.datagramArrivedAt(text),
  });
}

function probeIcmp(servers: Servers, request: ProbeRequest, timeout: number): Promise<ProbeResult> {
  const text = nonce();
  const socket = pingClient({ namespace: request.namespace, address: request.source }, request.destination);
  return probeDatagram(request, timeout, socket, {
    message: echoRequest(addressBytes(request.source).family, text),
    // The kernel answers an echo in nobody's name; who was reached, the observers know.
    identityIn: (answer) => (answer.endsWith(text) ? { identity: undefined } : undefined),
    arrivedAt: () => servers.arrivals.echo(text, request.destination, request.expected ?? []),
  });
}

/** Where systems begin to hand out ports to clients. */
const FIRST_CLIENT_PORT = 32_768;

async function probeCrafted(
  servers: Servers,
  request: ProbeRequest,
  traffic: TrafficPoint,
  timeout: number,
): Promise<ProbeResult> {
  const { namespace, source, destination, expected = [] } = request;
  const asked = { from: { namespace, address: source }, destination, expected, traffic };
  const { end, refusal = "", arrivedAt } = await probeByPacket(servers.packets, asked, nonce(), timeout);
  switch (end) {
    case "answer":
      return resultOf({ kind: "answer", identity: arrivedAt }, request, () => arrivedAt);
    case "refused":
      return { outcome: "refused", errno: refusal, arrivedAt };
    case "timeout":
      return { outcome: "silent", arrivedAt };
  }
}

interface Exchange {
  readonly message: Buffer;
  /** The identity that an answer carries; undefined when it is no answer to this message. */
  readonly identityIn: (answer: string) => { readonly identity: string | undefined } | undefined;
  readonly arrivedAt: () => string | undefined;
}

async function probeDatagram(
  request: ProbeRequest,
  timeout: number,
  socket: DatagramSocket,
  exchange: Exchange,
): Promise<ProbeResult> {
  const reaction = await reactionWithin(timeout, (settle) => {
    const fail = (error: Error | null): void => {
      if (error !== null) settle({ kind: "error", error });
    };
    socket.on("error", fail);
    socket.on("message", (message) => {
      const answer = exchange.identityIn(message.toString("latin1"));
      if (answer !== undefined) settle({ kind: "answer", identity: answer.identity });
    });
    socket.on("connect", () => socket.send(exchange.message, fail));
  });
  socket.close();
  return resultOf(reaction, request, exchange.arrivedAt);
}

/** What happens first; a process that was held up in the meantime gives the answer more time, within reason. */
function reactionWithin(timeout: number, listen: (settle: (reaction: Reaction) => void) => void): Promise<Reaction> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout;
    const wait = (extensions: number): void => {
      const due = performance.now() + timeout;
      timer = setTimeout(() => {
        if (performance.now() - due > timeout / 2 && extensions > 0) wait(extensions - 1);
        else resolve({ kind: "timeout" });
      }, timeout);
    };
    wait(3);
    listen((reaction) => {
      clearTimeout(timer);
      resolve(reaction);
    });
  });
}

/** How a refusal shows: reset or port unreachable; host, net or protocol unreachable; prohibited; dropped on the way out. */
const REFUSALS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOPROTOOPT",
  "EACCES",
  "EPERM",
]);

function resultOf(reaction: Reaction, request: ProbeRequest, arrivedAt: () => string | undefined): ProbeResult {
  // Asked in every case: the servers forget what has been asked for.
  const reached = arrivedAt();
  switch (reaction.kind) {
    case "timeout":
      return { outcome: "silent", arrivedAt: reached };
    case "error": {
      const errno = codeOf(reaction.error);
      if (errno === "ETIMEDOUT") return { outcome: "silent", arrivedAt: reached };
      if (errno === undefined || !REFUSALS.has(errno)) return failed(reaction.error);
      return { outcome: "refused", errno, arrivedAt: reached };
    }
    case "answer": {
      const identity = reaction.identity ?? reached;
      if (identity === undefined) return failed(`${request.destination} answered, but no server of ours is there`);
      if (request.expected !== undefined && !request.expected.includes(identity)) {
        return failed(`${identity} answered instead of ${request.expected.join(" or ") || "nobody"}`);
      }
      return { outcome: "passed", identity };
    }
  }
}

function failed(reason: unknown): ProbeResult {
  return { outcome: "failed", reason: reason instanceof Error ? reason.message : String(reason) };
}

function nonce(): string {
  return randomBytes(12).toString("hex");
}
