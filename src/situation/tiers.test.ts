/** In which order policies of all languages are asked. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Tier } from "../policy/model.ts";
import { situationFrom } from "./situation.fixture.ts";

function kubernetes(name: string, namespace = "shop"): string {
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec: {podSelector: {}}`;
}

function calico(kind: string, name: string, spec: string): string {
  const namespace = /Global|Tier/.test(kind) ? "" : ", namespace: shop";
  return `
apiVersion: projectcalico.org/v3
kind: ${kind}
metadata: {name: ${name}${namespace}}
spec: {${spec}}`;
}

function cluster(name: string, tier: string, priority = 1): string {
  return `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: ${name}}
spec:
  tier: ${tier}
  priority: ${priority}
  subject: {namespaces: {}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]`;
}

function described(tiers: readonly Tier[] | undefined): readonly string[] {
  return (tiers ?? []).map(
    ({ name, defaultAction, policies }) => `${name} (${defaultAction}): ${policies.map((one) => one.name).join(" ")}`,
  );
}

function tiersOf(...objects: readonly string[]): readonly string[] {
  return described(situationFrom(objects.join("\n---")).tiers);
}

describe("tiers", () => {
  it("of NetworkPolicies alone are the default tier, which ends in denial, in the order of names", () => {
    const [tier] = situationFrom([kubernetes("b"), kubernetes("a")].join("\n---")).tiers;
    assert.deepEqual([tier?.name, tier?.order, tier?.defaultAction], ["default", 1_000_000, "deny"]);
    assert.deepEqual(
      tier?.policies.map(({ name }) => name),
      ["a", "b"],
    );
  });

  it("come in the order admin, default, baseline; only the default one ends in denial", () => {
    assert.deepEqual(tiersOf(cluster("late", "Baseline"), kubernetes("own"), cluster("first", "Admin")), [
      "kube-admin (pass): first",
      "default (deny): own",
      "kube-baseline (pass): late",
    ]);
  });

  it("that people define stand where their order puts them", () => {
    assert.deepEqual(
      tiersOf(
        calico("Tier", "security", "order: 100"),
        calico("Tier", "last", "defaultAction: Pass"),
        kubernetes("own"),
        cluster("first", "Admin"),
        calico("GlobalNetworkPolicy", "security.block", "tier: security, ingress: [{action: Deny}]"),
        calico("GlobalNetworkPolicy", "last.log", "tier: last, ingress: [{action: Log}]"),
      ),
      ["security (deny): security.block", "kube-admin (pass): first", "default (deny): own", "last (pass): last.log"],
    );
  });

  it("that nobody defines come last and end in denial", () => {
    assert.deepEqual(
      tiersOf(kubernetes("own"), calico("GlobalNetworkPolicy", "lost.p", "tier: lost, ingress: [{action: Allow}]")),
      ["default (deny): own", "lost (deny): lost.p"],
    );
  });

  it("hold policies of several languages in the order of their numbers, Kubernetes' own at 1000", () => {
    assert.deepEqual(
      tiersOf(
        calico("NetworkPolicy", "default.late", "order: 1001, ingress: [{action: Allow}]"),
        calico("GlobalNetworkPolicy", "default.unordered", "ingress: [{action: Allow}]"),
        kubernetes("own"),
        calico("NetworkPolicy", "default.early", "order: 10, ingress: [{action: Allow}]"),
      ),
      ["default (deny): default.early own default.late default.unordered"],
    );
  });
});

describe("what is staged", () => {
  it("is not enforced, and takes the place of what it replaces once it is live", () => {
    const live = calico("GlobalNetworkPolicy", "p", "order: 5, ingress: [{action: Allow}]");
    const staged = calico("StagedGlobalNetworkPolicy", "p", "order: 7, ingress: [{action: Deny}]");
    const situation = situationFrom([live, kubernetes("own"), staged].join("\n---"));
    const orders = (tiers: readonly Tier[] | undefined): readonly (readonly [string, number])[] =>
      (tiers ?? []).flatMap(({ policies }) => policies.map(({ kind, order }) => [kind, order] as const));
    assert.deepEqual(orders(situation.tiers), [
      ["GlobalNetworkPolicy", 5],
      ["NetworkPolicy", 1000],
    ]);
    assert.deepEqual(orders(situation.pendingTiers), [
      ["StagedGlobalNetworkPolicy", 7],
      ["NetworkPolicy", 1000],
    ]);
  });

  it("with stagedAction Delete removes the policy of its name", () => {
    const staged = `
apiVersion: projectcalico.org/v3
kind: StagedKubernetesNetworkPolicy
metadata: {name: own, namespace: shop}
spec: {stagedAction: Delete}`;
    const { tiers, pendingTiers } = situationFrom([kubernetes("own"), kubernetes("other"), staged].join("\n---"));
    assert.deepEqual(described(tiers), ["default (deny): other own"]);
    assert.deepEqual(described(pendingTiers), ["default (deny): other"]);
  });

  it("is nothing where nothing is staged", () => {
    assert.equal(situationFrom(kubernetes("own")).pendingTiers, undefined);
  });
});
