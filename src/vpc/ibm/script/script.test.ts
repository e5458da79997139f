/** Scripts of commands, replayed: the founding document's recipe and what can be wrong with one like it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressSetText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import type { Acl, NetworkDirection } from "../../model.ts";
import {
  aclObject,
  gatewayObject,
  reading,
  ruleNames,
  ruleObject,
  subnetObject,
  told,
  vpcObject,
  whole,
} from "../export.fixture.ts";

const ZONE_1 = "a1b2c3d4-f560-471b-b6ce-20067ac93439";

/** The commands of the document, with what it leaves to the reader filled in but for ids that only the platform tells. */
const RECIPE = `
ibmcloud target -r us-south
ibmcloud ks worker ls -c vpctest
ibmcloud ks worker get -c vpctest -w kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623
ibmcloud is network-acl-create vpctest-us-south-1-acl
export acl_id=<ACL_ID>
ibmcloud is network-acl-rule-delete $acl_id <default_inbound_rule_ID> -f
ibmcloud is network-acl-rule-delete $acl_id <default_outbound_rule_ID> -f
ibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.64.0/24
ibmcloud is network-acl-rule-add allow-workers-inbound $acl_id allow inbound all 10.240.64.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network2-outbound $acl_id allow outbound all 0.0.0.0/0 161.26.0.0/16
ibmcloud is network-acl-rule-add allow-ibm-private-network2-inbound $acl_id allow inbound all 161.26.0.0/16 0.0.0.0/0
ibmcloud is network-acl-rule-add allow-ibm-private-network-outbound $acl_id allow outbound all 0.0.0.0/0 166.8.0.0/14
ibmcloud is network-acl-rule-add allow-ibm-private-network-inbound $acl_id allow inbound all 166.8.0.0/14 0.0.0.0/0
ibmcloud is network-acl-rule-add corporate-network-outbound $acl_id allow outbound all 0.0.0.0/0 207.42.8.0/24
ibmcloud is network-acl-rule-add corporate-network-inbound $acl_id allow inbound all 207.42.8.0/24 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-outbound $acl_id deny outbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is network-acl-rule-add deny-all-inbound $acl_id deny inbound all 0.0.0.0/0 0.0.0.0/0
ibmcloud is subnet-update ${ZONE_1} --network-acl-id $acl_id
`;

const SUBNET = subnetObject(ZONE_1, "10.240.0.0/24", { name: "vpctest-us-south-1", network_acl: undefined });

function rowsOf(acl: Acl | undefined, direction: NetworkDirection): readonly string[] {
  return (acl?.rules ?? [])
    .filter((rule) => rule.direction === direction)
    .map(({ action, traffic, source, destination }) =>
      [action, trafficText(traffic), addressSetText(source), "->", addressSetText(destination)].join(" "),
    );
}

/** The errors of a script, or of what it does to the exports. */
function problems(script: string, ...exports: readonly unknown[]): readonly string[] {
  const { findings, blinds } = whole(...exports, script);
  const errors = findings.filter(({ severity }) => severity === "error");
  assert.equal(blinds.length > 0, errors.length > 0, "errors leave blind spots");
  return errors.map(told);
}

