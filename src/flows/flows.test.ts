import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { deniedPrefix, DROPPED_PREFIX, LOGGED_PREFIX } from "../dataplane/log-prefix.ts";
import { type Address, isAddressError, parseAddress } from "../net/address.ts";
import { TCP } from "../net/protocol.ts";
import { type Connection, type Tuple, untranslated } from "../net/tuple.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { eventOfConnection, eventOfPacket, type FlowEvent } from "./event.ts";
import { emptyHistory, situationOf, unchanging, withGeneration } from "./history.ts";
import { type FlowRecord, flowRecord } from "./record.ts";
import { Counting } from "./tally.ts";

function pod(name: string, node: string, address: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}
spec: {nodeName: ${node}, containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`;
}

function admitting(app: string, name = "db-allow"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: ${app}}}}], ports: [{port: 5432}]}]`;
}

const CLUSTER = [
  "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
  "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}}",
  "{apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}}",
  pod("web", "n1", "10.0.1.1"),
  pod("db", "n1", "10.0.1.2"),
  pod("far", "n2", "10.0.2.1"),
  `
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}`,
];

function given(...objects: readonly string[]): Situation {
  return situationFrom([...CLUSTER, ...objects].join("\n---\n"));
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  if (isAddressError(parsed)) throw new Error(parsed.reason);
  return parsed;
}

function tuple(source: string, destination: string, port = 5432): Tuple {
  return {
    source: address(source),
    destination: address(destination),
    traffic: { protocol: TCP, first: 40_000, second: port },
  };
}

const WEB = "10.0.1.1";
const DB = "10.0.1.2";
const FAR = "10.0.2.1";

function event(kind: FlowEvent["kind"], connection: Connection, generation?: number): FlowEvent {
  return { kind, reason: undefined, time: 0, connection, generation, volumes: undefined };
}

function summary({ judged }: FlowRecord): string {
  if (judged === undefined) return "not known";
  const { verdict, deciders } = judged.replay;
  const told = deciders.map(({ policy, effect, origin }) => `${policy.name} ${effect} at line ${origin.line}`);
  return [verdict, ...told, ...(judged.agrees ? [] : ["against the kernel"])].join(", ");
}

describe("a flow", () => {
  const toDb = untranslated(tuple(WEB, DB));

  it("that was allowed names the rule, one that was denied the policy that isolates", () => {
    const history = unchanging(given(admitting("web")));
    const allowed = flowRecord(event("allowed", toDb), history, "n1");
    const denied = flowRecord(event("denied", untranslated(tuple(FAR, DB))), history, "n1");
    assert.match(summary(allowed), /^allowed, db-allow admits at line \d+$/);
    assert.match(summary(denied), /^denied, db-allow isolates at line \d+$/);
    const [rule] = allowed.judged?.replay.deciders ?? [];
    assert.equal(rule?.rule?.path, "spec.ingress[0].from[0]");
  });

  it("correction 11: is judged by the generation in force when it happened, not by the one that came after", () => {
    const history = withGeneration(
      withGeneration(emptyHistory(4), 1, given(admitting("web"))),
      2,
      given(admitting("far")),
    );
    assert.match(
      summary(flowRecord(event("allowed", toDb, 1), history, "n1")),
      /^allowed, db-allow admits at line \d+$/,
    );
    assert.match(
      summary(flowRecord(event("denied", toDb, 2), history, "n1")),
      /^denied, db-allow isolates at line \d+$/,
    );
  });

  it("of a generation that is not kept any more is not judged at all", () => {
    const situations = [1, 2, 3].reduce((history, n) => withGeneration(history, n, given()), emptyHistory(2));
    assert.equal(situationOf(situations, 1), undefined);
    assert.notEqual(situationOf(situations, 2), undefined);
    assert.equal(summary(flowRecord(event("allowed", toDb, 1), situations, "n1")), "not known");
  });

  it("that the kernel let through and the policies deny is marked", () => {
    const record = flowRecord(
      event("allowed", untranslated(tuple(FAR, DB))),
      unchanging(given(admitting("web"))),
      "n1",
    );
    assert.match(summary(record), /^denied, db-allow isolates at line \d+, against the kernel$/);
  });

  it("that another node denies is none of this node's", () => {
    const history = unchanging(given(admitting("web")));
    const fromFar = flowRecord(event("allowed", untranslated(tuple(FAR, DB))), history, "n2");
    assert.equal(summary(fromFar), "ungoverned");
  });

  it("to a Service is judged by the pod and port that it reached", () => {
    const original = tuple(WEB, "10.96.0.1", 80);
    const { reply } = untranslated(tuple(WEB, DB));
    const record = flowRecord(event("allowed", { original, reply }), unchanging(given(admitting("web"))), "n1");
    assert.match(summary(record), /^allowed, db-allow admits/);
    assert.equal(record.judged?.service?.name, "db");
  });

  it("says what becomes of it once staged policies are live", () => {
    const staged = `
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {selector: app == 'db', order: 1, types: [Ingress], ingress: [{action: Deny}]}`;
    const { judged } = flowRecord(event("allowed", toDb), unchanging(given(admitting("web"), staged)), "n1");
    assert.equal(judged?.replay.verdict, "allowed");
    assert.equal(judged?.pending?.verdict, "denied");
    assert.deepEqual(
      judged?.pending?.deciders.map(({ effect }) => effect),
      ["refuses"],
    );
  });
});

