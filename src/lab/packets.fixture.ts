/** For tests: packets that probes cannot make, and policies that no dialect here can write. */
import { createSocket } from "node:dgram";
import { setTimeout as pause } from "node:timers/promises";
import { openSocket } from "../kernel/open-socket.ts";
import { openServers } from "../kernel/servers.ts";
import { udpClient } from "../kernel/sockets.ts";
import type { Family } from "../net/address.ts";
import { TCP, UDP } from "../net/protocol.ts";
import { box } from "../net/traffic.ts";
import type { Situation } from "../situation/situation.ts";
import { addressOf } from "./standing.fixture.ts";
import type { LabPlace } from "./topology.ts";

const SOL = { 4: 0, 6: 41 } as const;
const TOS_OPTION = { 4: 1, 6: 67 } as const;

/** Sends one datagram to port 7000 with every value of TOS or traffic class, and tells how many arrive. */
export async function arrivalsOfEveryTos(
  from: LabPlace,
  source: string,
  to: LabPlace,
  family: Family,
): Promise<number> {
  const address = addressOf(to, family);
  const { namespace, identity } = to;
  const servers = await openServers([{ namespace, address, identity, protocol: "udp", port: 7000 }]);
  const texts = Array.from({ length: 256 }, (_, tos) => `${source} tos ${tos}`);
  await Promise.all(
    texts.map((text, tos) => {
      const value = new Uint8Array(Int32Array.of(tos).buffer);
      const options = [{ level: SOL[family], option: TOS_OPTION[family], value }];
      const end = { namespace: from.namespace, address: source, port: 0 };
      const fd = openSocket(end, { type: 2, protocol: UDP, name: "UDP socket with TOS", options });
      const socket = createSocket(family === 4 ? "udp4" : "udp6");
      socket.on("error", () => undefined);
      socket.bind({ fd });
      return new Promise<void>((resolve) => {
        socket.send(text, 7000, address, () => socket.close(() => resolve()));
      });
    }),
  );
  await pause(200);
  const arrived = texts.filter((text) => servers.datagramArrivedAt(text) !== undefined).length;
  await servers.close();
  return arrived;
}

/** Sends one datagram of `size` bytes. */
export async function send(
  from: LabPlace,
  to: LabPlace,
  sourcePort: number,
  port: number,
  family: Family,
  size: number,
): Promise<void> {
  const end = { namespace: from.namespace, address: addressOf(from, family), port: sourcePort };
  const socket = udpClient(end, { address: addressOf(to, family), port });
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => socket.on("connect", () => socket.send(Buffer.alloc(size), () => resolve())));
  await pause(50);
  socket.close();
}

/** Whether a counter comes to `least` within a second. */
export async function reaches(count: () => Promise<number>, least: number): Promise<boolean> {
  for (let attempt = 0; attempt < 20; attempt++) {
    if ((await count()) >= least) return true;
    await pause(50);
  }
  return false;
}

/** The same policies with their rules of TCP narrowed to some source ports, and likewise for UDP. */
export function fromSourcePorts(
  situation: Situation,
  sources: { readonly start: number; readonly end: number },
): Situation {
  const destinations = [{ start: 8000, end: 8011 }];
  return {
    ...situation,
    tiers: situation.tiers.map((tier) => ({
      ...tier,
      policies: tier.policies.map((policy) => ({
        ...policy,
        ingress: policy.ingress?.map((rule) => ({
          ...rule,
          traffic: [TCP, UDP].map((protocol) => ({
            within: box(protocol, [sources], destinations),
            conditions: [],
            origin: rule.origin,
          })),
        })),
      })),
    })),
  };
}
