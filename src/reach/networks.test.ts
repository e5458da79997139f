import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLUSTER, nodeManifest, podManifest, recipeNetworks } from "../path/seed-networks.fixture.ts";
import { trafficText } from "../net/traffic-text.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { VpcInventory } from "../vpc/model.ts";
import { aclFrom, addressFrom, gatewayFrom, groupFrom, networksFrom, subnetFrom } from "../vpc/networks.fixture.ts";
import { type MapRow, reachMap } from "./map.ts";
import { askAbout, balancerFrom, caseText, POD_RANGE } from "./network.fixture.ts";
import { sideText } from "./sides.ts";

const ENDPOINT = [
  "endpoint-outbound: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443",
  "endpoint-inbound: allow inbound tcp 203.0.113.0/24 0.0.0.0/0 from 443",
];

/** A Deployment whose pods run nowhere yet; `spec` goes into its pod template. */
function deployment(name: string, spec = ""): string {
  return `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {${spec}containers: [{name: c, image: i}]}
`;
}

function affinity(...terms: readonly string[]): string {
  return `affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [${terms.join(", ")}]}}}, `;
}

const IN_SUBNET = (id: string): string =>
  affinity(`{matchExpressions: [{key: ibm-cloud.kubernetes.io/subnet-id, operator: In, values: ["${id}"]}]}`);

describe("pods that run nowhere yet (S1-10, S1-M1, 23)", () => {
  const vpc = recipeNetworks({ gateways: [1], more: ENDPOINT });
  const ask = (spec: string, to = "203.0.113.9:443"): readonly string[] => {
    const { kind, cases } = askAbout(CLUSTER + deployment("web", spec), vpc, "web", to);
    return [kind, ...cases.map(caseText)];
  };

  it("are asked about on every node where networks make a difference", () => {
    assert.deepEqual(ask(""), [
      "partial",
      "allowed on worker-1+worker-1b > 203.0.113.9 TCP 443",
      "no-route at route: subnet subnet-2 has no public gateway, and node/worker-2 no floating address on worker-2 > 203.0.113.9 TCP 443",
      "no-route at route: subnet subnet-3 has no public gateway, and node/worker-3 no floating address on worker-3 > 203.0.113.9 TCP 443",
    ]);
  });

  it("run only where their node affinity and selector let them", () => {
    assert.deepEqual(ask(IN_SUBNET("subnet-1")), ["allowed", "allowed > 203.0.113.9 TCP 443"]);
    assert.equal(ask(IN_SUBNET("subnet-2"))[0], "no-route");
    assert.equal(ask("nodeSelector: {kubernetes.io/hostname: worker-1}, ")[0], "allowed");
    assert.equal(ask("nodeSelector: {kubernetes.io/hostname: worker-3}, ")[0], "no-route");
    assert.equal(ask("nodeName: worker-1, ")[0], "allowed");
    assert.equal(
      ask(affinity("{matchFields: [{key: metadata.name, operator: In, values: [worker-1]}]}"))[0],
      "allowed",
    );
    assert.equal(
      ask(affinity("{matchFields: [{key: metadata.name, operator: NotIn, values: [worker-2, worker-3]}]}"))[0],
      "allowed",
    );
  });

  it("that no node takes have no way anywhere, and the answer says why", () => {
    const [kind, text] = ask(IN_SUBNET("<subnet_ID>"));
    assert.equal(kind, "no-route");
    assert.match(text ?? "", /shop\/deploy\/web runs nowhere: no node of the input has the labels/);
  });

  it("on both ends may share a node, a subnet, or neither", () => {
    const { kind, cases } = askAbout(
      CLUSTER + deployment("a") + deployment("b", IN_SUBNET("subnet-2")),
      vpc,
      "a",
      "b:80",
    );
    assert.equal(kind, "undecided");
    assert.deepEqual(
      cases.map(
        ({ kind: one, placement }) =>
          `${one} ${placement?.together === true ? "together " : ""}${placement?.from?.join("+")}`,
      ),
      ["allowed together worker-2", "undecided worker-1+worker-1b", "undecided worker-3"],
    );
  });

  it("in the map have what arrives and is not answered apart from what passes", () => {
    const networks = recipeNetworks({ gateways: [1], more: [ONLY_OUT] });
    const { connections, oneWay } = reachMap(situationFrom(CLUSTER, { vpc: networks, podRange: POD_RANGE }));
    const isAsked = ({ from, to }: MapRow): boolean =>
      sideText(from) === "shop/pod/web-1" && sideText(to).includes("203.0.113.0/24");
    assert.deepEqual(
      oneWay.filter(isAsked).map(({ traffic }) => trafficText(traffic)),
      ["TCP 443"],
    );
    assert.deepEqual(connections.filter(isAsked), []);
  });

  it("in the map have for certain what they have wherever they are put, and the rest is not known", () => {
    const situation = situationFrom(CLUSTER + deployment("a"), { vpc, podRange: POD_RANGE });
    const map = reachMap(situation);
    const to = (rows: readonly MapRow[], prefix: string): boolean =>
      rows.some(
        (row) =>
          sideText(row.from) === "shop/deploy/a" &&
          row.to.kind === "outside" &&
          row.to.ranges.some((range) => range.startsWith(prefix)),
      );
    assert.ok(to(map.connections, "161.26.0.0"));
    assert.ok(to(map.undecided, "203.0.113.0"));
    assert.ok(!to(map.connections, "203.0.113.0") && !to(map.connections, "8.") && !to(map.undecided, "8."));
    const facts = map.undecided.flatMap(({ missing }) => missing.map(({ text }) => text));
    assert.ok(facts.includes("on which node shop/deploy/a will run"), facts.join("\n"));
  });
});

