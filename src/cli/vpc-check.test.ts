/** `portcullis vpc check` as people run it: on exports, on scripts, with its exit codes and both outputs. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { command, folderOf, nodeManifest, type Outcome } from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

interface RuleSketch {
  readonly name: string;
  readonly action?: "deny";
  readonly direction: "inbound" | "outbound";
  readonly protocol: string;
  readonly source?: string;
  readonly destination?: string;
  readonly ports?: Readonly<Record<string, number>>;
}

/** The output of `ibmcloud is network-acls --output json`, a rule on each line. */
function aclExport(id: string, rules: readonly RuleSketch[]): string {
  const texts = rules.map(
    ({ name, action = "allow", direction, protocol, source = "0.0.0.0/0", destination = "0.0.0.0/0", ports }, i) =>
      JSON.stringify({
        id: `${id}-${i}`,
        name,
        action,
        direction,
        ip_version: "ipv4",
        protocol,
        source,
        destination,
        ...ports,
      }),
  );
  const head = JSON.stringify({ id, name: id, vpc: { id: "v1", name: "shop" } }).slice(0, -1);
  return `[\n${head}, "rules": [\n${texts.join(",\n")}\n]}]\n`;
}

function subnetExport(acl: string): string {
  const zone = { name: "us-south-1" };
  return JSON.stringify([
    {
      id: "s1",
      name: "workers",
      ipv4_cidr_block: "10.240.0.0/24",
      zone,
      vpc: { id: "v1", name: "shop" },
      network_acl: { id: acl, name: acl },
    },
  ]);
}

const VPC = JSON.stringify([
  { id: "v1", name: "shop", classic_access: false, default_network_acl: { id: "d", name: "d" } },
]);

const TOGETHER = { direction: "outbound", protocol: "icmp_tcp_udp" } as const;
const SOUND: readonly RuleSketch[] = [
  { name: "office-out", ...TOGETHER, destination: "10.9.0.0/16" },
  { name: "office-in", direction: "inbound", protocol: "icmp_tcp_udp", source: "10.9.0.0/16" },
  { name: "deny-in", action: "deny", direction: "inbound", protocol: "any" },
  { name: "deny-out", action: "deny", direction: "outbound", protocol: "any" },
];

/** Runs the command on files, whose folder is taken out of what is printed. */
async function check(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  ...options: readonly string[]
): Promise<Outcome> {
  const folder = folderOf(t, files);
  // Scripts are read only where they are named.
  const outcome = await command(["vpc", "check", ...options, ...Object.keys(files).map((name) => `${folder}/${name}`)]);
  const shorten = (text: string): string => text.replaceAll(`${folder}/`, "");
  return { ...outcome, stdout: shorten(outcome.stdout), stderr: shorten(outcome.stderr) };
}

function networks(rules: readonly RuleSketch[]): Readonly<Record<string, string>> {
  return { "vpcs.json": VPC, "subnets.json": subnetExport("web"), "acls.json": aclExport("web", rules) };
}

const WITHOUT_REPLIES = SOUND.filter(({ name }) => name !== "office-in");

