/** What the document on VPCs types and sees: its commands, its tables, its fragment of a Deployment. */
import { type NetworkScenario, filesOf } from "./network-scenario.ts";
import { ANY, SUBNETS, aclRule, clusterOf, networks, recipe, vpc, worker } from "./networks.ts";

const ADD = "ibmcloud is network-acl-rule-add";

/** Steps 4.1 to 4.7 for one zone, word by word, for the others' blocks. */
function commands(zone: number, others: readonly string[]): readonly string[] {
  const both = (name: string, block: string) => [
    `${ADD} ${name}-outbound $acl_id allow outbound all 0.0.0.0/0 ${block}`,
    `${ADD} ${name}-inbound $acl_id allow inbound all ${block} 0.0.0.0/0`,
  ];
  return [
    `ibmcloud is network-acl-create mycluster-us-south-${zone}-acl`,
    `export acl_id=mycluster-us-south-${zone}-acl`,
    "ibmcloud is network-acl-rule-delete $acl_id allow-all-inbound-rule -f",
    "ibmcloud is network-acl-rule-delete $acl_id allow-all-outbound-rule -f",
    ...others.flatMap((block) => both("allow-workers", block)),
    ...both("allow-ibm-private-network2", "161.26.0.0/16"),
    ...both("allow-ibm-private-network", "166.8.0.0/14"),
    ...both("corporate-network", "207.42.8.0/24"),
    `${ADD} deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0`,
    `${ADD} deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0`,
    `ibmcloud is subnet-update subnet-${zone} --network-acl-id $acl_id`,
  ];
}

function script(...parts: readonly (readonly string[])[]): string {
  return `${parts.flat().join("\n")}\n`;
}

/** Exports of subnets without lists, and a script that makes and attaches the lists. */
function withScript(text: string, zones = 2): Readonly<Record<string, string>> {
  const { "network_acls.json": _acls, ...files } = filesOf(
    networks({ zones, rules: () => undefined }),
    clusterOf(zones),
  );
  return { ...files, "lists.sh": text };
}

const OTHERS = (zone: number, zones: number): readonly string[] =>
  SUBNETS.slice(0, zones).filter((_, i) => i + 1 !== zone);

