/** What people get wrong about VPCs, by number: each a fact about whole answers on files. */
import type { RawAclRule, RawGroupRule, RawInstance, RawNetworks, RawWorker } from "../naive/vpc-objects.ts";
import { filesOf, type NetworkScenario } from "./network-scenario.ts";
import {
  ANY,
  aclRule,
  allowRules,
  both,
  clusterOf,
  networks,
  podOn,
  recipe,
  vpc,
  worker,
  zoneName,
} from "./networks.ts";

const OPEN = [
  aclRule("everything-out", "allow", "outbound", "any", ANY, ANY),
  aclRule("everything-in", "allow", "inbound", "any", ANY, ANY),
];
const NO = ["--assume", "overlay-matched-by-legacy-all=no"] as const;
const NO_GROUPS = ["--assume", "unlisted-security-groups=open"] as const;
const [W1, W2] = ["10.240.0.5", "10.240.64.10"];
const [S1, S2] = ["10.240.0.9", "10.240.64.9"];

/** The first zone's list; everything passes elsewhere. */
function first(rules: readonly RawAclRule[], more: Partial<RawNetworks> = {}): RawNetworks {
  return networks({ gateways: [1], rules: (zone) => (zone === 1 ? rules : OPEN), more });
}

function ports(source: readonly [number, number] | undefined, destination?: readonly [number, number]) {
  return {
    ...(source === undefined ? {} : { source_port_min: source[0], source_port_max: source[1] }),
    ...(destination === undefined
      ? {}
      : { destination_port_min: destination[0], destination_port_max: destination[1] }),
  };
}

/** A server in a zone's subnet, in these groups. */
function server(
  zone: number,
  address: string,
  groups: readonly string[],
  floating?: string,
  name = `server-${zone}`,
): RawInstance {
  return {
    id: name,
    name,
    vpc,
    zone: { name: zoneName(zone) },
    network_interfaces: [
      {
        id: `interface of ${name}`,
        name: "primary",
        primary_ip: { address },
        subnet: { id: `subnet-${zone}`, name: `subnet-${zone}` },
        security_groups: groups.map((id) => ({ id, name: id })),
        ...(floating === undefined ? {} : { floating_ips: [{ id: `floating of ${name}`, address: floating }] }),
      },
    ],
  };
}

function group(id: string, ...rules: readonly Omit<RawGroupRule, "id">[]) {
  return { id, name: id, vpc, rules: rules.map((rule, i) => ({ id: `${id}-${i + 1}`, ...rule })) };
}

const ALL_OUT = { direction: "outbound", protocol: "any", remote: { cidr_block: ANY } };
const ALL_IN = { direction: "inbound", protocol: "any", remote: { cidr_block: ANY } };

/** Two servers in groups 1 and 2, open lists. */
function grouped(...groups: readonly ReturnType<typeof group>[]) {
  return networks({
    rules: () => OPEN,
    more: { security_groups: groups, instances: [server(1, S1, ["one"]), server(2, S2, ["two"])] },
  });
}

const gotcha = (number: number, state: string, more: Omit<NetworkScenario, "ids" | "state">): NetworkScenario => ({
  ids: [`gotcha ${number}`],
  state,
  ...more,
});

