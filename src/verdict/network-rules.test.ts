/** How networks treat packets, rule by rule; the numbers are those of the list of pitfalls that these tests guard against. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLUSTER, nodeManifest } from "../path/seed-networks.fixture.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import type { Subnet, VpcInventory } from "../vpc/model.ts";
import {
  aclFrom,
  addressesFrom,
  addressFrom,
  gatewayFrom,
  groupFrom,
  interfaceFrom,
  networksFrom,
  originIn,
  subnetFrom,
  workerFrom,
} from "../vpc/networks.fixture.ts";
import { outcomeText, stageNames, verdictOn } from "./network.fixture.ts";
import type { Verdict } from "./verdict.ts";

const OUT = "out: allow outbound any 0.0.0.0/0 0.0.0.0/0";
const IN = "in: allow inbound any 0.0.0.0/0 0.0.0.0/0";

/** What differs from two open subnets of one VPC: their lists, and anything else. */
interface Given extends Partial<VpcInventory> {
  /** The lists of the two subnets; an empty name stands for the same list on both. */
  readonly rules?: readonly [first: readonly string[], second: readonly string[]];
  readonly first?: Partial<Subnet>;
  readonly second?: Partial<Subnet>;
  readonly assume?: FixtureOptions["assumptions"];
}

function ask(from: string, to: string, packet: string, given: Given = {}): string {
  return outcomeText(verdictOf(from, to, packet, given));
}

function verdictOf(
  from: string,
  to: string,
  packet: string,
  { rules, first, second, assume = {}, ...rest }: Given,
): Verdict {
  const [one = [OUT, IN], two = [OUT, IN]] = rules ?? [];
  const vpc = networksFrom({
    subnets: [
      subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "acl-1", ...first }),
      subnetFrom("subnet-2", "10.240.64.0/24", "zone-2", { acl: "acl-2", ...second }),
    ],
    acls: [aclFrom("acl-1", one), aclFrom("acl-2", two)],
    ...rest,
  });
  return verdictOn(situationFrom(CLUSTER, { vpc, assumptions: assume }), from, to, packet);
}

