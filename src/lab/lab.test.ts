/** Whole labs in the kernel of this machine. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { listNamespaces } from "../kernel/namespaces.ts";
import { loadRuleset } from "../kernel/nft.ts";
import { PROFILES } from "../situation/assumptions.ts";
import { LabExistsError, LabMissingError, OtherPlacesError } from "./errors.ts";
import { down, run, up } from "./lab.ts";
import { probe } from "./measure.ts";
import { planProbes } from "./probes.ts";
import { labEndText, trafficText } from "./reasoning.ts";
import { deploymentManifest, podManifest, SHOP, situationFrom } from "./shop.fixture.ts";
import { realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { labPods, labPrefix, planLab, type PlanOptions } from "./topology.ts";

function planOf(manifests: string, options: PlanOptions = {}, assumptions = {}) {
  const situation = situationFrom(manifests, { ...PROFILES.kubernetes, ...assumptions });
  return planLab(realized(situation), testLabName(), options);
}

const SMALL = deploymentManifest("web", 1, "[{containerPort: 80}]");

describe("a lab", { skip: reasonToSkip(), concurrency: false }, () => {
  for (const judge of ["allow", "judge"]) {
    it(`measures in the kernel what the oracle predicts, with pod-to-own-node=${judge}`, async () => {
      const plan = planOf(SHOP, {}, { "pod-to-own-node": judge });
      const result = await run(plan, planProbes(plan, { limit: 5000 }));
      const differences = result.differences.map(
        ({ probe: { from, to, traffic, predicted }, measured, detail }) =>
          `${labEndText(from)} to ${labEndText(to)} ${trafficText(traffic)}: ${predicted}, but ${measured} ${detail}`,
      );
      assert.deepEqual(differences, []);
      assert.equal(result.probes, 5000);
      assert.ok(result.counts.allowed.passed > 1000);
      assert.ok(result.counts.denied.probes > 1000);
      assert.equal(result.counts.denied.passed, 0);
      assert.deepEqual(listNamespaces(labPrefix(plan.name)), []);
    });
  }

  it("takes silence for denial where programs drop", async () => {
    const plan = planOf(SHOP, { denial: "drop", outsideLimit: 4 });
    const result = await run(plan, planProbes(plan, { limit: 300 }), { timeout: 200 });
    assert.deepEqual(result.differences, []);
    assert.ok(result.counts.denied.probes > 50);
  });

  it("reports every packet that a wrong program lets pass or stops, with the oracle's reasoning", async () => {
    const plan = planOf(SHOP, { outsideLimit: 4 });
    const probes = planProbes(plan, { limit: 600 });
    const lab = await up(plan);
    try {
      for (const { namespace } of plan.nodes) {
        // No policy at all, and port 8080 closed.
        await loadRuleset(
          namespace,
          "flush ruleset\ntable inet wrong {\n chain forward {\n  type filter hook forward priority 0;\n  tcp dport 8080 reject with tcp reset\n }\n}\n",
        );
      }
      const { differences, counts } = await probe(plan, probes);
      assert.equal(
        counts.denied.differences,
        differences.filter(({ probe: item }) => item.predicted === "denied").length,
      );
      assert.ok(counts.denied.differences > 50);
      assert.ok(
        differences.some(({ probe: item, measured }) => item.predicted === "allowed" && measured === "refused"),
      );
      for (const { probe: item, verdicts } of differences) assert.equal(verdicts[0]?.kind, item.predicted);
    } finally {
      await lab.down();
    }
  });

  it("tells a network that loses packets from one that denies them", async () => {
    const plan = planOf(SHOP, { outsideLimit: 4 });
    const { probes, ...rest } = planProbes(plan);
    const denied = probes.filter(({ predicted }) => predicted === "denied").slice(0, 5);
    const lab = await up(plan);
    try {
      for (const { namespace } of plan.nodes) {
        await loadRuleset(
          namespace,
          "flush ruleset\ntable inet wrong {\n chain forward {\n  type filter hook forward priority 0; policy drop;\n }\n}\n",
        );
      }
      const { differences } = await probe(plan, { ...rest, probes: denied }, { timeout: 100 });
      assert.deepEqual(
        differences.map(({ measured }) => measured),
        denied.map(() => "silent"),
      );
    } finally {
      await lab.down();
    }
  });

  it("stands until it is taken down by name, and another process can probe it meanwhile", async () => {
    const plan = planOf(SMALL);
    const probes = planProbes(plan);
    await assert.rejects(probe(plan, probes), LabMissingError);
    const lab = await up(plan);
    await lab.release();
    try {
      await assert.rejects(up(plan), LabExistsError);
      const other = planLab(realized(situationFrom(SMALL + podManifest({ name: "new" }))), plan.name);
      await assert.rejects(probe(other, planProbes(other)), OtherPlacesError);
      assert.deepEqual((await probe(plan, probes)).differences, []);
    } finally {
      assert.equal(await down(plan.name), 3 + labPods(plan).length);
    }
    assert.deepEqual(listNamespaces(labPrefix(plan.name)), []);
    assert.equal(await down(plan.name), 0);
  });

  it("leaves nothing behind when it cannot be built", async () => {
    const plan = planOf(SMALL);
    const [first, ...others] = plan.setups;
    assert.ok(first);
    const broken = { ...plan, setups: [{ ...first, commands: ["link set nowhere up"] }, ...others] };
    await assert.rejects(up(broken), /link set nowhere up/);
    assert.deepEqual(listNamespaces(labPrefix(plan.name)), []);
  });

  it("leaves nothing behind when it is stopped while it probes", async () => {
    const plan = planOf(SHOP);
    const stop = new AbortController();
    const stopped = run(plan, planProbes(plan, { limit: 2000 }), {
      signal: stop.signal,
      progress: ({ step, done }) => step === "probes" && done === 100 && stop.abort(),
    });
    await assert.rejects(stopped, { name: "AbortError" });
    assert.deepEqual(listNamespaces(labPrefix(plan.name)), []);
  });

  it("leaves nothing behind when its process is killed", async () => {
    const name = testLabName();
    const script = `
      const [{ up }, { planLab }, { realized }, { SHOP, situationFrom }] = await Promise.all(
        ["lab", "topology", "standing.fixture", "shop.fixture"].map((file) => import(\`${new URL(".", import.meta.url).href}\${file}.js\`)));
      await up(planLab(realized(situationFrom(SHOP)), "${name}"));
      console.log("up");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    assert.ok(listNamespaces(labPrefix(name)).length > 5);
    child.kill("SIGKILL");
    for (let attempt = 0; attempt < 60 && listNamespaces(labPrefix(name)).length > 0; attempt++) await pause(50);
    assert.deepEqual(listNamespaces(labPrefix(name)), []);
  });
});
