/** Policies that ask for source ports, as Calico's can, with packets from those very ports. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { run } from "./lab.ts";
import { PROFILES } from "../situation/assumptions.ts";
import { aclFrom, networksFrom, subnetFrom } from "../vpc/networks.fixture.ts";
import { listsTellClientsApart, sourcePorts } from "./ports.ts";
import { planProbes } from "./probes.ts";
import { labEndText, trafficText } from "./reasoning.ts";
import { serviceManifest } from "./services.fixture.ts";
import { namespaceManifest, podManifest, SHOP, situationFrom } from "./shop.fixture.ts";
import { realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { planLab } from "./topology.ts";

const SOURCED = [
  namespaceManifest("shop"),
  podManifest({ name: "web", node: "one", addresses: ["10.1.0.2", "fd00:1::2"] }),
  podManifest({ name: "client", node: "two", addresses: ["10.1.0.3", "fd00:1::3"] }),
  serviceManifest("shop", "web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
  `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {namespace: shop, name: web}
spec:
  selector: app == 'web'
  ingress:
  - {action: Deny, protocol: TCP, source: {ports: ["4000:4100"]}, destination: {ports: [8080]}}
  - {action: Allow, protocol: TCP, source: {notPorts: [5000]}, destination: {ports: [8080]}}
  - {action: Allow, protocol: UDP, source: {ports: [8080]}}
`,
].join("");

describe("source ports", () => {
  it("worth probing are the borders of every range that a rule names as a source", () => {
    assert.deepEqual(sourcePorts(situationFrom(SOURCED)), [3999, 4000, 4100, 4101, 4999, 5000, 5001, 8079, 8080, 8081]);
    assert.deepEqual(sourcePorts(situationFrom(SHOP)), []);
  });

  it("are not left to the kernel where a list lets answers pass to some of them only", () => {
    const vpc = (rule: string) =>
      networksFrom({
        subnets: [subnetFrom("subnet", "10.0.0.0/24", "zone", { acl: "acl" })],
        acls: [aclFrom("acl", ["out: allow outbound any 0.0.0.0/0 0.0.0.0/0", rule])],
      });
    const tells = (rule: string): boolean => listsTellClientsApart(situationFrom(SHOP, PROFILES.kubernetes, vpc(rule)));
    assert.ok(tells("in: allow inbound udp 0.0.0.0/0 0.0.0.0/0 to 40000"));
    assert.ok(!tells("in: allow inbound udp 0.0.0.0/0 0.0.0.0/0 to 1024-65535"));
    assert.ok(!tells("in: allow inbound tcp 0.0.0.0/0 0.0.0.0/0 to 443"));
    assert.ok(!listsTellClientsApart(situationFrom(SHOP)));
  });

  it("tell packets apart in the kernel as the oracle says", { skip: reasonToSkip() }, async () => {
    const plan = planLab(realized(situationFrom(SOURCED)), testLabName());
    const planned = planProbes(plan);
    const decided = new Map(
      planned.sourced
        .filter(({ from, to }) => labEndText(from) === "shop/pod/client" && labEndText(to) === "shop/pod/web")
        .map(({ traffic, predicted }) => [trafficText(traffic), predicted]),
    );
    for (const [port, predicted] of [
      [3999, "allowed"],
      [4000, "denied"],
      [4100, "denied"],
      [4101, "allowed"],
      [5000, "denied"],
    ] as const) {
      assert.equal(decided.get(`tcp/8080 from ${port}`), predicted);
    }
    assert.equal(decided.get("udp/30000 from 8080"), "allowed");
    assert.equal(decided.get("udp/30000 from 8081"), "denied");
    const result = await run(plan, planned);
    assert.deepEqual(
      result.differences.map(
        ({ probe: { from, to, traffic }, measured, detail }) =>
          `${labEndText(from)} > ${labEndText(to)} ${trafficText(traffic)}: ${measured} ${detail}`,
      ),
      [],
    );
    assert.ok(planned.sourced.length > 500);
    assert.equal(result.probes, planned.possible);
  });
});
