/** What policies say at the interfaces of a node, enforced in its kernel, with packets. */
import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, before, describe, it, type TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { deleteTable, listTable, loadRuleset } from "../kernel/nft.ts";
import { makePods, NODE_V4, NODE_V6, reasonToSkip, removePods, type TestPods } from "../kernel/pods.fixture.ts";
import { probe } from "../kernel/probe.ts";
import { runProgram } from "../kernel/program.ts";
import { openServers, type ServerPlace, type Servers } from "../kernel/servers.ts";
import { tcpClient, tcpListener } from "../kernel/sockets.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Family } from "../net/address.ts";
import { connected, enforcerIn, type Given, NAMESPACE, NODE, podText, until } from "./enforcer.fixture.ts";

const NAME = "hosts";
const FAMILIES = [4, 6] as const;
const PORTS = [22, 6443, 8080, 8081];
const NODE_PORT = 31_000;
const VXLAN_PORT = 4789;
/** Where a server waits for the test to let it speak. */
const QUIET_PORT = 9000;
const QUIET_NODE_PORT = 31_001;

const NODE_TEXT = `---
apiVersion: v1
kind: Node
metadata: {name: ${NODE}}
status: {addresses: [{type: InternalIP, address: ${NODE_V4}}, {type: InternalIP, address: "${NODE_V6}"}]}
`;

function host(spec: string): string {
  return `---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: node, labels: {role: host}}
spec: {node: ${NODE}, ${spec}}
`;
}

const EVERYWHERE = host('interfaceName: "*"');
const OPEN = host('interfaceName: "*", profiles: [projectcalico-default-allow]');

function policy(name: string, spec: string): string {
  return `---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: ${name}}
spec: {selector: role == 'host', ${spec}}
`;
}

const FORWARD = "applyOnForward: true";
const PRE_DNAT = "preDNAT: true, applyOnForward: true, types: [Ingress]";
const UNTRACKED = "doNotTrack: true, applyOnForward: true, types: [Ingress, Egress]";

/** Who takes part: the node, a pod of it, and two other machines, each behind an interface of its own. */
interface Party {
  readonly namespace: string;
  readonly v4: string;
  readonly v6: string;
  readonly second: string;
}

