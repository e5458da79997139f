import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { RawObject, RawPacket } from "./raw-objects.ts";
import { DB, OUTSIDE, WEB, allows, cluster, policy, tcp } from "./two-namespaces.ts";
import { naivePending } from "./verdict.ts";
import { global, namespaced, staged } from "./written-policies.ts";

function pends(verdict: "allowed" | "denied", objects: readonly RawObject[], ...packets: readonly RawPacket[]): void {
  for (const packet of packets) assert.equal(naivePending(objects, packet), verdict, JSON.stringify(packet));
}

const onlyDb = { ingress: [{ action: "Allow", source: { namespaceSelector: "!has(env)" } }] };

describe("staged policies (gotcha 28)", () => {
  test("are never enforced, and do not make their tier end in deny", () => {
    const objects = [...cluster, staged("StagedNetworkPolicy", "shop/p", onlyDb)];
    allows(objects, tcp(DB, WEB), tcp(OUTSIDE, WEB));
  });

  test("the pending verdict adds them", () => {
    for (const [kind, path] of [
      ["StagedNetworkPolicy", "shop/p"],
      ["StagedGlobalNetworkPolicy", "p"],
    ] as const) {
      const objects = [...cluster, staged(kind, path, { ...onlyDb, stagedAction: "Set" })];
      pends("allowed", objects, tcp(DB, WEB));
      pends("denied", objects, tcp(OUTSIDE, WEB));
    }
  });

  test("Set takes the place of the policy of the same kind and name", () => {
    const live = global("p", { ingress: [{ action: "Deny" }] });
    pends("allowed", [...cluster, live, staged("StagedGlobalNetworkPolicy", "p", onlyDb)], tcp(DB, WEB));
    pends("denied", [...cluster, live, staged("StagedGlobalNetworkPolicy", "q", onlyDb)], tcp(DB, WEB));
    pends("denied", [...cluster, live, staged("StagedNetworkPolicy", "shop/p", onlyDb)], tcp(DB, WEB));
  });

  test("Delete takes a policy away, Learn and Ignore change nothing", () => {
    const live = namespaced("shop/p", { ingress: [] });
    const gone = staged("StagedNetworkPolicy", "shop/p", { stagedAction: "Delete" });
    pends("allowed", [...cluster, live, gone], tcp(DB, WEB));
    pends("denied", [...cluster, namespaced("shop/q", {}), gone], tcp(DB, WEB));
    for (const stagedAction of ["Learn", "Ignore"]) {
      pends("allowed", [...cluster, staged("StagedNetworkPolicy", "shop/p", { stagedAction })], tcp(DB, WEB));
    }
  });

  test("a staged Kubernetes policy is one of Kubernetes, with its own idea of directions", () => {
    const spec = { podSelector: {}, egress: [{}] };
    const objects = [...cluster, staged("StagedKubernetesNetworkPolicy", "shop/p", spec)];
    pends("denied", objects, tcp(DB, WEB));
    pends("allowed", objects, tcp(WEB, DB));
    const live = policy("shop", { podSelector: {} });
    const gone = staged("StagedKubernetesNetworkPolicy", "shop/p", { stagedAction: "Delete" });
    pends("allowed", [...cluster, live, gone], tcp(DB, WEB));
    pends(
      "denied",
      [...cluster, live, staged("StagedNetworkPolicy", "shop/p", { stagedAction: "Delete" })],
      tcp(DB, WEB),
    );
  });

  test("all of them are live together", () => {
    const allow = staged("StagedNetworkPolicy", "shop/a", { order: 1, ingress: [{ action: "Allow" }] });
    const deny = staged("StagedGlobalNetworkPolicy", "b", { order: 0, ingress: [{ action: "Deny" }] });
    pends("denied", [...cluster, allow, deny], tcp(DB, WEB));
    pends("allowed", [...cluster, allow], tcp(DB, WEB));
  });
});
