/** Tables as commands print them: the founding document's samples, as they stand and as they would really look. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressSetText, addressText } from "../../../net/address.ts";
import { trafficText } from "../../../net/traffic-text.ts";
import type { Worker } from "../../model.ts";
import { readBoth } from "../read.ts";
import { gatewayObject, reading, reference, subnetObject, told, whole } from "../export.fixture.ts";

const GATEWAYS = `ID                                     Name                                       VPC                          Zone         Floating IP                  Created                     Status      Resource group
26426426-6065-4716-a90b-ac7ed7917c63   test-pgw                                   testvpc(36c8f522-.)          us-south-1   169.61.10.20(26466378-.)     2019-09-20T16:27:32-05:00   available   -
2ba2ba2b-fffa-4b0c-bdca-7970f09f9b8a   pgw-73b62bc0-b53a-11e9-9838-f3f4efa02374   team3(ff537d43-.)            us-south-2   -                            2019-08-02T10:30:29-05:00   pending     -
`;

const GATEWAY = `    ID               26466378-6065-4716-a90b-ac7ed7917c63
    Name             mycluster-us-south-1-gateway
    Floating IP      169.61.10.21(26466378-6065-4716-a90b-ac7ed7917c63)
    Status           pending
    Created          2019-09-20T16:27:32-05:00
    Zone             us-south-1
    VPC              myvpc(36c8f522-4f0d-400c-8226-299f0b8198cf)
    Resource group   -
`;

const WORKERS = `ID                                                   Primary IP     Flavor   State    Status   Zone         Version
kube-bl25g33d0if1cmfn0p8g-vpctest-default-000005ac   10.240.64.10   c2.2x4   normal   Ready    us-south-2   1.15.4
kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623   10.240.0.5     c2.2x4   normal   Ready    us-south-1   1.15.4
`;

const WORKER = `Retrieving worker kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623...
OK

ID:                 kube-bl25g33d0if1cmfn0p8g-vpctest-default-00000623
Zone:               us-south-1
Worker Pool ID:     bl25g33d0if1cmfn0p8g-5aa474f
Worker Pool Name:   default
Flavor:             c2.2x4
Version:            1.15.4

Health
State:     normal
Message:   Ready

Lifecycle
State:      deployed
Message:    -

Subnets
ID                                     IP Address               CIDR
a1b2c3d4-f560-471b-b6ce-20067ac93439   10.240.0.67 (primary)    10.240.0.0/24
`;

const NODE = `Name:               10.240.0.77
Roles:              <none>
Labels:             arch=amd64
                    beta.kubernetes.io/instance-type=c2.2x4
                    ibm-cloud.kubernetes.io/internal-ip=10.240.0.77
                    ibm-cloud.kubernetes.io/sgx-enabled=false
                    ibm-cloud.kubernetes.io/subnet-id=5f5787a4-f560-471b-b6ce-20067ac93439
                    ibm-cloud.kubernetes.io/worker-id=kube-bl25g33d0if1cmfn0p8g-vpcprod-default-00001093
                    ibm-cloud.kubernetes.io/worker-pool-name=default
                    ibm-cloud.kubernetes.io/worker-version=1.15.3_1517
                    ibm-cloud.kubernetes.io/zone=us-south-1
Annotations:        node.alpha.kubernetes.io/ttl: 0
Conditions:
  Type             Status  Reason
  ----             ------  ------
  Ready            True    KubeletReady
`;

const SUBNET = `ID                  a1b2c3d4-f560-471b-b6ce-20067ac93439
Name                vpctest-us-south-1
IPv*                ipv4
IPv4 CIDR           10.240.0.0/24
IPv6 CIDR           -
Address Available   244
Address Total       256
ACL                 vpctest-us-south-1-acl(b664769d-514c-407f-a9f3-d44d72706121)
Gateway             pgw-18a3ebb0-b539-11e9-9838-f3f4efa02374(f8b95e43-a408-4dc8-a489-ed649fc4cfec)
Created             2019-08-02T10:20:17-05:00
Status              available
Zone                us-south-1
VPC                 myvpc(ff537d43-a5a4-4b65-9627-17eddfa5237b)
`;

const ACL = `Creating network ACL vpctest-us-south-1-acl under account Account as user user@email.com...

ID        740b07cb-4e69-4ef2-b667-42ed27d8b29e
Name      vpctest-us-south-1-acl
Created   2019-09-18T15:09:45-05:00

Rules

inbound
ID                                     Name                                                          Action   IPv*   Protocol   Source      Destination   Created
e3caad9c-68b7-4a4a-8188-d239fbc724df   allow-all-inbound-rule-740b07cb-4e69-4ef2-b667-42ed27d8b29e   allow    ipv4   all        0.0.0.0/0   0.0.0.0/0     2019-09-18T15:09:45-05:00

outbound
ID                                     Name                                                           Action   IPv*   Protocol   Source      Destination   Created
7043ac95-cc4e-42e9-a490-22177237f083   allow-all-outbound-rule-740b07cb-4e69-4ef2-b667-42ed27d8b29e   allow    ipv4   all        0.0.0.0/0   0.0.0.0/0     2019-09-18T15:09:45-05:00
`;

function errors(text: string): readonly string[] {
  return reading(text, "out.txt").findings.map(told);
}

function workerRow({ id, zone, pool, version, state, interfaces }: Worker): readonly unknown[] {
  const own = interfaces.map(({ subnet, address, range, primary }) => [
    subnet,
    addressText(address),
    range && addressSetText(range).join(),
    primary,
  ]);
  return [id.slice(-8), zone, pool, version, state, own];
}

describe("tables of gateways", () => {
  it("S1-12: list each gateway, with an address where one is printed", () => {
    const { inventory, findings } = whole(GATEWAYS);
    assert.deepEqual(findings, []);
    assert.deepEqual(
      inventory.publicGateways.map(({ id, name, vpc, zone, address, status }) => [
        id.slice(0, 8),
        name,
        vpc,
        zone,
        address === undefined ? undefined : addressText(address),
        status,
      ]),
      [
        ["26426426", "test-pgw", "36c8f522-.", "us-south-1", "169.61.10.20", "available"],
        ["2ba2ba2b", "pgw-73b62bc0-b53a-11e9-9838-f3f4efa02374", "ff537d43-.", "us-south-2", undefined, "pending"],
      ],
    );
  });
  it("S1-12: print one that was created, line by line", () => {
    const [gateway] = whole(GATEWAY).inventory.publicGateways;
    assert.deepEqual(
      [gateway?.name, gateway?.vpc, gateway?.zone, gateway?.address && addressText(gateway.address), gateway?.status],
      ["mycluster-us-south-1-gateway", "36c8f522-4f0d-400c-8226-299f0b8198cf", "us-south-1", "169.61.10.21", "pending"],
    );
  });
  it("never tell all there are", () => assert.deepEqual([...whole(GATEWAYS).inventory.complete], []));
  it("shorten ids, which are written out where one begins like this", () => {
    const full = "36c8f522-4f0d-400c-8226-299f0b8198cf";
    const { inventory } = whole(GATEWAYS, [subnetObject("web", "10.0.0.0/24", { vpc: reference(full) })]);
    assert.equal(inventory.publicGateways[0]?.vpc, full);
  });
  it("shorten ids, which stay a gap where none or several begin like this", () => {
    const subnets = ["36c8f522-1", "36c8f522-2"].map((id) => subnetObject(id, "10.0.0.0/24", { vpc: reference(id) }));
    const texts = new Set(whole(GATEWAYS, subnets).inventory.gaps.map(({ text }) => text));
    assert.ok(texts.has("which VPC 36c8f522-. is: it could be 36c8f522-1 or 36c8f522-2"));
    assert.ok(texts.has("which VPC ff537d43-. is: no such id is in the input"));
  });
});

describe("tables of workers", () => {
  it("S1-13: list each worker with its address and zone", () => {
    assert.deepEqual(whole(WORKERS).inventory.workers.map(workerRow), [
      ["000005ac", "us-south-2", undefined, "1.15.4", "normal", [[undefined, "10.240.64.10", undefined, true]]],
      ["00000623", "us-south-1", undefined, "1.15.4", "normal", [[undefined, "10.240.0.5", undefined, true]]],
    ]);
  });
  it("S1-21: print one with its subnets", () => {
    assert.deepEqual(whole(WORKER).inventory.workers.map(workerRow), [
      [
        "00000623",
        "us-south-1",
        "default",
        "1.15.4",
        "normal",
        [["a1b2c3d4-f560-471b-b6ce-20067ac93439", "10.240.0.67", "10.240.0.0/24", true]],
      ],
    ]);
  });
  it("S1-14: print the labels of a node, which name its subnet", () => {
    const { inventory, findings } = whole(
      `${NODE}${NODE.replaceAll("10.240.0.77", "10.240.0.78").replaceAll("00001093", "00001094")}`,
    );
    assert.deepEqual(findings, []);
    assert.deepEqual(inventory.workers.map(workerRow), [
      [
        "00001093",
        "us-south-1",
        "default",
        "1.15.3_1517",
        undefined,
        [["5f5787a4-f560-471b-b6ce-20067ac93439", "10.240.0.77", undefined, true]],
      ],
      [
        "00001094",
        "us-south-1",
        "default",
        "1.15.3_1517",
        undefined,
        [["5f5787a4-f560-471b-b6ce-20067ac93439", "10.240.0.78", undefined, true]],
      ],
    ]);
  });
  it("S1-14: of a node of somebody else are an error", () => {
    assert.match(
      errors(NODE.replaceAll(/^.*ibm-cloud.*\n/gm, "")).join("\n"),
      /PC207 .*tells no ibm-cloud\.kubernetes\.io\/internal-ip/,
    );
  });
  it("may tell of one worker together", () => {
    const { inventory, findings } = whole(WORKERS.replace("10.240.0.5 ", "10.240.0.67"), WORKER);
    assert.deepEqual(findings, []);
    assert.deepEqual(inventory.workers.length, 2);
  });
  it("S1-31: that contradict each other, as the document's do, are said to", () => {
    const { findings } = whole(WORKERS, WORKER);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ["PC118"],
    );
  });
});

describe("tables of networks", () => {
  it("S1-27: print a subnet with its access list and gateway", () => {
    const [subnet] = whole(SUBNET).inventory.subnets;
    assert.deepEqual(
      [
        subnet?.name,
        subnet?.vpc,
        subnet?.zone,
        addressSetText(subnet?.addresses ?? []),
        subnet?.acl,
        subnet?.publicGateway,
      ],
      [
        "vpctest-us-south-1",
        "ff537d43-a5a4-4b65-9627-17eddfa5237b",
        "us-south-1",
        ["10.240.0.0/24"],
        "b664769d-514c-407f-a9f3-d44d72706121",
        "f8b95e43-a408-4dc8-a489-ed649fc4cfec",
      ],
    );
  });
  it("print a dash for no gateway; a line that is cut off says nothing", () => {
    const none = SUBNET.replace(/^(Gateway +)\S+$/m, "$1-");
    assert.equal(whole(none).inventory.subnets[0]?.publicGateway, undefined);
    assert.deepEqual(errors(none), []);
    assert.match(errors(SUBNET.replace(/^Gateway.*\n/m, ""))[0] ?? "", /PC207 the table tells no gateway of subnet/);
  });
  it("S1-22: print an access list with the rules of each direction", () => {
    const [acl] = whole(ACL).inventory.acls;
    assert.equal(acl?.id, "740b07cb-4e69-4ef2-b667-42ed27d8b29e");
    assert.deepEqual(
      acl.rules.map(({ action, direction, traffic, source, destination, origin }) => [
        action,
        direction,
        trafficText(traffic),
        addressSetText(source).join(),
        addressSetText(destination).join(),
        origin.line,
      ]),
      [
        ["allow", "inbound", "ICMP, TCP, UDP", "0.0.0.0/0", "0.0.0.0/0", 11],
        ["allow", "outbound", "ICMP, TCP, UDP", "0.0.0.0/0", "0.0.0.0/0", 15],
      ],
    );
  });
  it("leave out ports, so that rules about ports cannot be read from them", () => {
    const tcp = ACL.replace("all        0.0.0.0/0", "tcp        0.0.0.0/0");
    assert.deepEqual(errors(tcp), [
      "out.txt:11:118 PC207 the table does not tell which ports or types of tcp the rule is about",
    ]);
  });
  it("join exports of the same objects", () => {
    const gateway = gatewayObject({
      id: "f8b95e43-a408-4dc8-a489-ed649fc4cfec",
      vpc: reference("ff537d43-a5a4-4b65-9627-17eddfa5237b"),
    });
    const { inventory } = whole(SUBNET, [gateway]);
    assert.ok(!inventory.gaps.some(({ text }) => text.includes("public gateway")));
  });
});

describe("S1-31: what the document's samples hide", () => {
  const hidden = GATEWAYS.replace("169.61.10.20", "169.xx.xxx.xxx").replace(
    "26466378-.)     2019",
    "26466378-.)   2019",
  );
  const workers = WORKERS.replace("10.240.0.5  ", "10.240.01.00").replace("10.240.64.10", "10.240.64.9 ");
  const subnet = SUBNET.replace("10.240.0.0/24", "10.240.xx.xx/24");

  it("is refused with three precise errors, and nothing is guessed", () => {
    const { objects, findings, blinds } = reading(`${hidden}\n${workers}\n${subnet}`, "out.txt");
    assert.deepEqual(findings.map(told), [
      'out.txt:2:125 PC112 "169.xx.xxx.xxx" is a placeholder, not an address',
      'out.txt:7:54 PC112 "10.240.01.00" is not an IP address: "01" has a leading zero',
      'out.txt:12:21 PC112 "10.240.xx.xx/24" is a placeholder, not an address',
    ]);
    assert.deepEqual(
      objects.map(({ value }) => value.id.slice(-8)),
      ["9f9b8a", "000005ac"].map((id, i) => (i === 0 ? "f09f9b8a" : id)),
    );
    assert.equal(blinds.length, 3);
  });
});

describe("a table that was not pasted whole", () => {
  it("is an error where a cell does not stand under its heading", () => {
    const shifted = WORKERS.replace("   10.240.64.10   c2.2x4", "  10.240.64.10   c2.2x4 ");
    assert.deepEqual(errors(shifted), ["out.txt:2:54 PC207 this does not stand under PRIMARY IP"]);
  });
  it("is an error where a line belongs to nothing", () => {
    assert.deepEqual(errors(`${WORKERS}\nand so on\n`), [
      "out.txt:5:1 PC207 this line is no command and of no table that is known",
    ]);
  });
  it("is an error where an object is of a kind that is not known", () => {
    const volume = "ID     r006-1\nName   my-volume\nCapacity   100\n";
    assert.match(errors(volume)[0] ?? "", /out\.txt:1:1 PC207 this object is of no kind that is known/);
  });
});

describe("what only mentions commands and tables", () => {
  const manifest = `# ibmcloud is subnets --output json
apiVersion: v1
kind: ConfigMap
metadata: {name: notes, namespace: shop}
data:
  run.sh: |
    ibmcloud is network-acl-create web
    ID        Name
    ID   x
    Name   y
`;
  it("stays a manifest", () => {
    const { cluster, vpc } = readBoth("notes.yaml", manifest, { validation: "strict", namespace: undefined });
    assert.deepEqual([[...cluster.passedOver], cluster.findings, vpc], [[["ConfigMap", 1]], [], undefined]);
  });
  it("stays what it was where nothing is of a VPC", () => {
    for (const text of ["", "hello: world\n", "just words\n", "ID: 7\nname: x\n"]) {
      assert.equal(readBoth("x.txt", text, { validation: "strict", namespace: undefined }).vpc, undefined);
    }
  });
});
