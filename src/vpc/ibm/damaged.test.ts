/** Whatever happened to an export, a table or a script on its way: reading it never throws, and an error leaves a blind spot. */
import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { vpcInventoryOf } from "../inventory.ts";
import {
  aclObject,
  gatewayObject,
  groupObject,
  reference,
  ruleObject,
  subnetObject,
  vpcObject,
} from "./export.fixture.ts";
import { readBoth } from "./read.ts";

type Tree = string | number | boolean | null | readonly Tree[] | { readonly [field: string]: Tree };

const NIC = {
  id: "nic-1",
  name: "eth0",
  primary_ip: { address: "10.240.0.9" },
  subnet: { id: "web" },
  floating_ips: [{ address: "52.1.1.1" }],
};

/** One object of every kind, with everything that is read. */
const EXPORT = {
  collector_version: "0.15.0",
  provider: "ibm",
  vpcs: [vpcObject({ address_prefixes: [{ cidr: "10.240.0.0/18" }] })],
  subnets: [
    subnetObject("web", "10.240.0.0/24", {
      reserved_ips: [{ id: "rip-1", address: "10.240.0.20", auto_delete: true }],
    }),
  ],
  network_acls: [
    aclObject([
      ruleObject({ protocol: "all" }),
      ruleObject({
        name: "web",
        protocol: "tcp",
        source_port_min: 1,
        source_port_max: 9,
        destination_port_min: 80,
        destination_port_max: 81,
      }),
      ruleObject({ name: "ping", protocol: "icmp", type: 8, code: 0, direction: "outbound", action: "deny" }),
    ]),
  ],
  security_groups: [
    groupObject(
      [
        {
          id: "a",
          direction: "inbound",
          protocol: "all",
          remote: reference("sg-web"),
          local: { cidr_block: "0.0.0.0/0" },
        },
        { id: "b", direction: "outbound", protocol: "tcp", port_min: 1, port_max: 9, remote: { address: "10.0.0.7" } },
      ],
      { targets: [reference("nic-1")] },
    ),
  ],
  public_gateways: [gatewayObject()],
  floating_ips: [
    { id: "f", address: "52.118.190.185", zone: { name: "z" }, status: "available", target: reference("nic-1") },
  ],
  instances: [{ id: "i", name: "server", network_attachments: [], network_interfaces: [NIC] }],
  virtual_nis: [
    { id: "v", name: "vni", ips: [{ address: "10.240.0.9" }], target: reference("nic-1"), allow_ip_spoofing: true },
  ],
  endpoint_gateways: [{ id: "e", name: "epg", ips: [{ id: "rip-1" }], service_endpoints: [] }],
  load_balancers: [
    {
      id: "lb",
      name: "lb",
      is_public: true,
      profile: { family: "network" },
      public_ips: [{ address: "52.1.1.2" }],
      private_ips: [{ address: "10.240.0.8" }],
      subnets: [reference("web")],
      security_groups: [reference("sg-web")],
      listeners: [
        {
          id: "l",
          protocol: "tcp",
          port: 80,
          default_pool: reference("p"),
          policies: [{ action: "forward", target: reference("p") }],
        },
      ],
      pools: [{ id: "p", algorithm: "x", members: [{ id: "m", port: 80, target: { address: "10.240.0.4" } }] }],
    },
  ],
  routing_tables: [
    {
      id: "rt-default",
      name: "rt",
      is_default: true,
      routes: [
        {
          id: "r",
          name: "r",
          destination: "10.9.0.0/16",
          action: "drop",
          zone: { name: "z" },
          next_hop: { address: "0.0.0.0" },
        },
      ],
    },
  ],
  iks_clusters: [
    {
      id: "c",
      name: "c",
      podSubnet: "172.17.0.0/18",
      WorkerNodes: [
        {
          id: "w",
          location: "z",
          networkInterfaces: [{ ipAddress: "10.240.0.5", cidr: "10.240.0.0/24", subnetID: "web", primary: true }],
        },
      ],
    },
  ],
};

const STRANGE: readonly Tree[] = [
  "",
  "x",
  "0.0.0.0/0",
  "10.0.0.0/8",
  "all",
  "web",
  0,
  -1,
  70_000,
  1.5,
  true,
  null,
  [],
  {},
  ["x"],
  { id: "web" },
  [{}],
];

