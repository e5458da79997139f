import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText } from "../net/address.ts";
import { readText } from "../resources/read.ts";
import { isTemplate, type Pod, podText, workloadKind, workloadText } from "./endpoint.ts";
import { type Inventory, inventoryOf } from "./inventory.ts";

function inventoryFrom(...objects: readonly string[]): Inventory {
  const reading = readText("cluster.yaml", objects.join("\n---\n"), { validation: "strict", namespace: undefined });
  assert.deepEqual(
    reading.findings.filter(({ severity }) => severity === "error"),
    [],
  );
  return inventoryOf(reading.resources).inventory;
}

function owners(...list: readonly (readonly [string, string, boolean?])[]): string {
  return list
    .map(
      ([kind, name, controller = true]) =>
        `{apiVersion: v1, kind: ${kind}, name: ${name}, controller: ${controller}, uid: u}`,
    )
    .join(", ");
}

interface PodText {
  readonly name?: string;
  readonly labels?: string;
  readonly owner?: string;
  readonly spec?: string;
  readonly status?: string;
}

function pod({
  name = "p",
  labels = "{}",
  owner = "",
  spec = "",
  status = "phase: Running, podIP: 10.0.0.1",
}: PodText = {}): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: ${labels}, ownerReferences: [${owner}]}
spec: {${spec}containers: [{name: main, image: app}]}
status: {${status}}`;
}

function workload(
  kind: string,
  name: string,
  { owner = "", spec = "containers: [{name: main, image: app}]", replicas = "" } = {},
): string {
  const template = `{metadata: {labels: {app: ${name}}}, spec: {${kind.endsWith("Job") ? "restartPolicy: Never, " : ""}${spec}}}`;
  const body =
    kind === "CronJob"
      ? `{schedule: "0 0 * * *", jobTemplate: {spec: {template: ${template}}}}`
      : `{${replicas}${kind === "Job" || kind === "ReplicationController" ? "" : `selector: {matchLabels: {app: ${name}}}, `}template: ${template}}`;
  const version = kind.endsWith("Job") ? "batch/v1" : kind === "ReplicationController" ? "v1" : "apps/v1";
  return `
