/** Generated clusters are the same for the same seed, valid to the letter, and have the shape that real ones have. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isTemplate } from "../../src/cluster/endpoint.ts";
import { selects } from "../../src/labels/selector.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading } from "../../src/resources/reading.ts";
import { PROFILES } from "../../src/situation/assumptions.ts";
import { type Situation, situationOf } from "../../src/situation/situation.ts";
import { findingText } from "../../src/source/finding.ts";
import { clusterObjects } from "./cluster.ts";
import { clusterEdits, EDIT_KINDS } from "./edits.ts";
import type { KubernetesObject } from "./objects.ts";
import type { ClusterOptions } from "./options.ts";
import { type Format, textsOf } from "./text.ts";

function read(objects: readonly KubernetesObject[], format: Format = "lines"): Reading {
  const [text = ""] = textsOf(objects, format);
  return readText(`cluster.${format}`, text, { validation: "strict", namespace: undefined });
}

function situation(reading: Reading): ReturnType<typeof situationOf> {
  return situationOf(reading, { assumptions: PROFILES.kubernetes, podRange: undefined });
}

/** Without those that Jobs which are done would make if they were run again. */
function livePods({ pods }: Situation["inventory"]): Situation["inventory"]["pods"] {
  return pods.filter((pod) => !isTemplate(pod));
}

function ofKind(objects: readonly KubernetesObject[], kind: string): readonly KubernetesObject[] {
  return objects.filter((object) => object.kind === kind);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

const POLICY_KINDS = ["NetworkPolicy", "GlobalNetworkPolicy", "ClusterNetworkPolicy"];

describe("a generated cluster", () => {
  it("is the same for the same seed, and another for another", () => {
    const options = { pods: 300, seed: 7, dualStack: true };
    assert.deepEqual(clusterObjects(options), clusterObjects(options));
    assert.notDeepEqual(clusterObjects(options), clusterObjects({ ...options, seed: 8 }));
  });

  const variants: readonly ClusterOptions[] = [
    { pods: 40 },
    { pods: 1000, seed: 2 },
    { pods: 1000, seed: 3, dualStack: true, blocksOfOnePolicy: 638 },
    { pods: 500, seed: 4, policies: 2000, namespaces: 60 },
    { pods: 200, seed: 5, policies: 0 },
  ];
  for (const options of variants) {
    it(`has nothing that a strict reader minds: ${JSON.stringify(options)}`, () => {
      const objects = clusterObjects(options);
      const reading = read(objects);
      assert.deepEqual(reading.findings.map(findingText), []);
      assert.deepEqual(situation(reading).findings.map(findingText), []);
      assert.deepEqual([reading.resources.length, reading.blinds.length], [objects.length, 0]);
    });
  }

  it("has exactly the pods and policies that were asked for, and no two pods at one address", () => {
    const objects = clusterObjects({ pods: 777, policies: 123 });
    assert.equal(ofKind(objects, "Pod").length, 777);
    assert.equal(POLICY_KINDS.flatMap((kind) => ofKind(objects, kind)).length, 123);
    const { podsAt } = situation(read(objects)).situation.inventory;
    assert.deepEqual(
      [...podsAt.values()].filter((pods) => pods.length !== 1),
      [],
    );
  });

  it("has policies of every language, in tiers of all three", () => {
    const { situation: made } = situation(read(clusterObjects({ pods: 1000 })));
    const tiers = made.tiers.map(({ name }) => name);
    for (const tier of ["security", "platform", "application", "kube-admin", "default", "kube-baseline"]) {
      assert.ok(tiers.includes(tier), `${tier} is not among ${tiers.join(", ")}`);
    }
  });

  it("has both families at every pod and Service when it is dual stack", () => {
    const { inventory } = situation(read(clusterObjects({ pods: 200, dualStack: true }))).situation;
    assert.ok(livePods(inventory).every(({ addresses }) => addresses.length === 2));
    assert.ok(inventory.services.every(({ addresses, headless }) => headless || addresses.length >= 2));
  });

  it("says behind each Service what its selector says", () => {
    const objects = clusterObjects({ pods: 400, seed: 9 });
    const withSlices = situation(read(objects)).situation.inventory.services;
    const withoutSlices = situation(read(objects.filter(({ kind }) => kind !== "EndpointSlice")));
    const backends = (services: typeof withSlices) =>
      services.map(({ name, ports }) => [
        name,
        ports.map(({ name, backends }) => [
          name,
          backends.flatMap(({ where, port }) =>
            ("pod" in where ? where.pod.addresses : [where.address]).map((address) => `${address}:${port}`),
          ),
        ]),
      ]);
    assert.deepEqual(backends(withSlices), backends(withoutSlices.situation.inventory.services));
  });

  it("reads as the same resources from every text", () => {
    const objects = clusterObjects({ pods: 60 });
    const content = (format: Format) =>
      read(objects, format).resources.map(({ kind, metadata, spec }) => ({ kind, metadata, spec }));
    assert.deepEqual(content("json"), content("lines"));
    assert.deepEqual(content("yaml"), content("lines"));
  });
});

describe("the shape of a generated cluster of 3,000 pods", () => {
  const objects = clusterObjects({ pods: 3000, seed: 1 });
  const { situation: made } = situation(read(objects));

  it("fills nodes alike and below what they take", () => {
    const counts = new Map<string | undefined, number>();
    for (const { node } of livePods(made.inventory)) counts.set(node, (counts.get(node) ?? 0) + 1);
    assert.ok(
      [...counts.values()].every((count) => count > 50 && count <= 100),
      [...counts.values()].join(),
    );
  });

  it("has workloads of 1 to 50 replicas, most of them small", () => {
    const replicas = ofKind(objects, "Deployment").map(({ spec }) => Number(fieldOf(spec, "replicas")));
    assert.ok(median(replicas) <= 2, `median ${median(replicas)}`);
    assert.ok(Math.max(...replicas) > 20 && Math.max(...replicas) <= 50, `largest ${Math.max(...replicas)}`);
  });

  it("has policies as were reported of real clusters: in the median 6 local pods, 1 block, 1 port, 2 peer pods", () => {
    const { locals, peers, blocks, ports } = policyShape(made);
    assert.ok(median(locals) >= 4 && median(locals) <= 8, `local pods ${median(locals)}`);
    assert.ok(median(peers) >= 2 && median(peers) <= 4, `peer pods ${median(peers)}`);
    assert.deepEqual([median(blocks), median(ports)], [1, 1]);
    assert.ok(Math.max(...locals) > 100 && Math.max(...peers) > 100 && Math.max(...blocks) > 10, "a long tail");
  });

  it("has some policies that select nobody, and most namespaces closed by default", () => {
    const policies = ofKind(objects, "NetworkPolicy");
    const denials = policies.filter(({ metadata }) => metadata.name === "default-deny");
    const namespaces = ofKind(objects, "Namespace");
    assert.ok(denials.length > namespaces.length * 0.6 && denials.length < namespaces.length);
    assert.ok(policies.some(({ spec }) => JSON.stringify(spec).includes("retired-")));
  });
});

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === "object" && value !== null
    ? Object.entries(value).find(([key]) => key === field)?.[1]
    : undefined;
}