describe("where pods run, held against the gateways (S1-16)", () => {
  it("a pod off the gateway's zone has no way out, and its siblings on it do", () => {
    const manifests = [
      nodeManifest("worker-1", "10.240.0.5", "subnet-1"),
      nodeManifest("worker-2", "10.240.64.10", "subnet-2"),
      podManifest("app-1", "172.17.1.4", "worker-1"),
      podManifest("app-2", "172.17.64.4", "worker-2"),
    ].join("---\n");
    const vpc = recipeNetworks({ gateways: [1], more: ENDPOINT });
    assert.equal(askAbout(manifests, vpc, "shop/pod/app-1", "203.0.113.9:443").kind, "allowed");
    assert.equal(askAbout(manifests, vpc, "shop/pod/app-2", "203.0.113.9:443").kind, "no-route");
  });
});

describe("blocks of addresses", () => {
  it("are cut where lists, subnets and gateways tell addresses apart (S1-02)", () => {
    const vpc = recipeNetworks({ gateways: [1], corporate: true });
    const { kind, cases } = askAbout(CLUSTER, vpc, "node/worker-1", "207.42.0.0/16:443");
    assert.equal(kind, "partial");
    assert.deepEqual(new Set(cases.map((item) => item.kind)), new Set(["allowed", "denied"]));
    assert.ok(cases.map(caseText).some((text) => text.startsWith("allowed > 207.42.8.0/24")));
  });

  it("`internet` does not hold the provider's own services (12)", () => {
    const { cases } = askAbout(CLUSTER, recipeNetworks(), "shop/pod/web-1", "internet:443");
    assert.deepEqual([...new Set(cases.map(({ kind }) => kind))], ["denied"]);
  });
});

const SERVICE = (trafficPolicy: string): string => `---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: ${trafficPolicy}, clusterIP: 172.21.0.9, selector: {app: web-2}, ports: [{port: 443, targetPort: 8443, nodePort: 30443}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: clients, namespace: shop}
spec: {podSelector: {matchLabels: {app: web-2}}, ingress: [{from: [{ipBlock: {cidr: 8.8.0.0/16}}], ports: [{port: 8443}]}]}
`;

/** Lets requests out, and says nothing of answers. */
const ONLY_OUT = "endpoint-outbound: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443";

const CLIENT_RULES = [
  "node-ports: allow inbound tcp 0.0.0.0/0 0.0.0.0/0 to 30000-32767",
  "front: allow inbound tcp 0.0.0.0/0 0.0.0.0/0 to 443",
];
const DIRECT_ANSWERS = "answers: allow outbound tcp 0.0.0.0/0 0.0.0.0/0 from 30000-32767";
const PROXY_ANSWERS = "answers: allow outbound tcp 0.0.0.0/0 0.0.0.0/0 from 443";

function balanced(kind: "network" | "application", more: readonly string[]): VpcInventory {
  const member = { address: addressFrom("10.240.64.10"), port: 30_443 };
  const groups = [groupFrom("open", ["in: inbound any any", "out: outbound any any"])];
  const balancer = balancerFrom("lb", kind, {
    groups: ["open"],
    listeners: [{ protocol: 6, port: 443, members: [member] }],
  });
  const vpc = recipeNetworks({ more });
  return { ...vpc, loadBalancers: [balancer], groups: groups.map((group) => ({ ...group, vpc: "vpc-2" })) };
}