apiVersion: ${version}
kind: ${kind}
metadata: {name: ${name}, namespace: shop, ownerReferences: [${owner}]}
spec: ${body}`;
}

function onlyPod({ pods }: Inventory): Pod {
  const [first, ...more] = pods;
  assert.ok(first !== undefined && more.length === 0, `there are ${pods.length} pods`);
  return first;
}

describe("the workload of a pod", () => {
  for (const [what, objects, expected] of [
    ["without an owner is the pod itself", [pod()], "shop/pod/p"],
    ["owned by a StatefulSet is that", [pod({ owner: owners(["StatefulSet", "db"]) })], "shop/sts/db"],
    [
      "of a ReplicaSet with the pod's template hash in its name is the Deployment, also when neither is in the input",
      [pod({ labels: "{pod-template-hash: 5d9c}", owner: owners(["ReplicaSet", "web-5d9c"]) })],
      "shop/deploy/web",
    ],
    [
      "of a ReplicaSet without that hash is the ReplicaSet",
      [pod({ owner: owners(["ReplicaSet", "web-5d9c"]) })],
      "shop/rs/web-5d9c",
    ],
    [
      "of a ReplicaSet whose name does not end in the pod's template hash is the ReplicaSet",
      [pod({ labels: "{pod-template-hash: 5d9c}", owner: owners(["ReplicaSet", "web-77ff"]) })],
      "shop/rs/web-77ff",
    ],
    [
      "of a ReplicaSet that names its Deployment is the Deployment",
      [
        pod({ owner: owners(["ReplicaSet", "any"]) }),
        workload("ReplicaSet", "any", { owner: owners(["Deployment", "web"]) }),
      ],
      "shop/deploy/web",
    ],
    [
      "of a Job that a CronJob made is the CronJob",
      [pod({ owner: owners(["Job", "daily-1"]) }), workload("Job", "daily-1", { owner: owners(["CronJob", "daily"]) })],
      "shop/cj/daily",
    ],
    ["of a Job nobody made is the Job", [pod({ owner: owners(["Job", "once"]) })], "shop/job/once"],
    [
      "is the controller's, where there are several owners",
      [pod({ owner: owners(["ReplicaSet", "other", false], ["StatefulSet", "db", true]) })],
      "shop/sts/db",
    ],
    ["of a kind we do not know is the pod itself", [pod({ owner: owners(["Rollout", "web"]) })], "shop/pod/p"],
    [
      "of a ReplicaSet that a kind we do not know owns is the ReplicaSet",
      [
        pod({ owner: owners(["ReplicaSet", "web-1"]) }),
        workload("ReplicaSet", "web-1", { owner: owners(["Rollout", "web"]) }),
      ],
      "shop/rs/web-1",
    ],
  ] as const) {
    it(what, () => assert.equal(workloadText(onlyPod(inventoryFrom(...objects)).workload), expected));
  }
});

describe("a workload", () => {
  for (const kind of [
    "Deployment",
    "ReplicaSet",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "ReplicationController",
  ] as const) {
    it(`of kind ${kind} without live pods stands as its template`, () => {
      const only = onlyPod(inventoryFrom(workload(kind, "w")));
      assert.ok(isTemplate(only));
      assert.equal(workloadKind(podText(only).split("/")[1] ?? ""), kind);
      assert.deepEqual([...only.labels], [["app", "w"]]);
      const { path } = only.origin([...only.labelsPath, "app"]);
      assert.match(path, /template\.metadata\.labels\.app$/);
    });
  }

  it("with live pods stands for those, also when a ReplicaSet or Job lies between", () => {
    const inventory = inventoryFrom(
      workload("Deployment", "web"),
      workload("ReplicaSet", "web-1", { owner: owners(["Deployment", "web"]) }),
      workload("ReplicaSet", "web-0", { owner: owners(["Deployment", "web"]), replicas: "replicas: 0, " }),
      pod({ owner: owners(["ReplicaSet", "web-1"]) }),
    );
    assert.deepEqual(inventory.pods.map(podText), ["shop/pod/p"]);
  });

  it("whose pods have all finished stands as its template: it may run again", () => {
    const inventory = inventoryFrom(
      workload("CronJob", "daily"),
      workload("Job", "daily-1", { owner: owners(["CronJob", "daily"]) }),
      pod({ owner: owners(["Job", "daily-1"]), status: "phase: Succeeded, podIP: 10.0.0.1" }),
    );
    assert.deepEqual(inventory.pods.map(podText), ["shop/cj/daily"]);
  });

  it("on the host network is no endpoint of its own", () => {
    const inventory = inventoryFrom(
      workload("DaemonSet", "agent", { spec: "hostNetwork: true, containers: [{name: main, image: app}]" }),
    );
    assert.deepEqual(inventory.pods, []);
    assert.deepEqual(
      inventory.hostPods.map(({ name }) => name),
      ["agent"],
    );
  });

  it("has as many pods as its author wants, one where nothing is said", () => {
    assert.equal(onlyPod(inventoryFrom(workload("Deployment", "w", { replicas: "replicas: 3, " }))).replicas, 3);
    assert.equal(onlyPod(inventoryFrom(workload("Deployment", "w"))).replicas, 1);
  });
});

describe("a pod", () => {
  it("has the addresses of its status, each once", () => {
    const status = "phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}]";
    assert.deepEqual(onlyPod(inventoryFrom(pod({ status }))).addresses.map(addressText), ["10.0.0.1", "fd00::1"]);
  });

  it("whose status writes one address in two ways has it once, and contests it with nobody", () => {
    const inventory = inventoryFrom(pod({ status: "phase: Running, podIP: 'fd00::1', podIPs: [{ip: 'fd00:0::1'}]" }));
    assert.deepEqual(onlyPod(inventory).addresses.map(addressText), ["fd00::1"]);
    assert.deepEqual(
      [...inventory.podsAt.values()].map((pods) => pods.length),
      [1],
    );
  });

  it("as people write it, without status, is a pod to come", () => {
    const only = onlyPod(
      inventoryFrom(
        "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: main, image: app}]}}",
      ),
    );
    assert.ok(isTemplate(only));
    assert.equal(podText(only), "shop/pod/p");
  });

  it("that started but has no address is no endpoint, and the inventory says so once", () => {
    const reading = readText(
      "c.yaml",
      [pod({ name: "a", status: "phase: Pending" }), pod({ name: "b", status: "phase: Running" })].join("\n---\n"),
      { validation: "strict", namespace: undefined },
    );
    const { inventory, findings } = inventoryOf(reading.resources);
    assert.deepEqual(inventory.pods, []);
    assert.deepEqual(
      inventory.absentPods.map(({ why }) => why),
      ["no address", "no address"],
    );
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC130"],
    );
    assert.match(findings[0]?.message ?? "", /Pod shop\/a and 1 more/);
  });

  for (const phase of ["Succeeded", "Failed"]) {
    it(`that has ${phase.toLowerCase()} is no endpoint, and its address is free for another`, () => {
      const inventory = inventoryFrom(
        pod({ name: "old", status: `phase: ${phase}, podIP: 10.0.0.1` }),
        pod({ name: "new" }),
      );
      assert.equal(onlyPod(inventory).name, "new");
      assert.deepEqual(
        inventory.absentPods.map(({ name, why }) => [name, why]),
        [["old", "finished"]],
      );
      assert.deepEqual(
        [...inventory.podsAt.values()].map((pods) => pods.map(({ name }) => name)),
        [["new"]],
      );
    });
  }

  it("that is not ready, or whose phase nobody knows, is an endpoint all the same", () => {
    const conditions = "conditions: [{type: Ready, status: 'False'}], podIP: 10.0.0.1";
    const waiting = onlyPod(inventoryFrom(pod({ status: `phase: Running, ${conditions}` })));
    assert.equal(waiting.ready, false);
    assert.equal(onlyPod(inventoryFrom(pod({ status: "phase: Unknown, podIP: 10.0.0.1" }))).addresses.length, 1);
    assert.equal(onlyPod(inventoryFrom(pod({ status: "phase: Pending, podIP: 10.0.0.1" }))).ready, false);
    assert.equal(onlyPod(inventoryFrom(pod())).ready, true);
  });

  it("on the host network is its node: no endpoint, with the node's addresses", () => {
    const inventory = inventoryFrom(
      pod({
        spec: "hostNetwork: true, nodeName: n1, ",
        status: "phase: Running, podIP: 172.18.0.1, hostIP: 172.18.0.1",
      }),
    );
    assert.deepEqual(inventory.pods, []);
    assert.deepEqual(
      [...inventory.nodeAt].map(([address, node]) => [addressText(address), node.name]),
      [["172.18.0.1", "n1"]],
    );
  });

  it("serves the ports of its containers and native sidecars, not of other init containers", () => {
    const only = onlyPod(
      inventoryFrom(`
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  initContainers:
  - {name: proxy, image: p, restartPolicy: Always, ports: [{name: admin, containerPort: 15000}]}
  - {name: setup, image: s, ports: [{name: late, containerPort: 15001}]}
  containers:
  - {name: a, image: a, ports: [{name: http, containerPort: 8080}, {containerPort: 9090, protocol: UDP}]}
