/** What the kernel program must not get wrong, with packets (corrections 1 to 7; the others stand beside the code they are about). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { once } from "node:events";
import { DROPPED_PREFIX, LOG_GROUP } from "../dataplane/log-prefix.ts";
import { readLog } from "../kernel/nflog/log-reader.ts";
import { ipBatch } from "../kernel/namespaces.ts";
import { deleteTable, loadRuleset } from "../kernel/nft.ts";
import { runProgram } from "../kernel/program.ts";
import { writeSysctls } from "../kernel/sysctls.ts";
import type { Family } from "../net/address.ts";
import { echoRequest, pingClient } from "../kernel/sockets.ts";
import { PROFILES } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import { probe } from "./measure.ts";
import { arrivalsOfEveryTos, fromSourcePorts, reaches, send } from "./packets.fixture.ts";
import { planProbes } from "./probes.ts";
import { serviceManifest } from "./services.fixture.ts";
import { namespaceManifest, podManifest, policyManifest, situationFrom } from "./shop.fixture.ts";
import { addressOf, ask, inLab, placeOf, realized, reasonToSkip, watch } from "./standing.fixture.ts";
import { LAB_TABLE, type LabPlan, planLab } from "./topology.ts";

const FAMILIES = [4, 6] as const;

function pod(name: string, number: number, node = "one"): string {
  return podManifest({ name, node, addresses: [`10.1.0.${number}`, `fd00:1::${number.toString(16)}`] });
}

/** Pods `a` and `b` that nobody governs, and `kept`, all on one node; the last part of its policy is given. */
function keptAmongFree(spec: string): string {
  return [
    namespaceManifest("shop"),
    pod("a", 2),
    pod("b", 3),
    pod("kept", 4),
    policyManifest("kept", `  podSelector: {matchLabels: {app: kept}}\n${spec}`),
  ].join("");
}

function placesOf(plan: LabPlan) {
  return { a: placeOf(plan, "shop/pod/a"), b: placeOf(plan, "shop/pod/b"), kept: placeOf(plan, "shop/pod/kept") };
}

