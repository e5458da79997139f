import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CILIUM, onManifests, podManifest, policyManifest, serviceManifest, SHOP } from "./command.fixture.ts";

const TWIN = podManifest({ name: "twin", labels: "app: twin", addresses: ["10.0.0.2"] });
const TEAM = policyManifest(
  "team",
  "{podSelector: {}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}",
);
const BLOCK = policyManifest("block", "{podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}");
const STRANGER = podManifest({ namespace: "other", name: "stranger", labels: "app: s", addresses: ["10.0.0.9"] });
const UNBORN = podManifest({ name: "unborn", labels: "app: unborn" });
const HOMELESS = podManifest({ name: "homeless", labels: "app: h", addresses: ["10.0.0.8"] }).replace(
  "nodeName: worker-1, ",
  "",
);
const NODE = `---
apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
`;
const EXTERNAL = serviceManifest("ext", "{type: ExternalName, externalName: db.example.com}");
const CLOSED = policyManifest("closed", "{podSelector: {matchLabels: {app: h}}, policyTypes: [Ingress]}");

describe("a missing fact", () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    ["a label of a namespace", ["other/stranger", "shop/web:80"], SHOP + STRANGER + TEAM, /add the Namespace other/],
    [
      "the address of a pod to come",
      ["shop/unborn", "shop/web:80"],
      SHOP + UNBORN + BLOCK,
      /narrow the range with --pod-cidr/,
    ],
    [
      "the node of a pod",
      ["node/worker-1", "shop/homeless:80"],
      SHOP + HOMELESS + CLOSED + NODE,
      /add the live pods, whose spec\.nodeName/,
    ],
    ["a filter that is not modelled", ["shop/web", "shop/db:80"], SHOP + CILIUM, /leave it out of the input/],
    ["which pod has an address", ["shop/web", "10.0.0.2:80"], SHOP + TWIN, /from one moment of the cluster/],
    ["an external name", ["shop/web", "shop/svc/ext:80"], SHOP + EXTERNAL, /look db\.example\.com up/],
  ];
  for (const [name, ends, manifests, remedy] of cases) {
    it(`comes with what to do about it: ${name}`, async (t) => {
      const { exit, stdout } = await onManifests(t, ["why", ...ends, "-o", "json"], manifests);
      const { missing } = JSON.parse(stdout);
      assert.match(missing[0].remedy, remedy);
      assert.ok(missing.every((item: { remedy?: string }) => item.remedy !== undefined));
      assert.equal(exit, 3);
    });
  }
});
