import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Resource } from "../kinds.ts";
import { readText } from "../read.ts";
import { findingText } from "../../source/finding.ts";

function readOne<K extends Resource["kind"]>(kind: K, text: string): Extract<Resource, { kind: K }> {
  const { resources, findings } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
  assert.deepEqual(findings.map(findingText), []);
  const found = resources.find((resource): resource is Extract<Resource, { kind: K }> => resource.kind === kind);
  assert.ok(found);
  return found;
}

function errorsOf(text: string): string {
  const { findings, blinds } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
  assert.equal(blinds.length, 1);
  return findings.map(findingText).join("\n");
}

describe("namespaces and nodes", () => {
  it("a namespace bears its name as a label, whatever the author wrote", () => {
    const { metadata } = readOne(
      "Namespace",
      "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: {kubernetes.io/metadata.name: b, x: z}}\n",
    );
    assert.deepEqual(metadata.labels, { "kubernetes.io/metadata.name": "a", x: "z" });
    assert.equal(metadata.namespace, "");
  });
  it("a node has both forms of its pod range and all addresses", () => {
    const { spec } = readOne(
      "Node",
      "apiVersion: v1\nkind: Node\nmetadata: {name: n1, namespace: ignored}\nspec: {podCIDR: 10.1.0.0/24, podCIDRs: [10.1.0.0/24, 'fd00::/64']}\nstatus: {addresses: [{type: InternalIP, address: 192.0.2.1}, {type: Hostname, address: n1}]}\n",
    );
    assert.deepEqual(spec, {
      podCIDRs: ["10.1.0.0/24", "fd00::/64"],
      addresses: [
        { type: "InternalIP", address: "192.0.2.1" },
        { type: "Hostname", address: "n1" },
      ],
      taints: [],
    });
  });
  it("a node address that does not parse is an error with its place", () => {
    assert.match(
      errorsOf(
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus:\n  addresses:\n  - {type: InternalIP, address: 192.0.2}\n",
      ),
      /^t.yaml:6:33: error PC112: status.addresses\[0\].address: "192.0.2" is not an IP address/,
    );
  });
});

describe("pods", () => {
  const pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: a}\n";
  it("defaults are those of the API server", () => {
    assert.deepEqual(
      readOne("Pod", `${pod}spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}\n`).spec,
      {
        pod: {
          nodeName: undefined,
          serviceAccountName: "default",
          hostNetwork: false,
          placement: { nodeSelector: {}, nodeTerms: undefined, tolerations: [] },
          containers: [{ name: "c", sidecar: false, ports: [{ name: undefined, containerPort: 80, protocol: "TCP" }] }],
          initContainers: [],
        },
        status: { phase: undefined, podIPs: [], hostIPs: [], ready: undefined },
      },
    );
  });
  it("a restartable init container is a sidecar, another is not", () => {
    const { spec } = readOne("Pod", `${pod}spec: {initContainers: [{name: a, restartPolicy: Always}, {name: b}]}\n`);
    assert.deepEqual(
      spec.pod.initContainers.map(({ sidecar }) => sidecar),
      [true, false],
    );
  });
  it("status gives addresses of both families, phase and readiness", () => {
    const status =
      "{phase: Running, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}], hostIP: 192.0.2.1, conditions: [{type: Ready, status: 'False'}]}";
    assert.deepEqual(readOne("Pod", `${pod}status: ${status}\n`).spec.status, {
      phase: "Running",
      podIPs: ["10.0.0.1", "fd00::1"],
      hostIPs: ["192.0.2.1"],
      ready: false,
    });
  });
  it("fields that are not read are not judged", () => {
    const spec =
      "{tolerations: [{key: a}], someNewField: 1, containers: [{name: c, newInKubernetes2: {}, ports: [{containerPort: 1, hostPort: 2}]}]}";
    readOne("Pod", `${pod}spec: ${spec}\nstatus: {qosClass: Burstable, newStatus: []}\n`);
  });
  it("a field that is read is judged where only its case is wrong", () => {
    assert.match(
      errorsOf(`${pod}spec: {hostnetwork: true}\n`),
      /unknown field "spec.hostnetwork" \(field names are case-sensitive\)/,
    );
  });
  for (const [name, rest, pattern] of [
    ["an address", "status: {podIPs: [{ip: 10.0.0.256}]}", /status.podIPs\[0\].ip: "10.0.0.256" is not an IP address/],
    ["a port", "spec: {containers: [{ports: [{containerPort: 0}]}]}", /containerPort: 0 is not a port number/],
    ["hostNetwork", "spec: {hostNetwork: 'true'}", /spec.hostNetwork: expected boolean, got string/],
  ] as const) {
    it(`refuses ${name} that means nothing`, () => assert.match(errorsOf(`${pod}${rest}\n`), pattern));
  }
  for (const [name, metadata, pattern] of [
    [
      "a label value that is a number",
      "{name: p, labels: {version: 1.10}}",
      /metadata.labels.version: expected string, got number\n  put it in quotes: "1.10"/,
    ],
    ["a label key with a space", "{name: p, labels: {'a b': c}}", /"a b" is not a label key/],
    ["a name in upper case", "{name: Web}", /metadata.name: "Web" is not a DNS name/],
    [
      "a placeholder as namespace (X24)",
      "{name: p, namespace: <namespace>}",
      /"<namespace>" is not a DNS label\n  a placeholder is left in/,
    ],
    ["no name", "{labels: {}}", /metadata.name: required/],
    ["metadata as a list", "[]", /metadata: expected mapping, got list/],
  ] as const) {
    it(`refuses ${name}`, () => assert.match(errorsOf(`apiVersion: v1\nkind: Pod\nmetadata: ${metadata}\n`), pattern));
  }
});