describe("portcullis vpc check", () => {
  it("prints each finding with its place, and the sum", async (t) => {
    const { stdout, exit, stderr } = await check(t, networks(WITHOUT_REPLIES));
    assert.equal(
      stdout,
      'acls.json:3:1: error PC220: "office-out" admits requests outbound, ICMP, TCP, UDP from 0.0.0.0/0 to 10.9.0.0/16, and every reply to them is ' +
        'dropped inbound by "deny-in" (acls.json:4)\n' +
        '  add an inbound rule before "deny-in" (acls.json:4) that allows icmp_tcp_udp from 10.9.0.0/16 to 0.0.0.0/0\n' +
        "\n1 error in 1 access list with 3 rules, 1 subnet\n",
    );
    assert.equal(exit, 1);
    assert.equal(stderr, "");
  });

  it("says that nothing is wrong, with exit code 0", async (t) => {
    const { stdout, exit } = await check(t, networks(SOUND));
    assert.equal(stdout, "nothing found in 1 access list with 4 rules, 1 subnet\n");
    assert.equal(exit, 0);
  });

  for (const [failOn, exits] of [
    ["error", [0, 0, 1]],
    ["warning", [0, 1, 1]],
    ["info", [1, 1, 1]],
  ] as const) {
    it(`fails on ${failOn}s and what is worse`, async (t) => {
      const again = {
        ...SOUND[1],
        name: "office-again",
        direction: "inbound",
        protocol: "tcp",
        source: "10.9.0.0/16",
      } as const;
      const info = [...SOUND.slice(0, 2), again, ...SOUND.slice(2)];
      const warning = [...SOUND, { ...again, source: "10.8.0.0/16" }];
      const outcomes = [];
      for (const rules of [info, warning, WITHOUT_REPLIES]) {
        outcomes.push((await check(t, networks(rules), "--fail-on", failOn)).exit);
      }
      assert.deepEqual(outcomes, exits);
    });
  }

  it("takes the word of --assume for what a legacy all means", async (t) => {
    const subnet = (id: string, zone: string, block: string) => ({
      id,
      name: id,
      ipv4_cidr_block: block,
      zone: { name: zone },
      vpc: { id: "v1", name: "shop" },
      network_acl: { id: "web", name: "web" },
    });
    const files = {
      "vpcs.json": VPC,
      "subnets.json": JSON.stringify([subnet("a", "z-1", "10.0.1.0/24"), subnet("b", "z-2", "10.0.2.0/24")]),
      "acls.json": aclExport(
        "web",
        ["10.0.1.0/24", "10.0.2.0/24"].flatMap((block, i): RuleSketch[] => [
          { name: `out-${i}`, direction: "outbound", protocol: "all", destination: block },
          { name: `in-${i}`, direction: "inbound", protocol: "all", source: block },
        ]),
      ),
    };
    const assumed = (value: string) => check(t, files, "--assume", `overlay-matched-by-legacy-all=${value}`);
    assert.match((await check(t, files)).stdout, /PC238/);
    assert.doesNotMatch((await assumed("yes")).stdout, /PC238/);
    const { exit, stderr } = await assumed("perhaps");
    assert.equal(exit, 2);
    assert.match(stderr, /"perhaps" is no value of overlay-matched-by-legacy-all/);
  });

  it("prints JSON as its schema says", async (t) => {
    const validate = validator("vpc-check");
    for (const rules of [SOUND, WITHOUT_REPLIES]) {
      const { stdout } = await check(t, networks(rules), "-o", "json");
      validate(JSON.parse(stdout));
    }
    const { stdout } = await check(t, { "acls.json": aclExport("web", WITHOUT_REPLIES) }, "-o", "json");
    const value = JSON.parse(stdout);
    validate(value);
    assert.deepEqual(value.findings[0].origin, { file: "acls.json", line: 3, column: 1 });
    assert.equal(value.findings[0].rule, "acl-replies-dropped");
    assert.ok(value.missing.length > 0);
    assert.throws(() => validate({ schema: "portcullis/vpc-check/v1", findings: [{}] }));
  });

  it("tells what it could not look at, as the exports do not say it", async (t) => {
    const { stdout } = await check(t, { "acls.json": aclExport("web", SOUND), "subnets.json": subnetExport("web") });
    assert.match(stdout, /^not checked: .*\n {2}add /m);
  });

  it("knows workers by Kubernetes nodes too", async (t) => {
    const { stdout } = await check(t, { ...networks(SOUND), "nodes.yaml": nodeManifest("worker-1", "10.240.0.5") });
    assert.match(
      stdout,
      /error PC245: workers of the cluster in subnet workers \(10.240.0.0\/24\) cannot use 161.26.0.0\/16/,
    );
  });

  it("gives no answer about exports with errors, unless it is asked for", async (t) => {
    const broken = networks([...SOUND, { name: "odd", ...TOGETHER, protocol: "tpc" }]);
    const refused = await check(t, broken);
    assert.deepEqual([refused.exit, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /acls.json:7:\d+: error PC112: .*"tpc" is not a protocol/);
    const taken = await check(t, broken, "--skip-unreadable");
    assert.notEqual(taken.exit, 2);
    assert.match(taken.stdout, /not checked|in 1 access list/);
  });

  it("refuses input without networks, and no input", async (t) => {
    const { exit, stderr } = await check(t, { "nodes.yaml": nodeManifest("worker-1", "10.240.0.5") });
    assert.equal(exit, 2);
    assert.match(stderr, /nothing in the input tells of a VPC/);
    assert.equal((await command(["vpc", "check"])).exit, 2);
  });

  it("escapes control characters of names", async (t) => {
    const { stdout } = await check(
      t,
      networks(WITHOUT_REPLIES.map((rule) => ({ ...rule, name: `${rule.name}\u001b[31m` }))),
    );
    assert.match(stdout, /PC220/);
    assert.ok(!stdout.includes("\u001B"));
  });
});

/** The commands of the founding document for one zone of two, as a script. */
function recipe(...lines: readonly string[]): string {
  const add = "ibmcloud is network-acl-rule-add";
  const pairs: readonly (readonly [string, string])[] = [
    ["allow-workers", "10.240.64.0/24"],
    ["allow-ibm-private-network2", "161.26.0.0/16"],
    ["allow-ibm-private-network", "166.8.0.0/14"],
    ["corporate-network", "207.42.8.0/24"],
  ];
  return [
    "ibmcloud is network-acl-create mycluster-us-south-1-acl",
    "export acl_id=mycluster-us-south-1-acl",
    "ibmcloud is network-acl-rule-delete $acl_id allow-all-inbound-rule -f",
    "ibmcloud is network-acl-rule-delete $acl_id allow-all-outbound-rule -f",
    ...pairs.flatMap(([name, network]) => [
      `${add} ${name}-outbound $acl_id allow outbound all 0.0.0.0/0 ${network}`,
      `${add} ${name}-inbound $acl_id allow inbound all ${network} 0.0.0.0/0`,
    ]),
    `${add} deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0`,
    `${add} deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0`,
    ...lines,
    "",
  ].join("\n");
}

describe("portcullis vpc check on the commands of the founding document", () => {
  const later =
    "ibmcloud is network-acl-rule-add my-rule $acl_id allow outbound tcp 0.0.0.0/0 10.9.0.0/16 --before-rule-name";

  it("finds the rule that is added before the wrong deny-all", async (t) => {
    const { stdout } = await check(t, { "create.sh": recipe(`${later} deny-all-inbound`) }, "--skip-unreadable");
    assert.match(
      stdout,
      /create.sh:15:\d+: warning PC226: "my-rule" allows nothing: it stands behind "deny-all-outbound" \(create.sh:13\)/,
    );
  });

  it("finds that the two rules a list is born with were kept", async (t) => {
    const kept = recipe().replaceAll(/^.*rule-delete.*\n/gm, "");
    const { stdout } = await check(t, { "create.sh": kept }, "--skip-unreadable");
    for (const direction of ["inbound", "outbound"]) {
      assert.match(
        stdout,
        new RegExp(
          `warning PC227: "allow-all-${direction}-rule" allows all TCP, UDP and ICMP ${direction}, .* 5 rules behind it have no say`,
        ),
      );
    }
  });

  it("finds that a rule without its pair makes one-way traffic", async (t) => {
    const { stdout } = await check(t, { "create.sh": recipe(`${later} deny-all-outbound`) }, "--skip-unreadable");
    assert.match(
      stdout,
      /create.sh:15:\d+: error PC220: "my-rule" admits requests outbound, .* dropped inbound by "deny-all-inbound" \(create.sh:14\)/,
    );
    assert.doesNotMatch(stdout, /PC226/);
  });
});
