/** ACLs, gateways and workers: the first half of the document on VPCs, requirement by requirement. */
import type { NetworkScenario } from "./network-scenario.ts";
import { filesOf } from "./network-scenario.ts";
import {
  ANY,
  aclRule,
  allowRules,
  bornRules,
  clusterOf,
  denyRules,
  networks,
  podOn,
  recipe,
  worker,
} from "./networks.ts";

const [W1, W2] = ["10.240.0.5", "10.240.64.10"];
const YES = ["--assume", "overlay-matched-by-legacy-all=yes"] as const;
const NO = ["--assume", "overlay-matched-by-legacy-all=no"] as const;

/** An endpoint on the internet that pods of the first zone may use. */
const endpointOut = aclRule("endpoint-outbound", "allow", "outbound", "tcp", ANY, "203.0.113.0/24", {
  destination_port_min: 443,
  destination_port_max: 443,
});
const endpointIn = aclRule("endpoint-inbound", "allow", "inbound", "tcp", "203.0.113.0/24", ANY, {
  source_port_min: 443,
  source_port_max: 443,
});
const endpoint = [endpointOut, endpointIn];

/** Two zones, a gateway in the first, the recipe's lists with these rules in the first. */
function withRules(more: Parameters<typeof recipe>[2], options: Parameters<typeof networks>[0] = {}) {
  return networks({ gateways: [1], rules: (zone) => recipe(zone, 2, zone === 1 ? more : []), ...options });
}

const OPEN_TO_ALL = { rules: () => undefined };