describe("workloads", () => {
  for (const [kind, apiVersion, spec, replicas, path] of [
    ["Deployment", "apps/v1", "{replicas: 3, template: TEMPLATE}", 3, "spec.template"],
    ["ReplicaSet", "apps/v1", "{template: TEMPLATE}", 1, "spec.template"],
    ["StatefulSet", "apps/v1", "{replicas: 0, template: TEMPLATE}", 0, "spec.template"],
    ["DaemonSet", "apps/v1", "{template: TEMPLATE}", 1, "spec.template"],
    ["Job", "batch/v1", "{template: TEMPLATE}", 1, "spec.template"],
    [
      "CronJob",
      "batch/v1",
      "{schedule: '* * * * *', jobTemplate: {spec: {template: TEMPLATE}}}",
      1,
      "spec.jobTemplate.spec.template",
    ],
    ["ReplicationController", "v1", "{replicas: null, template: TEMPLATE}", 1, "spec.template"],
  ] as const) {
    it(`${kind} has ${replicas} replicas and its template at ${path}`, () => {
      const template = "{metadata: {labels: {app: web}}, spec: {hostNetwork: true}}";
      const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: w}\nspec: ${spec.replace("TEMPLATE", template)}\n`;
      const { spec: read, origin } = readOne(kind, text);
      assert.equal(read.replicas, replicas);
      assert.deepEqual(read.template.labels, { app: "web" });
      assert.equal(read.template.spec.hostNetwork, true);
      assert.equal(origin(read.templatePath).path, path);
    });
  }
});

describe("services and their endpoints", () => {
  const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: a}\n";
  it("defaults are those of the API server", () => {
    assert.deepEqual(readOne("Service", `${service}spec: {selector: {app: web}, ports: [{port: 80}]}\n`).spec, {
      type: "ClusterIP",
      selector: { app: "web" },
      clusterIPs: [],
      headless: false,
      externalIPs: [],
      loadBalancerIPs: [],
      externalName: undefined,
      publishNotReadyAddresses: false,
      externalTrafficPolicy: "Cluster",
      ports: [{ name: undefined, protocol: "TCP", port: 80, targetPort: 80, nodePort: undefined }],
    });
  });
  it("clusterIP None is headless, an empty selector is none", () => {
    const { spec } = readOne("Service", `${service}spec: {clusterIP: None, clusterIPs: [None], selector: {}}\n`);
    assert.deepEqual([spec.headless, spec.clusterIPs, spec.selector], [true, [], undefined]);
  });
  it("addresses come from spec and status", () => {
    const { spec } = readOne(
      "Service",
      `${service}spec: {type: LoadBalancer, clusterIP: 10.96.0.1, externalIPs: [203.0.113.1], ports: [{name: web, port: 80, targetPort: http, nodePort: 30080}]}\nstatus: {loadBalancer: {ingress: [{ip: 203.0.113.2}, {hostname: x.example}]}}\n`,
    );
    assert.deepEqual(
      [spec.clusterIPs, spec.externalIPs, spec.loadBalancerIPs],
      [["10.96.0.1"], ["203.0.113.1"], ["203.0.113.2"]],
    );
    assert.deepEqual(spec.ports, [{ name: "web", protocol: "TCP", port: 80, targetPort: "http", nodePort: 30080 }]);
  });
  it("refuses a cluster address that does not parse and an unknown type", () => {
    const errors = errorsOf(`${service}spec: {type: loadbalancer, clusterIP: nope}\n`);
    assert.match(errors, /spec.clusterIP: "nope" is not an IP address/);
    assert.match(errors, /spec.type: "loadbalancer" is not one of .* \(did you mean LoadBalancer\?\)/);
  });
  it("an endpoint slice names its service, and an endpoint without conditions is ready", () => {
    const { spec } = readOne(
      "EndpointSlice",
      "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: s-1, namespace: a, labels: {kubernetes.io/service-name: s}}\naddressType: IPv4\nendpoints: [{addresses: [10.0.0.1], targetRef: {kind: Pod, name: p}}, {addresses: [10.0.0.2], conditions: {ready: false}}]\nports: [{name: '', port: 80}, {name: none}]\n",
    );
    assert.deepEqual(spec, {
      service: "s",
      addressType: "IPv4",
      endpoints: [
        { addresses: ["10.0.0.1"], ready: true, targetPod: { namespace: "a", name: "p" } },
        { addresses: ["10.0.0.2"], ready: false, targetPod: undefined },
      ],
      ports: [{ name: undefined, protocol: "TCP", port: 80 }],
    });
  });
  it("endpoints keep ready and not ready addresses apart", () => {
    const { spec } = readOne(
      "Endpoints",
      "apiVersion: v1\nkind: Endpoints\nmetadata: {name: s}\nsubsets: [{addresses: [{ip: 10.0.0.1}], notReadyAddresses: [{ip: 10.0.0.2}], ports: [{port: 80, protocol: UDP}]}]\n",
    );
    assert.deepEqual(spec.subsets, [
      {
        addresses: ["10.0.0.1"],
        notReadyAddresses: ["10.0.0.2"],
        ports: [{ name: undefined, protocol: "UDP", port: 80 }],
      },
    ]);
  });
  it("a service account is read for its labels", () => {
    const { metadata } = readOne(
      "ServiceAccount",
      "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: s, labels: {a: b}}\nautomountServiceAccountToken: false\n",
    );
    assert.deepEqual(metadata.labels, { a: "b" });
  });
});
