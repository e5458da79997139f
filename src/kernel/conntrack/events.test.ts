/** Real connections through a node of the test's own, whose marks a rule writes as the program does. */
import assert from "node:assert/strict";
import type { Server } from "node:net";
import { after, before, describe, it } from "node:test";
import { generationStamped } from "../../dataplane/program-chains.ts";
import { addressText } from "../../net/address.ts";
import { judgedTuple } from "../../net/tuple.ts";
import { loadRuleset } from "../nft.ts";
import { makePods, reasonToSkip, removePods, type TestPods } from "../pods.fixture.ts";
import { tcpClient, tcpListener } from "../sockets.ts";
import { writeSysctls } from "../sysctls.ts";
import { type ConnectionEvent, readConnections } from "./events.ts";

const NAME = "conntrack";
const SERVICE = "10.77.9.9";

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("connection events", { skip: reasonToSkip() }, () => {
  let made: TestPods;
  const servers: Server[] = [];

  before(async () => {
    made = await makePods(NAME, 2);
    const [, to] = made.pods;
    assert.ok(to);
    await loadRuleset(
      made.node,
      `table inet stamps {
        chain services { type nat hook prerouting priority -100;
          ip daddr ${SERVICE} tcp dport 80 dnat ip to ${to.v4}:5432
        }
        chain stamps { type filter hook forward priority 0;
          ct mark set 0x00070005
        }
      }`,
    );
    writeSysctls(made.node, { "net.netfilter.nf_conntrack_acct": 1 });
    for (const address of [to.v4, to.v6]) {
      const server = await tcpListener({ namespace: to.namespace, address, port: 5432 });
      server.on("connection", (socket) => socket.end("hello"));
      servers.push(server);
    }
  });
  after(async () => {
    for (const server of servers) server.close();
    await removePods(NAME);
  });

  it("tell both tuples and the generation of the mark, of both families, before and after translation", async () => {
    const [from, to] = made.pods;
    assert.ok(from && to);
    const events: ConnectionEvent[] = [];
    const reader = readConnections({
      namespace: made.node,
      onEvent: (event) => events.push(event),
      onFailure: (error) => assert.fail(String(error)),
    });
    for (const [address, own, port] of [
      [SERVICE, from.v4, 80],
      [to.v6, from.v6, 5432],
    ] as const) {
      const client = tcpClient({ namespace: from.namespace, address: own, port: 0 }, { address, port });
      await new Promise((resolve, reject) => client.once("error", reject).once("close", resolve).resume());
    }
    await until(() => events.length >= 2);
    reader.close();
    const told = events
      .filter(({ kind }) => kind === "began")
      .map(({ connection }) => {
        const { original, mark } = connection;
        const judged = judgedTuple(connection);
        return [
          addressText(original.destination),
          original.traffic.second,
          addressText(judged.source),
          addressText(judged.destination),
          judged.traffic.second,
          generationStamped(mark),
        ].join(" ");
      });
    assert.deepEqual(told.sort(), [
      `${SERVICE} 80 ${from.v4} ${to.v4} 5432 7`,
      `${to.v6} 5432 ${from.v6} ${to.v6} 5432 7`,
    ]);
    assert.equal(reader.overruns, 0);
  });
});
