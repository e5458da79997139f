/** Where the workers of clusters stand, by what exports and Kubernetes nodes tell. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inventoryOf } from "../../cluster/inventory.ts";
import { addressSetText } from "../../net/address.ts";
import { readText } from "../../resources/read.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { clusterViews } from "./clusters.ts";
import { networkOf, type NetworkSketch } from "./network.fixture.ts";
import { surveyOf } from "./survey.ts";
import { checkVpc } from "./vpc-rules.ts";

/** Clusters as `NAME RELEASE: SUBNET ADDRESSES; …`. */
function views(networks: VpcInventory, nodes = ""): readonly string[] {
  const { resources } = readText("nodes.yaml", nodes, { validation: "strict", namespace: undefined });
  return clusterViews(networks, inventoryOf(resources).inventory.nodes).map(
    ({ name, release, subnets }) =>
      `${name} ${release}: ${subnets.map(({ subnet, workers }) => `${subnet.name} ${addressSetText(workers).join(",")}`).join("; ")}`,
  );
}

function node(address: string, subnet?: string): string {
  const labels = subnet === undefined ? "{}" : `{ibm-cloud.kubernetes.io/subnet-id: ${subnet}}`;
  return `{apiVersion: v1, kind: Node, metadata: {name: n-${address}, labels: ${labels}}, status: {addresses: [{type: InternalIP, address: ${address}}]}}\n---\n`;
}

const TWO: NetworkSketch = { subnets: { a: { cidr: "10.0.1.0/24" }, b: { cidr: "10.0.2.0/24" } } };

describe("workers", () => {
  it("belong to their cluster, in the subnets that they tell, and its oldest release counts", () => {
    const sketch = {
      subnets: {
        a: { cidr: "10.0.1.0/24", workers: ["10.0.1.4", "10.0.1.5", "10.0.1.9@c2"] },
        b: { cidr: "10.0.2.0/24", workers: ["10.0.2.4"] },
      },
      clusters: { c1: { version: "1.30.5_1543" }, c2: { version: "1.27.1" } },
    };
    assert.deepEqual(views(networkOf(sketch)), ["c1 1030: a 10.0.1.4/31; b 10.0.2.4", "c2 1027: a 10.0.1.9"]);
    const networks = networkOf(sketch);
    const [first, ...rest] = networks.workers;
    assert.ok(first !== undefined);
    assert.match(views({ ...networks, workers: [{ ...first, version: "1.29.9" }, ...rest] })[0] ?? "", /^c1 1029:/);
  });

  it("that name no cluster belong to the only one there is", () => {
    const networks = networkOf({
      subnets: { a: { cidr: "10.0.1.0/24", workers: ["10.0.1.4"] } },
      clusters: { c1: {} },
    });
    const workers = networks.workers.map((worker) => ({ ...worker, cluster: undefined }));
    assert.deepEqual(views({ ...networks, workers }), ["c1 undefined: a 10.0.1.4"]);
    assert.deepEqual(views({ ...networks, workers, clusters: [] }), ["the cluster undefined: a 10.0.1.4"]);
  });
});

describe("Kubernetes nodes, where no workers are known", () => {
  it("stand in the subnet that holds their address", () => {
    assert.deepEqual(views(networkOf(TWO), node("10.0.1.4") + node("10.0.2.4") + node("192.168.0.1")), [
      "the cluster undefined: a 10.0.1.4; b 10.0.2.4",
    ]);
  });

  it("are those of the only cluster", () => {
    assert.deepEqual(views(networkOf({ ...TWO, clusters: { c1: { version: "1.31" } } }), node("10.0.1.4")), [
      "c1 1031: a 10.0.1.4",
    ]);
  });

  it("stand in the subnet of their label where two networks use the same addresses, and nowhere without it", () => {
    const twice = networkOf({ subnets: { a: { cidr: "10.0.1.0/24" }, other: { cidr: "10.0.1.0/24", vpc: "v2" } } });
    assert.deepEqual(views(twice, node("10.0.1.4", "other")), ["the cluster undefined: other 10.0.1.4"]);
    assert.deepEqual(views(twice, node("10.0.1.4")), []);
  });
});

describe("an assumption about what a legacy all means", () => {
  const rules = (network: string) =>
    `out: allow outbound all 0.0.0.0/0 -> ${network}\nin: allow inbound all ${network} -> 0.0.0.0/0\n`;
  const vpc = networkOf({
    subnets: {
      a: { cidr: "10.0.1.0/24", acl: "la", workers: ["10.0.1.4"] },
      b: { cidr: "10.0.2.0/24", acl: "lb", workers: ["10.0.2.4"] },
    },
    acls: { la: rules("10.0.2.0/24"), lb: rules("10.0.1.0/24") },
    more: { serviceNetworks: [] },
  });
  const codes = (meaning: "unknown" | "yes" | "no") =>
    new Set(
      checkVpc({ vpc, inventory: { nodes: [] }, assumptions: { "overlay-matched-by-legacy-all": meaning } }).map(
        ({ code }) => code,
      ),
    );

  it("ends the doubt about pods between zones", () => {
    assert.ok(codes("unknown").has("PC238"));
    assert.deepEqual([...codes("yes")], []);
    assert.ok(!codes("no").has("PC238"));
  });

  it("is what the decisions of every list go by", () => {
    const survey = surveyOf({ vpc, inventory: { nodes: [] }, assumptions: { "overlay-matched-by-legacy-all": "yes" } });
    assert.ok(
      survey?.lists.every(
        ({ inbound, outbound }) => inbound.narrow === inbound.wide && outbound.narrow === outbound.wide,
      ),
    );
  });
});
