import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressSetText, containsAddress, isAddressError, parseAddress } from "../net/address.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { endText } from "./end.ts";
import { isReferenceError, parseReference, type ReferenceError } from "./reference.ts";
import { INTERNET, resolve, type Resolved } from "./resolve.ts";

function pod(name: string, address: string, more = "", spec = ""): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop${more}}
spec: {nodeName: n1, ${spec}containers: [{name: main, image: app}]}
status: {phase: Running, podIP: ${address}}`;
}

function owner(kind: string, name: string): string {
  return `, ownerReferences: [{apiVersion: apps/v1, kind: ${kind}, name: ${name}, controller: true, uid: u}]`;
}

const SITUATION = situationFrom(
  [
    "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
    "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 172.18.0.1}, {type: InternalIP, address: 'fd01::1'}]}}",
    "{apiVersion: v1, kind: Node, metadata: {name: silent}}",
    pod("web-0", "10.0.1.1", owner("StatefulSet", "web")),
    pod("web-1", "10.0.1.2", owner("StatefulSet", "web")),
    pod("lone", "10.0.1.3"),
    pod("twin", "10.0.1.4"),
    pod("twin-0", "10.0.1.5", owner("StatefulSet", "twin")),
    pod("agent", "172.18.0.1", "", "hostNetwork: true, "),
    pod("done", "10.0.1.9").replace("Running", "Succeeded"),
    `
apiVersion: apps/v1
kind: Deployment
metadata: {name: planned, namespace: shop}
spec:
  selector: {matchLabels: {app: planned}}
  template: {metadata: {labels: {app: planned}}, spec: {containers: [{name: main, image: app}]}}`,
    "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: 10.96.0.1, selector: {app: db}, ports: [{port: 80}]}}",
    "{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.2, selector: {app: web}, ports: [{port: 80}]}}",
  ].join("\n---\n"),
);

function lookUp(text: string): Resolved | ReferenceError {
  const reference = parseReference(text, "shop");
  if (isReferenceError(reference)) throw new Error(reference.error);
  return resolve(SITUATION, reference);
}

describe("a reference", () => {
  for (const [text, name, ends] of [
    ["shop/web", "shop/sts/web", ["shop/pod/web-0", "shop/pod/web-1"]],
    ["shop/sts/web", "shop/sts/web", ["shop/pod/web-0", "shop/pod/web-1"]],
    ["shop/pod/web-1", "shop/pod/web-1", ["shop/pod/web-1"]],
    ["shop/web-1", "shop/pod/web-1", ["shop/pod/web-1"]],
    ["lone", "shop/pod/lone", ["shop/pod/lone"]],
    ["shop/planned", "shop/deploy/planned", ["shop/deploy/planned"]],
    ["shop/pod/twin", "shop/pod/twin", ["shop/pod/twin"]],
    ["node/n1", "node/n1", ["node/n1", "node/n1"]],
    ["shop/agent", "shop/pod/agent (host network)", ["node/n1", "node/n1"]],
    ["10.0.1.1", "shop/pod/web-0", ["shop/pod/web-0"]],
    ["172.18.0.1", "node/n1", ["node/n1"]],
    ["198.51.100.7", "198.51.100.7", ["198.51.100.7"]],
    ["10.0.1.9", "10.0.1.9", ["10.0.1.9"]],
    ["10.0.1.0/30", "10.0.1.0/30", ["shop/pod/web-0", "shop/pod/web-1", "shop/pod/lone", "10.0.1.0"]],
  ] as const) {
    it(`${text} means ${ends.join(" and ")}`, () => {
      const resolved = lookUp(text);
      assert.ok(!isReferenceError(resolved) && resolved.kind === "ends");
      assert.equal(resolved.text, name);
      assert.deepEqual(resolved.ends.map(endText), ends);
    });
  }

  for (const text of ["shop/db", "svc/db", "10.96.0.1"]) {
    it(`${text} means the Service`, () => {
      const resolved = lookUp(text);
      assert.ok(!isReferenceError(resolved) && resolved.kind === "service");
      assert.equal(resolved.text, "shop/svc/db");
    });
  }

  it("by a name that a workload and a Service share means the workload", () => {
    const resolved = lookUp("shop/web");
    assert.ok(!isReferenceError(resolved));
    assert.equal(resolved.kind, "ends");
  });

  for (const [text, error, remedy] of [
    ["shop/wbe", /there is no shop\/wbe/, /did you mean .*shop\/sts\/web/],
    ["shop/deploy/web", /there is no shop\/deploy\/web/, /shop\/sts\/web/],
    ["shopp/sts/web", /there is no shopp\/sts\/web/, /shop\/sts\/web/],
    ["svc/dbb", /there is no shop\/svc\/dbb/, /shop\/svc\/db/],
    ["node/n2", /there is no node\/n2/, /node\/n1/],
    ["node/silent", /no address of node\/silent/, /status\.addresses/],
    ["shop/twin", /may mean shop\/pod\/twin or shop\/sts\/twin/, /name the kind/],
    ["shop/done", /has finished/, /running pod/],
  ] as const) {
    it(`${text} is an error that says what is close`, () => {
      const resolved = lookUp(text);
      assert.ok(
        isReferenceError(resolved),
        JSON.stringify(resolved, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)),
      );
      assert.match(resolved.error, error);
      assert.match(resolved.remedy, remedy);
    });
  }
});

describe("the internet", () => {
  const holds = (text: string): boolean => {
    const address = parseAddress(text);
    if (isAddressError(address)) throw new Error(address.reason);
    return containsAddress(INTERNET, address);
  };

  for (const text of [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "172.32.0.0",
    "223.255.255.255",
    "2606:4700::1",
    "2a00::1",
  ]) {
    it(`holds ${text}`, () => assert.ok(holds(text)));
  }

  for (const text of [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.31.255.255",
    "192.168.0.1",
    "203.0.113.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fd00::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
  ]) {
    it(`does not hold ${text}`, () => assert.ok(!holds(text)));
  }

  it("has few ranges", () => assert.ok(addressSetText(INTERNET).length < 30));
});
