/** Policies that are converted decide about every packet as their sources did, whatever stands beside them. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type * as fc from "fast-check";
import { loadAll } from "js-yaml";
import { yamlText } from "../../src/cli/output/yaml.ts";
import { admissionOnPath } from "../../src/fold/admission.ts";
import { endsOfPod, familyOfEnd } from "../../src/path/end.ts";
import { directPath } from "../../src/path/path.ts";
import { convertPolicies, type Target, TARGETS } from "../../src/policy/conversion.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading } from "../../src/resources/reading.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { type Situation, situationOf } from "../../src/situation/situation.ts";
import { findingText } from "../../src/source/finding.ts";
import { judge } from "../../src/verdict/verdict.ts";
import type { RawHostEndpoint } from "../naive/calico-objects.ts";
import type { RawNetworkPolicy, RawObject, RawPacket } from "../naive/raw-objects.ts";
import { naivePending, naiveVerdict } from "../naive/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld, RefusedWorldError } from "../worlds/replay.ts";
import { world, worldText, type World } from "../worlds/world.ts";
import { pathOf, pointOf } from "./situations.ts";

const ASSUMPTIONS: Assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" };

function read(text: string): Reading {
  const reading = readText("world", text, { validation: "strict", namespace: undefined });
  const errors = reading.findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new RefusedWorldError(errors.map(findingText).join("\n"));
  return reading;
}

interface Converted {
  readonly before: Situation;
  readonly after: Situation;
  /** The objects with the conversions, as they come back from the YAML text. */
  readonly objects: readonly RawObject[];
  readonly count: number;
  readonly refusals: readonly string[];
}

function converted(objects: readonly RawObject[], target: Target, assumptions: Assumptions = ASSUMPTIONS): Converted {
  const reading = read(worldText({ objects: [...objects] }));
  const conversion = convertPolicies(reading.resources, target);
  const gone = new Set(
    conversion.converted.map(({ source }) => identityOf(source.kind, source.metadata.namespace, source.metadata.name)),
  );
  const kept = objects.filter(({ kind, apiVersion, metadata }) => {
    if (apiVersion === "projectcalico.org/v3" || apiVersion === "crd.projectcalico.org/v1") return true;
    return !gone.has(identityOf(kind, metadata?.namespace ?? "", metadata?.name ?? ""));
  });
  const yaml = yamlText(conversion.converted.map(({ manifest }) => manifest));
  const situationOfReading = (it: Reading): Situation =>
    situationOf(it, { assumptions, podRange: undefined }).situation;
  return {
    before: situationOfReading(reading),
    after: situationOfReading(read(`${worldText({ objects: kept })}---\n${yaml}`)),
    objects: [...kept, ...loadAll(yaml).filter(isObject)],
    count: conversion.converted.length,
    refusals: conversion.refusals.map(({ message }) => message),
  };
}

function identityOf(kind: string, namespace: string, name: string): string {
  return `${kind} ${namespace}/${name}`;
}

