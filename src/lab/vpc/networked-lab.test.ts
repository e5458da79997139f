/** Whole labs whose nodes stand in the subnets of a VPC: what the oracle says of pods there, tried with real packets. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadRuleset } from "../../kernel/nft.ts";
import { type Assumptions, PROFILES } from "../../situation/assumptions.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { aclFrom, addressesFrom, addressFrom, interfaceFrom, originIn } from "../../vpc/networks.fixture.ts";
import { assertFlows, type Flow } from "../flows.fixture.ts";
import { run, up } from "../lab.ts";
import { probe } from "../measure.ts";
import { planProbes } from "../probes.ts";
import { labEndText, trafficText } from "../reasoning.ts";
import type { LabResult } from "../report.ts";
import { reload } from "../standing.ts";
import { nodeManifest, podManifest, policyManifest, situationFrom } from "../shop.fixture.ts";
import { inLab, realized, reasonToSkip, testLabName } from "../standing.fixture.ts";
import { type LabPlan, planLab } from "../topology.ts";
import { inventoryOf, type SubnetText, twoZones, ZONE1, ZONE2 } from "./inventory.fixture.ts";

/** Two nodes in one zone, one in the other; `db` takes port 5432 from `web` only. */
const CLUSTER = [
  nodeManifest("w1", "10.240.0.5"),
  nodeManifest("w2", "10.240.0.6"),
  nodeManifest("w3", "10.240.64.10"),
  podManifest({ name: "web", node: "w1", addresses: ["172.17.0.2"] }),
  podManifest({ name: "api", node: "w2", addresses: ["172.17.0.66"] }),
  podManifest({ name: "db", node: "w3", addresses: ["172.17.0.130"], ports: "[{containerPort: 5432}]" }),
  policyManifest(
    "db",
    `  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]`,
  ),
].join("");

function situationIn(vpc: VpcInventory, assumptions: Partial<Assumptions> = {}) {
  return situationFrom(CLUSTER, { ...PROFILES.kubernetes, "unlisted-routes": "none", ...assumptions }, vpc);
}

function zones(zone1: Partial<SubnetText> = {}, zone2: Partial<SubnetText> = {}, more: Partial<VpcInventory> = {}) {
  return inventoryOf({ zone1: { cidr: ZONE1, ...zone1 }, zone2: { cidr: ZONE2, ...zone2 } }, more);
}

/** Asserts that the oracle says so, and that the packets do it. */
async function assertFlowsIn(
  vpc: VpcInventory,
  flows: readonly Flow[],
  assumptions: Partial<Assumptions> = {},
): Promise<void> {
  await inLab(situationIn(vpc, assumptions), (plan) => assertFlows(plan, flows), { outsideLimit: 200 });
}

function differencesOf({ differences }: LabResult): readonly string[] {
  return differences.map(
    ({ probe: { from, to, traffic, predicted }, measured, detail }) =>
      `${labEndText(from)} to ${labEndText(to)} ${trafficText(traffic)}: ${predicted}, but ${measured} ${detail}`,
  );
}

async function sweep(plan: LabPlan, limit = 1200): Promise<LabResult> {
  const result = await run(plan, planProbes(plan, { limit }));
  assert.deepEqual(differencesOf(result), []);
  return result;
}

