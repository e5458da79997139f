/** Sending and receiving whole IPv4 packets in a network namespace, past its sockets. */
import { closeSync } from "node:fs";
import { addressText } from "../net/address.ts";
import { ipPacketBytes, parseIpPacket } from "./ip-packet.ts";
import type { IpPacket } from "./transport-packet.ts";
import * as c from "./libc.ts";
import { inNamespace } from "./namespace.ts";
import { socketAddress } from "./open-socket.ts";

/** A place where packets leave a namespace and where all that reach it are seen. */
export interface PacketPort {
  /** Sends the packet as it is, by the routes of the namespace. Throws SystemCallError where no route leads on. */
  send(packet: IpPacket): void;
  /** The next packet that came in by any link, whoever it was for at the IP layer; undefined when none is waiting. */
  receive(): IpPacket | undefined;
  close(): void;
}

const ETH_P_IP = 0x0800;
const IPPROTO_RAW = 255;
const BUFFER_SIZE = 4 << 20;
/** Offset of the packet type in sockaddr_ll, packet(7), and the type of frames that were meant for this host. */
const PACKET_TYPE = 10;
const PACKET_HOST = 0;

/**
 * Opens a port in `namespace`. Packets leave with the firewall mark `mark`, so that routes can be told apart from those of
 * the namespace's own stack. Received packets are seen before any filter, and also by the stack. Throws SystemCallError.
 */
export function openPacketPort(namespace: string, mark: number): PacketPort {
  const libc = c.libc();
  const attempt = `opening a packet port in namespace ${namespace}`;
  const number = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
  const fds: number[] = [];
  const close = (): void => {
    for (const fd of fds.splice(0)) closeSync(fd);
  };
  const open = (domain: number, type: number, protocol: number): number => {
    const fd = libc.socket(domain, type, protocol, attempt);
    fds.push(fd);
    return fd;
  };
  try {
    const [output, input] = inNamespace(namespace, () => {
      const raw = open(c.AF_INET, c.SOCK_RAW, IPPROTO_RAW);
      libc.setOption(raw, c.SOL_SOCKET, c.SO_MARK, number(mark), attempt);
      // The protocol of a packet socket is in network order.
      const taps = open(c.AF_PACKET, c.SOCK_DGRAM, ((ETH_P_IP & 0xff) << 8) | (ETH_P_IP >> 8));
      libc.setOption(taps, c.SOL_SOCKET, c.SO_RCVBUFFORCE, number(BUFFER_SIZE), attempt);
      return [raw, taps] as const;
    });
    const buffer = Buffer.alloc(65_536);
    const sender = Buffer.alloc(20);
    return {
      send(packet) {
        const to = addressText(packet.destination);
        const sending = `sending a packet from namespace ${namespace} to ${to}`;
        libc.send(output, ipPacketBytes(packet), socketAddress({ address: to, port: 0 }), sending);
      },
      receive() {
        for (;;) {
          const length = libc.receive(input, buffer, sender, `reading packets in namespace ${namespace}`);
          if (length === undefined) return undefined;
          // Bridges flood frames to hosts that they are not for.
          if (sender[PACKET_TYPE] !== PACKET_HOST) continue;
          const packet = parseIpPacket(Buffer.from(buffer.subarray(0, length)));
          if (packet !== undefined) return packet;
        }
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}