/** Of Kubernetes NetworkPolicies: pods selected by those that select any, and what the rules of all name. */
function policyShape({ inventory, tiers }: Situation) {
  const policies = tiers.flatMap((tier) => tier.policies).filter(({ dialect }) => dialect === "kubernetes");
  const count = (selector: Parameters<typeof selects>[0]): number =>
    inventory.pods.filter(({ seen }) => selects(selector, seen)).length;
  const rules = policies.flatMap(({ ingress, egress }) => [
    ...(ingress ?? []).map(({ source, traffic }) => ({ peers: source, traffic })),
    ...(egress ?? []).map(({ destination, traffic }) => ({ peers: destination, traffic })),
  ]);
  const selectors = rules.map(({ peers }) => peers?.flatMap(({ selector }) => selector ?? []) ?? []);
  return {
    locals: policies.map(({ subject }) => count(subject)).filter((pods) => pods > 0),
    peers: selectors.filter((of) => of.length > 0).map((of) => count({ op: "any", of })),
    blocks: rules
      .map(({ peers }) => peers?.filter(({ addresses }) => addresses !== undefined).length ?? 0)
      .filter((blocks) => blocks > 0),
    ports: rules.flatMap(({ traffic }) => traffic?.length ?? []),
  };
}

describe("edits", () => {
  const objects = clusterObjects({ pods: 300 });
  const edits = clusterEdits(objects, 5);
  for (const kind of EDIT_KINDS) {
    it(`are of objects that stay valid: ${kind}`, () => {
      assert.equal(edits[kind].length, 5);
      const changed = edits[kind].map(({ object }) => object);
      for (const object of changed) assert.deepEqual(read([object]).findings.map(findingText), []);
      const isKnown = changed.map((object) => objects.includes(object));
      assert.deepEqual([...new Set(isKnown)], [kind === "pod removed"]);
    });
  }
});
