/** Connections that were there before anything followed them: the first enforcement meets them in the middle. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { makePods, reasonToSkip, removePods, type TestPod, type TestPods } from "../kernel/pods.fixture.ts";
import { tcpClient, tcpListener } from "../kernel/sockets.ts";
import { enforcerIn, NAMESPACE, podText, TABLE } from "./enforcer.fixture.ts";
import { TableWriter } from "../kernel/netlink/writer.ts";

const PORT = 5432;

/** `db` takes connections of one pod, and begins none. */
function closedBut(from: string): string {
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: db}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: ${from}}}}], ports: [{port: ${PORT}}]}]
`;
}

describe("the first enforcement on a busy node", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  let cluster = "";
  let web: TestPod;
  let db: TestPod;
  let listener: Server;

  before(async () => {
    lab = await makePods("busy", 2);
    const [first, second] = lab.pods;
    assert.ok(first && second);
    [web, db] = [first, second];
    cluster = NAMESPACE + podText("web", web) + podText("db", db);
    listener = await tcpListener({ namespace: db.namespace, address: db.v4, port: PORT });
  });
  after(async () => {
    listener?.close();
    await removePods("busy");
  });
  interface Ends {
    readonly client: Socket;
    readonly server: Socket;
  }

  async function connection(t: TestContext): Promise<Ends> {
    const accepted = once(listener, "connection");
    const client = tcpClient({ namespace: web.namespace, address: web.v4, port: 0 }, { address: db.v4, port: PORT });
    client.on("error", () => undefined);
    const [server]: readonly Socket[] = await accepted;
    assert.ok(server);
    server.on("error", () => undefined);
    t.after(() => [client, server].forEach((socket) => socket.destroy()));
    return { client, server };
  }

  async function enforce(t: TestContext, policy: string): Promise<void> {
    const { enforcer } = enforcerIn(t, lab.node, { text: cluster + policy });
    t.after(removeTable);
    assert.equal((await enforcer.reload()).kind, "changed");
  }

  /** Whoever closes a table leaves it in force. */
  async function removeTable(): Promise<void> {
    const writer = TableWriter.open({ table: TABLE, namespace: lab.node });
    await writer.remove();
    writer.close();
  }

  it("correction 9: leaves a live connection that is allowed, where the client sends first", async (t) => {
    const { client, server } = await connection(t);
    await enforce(t, closedBut("web"));
    for (const [from, to] of [
      [client, server],
      [server, client],
      [client, server],
    ] as const) {
      assert.equal(await arrives(from, to), true);
    }
  });

  it("correction 9: leaves it where the server sends first, whose packets wait for the client's", async (t) => {
    const { client, server } = await connection(t);
    await enforce(t, closedBut("web"));
    const heard = once(client, "data");
    assert.equal(await arrives(server, client), false);
    assert.equal(await arrives(client, server), true);
    assert.match(String(await heard), /still there/);
    assert.equal(await arrives(server, client), true);
  });

  for (const [who, isClient] of [
    ["client", true],
    ["server", false],
  ] as const) {
    it(`correction 9: cuts a live connection that is not allowed, where the ${who} sends first`, async (t) => {
      const { client, server } = await connection(t);
      await enforce(t, closedBut("nobody"));
      const [first, second] = isClient ? [client, server] : [server, client];
      assert.equal(await arrives(first, second), false);
      assert.equal(await arrives(second, first), false);
    });
  }
});

async function arrives(from: Socket, to: Socket): Promise<boolean> {
  if (from.destroyed || to.destroyed) return false;
  const arrived = once(to, "data").then(() => true);
  from.write("still there?");
  return Promise.race([arrived, delay(1500, false)]);
}
