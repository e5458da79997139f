/** Programs for the pods of a node: of so many policies, compiled as on any node, and of so many pairs. */
import { compile } from "../../src/dataplane/compile.ts";
import type { FamilyProgram, PairEntry, Program, TrafficChain } from "../../src/dataplane/program.ts";
import { addressText } from "../../src/net/address.ts";
import { NO_TRAFFIC, toPorts } from "../../src/net/traffic.ts";
import { TCP } from "../../src/net/protocol.ts";
import { read, situate } from "../engine.ts";
import type { Wires } from "./wires.ts";

/** The pods of a full node, and those of others. */
export const LOCAL_PODS = 250;
const PEERS = 1000;
const LOCAL_BASE = 0x0a4e_0001n;
const PEER_BASE = 0x0a50_0001n;
const PORTS = 100;
const NAMESPACE = "bench";
const OPTIONS = { table: "portcullis", generation: 1, denial: "drop", interfaces: [] } as const;

interface Labels {
  readonly [key: string]: string;
}

function podObject(name: string, address: string, node: string, labels: Labels): unknown {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: { nodeName: node, containers: [{ name: "main", image: "main" }] },
    status: { podIP: address, podIPs: [{ ip: address }] },
  };
}

function policyObject(name: string, spec: unknown): unknown {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: NAMESPACE },
    spec,
  };
}

/**
 * The program of a node with 250 pods and so many policies, among 1,000 pods elsewhere. Each policy admits another peer at
 * another port to one of the pods; the sender may reach the receiver, which both have their share of the other policies.
 */
export function programOfPolicies(count: number, { sender, receiver }: Wires): Program {
  const slots = LOCAL_PODS - 2;
  const ends = { name: "kubernetes.io/metadata.name" };
  const objects = [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE, labels: { [ends.name]: NAMESPACE } } },
    { apiVersion: "v1", kind: "Node", metadata: { name: "one" } },
    { apiVersion: "v1", kind: "Node", metadata: { name: "two" } },
    podObject("sender", sender.v4, "one", { app: "sender", slot: "s0" }),
    podObject("receiver", receiver.v4, "one", { app: "receiver", slot: "s1" }),
    ...Array.from({ length: slots }, (_, i) =>
      podObject(`local-${i}`, addressText(LOCAL_BASE + BigInt(i)), "one", { slot: `s${i + 2}` }),
    ),
    ...Array.from({ length: PEERS }, (_, i) =>
      podObject(`peer-${i}`, addressText(PEER_BASE + BigInt(i)), "two", { peer: `p${i}` }),
    ),
    policyObject("out", {
      podSelector: { matchLabels: { app: "sender" } },
      policyTypes: ["Egress"],
      egress: [{ to: [{ podSelector: { matchLabels: { app: "receiver" } } }], ports: everyPort() }],
    }),
    policyObject("in", {
      podSelector: { matchLabels: { app: "receiver" } },
      ingress: [{ from: [{ podSelector: { matchLabels: { app: "sender" } } }], ports: everyPort() }],
    }),
    ...Array.from({ length: Math.max(0, count - 2) }, (_, i) => otherPolicy(i)),
  ];
  const situation = situate(read(objects.map((object) => JSON.stringify(object)).join("\n---\n")));
  const node = situation.inventory.nodes.find(({ name }) => name === "one");
  if (node === undefined) throw new Error("the node was not read");
  return compile(situation, node, OPTIONS);
}

/** No two of them admit the same peer to the same pod. */
function otherPolicy(i: number): unknown {
  const round = Math.floor(i / PEERS);
  const peer = (i + 13 * round) % PEERS;
  return policyObject(`policy-${i}`, {
    podSelector: { matchLabels: { slot: `s${i % LOCAL_PODS}` } },
    ingress: [
      {
        from: [{ podSelector: { matchLabels: { peer: `p${peer}` } } }],
        ports: [{ port: 1000 + ((i + round) % PORTS), protocol: "TCP" }],
      },
    ],
  });
}

function everyPort(): readonly unknown[] {
  return ["TCP", "UDP"].map((protocol) => ({ protocol, port: 1, endPort: 65_535 }));
}

const CHAINS = 50;

/** The program of a node with 250 pods and so many pairs, half of which lead to one of 50 kinds of traffic. */
export function programOfPairs(count: number, more: Partial<FamilyProgram> = {}): Program {
  const pods = Array.from({ length: LOCAL_PODS }, (_, i) => LOCAL_BASE + BigInt(i));
  const chains = Array.from({ length: CHAINS }, (_, i): TrafficChain => ({
    name: `traffic_${i}`,
    traffic: toPorts(TCP, [{ start: 1000 + i, end: 1001 + i }]),
    logged: NO_TRAFFIC,
  }));
  const pair = (i: number): PairEntry => ({
    pod: pods[i % LOCAL_PODS] ?? LOCAL_BASE,
    peerClass: 1 + Math.floor(i / LOCAL_PODS),
    target: i % 2 === 0 ? { kind: "admit" } : { kind: "traffic", chain: `traffic_${i % CHAINS}` },
  });
  const classes = Math.ceil(count / LOCAL_PODS);
  const family = (own: 4 | 6): FamilyProgram => ({
    family: own,
    localPods: [],
    isolatedEgress: [],
    isolatedIngress: [],
    addressClasses: [],
    blockClasses: [],
    egress: [],
    ingress: [],
  });
  const v4: FamilyProgram = {
    ...family(4),
    isolatedIngress: pods,
    addressClasses: Array.from({ length: classes }, (_, i) => {
      const start = PEER_BASE + BigInt(i);
      return { block: { start, end: start + 1n }, peerClass: i + 1 };
    }),
    ingress: Array.from({ length: count }, (_, i) => pair(i)),
    ...more,
  };
  return {
    ...OPTIONS,
    node: "one",
    toOwnNode: "allow",
    families: [v4, family(6)],
    trafficChains: chains,
    hosts: undefined,
    degraded: [],
  };
}
