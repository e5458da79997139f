/** For tests: manifests for pods in namespaces of their own, and enforcers of their node. */
import { mkdtempSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { TestPod } from "../kernel/pods.fixture.ts";
import { tcpClient } from "../kernel/sockets.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { Enforcer, type EnforcerOptions, type Input } from "./enforcer.ts";
import { type EnforcedTable, netlinkTable } from "./enforced-table.ts";

export const NODE = "worker-1";
export const TABLE = "portcullis";

export function podText(name: string, pod: TestPod): string {
  return `---
apiVersion: v1
kind: Pod
metadata: {namespace: shop, name: ${name}, labels: {app: ${name}}}
spec: {nodeName: ${NODE}, containers: [{name: main, image: x}]}
status: {phase: Running, podIPs: [{ip: "${pod.v4}"}, {ip: "${pod.v6}"}]}
`;
}

/** `app` takes TCP from the named apps on the ports, and nothing else. */
export function policyText(app: string, from: readonly string[], ports: readonly number[], name = app): string {
  return `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: ${name}}
spec:
  podSelector: {matchLabels: {app: ${app}}}
  ingress:
  - from: [${from.map((peer) => `{podSelector: {matchLabels: {app: ${peer}}}}`).join(", ")}]
    ports: [${ports.map((port) => `{port: ${port}}`).join(", ")}]
`;
}

export const NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n";

/** An input that is what the test says at the moment. */
export interface Given {
  text: string;
}

export function inputOf(text: string): Input {
  const situation = situationFrom(text);
  const node = situation.inventory.nodes.find(({ name }) => name === NODE);
  return node === undefined
    ? { kind: "unusable", why: `there is no node ${NODE}` }
    : { kind: "usable", situation, node };
}

export function enforcerIn(
  t: TestContext,
  namespace: string,
  given: Given,
  more: Partial<EnforcerOptions> & { readonly over?: EnforcedTable } = {},
): { readonly enforcer: Enforcer; readonly table: EnforcedTable } {
  const { over: table = netlinkTable(TABLE, namespace), ...options } = more;
  t.after(() => table.close());
  const enforcer = new Enforcer(table, {
    node: NODE,
    table: TABLE,
    denial: "reject",
    namespace,
    isWatching: true,
    lastGeneration: 0,
    read: () => Promise.resolve().then(() => inputOf(given.text)),
    now: () => new Date(0),
    degraded: [],
    ...options,
  });
  return { enforcer, table };
}

export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-enforce-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Whether a connection comes about, and is greeted. */
export async function connects(from: TestPod, to: TestPod, port: number): Promise<boolean> {
  const connection = await connected(from, to, port);
  connection?.destroy();
  return connection !== undefined;
}

/** A connection that the server has greeted; undefined: refused, or nothing within a second. */
export async function connected(from: TestPod, to: TestPod, port: number): Promise<Socket | undefined> {
  const socket = tcpClient({ namespace: from.namespace, address: from.v4, port: 0 }, { address: to.v4, port });
  const greeted = new Promise<boolean>((resolve) => {
    socket.once("data", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
  if (await Promise.race([greeted, delay(1000, false, { ref: false })])) return socket;
  socket.destroy();
  return undefined;
}

/** Waits, up to five seconds, for something to become so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<boolean> {
  for (let i = 0; i < 250; i++) {
    if (await isSo()) return true;
    await delay(20);
  }
  return false;
}