/** Replaces or removes the value at some place of a tree; `way` chooses a child at each step. */
function damaged(tree: Tree, way: readonly number[], value: Tree | undefined): Tree | undefined {
  const [turn, ...rest] = way;
  if (turn === undefined || typeof tree !== "object" || tree === null) return value;
  const entries = Object.entries(tree);
  const chosen = entries[turn % Math.max(entries.length, 1)]?.[0];
  const changed = entries.flatMap(([key, child]): [string, Tree][] => {
    const next = key === chosen ? damaged(child, rest, value) : child;
    return next === undefined ? [] : [[key, next]];
  });
  return Array.isArray(tree) ? changed.map(([, child]) => child) : Object.fromEntries(changed);
}

function read(name: string, text: string): void {
  const { cluster, vpc } = readBoth(name, text, { validation: "strict", namespace: undefined });
  const errors = (vpc?.findings ?? []).filter(({ severity }) => severity === "error").length;
  assert.equal(errors > 0, (vpc?.blinds ?? []).length > 0, "errors leave blind spots, and nothing else does");
  for (const { position } of [...cluster.findings, ...(vpc?.findings ?? [])]) {
    assert.ok(position !== undefined && position.line >= 1 && position.column >= 1);
  }
  vpcInventoryOf(vpc === undefined ? [] : [vpc, vpc]);
}

const tree: Tree = JSON.parse(JSON.stringify(EXPORT));

it("the export itself is read without a finding", () => {
  const { vpc } = readBoth("x.json", JSON.stringify(tree), { validation: "strict", namespace: undefined });
  assert.deepEqual([vpc?.findings, vpc?.blinds], [[], []]);
  assert.equal(new Set(vpc?.objects.map(({ kind }) => kind)).size, 19);
});

it("a damaged export", () => {
  const damage = fc.tuple(
    fc.array(fc.nat(30), { minLength: 1, maxLength: 9 }),
    fc.option(fc.constantFrom(...STRANGE), { nil: undefined }),
  );
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), fc.boolean(), (damages, isSplit) => {
      const result = damages.reduce<Tree | undefined>(
        (each, [way, value]) => (each === undefined ? each : damaged(each, way, value)),
        tree,
      );
      const parts = isSplit && typeof result === "object" && result !== null ? Object.values(result) : [result ?? null];
      read("x.json", parts.map((part) => JSON.stringify(part)).join("\n"));
    }),
    { numRuns: 2000 },
  );
});

const PROSE = [
  'ibmcloud is network-acl-create web myvpc --rules \'[{"action": "allow"}]\' --output json',
  "acl=$(ibmcloud is network-acl-create web | jq -r .id)",
  'export acl_id="<ACL_ID>"',
  "ibmcloud is network-acl-rule-add a $acl_id allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --before-rule b \\",
  "  --destination-port-min 80 --destination-port-max 81",
  "ibmcloud is network-acl-rule-delete $acl_id <default_inbound_rule_ID> e3caad9c-68b7-4a4a-8188-d239fbc724df -f",
  "ibmcloud is subnet-update web --acl $acl --pgw gateway",
  "ibmcloud is public-gateway-create gateway myvpc us-south-1 --ip 1.2.3.4",
  "ID          Name   VPC             Zone   Floating IP      Status",
  "26426426    pgw    vpc(36c8f522-.) z      169.61.1.2(x)    available",
  "ID    Primary IP   Zone   Version",
  "w-1   10.240.0.5   z      1.30",
  "ID         740b07cb",
  "Name       web",
  "IPv4 CIDR  10.240.0.0/24",
  "Gateway    -",
  "VPC        v(1)",
  "Rules",
  "inbound",
  "ID   Name   Action   Protocol   Source      Destination",
  "x    a      allow    all        0.0.0.0/0   0.0.0.0/0",
  "Name:   10.0.0.1",
  "Roles:  <none>",
  "Labels: ibm-cloud.kubernetes.io/internal-ip=10.0.0.1",
  "Health",
  "Subnets",
  "```",
  "",
];

it("damaged tables and scripts", () => {
  const line = fc.oneof(
    fc.constantFrom(...PROSE),
    fc
      .tuple(
        fc.constantFrom(...PROSE),
        fc.nat(90),
        fc.nat(6),
        fc.constantFrom("", " ", "'", '"', "$(", "\\", "\n", "-", "\u000b", "x"),
      )
      .map(([text, start, length, put]) => text.slice(0, start) + put + text.slice(start + length)),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 14 }), (lines) =>
      read("x.sh", `ibmcloud is network-acls\n${lines.join("\n")}`),
    ),
    { numRuns: 3000 },
  );
});
