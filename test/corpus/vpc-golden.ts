/** The recipe of the document on VPCs for three zones, a list in each, and what becomes of the flows people ask about first. */
import type { RawAclRule } from "../naive/vpc-objects.ts";
import { filesOf, type NetworkFlow, type NetworkScenario } from "./network-scenario.ts";
import { ANY, aclRule, clusterOf, networks, recipe } from "./networks.ts";

const out = aclRule("endpoint-outbound", "allow", "outbound", "tcp", ANY, "203.0.113.0/24", {
  destination_port_min: 443,
  destination_port_max: 443,
});
const back = aclRule("endpoint-inbound", "allow", "inbound", "tcp", "203.0.113.0/24", ANY, {
  source_port_min: 443,
  source_port_max: 443,
});

function golden(
  state: string,
  more: readonly RawAclRule[],
  gateways: readonly number[],
  flows: readonly NetworkFlow[],
): NetworkScenario {
  const files = filesOf(networks({ zones: 3, gateways, rules: (zone) => recipe(zone, 3, more) }), clusterOf(3));
  return { ids: ["golden"], state, files, flows };
}

const LOAD_BALANCER = {
  id: "balancer",
  name: "balancer",
  crn: "crn:v1:bluemix:public:is:us-south:a/123456::load-balancer:balancer",
  resource_type: "load_balancer",
  is_public: true,
  profile: { family: "application", name: "application" },
  public_ips: [{ address: "150.240.9.9" }],
  private_ips: [{ address: "10.240.0.30" }],
  subnets: [{ id: "subnet-1" }],
  security_groups: [],
  listeners: [{ id: "listener", protocol: "tcp", port: 443, default_pool: { id: "pool" } }],
  pools: [{ id: "pool", members: [{ id: "member", port: 30_443, target: { address: "10.240.0.5" } }] }],
};

export const VPC_GOLDEN: readonly NetworkScenario[] = [
  golden(
    "three zones, no gateway",
    [],
    [],
    [
      ["node/worker-1", "node/worker-2:10250", "allowed"],
      ["node/worker-2", "node/worker-3:53/udp", "allowed"],
      ["node/worker-3", "node/worker-1:/icmp.8", "allowed"],
      ["shop/pod-1", "shop/pod-2:80", "undecided"],
      ["shop/pod-1", "shop/pod-2:80", "allowed", undefined, "--assume", "overlay-matched-by-legacy-all=yes"],
      ["shop/pod-1", "shop/pod-2:80", "denied", undefined, "--assume", "overlay-matched-by-legacy-all=no"],
      ["shop/pod-1", "161.26.0.10:53/udp", "allowed", ["reply acl inbound allowed allow-ibm-private-network2-inbound"]],
      ["node/worker-1", "207.42.8.9:443", "no-route", ["acl outbound allowed corporate-network-outbound"]],
    ],
  ),
  golden(
    "with a gateway in the first",
    [],
    [1],
    [
      ["shop/pod-1", "8.8.8.8:53/udp", "denied", ["acl outbound denied deny-all-outbound"]],
      ["node/worker-1", "207.42.8.9:443", "allowed"],
      ["node/worker-2", "207.42.8.9:443", "no-route"],
    ],
  ),
  golden(
    "and a rule out to an endpoint",
    [out],
    [1],
    [["shop/pod-1", "203.0.113.9:443", "one-way", ["reply acl inbound denied deny-all-inbound"]]],
  ),
  golden(
    "and the rule for its answers",
    [out, back],
    [1],
    [
      ["shop/pod-1", "203.0.113.9:443", "allowed"],
      ["shop/pod-2", "203.0.113.9:443", "no-route"],
      ["shop/pod-3", "203.0.113.9:443", "no-route"],
    ],
  ),
  {
    ids: ["golden"],
    state: "clients of a public load balancer in front of a node port",
    files: {
      ...filesOf(networks({ zones: 3, gateways: [1], rules: (zone) => recipe(zone, 3) }), clusterOf(3)),
      "load_balancers.json": JSON.stringify([LOAD_BALANCER]),
    },
    flows: [["203.0.113.7", "150.240.9.9:443", "denied", ["acl inbound denied deny-all-inbound"]]],
  },
];
