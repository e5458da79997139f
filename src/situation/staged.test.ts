/** What each staged action does once it is live, asked of the tiers that would then hold. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { situationFrom } from "./situation.fixture.ts";

type Action = "Set" | "Delete" | "Learn" | "Ignore";

interface Language {
  readonly staged: string;
  readonly live: string;
  /** A policy with its metadata, and a rule for one port. */
  readonly write: (kind: string, name: string, port: number | undefined, action?: Action) => string;
}

function object(apiVersion: string, kind: string, metadata: string, spec: readonly string[]): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {${metadata}}, spec: {${spec.filter((s) => s !== "").join(", ")}}}`;
}

function acting(action: Action | undefined): string {
  return action === undefined ? "" : `stagedAction: ${action}`;
}

function calico(kind: string, metadata: string, port: number | undefined, action: Action | undefined): string {
  const rules = port === undefined ? "" : `ingress: [{action: Allow, protocol: TCP, destination: {ports: [${port}]}}]`;
  return object("projectcalico.org/v3", kind, metadata, [rules, acting(action)]);
}

const LANGUAGES: readonly Language[] = [
  {
    staged: "StagedNetworkPolicy",
    live: "NetworkPolicy",
    write: (kind, name, port, action) => calico(kind, `name: ${name}, namespace: shop`, port, action),
  },
  {
    staged: "StagedGlobalNetworkPolicy",
    live: "GlobalNetworkPolicy",
    write: (kind, name, port, action) => calico(kind, `name: ${name}`, port, action),
  },
  {
    staged: "StagedKubernetesNetworkPolicy",
    live: "NetworkPolicy",
    write: (kind, name, port, action) =>
      object(
        kind === "NetworkPolicy" ? "networking.k8s.io/v1" : "projectcalico.org/v3",
        kind,
        `name: ${name}, namespace: shop`,
        port === undefined
          ? [acting(action)]
          : ["podSelector: {}", `ingress: [{ports: [{port: ${port}}]}]`, acting(action)],
      ),
  },
];

/** Kinds and names once everything staged is live; undefined where nothing would be asked otherwise. */
function pending(...objects: readonly string[]): readonly string[] | undefined {
  return situationFrom(objects.join("\n---\n")).pendingTiers?.flatMap(({ policies }) =>
    policies.map(({ kind, name }) => `${kind} ${name}`),
  );
}

for (const { staged, live, write } of LANGUAGES) {
  describe(`a ${staged}`, () => {
    const enforced = [write(live, "a", 1), write(live, "b", 2)];

    it("with Set, or without an action, stands in the place of the policy of its name", () => {
      for (const action of ["Set", undefined] as const) {
        assert.deepEqual(pending(...enforced, write(staged, "a", 3, action)), [`${staged} a`, `${live} b`]);
      }
    });

    it("with Set adds a policy where none has its name", () => {
      assert.deepEqual(pending(...enforced, write(staged, "c", 3)), [`${live} a`, `${live} b`, `${staged} c`]);
    });

    it("with Delete takes the policy of its name away, and nothing where there is none", () => {
      assert.deepEqual(pending(...enforced, write(staged, "a", undefined, "Delete")), [`${live} b`]);
      assert.deepEqual(pending(...enforced, write(staged, "c", undefined, "Delete")), [`${live} a`, `${live} b`]);
    });

    it("with Learn or Ignore changes nothing", () => {
      for (const action of ["Learn", "Ignore"] as const) {
        assert.deepEqual(pending(...enforced, write(staged, "a", 3, action)), [`${live} a`, `${live} b`]);
      }
    });

    it("is not enforced", () => {
      const { tiers } = situationFrom([...enforced, write(staged, "a", 3)].join("\n---\n"));
      assert.deepEqual(
        tiers.flatMap(({ policies }) => policies.map(({ kind, name }) => `${kind} ${name}`)),
        [`${live} a`, `${live} b`],
      );
    });
  });
}

describe("a staged policy takes the place of its own language's policy alone", () => {
  it("Calico's NetworkPolicy and Kubernetes' may share a name", () => {
    const [calicos, , kubernetes] = LANGUAGES;
    assert.ok(calicos && kubernetes);
    assert.deepEqual(
      pending(
        calicos.write(calicos.live, "a", 1),
        kubernetes.write(kubernetes.live, "a", 1),
        kubernetes.write(kubernetes.staged, "a", 2),
      ),
      ["StagedKubernetesNetworkPolicy a", "NetworkPolicy a"],
    );
  });
});
