/** What `-o json` prints is what docs/schemas says. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CILIUM,
  namespaceManifest,
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

  it("escapes control characters", async (t) => {
    const pod = podManifest({ name: "odd", labels: 'app: "a"', addresses: ["10.0.0.7"] });
    const { stdout } = await onManifests(t, ["why", "shop/odd", "shop/db:80", "-o", "json"], SHOP + pod);
    assert.doesNotMatch(stdout, /[^\P{Cc}\n]/u);
  });

  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/why/v1" }));
  });
});

describe("portcullis map -o json", () => {
  const check = validator("map");
  for (const [name, manifests, exit] of [
    ["what is known", SHOP, 0],
    ["two families", DUAL, 0],
    ["what is not known", SHOP + CILIUM, 3],
    ["nothing", namespaceManifest("shop"), 0],
  ] as const) {
    it(`prints ${name} as its schema says, with exit code ${exit}`, async (t) => {
      const outcome = await onManifests(t, ["map", "-o", "json"], manifests);
      check(JSON.parse(outcome.stdout));
      assert.equal(outcome.exit, exit);
    });
  }

  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/map/v1", workloads: [], connections: [{}], undecided: [] }));
  });
});
