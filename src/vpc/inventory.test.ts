/** Pieces of several exports become the networks as a whole. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Address, addressSetText, addressText } from "../net/address.ts";
import { trafficText } from "../net/traffic-text.ts";
import { lineText } from "../source/origin.ts";
import {
  aclObject,
  gatewayObject,
  groupObject,
  reading,
  reference,
  ruleNames,
  ruleObject,
  subnetObject,
  told,
  VPC_ID,
  vpcObject,
  whole,
} from "./ibm/export.fixture.ts";
import { vpcInventoryOf } from "./inventory.ts";
import { knownAclOf, subnetOf } from "./lookup.ts";
import type { Interface, VpcInventory } from "./model.ts";

const WEB = subnetObject("web", "10.240.0.0/24");

function texts(addresses: readonly Address[]): readonly string[] {
  return addresses.map(addressText);
}

function gapTexts({ gaps }: VpcInventory): readonly string[] {
  return gaps.map(({ text }) => text);
}

describe("an inventory", () => {
  it("is undefined where no text tells of a network", () => {
    assert.deepEqual(vpcInventoryOf([]), { inventory: undefined, findings: [], blinds: [] });
  });

  it("knows the networks of the provider's services", () => {
    assert.deepEqual(addressSetText(whole([WEB]).inventory.serviceNetworks), ["161.26.0.0/16", "166.8.0.0/14"]);
  });

  it("holds a VPC with what it names", () => {
    const [vpc] = whole(vpcObject({ address_prefixes: [{ cidr: "10.240.0.0/18" }, { cidr: "10.240.64.0/18" }] }))
      .inventory.vpcs;
    assert.deepEqual(vpc && { ...vpc, prefixes: addressSetText(vpc.prefixes), origin: lineText(vpc.origin) }, {
      id: VPC_ID,
      name: "myvpc",
      defaultAcl: "acl-default",
      defaultGroup: "sg-default",
      defaultRoutingTable: "rt-default",
      prefixes: ["10.240.0.0/17"],
      serviceSources: [{ zone: "us-south-1", address: 0x0a_16_00_01n }],
      classicAccess: false,
      origin: "0.json:1",
    });
  });

  it("puts address prefixes that stand by themselves into their VPC", () => {
    const prefix = { id: "p", name: "p", cidr: "10.0.0.0/18", has_subnets: true, zone: { name: "us-south-1" } };
    const href = `https://us-south.iaas.cloud.ibm.com/v1/vpcs/${VPC_ID}/address_prefixes/p`;
    const other = vpcObject({ id: "other", name: "other" });
    const { vpcs } = whole([vpcObject(), other], [{ ...prefix, href }]).inventory;
    assert.deepEqual(
      vpcs.map(({ prefixes }) => addressSetText(prefixes)),
      [["10.0.0.0/18"], []],
    );
  });

  it("holds a subnet with what is attached to it", () => {
    const [subnet] = whole(subnetObject("web", "10.240.0.0/24", { public_gateway: reference("pgw-1") })).inventory
      .subnets;
    assert.deepEqual(
      subnet && { ...subnet, addresses: addressSetText(subnet.addresses), origin: lineText(subnet.origin) },
      {
        id: "web",
        name: "web",
        vpc: VPC_ID,
        zone: "us-south-1",
        addresses: ["10.240.0.0/24"],
        acl: "acl-web",
        publicGateway: "pgw-1",
        routingTable: "rt-default",
        origin: "0.json:1",
      },
    );
  });

  it("gotcha 11: keeps the status of a gateway, which need not be available", () => {
    const [gateway] = whole([gatewayObject({ status: "pending", floating_ip: null })]).inventory.publicGateways;
    assert.deepEqual([gateway?.status, gateway?.address, gateway?.zone], ["pending", undefined, "us-south-1"]);
  });
});

describe("the access list of a subnet", () => {
  const bare = { ...WEB, network_acl: undefined };
  const lists = [
    aclObject([ruleObject({ protocol: "all" }), ruleObject({ name: "out", direction: "outbound", protocol: "all" })], {
      id: "acl-default",
      name: "granite-unicorn-default",
    }),
    aclObject([]),
  ];

  it("S1-18: is the default of its VPC where none is named, found by reference and not by its name", () => {
    const { inventory } = whole([vpcObject()], [bare], lists);
    const [subnet] = inventory.subnets;
    assert.ok(subnet !== undefined);
    assert.equal(subnet.acl, undefined);
    const acl = knownAclOf(inventory, subnet);
    assert.equal(acl?.name, "granite-unicorn-default");
    assert.deepEqual(
      acl.rules.map(({ action, direction, traffic }) => [action, direction, trafficText(traffic)]),
      [
        ["allow", "inbound", "ICMP, TCP, UDP"],
        ["allow", "outbound", "ICMP, TCP, UDP"],
      ],
    );
  });
  it("is a gap where neither it nor the VPC is told", () => {
    const { inventory } = whole([bare], lists);
    assert.deepEqual(gapTexts(inventory), [
      "the default network ACL of the VPC of subnet web (0.json:2)",
      "the routes of routing table rt-default",
      `what VPC ${VPC_ID} is like`,
    ]);
  });
  it("is a gap where its rules are not in the input, with the command that exports them", () => {
    const { gaps } = whole([WEB], [vpcObject()]).inventory;
    assert.deepEqual(gaps[0], {
      text: "the rules of network ACL acl-web of subnet web (0.json:2)",
      remedy: "add the output of `ibmcloud is network-acls --output json`",
    });
  });
});

describe("one object in several exports", () => {
  it("is one object where they agree", () => {
    const { inventory, findings } = whole([WEB], [{ ...WEB, available_ipv4_address_count: 3 }]);
    assert.deepEqual([inventory.subnets.length, findings], [1, []]);
  });
  it("is one object where protocols are spelled as two versions of the API do", () => {
    const { inventory, findings } = whole(
      [aclObject([ruleObject({ protocol: "all" })])],
      [aclObject([ruleObject({ protocol: "icmp_tcp_udp" })])],
    );
    assert.deepEqual([inventory.acls.length, findings], [1, []]);
  });
  it("has what any of them tells", () => {
    const listed = {
      id: "w1",
      location: "us-south-1",
      poolName: "default",
      networkInterfaces: [{ ipAddress: "10.240.0.5" }],
    };
    const described = {
      ...listed,
      networkInterfaces: [{ ipAddress: "10.240.0.5", subnetID: "web", cidr: "10.240.0.0/24" }],
    };
    const { inventory, findings } = whole([listed], described);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      inventory.workers.map(({ interfaces }) =>
        interfaces.map(({ subnet, address }) => [subnet, addressText(address)]),
      ),
      [[["web", "10.240.0.5"]]],
    );
  });
  it("is the later one where they contradict each other, and that is said", () => {
    const changed = subnetObject("web", "10.240.0.0/24", { network_acl: reference("acl-new") });
    const { inventory, findings } = whole([WEB], [changed]);
    assert.deepEqual(findings.map(told), [
      "1.json:2:2 PC118 subnet web stands twice, and not the same: this one replaces the one at 0.json:2:2",
    ]);
    assert.equal(inventory.subnets[0]?.acl, "acl-new");
  });
  it("that has a gateway in one of them only is not the same", () => {
    const attached = { ...WEB, public_gateway: reference("pgw-1") };
    assert.deepEqual(
      whole([attached], [WEB]).findings.map(({ code }) => code),
      ["PC118"],
    );
  });
});

describe("names", () => {
  it("gotcha 26: may be the same in two VPCs", () => {
    const other = subnetObject("id-2", "10.0.0.0/24", { name: "web", vpc: reference("r006-other") });
    assert.deepEqual(whole([WEB, other]).findings, []);
  });
  it("gotcha 26: are unique in one VPC", () => {
    const other = subnetObject("id-2", "10.0.0.0/24", { name: "web" });
    assert.deepEqual(whole([WEB, other]).findings.map(told), [
      "0.json:33:2 PC208 subnet web has the name of another one in the same VPC, at 0.json:2:2",
    ]);
  });
  it("S1-12: a zone of a VPC has one public gateway", () => {
    const second = gatewayObject({ id: "pgw-2", name: "gateway-2" });
    const { findings } = whole([
      gatewayObject(),
      second,
      gatewayObject({ id: "3", name: "3", zone: { name: "us-south-2" } }),
    ]);
    assert.deepEqual(
      findings.map(({ code, message }) => `${code} ${message}`),
      ["PC208 public gateway gateway-2 is the second one of its VPC in its zone, beside the one at 0.json:2:2"],
    );
  });
});

describe("a collection", () => {
  const page = (fields: object): object => ({ limit: 1, first: { href: "x" }, subnets: [WEB], ...fields });
  const next = { next: { href: "https://x?start=abc" } };

  it("is complete where a listing command gave it", () => {
    assert.deepEqual([...whole([WEB]).inventory.complete], ["subnet"]);
  });
  it("is complete where all of its pages are there, in any order", () => {
    const second = page({ total_count: 2, subnets: [subnetObject("db", "10.240.1.0/24")] });
    for (const pages of [
      [page({ total_count: 2, ...next }), second],
      [second, page({ total_count: 2, ...next })],
    ]) {
      const { inventory, findings } = whole(...pages);
      assert.deepEqual([[...inventory.complete], findings], [["subnet"], []]);
    }
  });
  it("is not complete where a page is missing, and that is said", () => {
    const { inventory, findings } = whole(page({ total_count: 120, ...next }));
    assert.deepEqual([...inventory.complete], []);
    assert.deepEqual(findings.map(told), [
      "0.json:1:1 PC201 the collection of 120 objects goes on after this page, and what follows is not in the input",
    ]);
  });
  it("without a count is complete where no page is the last to go on", () => {
    assert.deepEqual([...whole(page(next), page({})).inventory.complete], ["subnet"]);
    assert.deepEqual(
      whole(page({}), page(next)).findings.map(({ code }) => code),
      ["PC201"],
    );
  });
  it("of workers is of one cluster only", () => {
    const cluster = (id: string): object => ({ id, name: id, podSubnet: "172.17.0.0/18", masterKubeVersion: "1.30" });
    const worker = { id: "kube-c1-x-default-1", poolName: "default", networkInterfaces: [{ ipAddress: "10.240.0.5" }] };
    assert.deepEqual([...whole([cluster("c1")], [worker]).inventory.complete].sort(), ["cluster", "worker"]);
    const { inventory } = whole([cluster("c1"), cluster("c2")], [worker]);
    assert.deepEqual([...inventory.complete], ["cluster"]);
    assert.deepEqual(gapTexts(inventory), ["the workers of cluster c2"]);
  });
});

const NIC = {
  id: "nic-1",
  name: "eth0",
  primary_ip: { address: "10.240.0.9", id: "rip-1" },
  resource_type: "network_interface",
  subnet: reference("web"),
};

function server(fields: object): object {
  return {
    id: "i-1",
    name: "server",
    resource_type: "instance",
    vpc: reference(VPC_ID),
    zone: { name: "us-south-1" },
    ...fields,
  };
}

function only(inventory: VpcInventory): Interface {
  const [each, ...others] = inventory.interfaces;
  assert.ok(each !== undefined && others.length === 0, `${inventory.interfaces.length} interfaces`);
  return each;
}

describe("an interface", () => {
  it("of a server listed without details has groups that are not told", () => {
    const each = only(whole([server({ network_interfaces: [NIC] })]).inventory);
    assert.deepEqual(
      [each.kind, each.name, each.subnet, texts(each.addresses)],
      ["instance", "server", "web", ["10.240.0.9"]],
    );
    assert.deepEqual([each.groups, each.floatingAddress, each.spoofing], [undefined, undefined, undefined]);
  });
  it("has the groups that list it, once all groups are there and tell what they are attached to", () => {
    const own = groupObject([], { targets: [reference("nic-1")] });
    const groupsWith = (...groups: readonly object[]): readonly string[] | undefined =>
      only(whole([server({ network_interfaces: [NIC] })], groups).inventory).groups;
    const other = { id: "sg-2", name: "b" };
    assert.deepEqual(groupsWith(own, groupObject([], other)), ["sg-web"]);
    assert.equal(groupsWith(own, groupObject([], { ...other, targets: undefined })), undefined);
    assert.equal(only(whole([server({ network_interfaces: [NIC] })], own).inventory).groups, undefined);
  });
  it("gets its details where interfaces are listed by themselves", () => {
    const detailed = { ...NIC, security_groups: [reference("sg-web")], allow_ip_spoofing: true, floating_ips: [] };
    const { inventory, findings } = whole([server({ network_interfaces: [NIC] })], [detailed]);
    const each = only(inventory);
    assert.deepEqual(
      [findings, each.name, each.kind, each.groups, each.spoofing],
      [[], "server", "instance", ["sg-web"], true],
    );
  });
  it("of a newer server has its groups from the virtual interface that is attached", () => {
    const attachment = { ...NIC, id: "att-1", resource_type: "instance_network_attachment" };
    const virtual = {
      id: "vni-1",
      name: "server-vni",
      resource_type: "virtual_network_interface",
      ips: [{ address: "10.240.0.9" }, { address: "10.240.0.10" }],
      primary_ip: { address: "10.240.0.9" },
      subnet: reference("web"),
      security_groups: [reference("sg-web")],
      allow_ip_spoofing: false,
      target: reference("att-1", "instance_network_attachment"),
    };
    const floating = {
      id: "fip-1",
      address: "150.240.167.94",
      zone: { name: "z" },
      status: "available",
      target: reference("vni-1"),
    };
    const objects = server({ network_attachments: [attachment], network_interfaces: [{ ...NIC, id: "att-1" }] });
    const each = only(whole([objects], [virtual], [floating]).inventory);
    assert.deepEqual([each.id, each.name, each.groups, each.spoofing], ["att-1", "server", ["sg-web"], false]);
    assert.deepEqual(texts(each.addresses), ["10.240.0.9", "10.240.0.10"]);
    assert.equal(each.floatingAddress && addressText(each.floatingAddress), "150.240.167.94");
  });
  it("that is virtual and attached to nothing known stands by itself", () => {
    const virtual = { id: "vni-1", name: "share", ips: [{ address: "10.240.0.9" }], enable_infrastructure_nat: true };
    const each = only(whole([virtual]).inventory);
    assert.deepEqual([each.kind, each.name, texts(each.addresses)], ["other", "share", ["10.240.0.9"]]);
  });
  it("has the floating address that names it", () => {
    const floating = {
      id: "f",
      address: "52.118.190.185",
      zone: { name: "z" },
      status: "available",
      target: reference("nic-1"),
    };
    const each = only(whole([server({ network_interfaces: [NIC] })], [floating]).inventory);
    assert.equal(each.floatingAddress && addressText(each.floatingAddress), "52.118.190.185");
    assert.equal(only(whole([server({ network_interfaces: [NIC] })]).inventory).isFloatingTold, undefined);
    const others = whole([server({ network_interfaces: [NIC] })], [{ ...floating, target: reference("nic-2") }]);
    assert.equal(only(others.inventory).isFloatingTold, true);
    const brief = server({ network_interfaces: [{ ...NIC, floating_ips: [] }] });
    assert.equal(only(whole([brief]).inventory).isFloatingTold, true);
  });
  it("that the input does not tell of leaves its floating address astray, a gateway's address not", () => {
    const floating = (id: string, address: string, target?: string): object => ({
      id,
      address,
      zone: { name: "z" },
      status: "available",
      target: target === undefined ? null : reference(target),
    });
    const { inventory } = whole(
      [server({ network_interfaces: [NIC] })],
      [{ ...WEB, public_gateway: reference("gw") }],
      [
        floating("f1", "52.118.190.185", "nic-1"),
        floating("f2", "52.118.190.186", "nic-2"),
        floating("f3", "52.118.190.187", "gw"),
        floating("f4", "52.118.190.188"),
      ],
    );
    const strays = inventory?.strayAddresses.map(({ address, target }) => `${addressText(address)} ${target}`);
    assert.deepEqual(strays, ["52.118.190.186 nic-2"]);
    assert.ok(gapTexts(inventory).includes("what nic-2 is, to which floating address 52.118.190.186 leads"));
  });
  it("of an endpoint gateway is each of its reserved addresses, told beside it or by its subnet", () => {
    const gateway = {
      id: "epg",
      name: "iks-registry",
      resource_type: "endpoint_gateway",
      ips: [
        { id: "rip-1", address: "10.240.0.20", href: "https://x/v1/subnets/web/reserved_ips/rip-1" },
        { id: "rip-2" },
        { id: "rip-3" },
      ],
      security_groups: [reference("sg-web")],
    };
    const subnet = {
      ...WEB,
      id: "db",
      name: "db",
      reserved_ips: [{ id: "rip-2", address: "10.240.0.21", auto_delete: true }],
    };
    const { inventory } = whole([gateway], [WEB, subnet]);
    assert.deepEqual(
      inventory.interfaces.map(({ kind, name, subnet, addresses, groups }) => [
        kind,
        name,
        subnet,
        texts(addresses),
        groups,
      ]),
      [
        ["endpoint gateway", "iks-registry", "web", ["10.240.0.20"], ["sg-web"]],
        ["endpoint gateway", "iks-registry", "db", ["10.240.0.21"], ["sg-web"]],
      ],
    );
    assert.ok(gapTexts(inventory).includes("the address rip-3 of endpoint gateway iks-registry"));
  });
  it("of a worker is there although no list of servers holds it", () => {
    const worker = {
      id: "kube-c1-1",
      poolName: "default",
      kubeVersion: {},
      networkInterfaces: [{ ipAddress: "10.240.0.5", primary: true }],
    };
    const { inventory } = whole([WEB], [server({ network_interfaces: [NIC] })], [worker]);
    const each = inventory.interfaces.find(({ kind }) => kind === "worker");
    assert.ok(each !== undefined, "gotcha 26");
    assert.deepEqual([each.name, each.groups, texts(each.addresses)], ["kube-c1-1", undefined, ["10.240.0.5"]]);
    assert.equal(subnetOf(inventory, each)?.name, "web");
  });
  it("in a subnet that is not in the input is a gap", () => {
    const gaps = gapTexts(whole([server({ network_interfaces: [NIC] })]).inventory);
    assert.match(gaps.join("\n"), /^subnet web, in which instance server \(0\.json:\d+\) is$/m);
  });
});

describe("a security group", () => {
  it("has rules with both of its sides", () => {
    const rules = [
      {
        id: "a",
        direction: "inbound",
        protocol: "all",
        remote: { cidr_block: "172.17.0.0/18" },
        local: { cidr_block: "0.0.0.0/0" },
      },
      {
        id: "b",
        direction: "outbound",
        protocol: "tcp",
        port_min: 30_000,
        port_max: 32_767,
        remote: { address: "10.0.0.7" },
      },
      {
        id: "c",
        direction: "inbound",
        protocol: "icmp",
        type: 8,
        remote: reference("sg-web"),
        local: { address: "10.240.0.9" },
      },
    ];
    const [group] = whole([groupObject(rules)]).inventory.groups;
    assert.deepEqual(
      group?.rules.map(({ name, direction, local, remote, traffic, legacyTraffic }) => [
        name,
        direction,
        addressSetText(local).join(),
        remote.kind === "group" ? `group ${remote.group}` : addressSetText(remote.addresses).join(),
        trafficText(traffic),
        trafficText(legacyTraffic),
      ]),
      [
        ["a", "inbound", "0.0.0.0/0", "172.17.0.0/18", "ICMP, TCP, UDP", "all but ICMP, TCP, UDP"],
        ["b", "outbound", "0.0.0.0/0", "10.0.0.7", "TCP 30000-32767", "none"],
        ["c", "inbound", "10.240.0.9", "group sg-web", "ICMP type 8", "none"],
      ],
    );
  });
  it("that another one names and the input does not hold is a gap", () => {
    const rules = [{ id: "a", direction: "inbound", protocol: "any", remote: reference("sg-far") }];
    assert.deepEqual(gapTexts(whole([vpcObject()], [groupObject(rules)]).inventory), [
      "the rules of security group sg-far",
    ]);
  });
  it("with a side that is neither address nor group is an error", () => {
    const { findings } = reading([groupObject([{ id: "a", direction: "inbound", protocol: "any", remote: {} }])]);
    assert.match(findings[0]?.message ?? "", /rules\[0\]\.remote\.id: required/);
  });
});

describe("a load balancer", () => {
  const member = (id: string, target: object): object => ({ id, port: 31_595, weight: 50, health: "ok", target });
  const members = [member("m1", { address: "10.240.0.4" }), member("m2", reference("i-1"))];
  const pools = [{ id: "p1", name: "tcp-80", algorithm: "round_robin", protocol: "tcp", members }];
  const listeners = [
    {
      id: "l1",
      protocol: "tcp",
      port: 80,
      port_min: null,
      port_max: null,
      default_pool: reference("p1"),
      policies: [],
    },
  ];
  const balancer = {
    id: "lb-1",
    name: "kube-lb",
    resource_type: "load_balancer",
    is_public: true,
    profile: { family: "application", name: "dynamic" },
    public_ips: [{ address: "52.116.201.203" }],
    private_ips: [{ address: "10.240.0.8", id: "r" }],
    subnets: [reference("web")],
    security_groups: [reference("sg-web")],
    listeners,
    pools,
  };
  const references = (list: readonly { readonly id: string }[]): readonly object[] =>
    list.map(({ id }) => reference(id));
  const servers = [server({ network_interfaces: [NIC] })];

  for (const [form, exports] of [
    ["inside each other", [[balancer], servers]],
    [
      "each for itself",
      [
        [{ ...balancer, listeners: references(listeners), pools: references(pools) }],
        listeners,
        pools.map((pool) => ({ ...pool, members: [reference("m1"), reference("m2")] })),
        members,
        servers,
      ],
    ],
  ] as const) {
    it(`has listeners and members, written ${form}`, () => {
      const { inventory, findings } = whole(...exports);
      const [each] = inventory.loadBalancers;
      assert.deepEqual(findings, []);
      assert.deepEqual(
        [each?.kind, each?.isPublic, texts(each?.addresses ?? []), texts(each?.privateAddresses ?? [])],
        ["application", true, ["52.116.201.203"], ["10.240.0.8"]],
      );
      assert.deepEqual(
        each?.listeners.map(({ protocol, port, members }) => [
          protocol,
          port,
          members.map((m) => `${addressText(m.address)}:${m.port}`),
        ]),
        [[6, 80, ["10.240.0.4:31595", "10.240.0.9:31595"]]],
      );
      const own = inventory.interfaces.find(({ kind }) => kind === "load balancer");
      assert.deepEqual([own?.name, texts(own?.addresses ?? []), own?.groups], ["kube-lb", ["10.240.0.8"], ["sg-web"]]);
    });
  }
  it("whose listeners are only named is a gap, with the command that exports them", () => {
    const { inventory } = whole([{ ...balancer, listeners: references(listeners), pools: references(pools) }]);
    assert.deepEqual(inventory.gaps[0], {
      text: "the listeners of load balancer kube-lb",
      remedy: "add the output of `ibmcloud is load-balancer-listeners kube-lb --output json`",
    });
  });
  it("may listen on a range of ports, and hand over by policies", () => {
    const ranged = {
      id: "l2",
      protocol: "udp",
      port_min: 5000,
      port_max: 5002,
      default_pool: null,
      policies: [{ id: "x", action: "forward", target: reference("p1") }],
    };
    const network = { ...balancer, profile: { family: "network" }, is_public: false, listeners: [ranged] };
    const [each] = whole([network], servers).inventory.loadBalancers;
    assert.deepEqual([each?.kind, texts(each?.addresses ?? [])], ["network", ["10.240.0.8"]]);
    assert.deepEqual(
      each?.listeners.map(({ protocol, port, members }) => [protocol, port, members.length]),
      [5000, 5001, 5002].map((port) => [17, port, 2]),
    );
  });
  it("of a family that is not known is an error", () => {
    assert.match(
      reading([{ ...balancer, profile: { family: "quantum" } }]).findings[0]?.message ?? "",
      /"quantum" is not one of/,
    );
  });
});

describe("a routing table", () => {
  const route = {
    id: "r1",
    name: "to-office",
    destination: "10.9.0.0/16",
    action: "deliver",
    zone: { name: "us-south-1" },
    next_hop: { address: "10.240.0.4" },
  };
  const vpn = { ...route, id: "r2", name: "vpn", next_hop: { id: "vpn-connection", name: "c" } };
  const drop = { ...route, id: "r3", name: "hole", action: "drop", next_hop: { address: "0.0.0.0" } };
  const table = {
    id: "rt-default",
    name: "default",
    resource_type: "routing_table",
    is_default: true,
    routes: [route, vpn, drop],
  };

  for (const [form, exports] of [
    ["inside it", [[vpcObject()], [table]]],
    [
      "by themselves",
      [[vpcObject()], [{ ...table, routes: ["r1", "r2", "r3"].map((id) => reference(id)) }], [route, vpn, drop]],
    ],
  ] as const) {
    it(`has routes, written ${form}`, () => {
      const { inventory, findings } = whole(...exports);
      const [each] = inventory.routingTables;
      assert.deepEqual([findings, each?.vpc], [[], VPC_ID]);
      assert.deepEqual(
        each?.routes.map(({ name, action, destination, nextHop }) => [
          name,
          action,
          addressSetText(destination).join(),
          nextHop === undefined ? undefined : addressText(nextHop),
        ]),
        [
          ["to-office", "deliver", "10.9.0.0/16", "10.240.0.4"],
          ["vpn", "deliver", "10.9.0.0/16", undefined],
          ["hole", "drop", "10.9.0.0/16", undefined],
        ],
      );
    });
  }
  it("whose routes are only named is a gap", () => {
    const { inventory } = whole([vpcObject()], [{ ...table, routes: [reference("r1")] }]);
    assert.deepEqual(gapTexts(inventory), ["the routes of routing table default"]);
  });
});

describe("a managed cluster", () => {
  const worker = {
    id: "kube-c1-mycluster-default-00000001",
    flavor: "bx2.4x16",
    location: "us-south-1",
    poolName: "default",
    kubeVersion: { actual: "1.29.2_1530" },
    lifecycle: { actualState: "deployed" },
    health: { state: "normal" },
    networkInterfaces: [{ cidr: "10.240.0.0/24", ipAddress: "10.240.0.4", primary: true, subnetID: "web" }],
  };
  const cluster = {
    id: "c1",
    name: "mycluster",
    provider: "vpc-gen2",
    vpcs: [VPC_ID],
    podSubnet: "172.17.0.0/18",
    serviceSubnet: "172.21.0.0/16",
    masterKubeVersion: "1.29.2_1528",
  };

  for (const [form, exports] of [
    ["inside it", [{ collector_version: "1", iks_clusters: [{ ...cluster, WorkerNodes: [worker] }] }]],
    ["by themselves", [cluster, [worker]]],
  ] as const) {
    it(`has ranges and workers, written ${form}`, () => {
      const { inventory } = whole(...exports);
      const [read] = inventory.clusters;
      assert.deepEqual(
        [
          read?.name,
          read?.vpc,
          read?.version,
          addressSetText(read?.podRange ?? []),
          addressSetText(read?.serviceRange ?? []),
        ],
        ["mycluster", VPC_ID, "1.29.2_1528", ["172.17.0.0/18"], ["172.21.0.0/16"]],
      );
      const [node] = inventory.workers;
      assert.deepEqual(
        [node?.zone, node?.pool, node?.version, node?.state],
        ["us-south-1", "default", "1.29.2_1530", "normal"],
      );
      assert.deepEqual(
        node?.interfaces.map(({ subnet, address, range, primary }) => [
          subnet,
          addressText(address),
          addressSetText(range ?? []),
          primary,
        ]),
        [["web", "10.240.0.4", ["10.240.0.0/24"], true]],
      );
    });
  }
  it("has workers whose address stands elsewhere, or nowhere", () => {
    const { networkInterfaces: _, ...bare } = worker;
    const { inventory } = whole([
      { ...bare, networkInformation: { privateIP: "10.240.0.4" } },
      { ...bare, id: "w2", networkInformation: {} },
    ]);
    assert.deepEqual(
      inventory.workers.map(({ interfaces }) => interfaces.map(({ address }) => addressText(address))),
      [["10.240.0.4"], []],
    );
    assert.deepEqual(gapTexts(inventory), ["the address of worker w2 (0.json:20)"]);
  });
});

it("rules keep their ids, so that scripts find them, and their order", () => {
  const { acls } = whole([aclObject([ruleObject({ name: "a" }), ruleObject({ name: "b" })])]).inventory;
  assert.deepEqual(ruleNames(acls[0]), ["a", "b"]);
});
