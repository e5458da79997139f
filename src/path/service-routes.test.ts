import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { situationFrom } from "../situation/situation.fixture.ts";
import { endAt, endText } from "./end.ts";
import { type ServiceRoutes, serviceRoutes } from "./service-routes.ts";

function pod(name: string, v4: string, labels: string, v6?: string): string {
  const addresses = v6 === undefined ? `podIP: ${v4}` : `podIP: ${v4}, podIPs: [{ip: ${v4}}, {ip: '${v6}'}]`;
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}}
spec: {nodeName: n1, containers: [{name: main, image: app, ports: [{name: sql, containerPort: 5432}]}]}
status: {phase: Running, ${addresses}}`;
}

const CLIENT = 0x0a00_0009n;
const PODS = [
  pod("client", "10.0.0.9", "{}"),
  pod("a", "10.0.0.1", "{app: db}", "fd00::1"),
  pod("b", "10.0.0.2", "{app: db}"),
];

function routes(spec: string, protocol: number, port: number, pods: readonly string[] = PODS): ServiceRoutes {
  const service = `{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {${spec}}}`;
  const situation = situationFrom([...pods, service].join("\n---\n"));
  const [only] = situation.inventory.services;
  assert.ok(only);
  return serviceRoutes(situation, endAt(situation.inventory, CLIENT), only, protocol, port);
}

function described(found: ServiceRoutes): unknown {
  return found.kind === "paths"
    ? found.paths.map(({ to, destinationPort }) => `${endText(to)}:${destinationPort ?? "as asked"}`)
    : found;
}

const DB = "clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 80, targetPort: sql}]";

describe("the way through a Service", () => {
  it("leads to each ready backend of the source's family, at the backend's port", () => {
    assert.deepEqual(described(routes(DB, 6, 80)), ["shop/pod/a:5432", "shop/pod/b:5432"]);
  });

  it("of a headless Service leads to the pods themselves, at the port that was asked for", () => {
    assert.deepEqual(described(routes(DB.replace("10.96.0.1", "None"), 6, 80)), [
      "shop/pod/a:as asked",
      "shop/pod/b:as asked",
    ]);
  });

  it("has the rewrite as its first stage and asks policies afterwards", () => {
    const found = routes(DB, 6, 80);
    assert.ok(found.kind === "paths");
    assert.deepEqual(
      found.paths[0]?.stages.map(({ name }) => name),
      ["service", "policy egress", "policy ingress"],
    );
  });

  for (const [what, spec, protocol, port, reason] of [
    ["a port it does not list", DB, 6, 81, /has no port 81\/tcp; it has 80\/tcp/],
    ["a protocol it does not list", DB, 17, 80, /has no port 80\/udp/],
    ["ICMP, which no Service forwards", DB, 1, 0, /forwards only the TCP, UDP and SCTP ports it lists, not icmp/],
    [
      "a port name that no pod has",
      DB.replace("sql", "web"),
      6,
      80,
      /wants port "web", which shop\/pod\/a does not name/,
    ],
    ["a selector that finds nobody", DB.replace("app: db", "app: x"), 6, 80, /has no endpoints/],
  ] as const) {
    it(`ends at ${what}`, () => {
      const found = routes(spec, protocol, port);
      assert.ok(found.kind === "unreachable", found.kind);
      assert.match(found.reason, reason);
    });
  }

  it("ends where no backend is ready", () => {
    const waiting = pod("a", "10.0.0.1", "{app: db}").replace(
      "podIP",
      "conditions: [{type: Ready, status: 'False'}], podIP",
    );
    const found = routes(DB, 6, 80, [PODS[0] ?? "", waiting]);
    assert.ok(found.kind === "unreachable");
    assert.match(found.reason, /no ready endpoints \(1 not ready\)/);
  });

  it("does not begin where Service or backends have no address of the source's family", () => {
    const sixOnly = [PODS[0] ?? "", pod("a", "'fd00::1'", "{app: db}")];
    assert.deepEqual(routes(DB, 6, 80, sixOnly), { kind: "other family" });
    assert.deepEqual(routes(DB.replace("10.96.0.1", "'fd02::1'"), 6, 80), { kind: "other family" });
  });

  it("of a Service without selector is not known where no slice describes it", () => {
    const found = routes("clusterIP: 10.96.0.1, ports: [{port: 80}]", 6, 80);
    assert.ok(found.kind === "unknown");
    assert.match(found.fact.text, /what stands behind shop\/svc\/db: it has no selector/);
  });

  it("to an external name is not known", () => {
    const found = routes("type: ExternalName, externalName: db.example.com", 6, 80);
    assert.ok(found.kind === "unknown");
    assert.match(found.fact.text, /which addresses db\.example\.com.*resolves to/);
  });
});
