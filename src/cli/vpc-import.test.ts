/** `portcullis vpc import`, as people and programs meet it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import {
  aclObject,
  gatewayObject,
  groupObject,
  reference,
  ruleObject,
  subnetObject,
  vpcObject,
} from "../vpc/ibm/export.fixture.ts";
import { command, folderOf, namespaceManifest, type Outcome, SHOP } from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const RULES = [
  ruleObject({ name: "web", protocol: "tcp", destination_port_min: 443, destination_port_max: 443 }),
  ruleObject({ name: "office", protocol: "all", source: "207.42.8.0/24" }),
  ruleObject({ name: "out", direction: "outbound", action: "deny" }),
];

/** Everything that these exports speak of, they tell. */
const EXPORTS = {
  "vpcs.json": [
    vpcObject({ default_network_acl: reference("acl-web"), address_prefixes: [{ cidr: "10.240.0.0/18" }] }),
  ],
  "subnets.json": [
    subnetObject("front", "10.240.0.0/24", { public_gateway: reference("pgw-1") }),
    subnetObject("back", "10.240.1.0/24", { network_acl: undefined }),
  ],
  "network-acls.json": [aclObject(RULES)],
  "security-groups.json": [
    groupObject(
      [{ id: "g", direction: "inbound", protocol: "tcp", port_min: 80, port_max: 80, remote: reference("sg-web") }],
      {
        targets: [reference("nic-1")],
      },
    ),
  ],
  "public-gateways.json": [gatewayObject()],
  "instances.json": [
    {
      id: "i",
      name: "server",
      network_interfaces: [{ id: "nic-1", primary_ip: { address: "10.240.1.9" }, subnet: reference("back") }],
    },
  ],
  "load-balancers.json": [
    {
      id: "lb",
      name: "front-lb",
      resource_type: "load_balancer",
      is_public: true,
      public_ips: [{ address: "52.1.1.2" }],
      private_ips: [{ address: "10.240.0.8" }],
      security_groups: [reference("sg-web")],
      listeners: [{ id: "l", protocol: "tcp", port: 80, default_pool: reference("p") }],
      pools: [{ id: "p", members: [{ id: "m", port: 31_595, target: { address: "10.240.1.9" } }] }],
    },
  ],
  "vpc-routing-tables.json": [
    {
      id: "rt-default",
      name: "default-table",
      resource_type: "routing_table",
      routes: [
        {
          id: "r",
          name: "r",
          destination: "10.9.0.0/16",
          action: "deliver",
          zone: { name: "us-south-1" },
          next_hop: { address: "10.240.1.9" },
        },
      ],
    },
  ],
  "cluster.json": {
    id: "c1",
    name: "mycluster",
    podSubnet: "172.17.0.0/18",
    serviceSubnet: "172.21.0.0/16",
    masterKubeVersion: "1.30",
  },
  "workers.json": [
    {
      id: "kube-c1-1",
      location: "us-south-1",
      poolName: "default",
      networkInterfaces: [{ ipAddress: "10.240.0.4", subnetID: "front" }],
    },
  ],
};

async function run(
  t: TestContext,
  files: Readonly<Record<string, unknown>>,
  ...options: readonly string[]
): Promise<Outcome> {
  const texts = Object.entries(files).map(([name, content]) => [
    name,
    typeof content === "string" ? content : JSON.stringify(content, undefined, 2),
  ]);
  const folder = folderOf(t, Object.fromEntries(texts));
  const paths = Object.keys(files).every((name) => /\.(json|yaml)$/.test(name))
    ? [folder]
    : Object.keys(files).map((name) => join(folder, name));
  const { exit, stdout, stderr } = await command(["vpc", "import", ...paths, ...options]);
  return { exit, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(`${folder}/`, "") };
}

