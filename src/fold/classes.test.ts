import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressSetText } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import { atoms, podClasses } from "./classes.ts";

function pod(name: string, addresses: string, labels = "{}", ports = "[]"): string {
  const podIPs = addresses.split(" ").map((ip) => `{ip: '${ip}'}`);
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}}
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

function classesOf(objects: readonly string[], options?: FixtureOptions): readonly string[] {
  return podClasses(situationFrom(objects.join("\n---\n"), options)).map(({ pods }) =>
    pods.map(({ name }) => name).join("+"),
  );
}

const AB = [
  pod("a", "10.0.1.1", "{app: a}", "[{name: http, containerPort: 80}]"),
  pod("b", "10.0.1.2", "{app: b}", "[{name: http, containerPort: 81}]"),
];

describe("pods are of one class", () => {
  it("where there are no policies, whatever labels and ports they have", () => {
    assert.deepEqual(classesOf(AB), ["a+b"]);
  });

  it("unless they have addresses of different families", () => {
    assert.deepEqual(classesOf([pod("a", "10.0.1.1"), pod("b", "fd00::1"), pod("c", "10.0.1.3 fd00::3")]), [
      "a",
      "b",
      "c",
    ]);
  });

  for (const [what, spec, expected] of [
    ["a subject tells them apart", "{podSelector: {matchLabels: {app: a}}}", ["a", "b"]],
    [
      "a peer tells them apart",
      "{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {app: a}}}]}]}",
      ["a", "b"],
    ],
    ["a label tells them apart that no policy asks for", "{podSelector: {}}", ["a+b"]],
    ["a block holds one of them", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.1.1/32}}]}]}", ["a", "b"]],
    ["a block holds both", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.1.0/24}}]}]}", ["a+b"]],
    ["a port name means different numbers", "{podSelector: {}, ingress: [{ports: [{port: http}]}]}", ["a", "b"]],
    ["a port name is used that none of them has", "{podSelector: {}, ingress: [{ports: [{port: sql}]}]}", ["a+b"]],
  ] as const) {
    it(`${expected.length === 1 ? "although" : "unless"} ${what}`, () =>
      assert.deepEqual(classesOf([...AB, policy(spec)]), expected));
  }

  it("although a block holds one of them, where blocks do not match pods", () => {
    const block = policy("{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.1.1/32}}]}]}");
    assert.deepEqual(classesOf([...AB, block], { assumptions: { "cidr-matches-pods": "no" } }), ["a+b"]);
  });

  it("by their own labels, also where another pod claims an address of theirs", () => {
    const claimed = [
      pod("a", "10.0.1.1", "{app: a}"),
      pod("b", "10.0.1.1 fd00::2", "{app: b}"),
      pod("c", "10.0.1.1 fd00::3", "{app: c}"),
    ];
    const rule = policy("{podSelector: {matchLabels: {app: c}}, policyTypes: [Ingress]}");
    assert.deepEqual(classesOf([...claimed, rule]), ["a", "b", "c"]);
  });
});

describe("a pod whose address another claims", () => {
  it("is not of the class of a pod whose address is its own", () => {
    assert.deepEqual(classesOf([pod("a", "10.0.1.1"), pod("b", "10.0.1.1"), pod("c", "10.0.1.3")]), ["a+b", "c"]);
  });
});

describe("atoms", () => {
  const atomsOf = (...blocks: readonly string[]): readonly string[] => {
    const peers = blocks.map((block) => `{ipBlock: ${block}}`).join(", ");
    return atoms(situationFrom(policy(`{podSelector: {}, ingress: [{from: [${peers}]}]}`))).map(({ where }) =>
      addressSetText(where).join("+"),
    );
  };

  it("are the two families where no rule names an address", () => {
    assert.deepEqual(
      atoms(situationFrom(policy("{podSelector: {}}"))).map(({ where }) => addressSetText(where)),
      [["0.0.0.0/0"], ["::/0"]],
    );
  });

  it("are as few as rules can tell apart: pieces with the same answers are one atom", () => {
    assert.deepEqual(atomsOf("{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}"), [
      "0.0.0.0-9.255.255.255+10.1.0.0/16+11.0.0.0-255.255.255.255",
      "10.0.0.0/16+10.2.0.0-10.255.255.255",
      "::/0",
    ]);
  });

  it("make up all addresses", () => {
    const found = atoms(
      situationFrom(
        policy(
          "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.64.0.0/10}}, {ipBlock: {cidr: 'fd00::/8'}}]}]}",
        ),
      ),
    );
    assert.deepEqual(addressSetText(unionOf(found.flatMap(({ where }) => where))), ["0.0.0.0/0", "::/0"]);
    assert.equal(found.length, 5);
  });
});