describe("an access list", () => {
  it("without rules denies everything, and one with rules in one direction denies the other (3, S1-19)", () => {
    assert.equal(ask("worker-1", "worker-2", "tcp 22", { rules: [[], [OUT, IN]] }), "denied at acl outbound");
    assert.equal(ask("worker-1", "worker-2", "tcp 22", { rules: [[OUT], [OUT, IN]] }), "one-way at reply acl inbound");
    assert.equal(ask("worker-1", "worker-2", "tcp 22", { rules: [[IN], [OUT, IN]] }), "denied at acl outbound");
  });

  it("is decided by the first rule that matches, so a rule behind one that denies all is dead (4, 5, S1-20, S1-26)", () => {
    const deny = "deny-all: deny outbound any 0.0.0.0/0 0.0.0.0/0";
    const ssh = "ssh: allow outbound tcp 0.0.0.0/0 0.0.0.0/0 to 22";
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", {
        rules: [
          [IN, deny, ssh],
          [OUT, IN],
        ],
      }),
      "denied at acl outbound by deny-all",
    );
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", {
        rules: [
          [IN, ssh, deny],
          [OUT, IN],
        ],
      }),
      "allowed",
    );
  });

  it("does not filter inside its subnet, even where a rule names addresses of it (6, S1-04)", () => {
    const rules = [["never: deny outbound any 10.240.0.5 10.240.0.6"], [OUT, IN]] as const;
    assert.equal(ask("worker-1", "worker-1b", "tcp 22", { rules }), "allowed");
    assert.ok(stageNames(verdictOf("worker-1", "worker-1b", "tcp 22", { rules })).includes("-acl outbound"));
  });

  it("is asked four times between two subnets, twice where both have the same (7)", () => {
    const filters = (given: Given): readonly string[] =>
      stageNames(verdictOf("worker-1", "worker-2", "tcp 22", given)).filter((name) => name.includes("acl"));
    const four = ["acl outbound", "acl inbound", "reply acl outbound", "reply acl inbound"];
    assert.deepEqual(filters({}), four);
    assert.deepEqual(filters({ second: { acl: "acl-1" } }), four);
    const drops = (name: string, first: readonly string[], second: readonly string[]): void =>
      assert.match(ask("worker-1", "worker-2", "tcp 22", { rules: [first, second] }), new RegExp(`at ${name}$`));
    drops("acl outbound", [IN], [OUT, IN]);
    drops("acl inbound", [OUT, IN], [OUT]);
    drops("reply acl outbound", [OUT, IN], [IN]);
    drops("reply acl inbound", [OUT], [OUT, IN]);
  });

  it("judges what answers TCP, UDP and ICMP requests, and ICMP messages that ask nothing need no answer (8, 24)", () => {
    const rules = [
      [
        OUT,
        "tcp: allow inbound tcp 0.0.0.0/0 0.0.0.0/0 from 443 to 40000",
        "echo: allow inbound icmp 0.0.0.0/0 0.0.0.0/0 type 0",
      ],
      [OUT, IN],
    ] as const;
    assert.equal(ask("worker-1", "worker-2", "tcp 443", { rules }), "allowed");
    assert.equal(ask("worker-1", "worker-2", "tcp 443 from 40001", { rules }), "one-way at reply acl inbound");
    assert.equal(ask("worker-1", "worker-2", "udp 443", { rules }), "one-way at reply acl inbound");
    assert.equal(ask("worker-1", "worker-2", "icmp 8", { rules }), "allowed");
    assert.equal(ask("worker-1", "worker-2", "icmp 13", { rules }), "one-way at reply acl inbound");
    assert.equal(ask("worker-1", "worker-2", "icmp 3", { rules }), "allowed");
    assert.equal(ask("worker-1", "worker-2", "icmp 11", { rules: [[OUT], [OUT, IN]] }), "allowed");
  });

  it("sees carriers: their answer goes to the same port again, and IP-in-IP has none (9, 20)", () => {
    const vxlan = { assume: { "pod-overlay": "vxlan-cross-subnet" } } as const;
    const to = [
      "o: allow outbound udp 0.0.0.0/0 10.240.64.0/24 to 4789",
      "i: allow inbound udp 10.240.64.0/24 0.0.0.0/0 to 4789",
    ];
    const swapped = [
      "o: allow outbound udp 0.0.0.0/0 10.240.64.0/24 to 4789",
      "i: allow inbound udp 10.240.64.0/24 0.0.0.0/0 from 4789",
    ];
    assert.equal(ask("web-1", "web-2", "tcp 80", { ...vxlan, rules: [to, [OUT, IN]] }), "allowed");
    assert.match(
      ask("web-1", "web-2", "tcp 80", { ...vxlan, rules: [swapped, [OUT, IN]] }),
      /^undecided at reply acl inbound: which source port the overlay picks/,
    );
    const database = ["o: allow outbound tcp 0.0.0.0/0 0.0.0.0/0", "i: allow inbound tcp 0.0.0.0/0 0.0.0.0/0"];
    assert.equal(ask("web-1", "web-2", "tcp 5432", { rules: [database, [OUT, IN]] }), "denied at acl outbound");
    const wrapped = [
      "o: allow outbound ip_in_ip 10.240.0.0/24 10.240.64.0/24",
      "i: allow inbound ip_in_ip 10.240.64.0/24 0.0.0.0/0",
    ];
    assert.equal(ask("web-1", "web-2", "tcp 5432", { rules: [wrapped, [OUT, IN]] }), "allowed");
    assert.equal(ask("worker-1", "worker-2", "tcp 5432", { rules: [wrapped, [OUT, IN]] }), "denied at acl outbound");
  });

  it("of one wireguard port sees both ways alike, also inside a subnet", () => {
    const assume = { "pod-overlay": "wireguard" } as const;
    const rules = [
      [
        "o: allow outbound udp 0.0.0.0/0 0.0.0.0/0 from 51820 to 51820",
        "i: allow inbound udp 0.0.0.0/0 0.0.0.0/0 to 51820",
      ],
      [OUT, IN],
    ] as const;
    assert.equal(ask("web-1", "web-2", "tcp 80", { assume, rules }), "allowed");
    assert.ok(stageNames(verdictOf("web-1", "web-1b", "tcp 80", { assume })).includes("overlay"));
  });

  it("sees the private address on the inner side of gateways (10)", () => {
    const rules = [
      ["o: allow outbound tcp 10.240.0.5 203.0.113.9 to 443", "i: allow inbound tcp 203.0.113.9 10.240.0.5 from 443"],
      [OUT, IN],
    ] as const;
    const gateway = { first: { publicGateway: "gw" }, publicGateways: [gatewayFrom("gw", "zone-1")] } as const;
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", { rules, ...gateway }), "allowed");
    const outer = [
      "o: allow outbound tcp 198.51.100.200 203.0.113.9 to 443",
      "i: allow inbound tcp 203.0.113.9 198.51.100.200",
    ];
    assert.equal(
      ask("web-1", "203.0.113.9", "tcp 443", { rules: [outer, [OUT, IN]], ...gateway }),
      "denied at acl outbound",
    );
  });

  it("cannot rely on source ports of what a node masquerades (13)", () => {
    const narrow = ["o: allow outbound udp 0.0.0.0/0 161.26.0.0/16 from 40000 to 53", IN];
    assert.equal(ask("worker-1", "161.26.0.10", "udp 53", { rules: [narrow, [OUT, IN]] }), "allowed");
    assert.match(
      ask("web-1", "161.26.0.10", "udp 53", { rules: [narrow, [OUT, IN]] }),
      /^undecided at acl outbound: which source port masquerading picks/,
    );
    const all = ["o: allow outbound udp 0.0.0.0/0 161.26.0.0/16 from 1024-65535 to 53", IN];
    assert.equal(ask("web-1", "161.26.0.10", "udp 53 from 500", { rules: [all, [OUT, IN]] }), "allowed");
    const low = ["o: allow outbound udp 0.0.0.0/0 161.26.0.0/16 from 1-1023 to 53", IN];
    assert.equal(ask("web-1", "161.26.0.10", "udp 53 from 500", { rules: [low, [OUT, IN]] }), "denied at acl outbound");
  });

  it("that no subnet names is the VPC's default; not in the input, it is taken as it is born (S1-18)", () => {
    assert.equal(
      ask("worker-1", "worker-2", "tcp 22", { first: { acl: undefined }, second: { acl: undefined } }),
      "allowed",
    );
    const first = { acl: undefined };
    assert.match(
      ask("worker-1", "worker-2", "tcp 22", { first, assume: { "unlisted-acl": "unknown" } }),
      /^undecided at acl outbound: the rules of the default ACL/,
    );
    assert.match(
      ask("worker-1", "worker-2", "tcp 22", { first: { acl: "gone" } }),
      /^undecided at acl outbound: the rules of ACL gone /,
    );
    const acls = [aclFrom("default-acl", [IN]), aclFrom("acl-2", [OUT, IN])];
    assert.equal(ask("worker-1", "worker-2", "tcp 22", { first, acls }), "denied at acl outbound");
  });
});

