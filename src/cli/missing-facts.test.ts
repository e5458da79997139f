import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  calicoManifest,
  CILIUM,
  clusterPolicyManifest,
  nodeManifest,
  onManifests,
  podManifest,
  policyManifest,
  serviceManifest,
  SHOP,
} from "./command.fixture.ts";

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
const NODE = nodeManifest("worker-1", "192.168.0.1");
const EXTERNAL = serviceManifest("ext", "{type: ExternalName, externalName: db.example.com}");
const CLOSED = policyManifest("closed", "{podSelector: {matchLabels: {app: h}}, policyTypes: [Ingress]}");
const BEHIND = serviceManifest("behind", "{ports: [{port: 80}]}");
const ACCOUNT = calicoManifest(
  "NetworkPolicy",
  "accounts",
  "{selector: all(), order: 1, ingress: [{action: Deny, source: {serviceAccounts: {selector: role == 'x'}}}, {action: Allow}]}",
);
const HTTP = calicoManifest(
  "NetworkPolicy",
  "http",
  "{selector: all(), order: 1, ingress: [{action: Allow, protocol: TCP, http: {methods: [GET]}}, {action: Deny}]}",
);
const NAMES = clusterPolicyManifest(
  "names",
  "{tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Accept, to: [{domainNames: [a.example]}]}, {action: Deny, to: [{networks: [0.0.0.0/0]}]}]}",
);
const TIE = ["Deny", "Pass"]
  .map((action) =>
    clusterPolicyManifest(
      action.toLowerCase(),
      `{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: ${action}, from: [{namespaces: {}}]}]}`,
    ),
  )
  .join("");

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
    ["what stands behind a Service", ["shop/web", "shop/svc/behind:80"], SHOP + BEHIND, /add its EndpointSlices/],
    ["a label of a service account", ["shop/db", "shop/web:80"], SHOP + ACCOUNT, /add the ServiceAccount to the input/],
    ["an HTTP method", ["shop/db", "shop/web:80"], SHOP + HTTP, /leave `http` out/],
    ["what a domain name resolves to", ["shop/web", "203.0.113.1:443"], SHOP + NAMES, /look the names up/],
    ["which of two priorities comes first", ["shop/db", "shop/web:80"], SHOP + TIE, /give them different priorities/],
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
