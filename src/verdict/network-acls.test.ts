/** What access lists do to packets. The numbers are those of the list of pitfalls that these tests guard against. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aclFrom, gatewayFrom } from "../vpc/networks.fixture.ts";
import { ask, type Given, IN, OUT, stageNames, verdictOf } from "./network.fixture.ts";

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