export const VPC_GOTCHAS: readonly NetworkScenario[] = [
  gotcha(1, "all allows three protocols and denies every one", {
    files: filesOf(first([...both("to-two", "10.240.64.0/24"), aclRule("rest", "allow", "outbound", "any", ANY, ANY)])),
    flows: [
      [W1, `${W2}:80`, "allowed"],
      [W1, `${W2}:/icmp.8`, "allowed"],
      [W1, `${W2}:/47`, "one-way", undefined, ...NO],
      [W1, `${W2}:/47`, "undecided"],
    ],
  }),
  gotcha(1, "denied, all is everything; any is everything in both", {
    files: filesOf(first([aclRule("no", "deny", "outbound", "all", ANY, "10.240.64.0/25"), ...OPEN])),
    flows: [
      [W1, `${W2}:/47`, "denied", ["acl outbound denied no"]],
      [W1, "10.240.64.200:/47", "allowed"],
    ],
  }),
  gotcha(1, "the spelling depends on the date of the API, not on the rule", {
    files: filesOf(first([...both("to-two", "10.240.64.0/24", "icmp_tcp_udp")])),
    flows: [
      [W1, `${W2}:80`, "allowed"],
      [W1, `${W2}:/47`, "undecided"],
      [W1, `${W2}:/47`, "denied", undefined, ...NO],
    ],
  }),
  gotcha(2, "icmp_tcp_udp cannot be denied", {
    files: {
      ...filesOf(first(OPEN)),
      "add.sh": "ibmcloud is network-acl-rule-add acl-1 deny inbound icmp_tcp_udp 0.0.0.0/0 0.0.0.0/0 --name no\n",
    },
    checks: ["PC114 icmp_tcp_udp can be allowed and not denied"],
  }),
  gotcha(2, "nor does an export hold such a rule", {
    files: filesOf(first([aclRule("no", "deny", "inbound", "icmp_tcp_udp", ANY, ANY)])),
    checks: ["PC114"],
  }),
  gotcha(3, "a list with rules in one direction only denies the other", {
    files: filesOf(first([aclRule("out", "allow", "outbound", "any", ANY, ANY)])),
    flows: [
      [W1, `${W2}:80`, "one-way", ["reply acl inbound denied"]],
      [W2, `${W1}:80`, "denied", ["acl inbound denied"]],
    ],
  }),
  gotcha(4, "where links between rules are missing the order of the list counts", {
    files: {
      ...filesOf(first([])),
      "network_acls.json": listText(
        [
          ["deny-first", "deny"],
          ["allow", "allow"],
        ],
        [],
      ),
    },
    flows: [[W1, `${W2}:80`, "denied", ["acl outbound denied deny-first"]]],
  }),
  gotcha(4, "links that say another order than the list are an error, not a guess", {
    files: {
      ...filesOf(first([])),
      "network_acls.json": listText(
        [
          ["deny-first", "deny"],
          ["allow", "allow"],
        ],
        ["", "deny-first"],
      ),
    },
    checks: ["PC202"],
  }),
  gotcha(5, "a rule that is added without a place goes to the end", {
    files: {
      ...filesOf(networks()),
      "add.sh":
        "ibmcloud is network-acl-rule-add acl-1 allow outbound tcp 0.0.0.0/0 10.9.0.0/16 --name late\n" +
        "ibmcloud is network-acl-rule-add acl-1 allow inbound tcp 10.9.0.0/16 0.0.0.0/0 --name late-back\n",
    },
    checks: ["PC226", "PC226"],
    flows: [[W1, "10.9.0.1:80", "denied", ["acl outbound denied deny-all-outbound"]]],
  }),
  gotcha(6, "inside a subnet nothing is filtered, even where a rule names its addresses", {
    files: filesOf(first([aclRule("no", "deny", "inbound", "any", "10.240.0.0/24", "10.240.0.0/24")]), [
      ...clusterOf(1),
      { ...worker(1, "10.240.0.6"), metadata: { name: "near" } },
    ]),
    flows: [["node/worker-1", "node/near:22", "allowed", ["acl outbound skipped"]]],
  }),
  gotcha(7, "between subnets four evaluations, also where one list is on both", {
    files: filesOf(
      networks({
        rules: () => undefined,
        more: {
          network_acls: [
            {
              id: "acl-default",
              name: "acl-default",
              vpc,
              subnets: [{ id: "subnet-1" }, { id: "subnet-2" }],
              rules: [
                aclRule("out", "allow", "outbound", "tcp", ANY, ANY, ports(undefined, [80, 80])),
                aclRule("in", "allow", "inbound", "tcp", ANY, ANY, ports(undefined, [80, 80])),
                aclRule("answers-out", "allow", "outbound", "tcp", ANY, ANY, ports([80, 80])),
              ],
            },
          ],
        },
      }),
    ),
    flows: [
      [
        W1,
        `${W2}:80`,
        "one-way",
        [
          "acl outbound allowed out",
          "acl inbound allowed in",
          "reply acl outbound allowed answers-out",
          "reply acl inbound denied",
        ],
        "--source-port",
        "40000",
      ],
    ],
  }),
  gotcha(8, "answers are judged for UDP and ICMP too; messages that ask nothing have none", {
    files: filesOf(
      first([
        aclRule("out", "allow", "outbound", "any", ANY, ANY),
        aclRule("pong", "allow", "inbound", "icmp", ANY, ANY, { type: 0 }),
      ]),
    ),
    flows: [
      [W1, `${W2}:53/udp`, "one-way", ["reply acl inbound denied"]],
      [W1, `${W2}:/icmp.8`, "allowed", ["reply acl inbound allowed pong"]],
      [W1, `${W2}:/icmp.13`, "one-way", ["reply acl inbound denied"]],
      [W1, `${W2}:/icmp.3.4`, "allowed"],
    ],
  }),
  gotcha(9, "the carrier of an answer goes to the same port, not from it", {
    files: filesOf(
      first([
        aclRule("out", "allow", "outbound", "udp", ANY, ANY, ports(undefined, [4789, 4789])),
        aclRule("in", "allow", "inbound", "udp", ANY, ANY, ports(undefined, [4789, 4789])),
      ]),
      clusterOf(2),
    ),
    flows: [
      ["shop/pod-1", "shop/pod-2:80", "allowed", undefined, "--assume", "pod-overlay=vxlan"],
      ["shop/pod-1", "shop/pod-2:80", "denied", ["acl outbound denied"]],
    ],
  }),
  gotcha(9, "rules for swapped ports do not let it in", {
    files: filesOf(
      first([
        aclRule("out", "allow", "outbound", "udp", ANY, ANY, ports([1024, 65_535], [4789, 4789])),
        aclRule("in", "allow", "inbound", "udp", ANY, ANY, ports([4789, 4789], [5000, 65_535])),
      ]),
      clusterOf(2),
    ),
    flows: [["shop/pod-1", "shop/pod-2:80", "one-way", ["reply acl inbound denied"], "--assume", "pod-overlay=vxlan"]],
  }),
  gotcha(10, "lists see private addresses on both sides of a floating address and of a gateway", {
    files: filesOf(
      first(
        [
          aclRule("own-out", "allow", "outbound", "any", "10.240.0.0/24", ANY),
          aclRule("own-in", "allow", "inbound", "any", ANY, "10.240.0.0/24"),
        ],
        {
          security_groups: [group("one", ALL_OUT, ALL_IN)],
          instances: [server(1, S1, ["one"], "150.240.1.1")],
        },
      ),
    ),
    flows: [
      ["203.0.113.7", "150.240.1.1:443", "allowed", ["acl inbound allowed own-in"]],
      [S1, "203.0.113.7:443", "allowed", ["acl outbound allowed own-out"]],
      [W1, "203.0.113.7:443", "allowed", ["acl outbound allowed own-out"], ...NO_GROUPS],
    ],
  }),
  gotcha(11, "a floating address replaces the gateway, a gateway lets nothing in", {
    files: filesOf(
      networks({
        gateways: [1],
        gatewayStatus: "failed",
        rules: () => OPEN,
        more: { security_groups: [group("one", ALL_OUT, ALL_IN)], instances: [server(1, S1, ["one"], "150.240.1.1")] },
      }),
    ),
    checks: ["PC242"],
    flows: [
      [S1, "203.0.113.7:443", "allowed"],
      [W1, "203.0.113.7:443", "no-route"],
      ["203.0.113.7", `${W1}:443`, "no-route"],
    ],
  }),
  gotcha(11, "a gateway of another zone carries nothing", {
    files: filesOf(
      networks({
        gateways: [1],
        rules: () => OPEN,
        more: {
          public_gateways: [
            { id: "gateway-1", name: "elsewhere", vpc, zone: { name: zoneName(2) }, status: "available" },
          ],
        },
      }),
    ),
    checks: ["PC242"],
    flows: [[W1, "203.0.113.7:443", "no-route"]],
  }),
  gotcha(12, "the service networks end where they end", {
    files: filesOf(networks({ rules: () => OPEN })),
    flows: [
      ...["161.26.0.0", "161.26.255.255", "166.8.0.0", "166.11.255.255"].map(
        (address) => [W1, `${address}:443`, "allowed"] as const,
      ),
      ...["161.25.255.255", "161.27.0.0", "166.7.255.255", "166.12.0.0"].map(
        (address) => [W1, `${address}:443`, "no-route"] as const,
      ),
    ],
  }),
  gotcha(13, "a rule for a source port meets answers, and a node picks its source ports", {
    files: filesOf(
      first([
        aclRule("web", "allow", "outbound", "tcp", ANY, ANY, ports([443, 443], [443, 443])),
        aclRule("high", "allow", "outbound", "tcp", ANY, ANY, ports([32_768, 60_999], [80, 80])),
        aclRule("in", "allow", "inbound", "any", ANY, ANY),
      ]),
      clusterOf(2),
    ),
    flows: [
      ["node/worker-1", `${W2}:443`, "denied", ["acl outbound denied"], "--source-port", "40000"],
      ["node/worker-1", `${W2}:443`, "allowed", ["acl outbound allowed web"], "--source-port", "443"],
      ["node/worker-1", `${W2}:80`, "allowed", ["acl outbound allowed high"], "--source-port", "40000"],
      ["shop/pod-1", `${W2}:80`, "undecided", undefined, "--source-port", "40000"],
      ["shop/pod-1", `${W2}:443`, "denied", ["acl outbound denied"], "--source-port", "443"],
    ],
  }),
  gotcha(14, "the own side may be narrower than the subnet, a single address, or any on a shared list", {
    files: filesOf(
      first([
        aclRule("one", "allow", "outbound", "tcp", "10.240.0.5", ANY),
        aclRule("half", "allow", "outbound", "udp", "10.240.0.0/25", ANY),
        aclRule("in", "allow", "inbound", "any", ANY, ANY),
      ]),
    ),
    checks: ["PC232", "PC232"],
    flows: [
      [W1, `${W2}:80`, "allowed"],
      ["10.240.0.6", `${W2}:80`, "denied"],
      ["10.240.0.127", `${W2}:53/udp`, "allowed"],
      ["10.240.0.128", `${W2}:53/udp`, "denied"],
    ],
  }),
  gotcha(14, "an address inside a block stands for the block", {
    files: filesOf(first([aclRule("out", "allow", "outbound", "tcp", ANY, "10.240.64.77/25"), ...OPEN.slice(1)])),
    checks: ["PC203"],
    flows: [
      [W1, "10.240.64.10:80", "allowed"],
      [W1, "10.240.64.128:80", "denied"],
    ],
  }),
  gotcha(15, "a type without code means every code, a code without type nothing", {
    files: filesOf(first([aclRule("too-big", "allow", "outbound", "icmp", ANY, ANY, { type: 3 }), ...OPEN.slice(1)])),
    flows: [
      [W1, `${W2}:/icmp.3.4`, "allowed"],
      [W1, `${W2}:/icmp.4.0`, "denied"],
    ],
  }),
  ...[{ code: 4 }, { type: 255 }, ports(undefined, [0, 80])].map((traffic, i) =>
    gotcha(15, `and ports begin at 1, types end at 254: ${JSON.stringify(traffic)} is refused`, {
      files: filesOf(first([aclRule("no", "allow", "outbound", i === 2 ? "tcp" : "icmp", ANY, ANY, traffic)])),
      checks: ["PC11"],
    }),
  ),
  gotcha(16, "groups remember, add up, and mean the addresses of their members", {
    files: filesOf(grouped(group("one", ALL_OUT), group("two", { ...ALL_IN, remote: { id: "one", name: "one" } }))),
    flows: [
      [S1, `${S2}:80`, "allowed", ["security group inbound allowed two-1"]],
      [S2, `${S1}:80`, "denied", ["security group outbound denied"]],
      ["10.240.0.77", `${S2}:80`, "undecided"],
    ],
  }),
  gotcha(16, "a rule may be about one address of the member", {
    files: filesOf(grouped(group("one", ALL_OUT), group("two", { ...ALL_IN, local: { address: "10.240.64.99" } }))),
    flows: [[S1, `${S2}:80`, "denied", ["security group inbound denied"]]],
  }),
  gotcha(17, "groups filter inside a subnet, lists do not", {
    files: filesOf(
      networks({
        rules: () => [],
        more: {
          security_groups: [group("one", ALL_OUT), group("two", ALL_IN)],
          instances: [server(1, S1, ["one"]), server(1, "10.240.0.8", ["two"], undefined, "near")],
        },
      }),
    ),
    flows: [
      [S1, "10.240.0.8:80", "allowed", ["security group inbound allowed two-1", "acl outbound skipped"]],
      ["10.240.0.8", `${S1}:80`, "denied", ["security group outbound denied"]],
    ],
  }),
  gotcha(18, "a proxy has two legs, each through its own lists; clients are not seen behind it", {
    files: balanced("application"),
    flows: [
      [
        "203.0.113.7",
        "150.240.9.9:443",
        "denied",
        ["acl inbound allowed clients-in", "acl inbound denied", "reply acl outbound allowed clients-out"],
        ...NO_GROUPS,
      ],
    ],
  }),
  gotcha(18, "what passes packets on keeps the client: the member's list has to let it in, and the answer out", {
    files: balanced("network"),
    flows: [["203.0.113.7", "150.240.9.9:443", "denied", ["acl inbound denied"], ...NO_GROUPS]],
  }),
  gotcha(19, "an endpoint gateway stands in a subnet, whose list is asked", {
    files: {
      ...filesOf(networks({ rules: (zone) => (zone === 2 ? [] : OPEN) }), clusterOf(1)),
      "endpoint_gateways.json": JSON.stringify([
        {
          id: "r006-vpe",
          name: "registry",
          crn: "crn:v1:bluemix:public:is:us-south:a/123456::endpoint-gateway:r006-vpe",
          resource_type: "endpoint_gateway",
          vpc,
          service_endpoints: ["us.icr.io"],
          ips: [{ id: "ip-1", address: "10.240.64.20", name: "ip", resource_type: "subnet_reserved_ip" }],
          security_groups: [],
        },
      ]),
    },
    flows: [["node/worker-1", "10.240.64.20:443", "denied", ["acl inbound denied"]]],
  }),
  gotcha(20, "inside a subnet groups see pods, between subnets nodes and what carries", {
    files: filesOf(
      networks({
        rules: () => OPEN,
        more: {
          security_groups: [
            group("kube-cluster1", ALL_OUT, {
              direction: "inbound",
              protocol: "any",
              remote: { cidr_block: "10.240.0.0/16" },
            }),
          ],
        },
      }),
      [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
        ...[
          [1, W1, "00000001"],
          [2, W2, "00000002"],
        ].map(([zone, address, id]) =>
          worker(Number(zone), String(address), {
            "ibm-cloud.kubernetes.io/worker-id": `kube-cluster1-my-default-${id}`,
          }),
        ),
        near("near", "10.240.0.6"),
        podOn(1, "pod-1"),
        podOn(2, "pod-2"),
        onNear(),
      ],
    ),
    flows: [
      ["shop/pod-1", "shop/pod-2:80", "allowed", ["overlay rewritten", "security group inbound allowed"]],
      ["shop/pod-1", "shop/pod-near:80", "denied", ["security group inbound denied", "overlay skipped"]],
    ],
  }),
  gotcha(21, "which subnet is its own each node decides by its own mask: the ways differ", {
    files: filesOf(
      networks({
        rules: () => OPEN,
        more: { workers: [workerExport(1, W1, "10.240.0.0/16"), workerExport(2, W2, "10.240.64.0/24")] },
      }),
      clusterOf(2),
    ),
    flows: [
      ["shop/pod-1", "shop/pod-2:80", "no-route", ["overlay skipped", "route no-route"]],
      ["shop/pod-2", "shop/pod-1:80", "one-way", ["overlay rewritten", "reply route denied"]],
    ],
  }),
  gotcha(22, "a pod speaks to another node by its own node's address, and to its own node unseen", {
    files: filesOf(first([aclRule("worker-out", "allow", "outbound", "tcp", W1, ANY), ...OPEN.slice(1)]), clusterOf(2)),
    flows: [
      ["shop/pod-1", "node/worker-2:10250", "allowed", ["masquerade rewritten", "acl outbound allowed worker-out"]],
      ["shop/pod-1", "node/worker-1:10250", "allowed", ["network skipped"]],
      ["shop/pod-1", "node/worker-2:10250", "denied", ["masquerade skipped"], "--assume", "pod-masquerade=off"],
    ],
  }),
  gotcha(22, "pods on the host network are their node", {
    files: filesOf(first([aclRule("worker-out", "allow", "outbound", "tcp", W1, ANY), ...OPEN.slice(1)]), [
      ...clusterOf(2),
      agent(),
    ]),
    flows: [[W1, "node/worker-2:10250", "allowed", ["policy egress skipped", "acl outbound allowed worker-out"]]],
  }),
  gotcha(23, "pods that may run on several nodes have the answers of all of them", {
    files: {
      ...filesOf(networks({ gateways: [1], rules: () => OPEN }), clusterOf(2)),
      "app.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata: {labels: {app: app}}
    spec: {containers: [{name: c, image: i}]}
`,
    },
    flows: [
      ["shop/app", "203.0.113.7:443", "partial"],
      ["shop/app", "161.26.0.10:53/udp", "allowed"],
    ],
  }),
  gotcha(24, "an endpoint whose messages about too large packets are dropped", {
    files: filesOf(
      networks({
        gateways: [1],
        rules: (zone) => recipe(zone, 2, zone === 1 ? both("endpoint", "203.0.113.0/24", "tcp") : []),
      }),
    ),
    checks: ["PC248"],
  }),
  gotcha(25, "a list that is attached before its rules are there cuts everything", {
    files: {
      ...filesOf(networks({ rules: () => OPEN }), clusterOf(2)),
      "half-done.sh":
        "acl_id=new-list\nibmcloud is network-acl-create new-list vpc-1\n" +
        "ibmcloud is subnet-update subnet-1 --acl $acl_id\n",
    },
    flows: [["node/worker-1", "node/worker-2:10250", "denied", ["acl outbound denied"]]],
  }),
  gotcha(26, "a corporate network inside the range of the pods is told, not guessed", {
    files: {
      ...filesOf(
        networks({
          rules: (zone) => [...allowRules(zone, 2), ...both("office", "172.17.0.0/20")],
        }),
        clusterOf(2),
      ),
      "cluster-of.json": JSON.stringify({
        id: "cluster1",
        name: "mycluster",
        provider: "vpc-gen2",
        podSubnet: "172.17.0.0/18",
        serviceSubnet: "172.21.0.0/16",
        masterKubeVersion: "1.33.4_1550",
      }),
    },
    checks: ["PC236"],
  }),
];

function workerExport(zone: number, address: string, cidr: string): RawWorker {
  return {
    id: `kube-cluster1-my-default-0000000${zone}`,
    location: zoneName(zone),
    networkInterfaces: [{ subnetID: `subnet-${zone}`, ipAddress: address, cidr, primary: true }],
  };
}

/**
 * A load balancer in the second subnet, which lets clients in, with the worker of the first as its member. That one's list lets
 * in what comes from the second subnet, to another port.
 */
function balanced(family: "application" | "network"): Readonly<Record<string, string>> {
  const lists: Readonly<Record<number, readonly RawAclRule[]>> = {
    1: [aclRule("from-two", "allow", "inbound", "tcp", "10.240.64.0/24", ANY, ports(undefined, [80, 80]))],
    2: [
      ...both("to-one", "10.240.0.0/24", "any"),
      aclRule("clients-in", "allow", "inbound", "tcp", ANY, ANY, ports(undefined, [443, 443])),
      aclRule("clients-out", "allow", "outbound", "tcp", ANY, ANY, ports([443, 443])),
    ],
  };
  const member = { id: "member", port: 30_443, target: { address: W1 } };
  return {
    ...filesOf(networks({ rules: (zone) => lists[zone] }), clusterOf(2)),
    "load_balancers.json": JSON.stringify([
      {
        id: "balancer",
        name: "balancer",
        crn: "crn:v1:bluemix:public:is:us-south:a/123456::load-balancer:balancer",
        resource_type: "load_balancer",
        is_public: true,
        profile: { family, name: family },
        public_ips: [{ address: "150.240.9.9" }],
        private_ips: [{ address: "10.240.64.30" }],
        subnets: [{ id: "subnet-2" }],
        security_groups: [],
        listeners: [{ id: "listener", protocol: "tcp", port: 443, default_pool: { id: "pool" } }],
        pools: [{ id: "pool", members: [member] }],
      },
    ]),
  };
}

/** A second worker of the first zone, and a pod there. */
function near(name: string, address: string) {
  return {
    ...worker(1, address),
    metadata: {
      name,
      labels: {
        "ibm-cloud.kubernetes.io/subnet-id": "subnet-1",
        "ibm-cloud.kubernetes.io/worker-id": "kube-cluster1-my-default-00000003",
      },
    },
  };
}

/** A pod on the first worker's network. */
function agent() {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "agent", namespace: "shop" },
    spec: { nodeName: "worker-1", hostNetwork: true, containers: [{ name: "c", image: "i" }] },
    status: { phase: "Running", podIP: W1, hostIP: W1 },
  };
  return pod;
}

function onNear() {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "pod-near", namespace: "shop" },
    spec: { nodeName: "near", containers: [{ name: "main", image: "main" }] },
    status: { phase: "Running", podIP: "172.17.9.2" },
  };
  return pod;
}

/** The first zone's list as an API prints it, for everything out and in, with the links that are given. */
function listText(rules: readonly (readonly [name: string, action: string])[], before: readonly string[]): string {
  const list = (id: string, own: readonly object[]) => ({
    id,
    name: id,
    crn: `crn:v1:bluemix:public:is:us-south:a/123456::network-acl:${id}`,
    vpc,
    subnets: [],
    rules: own,
  });
  const written = rules.map(([name, action], i) => {
    const next = before[i] ?? "";
    return {
      id: name,
      name,
      action,
      direction: "outbound",
      ip_version: "ipv4",
      protocol: "any",
      source: ANY,
      destination: ANY,
      ...(next === "" ? {} : { before: { id: next, name: next } }),
    };
  });
  const open = OPEN.map((rule) => ({ ...rule, ip_version: "ipv4" }));
  return JSON.stringify([list("acl-default", open), list("acl-1", written), list("acl-2", open)]);
}