describe("portcullis vpc import", () => {
  it("prints the networks of each VPC, rule by rule", async (t) => {
    const { exit, stdout, stderr } = await run(t, EXPORTS);
    assert.deepEqual([exit, stderr], [0, ""]);
    for (const line of [
      /^VPC myvpc r006-36c8f522-4f0d-400c-8226-299f0b8198cf \(vpcs\.json:2\)$/m,
      /^ {2}address prefixes 10\.240\.0\.0\/18$/m,
      /^front +us-south-1 +10\.240\.0\.0\/24 +web +gateway-1 +\(subnets\.json:2\)$/m,
      /^back +us-south-1 +10\.240\.1\.0\/24 +web \(default\) +none /m,
      /^network ACL web of front, back \(network-acls\.json:2\)\n {2}inbound\n {4}1 {2}allow {2}TCP 443 +any -> any +web \(network-acls\.json:\d+\)$/m,
      /^ {4}2 {2}allow {2}ICMP, TCP, UDP \(others: not known\) +207\.42\.8\.0\/24 -> any +office /m,
      /^ {2}outbound\n {4}1 {2}deny {2}all +any -> any +out .*\n {7}deny {2}everything else$/m,
      /^security group web-group .*\n {2}inbound\n +allow {2}TCP 80 {2}from group web-group {2}\(.*\n {2}outbound: nothing$/m,
      /^gateway-1 +us-south-1 +169\.61\.1\.2 +available/m,
      /^10\.240\.1\.9 +instance +server +back +web-group$/m,
      /^10\.240\.0\.4 +worker +kube-c1-1 +front +not told$/m,
      /^routing table default-table .*\n {2}10\.9\.0\.0\/16 {2}us-south-1 {2}deliver {2}10\.240\.1\.9$/m,
      /^load balancer front-lb public, application, 52\.1\.1\.2 .*\n {2}TCP 80 -> 10\.240\.1\.9:31595$/m,
      /^mycluster +1\.30 +172\.17\.0\.0\/18 +172\.21\.0\.0\/16/m,
      /^kube-c1-1 +us-south-1 +10\.240\.0\.4 +default$/m,
      /^ASSUMED: certain .*: 1 rule with .*\n.*assumption overlay-matched-by-legacy-all\.$/m,
    ]) {
      assert.match(stdout, line);
    }
    assert.doesNotMatch(stdout, /NOT TOLD/);
  });

  it("names what the exports speak of and do not tell, with exit code 3", async (t) => {
    const { "network-acls.json": _, ...rest } = EXPORTS;
    const { exit, stdout } = await run(t, rest);
    assert.equal(exit, 3);
    assert.match(
      stdout,
      /^NOT TOLD: 2 facts\n {2}not known: the rules of network ACL acl-web of subnet front \(subnets\.json:2\)\n {2}-> add the output of `ibmcloud is network-acls --output json`$/m,
    );
  });

  it("prints a VPC that is not in the input, and what belongs to none", async (t) => {
    const script = "ibmcloud is network-acl-create lonely\n";
    const { stdout } = await run(t, { "s.json": EXPORTS["subnets.json"], "make.sh": script });
    assert.match(stdout, /^VPC r006-\S+ \(not in the input\)$/m);
    assert.match(stdout, /^VPC not told\n\nnetwork ACL lonely of no subnet \(make\.sh:1\)$/m);
  });

  it("reads scripts that are named outright on top of exports", async (t) => {
    const script =
      "ibmcloud is network-acl-rule-add web deny inbound any 10.66.0.0/16 0.0.0.0/0 --name block --before-rule web\n";
    const { exit, stdout } = await run(t, { ...EXPORTS, "block.sh": script });
    assert.equal(exit, 0);
    assert.match(stdout, /^ {4}1 {2}deny {3}all +10\.66\.0\.0\/16 -> any +block \(block\.sh:1\)$/m);
  });

  it("prints nothing where something cannot be read, unless the rest is asked for", async (t) => {
    const files = { ...EXPORTS, "broken.json": [subnetObject("x", "10.240.xx.xx/24")] };
    const { exit, stdout, stderr } = await run(t, files);
    assert.deepEqual([exit, stdout], [2, ""]);
    assert.match(
      stderr,
      /^broken\.json:8:24: error PC112: ipv4_cidr_block: "10\.240\.xx\.xx\/24" is a placeholder, not an address$/m,
    );
    assert.match(stderr, /1 error in the input/);
    const rest = await run(t, files, "--skip-unreadable");
    assert.equal(rest.exit, 3);
    assert.match(rest.stdout, /^VPC myvpc/);
  });

  it("says so where nothing is of a VPC", async (t) => {
    const { exit, stderr } = await run(t, { "all.yaml": SHOP });
    assert.equal(exit, 2);
    assert.match(stderr, /nothing in the input tells of a VPC/);
    assert.equal((await command(["vpc", "import"])).exit, 2);
  });

  it("reads exports from standard input", async () => {
    const stdin = JSON.stringify(EXPORTS["network-acls.json"]);
    const { exit, stdout } = await command(["vpc", "import", "-"], { stdin });
    assert.equal(exit, 3);
    assert.match(stdout, /network ACL web of no subnet \(<stdin>:1\)/);
  });

  it("sends no control characters of names to the terminal", async (t) => {
    const { stdout } = await run(t, { "a.json": [aclObject([ruleObject({ name: "\u001b[2J" })])] });
    assert.match(stdout, /\\x1b\[2J/);
  });

  it("explains itself with --help", async () => {
    const { exit, stdout } = await command(["vpc", "import", "--help"]);
    assert.equal(exit, 0);
    for (const words of [/network-acls, public-gateways/, /ks worker ls/, /as a convenience/i, /Exit codes:/])
      assert.match(stdout, words);
  });
});

describe("portcullis vpc import -o json", () => {
  const check = validator("vpc-import");
  const many = {
    collector_version: "1",
    provider: "ibm",
    vpcs: [vpcObject({ classic_access: true })],
    endpoint_gateways: [{ id: "e", name: "epg", ips: [{ id: "rip", address: "10.240.0.20" }] }],
    virtual_nis: [
      { id: "v", name: "vni", ips: [{ address: "10.240.0.21" }], allow_ip_spoofing: true, security_groups: [] },
    ],
  };

  for (const [what, files, exit] of [
    ["everything", EXPORTS, 0],
    ["a collector's container", { "c.json": many }, 0],
    ["gaps", { "s.json": EXPORTS["subnets.json"] }, 3],
    ["a script", { "make.sh": "ibmcloud is network-acl-create web myvpc\n" }, 3],
  ] as const) {
    it(`prints ${what} as its schema says, with exit code ${exit}`, async (t) => {
      const outcome = await run(t, files, "-o", "json");
      check(JSON.parse(outcome.stdout));
      assert.equal(outcome.exit, exit);
    });
  }
  it("tells what rules match, for certain and perhaps, and which kinds are complete", async (t) => {
    const { stdout } = await run(t, EXPORTS, "-o", "json");
    const { acls, complete, assumptions } = JSON.parse(stdout);
    assert.deepEqual(acls[0].rules[0].traffic, [{ protocol: "tcp", ports: ["443"] }]);
    assert.equal(acls[0].rules[0].legacyTraffic, undefined);
    assert.deepEqual(
      acls[0].rules[1].traffic.map(({ protocol }: { protocol: string }) => protocol),
      ["icmp", "tcp", "udp"],
    );
    assert.ok(acls[0].rules[1].legacyTraffic.length > 0);
    assert.deepEqual(acls[0].rules[0].origin.file.replace(/.*\//, ""), "network-acls.json");
    assert.ok(complete.includes("network acl") && !complete.includes("cluster"));
    assert.deepEqual(assumptions, [{ name: "overlay-matched-by-legacy-all", rules: 1 }]);
  });
  it("refuses an output that its schema does not describe", () => {
    assert.throws(() => check({ schema: "portcullis/vpc-import/v1" }));
  });
});

describe("other commands", () => {
  it("take exports beside manifests, and answer as before", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP, "network-acls.json": JSON.stringify(EXPORTS["network-acls.json"]) });
    const { exit, stdout, stderr } = await command(["why", "shop/web", "shop/db:5432", folder]);
    assert.deepEqual([exit, stderr], [0, ""]);
    assert.match(stdout, /ALLOWED/);
  });
  it("give no answer where an export cannot be read", async (t) => {
    const broken = JSON.stringify([aclObject([ruleObject({ action: "permit" })])]);
    const folder = folderOf(t, { "all.yaml": SHOP + namespaceManifest("other"), "network-acls.json": broken });
    const { exit, stderr } = await command(["why", "shop/web", "shop/db:5432", folder]);
    assert.equal(exit, 2);
    assert.match(stderr, /"permit" is not one of allow, deny/);
    const skipped = await command(["why", "shop/web", "shop/db:5432", folder, "--skip-unreadable"]);
    assert.equal(skipped.exit, 3);
    assert.match(skipped.stdout, /network ACL web/);
  });
});