function isObject(value: unknown): value is RawObject {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The sets of every pair of pods, one after the other. */
function* admissions(situation: Situation): Generator {
  const { inventory, podRange } = situation;
  const ends = inventory.pods.flatMap((pod) => endsOfPod(inventory, pod, podRange));
  for (const from of ends) {
    for (const to of ends) {
      if (familyOfEnd(from) === familyOfEnd(to)) yield admissionOnPath(situation, directPath(situation, from, to));
    }
  }
}

function assertSameVerdicts(objects: readonly RawObject[], packets: readonly RawPacket[], result: Converted): void {
  for (const packet of packets) {
    const about = `about ${JSON.stringify(packet)}`;
    const verdict = naiveVerdict(objects, packet);
    assert.equal(naiveVerdict(result.objects, packet), verdict, `the naive reading, ${about}`);
    const point = pointOf(packet);
    assert.equal(judge(result.after, pathOf(result.after, packet), point).kind, verdict, `the oracle, ${about}`);
    assert.equal(naivePending(result.objects, packet), naivePending(objects, packet), `what is staged, ${about}`);
    // Ends of packets are nodes and outside addresses too, and network sets hold some of them.
    const [before, after] = [result.before, result.after].map((it) => admissionOnPath(it, pathOf(it, packet)));
    assert.deepEqual(after, before, `the sets, ${about}`);
  }
  assert.deepEqual([...admissions(result.after)], [...admissions(result.before)], "the sets of pods");
}

/** Everything a conversion may not do to random worlds but refuse a name that is taken. */
async function holds(runs: number, target: Target, worlds: fc.Arbitrary<World>): Promise<number> {
  let total = 0;
  await holdsInEveryWorld(
    runs,
    ({ objects, packets }) => {
      const result = converted(objects, target);
      total += result.count;
      const others = result.refusals.filter((message) => !/would stand in the way of/.test(message));
      assert.deepEqual(others, []);
      assertSameVerdicts(objects, packets, result);
    },
    worlds,
  );
  return total;
}

describe("converted policies decide as before", () => {
  it("NetworkPolicies as Calico's, alone", async () => {
    assert.ok((await holds(120, "calico", world())) > 0);
  });

  it("NetworkPolicies as Calico's, beside every other language and network sets", async () => {
    assert.ok((await holds(120, "calico", mixedWorld())) > 0);
  });

  it("AdminNetworkPolicies as ClusterNetworkPolicies, beside every other language", async () => {
    assert.ok((await holds(120, "cluster-network-policy", mixedWorld())) > 0);
  });

  it("under every profile, and where labels of namespaces are not known", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects }) => {
        const withoutNamespaces = objects.filter(({ kind }) => kind !== "Namespace");
        for (const target of TARGETS) {
          for (const assumptions of Object.values(PROFILES)) {
            const { before, after } = converted(withoutNamespaces, target, assumptions);
            assert.deepEqual([...admissions(after)], [...admissions(before)]);
          }
        }
      },
      mixedWorld(),
    );
  });

  it("where a host endpoint gives a port the name that pods give theirs", () => {
    const objects = [...HOST_WITH_NAMED_PORT];
    const packets = ["10.0.0.2", "203.0.113.7"].map((destination) => ({ ...TO_WEB, destination }));
    const result = converted(objects, "calico");
    assert.deepEqual(
      packets.map((packet) => naiveVerdict(objects, packet)),
      ["allowed", "denied"],
    );
    for (const packet of packets) {
      assert.equal(naiveVerdict(result.objects, packet), naiveVerdict(objects, packet), JSON.stringify(packet));
    }
  });
});

const TO_WEB = { source: "10.0.0.1", protocol: "TCP", sourcePort: 40_000, destinationPort: 8080 } as const;

const NAMED_PORT = { name: "web", containerPort: 8080, protocol: "TCP" };

function podAt(name: string, ip: string): RawObject {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop" },
    spec: { nodeName: "n", containers: [{ name: "c", image: "i", ports: [NAMED_PORT] }] },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
  return pod;
}

const HOST: RawHostEndpoint = {
  apiVersion: "projectcalico.org/v3",
  kind: "HostEndpoint",
  metadata: { name: "gateway" },
  spec: { node: "n", expectedIPs: ["203.0.113.7"], ports: [{ name: "web", port: 8080, protocol: "TCP" }] },
};

const TO_NAMED_PORT: RawNetworkPolicy = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name: "p", namespace: "shop" },
  spec: { podSelector: {}, policyTypes: ["Egress"], egress: [{ ports: [{ port: "web" }] }] },
};

const HOST_WITH_NAMED_PORT: readonly RawObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
  podAt("a", "10.0.0.1"),
  podAt("b", "10.0.0.2"),
  HOST,
  TO_NAMED_PORT,
];
