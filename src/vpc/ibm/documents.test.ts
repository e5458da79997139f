/** The forms in which exports come, and what is left to the reader of manifests. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VpcReading } from "../reading.ts";
import {
  aclObject,
  gatewayObject,
  groupObject,
  reading,
  reference,
  ruleObject,
  subnetObject,
  vpcObject,
} from "./export.fixture.ts";
import { readBoth, readVpc } from "./read.ts";

const OPTIONS = { validation: "strict", namespace: undefined } as const;
const WEB = subnetObject("web", "10.240.0.0/24");
const MANIFEST = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };

function kinds(read: VpcReading): readonly string[] {
  return read.objects.map(({ kind, value }) => `${kind} ${value.id}`);
}

describe("an export", () => {
  it("of a listing command is an array, and all there is of its kind", () => {
    const read = reading([WEB, subnetObject("db", "10.240.1.0/24")]);
    assert.deepEqual(kinds(read), ["subnet web", "subnet db"]);
    assert.deepEqual([...read.complete], ["subnet"]);
  });
  it("of one object does not say that there are no others", () => {
    const read = reading(WEB);
    assert.deepEqual([kinds(read), [...read.complete]], [["subnet web"], []]);
  });
  it("may stand behind another one in the same text", () => {
    const text = [[WEB], [gatewayObject()], vpcObject()].map((value) => JSON.stringify(value)).join("\n");
    const read = reading(text);
    assert.deepEqual(kinds(read), ["subnet web", "public gateway pgw-1", `vpc ${String(vpcObject()["id"])}`]);
    assert.deepEqual([...read.complete], ["subnet", "public gateway"]);
  });
  it("with no objects tells so by the name of its file", () => {
    for (const name of ["floating-ips.json", "export/floating_ips.json", "C:\\export\\floating-ips.JSON"]) {
      assert.deepEqual([...reading([], name).complete], ["floating ip"]);
    }
    assert.equal(readVpc("export.json", "[]"), undefined);
    assert.equal(readVpc("<stdin>", "[]"), undefined);
  });
  it("may mix kinds, and then none is complete", () => {
    const read = reading([WEB, gatewayObject()]);
    assert.deepEqual([kinds(read).length, [...read.complete]], [2, []]);
  });
  it("without resource_type and crn is known by its fields", () => {
    const bare = (fields: Readonly<Record<string, unknown>>): object => ({
      ...fields,
      resource_type: undefined,
      crn: undefined,
    });
    const read = reading(
      [WEB, gatewayObject(), aclObject([ruleObject()]), aclObject([]), groupObject([]), vpcObject()].map(bare),
    );
    assert.deepEqual(
      read.objects.map(({ kind }) => kind),
      ["subnet", "public gateway", "network acl", "network acl", "security group", "group members", "vpc"],
    );
  });
});

describe("a page of the API", () => {
  const page = (fields: object): string =>
    JSON.stringify({ limit: 50, first: { href: "https://x/v1/subnets?limit=50" }, subnets: [WEB], ...fields });

  it("holds a collection under its name", () => {
    const read = reading(page({ total_count: 1 }));
    assert.deepEqual(kinds(read), ["subnet web"]);
    assert.deepEqual(
      read.pages.map(({ kind, count, total, goesOn }) => [kind, count, total, goesOn]),
      [["subnet", 1, 1, false]],
    );
  });
  it("may be empty", () => assert.equal(reading(page({ subnets: [], total_count: 0 })).pages[0]?.total, 0));
  it("says where it goes on", () => {
    const { pages } = reading(page({ total_count: 120, next: { href: "https://x/v1/subnets?start=2" } }));
    assert.equal(pages[0]?.goesOn, true);
  });
});

describe("what a collector gathered", () => {
  const container = {
    collector_version: "0.15.0",
    provider: "ibm",
    vpcs: [vpcObject()],
    subnets: [WEB],
    public_gateways: [],
    network_acls: null,
    virtual_nis: [],
    iks_clusters: [{ id: "c1", name: "mycluster", podSubnet: "172.17.0.0/18", WorkerNodes: [] }],
    transit_gateways: [{ id: "t1", name: "tgw", crn: "crn:v1:bluemix:public:transit:us-south:a/1::gateway:t1" }],
    transit_connections: [],
  };

  it("is complete in every kind that it names", () => {
    const read = reading(container);
    assert.deepEqual([...read.complete], ["vpc", "subnet", "public gateway", "network acl", "cluster", "worker"]);
    assert.equal(read.findings.length, 0);
  });
  it("names the ways out of a VPC that are not modelled", () => {
    assert.match(reading(container).gaps[0]?.text ?? "", /transit gateway tgw/);
  });
  it("of another provider is refused", () => {
    const { findings } = reading({ collector_version: "0.15.0", provider: "aws", vpcs: [] });
    assert.deepEqual(
      findings.map(({ code, message }) => [code, message]),
      [["PC200", "an export of aws, of which nothing is known"]],
    );
  });
});

describe("objects that are not modelled", () => {
  const crn = (type: string): string => `crn:v1:bluemix:public:is:us-south:a/1::${type}:x`;

  it("are passed over where they have no say in who may talk", () => {
    const { passedOver, findings } = reading([
      { id: "x", crn: crn("image") },
      { id: "y", crn: crn("image") },
    ]);
    assert.deepEqual([...passedOver], [["VPC image", 2]]);
    assert.deepEqual(findings, []);
  });
  it("are errors where nothing is known of them, with what they say they are", () => {
    const { findings, blinds } = reading([{ id: "x", crn: crn("teleporter") }]);
    assert.deepEqual(
      findings.map(({ code, message }) => [code, message]),
      [["PC200", "nothing is known of type teleporter"]],
    );
    assert.equal(blinds.length, 1);
  });
  it("among others are errors of their own", () => {
    const read = reading([WEB, { hello: 1 }]);
    assert.deepEqual(
      [read.objects.length, read.findings.map(({ message }) => message), [...read.complete]],
      [1, ["this is no object of a VPC that is known"], []],
    );
  });
  for (const rule of [
    ruleObject(),
    { id: "r", direction: "inbound", protocol: "all", remote: { cidr_block: "0.0.0.0/0" } },
  ]) {
    it(`are errors where rules stand without their list: ${Object.keys(rule).join(" ")}`, () => {
      const { findings } = reading([rule]);
      assert.match(findings[0]?.message ?? "", /without the access list or group/);
      assert.match(findings[0]?.remedy ?? "", /ibmcloud is network-acls --output json/);
    });
  }
});

describe("what is no export", () => {
  for (const [what, value] of [
    ["an object of a cluster", MANIFEST],
    ["a list of a cluster", { apiVersion: "v1", kind: "List", items: [MANIFEST] }],
    ["an object of a cluster that has fields of a VPC", { ...MANIFEST, subnets: [WEB], ipv4_cidr_block: "10.0.0.0/8" }],
    ["an array of objects of a cluster", [MANIFEST]],
    ["an object that merely has such names", { members: [{ name: "a" }], routes: [], subnets: ["a"] }],
    ["an object of another cloud", { Subnets: [{ SubnetId: "subnet-1", CidrBlock: "10.0.0.0/8" }] }],
    ["an array of numbers", [1, 2]],
    ["a number", 1],
    ["an empty object", {}],
  ] as const) {
    it(`is left to others: ${what}`, () => assert.equal(readVpc("x.json", JSON.stringify(value)), undefined));
  }

  it("stays an error of the manifests' reader, where that cannot read it", () => {
    const { cluster } = readBoth("x.json", '[{"a": 1}]', OPTIONS);
    assert.deepEqual(
      cluster.findings.map(({ code }) => code),
      ["PC104"],
    );
  });
  it("may stand in the same text as an export", () => {
    const { cluster, vpc } = readBoth("x.json", `${JSON.stringify(MANIFEST)}\n${JSON.stringify([WEB])}`, OPTIONS);
    assert.deepEqual([cluster.resources.length, vpc?.objects.length, cluster.findings], [1, 1, []]);
  });
  it("is broken JSON as always", () => {
    const { cluster, vpc } = readBoth("x.json", '[{"id": "web", "ipv4_cidr_block": ', OPTIONS);
    assert.deepEqual([cluster.findings.map(({ code }) => code), cluster.blinds.length, vpc], [["PC101"], 1, undefined]);
  });
});

describe("an object with an error", () => {
  it("is left out, with a blind spot, and the others stay", () => {
    const read = reading([subnetObject("web", "10.240.0.0/99"), subnetObject("db", "10.240.1.0/24")], "subnets.json");
    assert.deepEqual(kinds(read), ["subnet db"]);
    assert.deepEqual(
      read.blinds.map(({ what, why, origin }) => [what, why, origin.file, origin.line, origin.column]),
      [["subnet web", "unreadable", "subnets.json", 2, 2]],
    );
    assert.match(read.findings[0]?.message ?? "", /^ipv4_cidr_block: "10.240.0.0\/99" is not a CIDR/);
  });
  for (const [what, value] of [
    ["an id", { ...WEB, id: undefined }],
    ["a CIDR", { ...WEB, ipv4_cidr_block: undefined, network_acl: reference("a") }],
  ] as const) {
    it(`lacks ${what}`, () => {
      assert.deepEqual(
        reading([WEB, value]).findings.map(({ code }) => code),
        ["PC113"],
      );
    });
  }
});
