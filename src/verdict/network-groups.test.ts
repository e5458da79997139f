/** What security groups do to packets. The numbers are those of the list of pitfalls that these tests guard against. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { situationFrom } from "../situation/situation.fixture.ts";
import { SUBNET_LABEL, WORKER_LABEL } from "../vpc/ibm/workers.ts";
import type { VpcInventory, VpcKind } from "../vpc/model.ts";
import { groupFrom, interfaceFrom, networksFrom, subnetFrom, workerFrom } from "../vpc/networks.fixture.ts";
import { ask, IN, OUT, verdictOf, verdictOn } from "./network.fixture.ts";

describe("security groups", () => {
  const open = groupFrom("open", ["o: outbound any any", "i: inbound any any"]);
  const worker = (name: string, address: string, subnet: string, groups: readonly string[]) =>
    interfaceFrom(name, address, subnet, { kind: "worker", groups, spoofing: true });
  function workers(rules: readonly string[]): Partial<VpcInventory> {
    return {
      groups: [open, groupFrom("g", rules)],
      interfaces: [
        worker("w1", "10.240.0.5", "subnet-1", ["open"]),
        worker("w1b", "10.240.0.6", "subnet-1", ["g"]),
        worker("w2", "10.240.64.10", "subnet-2", ["g"]),
      ],
    };
  }

  it("allow what any rule allows, and let answers pass (16)", () => {
    assert.equal(ask("worker-1", "worker-2", "tcp 22", workers(["ssh: inbound tcp any to 22"])), "allowed");
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", workers(["dns: inbound udp any", "ssh: inbound tcp any to 22"])),
      "allowed",
    );
    assert.equal(
      ask("worker-1", "worker-2", "tcp 23", workers(["ssh: inbound tcp any to 22"])),
      "denied at security group inbound",
    );
    assert.equal(
      ask("worker-2", "worker-1", "tcp 22", workers(["ssh: inbound tcp any to 22"])),
      "denied at security group outbound",
    );
  });

  it("filter inside a subnet too, and between subnets both they and the lists must let pass (17)", () => {
    assert.equal(ask("worker-1", "worker-1b", "tcp 22", workers([])), "denied at security group inbound");
    const rules = [[OUT, IN], [OUT]] as const;
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", { ...workers(["all: inbound any any"]), rules }),
      "denied at acl inbound",
    );
  });

  it("that a rule names stand for the addresses of their members, and `local` narrows to own ones (16)", () => {
    const byGroup = (group: string): string =>
      ask("worker-1", "worker-2", "tcp 22", workers([`r: inbound tcp group:${group}`]));
    assert.equal(byGroup("open"), "allowed");
    assert.equal(byGroup("g"), "denied at security group inbound");
    assert.match(byGroup("absent"), /^undecided at security group inbound: who is a member of security group absent/);
    assert.equal(ask("worker-1", "worker-2", "tcp 22", workers(["r: inbound tcp any local 10.240.64.10"])), "allowed");
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", workers(["r: inbound tcp any local 10.240.0.6"])),
      "denied at security group inbound",
    );
  });

  it("may have members that the input does not tell of, unless it tells of all instances and workers", () => {
    const given = workers(["r: inbound tcp group:open"]);
    const unnamed = "10.240.0.99";
    const assume = { "unlisted-security-groups": "by-name" } as const;
    assert.match(ask(unnamed, "worker-2", "tcp 22", { ...given, assume }), /^undecided at security group outbound/);
    const inbound = (complete: VpcInventory["complete"]): string =>
      verdictOf(unnamed, "worker-2", "tcp 22", { ...given, assume, complete }).stages.find(
        ({ stage }) => stage.name === "security group inbound",
      )?.network?.verdict ?? "not asked";
    assert.equal(inbound(new Set(["instance"])), "undecided");
    assert.equal(inbound(new Set(["instance", "worker"])), "denied");
  });

  it("see the addresses of pods inside a subnet and those of workers between subnets (20)", () => {
    const forPods = ["pods: inbound tcp 172.17.0.0/16"];
    const forWorkers = ["workers: inbound any 10.240.0.0/16"];
    assert.equal(ask("web-1", "web-1b", "tcp 80", workers(forPods)), "allowed");
    assert.equal(ask("web-1", "web-1b", "tcp 80", workers(forWorkers)), "denied at security group inbound");
    assert.equal(ask("web-1", "web-2", "tcp 80", workers(forWorkers)), "allowed");
    assert.equal(ask("web-1", "web-2", "tcp 80", workers(forPods)), "denied at security group inbound");
  });

  it("judge the answer's carrier as a flow of its own where it is one", () => {
    const assume = { "pod-overlay": "vxlan" } as const;
    const oneWay = workers(["there: inbound udp 10.240.0.0/24 to 4789"]);
    assert.equal(ask("web-1", "web-2", "tcp 80", { assume, ...oneWay }), "one-way at reply security group outbound");
    assert.equal(ask("web-1", "web-2", "tcp 80", workers(["there: inbound ip_in_ip 10.240.0.0/24"])), "allowed");
  });

  it("have members by name whose nodes alone say which workers they are", () => {
    const node = (name: string, address: string, labels: readonly string[]): string =>
      [
        `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${name}\n  labels:\n    ${SUBNET_LABEL}: subnet-1`,
        ...labels.map((label) => `    ${WORKER_LABEL}: ${label}`),
        `status: { addresses: [{ type: InternalIP, address: ${address} }] }`,
      ].join("\n");
    const cluster = [node("labelled", "10.240.0.4", ["kube-c1-shop-1"]), node("mute", "10.240.0.5", [])].join(
      "\n---\n",
    );
    const own = groupFrom("id-1", ["out: outbound any any", "own: inbound any group:id-1"], "vpc-1", "kube-c1");
    const server = interfaceFrom("server", "10.240.0.10", "subnet-1", { groups: ["id-1"] });
    const subnets = [subnetFrom("subnet-1", "10.240.0.0/24", "zone-1")];
    const complete = new Set<VpcKind>(["instance", "worker"]);
    const vpc = networksFrom({ subnets, groups: [own], interfaces: [server], complete });
    const inbound = (from: string, assumed: "by-name" | "unknown"): readonly unknown[] => {
      const situation = situationFrom(cluster, { vpc, assumptions: { "unlisted-security-groups": assumed } });
      const { stages } = verdictOn(situation, from, "10.240.0.10", "tcp 79");
      const report = stages.find(({ stage }) => stage.name === "security group inbound")?.network;
      return [report?.verdict, ...(report?.assumptions ?? [])];
    };
    assert.deepEqual(inbound("labelled", "by-name"), ["allowed", "unlisted-security-groups"]);
    assert.deepEqual(inbound("labelled", "unknown"), ["undecided"]);
    assert.deepEqual(inbound("mute", "by-name"), ["undecided"]);
    assert.deepEqual(inbound("10.240.0.11", "by-name"), ["denied"]);
  });

  it("of managed workers are those named after the cluster, where they are in the input (16, 26)", () => {
    const managed = [
      workerFrom("kube-c1-pool-1", "10.240.0.5", "subnet-1"),
      workerFrom("kube-c1-pool-2", "10.240.64.10", "subnet-2"),
    ];
    const cluster = groupFrom("id-1", ["o: outbound any any", "own: inbound any group:id-1"], "vpc-1", "kube-c1");
    const given = { workers: managed, groups: [cluster] } as const;
    assert.equal(ask("worker-1", "worker-2", "tcp 22", given), "allowed");
    assert.equal(ask("10.240.0.99", "worker-2", "tcp 22", given).split(":")[0], "undecided at security group outbound");
    const other = { workers: managed, groups: [groupFrom("id-2", [])] } as const;
    assert.match(
      ask("worker-1", "worker-2", "tcp 22", other),
      /^undecided at security group outbound: the security groups of node\/worker-1/,
    );
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", { ...other, assume: { "unlisted-security-groups": "open" } }),
      "allowed",
    );
  });
});
