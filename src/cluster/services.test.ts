import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText } from "../net/address.ts";
import { readText } from "../resources/read.ts";
import { podText } from "./endpoint.ts";
import { inventoryOf } from "./inventory.ts";
import { type Backend, portsNamed, type Service } from "./service.ts";

function serviceFrom(...objects: readonly string[]): Service {
  const reading = readText("cluster.yaml", objects.join("\n---\n"), { validation: "strict", namespace: undefined });
  assert.deepEqual(
    reading.findings.filter(({ severity }) => severity === "error"),
    [],
  );
  const [only, ...more] = inventoryOf(reading.resources).inventory.services;
  assert.ok(only !== undefined && more.length === 0);
  return only;
}

function pod(name: string, address: string, ports = "[]", more = ""): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: db}}
spec: {containers: [{name: main, image: app, ports: ${ports}}]}
status: {phase: Running, podIP: ${address}${more}}`;
}

function service(spec: string): string {
  return `{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {${spec}}}`;
}

function text({ where, port, ready }: Backend): string {
  return `${"pod" in where ? podText(where.pod) : addressText(where.address)}:${port}${ready ? "" : " not ready"}`;
}

function backends({ ports }: Service): readonly (readonly string[])[] {
  return ports.map((port) => port.backends.map(text));
}

const SELECTING = service(
  "clusterIP: 10.96.0.1, selector: {app: db}, ports: [{name: sql, port: 80, targetPort: 5432}, {name: dns, port: 53, protocol: UDP}]",
);
const SLICE = `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: db-1, namespace: shop, labels: {kubernetes.io/service-name: db}}
addressType: IPv4
ports: [{name: sql, port: 5432, protocol: TCP}, {name: dns, port: 5353, protocol: UDP}]
endpoints:
- {addresses: [10.0.0.1], conditions: {ready: true}}
- {addresses: [10.0.0.2], conditions: {ready: false}}
- {addresses: [198.51.100.7]}`;
const ENDPOINTS = `
apiVersion: v1
kind: Endpoints
metadata: {name: db, namespace: shop}
subsets:
- {addresses: [{ip: 10.0.0.1}], notReadyAddresses: [{ip: 10.0.0.2}], ports: [{name: sql, port: 5432}]}
- {addresses: [{ip: 198.51.100.7}], ports: [{name: dns, port: 5353, protocol: UDP}]}`;
const PODS = [pod("a", "10.0.0.1"), pod("b", "10.0.0.2")];

describe("the backends of a Service", () => {
  it("come from its EndpointSlices, with the slice's port numbers, readiness and addresses, whoever bears them", () => {
    const found = serviceFrom(SELECTING, SLICE, ENDPOINTS, ...PODS);
    assert.equal(found.backendSource, "EndpointSlices");
    assert.deepEqual(backends(found), [
      ["10.0.0.1:5432", "10.0.0.2:5432 not ready", "198.51.100.7:5432"],
      ["10.0.0.1:5353", "10.0.0.2:5353 not ready", "198.51.100.7:5353"],
    ]);
  });

  it("are those of the port of the same name and protocol, whatever the order", () => {
    const two = service("clusterIP: 10.96.0.1, ports: [{name: a, port: 1}, {name: b, port: 2}]");
    const slice = SLICE.replace(
      /ports: .*/,
      "ports: [{name: b, port: 22}, {name: a, port: 11, protocol: UDP}, {name: a, port: 12}]",
    ).replace(/endpoints:[^]*/, "endpoints: [{addresses: [10.0.0.7]}]");
    assert.deepEqual(backends(serviceFrom(two, slice)), [["10.0.0.7:12"], ["10.0.0.7:22"]]);
    const endpoints = ENDPOINTS.replace(
      /subsets:[^]*/,
      "subsets: [{addresses: [{ip: 10.0.0.7}], ports: [{name: b, port: 22}, {name: a, port: 11, protocol: UDP}, {name: a, port: 12}]}]",
    );
    assert.deepEqual(backends(serviceFrom(two, endpoints)), [["10.0.0.7:12"], ["10.0.0.7:22"]]);
  });

  it("come from all slices of the Service and from no other's", () => {
    const second = SLICE.replace("name: db-1", "name: db-2").replace("10.0.0.1]", "10.0.0.9]");
    const foreign = SLICE.replace("name: db-1", "name: x-1").replace("service-name: db", "service-name: x");
    const [sql] = backends(serviceFrom(SELECTING, SLICE, second, foreign));
    assert.equal(sql?.length, 6);
  });

  it("come from Endpoints where there are no slices", () => {
    const found = serviceFrom(SELECTING, ENDPOINTS, ...PODS);
    assert.equal(found.backendSource, "Endpoints");
    assert.deepEqual(backends(found), [["10.0.0.1:5432", "10.0.0.2:5432 not ready"], ["198.51.100.7:5353"]]);
  });

  it("come from selector and pods where nothing else tells, and only from the Service's namespace", () => {
    const found = serviceFrom(SELECTING, ...PODS, pod("far", "10.0.0.8").replace("namespace: shop", "namespace: far"));
    assert.equal(found.backendSource, "selector and pods");
    assert.deepEqual(backends(found), [
      ["shop/pod/a:5432", "shop/pod/b:5432"],
      ["shop/pod/a:53", "shop/pod/b:53"],
    ]);
  });

  it("are unknown to a Service without selector that no slice describes", () => {
    const found = serviceFrom(service("clusterIP: 10.96.0.1, ports: [{port: 80}]"), ...PODS);
    assert.equal(found.backendSource, "nothing");
    assert.deepEqual(backends(found), [[]]);
  });

  it("that are not ready count as ready where the Service publishes them", () => {
    const publishing = SELECTING.replace("selector:", "publishNotReadyAddresses: true, selector:");
    for (const source of [SLICE, ENDPOINTS]) {
      assert.ok(backends(serviceFrom(publishing, source, ...PODS))[0]?.includes("10.0.0.2:5432"));
    }
    const waiting = pod("a", "10.0.0.1", "[]", ", conditions: [{type: Ready, status: 'False'}]");
    assert.deepEqual(backends(serviceFrom(SELECTING, waiting))[0], ["shop/pod/a:5432 not ready"]);
    assert.deepEqual(backends(serviceFrom(publishing, waiting))[0], ["shop/pod/a:5432"]);
  });

  it("have for a named target port each pod's own number; a pod without that name is none", () => {
    const named = service("clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 80, targetPort: sql}]");
    const found = serviceFrom(
      named,
      pod("a", "10.0.0.1", "[{name: sql, containerPort: 5432}]"),
      pod("b", "10.0.0.2", "[{name: sql, containerPort: 5433}]"),
      pod("c", "10.0.0.3", "[{name: sql, containerPort: 53, protocol: UDP}]"),
    );
    assert.deepEqual(backends(found), [["shop/pod/a:5432", "shop/pod/b:5433"]]);
    assert.deepEqual(
      found.ports[0]?.unresolved.map(({ pod: { name }, portName }) => [name, portName]),
      [["c", "sql"]],
    );
  });

  it("have the Service's own port where it names no target port", () => {
    assert.deepEqual(
      backends(
        serviceFrom(service("clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 7}]"), pod("a", "10.0.0.1")),
      ),
      [["shop/pod/a:7"]],
    );
  });

  it("may be pods that have no address yet", () => {
    const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: app}]}}`;
    assert.deepEqual(backends(serviceFrom(SELECTING, deployment))[0], ["shop/deploy/db:5432"]);
  });
});