describe("a lab in a VPC", { skip: reasonToSkip(), concurrency: false }, () => {
  for (const overlay of ["ipip-cross-subnet", "ipip", "vxlan-cross-subnet", "wireguard", "none"] as const) {
    it(`measures what the oracle predicts of the founding document's zones, with pod-overlay=${overlay}`, async () => {
      const situation = situationIn(twoZones({ gateway: "198.51.100.1" }), {
        "pod-overlay": overlay,
        "overlay-matched-by-legacy-all": "yes",
      });
      const { counts } = await sweep(planLab(realized(situation), testLabName(), { outsideLimit: 16 }));
      assert.ok(counts.allowed.passed > 100);
      assert.ok(counts.denied.probes > 100);
      assert.ok(counts["no-route"].probes > 20);
    });
  }

  it("carries pods across subnets only where lists let the overlay pass", async () => {
    const flows = (cross: Flow[3]): readonly Flow[] => [
      ["shop/pod/web", "shop/pod/api", "tcp/80", "allowed"],
      ["shop/pod/web", "shop/pod/db", "tcp/5432", cross],
      ["node/w1", "node/w3", "tcp/80", "allowed"],
    ];
    const legacy = (value: "yes" | "no" | "unknown") => ({ "overlay-matched-by-legacy-all": value }) as const;
    await assertFlowsIn(zones(), flows("allowed"), legacy("yes"));
    await assertFlowsIn(zones(), flows("denied"), legacy("no"));
    await assertFlowsIn(zones(), flows("undecided"), legacy("unknown"));
  });

  it("finds VXLAN one-way where only one list lets carriers in", async () => {
    const rules = [
      "in: allow inbound tcp any any",
      "pods-out: allow outbound udp any any to 4789",
      "out: allow outbound tcp any any",
    ];
    await assertFlowsIn(
      zones({ rules }),
      [
        ["shop/pod/web", "shop/pod/db", "tcp/5432", "one-way"],
        ["shop/pod/db", "shop/pod/web", "tcp/80", "denied"],
        ["node/w1", "node/w3", "tcp/80", "allowed"],
        ["node/w1", "node/w3", "udp/80", "denied"],
      ],
      { "pod-overlay": "vxlan-cross-subnet" },
    );
  });

  it("loses answers of TCP, UDP and ICMP that a list does not let in again", () =>
    assertFlowsIn(
      zones({
        gateway: "198.51.100.1",
        rules: [
          "out: allow outbound all any any",
          "replies: allow inbound tcp 203.0.113.0/24 any from 443",
          "cluster: allow inbound any 10.240.0.0/16 any",
        ],
      }),
      [
        ["shop/pod/web", "203.0.113.0", "tcp/443", "allowed"],
        ["shop/pod/web", "203.0.113.0", "tcp/80", "one-way"],
        ["shop/pod/web", "203.0.113.0", "udp/53", "one-way"],
        ["shop/pod/web", "203.0.113.0", "icmp", "one-way"],
        ["node/w1", "203.0.113.0", "tcp/80", "one-way"],
        ["shop/pod/db", "203.0.113.0", "tcp/443", "no-route"],
        ["203.0.113.0", "shop/pod/web", "tcp/80", "no-route"],
      ],
    ));

  it("leads pods to pods without overlay by routes of the VPC, where its interfaces allow their addresses", async () => {
    const route = (zone: string, destination: string, nextHop: string) => ({
      name: `pods-${zone}`,
      zone,
      destination: addressesFrom(destination),
      action: "deliver" as const,
      nextHop: addressFrom(nextHop),
      origin: originIn("routes.json", 1),
    });
    const routes = [route("zone1", "172.17.0.128/26", "10.240.64.10"), route("zone2", "172.17.0.0/26", "10.240.0.5")];
    const table = { id: "table", name: "table", vpc: "vpc-1", routes, origin: originIn("routes.json", 1) };
    const { vpcs, ...rest } = zones();
    const routed = {
      ...rest,
      vpcs: vpcs.map((one) => ({ ...one, defaultRoutingTable: "table" })),
      routingTables: [table],
    };
    const none = { "pod-overlay": "none" } as const;
    await assertFlowsIn(
      routed,
      [
        ["shop/pod/web", "shop/pod/db", "tcp/5432", "allowed"],
        ["shop/pod/api", "shop/pod/db", "tcp/5432", "denied"],
        // Nobody has made a route back to where it runs.
        ["shop/pod/db", "shop/pod/api", "tcp/80", "no-route"],
      ],
      none,
    );
    const bound = interfaceFrom("w1", "10.240.0.5", "zone1", { spoofing: false });
    await assertFlowsIn(
      { ...routed, interfaces: [bound] },
      [
        ["shop/pod/web", "shop/pod/db", "tcp/5432", "no-route"],
        ["shop/pod/web", "shop/pod/api", "tcp/80", "no-route"],
        ["shop/pod/api", "shop/pod/web", "tcp/80", "one-way"],
      ],
      none,
    );
  });

  it("reports what a list that is not the one of the input lets pass or drops", async () => {
    const plan = planLab(realized(situationIn(twoZones({ gateway: "198.51.100.1" }))), testLabName(), {
      outsideLimit: 8,
    });
    const probes = planProbes(plan, { limit: 60 });
    const router = plan.network?.namespaces.router ?? assert.fail("the plan has a network");
    const lab = await up(plan);
    try {
      assert.deepEqual(differencesOf(await probe(plan, probes)), []);
      const { ruleset } = plan.network?.rulesets[0] ?? assert.fail("the router has rules");
      // Every list ends before its first rule.
      await loadRuleset(router, ruleset.replaceAll(/^(\tchain s\d+_\w+ \{)$/gm, "$1\n\t\taccept"));
      const open = await probe(plan, probes);
      assert.ok(open.differences.some(({ measured }) => measured === "passed"));
      await loadRuleset(router, ruleset.replaceAll("counter goto allow", "counter goto deny"));
      const closed = await probe(plan, probes);
      assert.ok(
        closed.differences.some(
          ({ probe: { predicted }, measured }) => predicted === "allowed" && measured === "silent",
        ),
      );
    } finally {
      await lab.down();
    }
  });

  it("takes changed lists into a lab that stands", async () => {
    const planned = (name: string, action: "allow" | "deny") => {
      const rules = [`cluster: ${action} inbound all 10.240.0.0/16 any`, "out: allow outbound all any any"];
      const situation = situationIn(zones({ rules }), { "overlay-matched-by-legacy-all": "yes" });
      return planLab(realized(situation), name, { outsideLimit: 4 });
    };
    const open = planned(testLabName(), "allow");
    const changed = planned(open.name, "deny");
    const flows = (there: Flow[3]): readonly Flow[] => [
      ["node/w3", "node/w1", "tcp/80", there],
      ["shop/pod/db", "shop/pod/web", "tcp/80", there],
    ];
    const lab = await up(open);
    try {
      await assertFlows(open, flows("allowed"));
      await reload(changed);
      await assertFlows(changed, flows("denied"));
    } finally {
      await lab.down();
    }
  });

  it("refuses nodes of which the input does not tell the subnet", () => {
    const situation = situationIn(
      inventoryOf({ other: { cidr: "10.9.0.0/24" } }, { acls: [aclFrom("other-acl", [])] }),
    );
    assert.throws(() => realized(situation), /cannot attach node\/w1 to a network: .*in which subnet 10\.240\.0\.5 is/);
  });
});
