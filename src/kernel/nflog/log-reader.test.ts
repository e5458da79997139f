/** Real packets, logged by rules in namespaces of the test's own. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { addressText } from "../../net/address.ts";
import { ICMP, ICMPV6, TCP, UDP } from "../../net/protocol.ts";
import { SystemCallError } from "../errors.ts";
import { loadRuleset } from "../nft.ts";
import { makePods, reasonToSkip, removePods, type TestPods } from "../pods.fixture.ts";
import { echoRequest, pingClient, tcpClient, udpClient } from "../sockets.ts";
import { type LogReader, readLog } from "./log-reader.ts";
import type { LoggedPacket } from "./packet.ts";

const NAME = "nflog";
const GROUP = 4477;

function rules(port: number): string {
  return `table inet watch {
    chain watch {
      type filter hook forward priority 0
      meta l4proto { icmp, icmpv6, tcp } log prefix "seen" group ${GROUP} drop
      udp dport ${port} log prefix "flood" group ${GROUP} drop
    }
  }`;
}

interface Reading {
  readonly packets: LoggedPacket[];
  readonly reader: LogReader;
}

function startReading(namespace: string, buffer?: number): Reading {
  const packets: LoggedPacket[] = [];
  const reader = readLog({
    namespace,
    group: GROUP,
    ...(buffer === undefined ? {} : { buffer }),
    onPacket: (packet) => packets.push(packet),
    onFailure: (error) => assert.fail(String(error)),
  });
  return { packets, reader };
}

/** Waits until something holds, up to ten seconds. */
async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("logged packets", { skip: reasonToSkip() }, () => {
  let made: TestPods;

  before(async () => {
    made = await makePods(NAME, 2);
    await loadRuleset(made.node, rules(9000));
  });
  after(() => removePods(NAME));

  it("tell prefix, hook, tuple and connection, of both families, TCP and ICMP", async () => {
    const [from, to] = made.pods;
    assert.ok(from && to);
    const { packets, reader } = startReading(made.node);
    const open = [
      tcpClient({ namespace: from.namespace, address: from.v4, port: 40_001 }, { address: to.v4, port: 81 }),
      tcpClient({ namespace: from.namespace, address: from.v6, port: 40_002 }, { address: to.v6, port: 82 }),
    ];
    for (const socket of open) socket.on("error", () => undefined);
    const pings = (["v4", "v6"] as const).map((key) => {
      const ping = pingClient({ namespace: from.namespace, address: from[key] }, to[key]);
      ping.on("error", () => undefined).once("connect", () => ping.send(echoRequest(key === "v4" ? 4 : 6, "hello")));
      return ping;
    });
    await until(() => new Set(packets.map(({ tuple }) => JSON.stringify(tuple?.traffic))).size >= 4);
    for (const socket of open) socket.destroy();
    for (const ping of pings) ping.close();
    reader.close();
    const seen = new Set(
      packets.map(({ prefix, hook, tuple }) => {
        assert.ok(tuple);
        const { protocol, first, second } = tuple.traffic;
        return [prefix, hook, addressText(tuple.source), addressText(tuple.destination), protocol, first, second].join(
          " ",
        );
      }),
    );
    assert.deepEqual(
      [...seen].sort(),
      [
        `seen forward ${from.v4} ${to.v4} ${ICMP} 8 0`,
        `seen forward ${from.v4} ${to.v4} ${TCP} 40001 81`,
        `seen forward ${from.v6} ${to.v6} ${ICMPV6} 128 0`,
        `seen forward ${from.v6} ${to.v6} ${TCP} 40002 82`,
      ].sort(),
    );
    for (const { inInterface, outInterface } of packets)
      assert.ok(inInterface !== undefined && outInterface !== undefined);
    assert.equal(reader.lost, 0);
  });

  async function flood(count: number): Promise<void> {
    const [from, to] = made.pods;
    assert.ok(from && to);
    const client = udpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port: 9000 });
    client.on("error", () => undefined);
    await new Promise((resolve) => client.once("connect", resolve));
    for (let i = 0; i < count; i++) await new Promise((resolve) => client.send("x", resolve));
    client.close();
  }

  it("are all there, ten thousand in a row", async () => {
    const { packets, reader } = startReading(made.node);
    await flood(10_000);
    await until(() => packets.length >= 10_000);
    reader.close();
    assert.equal(packets.filter(({ tuple }) => tuple?.traffic.protocol === UDP).length, 10_000);
    assert.deepEqual([reader.lost, reader.overruns], [0, 0]);
  });

  it("are counted where they do not fit", async () => {
    const { packets, reader } = startReading(made.node, 4096);
    const [from, to] = made.pods;
    assert.ok(from && to);
    const client = udpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port: 9000 });
    await new Promise((resolve) => client.once("connect", resolve));
    // Sent in one turn of the loop, in which nothing is read.
    for (let i = 0; i < 5000; i++) client.send("x");
    await until(() => packets.length + reader.lost >= 5000 && reader.overruns > 0);
    await flood(1);
    await until(() => packets.length + reader.lost >= 5001);
    client.close();
    reader.close();
    assert.ok(reader.overruns > 0);
    assert.ok(reader.lost > 0);
    assert.equal(packets.length + reader.lost, 5001);
  });

  it("go to one reader at a time, and the second is told so", () => {
    const { reader } = startReading(made.node);
    try {
      assert.throws(
        () => startReading(made.node),
        (error) => error instanceof SystemCallError && error.errno === "EPERM",
      );
    } finally {
      reader.close();
    }
  });
});