describe("host endpoints in the kernel", { skip: reasonToSkip(), concurrency: false }, () => {
  let lab: TestPods;
  let servers: Servers;
  let node: Party;
  let web: Party;
  let near: Party;
  let far: Party;
  let cluster: string;

  before(async () => {
    lab = await makePods(NAME, 3);
    const [a, b, c] = lab.pods;
    assert.ok(a && b && c);
    [web, near, far] = [a, b, c];
    node = { namespace: lab.node, v4: NODE_V4, v6: NODE_V6, second: NODE_V4 };
    cluster = NAMESPACE + NODE_TEXT + podText("web", a);
    const places = [node, web, near, far].flatMap(({ namespace, v4, v6 }) =>
      [v4, v6].flatMap((address): readonly ServerPlace[] => [
        { namespace, address, identity: namespace, protocol: "icmp" },
        ...PORTS.flatMap((port): readonly ServerPlace[] => [
          { namespace, address, identity: namespace, protocol: "tcp", port },
          { namespace, address, identity: namespace, protocol: "udp", port },
        ]),
      ]),
    );
    const carrier = {
      namespace: lab.node,
      address: NODE_V4,
      identity: lab.node,
      protocol: "udp",
      port: VXLAN_PORT,
    } as const;
    servers = await openServers([...places, carrier]);
    const ports = `tcp dport ${NODE_PORT} dnat ip to ${web.v4}:8080`;
    const quiet = `tcp dport ${QUIET_NODE_PORT} dnat ip to ${web.v4}:${QUIET_PORT}`;
    await loadRuleset(
      lab.node,
      `table inet nat {\n chain pre {\n  type nat hook prerouting priority dstnat\n  ip daddr ${NODE_V4} ${ports}\n  ip daddr ${NODE_V4} ${quiet}\n }\n}\n`,
    );
  });

  after(async () => {
    await servers?.close();
    await removePods(NAME);
  });

  async function enforced(
    t: TestContext,
    text: string,
    more: Parameters<typeof enforcerIn>[3] = {},
  ): Promise<ReturnType<typeof enforcerIn> & { given: Given }> {
    const given = { text: cluster + text };
    const made = enforcerIn(t, lab.node, given, more);
    await made.enforcer.remove();
    const outcome = await made.enforcer.reload();
    assert.equal(outcome.kind, "changed", JSON.stringify(outcome));
    return { ...made, given };
  }

  interface Asked {
    readonly family?: Family;
    readonly sourcePort?: number;
    readonly protocol?: "tcp" | "udp";
  }

  /** `passed`, `refused` or `silent`. */
  async function asks(from: Party, to: Party, port: number | "ping", how: Asked = {}): Promise<string> {
    const { family = 4, protocol = "tcp", ...more } = how;
    const [source, destination] = family === 4 ? [from.v4, to.v4] : [from.v6, to.v6];
    const request = { namespace: from.namespace, source, destination } as const;
    const asked = port === "ping" ? ({ protocol: "icmp" } as const) : { protocol, port, ...more };
    const { outcome } = await probe(servers, { ...request, ...asked }, 400);
    return outcome;
  }

  it("admit to the node what policy allows and failsafe ports, and leave alone what is not theirs", async (t) => {
    const { enforcer } = await enforced(
      t,
      EVERYWHERE +
        policy(
          "near",
          `types: [Ingress, Egress], ingress: [{action: Allow, protocol: TCP, source: {nets: [${near.v4}/32]}, destination: {ports: [8080]}}, {action: Allow, protocol: TCP, source: {nets: ["${near.v6}/128"]}, destination: {ports: [8080]}}]`,
        ),
    );
    assert.deepEqual([enforcer.state.enforcement, enforcer.state.degraded], ["enforced", []]);
    for (const family of FAMILIES) {
      assert.equal(await asks(near, node, 8080, { family }), "passed");
      assert.equal(await asks(near, node, 8081, { family }), "refused");
      assert.equal(await asks(far, node, 8080, { family }), "refused");
      assert.equal(await asks(far, node, 22, { family }), "passed", "a failsafe port");
      assert.equal(await asks(far, node, 22, { family, protocol: "udp" }), "refused");
      assert.equal(await asks(far, node, "ping", { family }), "refused");
      assert.equal(await asks(node, far, 8080, { family }), "refused");
      assert.equal(await asks(node, far, 6443, { family }), "passed", "a failsafe port");
      assert.equal(await asks(node, far, 22, { family }), "refused", "no failsafe port outwards");
      // Pods and their node, the node and itself, and what it forwards.
      assert.equal(await asks(web, node, 8080, { family }), "passed");
      assert.equal(await asks(node, web, 8080, { family }), "passed");
      assert.equal(await asks(node, node, 8080, { family }), "passed");
      assert.equal(await asks(far, web, 8080, { family }), "passed");
      assert.equal(await asks(web, far, 8080, { family }), "passed");
      assert.equal(await asks(far, near, 8080, { family }), "passed");
    }
  });

  it("govern an interface by its name, and no other", async (t) => {
    await enforced(t, host("interfaceName: pod1"));
    assert.equal(await asks(near, node, 8080), "refused");
    assert.equal(await asks(node, near, 8080), "refused");
    assert.equal(await asks(far, node, 8080), "passed");
    assert.equal(await asks(node, far, 8080), "passed");
  });

  it("govern the interface that bears an expected address", async (t) => {
    const { enforcer, given } = await enforced(
      t,
      host('expectedIPs: ["fe80::1"]') + policy("all", "ingress: [{action: Deny}]"),
    );
    assert.equal(await asks(near, node, 8080), "refused");
    assert.deepEqual(enforcer.state.degraded, []);
    given.text = cluster + host("expectedIPs: [192.0.2.77]");
    await enforcer.reload();
    assert.equal(await asks(near, node, 8080), "passed");
    assert.match(enforcer.state.degraded.join(), /no interface of this machine to others bears 192\.0\.2\.77/);
  });

  it("cut live connections of the node that are no longer allowed, and no others", async (t) => {
    const allow = (...ports: readonly number[]): string =>
      EVERYWHERE +
      policy(
        "ports",
        `types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [${ports.join(", ")}]}}]`,
      );
    const { enforcer, given } = await enforced(t, allow(8080, 8081));
    const [kept, cut] = [await connected(near, node, 8080), await connected(near, node, 8081)];
    assert.ok(kept && cut);
    t.after(() => [kept, cut].forEach((socket) => socket.destroy()));
    const closed = { kept: false, cut: false };
    kept.on("error", () => undefined).on("close", () => (closed.kept = true));
    cut.on("error", () => undefined).on("close", () => (closed.cut = true));
    given.text = cluster + allow(8080, 8081, 9000);
    assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: false });
    given.text = cluster + allow(8080);
    assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: true });
    cut.write("x");
    kept.write("x");
    assert.ok(await until(() => closed.cut));
    assert.equal(closed.kept, false);
  });

  it("cut them too where the node sends first", async (t) => {
    const allow = (port: number): string =>
      EVERYWHERE +
      policy("ports", `types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [${port}]}}]`);
    const { enforcer, given } = await enforced(t, allow(QUIET_PORT));
    const { client, server } = await quietly(t, near, node, node, QUIET_PORT);
    given.text = cluster + allow(1);
    await enforcer.reload();
    assert.equal(await isHeard([server, client]), false);
  });

  it("are taken over as an earlier process left them, without a change", async (t) => {
    const text = EVERYWHERE + policy("web", `${FORWARD}, ingress: [{action: Allow, source: {nets: [${near.v4}/32]}}]`);
    const { enforcer, table } = await enforced(t, text);
    const { generation } = enforcer.state;
    table.close();
    const next = enforcerIn(t, lab.node, { text: cluster + text });
    assert.deepEqual(await next.enforcer.reload(), { kind: "unchanged" });
    assert.equal(next.enforcer.state.generation, generation);
  });

  it("govern what the node forwards, by the interface it comes in or leaves by", async (t) => {
    const { enforcer, given } = await enforced(
      t,
      OPEN + policy("in", `${FORWARD}, types: [Ingress], ingress: [{action: Allow, source: {nets: [${near.v4}/32]}}]`),
    );
    assert.equal(await asks(near, web, 8080), "passed");
    assert.equal(await asks(far, web, 8080), "refused");
    assert.equal(await asks(far, web, 22), "refused", "no port is failsafe for what is forwarded");
    assert.equal(await asks(far, near, 8080), "refused");
    assert.equal(await asks(near, far, 8080), "passed");
    assert.equal(await asks(web, far, 8080), "passed", "nothing governs what leaves");
    assert.equal(await asks(node, web, 8080), "passed");
    given.text =
      cluster +
      OPEN +
      policy("out", `${FORWARD}, types: [Egress], egress: [{action: Allow, destination: {nets: [${near.v4}/32]}}]`);
    await enforcer.reload();
    assert.equal(await asks(web, near, 8080), "passed");
    assert.equal(await asks(web, far, 8080), "refused");
    assert.equal(await asks(far, web, 8080), "passed", "nothing governs what comes in");
    assert.equal(await asks(web, node, 8080), "passed");
  });

  describe("before destinations are translated (correction 13)", () => {
    it("deny a node port that leads to a pod, and the pod itself to nobody", async (t) => {
      await enforced(
        t,
        OPEN +
          policy(
            "ports",
            `${PRE_DNAT}, ingress: [{action: Deny, protocol: TCP, source: {nets: [${far.v4}/32]}, destination: {nets: [${NODE_V4}/32], ports: [${NODE_PORT}, 22]}}]`,
          ),
      );
      assert.equal(await asks(near, node, NODE_PORT), "passed");
      assert.equal(await asks(far, node, NODE_PORT), "silent");
      assert.equal(await asks(far, web, 8080), "passed");
      assert.equal(await asks(far, node, 8080), "passed");
      assert.equal(await asks(far, node, 22), "passed", "a failsafe port");
    });

    it("allow what later phases are then not asked about", async (t) => {
      const allow = `ingress: [{action: Allow, protocol: TCP, source: {nets: [${near.v4}/32]}, destination: {ports: [${NODE_PORT}, 8081]}}]`;
      await enforced(
        t,
        EVERYWHERE + policy("early", `${PRE_DNAT}, ${allow}`) + policy("none", `${FORWARD}, types: [Ingress]`),
      );
      assert.equal(await asks(near, node, NODE_PORT), "passed");
      assert.equal(await asks(near, web, 8080), "refused");
      assert.equal(await asks(near, node, 8081), "passed");
      assert.equal(await asks(near, node, 8080), "refused");
      assert.equal(await asks(far, node, NODE_PORT), "refused");
    });

    it("cut a live connection to a node port that they no longer allow, whoever sends first", async (t) => {
      const deny = (port: number): string =>
        OPEN +
        policy("ports", `${PRE_DNAT}, ingress: [{action: Deny, protocol: TCP, destination: {ports: [${port}]}}]`);
      for (const first of ["client", "server"] as const) {
        const { enforcer, table, given } = await enforced(t, deny(9));
        const { client, server } = await quietly(t, near, web, node, QUIET_NODE_PORT);
        given.text = cluster + deny(QUIET_NODE_PORT);
        assert.deepEqual(await enforcer.reload(), { kind: "changed", isTighter: true });
        assert.equal(await isHeard(first === "client" ? [client, server] : [server, client]), false, first);
        table.close();
      }
    });
  });

  describe("before connections are tracked (correction 13)", () => {
    const rules = (ingress: string, egress: string): string =>
      policy("raw", `${UNTRACKED}, ingress: [${ingress}], egress: [${egress}]`);
    const toWeb = "{action: Allow, protocol: TCP, destination: {ports: [8080]}}";
    const fromWeb = "{action: Allow, protocol: TCP, source: {ports: [8080]}}";

    it("allow both ways without a connection, where later phases would deny", async (t) => {
      await enforced(t, EVERYWHERE + rules(toWeb, fromWeb));
      const untracked = await watch("untracked", "input priority 10", "tcp dport 8080 ct state untracked");
      const tracked = await watch("tracked", "input priority 10", "tcp dport 8080 ct state new,established");
      for (const family of FAMILIES) assert.equal(await asks(near, node, 8080, { family }), "passed");
      assert.notEqual(await untracked(), 0);
      assert.equal(await tracked(), 0);
      assert.equal(await asks(near, node, 8081), "refused", "judged by the normal phase");
      assert.equal(await asks(near, node, 22), "passed", "a failsafe port");
    });

    it("let no reply out that no untracked rule allows", async (t) => {
      await enforced(t, EVERYWHERE + rules(toWeb, ""));
      assert.equal(await asks(near, node, 8080), "silent");
    });

    it("deny without an answer, also what answers the node's own connections", async (t) => {
      const source = `source: {nets: [${far.v4}/32]}`;
      await enforced(t, OPEN + rules(`{action: Deny, ${source}, protocol: TCP}`, ""));
      assert.equal(await asks(far, node, 8080), "silent");
      assert.equal(await asks(far, node, 22), "passed", "a failsafe port");
      assert.equal(await asks(far, node, "ping"), "passed");
      assert.equal(await asks(near, node, 8080), "passed");
      assert.equal(await asks(node, far, 8080), "silent");
      assert.equal(await asks(node, far, 6443), "passed", "answers of failsafe ports");
      assert.equal(await asks(node, near, 8080), "passed");
    });

    it("do not open the node to what others keep from being tracked", async (t) => {
      await enforced(t, EVERYWHERE);
      const table = { family: "inet", name: "others" } as const;
      const chain = "chain pre {\n type filter hook prerouting priority -310\n tcp dport 8080 notrack\n }";
      await loadRuleset(lab.node, `table inet others {\n ${chain}\n}\n`);
      t.after(() => deleteTable(lab.node, table));
      assert.equal(await asks(near, node, 8080), "silent");
    });
  });

  it("let pass between nodes what pods' packets travel in, from no other address", async (t) => {
    const other = `---\napiVersion: v1\nkind: Node\nmetadata: {name: worker-2}\nstatus: {addresses: [{type: InternalIP, address: ${near.v4}}]}\n`;
    const situation = situationFrom(cluster + EVERYWHERE + other, { assumptions: { "pod-overlay": "vxlan" } });
    const [here] = situation.inventory.nodes;
    assert.ok(here !== undefined);
    await enforced(t, "", { read: () => Promise.resolve({ kind: "usable", situation, node: here }) });
    assert.equal(await asks(near, node, VXLAN_PORT, { protocol: "udp", sourcePort: VXLAN_PORT }), "passed");
    assert.equal(await asks(far, node, VXLAN_PORT, { protocol: "udp", sourcePort: VXLAN_PORT }), "refused");
    assert.equal(await asks(near, node, 8080, { protocol: "udp" }), "refused");
  });

  it("let neighbours find each other, whatever policy says", async (t) => {
    await enforced(t, EVERYWHERE + policy("none", `${UNTRACKED}, ingress: [{action: Deny}], egress: [{action: Deny}]`));
    const heard = await watch("heard", "input priority 10", "icmpv6 type { 135, 136 }");
    assert.equal(await asks(near, node, 22, { family: 6 }), "passed");
    await runProgram({ program: "ip", args: ["-6", "neighbour", "flush", "dev", "eth0"], namespace: near.namespace });
    assert.equal(await asks(near, node, 22, { family: 6 }), "passed");
    assert.notEqual(await heard(), 0);
  });

  /** Both ends of a connection that has not been used; the client asks `at` for the port. */
  async function quietly(
    t: TestContext,
    from: Party,
    to: Party,
    at: Party,
    port: number,
  ): Promise<{ readonly client: Socket; readonly server: Socket }> {
    const listener = await tcpListener({ namespace: to.namespace, address: to.v4, port: QUIET_PORT });
    t.after(() => listener.close());
    const accepted = new Promise<Socket>((resolve) => listener.once("connection", resolve));
    const client = tcpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: at.v4, port });
    const server = await accepted;
    listener.close();
    for (const socket of [client, server]) {
      socket.on("error", () => undefined);
      t.after(() => socket.destroy());
    }
    return { client, server };
  }

  /** Whether what one end says reaches the other within a third of a second. */
  async function isHeard([from, to]: readonly [Socket, Socket]): Promise<boolean> {
    const heard = new Promise<boolean>((resolve) => {
      to.once("data", () => resolve(true));
    });
    from.write("x");
    return Promise.race([heard, delay(300, false, { ref: false })]);
  }

  /** Counts the packets of the node that a rule matches, from now on. */
  async function watch(name: string, hook: string, match: string): Promise<() => Promise<number>> {
    const table = { family: "inet", name: `watch_${name}` } as const;
    await deleteTable(lab.node, table);
    const chain = `chain c {\n type filter hook ${hook}\n ${match} counter\n }`;
    await loadRuleset(lab.node, `table inet ${table.name} {\n ${chain}\n}\n`);
    return async () => Number(/packets (\d+)/.exec((await listTable(lab.node, table)) ?? "")?.[1] ?? 0);
  }
});
