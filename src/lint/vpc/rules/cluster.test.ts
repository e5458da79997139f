/** Networks and what clusters need of them: PC240 to PC249. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, found, oneList, printed } from "../findings.fixture.ts";
import { address, type NetworkSketch, originOf, range } from "../network.fixture.ts";
import { both, DENY_ALL, PLATFORM, THREE_ZONES } from "../recipes.fixture.ts";

const CORPORATE =
  "corp-out: allow outbound all 0.0.0.0/0 -> 207.42.8.0/24\ncorp-in: allow inbound all 207.42.8.0/24 -> 0.0.0.0/0\n";

describe("PC240: rule for public addresses, and no way there", () => {
  it("names both rules of a connection at once, and what is missing", () => {
    assert.equal(
      printed("PC240", oneList(CORPORATE)),
      'web.json:3:1: warning PC240: "corp-in" allows 207.42.8.0/24, as does "corp-out" (web.json:2), which are public addresses, and subnet here (10.0.1.0/24) ' +
        "has no public gateway, floating IP, public load balancer or route there: no packet comes that far\n" +
        "  attach a public gateway to the subnet that needs these addresses; nothing to do where a VPN, Direct Link or Transit Gateway leads there",
    );
    assert.equal(found("PC240", oneList(CORPORATE)).length, 1);
  });

  const gateway = {
    subnets: { here: { cidr: "10.0.1.0/24", acl: "web", gateway: "gw" } },
    gateways: { gw: { zone: "us-south-1" } },
  };
  const route = {
    name: "vpn",
    zone: "us-south-1",
    destination: range("207.42.0.0/16"),
    action: "deliver",
    nextHop: address("10.0.1.7"),
    origin: originOf("t.json", "t"),
  } as const;
  const table = { id: "t", name: "t", vpc: "v1", routes: [route], origin: originOf("t.json", "t") };
  for (const [what, sketch] of [
    ["a public gateway", oneList(CORPORATE, gateway)],
    [
      "a floating IP",
      oneList(CORPORATE, {
        interfaces: [{ kind: "instance", name: "i", address: "10.0.1.9", floating: "169.48.1.1" }],
      }),
    ],
    [
      "a public load balancer",
      oneList(CORPORATE, {
        loadBalancers: [{ name: "lb", kind: "network", subnets: ["here"], addresses: [], isPublic: true, members: [] }],
      }),
    ],
    [
      "a route",
      oneList(CORPORATE, {
        more: {
          routingTables: [table],
          subnets: [
            {
              id: "here",
              name: "here",
              vpc: "v1",
              zone: "us-south-1",
              addresses: range("10.0.1.0/24"),
              acl: "web",
              publicGateway: undefined,
              routingTable: "t",
              origin: originOf("s.json", "s"),
            },
          ],
        },
      }),
    ],
    ["the provider's own services, which look public", oneList(PLATFORM)],
    [
      "private networks, and everything",
      oneList("a: allow outbound all 0.0.0.0/0 -> 10.9.0.0/16\nb: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0\n"),
    ],
    ["a deny rule", oneList("a: deny outbound all 0.0.0.0/0 -> 207.42.8.0/24\n")],
  ] as const) {
    it(`is silent with ${what}`, () => assert.deepEqual(found("PC240", sketch), []));
  }
});

describe("PC241: public gateway behind a closed access list", () => {
  const behind = (rules: string): NetworkSketch =>
    oneList(rules, {
      subnets: { here: { cidr: "10.0.1.0/24", acl: "web", gateway: "gw" } },
      gateways: { gw: { zone: "us-south-1" } },
    });
  const out = "api-out: allow outbound tcp 0.0.0.0/0 -> 203.0.113.0/24 443\n";
  const back = "api-in: allow inbound tcp 203.0.113.0/24 443 -> 0.0.0.0/0 1024-65535\n";

  it("names the rule that drops requests, or replies", () => {
    assert.equal(
      printed("PC241", behind(DENY_ALL)),
      'web.json:2:1: warning PC241: subnet here (10.0.1.0/24) has public gateway gw, and nothing can use it: requests are dropped outbound by "deny-all-outbound" (web.json:2)\n' +
        "  add, for each public endpoint that pods need, an outbound rule to it and an inbound rule for its replies, both before the rules that deny everything; or detach the gateway",
    );
    assert.match(
      printed("PC241", behind(out + DENY_ALL)),
      /^web.json:4:1: .* replies are dropped inbound by "deny-all-inbound"/,
    );
    assert.match(
      printed("PC241", behind(out)),
      /^web.json:1:1: .* replies are dropped inbound, as no rule of access list "web" matches them/,
    );
  });

  it("does not take the provider's own services for the internet", () =>
    assert.equal(found("PC241", behind(PLATFORM + DENY_ALL)).length, 1));
  it("is silent where one endpoint can be asked, without a gateway, and where the list is not known", () => {
    assert.deepEqual(found("PC241", behind(out + back + DENY_ALL)), []);
    assert.deepEqual(found("PC241", oneList(DENY_ALL)), []);
    assert.deepEqual(
      found("PC241", {
        subnets: { s: { cidr: "10.0.1.0/24", acl: "gone", gateway: "gw" } },
        gateways: { gw: { zone: "us-south-1" } },
      }),
      [],
    );
  });
});

describe("PC242: public gateway cannot serve", () => {
  const subnets = { s: { cidr: "10.0.1.0/24", gateway: "gw" } };

  it("finds one of another zone, and one that is not up", () => {
    assert.match(
      printed("PC242", { subnets, gateways: { gw: { zone: "us-south-2" } } }),
      /^subnets.json:1:1: .* subnet s \(10.0.1.0\/24\) has public gateway gw of zone us-south-2 and is itself in zone us-south-1: .*\n {2}attach a gateway of zone us-south-1, such as CLUSTER-us-south-1-gateway$/,
    );
    assert.match(
      printed("PC242", { subnets, gateways: { gw: { zone: "us-south-1", status: "pending" } } }),
      /which is pending: only an available gateway/,
    );
  });

  it("is silent about one gateway for each zone", () => {
    assert.deepEqual(
      found("PC242", { subnets, gateways: { gw: { zone: "us-south-1" }, two: { zone: "us-south-2" } } }),
      [],
    );
  });
});

describe("PC243: only one of two access lists knows the other subnet", () => {
  const pair = (one: string, other: string, workers: readonly string[] = []): NetworkSketch => ({
    subnets: { app: { cidr: "10.0.1.0/24", acl: "app" }, db: { cidr: "10.0.2.0/24", acl: "db", workers } },
    acls: { app: one + DENY_ALL, db: other + DENY_ALL },
  });
  const app = both("db", "10.0.2.0/24");

  it("names the rules that lead nowhere, and what drops there", () => {
    assert.equal(
      printed("PC243", pair(app, "")),
      'app.json:3:1: warning PC243: "db-in" lets packets in from subnet db (10.0.2.0/24), whose access list "db" drops them outbound by "deny-all-outbound" (db.json:2); ' +
        'the same goes for "db-out" (app.json:2)\n' +
        '  name this list\'s subnets in access list "db" too, in both directions, or remove the rules for db here',
    );
  });

  it("is silent where both name each other, even if one of them admits less", () => {
    assert.deepEqual(found("PC243", pair(app, both("app", "10.0.1.0/24"))), []);
    const less =
      "in: allow inbound tcp 10.0.1.0/24 -> 0.0.0.0/0 5432\nout: allow outbound tcp 0.0.0.0/0 5432 -> 10.0.1.0/24\n";
    assert.deepEqual(found("PC243", pair(app, less)), []);
  });

  it("is silent about rules that admit no requests, as for errors of ICMP that the other list never sends", () => {
    const less =
      "in: allow inbound tcp 10.0.1.0/24 -> 0.0.0.0/0 5432\nout: allow outbound tcp 0.0.0.0/0 5432 -> 10.0.1.0/24\n";
    const errors = "big: allow inbound icmp.3.4 10.0.2.0/24 -> 0.0.0.0/0\n";
    assert.deepEqual(found("PC243", pair(app.replaceAll("icmp_tcp_udp", "tcp") + errors, less)), []);
  });

  it("does not take a wider network for a subnet that happens to be in it", () => {
    assert.deepEqual(found("PC243", pair(both("all", "10.0.0.0/8"), "")), []);
  });
});

describe("PC244: workers of a cluster cannot reach each other", () => {
  const zones = (one: string, other: string): NetworkSketch => ({
    subnets: {
      one: { cidr: "10.0.1.0/24", zone: "us-south-1", acl: "list-1", workers: ["10.0.1.5"] },
      two: { cidr: "10.0.2.0/24", zone: "us-south-2", acl: "list-2", workers: ["10.0.2.5"] },
    },
    acls: { "list-1": one + DENY_ALL, "list-2": other + DENY_ALL },
  });

  it("finds a subnet that the other lists do not name", () => {
    assert.equal(
      printed("PC244", zones("", both("one", "10.0.1.0/24", "any"))),
      "list-1.json:2:1: error PC244: workers of c1 in subnet one (10.0.1.0/24) and in subnet two (10.0.2.0/24) cannot reach each other by anything: " +
        'requests are dropped outbound by "deny-all-outbound" (list-1.json:2); requests are dropped inbound by "deny-all-inbound" (list-1.json:3)\n' +
        "  let the lists of both subnets admit the CIDR of the other, one inbound and one outbound rule in each, before the rules that deny everything",
    );
    assert.deepEqual(found("PC243", zones("", both("one", "10.0.1.0/24"))), [], "and says it once");
  });

  it("finds that only TCP passes, so nodes reach each other and pods do not", () => {
    const [only = "", ...more] = found(
      "PC244",
      zones(both("two", "10.0.2.0/24", "tcp"), both("one", "10.0.1.0/24", "tcp")),
    );
    assert.match(
      only,
      /cannot reach each other by IP-in-IP, VXLAN and WireGuard \(all traffic between pods of the two subnets\): requests are dropped outbound/,
    );
    assert.deepEqual(more, []);
  });

  it("finds single ports that workers need", () => {
    const web =
      "web-out: allow outbound tcp 0.0.0.0/0 -> 10.0.2.0/24 443\nweb-in: allow inbound tcp 10.0.2.0/24 443 -> 0.0.0.0/0\n";
    const there =
      "web-in: allow inbound tcp 10.0.1.0/24 -> 0.0.0.0/0 443\nweb-out: allow outbound tcp 0.0.0.0/0 443 -> 10.0.1.0/24\n";
    assert.match(
      found("PC244", zones(web, there)).join(),
      /by TCP 10250 .*, TCP 5473 .*, TCP 179 \(BGP: routes to pods\), IP-in-IP/,
    );
  });

  it("is silent where everything passes, and about BGP where VXLAN carries the pods", () => {
    assert.deepEqual(found("PC244", zones(both("two", "10.0.2.0/24", "all"), both("one", "10.0.1.0/24", "all"))), []);
    const vxlan = (name: string, network: string) =>
      `${name}-v-out: allow outbound udp 0.0.0.0/0 -> ${network} 4789\n${name}-v-in: allow inbound udp ${network} -> 0.0.0.0/0 4789\n` +
      [10250, 5473]
        .map(
          (port) =>
            `${name}-${port}-a: allow outbound tcp 0.0.0.0/0 -> ${network} ${port}\n${name}-${port}-b: allow inbound tcp ${network} ${port} -> 0.0.0.0/0\n` +
            `${name}-${port}-c: allow inbound tcp ${network} -> 0.0.0.0/0 ${port}\n${name}-${port}-d: allow outbound tcp 0.0.0.0/0 ${port} -> ${network}\n`,
        )
        .join("");
    assert.deepEqual(found("PC244", zones(vxlan("two", "10.0.2.0/24"), vxlan("one", "10.0.1.0/24"))), []);
  });

  it("does not ask lists about workers of one subnet, or of different clusters", () => {
    const subnets = {
      one: { cidr: "10.0.1.0/24", acl: "l", workers: ["10.0.1.5", "10.0.1.6"] },
      two: { cidr: "10.0.2.0/24", acl: "l", workers: ["10.0.2.5@c2"] },
    };
    assert.deepEqual(found("PC244", { subnets, acls: { l: DENY_ALL } }), []);
  });
});

describe("PC245: workers cannot reach the provider's services", () => {
  const four = PLATFORM.trim().split("\n");
  const needs: readonly (readonly [number, RegExp])[] = [
    [
      0,
      /cannot use 161.26.0.0\/16 by UDP 53 \(DNS\), TCP 80 and 443 \(packages and images\), so new workers cannot be set up.*: requests are dropped outbound by "deny-all-outbound"/,
    ],
    [1, /161.26.0.0\/16 .*: replies are dropped inbound by "deny-all-inbound"/],
    [
      2,
      /cannot use 166.8.0.0\/14 by TCP, so workers do not reach the cluster's master, the image registry .*: requests are dropped outbound/,
    ],
    [3, /166.8.0.0\/14 .*: replies are dropped inbound/],
  ];
  for (const [missing, text] of needs) {
    it(`tells what fails without ${four[missing]?.split(":")[0]}`, () => {
      const rules = `${four.filter((_, i) => i !== missing).join("\n")}\n${DENY_ALL}`;
      const [only = "", ...more] = found("PC245", oneList(rules));
      assert.match(only, text);
      assert.deepEqual(more, []);
    });
  }

  it("says which rule to add", () => {
    assert.match(
      printed("PC245", oneList(`${four.slice(0, 3).join("\n")}\n${DENY_ALL}`)),
      /\n {2}allow inbound icmp_tcp_udp from 166.8.0.0\/14 to 0.0.0.0\/0 before "deny-all-inbound"$/,
    );
  });

  it("knows that clusters from 1.28 on reach the master by endpoint gateways", () => {
    const sketch: NetworkSketch = {
      subnets: { here: { cidr: "10.0.1.0/24", acl: "web", workers: ["10.0.1.5"] } },
      acls: { web: `${four.slice(0, 2).join("\n")}\n${DENY_ALL}` },
      clusters: { c1: { version: "1.28.15_1583" } },
    };
    assert.match(
      found("PC245", sketch).join(),
      /^web.json:4 workers of c1 in subnet here \(10.0.1.0\/24\) .* so workers do not reach services with private endpoints:/,
    );
  });

  it("is silent with all four, about lists that name neither network, and where another provider has no such networks", () => {
    assert.deepEqual(found("PC245", oneList(PLATFORM + DENY_ALL)), []);
    assert.deepEqual(found("PC245", oneList(DENY_ALL)), []);
    assert.deepEqual(
      found(
        "PC245",
        oneList(DENY_ALL, {
          subnets: { here: { cidr: "10.0.1.0/24", acl: "web", workers: ["10.0.1.5"] } },
          more: { serviceNetworks: [] },
        }),
      ),
      [],
    );
  });
});

describe("PC246: workers cannot reach an endpoint gateway", () => {
  const sketch = (rules: string, version: string, more: NetworkSketch["interfaces"] = []): NetworkSketch => ({
    subnets: {
      here: { cidr: "10.0.1.0/24", acl: "web", workers: ["10.0.1.5"] },
      gates: { cidr: "10.0.9.0/24", acl: "open" },
    },
    acls: {
      web: rules + PLATFORM + DENY_ALL,
      open: "in: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nout: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0",
    },
    clusters: { c1: { version } },
    interfaces: [{ kind: "endpoint gateway", name: "master", address: "10.0.9.4", subnet: "gates" }, ...more],
  });

  it("names the gateway, its subnet and what drops", () => {
    assert.match(
      printed("PC246", sketch("", "1.30.1")),
      /^web.json:6:1: warning PC246: workers of c1 in subnet here \(10.0.1.0\/24\) cannot reach endpoint gateway master \(10.0.9.4 in subnet gates\): requests are dropped outbound by "deny-all-outbound" \(web.json:6\); since 1.28/,
    );
  });

  it("is silent where the subnet is admitted, one address at least is reached, or the cluster is older", () => {
    assert.deepEqual(found("PC246", sketch(both("gates", "10.0.9.0/24"), "1.30.1")), []);
    assert.deepEqual(
      found("PC246", sketch("", "1.30.1", [{ kind: "endpoint gateway", name: "master", address: "10.0.1.4" }])),
      [],
    );
    assert.deepEqual(found("PC246", sketch("", "1.27.9")), []);
  });
});

describe("PC247: load balancer cannot reach its members", () => {
  const sketch = (rules: string, kind: "application" | "network", isPublic = false): NetworkSketch => ({
    subnets: { here: { cidr: "10.0.1.0/24", acl: "web" }, front: { cidr: "10.0.9.0/24", acl: "open" } },
    acls: {
      web: rules + DENY_ALL,
      open: "in: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nout: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0",
    },
    loadBalancers: [
      {
        name: "shop",
        kind,
        subnets: ["front"],
        addresses: ["10.0.9.4"],
        isPublic,
        members: ["10.0.1.5:31080", "10.0.1.6:31080"],
      },
    ],
  });
  const nodePorts =
    "in: allow inbound tcp 10.0.9.0/24 -> 0.0.0.0/0 30000-32767\nout: allow outbound tcp 0.0.0.0/0 30000-32767 -> 10.0.9.0/24 1024-65535\n";

  it("names the node ports and what drops", () => {
    assert.match(
      printed("PC247", sketch("", "application")),
      /^web.json:3:1: warning PC247: application load balancer shop: addresses in subnet front \(10.0.9.0\/24\) cannot reach its members in subnet here \(10.0.1.0\/24\) at TCP 31080, so health checks and requests fail: requests are dropped inbound by "deny-all-inbound"/,
    );
  });

  it("looks at the replies too", () => {
    assert.match(
      found("PC247", sketch(nodePorts.split("\n")[0] + "\n", "application")).join(),
      /replies are dropped outbound/,
    );
  });

  it("knows that a network load balancer keeps the addresses of clients", () => {
    assert.match(
      found("PC247", sketch(nodePorts, "network", true)).join(),
      /clients on the internet, whose addresses it keeps, cannot reach its members/,
    );
    assert.deepEqual(found("PC247", sketch(nodePorts.replaceAll("10.0.9.0/24", "0.0.0.0/0"), "network", true)), []);
  });

  it("is silent where node ports are open to its subnets, and for members in its own subnet", () => {
    assert.deepEqual(found("PC247", sketch(nodePorts, "application")), []);
    const own = { subnets: { here: { cidr: "10.0.1.0/24", acl: "web" } }, acls: { web: DENY_ALL } };
    assert.deepEqual(
      found("PC247", {
        ...own,
        loadBalancers: [
          { name: "lb", kind: "application", subnets: ["here"], addresses: [], members: ["10.0.1.5:31080"] },
        ],
      }),
      [],
    );
  });
});

describe("PC248: fragmentation-needed messages are dropped", () => {
  const tcp = "a: allow outbound tcp 0.0.0.0/0 -> 10.9.0.0/16 443\nb: allow inbound tcp 10.9.0.0/16 443 -> 0.0.0.0/0\n";

  it("names the networks from which they are dropped, once for a list", () => {
    assert.match(
      printed("PC248", oneList(tcp)),
      /^web.json:1:1: info PC248: access list "web" lets TCP out to 10.9.0.0\/16 and drops ICMP type 3 code 4 from there: .*\n {2}allow inbound icmp type 3 code 4 from 10.9.0.0\/16$/,
    );
  });

  it("is silent where they pass, and where no TCP goes out", () => {
    assert.deepEqual(found("PC248", oneList(`${tcp}c: allow inbound icmp.3.4 10.0.0.0/8 -> 0.0.0.0/0\n`)), []);
    assert.deepEqual(found("PC248", oneList(both("all", "10.9.0.0/16"))), []);
    assert.deepEqual(found("PC248", oneList("a: allow outbound udp 0.0.0.0/0 -> 10.9.0.0/16 53\n")), []);
    const cut = "a: allow outbound tcp 0.0.0.0/0 -> 10.9.0.0/16 443\n";
    assert.deepEqual(found("PC248", oneList(cut)), [], "no connection comes about, and PC220 says so");
  });
});

describe("PC249: access lists beside security groups", () => {
  const group = (id: string) =>
    ({
      id,
      name: id,
      vpc: "v1",
      rules: [
        {
          name: "",
          direction: "inbound",
          local: range("0.0.0.0/0"),
          remote: { kind: "group", group: id },
          traffic: [],
          legacyTraffic: [],
          protocol: "all",
          origin: originOf("g.json", id),
        },
      ],
      origin: originOf("g.json", id),
    }) as const;

  it("names lists and groups, once for a cluster", () => {
    assert.match(
      printed("PC249", { ...THREE_ZONES, more: { groups: [group("kube-c1")] } }),
      /info PC249: workers of c1 are behind access list "shop-us-south-1-acl", .* and behind security groups \(kube-c1\): packets have to pass both/,
    );
    assert.equal(found("PC249", { ...THREE_ZONES, more: { groups: [group("kube-c1")] } }).length, 1);
  });

  it("knows that clusters from 1.30 on always have groups", () => {
    assert.match(
      found("PC249", { ...THREE_ZONES, clusters: { c1: { version: "1.30.1" } } }).join(),
      /the security groups that clusters have since 1.30/,
    );
  });

  it("is silent about older clusters without groups, and about workers behind the default list alone", () => {
    assert.deepEqual(found("PC249", THREE_ZONES), []);
    const plain = {
      subnets: { s: { cidr: "10.0.1.0/24", workers: ["10.0.1.5"] } },
      acls: { d: "" },
      defaultAcl: "d",
      clusters: { c1: { version: "1.31.0" } },
    };
    assert.deepEqual(found("PC249", plain), []);
  });
});

it("every finding says what to do", () => {
  for (const { remedy, message } of check(oneList(CORPORATE + DENY_ALL))) {
    assert.ok(remedy.length > 10 && message.length > 40);
  }
});
