/** A change of policy under a live connection, in a kernel: each event is judged by what was in force when it happened. */
import assert from "node:assert/strict";
import type { Server, Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { compile } from "../dataplane/compile.ts";
import { nftText } from "../dataplane/nft-text.ts";
import { readConnections } from "../kernel/conntrack/events.ts";
import { openLookup } from "../kernel/conntrack/lookup.ts";
import { readLog } from "../kernel/nflog/log-reader.ts";
import { deleteTable, loadRuleset } from "../kernel/nft.ts";
import { makePods, reasonToSkip, removePods, type TestPods } from "../kernel/pods.fixture.ts";
import { tcpClient, tcpListener } from "../kernel/sockets.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { eventOfConnection, eventOfPacket, needsConnection } from "./event.ts";
import { emptyHistory, withGeneration } from "./history.ts";
import { type FlowRecord, flowRecord } from "./record.ts";

const NAME = "generations";
const PORT = 5432;

function situationWith(pods: TestPods["pods"], admitted: string): Situation {
  return situationFrom(
    [
      "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
      "{apiVersion: v1, kind: Node, metadata: {name: n1}}",
      ...["web", "db"].map(
        (name, i) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}
spec: {nodeName: n1, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${pods[i]?.v4 ?? ""}}`,
      ),
      `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db-allow, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: ${admitted}}}}], ports: [{port: ${PORT}}]}]`,
    ].join("\n---\n"),
  );
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 1000 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("a policy that tightens under a live connection", { skip: reasonToSkip() }, () => {
  let made: TestPods;
  let server: Server;
  const accepted: Socket[] = [];

  before(async () => {
    made = await makePods(NAME, 2);
    const [, db] = made.pods;
    assert.ok(db);
    server = await tcpListener({ namespace: db.namespace, address: db.v4, port: PORT });
    server.on("connection", (socket) => accepted.push(socket.on("error", () => undefined)));
  });
  after(async () => {
    for (const socket of accepted) socket.destroy();
    server.close();
    await removePods(NAME);
  });

  async function load(situation: Situation, generation: number): Promise<void> {
    const [node] = situation.inventory.nodes;
    assert.ok(node);
    const program = compile(situation, node, { table: "portcullis", generation, denial: "drop", interfaces: [] });
    await deleteTable(made.node, { family: "inet", name: "portcullis" });
    await loadRuleset(made.node, nftText(program));
  }

  it("correction 11: is told as allowed by the generation before and denied by the one after, whichever end sends first", async () => {
    const [web, db] = made.pods;
    assert.ok(web && db);
    const [open, shut] = [situationWith(made.pods, "web"), situationWith(made.pods, "nobody")];
    const history = withGeneration(withGeneration(emptyHistory(8), 1, open), 2, shut);
    const records: FlowRecord[] = [];
    const onFailure = (error: unknown): void => assert.fail(String(error));
    const lookup = openLookup(made.node);
    const readers = [
      readConnections({
        namespace: made.node,
        onEvent: (told) => records.push(flowRecord(eventOfConnection(told, 0), history, "n1")),
        onFailure,
      }),
      readLog({
        namespace: made.node,
        group: 4477,
        onPacket: (packet) => {
          const connection = packet.tuple && needsConnection(packet) ? lookup.find(packet.tuple) : packet.connection;
          const event = eventOfPacket({ ...packet, connection }, 0);
          if (event !== undefined) records.push(flowRecord(event, history, "n1"));
        },
        onFailure,
      }),
    ];
    await load(open, 1);
    const client = tcpClient({ namespace: web.namespace, address: web.v4, port: 0 }, { address: db.v4, port: PORT });
    client.on("error", () => undefined);
    await new Promise((resolve) => client.once("connect", resolve));
    await until(() => accepted.length > 0);
    await load(shut, 2);
    accepted[0]?.write("the server sends first");
    await until(() => records.some(({ event }) => event.kind === "denied"));
    client.write("then the client");
    await until(() => records.filter(({ event }) => event.kind === "denied").length > 1);
    for (const reader of readers) reader.close();
    lookup.close();
    client.destroy();
    const told = records
      .filter(({ event }) => event.kind !== "ended")
      .map(({ event, tuple, judged }) => {
        const [decider] = judged?.replay.deciders ?? [];
        const { generation, kind } = event;
        return [kind, generation, tuple.traffic.second, decider?.policy.name, decider?.effect, judged?.agrees].join(
          " ",
        );
      });
    assert.deepEqual(
      [...new Set(told)],
      [`allowed 1 ${PORT} db-allow admits true`, `denied 2 ${PORT} db-allow isolates true`],
    );
  });
});