describe("clients outside, at a load balancer (18)", () => {
  const AT = "198.51.100.50:443";
  const ask = (
    kind: "network" | "application",
    more: readonly string[],
    to = AT,
    trafficPolicy = "Local",
  ): readonly string[] =>
    askAbout(CLUSTER + SERVICE(trafficPolicy), balanced(kind, more), "8.8.8.8", to).cases.map(caseText);

  it("are denied by the recipe, which knows no clients (S1-27)", () => {
    assert.deepEqual(ask("network", []), ["denied at acl inbound by deny-all-inbound > shop/pod/web-2 TCP 443"]);
    assert.deepEqual(ask("application", []), ["denied at acl inbound by deny-all-inbound > shop/pod/web-2 TCP 443"]);
  });

  it("that passes packets on are seen as they are, and the member answers them directly", () => {
    assert.deepEqual(ask("network", [...CLIENT_RULES, DIRECT_ANSWERS]), ["allowed > shop/pod/web-2 TCP 443"]);
    assert.deepEqual(ask("network", [...CLIENT_RULES, PROXY_ANSWERS]), [
      "one-way at reply acl outbound by deny-all-outbound > shop/pod/web-2 TCP 443",
    ]);
    assert.deepEqual(ask("network", [CLIENT_RULES[1] ?? "", DIRECT_ANSWERS]), [
      "denied at acl inbound by deny-all-inbound > shop/pod/web-2 TCP 443",
    ]);
  });

  it("beside the member in one subnet meet its list once, as they enter the subnet", () => {
    const vpc = balanced("network", [CLIENT_RULES[1] ?? "", DIRECT_ANSWERS]);
    const near = vpc.loadBalancers.map((one) => ({
      ...one,
      subnets: ["subnet-2"],
      privateAddresses: [addressFrom("10.240.64.50")],
    }));
    const { cases } = askAbout(CLUSTER + SERVICE("Local"), { ...vpc, loadBalancers: near }, "8.8.8.8", AT);
    assert.deepEqual(cases.map(caseText), ["allowed > shop/pod/web-2 TCP 443"]);
  });

  it("that is a proxy are seen as the proxy, and answered by it", () => {
    const [atProxy = ""] = ask("application", [...CLIENT_RULES, PROXY_ANSWERS]);
    assert.equal(
      atProxy,
      "denied at policy ingress > shop/pod/web-2 TCP 443",
      "the policy admits the client, not the proxy",
    );
    const [cluster = ""] = ask("application", [...CLIENT_RULES, PROXY_ANSWERS], AT, "Cluster");
    assert.equal(cluster, "allowed > shop/pod/web-2 TCP 443", "the node speaks for its clients to its own pod");
    const [unanswered = ""] = ask("application", [...CLIENT_RULES, DIRECT_ANSWERS], AT, "Cluster");
    assert.equal(unanswered, "one-way at reply acl outbound by deny-all-outbound > shop/pod/web-2 TCP 443");
  });

  it("find it by the name of the Service that stands behind it", () => {
    assert.deepEqual(ask("network", [...CLIENT_RULES, DIRECT_ANSWERS], "svc/web:443"), [
      "allowed > shop/pod/web-2 TCP 443",
    ]);
  });

  it("get nothing at ports it does not listen to, nor at a private one from the internet", () => {
    assert.match(
      ask("network", CLIENT_RULES, "198.51.100.50:80")[0] ?? "",
      /^no-route: load balancer lb does not listen to it/,
    );
    const vpc = balanced("network", [...CLIENT_RULES, DIRECT_ANSWERS]);
    const [item] = askAbout(CLUSTER + SERVICE("Local"), vpc, "8.8.8.8", "10.240.128.50:443").cases;
    assert.match(
      item === undefined ? "" : caseText(item),
      /^no-route at route: the internet cannot reach 10.240.128.50/,
    );
  });
});

describe("clients outside, at a node port", () => {
  const ask = (from: string, more: readonly string[]): readonly string[] =>
    askAbout(CLUSTER + SERVICE("Local"), recipeNetworks({ more }), from, "node/worker-2:30443").cases.map(caseText);

  it("meet the networks before the node, with the node's port", () => {
    assert.match(ask("8.8.8.8", [])[0] ?? "", /^denied at acl inbound by deny-all-inbound/);
    assert.match(
      ask("8.8.8.8", [...CLIENT_RULES, DIRECT_ANSWERS])[0] ?? "",
      /^no-route at route: the internet cannot reach 10.240.64.10/,
    );
    assert.match(ask("10.240.0.99", [])[0] ?? "", /^denied at policy ingress/);
  });
});

describe("a subnet of another VPC", () => {
  it("is reached by ways that are not listed, if at all", () => {
    const vpc = networksFrom({
      subnets: [
        subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "open", publicGateway: "gw" }),
        subnetFrom("far", "10.77.0.0/24", "zone-1", { acl: "open", vpc: "vpc-2" }),
      ],
      acls: [
        aclFrom("open", ["o: allow outbound any 0.0.0.0/0 0.0.0.0/0", "i: allow inbound any 0.0.0.0/0 0.0.0.0/0"]),
      ],
      publicGateways: [gatewayFrom("gw", "zone-1")],
    });
    const text = nodeManifest("worker-1", "10.240.0.5", "subnet-1");
    const { kind, cases } = askAbout(text, vpc, "node/worker-1", "10.77.0.9:443");
    assert.equal(kind, "undecided");
    assert.match(
      caseText(cases[0] ?? assert.fail()),
      /whether a VPN, a transit gateway or a direct link leads to 10.77.0.9/,
    );
  });
});
