/** Sets at host endpoints hold exactly the packets that the oracle says they hold. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { endAt } from "../path/end.ts";
import { directPath, type Path } from "../path/path.ts";
import { serviceRoutes } from "../path/service-routes.ts";
import type { Situation } from "../situation/situation.ts";
import { globalPolicy, hostEndpoint, hostsSituation } from "../verdict/host-endpoints.fixture.ts";
import { endOf } from "../verdict/verdict.fixture.ts";
import { judge } from "../verdict/verdict.ts";
import { admissionOnPath } from "./admission.ts";

const END_TEXTS = ["192.0.2.9", "198.51.100.7", "node/n1", "node/n2", "shop/pod/p1", "shop/pod/p2"];

const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.1, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080, protocol: TCP}]
endpoints: [{addresses: [10.1.1.1], conditions: {ready: true}}]`;

const ports = fc.subarray([22, 53, 80, 443, 8080], { minLength: 1 }).map((list) => `ports: [${list.join(", ")}]`);

const side = fc.oneof(
  ports.map((text) => `protocol: TCP, destination: {${text}}`),
  ports.map((text) => `protocol: UDP, source: {${text}}`),
  fc.constantFrom(
    "source: {nets: [192.0.2.0/24]}",
    "source: {selector: name == 'h2'}",
    "destination: {nets: [10.0.0.0/16]}",
    "source: {notSelector: role == 'host'}",
    "protocol: ICMP",
    "protocol: TCP",
  ),
  // Whether a request is such a one is not known.
  fc.constant('protocol: TCP, http: {methods: ["GET"]}'),
);

const action = fc.constantFrom("Allow", "Allow", "Deny", "Pass", "Log");

const rule = fc
  .tuple(action, side)
  .map(([verb, match]) => (match.includes("http") ? `{action: Allow, ${match}}` : `{action: ${verb}, ${match}}`));

const rules = fc.array(rule, { maxLength: 3 }).map((list) => `[${list.join(", ")}]`);

const plain = rules.map((list) => list.replaceAll('protocol: TCP, http: {methods: ["GET"]}', "protocol: TCP"));

const policy = fc
  .record({
    phase: fc.constantFrom(
      "doNotTrack: true, applyOnForward: true",
      "preDNAT: true, applyOnForward: true",
      "applyOnForward: true",
      "applyOnForward: false",
    ),
    selector: fc.constantFrom("all()", "role == 'host'", "name == 'h1'"),
    ingress: rules,
    egress: plain,
  })
  .map(({ phase, selector, ingress, egress }) =>
    phase.startsWith("preDNAT")
      ? `selector: "${selector}", ${phase}, types: [Ingress], ingress: ${ingress}`
      : `selector: "${selector}", ${phase}, types: [Ingress, Egress], ingress: ${ingress}, egress: ${egress}`,
  );

const host = fc.constantFrom(
  'interfaceName: "*", expectedIPs: [10.0.0.NODE]',
  'interfaceName: "*", profiles: [projectcalico-default-allow]',
  'interfaceName: "*", profiles: [web]',
  "interfaceName: eth0, profiles: [web, gone]",
  "expectedIPs: [10.0.0.NODE], profiles: [projectcalico-default-allow]",
);

const PROFILE = `
apiVersion: projectcalico.org/v3
kind: Profile
metadata: {name: web}
spec:
  ingress: [{action: Deny, protocol: TCP, destination: {ports: [81]}}, {action: Allow, protocol: TCP}]
  egress: [{action: Allow, protocol: UDP}]`;

const situations = fc
  .record({
    policies: fc.array(policy, { minLength: 1, maxLength: 4 }),
    hosts: fc.array(host, { minLength: 1, maxLength: 3 }),
  })
  .map(({ policies, hosts }) =>
    hostsSituation(
      SERVICE,
      PROFILE,
      ...policies.map((spec, i) => globalPolicy(`g${i}`, spec)),
      ...hosts.map((spec, i) => hostEndpoint(`h${i + 1}`, `n${(i % 2) + 1}`, spec.replace("NODE", `${(i % 2) + 1}`))),
    ),
  );

const PACKETS: readonly TrafficPoint[] = [
  ...[6, 17].flatMap((protocol) =>
    [22, 53, 80, 81, 443, 8080].flatMap((second) => [53, 80, 40_000].map((first) => ({ protocol, first, second }))),
  ),
  { protocol: 1, first: 8, second: 0 },
  { protocol: 4, first: 0, second: 0 },
];

function agrees(situation: Situation, path: Path, packets: readonly TrafficPoint[]): void {
  const { allowed, undecided } = admissionOnPath(situation, path);
  for (const packet of packets) {
    const verdict = judge(situation, path, packet);
    const kind = containsTraffic(allowed, verdict.packet)
      ? "allowed"
      : containsTraffic(undecided, verdict.packet)
        ? "undecided"
        : "denied";
    assert.equal(kind, verdict.kind, `${JSON.stringify(packet)} on ${path.stages.map(({ name }) => name).join(", ")}`);
  }
}

describe("admission at host endpoints", () => {
  it("is what the oracle says, for any policies, profiles and host endpoints", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const ends = END_TEXTS.map((text) => endOf(situation, text, 4));
        for (const from of ends) {
          for (const to of ends) if (from !== to) agrees(situation, directPath(situation, from, to), PACKETS);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is so through a Service as well, where pre-DNAT policy sees the Service's address and port", () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const [service] = situation.inventory.services;
        assert.ok(service !== undefined);
        for (const text of END_TEXTS) {
          const routes = serviceRoutes(situation, endOf(situation, text, 4), service, 6, 80);
          assert.equal(routes.kind, "paths");
          if (routes.kind !== "paths") continue;
          const packets = PACKETS.filter(({ protocol, second }) => protocol === 6 && second === 80);
          for (const path of routes.paths) agrees(situation, path, packets);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("what comes from outside for a Service", () => {
  const deny = (spec: string, hosts: readonly string[]): readonly string[] => {
    const situation = hostsSituation(
      SERVICE,
      ...hosts,
      globalPolicy(
        "d",
        `selector: role == 'host', preDNAT: true, applyOnForward: true, types: [Ingress], ingress: [{action: Deny, ${spec}}]`,
      ),
    );
    const [service] = situation.inventory.services;
    assert.ok(service !== undefined);
    const routes = serviceRoutes(situation, endAt(situation.inventory, 0xffff_c000_0209n), service, 6, 80);
    assert.equal(routes.kind, "paths");
    if (routes.kind !== "paths") return [];
    return routes.paths.map((path) => judge(situation, path, { protocol: 6, first: 40_000, second: 80 }).kind);
  };
  const both = [hostEndpoint("h1", "n1"), hostEndpoint("h2", "n2")];

  it("meets pre-DNAT policy with the port of the Service, not with that of the pod", () => {
    assert.deepEqual(deny("protocol: TCP, destination: {ports: [80]}", both), ["denied"]);
    assert.deepEqual(deny("destination: {nets: [10.96.0.0/16]}", both), ["denied"]);
  });

  it("is undecided where only some nodes have such a policy", () => {
    assert.deepEqual(deny("protocol: TCP, destination: {ports: [80]}", both.slice(0, 1)), ["undecided"]);
  });
});