describe("a Service", () => {
  it("has its cluster, external and load balancer addresses", () => {
    const found = serviceFrom(`
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec:
  type: LoadBalancer
  clusterIP: 10.96.0.1
  clusterIPs: [10.96.0.1, "fd02::1"]
  externalIPs: [198.51.100.1]
  selector: {app: db}
  ports: [{port: 80}]
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}`);
    assert.deepEqual(found.addresses.map(addressText), ["10.96.0.1", "fd02::1", "198.51.100.1", "203.0.113.9"]);
  });

  it("without cluster address is headless", () => {
    const found = serviceFrom(service("clusterIP: None, selector: {app: db}, ports: [{port: 80}]"));
    assert.equal(found.headless, true);
    assert.deepEqual(found.addresses, []);
  });

  it("of type ExternalName stands for a name", () => {
    assert.equal(
      serviceFrom(service("type: ExternalName, externalName: db.example.com")).externalName,
      "db.example.com",
    );
  });
});

describe("a port name", () => {
  it("means every number that the pod gives it for the protocol, each once", () => {
    const ports = [
      { name: "dns", protocol: 17, port: 53 },
      { name: "dns", protocol: 6, port: 5353 },
      { name: "dns", protocol: 6, port: 5353 },
      { name: "http", protocol: 6, port: 80 },
    ];
    assert.deepEqual(portsNamed(ports, "dns", 6), [5353]);
    assert.deepEqual(portsNamed(ports, "dns", 17), [53]);
    assert.deepEqual(portsNamed(ports, "dns", 132), []);
  });
});
