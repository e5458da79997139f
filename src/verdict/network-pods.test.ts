/** How packets of pods and nodes travel. The numbers are those of the list of pitfalls that these tests guard against. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nodeManifest } from "../path/seed-networks.fixture.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { VpcInventory } from "../vpc/model.ts";
import {
  aclFrom,
  addressesFrom,
  addressFrom,
  groupFrom,
  interfaceFrom,
  networksFrom,
  originIn,
  subnetFrom,
  workerFrom,
} from "../vpc/networks.fixture.ts";
import { ask, type Given, IN, OUT, outcomeText, stageNames, verdictOf, verdictOn } from "./network.fixture.ts";

describe("packets of pods", () => {
  it("are wrapped by the sending node's own mask, which may differ from the other's (21)", () => {
    const workers = [
      workerFrom("w1", "10.240.0.5", "subnet-1", "10.240.0.0/16"),
      workerFrom("w2", "10.240.64.10", "subnet-2", "10.240.64.0/24"),
    ];
    const route = {
      name: "r",
      zone: "zone-1",
      destination: addressesFrom("172.17.64.0/24"),
      action: "deliver",
      nextHop: addressFrom("10.240.64.10"),
      origin: originIn("t.json", 1),
    } as const;
    const routingTables = [
      { id: "table", name: "table", vpc: "vpc-1", routes: [route], origin: originIn("t.json", 1) },
    ];
    const given = { workers, routingTables, first: { routingTable: "table" } } as const;
    const names = stageNames(verdictOf("web-1", "web-2", "tcp 80", given));
    assert.ok(names.includes("-overlay") && names.includes("reply overlay"), names.join());
    assert.match(ask("web-1", "web-2", "tcp 80", { workers }), /^no-route at route/);
  });

  it("to another node bear their node's address, and to their own node nothing leaves it (22)", () => {
    assert.ok(stageNames(verdictOf("web-1", "worker-2", "tcp 10250", {})).includes("masquerade"));
    assert.ok(stageNames(verdictOf("web-1", "worker-1", "tcp 10250", {})).includes("-network"));
    const keep = { assume: { "pod-masquerade": "pools-and-hosts" } } as const;
    assert.ok(stageNames(verdictOf("web-1", "worker-2", "tcp 10250", keep)).includes("-masquerade"));
    const rules = [
      ["pods: allow outbound any 172.17.0.0/16 0.0.0.0/0", IN],
      [OUT, IN],
    ] as const;
    assert.equal(ask("web-1", "worker-2", "tcp 10250", { ...keep, rules }), "allowed");
    assert.equal(ask("web-1", "worker-2", "tcp 10250", { rules }), "denied at acl outbound");
    assert.ok(stageNames(verdictOf("web-1", "8.8.8.8", "tcp 53", keep)).includes("masquerade"));
  });

  it("with their own address get no further than the nodes that know it", () => {
    const assume = { "pod-masquerade": "off" } as const;
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", { assume }),
      /^no-route at route: the packets bear the pod's own address/,
    );
    assert.match(ask("web-1", "161.26.0.10", "udp 53", { assume }), /^no-route at route/);
    assert.match(ask("web-1", "10.240.64.99", "tcp 80", { assume }), /^one-way at reply route/);
  });

  it("leave an interface only where it may send from other addresses than its own", () => {
    const closed = (spoofing: boolean | undefined): Given => ({
      interfaces: [interfaceFrom("vm", "10.240.0.5", "subnet-1", { spoofing, groups: undefined })],
    });
    assert.match(
      ask("web-1", "web-1b", "tcp 80", closed(false)),
      /^no-route at route: the interface of node\/worker-1 /,
    );
    assert.match(ask("web-1b", "web-1", "tcp 80", closed(false)), /^one-way at reply route/);
    assert.match(
      ask("web-1", "web-1b", "tcp 80", closed(undefined)),
      /^undecided at route: whether the interface of node\/worker-1 /,
    );
    assert.equal(ask("web-1", "web-1b", "tcp 80", closed(true)), "allowed");
    assert.equal(ask("web-1", "web-2", "tcp 80", closed(false)), "allowed", "wrapped in packets of the node");
  });

  it("for endpoint gateways meet the list of the subnet these stand in (19)", () => {
    const interfaces = [interfaceFrom("registry", "10.240.64.200", "subnet-2", { kind: "endpoint gateway" })];
    const groups = [groupFrom("g", ["all: inbound any any"])];
    const given = {
      interfaces: interfaces.map((one) => ({ ...one, groups: ["g"] })),
      groups,
      assume: { "unlisted-security-groups": "open" },
    } as const;
    assert.equal(ask("web-1", "10.240.64.200", "tcp 443", given), "allowed");
    assert.equal(
      ask("web-1", "10.240.64.200", "tcp 443", { ...given, rules: [[OUT, IN], [OUT]] }),
      "denied at acl inbound",
    );
  });

  it("for an address of the pod range that nobody bears go nowhere", () => {
    const clusters = [
      {
        id: "c1",
        name: "c1",
        vpc: "vpc-1",
        podRange: addressesFrom("172.17.0.0/18"),
        serviceRange: addressesFrom("172.21.0.0/16"),
        version: undefined,
        origin: originIn("clusters.json", 1),
      },
    ];
    assert.match(
      ask("web-1", "172.17.9.9", "tcp 80", { clusters }),
      /^no-route .*pod range, and nothing in the input bears it/,
    );
    assert.match(ask("web-1", "172.21.0.9", "tcp 80", { clusters }), /^no-route .*Service range/);
  });
});

describe("packets of IPv6", () => {
  it("go nowhere where no subnet has such addresses, but from pod to pod of one node", () => {
    const dual = (name: string, address: string, v6: string, node: string): string =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: shop}\nspec: {nodeName: ${node}, containers: [{name: c, image: i}]}\nstatus: {phase: Running, podIPs: [{ip: ${v6}}, {ip: ${address}}]}\n`;
    const text = [
      nodeManifest("n1", "10.240.0.5"),
      nodeManifest("n2", "10.240.0.6"),
      dual("a", "172.17.1.1", "fd00::1", "n1"),
      dual("b", "172.17.1.2", "fd00::2", "n1"),
      dual("c", "172.17.2.1", "fd00::3", "n2"),
    ].join("---\n");
    const vpc = networksFrom({ subnets: [subnetFrom("subnet-1", "10.240.0.0/24", "zone-1")] });
    const situation = situationFrom(text, { vpc });
    assert.equal(outcomeText(verdictOn(situation, "a", "b", "tcp 80")), "allowed");
    assert.equal(
      outcomeText(verdictOn(situation, "a", "c", "tcp 80")),
      "no-route at route: no subnet in the input has IPv6 addresses",
    );
    assert.equal(outcomeText(verdictOn(situation, "172.17.1.1", "172.17.2.1", "tcp 80")), "allowed");
  });
});

describe("where a node stands", () => {
  it("is told by its label first, then by the worker, then by its address", () => {
    const subnets = [
      subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "closed" }),
      subnetFrom("subnet-2", "10.240.64.0/24", "zone-2", { acl: "closed" }),
      subnetFrom("other", "10.240.200.0/24", "zone-1", { acl: "open" }),
    ];
    const acls = [aclFrom("closed", []), aclFrom("open", [OUT, IN])];
    const node = (labels: string): string =>
      `apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {${labels}}}\nstatus: {addresses: [{type: InternalIP, address: 10.240.0.5}]}\n`;
    const to = (text: string, workers: VpcInventory["workers"] = []): string =>
      outcomeText(
        verdictOn(
          situationFrom(text, { vpc: networksFrom({ subnets, acls, workers }) }),
          "n1",
          "161.26.0.10",
          "udp 53",
        ),
      );
    assert.equal(to(node("")), "denied at acl outbound");
    assert.equal(to(node(""), [workerFrom("w", "10.240.0.5", "other")]), "allowed");
    assert.equal(to(node("ibm-cloud.kubernetes.io/subnet-id: other")), "allowed");
    assert.equal(
      to(node("ibm-cloud.kubernetes.io/subnet-id: other"), [workerFrom("w", "10.240.0.5", "subnet-1")]),
      "allowed",
    );
    assert.match(
      to(node("ibm-cloud.kubernetes.io/subnet-id: gone")),
      /^undecided at route: subnet gone, in which node\/n1 stands/,
    );
  });
});
