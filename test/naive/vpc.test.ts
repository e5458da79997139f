import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import {
  ANY,
  DNS,
  FLOATING_2,
  OUTSIDE,
  POD_1,
  POD_1B,
  POD_1_TOO,
  POD_2,
  SERVER_1,
  SERVER_2,
  SUBNET_1,
  SUBNET_2,
  WORKER_1,
  WORKER_1B,
  WORKER_2,
  expect,
  gateway,
  group,
  networks,
  openGroup,
  openRules,
  ports,
  rule,
} from "./three-subnets.ts";
import { ping, policy, tcp, udp } from "./two-namespaces.ts";

const gre = (source: string, destination: string) => ({ source, destination, protocol: 47 });

describe("rules of an access list", () => {
  test("the first rule of its direction that meets the packet decides, whatever stands between them", () => {
    const deny = rule("deny", "outbound", "tcp", ANY, SUBNET_2);
    expect("denied", networks({ first: [deny, ...openRules] }), tcp(SERVER_1, SERVER_2));
    expect("allowed", networks({ first: [...openRules, deny] }), tcp(SERVER_1, SERVER_2));
    const otherWay = rule("deny", "inbound", "tcp", ANY, SUBNET_2);
    expect("allowed", networks({ first: [otherWay, ...openRules] }), tcp(SERVER_1, SERVER_2));
  });

  test("no rule, or rules of the other direction only, denies", () => {
    expect("denied", networks({ first: [] }), tcp(SERVER_1, SERVER_2));
    expect("denied", networks({ first: openRules.slice(1) }), tcp(SERVER_1, SERVER_2));
    expect("one-way", networks({ first: openRules.slice(0, 1) }), tcp(SERVER_1, SERVER_2));
  });

  test("any is every protocol; all is three of them in an allow rule and every one in a deny rule", () => {
    for (const protocol of ["all", "icmp_tcp_udp"]) {
      const allow = [rule("allow", "outbound", protocol, ANY, ANY), rule("allow", "inbound", "any", ANY, ANY)];
      for (const packet of [tcp, udp, ping]) expect("allowed", networks({ first: allow }), packet(SERVER_1, SERVER_2));
      expect("undecided", networks({ first: allow }), gre(SERVER_1, SERVER_2));
      expect("denied", networks({ first: allow }), gre(SERVER_1, SERVER_2), { "overlay-matched-by-legacy-all": "no" });
      expect("allowed", networks({ first: allow }), gre(SERVER_1, SERVER_2), {
        "overlay-matched-by-legacy-all": "yes",
      });
    }
    for (const protocol of ["all", "any"]) {
      const deny = [rule("deny", "outbound", protocol, ANY, ANY), ...openRules];
      for (const packet of [tcp, ping, gre]) expect("denied", networks({ first: deny }), packet(SERVER_1, SERVER_2));
    }
    const deny = [rule("deny", "outbound", "icmp_tcp_udp", ANY, ANY)];
    assert.throws(() => expect("denied", networks({ first: deny }), tcp(SERVER_1, SERVER_2)), /cannot be denied/u);
  });

  test("a protocol with a name goes by its name, others by number", () => {
    const allowing = (protocol: string) =>
      networks({ first: [rule("allow", "outbound", protocol, ANY, ANY), rule("allow", "inbound", "any", ANY, ANY)] });
    expect("allowed", allowing("gre"), gre(SERVER_1, SERVER_2));
    expect("denied", allowing("esp"), gre(SERVER_1, SERVER_2));
    expect("allowed", allowing("number_99"), { ...gre(SERVER_1, SERVER_2), protocol: 99 });
    expect("denied", allowing("number_99"), gre(SERVER_1, SERVER_2));
    for (const name of ["number_6", "number_58", "number_256", "number_", "TCP"]) {
      assert.throws(() => expect("denied", allowing(name), gre(SERVER_1, SERVER_2)), /no protocol/u, name);
    }
  });

  test("ports are met from the first to the last, and port 0 by no range", () => {
    const range = rule("allow", "outbound", "tcp", ANY, ANY, ports([40_000, 40_001], [80, 90]));
    const world = networks({ first: [range, rule("allow", "inbound", "any", ANY, ANY)] });
    for (const [port, verdict] of [
      [79, "denied"],
      [80, "allowed"],
      [90, "allowed"],
      [91, "denied"],
    ] as const) {
      expect(verdict, world, tcp(SERVER_1, SERVER_2, port));
    }
    expect("denied", world, { ...tcp(SERVER_1, SERVER_2), sourcePort: 39_999 });
    expect("denied", world, udp(SERVER_1, SERVER_2));
    const all = networks({ first: [rule("allow", "outbound", "tcp", ANY, ANY), ...openRules.slice(1)] });
    expect("denied", all, tcp(SERVER_1, SERVER_2, 0));
  });

  test("an ICMP rule without type meets every message, one without code every code of its type", () => {
    const allowing = (traffic: object) =>
      networks({ first: [rule("allow", "outbound", "icmp", ANY, ANY, traffic), ...openRules.slice(1)] });
    expect("allowed", allowing({}), ping(SERVER_1, SERVER_2));
    expect("allowed", allowing({ type: 8 }), ping(SERVER_1, SERVER_2));
    expect("denied", allowing({ type: 8, code: 1 }), ping(SERVER_1, SERVER_2));
    expect("denied", allowing({ type: 0 }), ping(SERVER_1, SERVER_2));
  });

  test("a side is a block, bits beyond the prefix not counting, or a single address", () => {
    const to = (destination: string) =>
      networks({ first: [rule("allow", "outbound", "tcp", ANY, destination), ...openRules.slice(1)] });
    expect("allowed", to("10.240.64.77/24"), tcp(SERVER_1, SERVER_2));
    expect("allowed", to(SERVER_2), tcp(SERVER_1, SERVER_2));
    expect("denied", to("10.240.64.11"), tcp(SERVER_1, SERVER_2));
    const half = rule("allow", "outbound", "tcp", "10.240.0.0/29", SUBNET_2);
    expect("allowed", networks({ first: [half, ...openRules.slice(1)] }), tcp(WORKER_1, SERVER_2));
    expect("denied", networks({ first: [half, ...openRules.slice(1)] }), tcp(SERVER_1, SERVER_2));
  });
});

