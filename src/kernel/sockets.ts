/** Sockets that live in other network namespaces and are served by this process's event loop. */
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { createServer, type Server, Socket } from "node:net";
import type { Family } from "../net/address.ts";
import { ICMP, ICMPV6, TCP, UDP } from "../net/protocol.ts";
import * as c from "./libc.ts";
import { addressBytes, type LocalEnd, ON, openSocket, type RemoteEnd, type SocketKind } from "./open-socket.ts";

/** ICMP types, RFC 792 and RFC 4443. */
export const ECHO_REQUEST = { 4: 8, 6: 128 } as const;

/** On both sides they let clients share the port of a server; two servers that do not have them when they begin cannot. */
const reuseAddress = { level: c.SOL_SOCKET, option: c.SO_REUSEADDR, value: ON };
const reusePort = { level: c.SOL_SOCKET, option: c.SO_REUSEPORT, value: ON };

/** A server that listens when the promise resolves. */
export async function tcpListener(end: LocalEnd): Promise<Server> {
  const kind = { type: c.SOCK_STREAM, protocol: TCP, name: "TCP listener", options: [reuseAddress] };
  const fd = openSocket(end, { ...kind, optionsOnceBound: [reusePort] });
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ fd, backlog: 4096 }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  return server;
}

/**
 * A TCP client on its way to `to`; listen to `connect` and `error` at once. Its port is chosen per destination, so that
 * one address can hold more connections than there are ports. Clients that ask for one source port share it with each
 * other and with a listener there, as long as they differ in where they go.
 */
export function tcpClient(from: LocalEnd, to: RemoteEnd): Socket {
  checkFamilies(from, to);
  const late = { level: c.SOL_IP, option: c.IP_BIND_ADDRESS_NO_PORT, value: ON };
  const options = from.port === 0 ? [late] : [reusePort];
  const fd = openSocket(from, { type: c.SOCK_STREAM, protocol: TCP, name: "TCP client", options });
  const socket = new Socket({ fd, readable: true, writable: true });
  try {
    return socket.connect({ host: to.address, port: to.port });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Node would take another text than an address for a name, and ask a resolver. */
function checkFamilies(from: { readonly address: string }, to: { readonly address: string }): void {
  if (addressBytes(from.address).family !== addressBytes(to.address).family) {
    throw new RangeError(`${from.address} and ${to.address} are of different families`);
  }
}

/** A UDP socket bound to one address, as a server uses it; clients may share its port. */
export function udpSocket(end: LocalEnd): DatagramSocket {
  const kind = { type: c.SOCK_DGRAM, protocol: UDP, name: "UDP socket", options: [] };
  return datagramSocket(end, openSocket(end, { ...kind, optionsOnceBound: [reuseAddress] }));
}

/** A UDP client that talks to `to` only; ICMP errors about its packets arrive as `error` events. */
export function udpClient(from: LocalEnd, to: RemoteEnd): DatagramSocket {
  checkFamilies(from, to);
  const options = [receiveErrors(from.address), ...(from.port === 0 ? [] : [reuseAddress])];
  const fd = openSocket(from, { type: c.SOCK_DGRAM, protocol: UDP, name: "UDP client", options });
  return connected(datagramSocket(from, fd), to);
}

/**
 * An ICMP or ICMPv6 echo client that talks to `address` only. It sends whole ICMP messages, of which the kernel fills in
 * identifier and checksum, and receives the echo replies to them. Needs sysctl `net.ipv4.ping_group_range` (for
 * both families) to include the group of this process, as the probe sysctls of this folder do.
 */
export function pingClient(from: Omit<LocalEnd, "port">, address: string): DatagramSocket {
  checkFamilies(from, { address });
  const end = { ...from, port: 0 };
  const protocol = addressBytes(from.address).family === 4 ? ICMP : ICMPV6;
  const options = [receiveErrors(from.address)];
  const fd = openSocket(end, { type: c.SOCK_DGRAM, protocol, name: "ping socket", options });
  // The port of a ping socket's destination has no meaning, but Node refuses 0.
  return connected(datagramSocket(end, fd), { address, port: 1 });
}

/** An ICMP or ICMPv6 echo request with `data`; checksum and identifier are left to the kernel. RFC 792, RFC 4443. */
export function echoRequest(family: Family, data: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = ECHO_REQUEST[family];
  return Buffer.concat([header, Buffer.from(data, "latin1")]);
}

/** Without this, a datagram socket hears only of some ICMP errors: host unreachable, for one, is kept from it. */
function receiveErrors(address: string): SocketKind["options"][number] {
  const { family } = addressBytes(address);
  return family === 4
    ? { level: c.SOL_IP, option: c.IP_RECVERR, value: ON }
    : { level: c.SOL_IPV6, option: c.IPV6_RECVERR, value: ON };
}

function datagramSocket(end: LocalEnd, fd: number): DatagramSocket {
  const { family } = addressBytes(end.address);
  // Addresses are literals: no resolver, which would cost a thread and a turn of the loop.
  const socket = createSocket({
    type: family === 4 ? "udp4" : "udp6",
    lookup: (host, _options, done) => done(null, host, family),
  });
  socket.bind({ fd });
  return socket;
}

function connected(socket: DatagramSocket, to: RemoteEnd): DatagramSocket {
  try {
    socket.connect(to.port, to.address);
    return socket;
  } catch (error) {
    socket.close();
    throw error;
  }
}