describe("S1-29: the founding document's recipe for a zone of two", () => {
  const { inventory, findings, blinds } = whole([vpcObject()], [SUBNET], RECIPE);
  const acl = inventory.acls.find(({ name }) => name === "vpctest-us-south-1-acl");

  it("is read as it stands", () => assert.deepEqual([findings, blinds], [[], []]));
  it("lets pass what the document says, in its order, and denies the rest", () => {
    const three = "ICMP, TCP, UDP";
    const peers = ["10.240.64.0/24", "161.26.0.0/16", "166.8.0.0/14", "207.42.8.0/24"];
    assert.deepEqual(rowsOf(acl, "outbound"), [
      ...peers.map((peer) => `allow ${three} 0.0.0.0/0 -> ${peer}`),
      "deny all 0.0.0.0/0 -> 0.0.0.0/0",
    ]);
    assert.deepEqual(rowsOf(acl, "inbound"), [
      ...peers.map((peer) => `allow ${three} ${peer} -> 0.0.0.0/0`),
      "deny all 0.0.0.0/0 -> 0.0.0.0/0",
    ]);
  });
  it("attaches the list to the subnet, whose VPC becomes that of the list", () => {
    assert.equal(inventory.subnets[0]?.acl, acl?.id);
    assert.equal(acl?.vpc, inventory.subnets[0]?.vpc);
  });
  it("keeps the line of every rule", () => {
    const rule = acl?.rules.at(-1);
    assert.deepEqual(
      [rule?.name, rule?.origin.line, rule?.origin.column, rule?.origin.path],
      ["deny-all-inbound", 18, 1, "rules[9]"],
    );
  });
  it("may stand in Markdown, with its prompts and comments", () => {
    const markdown = RECIPE.trim()
      .split("\n")
      .flatMap((line) => ["  ```", `  $ ${line}`, "  ```", "  {: pre}", "# next"])
      .join("\n");
    const again = whole([vpcObject()], [SUBNET], markdown);
    assert.deepEqual(again.findings, []);
    assert.deepEqual(ruleNames(again.inventory.acls[0]), ruleNames(acl));
  });
  it("without the subnet's export has a gap", () => {
    const { gaps } = whole(RECIPE).inventory;
    assert.deepEqual(gaps[0], {
      text: `what is changed at 0.json:19: the input holds no subnet ${ZONE_1}`,
      remedy: "add the output of `ibmcloud is subnets --output json`",
    });
  });
  it("with the export that was made after it ran is an error: it would run twice", () => {
    const after = aclObject([ruleObject()], { name: "vpctest-us-south-1-acl" });
    assert.match(
      problems(RECIPE, [after])[0] ?? "",
      /PC206 there is a network ACL vpctest-us-south-1-acl already, at 0.json:2:2/,
    );
  });
});