describe("the kernel program", { skip: reasonToSkip(), concurrency: false }, () => {
  it("correction 1: leaves connections of pods that no policy governs without a stamp", async () => {
    await inLab(situationFrom(keptAmongFree("  ingress: [{}]")), async (plan) => {
      const node = placeOf(plan, "node/one");
      const marked = await watch(node.namespace, "marked", "forward priority 10", "ct mark != 0");
      const { a, b, kept } = placesOf(plan);
      for (const family of FAMILIES) {
        assert.equal((await ask(a, b, { family, protocol: "tcp", port: 80 })).outcome, "passed");
      }
      assert.equal(await marked(), 0);
      assert.equal((await ask(a, kept, { protocol: "tcp", port: 80 })).outcome, "passed");
      assert.notEqual(await marked(), 0);
    });
  });

  it("correction 1: drops packets of no connection only where a governed pod is one end", async () => {
    await inLab(situationFrom(keptAmongFree("  ingress: [{}]")), async (plan) => {
      const node = placeOf(plan, "node/one");
      const { a, b, kept } = placesOf(plan);
      // Echo replies that nobody asked for belong to no connection.
      await loadRuleset(
        a.namespace,
        "table inet twist {\n chain out {\n  type filter hook output priority 0;\n  icmp type echo-request icmp type set echo-reply\n }\n}\n",
      );
      const invalid = await watch(node.namespace, "invalid", "forward priority -20", "ct state invalid");
      const atB = await watch(b.namespace, "replies", "input priority 0", "icmp type echo-reply");
      const atKept = await watch(kept.namespace, "replies", "input priority 0", "icmp type echo-reply");
      const told: string[] = [];
      const log = readLog({
        namespace: node.namespace,
        group: LOG_GROUP,
        onPacket: ({ prefix }) => told.push(prefix),
        onFailure: (error) => assert.fail(String(error)),
      });
      await ask(a, b, { protocol: "icmp" });
      assert.equal(await atB(), 1);
      await ask(a, kept, { protocol: "icmp" });
      assert.equal(await atKept(), 0);
      assert.equal(await invalid(), 2);
      assert.ok(await reaches(() => Promise.resolve(told.length), 1));
      log.close();
      assert.deepEqual(told, [DROPPED_PREFIX["no connection"]]);
    });
  });

  it("correction 2: admits an unknown source with no value of the TOS byte", async () => {
    const block = (family: Family, i: number) => (family === 4 ? `198.51.${100 + i}.0/24` : `2001:db8:${i}::/48`);
    // Every block has another range of ports, hence another class; all of them may reach port 7000.
    const rules = Array.from(
      { length: 8 },
      (_, i) =>
        `  - ports: [{port: 7000, endPort: ${7000 + i}, protocol: UDP}]\n    from: [${FAMILIES.map((family) => `{ipBlock: {cidr: "${block(family, i)}"}}`).join(", ")}]`,
    );
    const situation = situationFrom(keptAmongFree(`  ingress:\n${rules.join("\n")}`));
    await inLab(situation, async (plan) => {
      assert.ok(plan.nodes.some(({ program }) => program.families.every(({ ingress }) => ingress.length === 8)));
      const kept = placeOf(plan, "shop/pod/kept");
      for (const family of FAMILIES) {
        const unknown = family === 4 ? "203.0.113.9" : "2001:db8:ffff::9";
        const known = family === 4 ? "198.51.103.9" : "2001:db8:3::9";
        await ipBatch(
          [unknown, known].map((address) => `address add ${address} dev lo${family === 6 ? " nodad" : ""}`),
          plan.outside.namespace,
        );
        assert.equal(await arrivalsOfEveryTos(plan.outside, unknown, kept, family), 0);
        assert.equal(await arrivalsOfEveryTos(plan.outside, known, kept, family), 256);
      }
    });
  });

  it("correction 3: drops what a pod sends from an address that is not its own", async () => {
    await inLab(situationFrom(keptAmongFree("  ingress: [{}]")), async (plan) => {
      const [a, b] = [placeOf(plan, "shop/pod/a"), placeOf(plan, "shop/pod/b")];
      const node = placeOf(plan, "node/one");
      for (const [family, source] of [
        [4, "10.9.9.9"],
        [6, "fd00:9::9"],
      ] as const) {
        await ipBatch([`address add ${source} dev lo${family === 6 ? " nodad" : ""}`], a.namespace);
        for (const to of [b, node]) {
          const spoofed = await Promise.all([
            ask(a, to, { family, source, protocol: "tcp", port: 80 }),
            ask(a, to, { family, source, protocol: "udp", port: 80 }),
            ask(a, to, { family, source, protocol: "icmp" }),
          ]);
          for (const result of spoofed) assert.deepEqual(result, { outcome: "silent", arrivedAt: undefined });
          assert.equal((await ask(a, to, { family, protocol: "tcp", port: 80 })).outcome, "passed");
        }
      }
      // Without the program the same packets arrive, so it is the program that dropped them.
      await deleteTable(node.namespace, { family: "inet", name: LAB_TABLE });
      const open = await ask(a, b, { source: "10.9.9.9", protocol: "udp", port: 80 });
      assert.equal(open.outcome !== "passed" && open.outcome !== "failed" && open.arrivedAt, "shop/pod/b");
    });
  });

  it("correction 4: lets an isolated pod and its node find each other by neighbour discovery", async () => {
    const assumptions = { ...PROFILES.kubernetes, "pod-to-own-node": "judge" } as const;
    const situation = situationFrom(keptAmongFree("  policyTypes: [Ingress, Egress]\n  egress: []"), assumptions);
    await inLab(situation, async (plan) => {
      const [node, kept] = [placeOf(plan, "node/one"), placeOf(plan, "shop/pod/kept")];
      const device = "p2";
      const heard = async (hook: string, type: number) =>
        watch(node.namespace, `heard${type}`, `${hook} priority 10`, `iifname "${device}" icmpv6 type ${type}`);
      const solicitations = await heard("input", 135);
      const advertisements = await heard("input", 136);
      const routers = await heard("input", 133);
      // Without a listener to their group, reports end after the filter of sources.
      const listeners = await heard("prerouting", 143);
      await ipBatch(
        [`neighbour del ${addressOf(kept, 6)} dev ${device}`, `address add fe80::1/64 dev ${device} nodad`],
        node.namespace,
      );
      writeSysctls(kept.namespace, {
        "net.ipv6.conf.eth0.accept_ra": 1,
        "net.ipv6.conf.eth0.router_solicitation_delay": 0,
      });
      await ipBatch(
        [
          "neighbour del fe80::1 dev eth0",
          "link set eth0 down",
          "link set eth0 up",
          "address add fe80::2/64 dev eth0 nodad",
          `address replace ${addressOf(kept, 6)}/128 dev eth0 nodad`,
          "route replace ::/0 via fe80::1 dev eth0 onlink",
        ],
        kept.namespace,
      );
      // Who is asked learns the asker's address, so each side has to begin once without knowing the other.
      assert.equal((await ask(kept, node, { family: 6, protocol: "tcp", port: 80 })).outcome, "refused");
      await ipBatch([`neighbour flush dev ${device}`], node.namespace);
      assert.equal((await ask(node, kept, { family: 6, protocol: "tcp", port: 80 })).outcome, "passed");
      for (const [what, count] of Object.entries({ solicitations, advertisements, routers, listeners })) {
        assert.ok(await reaches(count, 1), `the node hears the pod's ${what}`);
      }
    });
  });

  it("correction 5: has no part in what a pod sends to its own address", async () => {
    await inLab(situationFrom(keptAmongFree("  policyTypes: [Ingress, Egress]")), async (plan) => {
      const kept = placeOf(plan, "shop/pod/kept");
      for (const family of FAMILIES) {
        assert.equal((await ask(kept, kept, { family, protocol: "tcp", port: 80 })).outcome, "passed");
        assert.equal((await ask(kept, kept, { family, protocol: "icmp" })).outcome, "passed");
        const isolated = plan.nodes.flatMap(({ program }) =>
          program.families.flatMap(({ egress, ingress }) => [...egress, ...ingress]),
        );
        assert.deepEqual(isolated, []);
      }
    });
  });

  for (const [assumption, verdict] of [
    ["judge", "denied"],
    ["allow", "allowed"],
  ] as const) {
    it(`correction 5: has what a pod sends to itself through a Service ${verdict} where it is to ${assumption} it`, async () => {
      const manifests = [
        keptAmongFree("  ingress: []"),
        serviceManifest("shop", "kept", "selector: {app: kept}, ports: [{port: 80, targetPort: 8080}]"),
      ].join("");
      const situation = situationFrom(manifests, { ...PROFILES.kubernetes, "service-hairpin": assumption });
      await inLab(situation, async (plan) => {
        const { translated } = planProbes(plan);
        const probes = translated.filter(
          ({ from, traffic }) =>
            from.place.identity === "shop/pod/kept" && traffic.protocol === "tcp" && traffic.port === 80,
        );
        assert.ok(probes.length > 0 && probes.every(({ predicted }) => predicted === verdict));
        const { differences } = await probe(plan, {
          probes: [],
          sourced: [],
          translated: probes,
          possible: 1,
          notes: [],
          unsent: [],
        });
        assert.deepEqual(differences, []);
      });
    });
  }

  it("correction 6: lets ping go on across a change of generation, and ends it where it is no longer allowed", async () => {
    const admitting = (app: string) =>
      situationFrom(keptAmongFree(`  ingress: [{from: [{podSelector: {matchLabels: {app: ${app}}}}]}]`));
    await inLab(admitting("a"), async (plan) => {
      const { a, kept } = placesOf(plan);
      const node = placeOf(plan, "node/one");
      const load = async (situation: Situation, generation: number): Promise<void> => {
        const next = planLab(realized(situation), plan.name, { generation });
        await loadRuleset(node.namespace, next.nodes.find(({ identity }) => identity === node.identity)?.ruleset ?? "");
      };
      for (const family of FAMILIES) {
        const ping = pingClient({ namespace: a.namespace, address: addressOf(a, family) }, addressOf(kept, family));
        let answers = 0;
        ping.on("error", () => undefined).on("message", () => answers++);
        await once(ping, "connect");
        const next = async (): Promise<boolean> => {
          const before = answers;
          ping.send(echoRequest(family, "still there?"));
          return reaches(() => Promise.resolve(answers), before + 1);
        };
        assert.equal(await next(), true);
        await load(admitting("a"), 2 * family);
        assert.equal(await next(), true, `IPv${family}, the same policy`);
        await load(admitting("b"), 2 * family + 1);
        assert.equal(await next(), false, `IPv${family}, another`);
        await load(admitting("a"), 1);
        ping.close();
      }
    });
  });

  it("correction 6: passes ping exactly where a rule without ports admits", async () => {
    const spec = "  ingress:\n  - from: [{podSelector: {matchLabels: {app: a}}}]\n  - ports: [{port: 80}]";
    await inLab(situationFrom(keptAmongFree(spec)), async (plan) => {
      const { a, b, kept } = placesOf(plan);
      for (const family of FAMILIES) {
        assert.equal((await ask(a, kept, { family, protocol: "icmp" })).outcome, "passed");
        assert.equal((await ask(b, kept, { family, protocol: "icmp" })).outcome, "refused");
        assert.equal((await ask(b, kept, { family, protocol: "tcp", port: 80 })).outcome, "passed");
      }
    });
  });

  it("correction 6: brings path-MTU errors to an isolated pod, also after a change of generation", async () => {
    const manifests = [
      namespaceManifest("shop"),
      pod("kept", 2, "one"),
      pod("far", 3, "two"),
      policyManifest(
        "kept",
        "  podSelector: {matchLabels: {app: kept}}\n  policyTypes: [Ingress, Egress]\n  egress: [{ports: [{port: 7000, protocol: UDP}]}]",
      ),
    ].join("");
    const situation = situationFrom(manifests);
    await inLab(situation, async (plan) => {
      const [kept, far] = [placeOf(plan, "shop/pod/kept"), placeOf(plan, "shop/pod/far")];
      const node = placeOf(plan, "node/one");
      const errors = await watch(node.namespace, "errors", "forward priority 10", "ct state related");
      for (const family of FAMILIES) {
        const flow = { family, protocol: "udp", port: 7000, sourcePort: 5000 + family } as const;
        assert.equal((await ask(kept, far, flow)).outcome, "passed");
        const next = planLab(realized(situation), plan.name, { generation: 1 + family });
        await loadRuleset(
          node.namespace,
          next.nodes.find(({ namespace }) => namespace === node.namespace)?.ruleset ?? "",
        );
        // The network narrows behind the pod's node, which therefore has to forward the complaint.
        await ipBatch(["link set n1 mtu 1280"], plan.outside.namespace);
        const before = await errors();
        await send(kept, far, flow.sourcePort, flow.port, family, 1400);
        assert.ok(await reaches(errors, before + 1), `an error of IPv${family} is forwarded`);
        const route = await runProgram({
          program: "ip",
          args: ["route", "get", addressOf(far, family), "from", addressOf(kept, family)],
          namespace: kept.namespace,
        });
        assert.match(route.stdout, /mtu 1280/);
        await ipBatch(["link set n1 mtu 1500"], plan.outside.namespace);
      }
    });
  });

  it("correction 7: matches both borders of source and destination port ranges, in a chain that pods share", async () => {
    const manifests = [
      namespaceManifest("shop"),
      pod("a", 2),
      podManifest({ name: "kept-1", node: "one", addresses: ["10.1.0.3"], labels: "app: kept" }),
      podManifest({ name: "kept-2", node: "one", addresses: ["10.1.0.4"], labels: "app: kept, more: labels" }),
      policyManifest(
        "kept",
        "  podSelector: {matchLabels: {app: kept}}\n  ingress: [{ports: [{port: 8000, endPort: 8010}]}]",
      ),
    ].join("");
    const situation = fromSourcePorts(situationFrom(manifests), { start: 2000, end: 2011 });
    await inLab(situation, async (plan) => {
      const { program } = plan.nodes[0] ?? assert.fail("no node");
      assert.equal(program.trafficChains.length, 1);
      const a = placeOf(plan, "shop/pod/a");
      for (const to of ["kept-1", "kept-2"].map((name) => placeOf(plan, `shop/pod/${name}`))) {
        for (const sourcePort of [1999, 2000, 2010, 2011]) {
          for (const port of [7999, 8000, 8010, 8011]) {
            for (const protocol of ["tcp", "udp"] as const) {
              const inside = sourcePort >= 2000 && sourcePort <= 2010 && port >= 8000 && port <= 8010;
              const expected = inside ? "passed" : "refused";
              const { outcome } = await ask(a, to, { protocol, port, sourcePort });
              assert.equal(outcome, expected, `${protocol} ${sourcePort} to ${to.identity}:${port}`);
            }
          }
        }
      }
    });
  });
});
