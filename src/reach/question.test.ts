import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../net/traffic-text.ts";
import { endText } from "../path/end.ts";
import { isReferenceError, parseAsked, parseReference, splitDestination } from "../path/reference.ts";
import { resolve } from "../path/resolve.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { type Answer, answer } from "./question.ts";

function ask(situation: Situation, from: string, to: string, sourcePort?: number): Answer {
  const resolved = (text: string) => {
    const reference = parseReference(text, "shop");
    const found = isReferenceError(reference) ? reference : resolve(situation, reference);
    if (isReferenceError(found)) throw new Error(found.error);
    return found;
  };
  const { end, traffic } = splitDestination(to);
  const asked = parseAsked(traffic);
  if (isReferenceError(asked)) throw new Error(asked.error);
  return answer(situation, { from: resolved(from), to: resolved(end), asked, sourcePort });
}

/** `kind FROM > TO traffic` of each case. */
function cases({ cases: list }: Answer): readonly string[] {
  return list.map(
    ({ kind, from, to, traffic }) =>
      `${kind} ${endText(from)} > ${to === undefined ? "-" : endText(to)} ${trafficText(traffic)}`,
  );
}

function pod(name: string, address: string, labels: string, ports = "[]"): string {
  const podIPs = address.split(" ").map((ip) => `{ip: '${ip}'}`);
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}, ownerReferences: [{apiVersion: v1, kind: StatefulSet, name: ${name.split("-")[0]}, controller: true, uid: u}]}
spec: {nodeName: n1, containers: [{name: main, image: app, ports: ${ports}}]}
status: {phase: Running, podIPs: [${podIPs.join(", ")}]}`;
}

function policy(spec: string, name = "p"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: ${spec}`;
}

const CLUSTER = [
  "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}",
  pod("web-0", "10.0.1.1", "{app: web, index: '0'}", "[{name: http, containerPort: 8080}]"),
  pod("web-1", "10.0.1.2", "{app: web, index: '1'}", "[{name: http, containerPort: 8081}]"),
  pod("db-0", "10.0.2.1 fd00::2:1", "{app: db}", "[{name: sql, containerPort: 5432}]"),
  pod("six-0", "fd00::6:1", "{app: six}"),
  "{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: 10.96.0.1, selector: {app: db}, ports: [{name: main, port: 80, targetPort: sql}, {name: admin, port: 81, targetPort: 9000}, {name: dead, port: 82, targetPort: nothing}]}}",
  "{apiVersion: v1, kind: Service, metadata: {name: heads, namespace: shop}, spec: {clusterIP: None, selector: {app: web}, ports: [{name: main, port: 80, targetPort: http}]}}",
];

function given(...objects: readonly string[]): Situation {
  return situationFrom([...CLUSTER, ...objects].join("\n---\n"));
}