describe("access lists on the way", () => {
  test("inside a subnet nothing is filtered, even where a rule names its addresses", () => {
    const deny = [rule("deny", "inbound", "any", ANY, SERVER_1), rule("deny", "outbound", "any", WORKER_1, ANY)];
    expect("allowed", networks({ first: deny }), tcp(WORKER_1, SERVER_1));
    expect("denied", networks({ first: deny }), tcp(WORKER_2, SERVER_1));
  });

  test("between subnets the sender's list is asked outbound and the receiver's inbound", () => {
    const out = [rule("deny", "outbound", "tcp", ANY, SUBNET_2), ...openRules];
    const back = [rule("deny", "inbound", "tcp", SUBNET_1, ANY), ...openRules];
    expect("denied", networks({ first: out }), tcp(SERVER_1, SERVER_2));
    expect("denied", networks({ second: back }), tcp(SERVER_1, SERVER_2));
    expect("allowed", networks({ first: back, second: out }), tcp(SERVER_1, SERVER_2));
  });

  test("one list on both subnets is asked at each", () => {
    const rules = [
      rule("allow", "outbound", "tcp", SUBNET_1, SUBNET_2),
      rule("allow", "inbound", "tcp", SUBNET_2, ANY),
    ];
    expect("denied", networks({ first: rules, second: rules }), tcp(SERVER_1, SERVER_2));
  });

  test("a subnet that names no list has its VPC's default", () => {
    const { subnets, network_acls, ...rest } = networks({ first: [] });
    const unnamed = (subnets ?? []).map(({ network_acl: _acl, ...subnet }) => subnet);
    expect("allowed", { ...rest, subnets: unnamed, network_acls: network_acls ?? [] }, tcp(SERVER_1, SERVER_2));
  });

  test("replies are judged anew, with ports swapped, at both subnets", () => {
    const web = rule("allow", "outbound", "tcp", ANY, ANY, ports(undefined, [443, 443]));
    const answers = rule("allow", "inbound", "tcp", ANY, ANY, ports([443, 443]));
    expect("one-way", networks({ first: [web] }), tcp(SERVER_1, SERVER_2, 443));
    expect("allowed", networks({ first: [web, answers] }), tcp(SERVER_1, SERVER_2, 443));
    const inOnly = rule("allow", "inbound", "tcp", ANY, ANY);
    expect("one-way", networks({ second: [inOnly] }), tcp(SERVER_1, SERVER_2, 443));
    expect("one-way", networks({ second: [inOnly, web] }), tcp(SERVER_1, SERVER_2, 443));
    const outOnly = rule("allow", "outbound", "tcp", ANY, ANY, ports([443, 443]));
    expect("allowed", networks({ second: [inOnly, outOnly] }), tcp(SERVER_1, SERVER_2, 443));
  });

  test("requests of ICMP are answered by their reply, and nothing answers other messages", () => {
    const rules = [rule("allow", "outbound", "any", ANY, ANY), rule("allow", "inbound", "icmp", ANY, ANY, { type: 0 })];
    expect("allowed", networks({ first: rules }), ping(SERVER_1, SERVER_2));
    expect("one-way", networks({ first: rules }), { ...ping(SERVER_1, SERVER_2), icmpType: 13 });
    expect("allowed", networks({ first: rules }), { ...ping(SERVER_1, SERVER_2), icmpType: 3, icmpCode: 4 });
  });
});