describe("events of the kernel", () => {
  it("tell the generation that denied in the prefix, and the one that allowed in the mark", () => {
    const { original, reply } = untranslated(tuple(WEB, DB));
    const packet = { prefix: deniedPrefix(12, "new"), tuple: original, connection: undefined, time: 5 };
    assert.deepEqual(eventOfPacket(packet, 9), { ...event("denied", { original, reply }, 12), time: 5 });
    const connection = { original, reply, mark: 0x000c_0001, volumes: undefined };
    assert.equal(eventOfConnection({ kind: "began", connection }, 9).generation, 12);
    assert.equal(eventOfConnection({ kind: "began", connection: { ...connection, mark: 1 } }, 9).generation, undefined);
  });

  it("tell why a packet was dropped that no policy is asked about", () => {
    const history = unchanging(given(admitting("web")));
    const packet = { tuple: tuple(WEB, DB), connection: undefined, time: undefined };
    for (const reason of ["source not its own", "no connection"] as const) {
      const event = eventOfPacket({ ...packet, prefix: DROPPED_PREFIX[reason] }, 9);
      assert.deepEqual([event?.kind, event?.reason, event?.generation], ["dropped", reason, undefined]);
      const judged = event && flowRecord(event, history, "n1").judged;
      // The policies would let it pass, and were not asked.
      assert.deepEqual([judged?.replay.reason, judged?.agrees], [reason, true]);
    }
  });

  it("of rules that are not ours are left alone", () => {
    const packet = { tuple: tuple(WEB, DB), connection: undefined, time: undefined };
    assert.equal(eventOfPacket({ ...packet, prefix: "somebody's" }, 9), undefined);
    assert.equal(eventOfPacket({ ...packet, prefix: LOGGED_PREFIX }, 9)?.kind, "logged");
  });
});

describe("counts by policy", () => {
  it("credit the policy that decided, and not where kernel and policies differ", () => {
    const history = unchanging(given(admitting("web")));
    const counting = new Counting();
    const add = (kind: "allowed" | "denied", source: string): void =>
      counting.add(flowRecord(event(kind, untranslated(tuple(source, DB))), history, "n1"));
    add("allowed", WEB);
    add("denied", FAR);
    add("denied", FAR);
    add("allowed", FAR);
    const { policies, ...totals } = counting.tally();
    assert.deepEqual(
      policies.map(({ policy, allowed, denied }) => [policy.name, allowed, denied]),
      [["db-allow", 1, 2]],
    );
    assert.deepEqual([totals.allowed, totals.denied, totals.disagreeing], [2, 2, 1]);
  });
});