describe("gateways and routes", () => {
  const GATEWAY = { first: { publicGateway: "gw" }, publicGateways: [gatewayFrom("gw", "zone-1")] } as const;

  it("lead to the internet only from a subnet whose gateway is there, available, and in its zone (11, S1-09)", () => {
    assert.equal(ask("web-1", "8.8.8.8", "udp 53", GATEWAY), "allowed");
    assert.match(ask("web-1", "8.8.8.8", "udp 53"), /^no-route at route: subnet subnet-1 has no public gateway/);
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", {
        ...GATEWAY,
        publicGateways: [gatewayFrom("gw", "zone-1", { status: "pending" })],
      }),
      /is pending, not available/,
    );
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", { ...GATEWAY, publicGateways: [gatewayFrom("gw", "zone-2")] }),
      /is in zone zone-2, and subnet subnet-1 in zone-1/,
    );
    assert.match(
      ask("web-1", "8.8.8.8", "udp 53", { ...GATEWAY, publicGateways: [] }),
      /^undecided at route: whether public gateway gw /,
    );
  });

  it("let nothing in: only a floating address does, and it replaces the gateway (11)", () => {
    assert.match(
      ask("8.8.8.8", "worker-1", "tcp 22", GATEWAY),
      /^no-route at route: the internet cannot reach 10.240.0.5/,
    );
    const db = interfaceFrom("db", "10.240.0.9", "subnet-1", { floatingAddress: addressFrom("198.51.100.7") });
    const groups = [groupFrom("g", ["i: inbound any any", "o: outbound any any"])];
    const given = { interfaces: [{ ...db, groups: ["g"] }], groups } as const;
    assert.equal(ask("8.8.8.8", "198.51.100.7", "tcp 22", given), "allowed");
    assert.equal(ask("10.240.0.9", "8.8.8.8", "tcp 443", given), "allowed");
    const gateways = verdictOf("10.240.0.9", "8.8.8.8", "tcp 443", { ...given, ...GATEWAY }).stages.flatMap(
      ({ stage }) => (stage.kind === "gateway" ? [stage.gateway] : []),
    );
    assert.deepEqual(gateways, ["floating address 198.51.100.7"]);
    const private_ = ["i: allow inbound tcp 8.8.8.8 10.240.0.9 to 22", "o: allow outbound tcp 10.240.0.9 8.8.8.8"];
    assert.equal(ask("8.8.8.8", "198.51.100.7", "tcp 22", { ...given, rules: [private_, []] }), "allowed");
  });

  it("need no gateway for the provider's own services, which span four blocks of 166 (12, S1-09)", () => {
    for (const address of ["161.26.0.10", "166.8.0.1", "166.9.1.1", "166.11.255.255"]) {
      assert.equal(ask("web-1", address, "tcp 443"), "allowed", address);
    }
    assert.match(ask("web-1", "166.12.0.1", "tcp 443"), /^no-route/);
    assert.match(ask("161.26.0.10", "worker-1", "tcp 443"), /^no-route .*open no connections into a VPC/);
  });

  it("name what a pod lacks for the internet, one at a time (S1-08)", () => {
    const rules = [
      [
        "o: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443",
        "i: allow inbound tcp 203.0.113.0/24 0.0.0.0/0 from 443",
      ],
      [],
    ] as const;
    const [out, back] = rules[0];
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules }), "allowed");
    assert.match(
      ask("web-1", "203.0.113.9", "tcp 443", { rules }),
      /^no-route at route: subnet subnet-1 has no public gateway/,
    );
    assert.equal(ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules: [[back], []] }), "denied at acl outbound");
    assert.equal(
      ask("web-1", "203.0.113.9", "tcp 443", { ...GATEWAY, rules: [[out], []] }),
      "one-way at reply acl inbound",
    );
    const policy =
      "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: no-way-out, namespace: shop}\nspec: {podSelector: {}, policyTypes: [Egress]}\n";
    const vpc = networksFrom({
      subnets: [subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "acl-1", publicGateway: "gw" })],
      acls: [aclFrom("acl-1", rules[0])],
      publicGateways: [gatewayFrom("gw", "zone-1")],
    });
    assert.equal(
      outcomeText(verdictOn(situationFrom(CLUSTER + policy, { vpc }), "web-1", "203.0.113.9", "tcp 443")),
      "denied at policy egress",
    );
  });

  it("are known to the VPC for its own subnets only; a way to other private networks is not listed (26)", () => {
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22"),
      /^undecided at route: whether a VPN, a transit gateway or a direct link leads to 10.9.0.1/,
    );
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { assume: { "unlisted-routes": "none" } }),
      /^no-route at route: nothing in VPC vpc-1 leads to/,
    );
    assert.match(ask("10.9.0.1", "worker-1", "tcp 22"), /^undecided at route/);
  });

  function table(
    destination: string,
    action: "deliver" | "drop" | "delegate" | "delegate_vpc",
    nextHop?: string,
  ): Partial<VpcInventory> {
    const origin = originIn("tables.json", 1);
    const hop = nextHop === undefined ? undefined : addressFrom(nextHop);
    const route = { name: "r", zone: "zone-1", destination: addressesFrom(destination), action, nextHop: hop, origin };
    return { routingTables: [{ id: "table", name: "table", vpc: "vpc-1", routes: [route], origin }] };
  }
  const first = { routingTable: "table" };

  it("follow the routes of the subnet's own table first", () => {
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "drop") }),
      /^no-route at route: route r of table table drops it/,
    );
    assert.equal(ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "deliver") }), "allowed");
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first, ...table("10.9.0.0/16", "deliver", "10.240.0.99") }),
      /^undecided at route: what 10.240.0.99/,
    );
    assert.match(
      ask("worker-1", "8.8.8.8", "tcp 22", {
        ...GATEWAY,
        first: { ...first, ...GATEWAY.first },
        ...table("8.0.0.0/8", "delegate_vpc"),
      }),
      /^no-route .*inside the VPC/,
    );
    assert.equal(
      ask("worker-1", "8.8.8.8", "tcp 22", {
        ...GATEWAY,
        first: { ...first, ...GATEWAY.first },
        ...table("8.0.0.0/8", "delegate"),
      }),
      "allowed",
    );
  });

  it("are those of the sender's zone", () => {
    const elsewhere = { ...first, zone: "zone-3" };
    const drop = table("10.9.0.0/16", "drop");
    assert.match(
      ask("worker-1", "10.9.0.1", "tcp 22", { first: elsewhere, ...drop }),
      /^undecided at route: whether a VPN/,
    );
  });

  it("translate on both sides between a subnet's gateway and a floating address", () => {
    const db = interfaceFrom("db", "10.240.64.9", "subnet-2", {
      floatingAddress: addressFrom("198.51.100.7"),
      groups: ["g"],
    });
    const groups = [groupFrom("g", ["i: inbound any 198.51.100.200", "o: outbound any any"])];
    const rules = [
      ["o: allow outbound tcp 10.240.0.5 198.51.100.7", "i: allow inbound tcp 198.51.100.7 10.240.0.5"],
      ["i: allow inbound tcp 198.51.100.200 10.240.64.9", "o: allow outbound tcp 10.240.64.9 198.51.100.200"],
    ] as const;
    const given = {
      ...GATEWAY,
      groups,
      interfaces: [db],
      rules,
      assume: { "unlisted-security-groups": "open" },
    } as const;
    assert.equal(ask("web-1", "198.51.100.7", "tcp 5432", given), "allowed");
    const unnamed = { ...given, publicGateways: [gatewayFrom("gw", "zone-1", { address: undefined })] };
    assert.match(ask("web-1", "198.51.100.7", "tcp 5432", unnamed), /^undecided at acl inbound: which address of /);
  });

  it("lead to pods of other subnets that are not encapsulated only by a route of the table, both ways", () => {
    const assume = { "pod-overlay": "none" } as const;
    assert.match(
      ask("web-1", "web-2", "tcp 80", { assume }),
      /^no-route at route: no route of the VPC leads to pod address 172.17.64.4/,
    );
    const there = { first, ...table("172.17.64.0/24", "deliver", "10.240.64.10") };
    assert.match(
      ask("web-1", "web-2", "tcp 80", { assume, ...there }),
      /^one-way at reply route: no route of the VPC leads to pod address 172.17.1.4/,
    );
    assert.equal(ask("web-1", "web-1b", "tcp 80", { assume }), "allowed");
  });

  it("do not lead to pods from outside the cluster", () => {
    assert.match(ask("8.8.8.8", "web-1", "tcp 80"), /^no-route at route: 172.17.1.4 is a pod's own address/);
    assert.match(
      ask("10.240.64.99", "web-1", "tcp 80"),
      /^no-route at route: no route of the VPC leads to pod address/,
    );
  });
});

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