describe("ways out of a VPC", () => {
  test("the internet needs a gateway that is available and of the subnet's zone, or a floating address", () => {
    const open = networks({});
    expect("allowed", open, tcp(WORKER_1, OUTSIDE));
    expect("no-route", open, tcp(WORKER_2, OUTSIDE));
    expect("allowed", open, tcp(SERVER_2, OUTSIDE));
    expect("no-route", { ...open, public_gateways: [gateway("pending", "zone-1")] }, tcp(WORKER_1, OUTSIDE));
    expect("no-route", { ...open, public_gateways: [gateway("available", "zone-2")] }, tcp(WORKER_1, OUTSIDE));
  });

  test("a gateway lets nobody in, a floating address does", () => {
    const open = networks({});
    for (const target of [WORKER_1, SERVER_1, SERVER_2, POD_1]) expect("no-route", open, tcp(OUTSIDE, target));
    expect("allowed", open, tcp(OUTSIDE, FLOATING_2));
  });

  test("the lists see private addresses at both", () => {
    const own = [rule("allow", "outbound", "any", SERVER_2, ANY), rule("allow", "inbound", "any", ANY, SERVER_2)];
    expect("allowed", networks({ second: own }), tcp(OUTSIDE, FLOATING_2));
    const floating = [rule("allow", "outbound", "any", ANY, ANY), rule("allow", "inbound", "any", ANY, FLOATING_2)];
    expect("denied", networks({ second: floating }), tcp(OUTSIDE, FLOATING_2));
  });

  test("to private addresses elsewhere a way may lead that no export lists, to the internet only if that is assumed", () => {
    const open = networks({});
    const unlisted = (value: "private" | "none" | "unknown") => ({ "unlisted-routes": value });
    for (const [source, target] of [
      [WORKER_2, "192.168.7.7"],
      ["192.168.7.7", WORKER_2],
      [POD_2, "10.99.0.1"],
    ] as const) {
      expect("undecided", open, tcp(source, target));
      expect("no-route", open, tcp(source, target), unlisted("none"));
      expect("denied", networks({ second: [] }), tcp(POD_2, "10.99.0.1"));
    }
    expect("undecided", open, tcp(WORKER_2, OUTSIDE), unlisted("unknown"));
    expect("allowed", open, tcp(WORKER_1, OUTSIDE), unlisted("unknown"));
  });

  test("the provider's services begin no connection", () => {
    expect("no-route", networks({}), tcp(DNS, WORKER_1));
  });

  test("the provider's services are not the internet: no gateway is needed, and the lists are asked", () => {
    for (const service of [DNS, "166.8.0.0", "166.11.255.255"]) expect("allowed", networks({}), udp(WORKER_2, service));
    expect("no-route", networks({}), udp(WORKER_2, "166.12.0.0"));
    expect("no-route", networks({}), udp(WORKER_2, "161.25.255.255"));
    expect("denied", networks({ second: [] }), udp(WORKER_2, DNS));
    expect("one-way", networks({ second: openRules.slice(0, 1) }), udp(WORKER_2, DNS));
  });
});

