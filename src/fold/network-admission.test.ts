import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { placedPaths } from "../path/between-nodes.ts";
import { directPath, examplePath, strangersPath } from "../path/path.ts";
import { type End, endsOfPod } from "../path/end.ts";
import { CLUSTER } from "../path/seed-networks.fixture.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { endNamed, packetFrom } from "../verdict/network.fixture.ts";
import { judge } from "../verdict/verdict.ts";
import { type Admission, admissionOnPath } from "./admission.ts";
import { atoms } from "./classes.ts";
import { networkAssumptions, randomNetworks } from "./random-networks.fixture.ts";

const TEMPLATES = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: free, namespace: shop}
spec: {selector: {matchLabels: {app: free}}, template: {metadata: {labels: {app: free}}, spec: {containers: [{name: c, image: i}]}}}
`;

const POLICIES = [
  "name: deny-web-3, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web-3}}}",
  "name: web-2, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web-2}}, ingress: [{from: [{podSelector: {matchLabels: {app: free}}}], ports: [{port: 80}]}]}",
  "name: web-1, namespace: shop}\nspec: {podSelector: {matchLabels: {app: web-1}}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 8.8.8.0/24}}, {ipBlock: {cidr: 172.17.0.0/20}}]}]}",
].map((text) => `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {${text}\n`);

const PACKETS = [
  "tcp 80",
  "tcp 80 from 1024",
  "udp 53",
  "udp 53 from 500",
  "icmp 8",
  "icmp 3",
  "sctp 80",
  "4",
  "47",
].map(packetFrom);

const NAMES = [
  "web-1",
  "web-1-near",
  "web-1b",
  "web-2",
  "web-3",
  "worker-1",
  "worker-2",
  "8.8.8.8",
  "161.26.0.10",
  "10.9.0.1",
  "10.240.128.9",
  "198.51.100.7",
  "10.240.0.77",
  "172.17.9.9",
] as const;

function outcomeIn({ allowed, oneWay, noRoute, undecided }: Admission, point: TrafficPoint): string {
  const kinds = Object.entries({ allowed, "one-way": oneWay, "no-route": noRoute, undecided })
    .filter(([, set]) => containsTraffic(set, point))
    .map(([kind]) => kind);
  assert.ok(kinds.length <= 1, `a packet has one outcome, not ${kinds.join(" and ")}`);
  return kinds[0] ?? "denied";
}

describe("what networks let pass, as sets", () => {
  it("is what the oracle says about every packet, whatever the networks and the assumptions", () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(randomNetworks, networkAssumptions, fc.nat(), (vpc, assumptions, pick) => {
        const text = [CLUSTER, TEMPLATES, ...POLICIES].join("");
        const situation = situationFrom(text, {
          vpc,
          assumptions,
          podRange: [{ start: 0xac110000n, end: 0xac120000n }],
        });
        const free = situation.inventory.pods.find(({ name }) => name === "free");
        assert.ok(free !== undefined);
        const blocks = atoms(situation).filter(({ family }) => family === 4);
        const ends: readonly End[] = [
          ...NAMES.map((name) => endNamed(situation, name)),
          ...endsOfPod(situation.inventory, free, situation.podRange),
          ...blocks.map(({ where }): End => ({ kind: "outside", where })),
        ];
        for (let i = 0; i < 10; i++) {
          const from = ends[(pick + i * 7) % ends.length];
          const to = ends[(pick + i * 11 + 3) % ends.length];
          if (from === undefined || to === undefined) continue;
          for (const path of [directPath(situation, from, to), strangersPath(situation, from, to)]) {
            for (const candidate of [path, ...placedPaths(path).map((placed) => placed.path)]) {
              const admission = admissionOnPath(situation, candidate);
              for (const point of PACKETS) {
                const { kind } = judge(situation, examplePath(candidate), point);
                assert.equal(outcomeIn(admission, point), kind);
                seen.set(kind, (seen.get(kind) ?? 0) + 1);
              }
            }
          }
        }
      }),
      { numRuns: 100 },
    );
    for (const kind of ["allowed", "denied", "one-way", "no-route", "undecided"]) {
      assert.ok((seen.get(kind) ?? 0) > 10, `${kind} is tried often enough: ${JSON.stringify([...seen])}`);
    }
  });
});