export const S1_VPC: readonly NetworkScenario[] = [
  {
    ids: ["S1-01"],
    state: "policies at pods and lists at subnets are asked in the order of the way",
    files: filesOf(withRules(endpoint), clusterOf(2)),
    flows: [
      [
        "shop/pod-1",
        "203.0.113.9:443",
        "allowed",
        [
          "policy egress allowed",
          "masquerade rewritten",
          "acl outbound allowed endpoint-outbound",
          "gateway rewritten",
          "reply acl inbound allowed endpoint-inbound",
        ],
      ],
      [
        "shop/pod-1",
        "shop/pod-2:80",
        "allowed",
        [
          "policy egress allowed",
          "overlay rewritten",
          "acl outbound allowed allow-workers-us-south-2-outbound",
          "acl inbound allowed allow-workers-us-south-1-inbound",
          "policy ingress allowed",
          "reply acl outbound allowed allow-workers-us-south-1-outbound",
          "reply acl inbound allowed allow-workers-us-south-2-inbound",
        ],
        ...YES,
      ],
    ],
  },
  {
    ids: ["S1-01"],
    state: "the one that blocks is named, be it a policy or a list",
    files: {
      ...filesOf(withRules(endpoint), clusterOf(2)),
      "policy.yaml": `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}
`,
    },
    flows: [
      ["shop/pod-1", "203.0.113.9:443", "allowed"],
      ["shop/pod-1", "203.0.113.9:80", "denied", ["policy egress denied", "acl outbound denied deny-all-outbound"]],
      ["shop/pod-1", "8.8.8.8:443", "denied", ["policy egress allowed", "acl outbound denied deny-all-outbound"]],
    ],
  },
  {
    ids: ["S1-02"],
    state: "an inbound rule allows or denies a range, a protocol and ports; the own side is whatever subnet it is on",
    files: filesOf(
      networks({
        rules: (zone) =>
          zone === 1
            ? [
                aclRule("no-ssh", "deny", "inbound", "tcp", "10.240.64.0/25", ANY, {
                  destination_port_min: 22,
                  destination_port_max: 23,
                }),
                aclRule("tcp", "allow", "inbound", "tcp", "10.240.64.0/24", ANY),
                aclRule("ping", "allow", "inbound", "icmp", "10.240.64.0/24", ANY, { type: 8 }),
                aclRule("answers", "allow", "outbound", "all", ANY, ANY),
              ]
            : bornRules,
      }),
      clusterOf(2),
    ),
    flows: [
      [W2, `${W1}:22`, "denied", ["acl inbound denied no-ssh"]],
      [W2, `${W1}:23`, "denied", ["acl inbound denied no-ssh"]],
      [W2, `${W1}:21`, "allowed", ["acl inbound allowed tcp"]],
      [W2, `${W1}:24`, "allowed", ["acl inbound allowed tcp"]],
      ["10.240.64.200", `${W1}:22`, "allowed", ["acl inbound allowed tcp"]],
      [W2, `${W1}:53/udp`, "denied", ["acl inbound denied"]],
      [W2, `${W1}:/icmp.8`, "allowed", ["acl inbound allowed ping"]],
      [W2, `${W1}:/icmp.13`, "denied", ["acl inbound denied"]],
    ],
  },
  {
    ids: ["S1-03"],
    state: 'an outbound rule is about where packets go, not about a "source" range as the prose says',
    files: filesOf(
      networks({
        rules: (zone) =>
          zone === 1
            ? [
                aclRule("meant", "allow", "outbound", "all", ANY, "10.240.64.0/24"),
                aclRule("as-the-prose-says", "allow", "outbound", "all", "10.240.128.0/24", ANY),
                aclRule("answers", "allow", "inbound", "all", ANY, ANY),
              ]
            : bornRules,
        zones: 3,
      }),
      clusterOf(3),
    ),
    flows: [
      [W1, `${W2}:80`, "allowed", ["acl outbound allowed meant"]],
      [W1, "10.240.128.7:80", "denied", ["acl outbound denied"]],
    ],
  },
  {
    ids: ["S1-04"],
    state: "clusters that share a subnet: a list that names its own subnet separates nobody",
    files: filesOf(
      networks({
        zones: 1,
        rules: () => [aclRule("apart", "deny", "inbound", "all", "10.240.0.16/28", "10.240.0.0/28"), ...bornRules],
      }),
      [
        { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } },
        worker(1, "10.240.0.5"),
        { ...worker(1, "10.240.0.20"), metadata: { name: "of-another-cluster" } },
        podOn(1, "pod-1"),
      ],
    ),
    checks: ["PC231"],
    flows: [
      ["node/of-another-cluster", "node/worker-1:80", "allowed", ["acl outbound skipped"]],
      ["node/worker-1", "node/of-another-cluster:80", "allowed"],
    ],
  },
  {
    ids: ["S1-08"],
    state: "a pod on a subnet with a gateway reaches the internet, policy and list letting it out and its answers in",
    files: filesOf(withRules(endpoint), clusterOf(2)),
    flows: [["shop/pod-1", "203.0.113.9:443", "allowed", ["gateway rewritten"]]],
  },
  {
    ids: ["S1-08"],
    state: "without the gateway",
    files: filesOf(withRules(endpoint, { gateways: [] }), clusterOf(2)),
    checks: ["PC238", "PC240", "PC248"],
    flows: [
      ["shop/pod-1", "203.0.113.9:443", "no-route", ["route no-route", "acl outbound allowed endpoint-outbound"]],
    ],
  },
  {
    ids: ["S1-08"],
    state: "with a gateway that is still pending",
    files: filesOf(withRules(endpoint, { gatewayStatus: "pending" }), clusterOf(2)),
    flows: [["shop/pod-1", "203.0.113.9:443", "no-route", ["route no-route"]]],
  },
  {
    ids: ["S1-08"],
    state: "without the rule out",
    files: filesOf(withRules([endpointIn]), clusterOf(2)),
    flows: [
      ["shop/pod-1", "203.0.113.9:443", "denied", ["acl outbound denied deny-all-outbound", "gateway rewritten"]],
    ],
  },
  {
    ids: ["S1-08", "S1-17"],
    state: "without the rule for the answers",
    files: filesOf(withRules([endpointOut]), clusterOf(2)),
    checks: ["PC220"],
    flows: [
      [
        "shop/pod-1",
        "203.0.113.9:443",
        "one-way",
        ["acl outbound allowed endpoint-outbound", "gateway rewritten", "reply acl inbound denied deny-all-inbound"],
      ],
    ],
  },
  {
    ids: ["S1-09"],
    state: "the provider's own services need no gateway, other public addresses do",
    files: filesOf(networks(OPEN_TO_ALL), clusterOf(2)),
    flows: [
      ["shop/pod-1", "166.9.1.1:443", "allowed", ["gateway rewritten"]],
      ["shop/pod-1", "161.26.0.10:53/udp", "allowed", ["gateway rewritten"]],
      ["shop/pod-1", "8.8.8.8:53/udp", "no-route", ["route no-route"]],
      ["shop/pod-1", "internet:443", "no-route"],
    ],
  },
  {
    ids: ["S1-10", "S1-16"],
    state: "only pods of the subnet with the gateway get out",
    files: filesOf(withRules(endpoint), clusterOf(2)),
    flows: [
      ["shop/pod-1", "203.0.113.9:443", "allowed"],
      ["shop/pod-2", "203.0.113.9:443", "denied", ["acl outbound denied deny-all-outbound", "route no-route"]],
    ],
  },
  {
    ids: ["S1-14"],
    state: "the label subnet-id says in which subnet a worker is",
    files: filesOf(withRules(endpoint), clusterOf(2)),
    flows: [
      ["node/worker-1", "203.0.113.9:443", "allowed", ["acl outbound allowed endpoint-outbound"]],
      ["node/worker-2", "203.0.113.9:443", "denied"],
    ],
  },
  {
    ids: ["S1-14"],
    state: "without the label the address says it",
    files: filesOf(withRules(endpoint), [
      { ...worker(1, "10.240.0.5"), metadata: { name: "worker-1" } },
      { ...worker(2, "10.240.64.10"), metadata: { name: "worker-2" } },
    ]),
    flows: [
      ["node/worker-1", "203.0.113.9:443", "allowed"],
      ["node/worker-2", "203.0.113.9:443", "denied"],
    ],
  },
  {
    ids: ["S1-18"],
    state: "subnets without a list of their own have their VPC's default, which allows everything",
    files: filesOf(networks({ ...OPEN_TO_ALL, gateways: [1] }), clusterOf(2)),
    flows: [
      [W1, `${W2}:22`, "allowed", ["acl outbound allowed allow-all-outbound-rule"]],
      [W1, "8.8.8.8:53/udp", "allowed"],
      [W1, "166.12.0.1:443", "allowed"],
    ],
  },
  {
    ids: ["S1-19"],
    state: "a list without rules denies everything, both ways",
    files: filesOf(networks({ rules: (zone) => (zone === 1 ? [] : bornRules) }), clusterOf(2)),
    flows: [
      [W1, `${W2}:80`, "denied", ["acl outbound denied"]],
      [W2, `${W1}:80`, "denied", ["acl inbound denied"]],
      [W1, "161.26.0.10:53/udp", "denied"],
    ],
  },
  {
    ids: ["S1-19"],
    state: "what no rule of a list meets is denied, with and without rules that deny the rest",
    files: filesOf(networks({ rules: (zone) => allowRules(zone, 2) }), clusterOf(2)),
    flows: [
      [W1, `${W2}:80`, "allowed"],
      [W1, "8.8.8.8:53/udp", "denied", ["acl outbound denied"]],
    ],
  },
  {
    ids: ["S1-20", "S1-26"],
    state: "a rule that is added at the end, behind the rules that deny the rest, is dead",
    files: filesOf(
      networks({ gateways: [1], rules: (zone) => [...recipe(zone, 2), ...(zone === 1 ? endpoint : [])] }),
      clusterOf(2),
    ),
    checks: ["PC226", "PC226"],
    flows: [["shop/pod-1", "203.0.113.9:443", "denied", ["acl outbound denied deny-all-outbound"]]],
  },
  {
    ids: ["S1-20"],
    state: "an outbound rule put before deny-all-inbound comes behind deny-all-outbound",
    files: filesOf(
      networks({
        gateways: [1],
        rules: (zone) =>
          zone === 1
            ? [...allowRules(1, 2), ...denyRules.slice(0, 1), ...endpoint, ...denyRules.slice(1)]
            : recipe(zone, 2),
      }),
      clusterOf(2),
    ),
    checks: ["PC226"],
    flows: [["shop/pod-1", "203.0.113.9:443", "denied", ["acl outbound denied deny-all-outbound"]]],
  },
  {
    ids: ["S1-22"],
    state: "a list that keeps the two rules it was born with: all others are dead",
    files: filesOf(networks({ rules: (zone) => [...bornRules, ...recipe(zone, 2)] }), clusterOf(2)),
    checks: ["PC227", "PC227", "PC227", "PC227"],
    flows: [
      [W1, "166.12.0.1:443", "no-route", ["acl outbound allowed allow-all-outbound-rule"]],
      [W1, `${W2}:80`, "allowed", ["acl outbound allowed allow-all-outbound-rule"]],
    ],
  },
  {
    ids: ["S1-23"],
    state: "three zones: two pairs of rules in each list, the own side any, the others by their blocks",
    files: filesOf(networks({ zones: 3 }), clusterOf(3)),
    flows: [1, 2, 3].flatMap((from) =>
      [1, 2, 3]
        .filter((to) => to !== from)
        .map((to): readonly [string, string, "allowed"] => [
          `node/worker-${from}`,
          `node/worker-${to}:10250`,
          "allowed",
        ]),
    ),
  },
  {
    ids: ["S1-23"],
    state: "a zone that the others do not list",
    files: filesOf(
      networks({ zones: 3, rules: (zone) => (zone === 3 ? recipe(3, 3) : recipe(zone, 2)) }),
      clusterOf(3),
    ),
    checks: ["PC244", "PC244"],
    flows: [
      ["node/worker-3", "node/worker-1:80", "denied", ["acl inbound denied deny-all-inbound"]],
      ["node/worker-1", "node/worker-3:80", "denied", ["acl outbound denied deny-all-outbound"]],
      ["node/worker-1", "node/worker-2:80", "allowed"],
    ],
  },
  ...["allow-ibm-private-network2", "allow-ibm-private-network"].flatMap((name) =>
    ["outbound", "inbound"].map((direction): NetworkScenario => ({
      ids: ["S1-24"],
      state: `without ${name}-${direction} the cluster does not work`,
      files: filesOf(
        networks({
          rules: (zone) => recipe(zone, 2).filter((rule) => zone !== 1 || rule.name !== `${name}-${direction}`),
        }),
        clusterOf(2),
      ),
      checks: ["PC245"],
      flows: [
        [
          W1,
          name.endsWith("2") ? "161.26.0.10:53/udp" : "166.9.0.1:443",
          direction === "outbound" ? "denied" : "one-way",
        ],
      ],
    })),
  ),
  {
    ids: ["S1-25", "S1-29"],
    state: "the finished program of two zones",
    files: filesOf(networks({ gateways: [1] }), clusterOf(2)),
    flows: [
      [W1, `${W2}:22`, "allowed"],
      [W1, "161.26.0.10:53/udp", "allowed"],
      [W1, "166.11.255.255:443", "allowed"],
      [W1, "166.12.0.1:443", "denied", ["acl outbound denied deny-all-outbound"]],
      [W1, "8.8.8.8:53/udp", "denied", ["acl outbound denied deny-all-outbound"]],
      ["8.8.8.8", `${W1}:53/udp`, "denied", ["acl inbound denied deny-all-inbound"]],
      [W1, "10.240.0.6:22", "allowed", ["acl outbound skipped"]],
      // The company's network, as the program has it; its addresses are public, so a way there is wanted too.
      [W1, "207.42.8.9:443", "allowed", ["acl outbound allowed corporate-network-outbound", "gateway rewritten"]],
      [W1, "207.42.9.9:443", "denied"],
      [W2, "207.42.8.9:443", "no-route", ["acl outbound allowed corporate-network-outbound", "route no-route"]],
      ["207.42.8.9", `${W1}:22`, "no-route", ["acl inbound allowed corporate-network-inbound", "route no-route"]],
    ],
  },
  {
    ids: ["S1-26"],
    state: "the rules that deny the rest come last, so that what stands before them counts",
    files: filesOf(networks({ rules: (zone) => [...denyRules, ...allowRules(zone, 2)] }), clusterOf(2)),
    flows: [[W1, `${W2}:22`, "denied", ["acl outbound denied deny-all-outbound"]]],
  },
  {
    ids: ["S1-27"],
    state: "before the lists are applied",
    files: filesOf(networks({ ...OPEN_TO_ALL, gateways: [1] }), clusterOf(2)),
    flows: [
      ["shop/pod-1", "8.8.8.8:443", "allowed"],
      ["shop/pod-1", "shop/pod-2:80", "allowed", undefined, ...YES],
    ],
  },
  {
    ids: ["S1-27"],
    state: "once they are: what is lost",
    files: filesOf(networks({ gateways: [1] }), clusterOf(2)),
    flows: [
      ["shop/pod-1", "8.8.8.8:443", "denied"],
      ["shop/pod-1", "shop/pod-2:80", "allowed", undefined, ...YES],
      ["shop/pod-1", "shop/pod-2:80", "denied", undefined, ...NO],
      ["shop/pod-1", "shop/pod-2:80", "undecided"],
    ],
  },
];