describe("security groups", () => {
  const out = { direction: "outbound", protocol: "any", remote: { cidr_block: ANY } };

  test("some rule of some group must meet the packet, at either end", () => {
    const onPort80 = { direction: "inbound", protocol: "tcp", port_min: 80, port_max: 80, remote: { cidr_block: ANY } };
    const world = networks({}, [group("group-1", out), group("group-2", onPort80)]);
    expect("allowed", world, tcp(SERVER_1, SERVER_2));
    expect("denied", world, tcp(SERVER_1, SERVER_2, 81));
    expect("denied", world, tcp(SERVER_2, SERVER_1));
    expect("denied", networks({}, []), tcp(SERVER_1, SERVER_2));
  });

  test("replies pass unasked", () => {
    const onlyIn = { direction: "inbound", protocol: "any", remote: { cidr_block: ANY } };
    expect("allowed", networks({}, [group("group-1", out), group("group-2", onlyIn)]), tcp(SERVER_1, SERVER_2));
  });

  test("they filter inside a subnet too", () => {
    expect("denied", networks({}, [group("group-1", out)]), tcp(WORKER_1, SERVER_1));
  });

  test("a group as remote is the addresses of its members", () => {
    const fromGroup = (id: string) => group("group-2", { direction: "inbound", protocol: "any", remote: { id } });
    expect("allowed", networks({}, [group("group-1", out), fromGroup("group-1")]), tcp(SERVER_1, SERVER_2));
    expect("denied", networks({}, [group("group-1", out), fromGroup("group-2")]), tcp(SERVER_1, SERVER_2));
  });

  test("whether a worker is a member no export tells", () => {
    const fromGroup = group("group-2", { direction: "inbound", protocol: "any", remote: { id: "group-1" } });
    expect("undecided", networks({}, [group("group-1", out), fromGroup]), tcp(WORKER_1, SERVER_2));
    expect("denied", networks({}, [group("group-1", out), group("group-2")]), tcp(WORKER_1, SERVER_2));
  });

  test("a rule may concern one address of the member only", () => {
    const local = { direction: "inbound", protocol: "any", remote: { cidr_block: ANY } };
    const world = (address: string) =>
      networks({}, [group("group-1", out), group("group-2", { ...local, local: { address } })]);
    expect("allowed", world(SERVER_2), tcp(SERVER_1, SERVER_2));
    expect("denied", world(SERVER_1), tcp(SERVER_1, SERVER_2));
  });

  test("those of workers no export tells: where they could decide, nothing is decided", () => {
    expect("undecided", networks({}), tcp(WORKER_1, SERVER_1), { "unlisted-security-groups": "unknown" });
    expect("denied", networks({ first: [] }), tcp(SERVER_2, WORKER_1), { "unlisted-security-groups": "unknown" });
  });
});

describe("groups of workers by their names", () => {
  const byName = { "unlisted-security-groups": "by-name" } as const;
  const inbound = { direction: "inbound", protocol: "tcp", port_min: 80, port_max: 80, remote: { cidr_block: ANY } };
  const outbound = { direction: "outbound", protocol: "any", remote: { cidr_block: ANY } };
  const named = { ...group("group-named", inbound, outbound), name: "kube-one" };
  const world = (...groups: Parameters<typeof networks>[1] & object) => ({
    ...networks({}, [openGroup, ...groups]),
    workers: [WORKER_1, WORKER_2].map((ipAddress, i) => ({
      id: `kube-one-shop-default-${i}`,
      location: "",
      networkInterfaces: [{ subnetID: "", ipAddress, cidr: "", primary: true }],
    })),
  });

  test("the one with the cluster's id counts, for those who are workers of it", () => {
    expect("allowed", world(named), tcp(WORKER_1, WORKER_2), byName);
    expect("denied", world(named), tcp(WORKER_1, WORKER_2, 81), byName);
    expect("undecided", world(named), tcp(WORKER_1B, WORKER_2), byName);
  });

  test("and so does the default group of the VPC", () => {
    const { vpcs, ...rest } = world(named);
    const more = (vpcs ?? []).map((vpc) => ({ ...vpc, default_security_group: { id: "group-open" } }));
    expect("allowed", { ...rest, vpcs: more }, tcp(WORKER_1, WORKER_2, 81), byName);
  });

  test("without one of that name nothing is known, without any group nothing is refused", () => {
    expect("undecided", world(), tcp(WORKER_1, WORKER_2), byName);
    expect("allowed", networks({}, []), tcp(WORKER_1, WORKER_2), byName);
  });

  test("its members are known by name too", () => {
    const ofWorkers = group("group-2", { direction: "inbound", protocol: "any", remote: { id: "group-named" } });
    const servers = (groups: readonly string[]) =>
      (networks({}).instances ?? []).map(({ network_interfaces, ...server }) => ({
        ...server,
        network_interfaces: network_interfaces.map((own) => ({
          ...own,
          security_groups: groups.map((id) => ({ id })),
        })),
      }));
    const closed = { ...world(named, ofWorkers), instances: servers(["group-2"]) };
    expect("allowed", closed, tcp(WORKER_1, SERVER_2), byName);
    expect("denied", closed, tcp(SERVER_1, SERVER_2), byName);
  });
});

