/** What `-o json` prints is what docs/schemas says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  calicoManifest,
  CILIUM,
  clusterPolicyManifest,
  namespaceManifest,
  nodeManifest,
  onManifests,
  podManifest,
  policyManifest,
  serviceManifest,
  SHOP,
} from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const EXTERNAL = serviceManifest("ext", "{type: ExternalName, externalName: db.example.com}");
const DUAL =
  namespaceManifest("shop") +
  podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1", "fd00::1"] }) +
  podManifest({ name: "db", labels: "app: db", addresses: ["10.0.0.2", "fd00::2"] }) +
  policyManifest("a", "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}") +
  policyManifest("b", "{podSelector: {}, policyTypes: [Ingress]}");

const NODES = nodeManifest("worker-1", "192.168.0.1") + nodeManifest("worker-2", "192.168.0.2", "role: gateway");
const UNBORN = podManifest({ name: "unborn", labels: "app: unborn" }).replace("nodeName: worker-1, ", "");
/** Logs, passes on and falls through before the default tier decides. */
const TIERS =
  SHOP +
  NODES +
  calicoManifest("Tier", "first", "{order: 1, defaultAction: Pass}") +
  calicoManifest(
    "GlobalNetworkPolicy",
    "first.watch",
    "{tier: first, ingress: [{action: Log}, {action: Pass, protocol: TCP}]}",
  ) +
  clusterPolicyManifest(
    "gateways",
    "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {matchLabels: {no: one}}}]}], egress: [{action: Deny, to: [{nodes: {matchLabels: {role: gateway}}}]}]}",
  );

describe("portcullis why -o json", () => {
  const check = validator("why");
  const cases: readonly (readonly [string, readonly string[], string, number])[] = [
    ["allowed", ["shop/web", "shop/db:5432"], SHOP, 0],
    ["denied", ["shop/web", "shop/db:80"], SHOP, 1],
    ["denied", ["shop/web", "shop/db:/icmp.8"], SHOP, 1],
    ["denied", ["shop/web", "shop/db:/47"], SHOP, 1],
    ["partial", ["shop/web", "shop/db"], SHOP, 1],
    [
      "partial",
      ["10.0.0.0/7", "shop/svc/db"],
      DUAL + serviceManifest("db", "{selector: {app: db}, ports: [{port: 1}]}"),
      1,
    ],
    ["partial", ["shop/web", "shop/db:80"], DUAL, 1],
    ["allowed", ["shop/web", "shop/svc/db:5000"], SHOP, 0],
    ["allowed", ["shop/db", "shop/db:80"], SHOP, 0],
    ["no-route", ["shop/web", "shop/svc/db:81"], SHOP, 1],
    ["no-route", ["shop/web", "fd00::1"], SHOP, 1],
    ["undecided", ["shop/web", "shop/db"], SHOP + CILIUM, 3],
    ["undecided", ["shop/web", "shop/svc/ext:80"], SHOP + EXTERNAL, 3],
    ["allowed", ["shop/web", "shop/db:5432"], TIERS, 0],
    ["denied", ["shop/web", "shop/db:80"], TIERS, 1],
    ["denied", ["shop/web", "node/worker-2:80"], TIERS, 1],
    ["denied", ["shop/web", "node/worker-1:80", "--profile", "calico"], TIERS, 1],
    ["undecided", ["shop/unborn", "node/worker-1:80", "--profile", "calico"], TIERS + UNBORN, 3],
  ];
  for (const [verdict, ends, manifests, exit] of cases) {
    it(`is ${verdict} for ${ends.join(" to ")}, as its schema says, with exit code ${exit}`, async (t) => {
      const outcome = await onManifests(t, ["why", ...ends, "-o", "json"], manifests);
      const value: unknown = JSON.parse(outcome.stdout);
      check(value);
      assert.ok(typeof value === "object" && value !== null && "verdict" in value);
      assert.equal(value.verdict, verdict);
      assert.equal(outcome.exit, exit);
    });
  }

  it("tells what rules did before the decision, tier by tier", async (t) => {
    const { stdout } = await onManifests(t, ["why", "shop/web", "shop/db:5432", "-o", "json"], TIERS);
    const [, ingress] = JSON.parse(stdout).stages;
    assert.deepEqual(
      ingress.steps.map(({ step, tier, policy, policies }: Record<string, unknown>) => [
        step,
        tier,
        policy ?? policies,
      ]),
      [
        ["log", "first", "first.watch"],
        ["pass", "first", "first.watch"],
        ["fell through", "kube-admin", ["gateways"]],
      ],
    );
    assert.equal(ingress.policy, "shop/db-allow");
  });

  it("has the one change that the nearest miss needs, and none where another rule is better", async (t) => {
    const nearest = async (to: string): Promise<{ change?: unknown; unmet: readonly object[] }> => {
      const { stdout } = await onManifests(t, ["why", "shop/web", to, "-o", "json"], SHOP);
      return JSON.parse(stdout).stages[1].nearestMiss;
    };
    const port = await nearest("shop/db:80");
    assert.deepEqual(port.change, {
      text: "add {protocol: TCP, port: 80} to the ports of spec.ingress[0]",
      origin: { file: "all.yaml", line: 30, column: 5 },
    });
    assert.ok(port.unmet.every((unmet) => !("change" in unmet)));
    assert.equal((await nearest("shop/db:/icmp.8")).change, undefined);
  });

  it("escapes control characters", async (t) => {
    const pod = podManifest({ name: "odd", labels: 'app: "a"', addresses: ["10.0.0.7"] });
    const { stdout } = await onManifests(t, ["why", "shop/odd", "shop/db:80", "-o", "json"], SHOP + pod);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u);
  });

  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/why/v1" }));
  });
});

describe("portcullis map --exposure -o json", () => {
  const check = validator("exposure");
  const BY_NAME = policyManifest(
    "by-name",
    "{podSelector: {}, policyTypes: [Egress], egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: http}]}]}",
  );
  for (const [name, manifests, exit] of [
    ["one policy", SHOP, 0],
    ["tiers", TIERS, 0],
    ["ports by name", SHOP + BY_NAME, 0],
    ["what is not known", SHOP + CILIUM, 3],
  ] as const) {
    it(`prints ${name} as its schema says, with exit code ${exit}`, async (t) => {
      const outcome = await onManifests(t, ["map", "--exposure", "-o", "json"], manifests);
      check(JSON.parse(outcome.stdout));
      assert.equal(outcome.exit, exit);
    });
  }

  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/exposure/v1", unlabelled: {}, openings: [] }));
  });
});

describe("portcullis map -o json", () => {
  const check = validator("map");
  for (const [name, manifests, exit] of [
    ["what is known", SHOP, 0],
    ["two families", DUAL, 0],
    ["what is not known", SHOP + CILIUM, 3],
    ["nodes", TIERS, 0],
    ["nothing", namespaceManifest("shop"), 0],
  ] as const) {
    for (const by of ["workload", "namespace"]) {
      it(`prints ${name} by ${by} as its schema says, with exit code ${exit}`, async (t) => {
        const outcome = await onManifests(t, ["map", "-o", "json", "--by", by], manifests);
        check(JSON.parse(outcome.stdout));
        assert.equal(outcome.exit, exit);
      });
    }
  }

  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/map/v1", workloads: [], connections: [{}], undecided: [] }));
  });
});