describe("an answer", () => {
  it("is one verdict where every pair of ends and every packet has it", () => {
    const found = ask(given(), "shop/web", "shop/db-0:80");
    assert.equal(found.kind, "allowed");
    assert.deepEqual(cases(found), [
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 80",
      "allowed shop/pod/web-1 > shop/pod/db-0 TCP 80",
    ]);
  });

  it("is partial where only some pods or only some ports pass, and says which", () => {
    const somePods = given(
      policy(
        "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {index: '1'}}}]}]}",
      ),
    );
    const found = ask(somePods, "shop/web", "shop/db-0:80");
    assert.equal(found.kind, "partial");
    assert.deepEqual(cases(found), [
      "denied shop/pod/web-0 > shop/pod/db-0 TCP 80",
      "allowed shop/pod/web-1 > shop/pod/db-0 TCP 80",
    ]);
    const somePorts = given(policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}"));
    assert.deepEqual(cases(ask(somePorts, "shop/web-0", "shop/db-0:79-81")), [
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 80",
      "denied shop/pod/web-0 > shop/pod/db-0 TCP 79,81",
    ]);
  });

  it("without a port is about TCP, UDP, SCTP and ICMP, of each family both ends have", () => {
    const found = ask(given(), "shop/six-0", "shop/db-0");
    assert.deepEqual(cases(found), ["allowed shop/pod/six-0 > shop/pod/db-0 TCP, UDP, ICMPv6, SCTP"]);
  });

  it("cuts outside addresses where rules tell them apart", () => {
    const found = ask(
      given(policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/25}}]}]}")),
      "198.51.100.0/24",
      "shop/db-0:80",
    );
    assert.deepEqual(cases(found).toSorted(), [
      "allowed 198.51.100.0/25 > shop/pod/db-0 TCP 80",
      "denied 198.51.100.128/25 > shop/pod/db-0 TCP 80",
    ]);
  });

  it("looks a port name up at each destination", () => {
    assert.deepEqual(cases(ask(given(), "shop/db-0", "shop/web:http")), [
      "allowed shop/pod/db-0 > shop/pod/web-0 TCP 8080",
      "allowed shop/pod/db-0 > shop/pod/web-1 TCP 8081",
    ]);
  });

  it("leaves out a pod and itself among several, but not where it is what is asked", () => {
    assert.equal(cases(ask(given(), "shop/web", "shop/web:80")).length, 2);
    assert.deepEqual(cases(ask(given(policy("{podSelector: {}}")), "shop/web-0", "shop/web-0:80")), [
      "allowed shop/pod/web-0 > shop/pod/web-0 TCP 80",
    ]);
  });

  it("with a source port is about that of TCP, UDP and SCTP; what has none is as it was", () => {
    const found = cases(ask(given(), "shop/web-0", "shop/db-0", 8));
    assert.deepEqual(found, ["allowed shop/pod/web-0 > shop/pod/db-0 ICMP, TCP from 8, UDP from 8, SCTP from 8"]);
    assert.deepEqual(cases(ask(given(), "shop/web-0", "shop/db-0:/47", 8)), [
      "allowed shop/pod/web-0 > shop/pod/db-0 GRE",
    ]);
    assert.deepEqual(
      cases(ask(given(), "shop/web-0", "shop/db:80", 8))[0],
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 80 from 8",
    );
  });

  it("has no route between ends of different families, and says why", () => {
    const found = ask(given(), "shop/web-0", "shop/six-0:80");
    assert.equal(found.kind, "no-route");
    assert.match(found.reason ?? "", /no address family in common/);
  });

  it("has no route to a port name that nobody has, and says who was asked", () => {
    assert.match(
      ask(given(), "shop/web-0", "shop/db-0:nope").reason ?? "",
      /no pod of shop\/pod\/db-0 names a port "nope"/,
    );
    assert.match(ask(given(), "shop/web-0", "svc/db:nope").reason ?? "", /shop\/svc\/db has no port named "nope"/);
  });

  it("has no route from a Service, which opens no connections", () => {
    const found = ask(given(), "svc/db", "shop/web-0");
    assert.deepEqual([found.kind, found.cases], ["no-route", []]);
    assert.match(found.reason ?? "", /opens no connections; its pods do/);
  });

  it("is denied, not partial, where no part of it passes, whatever stops each", () => {
    const closed = given(policy("{podSelector: {matchLabels: {app: db}}}"));
    const found = ask(closed, "shop/web-0", "svc/db");
    assert.deepEqual(new Set(found.cases.map(({ kind }) => kind)), new Set(["denied", "no-route"]));
    assert.equal(found.kind, "denied");
  });

  it("is undecided as soon as a part of it is", () => {
    const stranger = pod("far-0", "10.0.9.9", "{}").replace("namespace: shop", "namespace: far");
    const select = policy(
      "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: red}}}], ports: [{port: 80}]}]}",
    );
    const found = ask(given(stranger, select), "far/far-0", "shop/db-0:80-81");
    assert.equal(found.kind, "undecided");
    assert.deepEqual(cases(found), [
      "undecided far/pod/far-0 > shop/pod/db-0 TCP 80",
      "denied far/pod/far-0 > shop/pod/db-0 TCP 81",
    ]);
  });
});

describe("a question about a Service", () => {
  it("is judged at the backend's port and told at the Service's", () => {
    const situation = given(policy("{podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: sql}]}]}"));
    const found = ask(situation, "shop/web-0", "svc/db:80-81");
    assert.deepEqual(cases(found), [
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 80",
      "denied shop/pod/web-0 > shop/pod/db-0 TCP 81",
    ]);
    assert.deepEqual(
      found.cases.map(({ verdict }) => verdict?.packet.second),
      [5432, 9000],
    );
  });

  it("without a port is about the ports it lists, and tells those that lead nowhere", () => {
    const found = ask(given(), "shop/web-0", "svc/db");
    assert.equal(found.kind, "partial");
    assert.deepEqual(cases(found), [
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 80",
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 81",
      "no-route shop/pod/web-0 > - TCP 82",
    ]);
  });

  it("is about the families that the Service has, whatever else the pods on both sides have", () => {
    const dual = pod("dual-0", "10.0.1.7 fd00::1:7", "{app: dual}");
    const v4Only = policy("{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}");
    const found = ask(given(dual, v4Only), "shop/dual-0", "svc/db:80");
    assert.deepEqual([found.kind, cases(found)], ["allowed", ["allowed shop/pod/dual-0 > shop/pod/db-0 TCP 80"]]);
    assert.equal(ask(given(), "shop/six-0", "svc/db:80").kind, "no-route");
  });

  it("by the name of its port means that port", () => {
    assert.deepEqual(cases(ask(given(), "shop/web-0", "svc/db:admin")), [
      "allowed shop/pod/web-0 > shop/pod/db-0 TCP 81",
    ]);
  });

  it("and what it does not list has no route", () => {
    assert.deepEqual(cases(ask(given(), "shop/web-0", "svc/db:443")), ["no-route shop/pod/web-0 > - TCP 443"]);
    assert.deepEqual(cases(ask(given(), "shop/web-0", "svc/db:/icmp")), ["no-route shop/pod/web-0 > - ICMP"]);
  });

  it("that is headless is about its pods, at any port", () => {
    assert.deepEqual(cases(ask(given(), "shop/db-0", "svc/heads:9999")), [
      "allowed shop/pod/db-0 > shop/pod/web-0 TCP 9999",
      "allowed shop/pod/db-0 > shop/pod/web-1 TCP 9999",
    ]);
  });
});
