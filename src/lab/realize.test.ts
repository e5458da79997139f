import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { podText } from "../cluster/endpoint.ts";
import { addressText } from "../net/address.ts";
import { realize } from "./realize.ts";
import { deploymentManifest, namespaceManifest, podManifest, policyManifest, situationFrom } from "./shop.fixture.ts";
import { realized } from "./standing.fixture.ts";

function builtPods(manifests: string): Readonly<Record<string, string>> {
  const { pods } = realized(situationFrom(manifests)).situation.inventory;
  return Object.fromEntries(
    pods.map((pod) => [podText(pod), `${pod.addresses.map(addressText).join(" ")} on ${pod.node}`]),
  );
}

function messages(manifests: string): readonly string[] {
  const result = realize(situationFrom(manifests));
  return result.kind === "realized" ? [] : result.obstacles.map(({ message }) => message);
}

const NODES = ["one", "two"]
  .map((name, i) => `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}}\nspec: {podCIDR: 10.${i + 7}.0.0/24}\n`)
  .join("");

describe("realize", () => {
  it("keeps the address and node of a pod that has them", () => {
    const pods = builtPods(podManifest({ name: "a", node: "w1", addresses: ["10.0.0.9"] }));
    assert.deepEqual(pods, { "shop/pod/a": "10.0.0.9 on w1" });
  });

  it("builds two pods of a workload with several replicas, on different nodes", () => {
    assert.deepEqual(builtPods(deploymentManifest("web", 5, "[]") + deploymentManifest("db", 1, "[]")), {
      "shop/pod/web-1": "10.244.0.2 on lab-node-1",
      "shop/pod/web-2": "10.244.1.2 on lab-node-2",
      "shop/pod/db-1": "10.244.0.3 on lab-node-1",
    });
  });

  it("puts a workload only where its node selector lets it run, and leaves out what may run nowhere", () => {
    const labelled = NODES.replace("{name: two}", "{name: two, labels: {zone: east}}");
    const only = (name: string, zone: string): string =>
      deploymentManifest(name, 1, "[]").replace("spec: {", `spec: {nodeSelector: {zone: ${zone}}, `);
    assert.deepEqual(builtPods(labelled + only("web", "east") + only("db", "west")), {
      "shop/pod/web-1": "10.8.0.2 on two",
    });
  });

  it("takes addresses from the range that the node tells", () => {
    assert.deepEqual(builtPods(NODES + deploymentManifest("web", 2, "[]")), {
      "shop/pod/web-1": "10.7.0.2 on one",
      "shop/pod/web-2": "10.8.0.2 on two",
    });
  });

  it("gives no address that the input states for something else", () => {
    const taken = podManifest({ name: "a", node: "lab-node-2", addresses: ["10.244.0.2"] });
    const pods = builtPods(
      taken + podManifest({ name: "b", node: "n2", addresses: ["172.18.0.2"] }) + podManifest({ name: "new" }),
    );
    assert.equal(pods["shop/pod/new"], "10.244.0.3 on lab-node-2");
  });

  it("speaks IPv6 exactly when something in the input does", () => {
    const policy = (cidr: string) =>
      policyManifest("p", `  podSelector: {}\n  ingress: [{from: [{ipBlock: {cidr: "${cidr}"}}]}]`);
    const web = deploymentManifest("web", 1, "[]");
    assert.deepEqual(realized(situationFrom(web + policy("10.0.0.0/8"))).families, [4]);
    assert.deepEqual(realized(situationFrom(web + policy("2001:db8::/32"))).families, [4, 6]);
    assert.deepEqual(builtPods(web + policy("2001:db8::/32")), {
      "shop/pod/web-1": "10.244.0.2 fd00:10:244::2 on lab-node-1",
    });
  });

  it("refuses an address that two objects claim, and names both", () => {
    const [message] = messages(
      podManifest({ name: "a", addresses: ["10.0.0.9"] }) + podManifest({ name: "b", addresses: ["10.0.0.9"] }),
    );
    assert.match(message ?? "", /^10\.0\.0\.9 is the address of shop\/pod\/a \(test\.yaml:\d+:\d+\) and shop\/pod\/b/);
  });

  it("refuses an address that cannot be routed", () => {
    assert.match(
      messages(podManifest({ name: "a", addresses: ["169.254.7.7"] }))[0] ?? "",
      /^169\.254\.7\.7.*shop\/pod\/a/,
    );
  });

  it("refuses a pod range that is too small", () => {
    const small = NODES.replaceAll("/24", "/31");
    assert.match(
      messages(small + ["a", "b", "c", "d", "e"].map((name) => deploymentManifest(name, 1, "[]")).join(""))[0] ?? "",
      /no free address/,
    );
  });

  it("says that namespaces outside the input have no labels, and only then", () => {
    const notesOf = (manifests: string) =>
      realized(situationFrom(manifests)).notes.filter((note) => note.includes("unlisted-namespace-labels"));
    assert.equal(notesOf(deploymentManifest("web", 1, "[]")).length, 1);
    assert.equal(notesOf(namespaceManifest("shop") + deploymentManifest("web", 1, "[]")).length, 0);
  });

  it("sends what a Service offers to the pods it builds", () => {
    const service = `---
apiVersion: v1
kind: Service
metadata: {namespace: shop, name: web}
spec: {clusterIP: 10.96.0.7, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`;
    const { inventory } = realized(situationFrom(deploymentManifest("web", 3, "[]") + service)).situation;
    const backends = inventory.services.flatMap(({ ports }) => ports.flatMap((port) => port.backends));
    assert.deepEqual(
      backends.map(({ where }) => ("pod" in where ? podText(where.pod) : "?")),
      ["shop/pod/web-1", "shop/pod/web-2"],
    );
  });

  it("lists every pod at its addresses", () => {
    const { inventory } = realized(situationFrom(deploymentManifest("web", 2, "[]"))).situation;
    assert.deepEqual(
      [...inventory.podsAt].map(([address, pods]) => [addressText(address), pods.map(podText)]),
      [
        ["10.244.0.2", ["shop/pod/web-1"]],
        ["10.244.1.2", ["shop/pod/web-2"]],
      ],
    );
  });
});