status: {phase: Running, podIP: 10.0.0.1}`),
    );
    assert.deepEqual(only.ports, [
      { name: "http", protocol: 6, port: 8080 },
      { name: "admin", protocol: 6, port: 15_000 },
    ]);
    assert.deepEqual(
      only.declaredPorts.map(({ port }) => port),
      [8080, 9090, 15_000],
    );
  });
});

describe("the inventory", () => {
  it("reports an address that two live pods claim and keeps both", () => {
    const reading = readText("c.yaml", [pod({ name: "a" }), pod({ name: "b" })].join("\n---\n"), {
      validation: "strict",
      namespace: undefined,
    });
    const { inventory, findings } = inventoryOf(reading.resources);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC131"],
    );
    assert.match(findings[0]?.message ?? "", /Pod shop\/a and Pod shop\/b have the same address/);
    assert.deepEqual(
      [...inventory.podsAt.values()].map((pods) => pods.map(({ name }) => name)),
      [["a", "b"]],
    );
  });

  it("knows a namespace that objects only mention by its name, and says that it is not listed", () => {
    const { namespaces } = inventoryFrom(
      "{apiVersion: v1, kind: Namespace, metadata: {name: ops, labels: {kubernetes.io/metadata.name: forged}}}",
      pod(),
    );
    assert.deepEqual(
      [...namespaces.values()].map(({ name, listed, labels }) => [name, listed, ...labels.values()]),
      [
        ["ops", true, "ops"],
        ["shop", false, "shop"],
      ],
    );
  });

  it("knows a node that only pods speak of, by the addresses that they report", () => {
    const { nodes } = inventoryFrom(
      pod({ name: "a", spec: "nodeName: n1, ", status: "phase: Running, podIP: 10.0.0.1, hostIP: 172.18.0.1" }),
      pod({
        name: "b",
        spec: "nodeName: n1, ",
        status: "phase: Running, podIP: 10.0.0.2, hostIPs: [{ip: 172.18.0.1}, {ip: 'fd01::1'}]",
      }),
    );
    assert.deepEqual(
      nodes.map(({ name, addresses, origin }) => [name, addresses.map(addressText), origin]),
      [["n1", ["172.18.0.1", "fd01::1"], undefined]],
    );
  });

  it("joins what a Node object and its pods say, and takes no host name for an address", () => {
    const { nodes } = inventoryFrom(
      "{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {podCIDRs: [10.0.0.0/24, 'fd00::/64']}, status: {addresses: [{type: Hostname, address: n1}, {type: InternalIP, address: 172.18.0.1}]}}",
      pod({
        spec: "nodeName: n1, ",
        status: "phase: Running, podIP: 10.0.0.1, hostIPs: [{ip: 172.18.0.1}, {ip: 'fd01::1'}]",
      }),
    );
    assert.deepEqual(
      nodes.map(({ addresses, podRange }) => [addresses.map(addressText), podRange.length]),
      [[["172.18.0.1", "fd01::1"], 2]],
    );
  });
});
