/** Lists and the networks they are for: PC230 to PC239. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { found, oneList, places, printed } from "../findings.fixture.ts";
import { type NetworkSketch, originOf, range } from "../network.fixture.ts";

const TWO: NetworkSketch = {
  subnets: {
    one: { cidr: "10.0.1.0/24", zone: "us-south-1", acl: "list-1" },
    two: { cidr: "10.0.2.0/24", zone: "us-south-2", acl: "list-2" },
  },
};

function two(one: string, other = ""): NetworkSketch {
  return { ...TWO, acls: { "list-1": one, "list-2": other } };
}

describe("PC230: own side of a rule is in no subnet of the list", () => {
  it("suggests the CIDR that was meant", () => {
    const sketch: NetworkSketch = {
      subnets: { backend: { cidr: "10.10.20.0/24", acl: "b" }, more: { cidr: "10.10.40.0/24", acl: "b" } },
      acls: { b: "web: allow inbound tcp 10.8.0.0/16 -> 10.0.20.0/24 80\n" },
    };
    assert.equal(
      printed("PC230", sketch),
      'b.json:2:1: warning PC230: "web" never matches: its destination 10.0.20.0/24 is in no subnet of access list "b", which serves ' +
        "subnet backend (10.10.20.0/24), subnet more (10.10.40.0/24)\n" +
        "  write 10.10.20.0/24, or 0.0.0.0/0 for every subnet of the list",
    );
  });

  it("names the subnet whose CIDR it is", () => {
    assert.match(
      printed("PC230", two("x: allow outbound tcp 10.0.2.0/24 -> 10.8.0.0/16\n")),
      /its source 10.0.2.0\/24 .*\n {2}move it to the list of subnet two/,
    );
  });

  it("sees source and destination exchanged", () => {
    assert.match(
      printed("PC230", two("x: allow inbound tcp 10.0.1.0/24 -> 10.8.0.0/16\n")),
      /\n {2}exchange source and destination: of inbound traffic the destination is the subnet$/,
    );
  });

  for (const [what, sketch] of [
    [
      "the subnet, a part of it, more than it, and everything",
      two(
        ["10.0.1.0/24", "10.0.1.7", "10.0.0.0/16", "0.0.0.0/0"]
          .map((own) => `: allow inbound tcp 10.8.0.0/16 -> ${own}`)
          .join("\n"),
      ),
    ],
    ["a list that no subnet has", { acls: { free: "x: allow inbound tcp 10.8.0.0/16 -> 10.77.0.0/16" } }],
  ] as const) {
    it(`is silent about ${what}`, () => assert.deepEqual(found("PC230", sketch), []));
  }
});

describe("PC231: rule about traffic inside a subnet", () => {
  it("says that it isolates nothing, and what would", () => {
    assert.equal(
      printed("PC231", oneList("split: deny inbound tcp 10.0.1.0/25 -> 10.0.1.128/25\n")),
      'web.json:2:1: warning PC231: "split" isolates nothing: both its sides are inside subnet here (10.0.1.0/24), and no access list is asked ' +
        "about traffic that stays in a subnet\n" +
        "  separate workloads of one subnet with network policies, or machines with security groups, or give them subnets of their own",
    );
  });

  it("finds an allow rule for the subnet itself, whose own side is left open", () => {
    assert.match(
      printed("PC231", oneList("self: allow outbound all 0.0.0.0/0 -> 10.0.1.0/24\n")),
      /"self" has no effect/,
    );
  });

  it("is silent where one list serves both subnets, between which it is asked", () => {
    const shared = {
      subnets: { a: { cidr: "10.0.1.0/24", acl: "s" }, b: { cidr: "10.0.2.0/24", acl: "s" } },
      acls: { s: "x: deny inbound tcp 10.0.1.0/24 -> 10.0.2.0/24\n" },
    };
    assert.deepEqual(found("PC231", shared), []);
    assert.deepEqual(found("PC231", oneList("wide: deny inbound tcp 10.0.0.0/16 -> 10.0.1.0/24\n")), []);
  });
});

describe("PC232: rule splits a subnet", () => {
  it("tells which addresses are in and out, and which workers are left out", () => {
    const sketch: NetworkSketch = {
      subnets: { here: { cidr: "10.0.1.0/24", acl: "web", workers: ["10.0.1.9", "10.0.1.200"] } },
      acls: { web: "x: allow inbound tcp 10.8.0.0/16 -> 10.0.1.0/25\n" },
    };
    assert.equal(
      printed("PC232", sketch),
      'web.json:2:1: info PC232: "x" is about a part of subnet here (10.0.1.0/24): 10.0.1.0/25, not 10.0.1.128/25; workers that it leaves out: 10.0.1.200\n' +
        "  write 0.0.0.0/0 or the CIDR of the subnet, unless machines there are told apart by address on purpose",
    );
  });

  it("looks at the other subnets of the VPC too, but for single machines in them", () => {
    assert.match(
      found("PC232", two("x: allow outbound tcp 0.0.0.0/0 -> 10.0.2.0/26 5432\n")).join(),
      /a part of subnet two \(10.0.2.0\/24\): 10.0.2.0\/26, not/,
    );
    assert.deepEqual(found("PC232", two("x: allow outbound tcp 0.0.0.0/0 -> 10.0.2.9 5432\n")), []);
  });

  it("is silent about whole subnets, and about wider networks", () => {
    assert.deepEqual(
      found(
        "PC232",
        two("x: allow outbound tcp 10.0.1.0/24 -> 10.0.2.0/24\ny: allow outbound tcp 10.0.0.0/16 -> 10.0.0.0/8\n"),
      ),
      [],
    );
  });
});

describe("PC233: access list of another zone", () => {
  const named = (name: string): NetworkSketch => ({
    subnets: { s: { cidr: "10.0.1.0/24", zone: "us-south-1", acl: name } },
    acls: { [name]: "" },
  });

  it("reads the zone in the list's name", () => {
    assert.equal(
      printed("PC233", named("shop-us-south-2-acl")),
      'subnets.json:1:1: warning PC233: subnet s (10.0.1.0/24) of zone us-south-1 has access list "shop-us-south-2-acl", whose name says zone us-south-2: ' +
        "rules for the other zones may be missing\n" +
        "  attach the list of zone us-south-1, or rename this one if it is meant for both",
    );
    assert.equal(found("PC233", named("shop-zone2")).length, 1);
  });

  it("is silent about names of the right zone, without a zone, or with other numbers", () => {
    for (const name of ["shop-us-south-1-acl", "zone-1", "allow-all", "us-south-acl", "az20-list", "z1x", "v2-z"]) {
      assert.deepEqual(found("PC233", named(name)), [], name);
    }
  });

  it("sees by the rules that a list is written for another subnet, and says only that", () => {
    const pair = (name: string, cidr: string) =>
      `${name}-out: allow outbound all 0.0.0.0/0 -> ${cidr}\n${name}-in: allow inbound all ${cidr} -> 0.0.0.0/0\n`;
    const subnets = (first: string, second: string) => ({
      a: { cidr: "10.0.1.0/24", zone: "us-south-1", acl: first },
      b: { cidr: "10.0.2.0/24", zone: "us-south-2", acl: second },
      c: { cidr: "10.0.3.0/24", zone: "us-south-3", acl: "for-c" },
    });
    const acls = {
      "for-a": pair("b", "10.0.2.0/24") + pair("c", "10.0.3.0/24"),
      "for-b": pair("a", "10.0.1.0/24") + pair("c", "10.0.3.0/24"),
      "for-c": pair("a", "10.0.1.0/24") + pair("b", "10.0.2.0/24"),
    };
    assert.deepEqual(found("PC233", { subnets: subnets("for-a", "for-b"), acls }), []);
    const swapped = { subnets: subnets("for-b", "for-a"), acls };
    assert.equal(found("PC233", swapped).length, 2);
    assert.match(
      printed("PC233", swapped),
      /subnet a \(10.0.1.0\/24\) has access list "for-b"|subnet b \(10.0.2.0\/24\) has access list "for-a", which names that subnet as the other side and does not name subnet a/,
    );
    assert.deepEqual(found("PC231", swapped), []);
  });
});

describe("PC234: access list without a subnet", () => {
  it("is told where the subnets are known", () => {
    const sketch: NetworkSketch = { acls: { idle: "x: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n" } };
    assert.equal(
      printed("PC234", sketch),
      'idle.json:1:1: info PC234: no subnet has access list "idle", so its 1 rule filters nothing\n  attach it to the subnet it is for, or delete it',
    );
    assert.deepEqual(found("PC234", { ...sketch, complete: ["network acl"] }), [], "the subnets are not in the input");
  });

  it("is no fault of the default list, nor of a list that subnets without a list of their own have by default", () => {
    assert.deepEqual(found("PC234", { acls: { d: "" }, defaultAcl: "d" }), []);
    assert.deepEqual(found("PC234", { subnets: { s: { cidr: "10.0.1.0/24" } }, acls: { d: "" }, defaultAcl: "d" }), []);
  });
});

describe("PC235: default access list was changed", () => {
  const born = "in: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nout: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0\n";
  const asDefault = (rules: string): NetworkSketch => ({
    subnets: { s: { cidr: "10.0.1.0/24" } },
    acls: { d: rules },
    defaultAcl: "d",
  });

  it("says whom it reaches", () => {
    assert.match(
      printed("PC235", asDefault(`no: deny inbound tcp 0.0.0.0/0 -> 0.0.0.0/0 22\n${born}`)),
      /^d.json:1:1: warning PC235: access list "d", the default of VPC v1, was changed: it filters 1 subnet now and every new one that is given no list of its own\n {2}put the rules/,
    );
  });

  it("finds a rule that is gone", () => assert.equal(found("PC235", asDefault(born.split("\n")[0] ?? "")).length, 1));
  it("is silent about the two rules it is born with, in both spellings", () => {
    assert.deepEqual(found("PC235", asDefault(born)), []);
    assert.deepEqual(found("PC235", asDefault(born.replaceAll(" all ", " icmp_tcp_udp "))), []);
  });
  it("is silent about lists that are no default", () => assert.deepEqual(found("PC235", oneList("")), []));
});

describe("PC236: address ranges overlap", () => {
  const cluster: NetworkSketch = {
    subnets: { s: { cidr: "10.0.1.0/24", acl: "web", workers: ["10.0.1.9"] } },
    clusters: { c1: {} },
  };

  it("finds subnets of one VPC that share addresses", () => {
    const subnets = {
      a: { cidr: "10.0.0.0/23" },
      b: { cidr: "10.0.1.0/24" },
      elsewhere: { cidr: "10.0.1.0/24", vpc: "v2" },
    };
    assert.deepEqual(found("PC236", { subnets }), [
      "subnets.json:1 subnet b and subnet a (subnets.json:1) share 10.0.1.0/24: packets to these addresses reach only one of the two, and rules mean both",
    ]);
  });

  for (const [what, sketch, text] of [
    [
      "pods in a subnet",
      { ...cluster, clusters: { c1: { pods: "10.0.0.0/18" } } },
      /the pod range of c1 and subnet s .* share 10.0.1.0\/24/,
    ],
    [
      "Services in a subnet",
      { ...cluster, clusters: { c1: { services: "10.0.0.0/16" } } },
      /the Service range of c1 and subnet s /,
    ],
    [
      "Services among pods",
      { ...cluster, clusters: { c1: { services: "172.17.0.0/20" } } },
      /the Service range of c1 and the pod range of c1/,
    ],
    [
      "pods in the provider's networks",
      { ...cluster, clusters: { c1: { pods: "166.8.0.0/18" } } },
      /the provider's own services and the pod range of c1/,
    ],
    [
      "pods of two clusters of a VPC",
      {
        subnets: { s: { cidr: "10.0.1.0/24", workers: ["10.0.1.9", "10.0.1.10@c2"] } },
        clusters: { c1: {}, c2: { services: "172.21.0.0/16" } },
      },
      /the pod range of c2 and the pod range of c1/,
    ],
  ] as const) {
    it(`finds ${what}`, () => {
      const [only = "", ...more] = found("PC236", sketch);
      assert.match(only, text);
      assert.deepEqual(more, []);
    });
  }

  it("finds a network of others, named in rules, that pods have too", () => {
    const acls = {
      web: "corp-out: allow outbound all 0.0.0.0/0 -> 172.16.0.0/14\ncorp-in: allow inbound all 172.16.0.0/14 -> 0.0.0.0/0\n",
    };
    assert.deepEqual(found("PC236", { ...cluster, acls }), [
      'web.json:2 "corp-out" names 172.16.0.0/14, and pods of c1 have 172.17.0.0/18 of it: what pods send to these addresses stays in the cluster and ' +
        "never reaches that network",
    ]);
  });

  it("finds rules for addresses of pods, which no list sees", () => {
    const acls = { web: "pods: allow outbound all 0.0.0.0/0 -> 172.17.0.0/18\n" };
    assert.match(
      printed("PC236", { ...cluster, acls }),
      /the list does not see these unless pods are routed without encapsulation\n {2}name the CIDRs of the worker subnets/,
    );
  });

  it("is silent about private networks as a whole, about what is denied, and where nothing overlaps", () => {
    const acls = {
      web: "a: allow outbound all 0.0.0.0/0 -> 172.16.0.0/12\nb: deny outbound all 0.0.0.0/0 -> 172.17.0.0/18\nc: allow outbound all 0.0.0.0/0 -> 10.9.0.0/16\n",
    };
    assert.deepEqual(found("PC236", { ...cluster, acls }), []);
  });
});

describe("PC237: name of a rule says otherwise", () => {
  it("tells action and direction apart", () => {
    assert.equal(
      printed("PC237", oneList("allow-return-inbound: deny outbound tcp 0.0.0.0/0 -> 10.8.0.0/16\n")),
      'web.json:2:1: warning PC237: the name of "allow-return-inbound" says allow, and the rule denies; it says inbound, and the rule is outbound\n' +
        "  correct the rule, or its name if the rule is as it was meant",
    );
  });

  it("is silent about names that say nothing, the truth, or both", () => {
    const names = ["web", "deny-all-inbound", "DENY_INGRESS", "before-allow-deny", "disallow", "blocker", "inbounds"];
    const rules = names.map((name, i) => `${name}: deny inbound tcp 10.${i}.0.0/16 -> 0.0.0.0/0`).join("\n");
    assert.deepEqual(found("PC237", oneList(rules)), []);
  });
});

describe("PC238: legacy protocol all may leave out overlay packets", () => {
  const rules = (network: string, protocol: string) =>
    `out: allow outbound ${protocol} 0.0.0.0/0 -> ${network}\nin: allow inbound ${protocol} ${network} -> 0.0.0.0/0\n`;
  const zones = (protocol: string, workers: readonly [string[], string[]]): NetworkSketch => ({
    subnets: {
      one: { cidr: "10.0.1.0/24", zone: "us-south-1", acl: "list-1", workers: workers[0] },
      two: { cidr: "10.0.2.0/24", zone: "us-south-2", acl: "list-2", workers: workers[1] },
    },
    acls: { "list-1": rules("10.0.2.0/24", protocol), "list-2": rules("10.0.1.0/24", protocol) },
  });
  const cluster = [["10.0.1.5"], ["10.0.2.5"]] as const;

  it("names the rule on which pods between zones depend, once for each list", () => {
    const sketch = zones("all", [[...cluster[0]], [...cluster[1]]]);
    assert.match(
      printed("PC238", sketch),
      /^list-1.json:2:1: info PC238: "out" allows all, which is documented as ICMP, TCP and UDP: .* reach subnet two \(10.0.2.0\/24\), is not documented/,
    );
    assert.equal(found("PC238", sketch).length, 2);
  });

  it("takes subnets of other zones that are named for those of a cluster, where none is known", () => {
    assert.equal(found("PC238", zones("all", [[], []])).length, 2);
  });

  it("is silent where a rule says it in so many words, and where only one zone has workers", () => {
    assert.deepEqual(found("PC238", zones("any", [[...cluster[0]], [...cluster[1]]])), []);
    assert.deepEqual(found("PC238", zones("all", [["10.0.1.5"], []])), []);
  });
});

describe("PC239: quota is nearly or more than used up", () => {
  const many = (count: number) =>
    oneList(Array.from({ length: count }, (_, i) => `r${i}: allow inbound tcp 10.${i}.0.0/16 -> 0.0.0.0/0`).join("\n"));

  it("counts the rules of a list, both directions together", () => {
    assert.equal(
      printed("PC239", many(180)),
      'web.json:1:1: warning PC239: access list "web" has 180 of 200 possible rules: 20 more fit\n' +
        "  join networks that touch into one CIDR, and rules that differ in one field",
    );
    assert.match(
      printed("PC239", many(203)),
      /has 203 rules, and the provider allows 200 rules: the last 3 cannot be made/,
    );
    assert.deepEqual(found("PC239", many(179)), []);
  });

  it("counts what could go", () => {
    const sketch = oneList("x: allow inbound tcp 10.8.0.0/16 -> 0.0.0.0/0\n".repeat(190));
    assert.match(printed("PC239", sketch), /\n {2}remove the 189 rules that decide nothing/);
  });

  it("knows the quotas of groups, interfaces, tables and load balancers", () => {
    const origin = originOf("all.json", "thing");
    const group = (id: string) => ({ id, name: id, vpc: "v1", rules: [], origin });
    const sketch: NetworkSketch = {
      subnets: { a: { cidr: "10.0.1.0/24" }, b: { cidr: "10.0.2.0/24" } },
      loadBalancers: [{ name: "nlb", kind: "network", subnets: ["a", "b"], addresses: [], members: [] }],
      more: {
        groups: Array.from({ length: 101 }, (_, i) => group(`g${i}`)),
        routingTables: [
          {
            id: "t",
            name: "t",
            vpc: "v1",
            routes: Array.from({ length: 201 }, (_, i) => ({
              name: `r${i}`,
              zone: "us-south-1",
              destination: range("10.9.0.0/16"),
              action: "drop",
              nextHop: undefined,
              origin,
            })),
            origin,
          },
        ],
      },
    };
    assert.deepEqual(
      found("PC239", sketch).map((text) => text.split(" ").slice(1).join(" ")),
      [
        "VPC v1 has 101 security groups, and the provider allows 100 security groups: the last 1 cannot be made",
        "routing table t has 201 routes, and the provider allows 200 routes: the last 1 cannot be made",
        "network load balancer nlb has 2 subnets, and the provider allows 1 subnet: the last 1 cannot be made",
      ],
    );
  });
});

it("a network without lists and clusters has nothing to say about", () =>
  assert.deepEqual(places({ subnets: { s: { cidr: "10.0.1.0/24" } } }), []));