describe("pods on the way", () => {
  const noTunnels = [...openRules.map((open) => ({ ...open, action: "deny", protocol: "ip_in_ip" })), ...openRules];
  const threeProtocols = openRules.map((open) => ({ ...open, protocol: "icmp_tcp_udp" }));

  test("on one node no network sees them", () => {
    expect("allowed", networks({ first: [] }, []), tcp(POD_1, POD_1_TOO), { "unlisted-security-groups": "unknown" });
    expect("allowed", networks({ first: [] }, []), tcp(POD_1, WORKER_1), { "unlisted-security-groups": "unknown" });
  });

  test("between nodes of one subnet they go as they are, past every list", () => {
    expect("allowed", networks({ first: [] }), tcp(POD_1, POD_1B));
    expect("undecided", networks({}), tcp(POD_1, POD_1B), { "unlisted-security-groups": "unknown" });
  });

  test("between subnets lists see protocol 4 between the nodes, whatever is inside", () => {
    expect("denied", networks({ first: noTunnels }), tcp(POD_1, POD_2));
    expect("allowed", networks({ first: noTunnels }), tcp(WORKER_1, WORKER_2));
    expect("undecided", networks({ first: threeProtocols }), tcp(POD_1, POD_2));
    const tunnel = [rule("allow", "outbound", "ip_in_ip", WORKER_1, WORKER_2)];
    expect("one-way", networks({ first: tunnel }), tcp(POD_1, POD_2));
    expect("allowed", networks({ first: [...tunnel, ...openRules.slice(1)] }), udp(POD_1, POD_2));
    expect("denied", networks({ first: tunnel }), tcp(WORKER_1, WORKER_2));
  });

  test("a tunnel of VXLAN answers to its own port, not from it", () => {
    const vxlan = ports(undefined, [4789, 4789]);
    const out = rule("allow", "outbound", "udp", ANY, ANY, vxlan);
    const swapped = rule("allow", "inbound", "udp", ANY, ANY, ports([4789, 4789]));
    const overlay = { "pod-overlay": "vxlan-cross-subnet" } as const;
    expect("one-way", networks({ first: [out] }), tcp(POD_1, POD_2), overlay);
    // One of the ports that a tunnel may take.
    expect("undecided", networks({ first: [out, swapped] }), tcp(POD_1, POD_2), overlay);
    const back = rule("allow", "inbound", "udp", ANY, ANY, vxlan);
    expect("allowed", networks({ first: [out, back] }), tcp(POD_1, POD_2), overlay);
  });

  test("without an overlay the networks do not know the way to a pod of another subnet", () => {
    expect("no-route", networks({}), tcp(POD_1, POD_2), { "pod-overlay": "none" });
    expect("allowed", networks({}), tcp(POD_1, POD_1B), { "pod-overlay": "none" });
  });

  test("nobody but nodes and pods reaches a pod by its address", () => {
    for (const source of [SERVER_1, SERVER_2, OUTSIDE]) expect("no-route", networks({}), tcp(source, POD_1));
    expect("allowed", networks({}), tcp(WORKER_1B, POD_1));
  });

  test("to anything but a pod they go under their node's address, from a port that the node picks", () => {
    const rules = (source: string, traffic = {}) =>
      networks({ first: [rule("allow", "outbound", "tcp", source, ANY, traffic), ...openRules.slice(1)] });
    for (const target of [SERVER_2, WORKER_2, OUTSIDE, "166.9.1.1"]) {
      expect("allowed", rules(WORKER_1), tcp(POD_1, target));
      expect("denied", rules(POD_1), tcp(POD_1, target));
      expect("undecided", rules(ANY, ports([40_000, 40_000])), tcp(POD_1, target));
      expect("denied", rules(ANY, ports([1, 1023])), tcp(POD_1, target));
      expect("allowed", rules(ANY, ports([1024, 65_535])), { ...tcp(POD_1, target), sourcePort: 80 });
    }
  });

  test("policy and networks must both let them pass", () => {
    const closed = policy("shop", { podSelector: { matchLabels: { app: "two" } }, policyTypes: ["Ingress"] });
    expect("denied", networks({}), tcp(POD_1, POD_2), { policies: [closed] });
    expect("denied", networks({ first: threeProtocols }), tcp(POD_1, POD_2), { policies: [closed] });
    expect("allowed", networks({}), tcp(POD_1, POD_1B), { policies: [closed] });
  });
});

describe("what the reading needs", () => {
  test("a group that everyone is in lets everyone pass", () => {
    expect("allowed", networks({}, [openGroup]), tcp(SERVER_1, SERVER_2));
  });

  test("an access list that the export does not hold is not guessed", () => {
    const { network_acls: _acls, ...rest } = networks({});
    assert.throws(() => expect("denied", rest, tcp(SERVER_1, SERVER_2)), /not in the export/u);
  });
});