function deployment(affinity: string, isWhole = true): string {
  const rest = isWhole
    ? `  selector: {matchLabels: {app: with-node-affinity}}
  template:
    metadata: {labels: {app: with-node-affinity}}
    spec:
      containers: [{name: app, image: app}]
`
    : `  template:
    spec:
`;
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: with-node-affinity
  namespace: shop
spec:
${rest}      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: ibm-cloud.kubernetes.io/subnet-id
                operator: In
                values:
                - ${affinity}
`;
}

const endpoint = [
  aclRule("endpoint-outbound", "allow", "outbound", "tcp", ANY, "203.0.113.0/24", {
    destination_port_min: 443,
    destination_port_max: 443,
  }),
  aclRule("endpoint-inbound", "allow", "inbound", "tcp", "203.0.113.0/24", ANY, {
    source_port_min: 443,
    source_port_max: 443,
  }),
];

const GATEWAY_IN_ZONE_1 = networks({ gateways: [1], rules: (zone) => recipe(zone, 2, endpoint) });

export const S1_VPC_INPUT: readonly NetworkScenario[] = [
  {
    ids: ["S1-07"],
    state: "since then workers have security groups, named after their cluster, which filter beside the lists",
    files: {
      ...filesOf(
        networks({
          gateways: [1],
          more: {
            security_groups: [
              {
                id: "group-kube",
                name: "kube-cluster1",
                vpc,
                rules: [
                  { id: "out", direction: "outbound", protocol: "tcp", remote: { cidr_block: ANY } },
                  {
                    id: "in",
                    direction: "inbound",
                    protocol: "tcp",
                    remote: { id: "group-kube", name: "kube-cluster1" },
                  },
                ],
              },
            ],
          },
        }),
        [
          worker(1, "10.240.0.5", { "ibm-cloud.kubernetes.io/worker-id": "kube-cluster1-my-default-00000001" }),
          worker(2, "10.240.64.10", { "ibm-cloud.kubernetes.io/worker-id": "kube-cluster1-my-default-00000002" }),
        ],
      ),
    },
    checks: ["PC249"],
    flows: [
      ["node/worker-1", "161.26.0.10:53/tcp", "allowed", ["security group outbound allowed out"]],
      ["node/worker-1", "161.26.0.10:53/udp", "denied", ["security group outbound denied", "acl outbound allowed"]],
    ],
  },
  {
    ids: ["S1-M1"],
    state: "as printed: a fragment that no API takes, with a placeholder",
    files: { ...filesOf(GATEWAY_IN_ZONE_1, clusterOf(2)), "app.yaml": deployment("<subnet_ID>", false) },
    warnings: ['PC132 Deployment shop/with-node-affinity requires a node label with value "<subnet_ID>"'],
    flows: [["shop/with-node-affinity", "203.0.113.9:443", "no-route"]],
  },
  {
    ids: ["S1-M1"],
    state: "completed, the placeholder left in: its pods run nowhere",
    files: { ...filesOf(GATEWAY_IN_ZONE_1, clusterOf(2)), "app.yaml": deployment("<subnet_ID>") },
    warnings: ["PC132"],
    flows: [["shop/with-node-affinity", "203.0.113.9:443", "no-route"]],
  },
  {
    ids: ["S1-M1", "S1-10", "S1-11"],
    state: "completed with the id of the gateway's subnet: its pods run there only, hence in one zone",
    files: { ...filesOf(GATEWAY_IN_ZONE_1, clusterOf(2)), "app.yaml": deployment("subnet-1") },
    flows: [
      ["shop/with-node-affinity", "203.0.113.9:443", "allowed", ["masquerade rewritten", "gateway rewritten"]],
      ["shop/with-node-affinity", "shop/pod-1:80", "allowed"],
    ],
  },
  {
    ids: ["S1-M1", "S1-10"],
    state: "with the id of another subnet, and with the ids of both",
    files: {
      ...filesOf(GATEWAY_IN_ZONE_1, clusterOf(2)),
      "app.yaml": deployment("subnet-2"),
      "any.yaml": deployment("subnet-1\n                - subnet-2").replaceAll("with-node-affinity", "anywhere"),
    },
    flows: [
      ["shop/with-node-affinity", "203.0.113.9:443", "no-route", ["route no-route"]],
      ["shop/anywhere", "203.0.113.9:443", "partial"],
    ],
  },
  {
    ids: ["S1-12"],
    state: "the table of gateways, with real addresses in place of x",
    files: {
      "gateways.txt": `ID                                     Name                                       VPC                          Zone         Floating IP                  Created                     Status      Resource group
26426426-6065-4716-a90b-ac7ed7917c63   test-pgw                                   testvpc(36c8f522-.)          us-south-1   169.48.10.1(26466378-.)      2019-09-20T16:27:32-05:00   available   -
2ba2ba2b-fffa-4b0c-bdca-7970f09f9b8a   pgw-73b62bc0-b53a-11e9-9838-f3f4efa02374   team3(ff537d43-.)            us-south-2   169.48.10.2(2ba9a280-.)      2019-08-02T10:30:29-05:00   available   -
`,
    },
    imports: [/test-pgw +us-south-1 .*169\.48\.10\.1 .*available/, /pgw-73b62bc0-\S+ +us-south-2 .*169\.48\.10\.2/],
  },
  {
    ids: ["S1-12"],
    state: "a second gateway in a zone of one VPC",
    files: withScript(
      script([
        "ibmcloud is public-gateway-create mycluster-us-south-1-gateway vpc-1 us-south-1",
        "ibmcloud is public-gateway-create another vpc-1 us-south-1",
      ]),
    ),
    checks: ["PC206 VPC vpc-1 has a public gateway in us-south-1 already"],
  },
  {
    ids: ["S1-13", "S1-21"],
    state: "the tables of workers and of one worker, put together",
    files: {
      "workers.txt": `ID                                                   Primary IP     Flavor   State    Status   Zone         Version
kube-bl25g33d0if1cmfn0p8g-vpctest-default-000005ac   10.240.64.10   c2.2x4   normal   Ready    us-south-2   1.15.4
kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623   10.240.0.67    c2.2x4   normal   Ready    us-south-1   1.15.4
`,
      "worker.txt": `ID:                 kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623
Zone:               us-south-1
Worker Pool ID:     bl25g33d0if1cmfn0p8g-5aa474f
Worker Pool Name:   default
Flavor:             c2.2x4
Version:            1.15.4

Subnets
ID                                     IP Address               CIDR
a1b2c3d4-f560-471b-b6ce-20067ac93439   10.240.0.67 (primary)    10.240.0.0/24
`,
    },
    imports: [
      /000005ac +us-south-2 +10\.240\.64\.10 .*1\.15\.4 +normal/,
      /00000623 +us-south-1 +10\.240\.0\.67 +default +1\.15\.4/,
      /a1b2c3d4-f560-471b-b6ce-20067ac93439/,
    ],
  },
  {
    ids: ["S1-22", "S1-23"],
    state: "the commands for two zones, word by word",
    files: withScript(script(commands(1, OTHERS(1, 2)), commands(2, OTHERS(2, 2)))),
    flows: [
      ["node/worker-1", "node/worker-2:22", "allowed", ["acl outbound allowed allow-workers-outbound"]],
      ["node/worker-1", "8.8.8.8:53/udp", "denied", ["acl outbound denied deny-all-outbound"]],
    ],
  },
  {
    ids: ["S1-23"],
    state: "the commands for three zones: the names clash",
    files: withScript(script(...[1, 2, 3].map((zone) => commands(zone, OTHERS(zone, 3)))), 3),
    checks: Array.from({ length: 6 }, () => "PC206 network ACL mycluster-us-south-"),
  },
  {
    ids: ["S1-20"],
    state: "the command for a later rule, put before the deny-all of the other direction",
    files: withScript(
      script(commands(1, OTHERS(1, 2)), commands(2, OTHERS(2, 2)), [
        `${ADD} later mycluster-us-south-1-acl allow outbound tcp 0.0.0.0/0 10.9.0.0/16 --before-rule-name deny-all-inbound`,
      ]),
    ),
    checks: ['PC226 "later" allows nothing: it stands behind "deny-all-outbound"'],
    flows: [["node/worker-1", "10.9.0.1:80", "denied", ["acl outbound denied deny-all-outbound"]]],
  },
  {
    ids: ["S1-22"],
    state: "the commands without the two that delete the rules a list is born with",
    files: withScript(
      script(
        commands(1, OTHERS(1, 2)).filter((line) => !line.includes("rule-delete")),
        commands(2, OTHERS(2, 2)),
      ),
    ),
    checks: ["PC227", "PC227"],
    flows: [["node/worker-1", "8.8.8.8:53/udp", "no-route", ["acl outbound allowed allow-all-outbound-rule"]]],
  },
  {
    ids: ["S1-31"],
    state: "the samples as printed: no address is guessed",
    files: {
      "workers.txt": `ID                                                   Primary IP     Flavor   State    Status   Zone         Version
kube-bl25g33d0if1cmfn0p8g-vpctest-default-000005ac   10.240.02.00   c2.2x4   normal   Ready    us-south-2   1.15.4
`,
      "gateway.txt": `ID               26466378-6065-4716-a90b-ac7ed7917c63
Name             mycluster-us-south-1-gateway
Floating IP      169.xx.xx.xxx(26466378-6065-4716-a90b-ac7ed7917c63)
Status           pending
Created          2019-09-20T16:27:32-05:00
Zone             us-south-1
VPC              myvpc(36c8f522-4f0d-400c-8226-299f0b8198cf)
Resource group   -
`,
      "subnet.txt": `ID                  91e946b4-7094-46d0-9223-5c2dea2e5023
Name                mysubnet1
IPv4 CIDR           10.240.xx.xx/24
Address available   250
Address total       256
ACL                 allow-all-network-acl-36c8f522-4f0d-400c-8226-299f0b8198cf(585bc142-5392-45d4-afdd-d9b59ef2d906)
Gateway             mycluster-us-south-1-gateway(26466378-6065-4716-a90b-ac7ed7917c63)
Created             2019-08-21T09:43:11-05:00
Status              available
Zone                us-south-1
VPC                 myvpc(36c8f522-4f0d-400c-8226-299f0b8198cf)
`,
    },
    checks: [
      'PC112 "10.240.02.00" is not an IP address: "02" has a leading zero',
      'PC112 "169.xx.xx.xxx" is a placeholder',
      'PC112 "10.240.xx.xx/24" is a placeholder',
    ],
  },
];
