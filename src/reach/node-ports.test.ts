import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAsked, parseReference, isReferenceError } from "../path/reference.ts";
import { resolve } from "../path/resolve.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { answer } from "./question.ts";

function pod(name: string, node: string, address: string): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {app: ${name}}}
spec: {nodeName: ${node}, containers: [{name: main, image: app}]}
status: {phase: Running, podIPs: [{ip: ${address}}]}`;
}

function node(name: string, address: string): string {
  return `{apiVersion: v1, kind: Node, metadata: {name: ${name}}, status: {addresses: [{type: InternalIP, address: ${address}}]}}`;
}

function cluster(trafficPolicy: string, from: string): string {
  return [
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
    node("n1", "172.18.0.1"),
    node("n2", "172.18.0.2"),
    pod("web", "n1", "10.0.1.1"),
    `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: ${trafficPolicy}, clusterIP: 10.96.0.9, selector: {app: web}, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.9}]}}`,
    `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: ${from}}}], ports: [{port: 8080}]}]}`,
  ].join("\n---\n");
}

function ask(manifests: string, from: string, to: string, port: string): string {
  const situation = situationFrom(manifests);
  const [source, destination] = [from, to].map((text) => {
    const reference = parseReference(text, "default");
    assert.ok(!isReferenceError(reference));
    const resolved = resolve(situation, reference);
    assert.ok(!isReferenceError(resolved));
    return resolved;
  });
  const asked = parseAsked(port);
  assert.ok(source !== undefined && destination !== undefined && !isReferenceError(asked));
  return answer(situation, { from: source, to: destination, asked, sourcePort: undefined }).kind;
}

const CLIENT = "198.51.100.7";

describe("a client outside, at a node port", () => {
  it("is seen as that node with externalTrafficPolicy: Cluster", () => {
    const nodesMayCome = cluster("Cluster", "172.18.0.2/32");
    assert.equal(ask(nodesMayCome, CLIENT, "node/n2", "30080"), "allowed");
    const clientsMayCome = cluster("Cluster", "198.51.100.0/24");
    assert.equal(ask(clientsMayCome, CLIENT, "node/n2", "30080"), "denied");
  });

  it("passes as its own node where the pod runs there", () => {
    assert.equal(ask(cluster("Cluster", "198.51.100.0/24"), CLIENT, "node/n1", "30080"), "allowed");
  });

  it("is seen as itself with externalTrafficPolicy: Local, and reaches pods of the node only", () => {
    const clientsMayCome = cluster("Local", "198.51.100.0/24");
    assert.equal(ask(clientsMayCome, CLIENT, "node/n1", "30080"), "allowed");
    assert.equal(ask(clientsMayCome, "192.0.2.1", "node/n1", "30080"), "denied");
    assert.equal(ask(clientsMayCome, CLIENT, "node/n2", "30080"), "no-route");
  });

  it("asks the node itself at any other port", () => {
    assert.equal(ask(cluster("Cluster", "172.18.0.2/32"), CLIENT, "node/n2", "22"), "allowed");
  });
});

describe("a client outside, at the address of a load balancer", () => {
  it("is seen as itself with externalTrafficPolicy: Local", () => {
    const clientsMayCome = cluster("Local", "198.51.100.0/24");
    assert.equal(ask(clientsMayCome, CLIENT, "203.0.113.9", "80"), "allowed");
    assert.equal(ask(clientsMayCome, "192.0.2.1", "203.0.113.9", "80"), "denied");
  });

  it("is seen as some node with Cluster: undecided where nodes get different answers", () => {
    // Its own node reaches the pod whatever policy says, the other one does not.
    assert.equal(ask(cluster("Cluster", "198.51.100.0/24"), CLIENT, "203.0.113.9", "80"), "undecided");
    assert.equal(ask(cluster("Cluster", "172.18.0.0/16"), CLIENT, "203.0.113.9", "80"), "allowed");
  });
});

describe("what leads nowhere is no route, whoever asks", () => {
  it("a port that the Service does not list, at its address for clients outside", () => {
    assert.equal(ask(cluster("Cluster", "172.18.0.0/16"), CLIENT, "203.0.113.9", "81"), "no-route");
  });

  it("a node port of a Service without ready endpoints", () => {
    const unready = cluster("Cluster", "172.18.0.0/16").replace("{app: web}, ports", "{app: nobody}, ports");
    assert.equal(ask(unready, CLIENT, "node/n2", "30080"), "no-route");
    assert.equal(ask(unready, CLIENT, "203.0.113.9", "80"), "no-route");
  });
});

it("a pod at a node port is undecided: its own policy sees the node, the other side another source", () => {
  assert.equal(ask(cluster("Cluster", "172.18.0.0/16"), "shop/web", "node/n2", "30080"), "undecided");
});