describe("S1-22: a list that the first generation creates", () => {
  const CREATE = "ibmcloud is network-acl-create web\n";
  const names = (script: string): readonly string[] => ruleNames(whole(script).inventory.acls[0]);

  it("is born with two rules that let everything pass, which come first", () => {
    const script = `${CREATE}ibmcloud is network-acl-rule-add deny-all $acl deny inbound all 0.0.0.0/0 0.0.0.0/0\n`;
    assert.deepEqual(names(script), ["allow-all-inbound-rule", "allow-all-outbound-rule", "deny-all"]);
    assert.deepEqual(rowsOf(whole(CREATE).inventory.acls[0], "inbound"), [
      "allow ICMP, TCP, UDP 0.0.0.0/0 -> 0.0.0.0/0",
    ]);
  });
  it("loses both by two ids that only the platform told", () => {
    const ids = ["e3caad9c-68b7-4a4a-8188-d239fbc724df", "7043ac95-cc4e-42e9-a490-22177237f083"];
    assert.deepEqual(names(`${CREATE}ibmcloud is network-acl-rule-delete web ${ids.join(" ")} -f`), []);
    assert.deepEqual(
      names(CREATE + ids.map((id) => `ibmcloud is network-acl-rule-delete web ${id} -f\n`).join("")),
      [],
    );
  });
  it("loses one by its name", () => {
    assert.deepEqual(names(`${CREATE}ibmcloud is network-acl-rule-delete web allow-all-inbound-rule -f`), [
      "allow-all-outbound-rule",
    ]);
  });
  it("that loses one by an id that could be either is an error", () => {
    const script = `${CREATE}ibmcloud is network-acl-rule-delete web e3caad9c-68b7-4a4a-8188-d239fbc724df -f`;
    assert.deepEqual(problems(script), [
      "0.json:1:1 PC206 it is not told which rule of network ACL web is e3caad9c-68b7-4a4a-8188-d239fbc724df",
    ]);
  });
  it("loses the right one where the platform's answer stands behind the command", () => {
    const answer = `
Creating network ACL web under account Account as user user@email.com...

ID        740b07cb-4e69-4ef2-b667-42ed27d8b29e
Name      web
Created   2019-09-18T15:09:45-05:00

Rules

inbound
ID                                     Name                     Action   IPv*   Protocol   Source      Destination   Created
e3caad9c-68b7-4a4a-8188-d239fbc724df   allow-all-inbound-rule   allow    ipv4   all        0.0.0.0/0   0.0.0.0/0     2019

outbound
ID                                     Name                      Action   IPv*   Protocol   Source      Destination   Created
7043ac95-cc4e-42e9-a490-22177237f083   allow-all-outbound-rule   allow    ipv4   all        0.0.0.0/0   0.0.0.0/0     2019

`;
    const { inventory, findings } = whole(
      `${CREATE}${answer}ibmcloud is network-acl-rule-delete 740b07cb-4e69-4ef2-b667-42ed27d8b29e e3caad9c-68b7-4a4a-8188-d239fbc724df -f\n`,
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(
      inventory.acls.map(({ id, rules }) => [id, rules.map(({ name }) => name)]),
      [["740b07cb-4e69-4ef2-b667-42ed27d8b29e", ["allow-all-outbound-rule"]]],
    );
  });
});

describe("a list that the present API creates", () => {
  const acl = (script: string): Acl | undefined => whole([vpcObject()], script).inventory.acls[0];

  it("has no rules where none are named", () => {
    assert.deepEqual(acl("ibmcloud is network-acl-create web myvpc")?.rules, []);
    assert.equal(acl("ibmcloud is network-acl-create web myvpc")?.vpc, vpcObject()["id"]);
  });
  it("has the rules of --rules, with their places", () => {
    const rules =
      '[{"name": "a", "action": "allow", "direction": "inbound", "source": "10.0.0.0/24", "destination": "0.0.0.0/0", "protocol": "tcp"}]';
    const read = acl(`ibmcloud is network-acl-create web myvpc \\\n  --rules '${rules}' --output json`);
    assert.deepEqual(rowsOf(read, "inbound"), ["allow TCP 10.0.0.0/24 -> 0.0.0.0/0"]);
    assert.deepEqual([read?.rules[0]?.origin.line, read?.rules[0]?.origin.column], [2, 13]);
  });
  it("has the rules of another list with --source-acl", () => {
    const { inventory } = whole(
      [vpcObject()],
      [aclObject([ruleObject()])],
      "ibmcloud is network-acl-create new myvpc --source-acl web",
    );
    assert.deepEqual(ruleNames(inventory.acls.find(({ name }) => name === "new")), ["rule"]);
  });
  for (const [rules, reason] of [
    ["'[{]'", /0\.json:1:\d+ PC205 --rules: not valid JSON/],
    ["@rules.json", /PC205 the rules stand in rules\.json, which is not read/],
    [`'[{"action": "permit"}]'`, /PC112 rules\[0\]\.action|PC112 \[0\]\.action/],
  ] as const) {
    it(`refuses --rules ${rules}`, () => {
      assert.match(problems(`ibmcloud is network-acl-create web myvpc --rules ${rules}`).join("\n"), reason);
    });
  }
});

describe("a rule that a script adds", () => {
  const LIST = aclObject([
    ruleObject({ name: "deny-all-outbound", direction: "outbound", action: "deny" }),
    ruleObject({ name: "deny-all-inbound", action: "deny" }),
  ]);
  const add = (words: string): readonly string[] => {
    const { inventory, findings } = whole([LIST], `ibmcloud is network-acl-rule-add ${words}\n`);
    assert.deepEqual(findings, []);
    return ruleNames(inventory.acls[0]);
  };
  const rule = (words: string): string => {
    const { inventory } = whole([LIST], `ibmcloud is network-acl-rule-add acl-web ${words} --name r`);
    const added = inventory.acls[0]?.rules.find(({ name }) => name === "r");
    return trafficText(added?.traffic ?? []);
  };

  it("S1-20, gotcha 5: goes to the end, behind the deny of everything, where nothing else is said", () => {
    assert.deepEqual(add("web allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --name late"), [
      "deny-all-outbound",
      "deny-all-inbound",
      "late",
    ]);
  });
  for (const option of [
    "--before-rule deny-all-inbound",
    "--before-rule id-of-deny-all-inbound",
    "--before-rule=deny-all-inbound",
    "--before-rule-name deny-all-inbound",
    "--before-rule-id id-of-deny-all-inbound",
  ]) {
    it(`S1-20: goes before another one with ${option}`, () => {
      const expected = ["deny-all-outbound", "early", "deny-all-inbound"];
      assert.deepEqual(add(`acl-web allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --name early ${option}`), expected);
      assert.deepEqual(
        add(`early $web allow inbound tcp 10.0.0.0/8 0.0.0.0/0 ${option}`.replace("$web", "web")),
        expected,
      );
    });
  }
  it("S1-20: cannot go before one that is not there", () => {
    const words = "early web allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --before-rule-name deny-everything";
    assert.deepEqual(problems(`ibmcloud is network-acl-rule-add ${words}`, [LIST]), [
      "1.json:1:1 PC206 network ACL web has no rule deny-everything to put this one in front of",
    ]);
  });
  it("S1-23: has a name of its own; the document's names clash as soon as there are three zones", () => {
    const third = RECIPE.replace(
      "10.240.64.0/24\nibm",
      "10.240.64.0/24\nibmcloud is network-acl-rule-add allow-workers-outbound $acl_id allow outbound all 0.0.0.0/0 10.240.128.0/24\nibm",
    );
    assert.deepEqual(problems(third, [SUBNET]), [
      "1.json:10:1 PC206 network ACL vpctest-us-south-1-acl has a rule allow-workers-outbound already, at 1.json:9:1",
    ]);
  });
  it("may have ports and ICMP types", () => {
    const ports = "--source-port-min 555 --source-port-max 666 --destination-port-min 11 --destination-port-max 55";
    assert.equal(rule(`allow inbound tcp 10.2.2.2 10.2.2.3 ${ports}`), "TCP 11-55 from 555-666");
    assert.equal(rule("allow inbound tcp 10.2.2.2 10.2.2.3 --destination-port-min 443"), "TCP 443-65535");
    assert.equal(rule("allow inbound udp 10.2.2.2 10.2.2.3 --port-max 53 --port-min 53"), "UDP 53");
    assert.equal(rule("allow inbound icmp 10.2.2.2 10.2.2.3 --icmp-type 8 --icmp-code 0"), "ICMP type 8 code 0");
  });
  for (const [words, reason] of [
    ["permit inbound tcp 10.0.0.0/8 0.0.0.0/0", /1\.json:1:\d+ PC112 "permit" is not one of allow, deny/],
    ["allow ingress tcp 10.0.0.0/8 0.0.0.0/0", /PC112 "ingress" is not one of inbound, outbound/],
    ["allow inbound tpc 10.0.0.0/8 0.0.0.0/0", /PC112 "tpc" is not a protocol/],
    [
      "allow inbound tcp 10.240.01.00/24 0.0.0.0/0",
      /PC112 "10\.240\.01\.00\/24" is not a CIDR: "01" has a leading zero/,
    ],
    ["allow inbound tcp <CIDR> 0.0.0.0/0", /1\.json:1:\d+ PC205 <CIDR> is a placeholder/],
    ["allow inbound tcp $office 0.0.0.0/0", /PC205 \$office has no value here/],
    ["allow inbound tcp 10.0.0.0/8", /PC205 network-acl-rule-add has 5 values/],
    ["allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --destination-port-min 0", /PC112 "0" is not a number from 1 to 65535/],
    [
      "allow inbound tcp 10.0.0.0/8 0.0.0.0/0 --destination-port-min 9 --destination-port-max 8",
      /the ports 9 to 8 are none/,
    ],
    ["allow inbound all 10.0.0.0/8 0.0.0.0/0 --icmp-type 8", /PC114 ICMP types stand in a rule of protocol all/],
    ["allow inbound all 10.0.0.0/8 0.0.0.0/0 --priority 8", /PC205 --priority is not understood here/],
    ["allow inbound all 10.0.0.0/8 0.0.0.0/0 --name", /PC205 --name has no value/],
  ] as const) {
    it(`is not ${words}`, () => {
      assert.match(problems(`ibmcloud is network-acl-rule-add acl-web ${words}`, [LIST]).join("\n"), reason);
    });
  }
});

describe("a variable of a script", () => {
  const use = "ibmcloud is network-acl-rule-add $acl allow inbound any 10.0.0.0/8 0.0.0.0/0 --name added\n";
  const create = "ibmcloud is network-acl-create new myvpc";
  const withAdded = (script: string): readonly string[] => {
    const { inventory, findings } = whole([vpcObject()], [aclObject([])], script);
    assert.deepEqual(findings, []);
    return inventory.acls.filter((acl) => ruleNames(acl).includes("added")).map(({ name }) => name);
  };

  for (const [what, script, expected] of [
    ["has the value that was assigned", `acl=acl-web\n${use}`, "web"],
    ["has the value that was exported", `export acl="acl-web"\n${use}`, "web"],
    ["may stand in braces and quotes", `acl='web'\n${use.replace("$acl", '"${acl}"')}`, "web"],
    ["that nothing was assigned to is the list created last", `${create}\n${use}`, "new"],
    ["with a placeholder for a value is the list created last", `${create}\nexport acl=<ACL_ID>\n${use}`, "new"],
    [
      "with an id that nothing has is the list whose id is not known",
      `${create}\nacl=740b07cb-4e69-4ef2-b667-42ed27d8b29e\n${use}`,
      "new",
    ],
    ["has the id that the command gives", `acl=$(${create} --output json | jq -r .id)\n${use}`, "new"],
    ["has the id that the command gives, in quotes", `acl="$(${create} --output json | jq -r '.id')"\n${use}`, "new"],
  ] as const) {
    it(what, () => assert.deepEqual(withAdded(script), [expected]));
  }
  it("with the id of a created list gives it to that list, also where it is attached", () => {
    const id = "r006-740b07cb-4e69-4ef2-b667-42ed27d8b29e";
    const subnet = subnetObject("web", "10.240.0.0/24");
    const { inventory } = whole(
      [vpcObject()],
      [subnet],
      `${create}\nacl=${id}\n${use}ibmcloud is subnet-update web --acl $acl\n`,
    );
    assert.deepEqual([inventory.acls[0]?.id, inventory.subnets[0]?.acl], [id, id]);
  });
  it("with an id that could be either of two created lists is an error", () => {
    const script = `${create}\nibmcloud is network-acl-create other myvpc\nacl=740b07cb-4e69-4ef2-b667-42ed27d8b29e\n${use}`;
    assert.match(
      problems(script, [vpcObject()])[0] ?? "",
      /PC206 740b07cb-\S+ could be any network ACL that the script creates/,
    );
  });
  it("that nothing was assigned to, and no list was created, is an error", () => {
    assert.deepEqual(problems(use), ["0.json:1:34 PC205 $acl has no value here"]);
  });
});

describe("a subnet that a script changes", () => {
  const exports = [
    [vpcObject()],
    [subnetObject("web", "10.240.0.0/24")],
    [aclObject([], { id: "acl-2", name: "two" })],
    [gatewayObject()],
  ];
  for (const [options, acl, gateway] of [
    ["--acl two", "acl-2", undefined],
    ["--network-acl-id acl-2", "acl-2", undefined],
    ["--pgw gateway-1", "acl-web", "pgw-1"],
    ["--public-gateway-id pgw-1 --acl acl-2 --vpc myvpc", "acl-2", "pgw-1"],
  ] as const) {
    it(`takes ${options}`, () => {
      const { inventory, findings } = whole(...exports, `ibmcloud is subnet-update web ${options}`);
      assert.deepEqual([findings, inventory.subnets[0]?.acl, inventory.subnets[0]?.publicGateway], [[], acl, gateway]);
    });
  }
  it("gotcha 11: takes no gateway of another zone", () => {
    const far = [gatewayObject({ id: "far", name: "far", zone: { name: "us-south-2" } })];
    assert.match(
      problems("ibmcloud is subnet-update web --pgw far", ...exports, far)[0] ?? "",
      /PC206 public gateway far is in us-south-2, and subnet web in us-south-1/,
    );
  });
  it("takes no list of another VPC", () => {
    const far = [aclObject([], { id: "far", name: "far", vpc: { id: "r006-other" } })];
    assert.match(
      problems("ibmcloud is subnet-update web --acl far", ...exports, far)[0] ?? "",
      /PC206 .* are in different VPCs/,
    );
  });
  it("of which two VPCs have one is told by --vpc", () => {
    const other = [vpcObject({ id: "r006-other", name: "other" })];
    const twin = [
      subnetObject("web-2", "10.0.0.0/24", { name: "web", vpc: { id: "r006-other" }, network_acl: undefined }),
    ];
    const list = [aclObject([], { id: "acl-3", name: "three", vpc: { id: "r006-other" } })];
    const script = "ibmcloud is subnet-update web --acl three --vpc other";
    const same = exports.map((each) => each);
    const { inventory } = whole(
      ...same.filter((_, i) => i !== 1),
      other,
      twin,
      [subnetObject("web-1", "10.240.0.0/24", { name: "web" })],
      list,
      script,
    );
    assert.deepEqual(
      inventory.subnets.map(({ id, acl }) => [id, acl]),
      [
        ["web-2", "acl-3"],
        ["web-1", "acl-web"],
      ],
    );
  });
});

describe("a public gateway that a script creates", () => {
  const CREATE = "ibmcloud is public-gateway-create mycluster-us-south-1-gateway myvpc us-south-1";
  it("S1-12: is there afterwards, and may be attached", () => {
    const script = `gw=$(${CREATE} --output json | jq -r .id)\nibmcloud is subnet-update web --pgw $gw\n`;
    const { inventory, findings } = whole([vpcObject()], [subnetObject("web", "10.240.0.0/24")], script);
    const [gateway] = inventory.publicGateways;
    assert.deepEqual(findings, []);
    assert.deepEqual(
      [gateway?.name, gateway?.zone, gateway?.status, gateway?.vpc],
      ["mycluster-us-south-1-gateway", "us-south-1", "available", vpcObject()["id"]],
    );
    assert.equal(inventory.subnets[0]?.publicGateway, gateway?.id);
  });
  it("S1-12: is refused as the second one of its VPC in its zone", () => {
    assert.deepEqual(problems(CREATE, [vpcObject()], [gatewayObject()]), [
      `2.json:1:1 PC206 VPC ${String(vpcObject()["id"])} has a public gateway in us-south-1 already, at 1.json:2:2, and may have only one`,
    ]);
  });
});

describe("a line that is not understood", () => {
  for (const [line, reason] of [
    ["curl https://example.com", /0\.json:2:1 PC20[57] /],
    [
      "ibmcloud is security-group-rule-add sg inbound all",
      /0\.json:2:1 PC205 "ibmcloud is security-group-rule-add" is not a command/,
    ],
    ["ibmcloud is subnet-delete web -f", /0\.json:2:1 PC205 /],
    ["ibmcloud is network-acls | grep web", /0\.json:2:26 PC205 "\|" is not understood/],
    ["ibmcloud is network-acls && ibmcloud is subnet-delete web", /PC205 "&&"/],
    ["for i in 1 2; do", /0\.json:2:1 PC207 /],
    ["ibmcloud is network-acl-create 'web", /PC205 a single quote is not closed/],
    ['ibmcloud is network-acl-create "web', /PC205 a double quote is not closed/],
    ["x=`ibmcloud is network-acls`", /PC205 backquotes/],
    ["x=$(ibmcloud is subnets --output json | jq -r .[0].id)", /PC205 .*cannot be told from the script/],
    ["ibmcloud is network-acl-create $", /PC205 this use of \$/],
    ["ibmcloud is network-acl-create $(echo web) myvpc", /PC205 \$\( … \) has no value here/],
  ] as const) {
    it(`is an error at its place: ${line}`, () => {
      const { findings, blinds } = reading(`ibmcloud is network-acls\n${line}\n`, "0.json");
      assert.match(findings.map(told).join("\n"), reason);
      assert.equal(blinds.length > 0, true);
    });
  }
  it("does not hide the lines behind it", () => {
    const { inventory } = whole("ibmcloud is network-acls\nwhat is this?\nibmcloud is network-acl-create web myvpc\n");
    assert.deepEqual(
      inventory.acls.map(({ name }) => name),
      ["web"],
    );
  });
  it("may be long, and end in a backslash", () => {
    assert.deepEqual(reading(`ibmcloud is network-acls ${"x".repeat(100_000)} \\`).findings, []);
  });
});
