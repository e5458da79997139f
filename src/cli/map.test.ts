import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  CILIUM,
  clusterPolicyManifest,
  namespaceManifest,
  nodeManifest,
  onManifests,
  podManifest,
  policyManifest,
  SHOP,
} from "./command.fixture.ts";

/** `web` runs on worker-1 and may reach gateways, which worker-2 is, and nodes that are none not at all. */
const GATEWAYS =
  namespaceManifest("shop") +
  podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1"] }) +
  nodeManifest("worker-1", "192.168.0.1") +
  nodeManifest("worker-2", "192.168.0.2", "role: gateway") +
  clusterPolicyManifest(
    "gateways",
    `
  tier: Admin
  priority: 1
  subject: {namespaces: {}}
  egress:
  - {action: Accept, to: [{nodes: {matchLabels: {role: gateway}}}], protocols: [{tcp: {destinationPort: {number: 443}}}]}
  - {action: Deny, to: [{nodes: {}}]}`,
  );

describe("portcullis map", () => {
  it("lists every pair that may talk with its traffic, one line each", async (t) => {
    const { exit, stdout } = await onManifests(t, ["map"], SHOP);
    assert.equal(
      stdout,
      `FROM          TO            BY       TRAFFIC
shop/pod/db   shop/pod/web  unasked  all
shop/pod/db   0.0.0.0/0     unasked  all
shop/pod/web  shop/pod/db   rule     TCP 5432
shop/pod/web  0.0.0.0/0     unasked  all
0.0.0.0/0     shop/pod/web  unasked  all

unasked: no rule of any policy allows it; it passes because nothing isolates either end.
Not listed, because it always passes: a pod to itself by its own address, a node to its own pods. Address ranges mean addresses that no pod bears.
`,
    );
    assert.equal(exit, 0);
  });

  it("tells apart what is not known, with the facts, and exits with 3", async (t) => {
    const { exit, stdout } = await onManifests(t, ["map"], SHOP + CILIUM);
    assert.match(stdout, /^nothing is known to be allowed among 2 workloads\n\nUNDECIDED: 6 rows\n/);
    assert.match(stdout, /not known: what CiliumNetworkPolicy shop\/l7 \(all\.yaml:35\) does/);
    assert.match(stdout, /-> leave it out of the input/);
    assert.equal(exit, 3);
    const { undecided } = JSON.parse((await onManifests(t, ["map", "-o", "json"], SHOP + CILIUM)).stdout);
    assert.equal(undecided.length, 6);
    assert.match(undecided[0].missing[0].fact, /CiliumNetworkPolicy shop\/l7/);
  });

  it("has a column for the family only where a row needs it", async (t) => {
    const manifests =
      namespaceManifest("shop") +
      podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1", "fd00::1"] }) +
      podManifest({ name: "db", labels: "app: db", addresses: ["10.0.0.2", "fd00::2"] }) +
      policyManifest(
        "db",
        "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}, {ports: [{port: 80}]}]}",
      );
    const { stdout } = await onManifests(t, ["map"], manifests);
    assert.match(stdout, /^FROM +TO +FAMILY +BY +TRAFFIC\n/);
    assert.match(stdout, /\nshop\/pod\/web +shop\/pod\/db +IPv4 +rule +all\n/);
    assert.match(stdout, /\nshop\/pod\/web +shop\/pod\/db +IPv6 +rule +TCP 80\n/);
    assert.match(stdout, /\nshop\/pod\/db +shop\/pod\/web {2,}unasked +all\n/);
  });

  it("says that there is nothing to map where there are no pods", async (t) => {
    const { exit, stdout } = await onManifests(t, ["map"], namespaceManifest("shop"));
    assert.equal(stdout, "no pods or workloads are in the input, so there is nothing to map\n");
    assert.equal(exit, 0);
  });

  it("draws namespaces as boxes, ranges as nodes and traffic as labels with -o mermaid", async (t) => {
    const silent = podManifest({ name: "silent", labels: "app: silent", addresses: ["10.0.0.3"] });
    const deny = policyManifest("deny", "{podSelector: {matchLabels: {app: silent}}, policyTypes: [Ingress, Egress]}");
    const { exit, stdout } = await onManifests(t, ["map", "-o", "mermaid"], SHOP + silent + deny);
    assert.equal(
      stdout,
      `flowchart LR
  subgraph ns0["shop"]
    n1["pod/db"]
    n2["pod/silent"]
    n3["pod/web"]
  end
  n0(["0.0.0.0/0"])
  n1 -.->|"all"| n3
  n1 -.->|"all"| n0
  n3 -->|"TCP 5432"| n1
  n3 -.->|"all"| n0
  n0 -.->|"all"| n3
`,
    );
    assert.equal(exit, 0);
  });

  it("names nodes where rules tell them from other addresses", async (t) => {
    const { exit, stdout } = await onManifests(t, ["map"], GATEWAYS);
    assert.match(stdout, /\nshop\/pod\/web +node\/worker-2 +rule +TCP 443\n/);
    assert.doesNotMatch(stdout, /shop\/pod\/web +node\/worker-1/);
    assert.match(stdout, /\nnode\/worker-1 +shop\/pod\/web +unasked +all\n/);
    assert.match(stdout, /Rows of a node are about the pods of other nodes\. .*no pod and no node bears\.\n$/);
    assert.equal(exit, 0);
    const { connections } = JSON.parse((await onManifests(t, ["map", "-o", "json"], GATEWAYS)).stdout);
    assert.deepEqual(
      connections.filter(({ to }: { to: unknown }) => to === "node/worker-2"),
      [{ from: "shop/pod/web", to: "node/worker-2", traffic: [{ protocol: "tcp", ports: ["443"] }] }],
    );
  });

  it("draws nodes of the cluster as hexagons beside the namespaces", async (t) => {
    const { stdout } = await onManifests(t, ["map", "-o", "mermaid"], GATEWAYS);
    assert.equal(
      stdout,
      `flowchart LR
  subgraph ns0["shop"]
    n3["pod/web"]
  end
  n0(["0.0.0.0/0"])
  n1{{"node/worker-1"}}
  n2{{"node/worker-2"}}
  n1 -.->|"all"| n3
  n2 -.->|"all"| n3
  n3 -->|"TCP 443"| n2
  n3 -.->|"all"| n0
  n0 -.->|"all"| n3
`,
    );
  });

  it("draws what is not known with dashed lines", async (t) => {
    const { exit, stdout } = await onManifests(t, ["map", "-o", "mermaid"], SHOP + CILIUM);
    assert.match(stdout, /\n {2}n\d -\.->\|"all \?"\| n\d\n/);
    assert.equal(exit, 3);
  });
});
