/** What the words of an access list's rules mean. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressSetText } from "../../net/address.ts";
import { trafficText } from "../../net/traffic-text.ts";
import type { FilterRule } from "../model.ts";
import { aclObject, reading, ruleNames, ruleObject, told, whole } from "./export.fixture.ts";

function rule(fields: Readonly<Record<string, unknown>>): FilterRule {
  const { inventory, findings } = whole([aclObject([ruleObject(fields)])]);
  assert.deepEqual(findings.filter(({ severity }) => severity === "error").map(told), []);
  const read = inventory.acls[0]?.rules[0];
  assert.ok(read !== undefined);
  return read;
}

function refusal(fields: Readonly<Record<string, unknown>>): string {
  const { findings, blinds, objects } = reading([aclObject([ruleObject(fields)])]);
  assert.deepEqual(
    blinds.map(({ what, why }) => [what, why]),
    [["network ACL web", "unreadable"]],
  );
  assert.deepEqual(objects, []);
  return findings.map(({ code, message }) => `${code} ${message}`).join("\n");
}

describe("the protocol of a rule", () => {
  const OTHERS = "all but ICMP, TCP, UDP";
  const rows: readonly [string, "allow" | "deny", string, string][] = [
    ["all", "allow", "ICMP, TCP, UDP", OTHERS],
    ["all", "deny", "all", "none"],
    ["icmp_tcp_udp", "allow", "ICMP, TCP, UDP", OTHERS],
    ["any", "allow", "all", "none"],
    ["any", "deny", "all", "none"],
    ["tcp", "deny", "TCP", "none"],
    ["udp", "allow", "UDP", "none"],
    ["icmp", "allow", "ICMP", "none"],
    ["ah", "allow", "AH", "none"],
    ["esp", "allow", "ESP", "none"],
    ["gre", "allow", "GRE", "none"],
    ["ip_in_ip", "allow", "4", "none"],
    ["l2tp", "allow", "115", "none"],
    ["rsvp", "allow", "46", "none"],
    ["sctp", "allow", "SCTP", "none"],
    ["vrrp", "allow", "112", "none"],
    ["number_89", "allow", "89", "none"],
    ["number_255", "deny", "255", "none"],
  ];
  for (const [protocol, action, certain, perhaps] of rows) {
    it(`gotcha 1: ${action} ${protocol} is ${certain}${perhaps === "none" ? "" : " for certain"}`, () => {
      const { traffic, legacyTraffic } = rule({ protocol, action });
      assert.deepEqual([trafficText(traffic), trafficText(legacyTraffic)], [certain, perhaps]);
    });
  }

  it("gotcha 2: icmp_tcp_udp cannot be denied", () => {
    assert.equal(
      refusal({ protocol: "icmp_tcp_udp", action: "deny" }),
      "PC114 rules[0].protocol: icmp_tcp_udp can be allowed and not denied",
    );
  });

  for (const [protocol, reason] of [
    ["number_6", "protocol 6 has a name"],
    ["number_4", "protocol 4 has a name"],
    ["number_256", "is not a protocol"],
    ["number_07", "is not a protocol"],
    ["tpc", "is not a protocol"],
    ["ALL", "is not a protocol"],
  ] as const) {
    it(`is not ${protocol}: ${reason}`, () => assert.match(refusal({ protocol }), new RegExp(`PC112 .*${reason}`)));
  }

  it("is noted where only IPv6 has it", () => {
    const { findings } = reading([aclObject([ruleObject({ protocol: "number_58" })])]);
    assert.deepEqual(
      findings.map(({ code, severity }) => [code, severity]),
      [["PC204", "info"]],
    );
  });
});

describe("the ports of a rule", () => {
  it("gotcha 15: are all of them, port 0 too, where none is written", () => {
    assert.equal(trafficText(rule({ protocol: "tcp" }).traffic), "TCP");
  });
  it("gotcha 15: are 1 to 65535 where that is written", () => {
    const all = { source_port_min: 1, source_port_max: 65_535, destination_port_min: 1, destination_port_max: 65_535 };
    assert.equal(trafficText(rule({ protocol: "udp", ...all }).traffic), "UDP 1-65535 from 1-65535");
  });
  it("may be of one side", () => {
    const source = { source_port_min: 443, source_port_max: 443 };
    assert.equal(trafficText(rule({ protocol: "tcp", ...source }).traffic), "TCP from 443");
  });
  it("had shorter names in the first generation", () => {
    assert.equal(trafficText(rule({ protocol: "tcp", port_min: 80, port_max: 81 }).traffic), "TCP 80-81");
  });
  for (const [fields, reason] of [
    [{ destination_port_min: 80 }, "PC113 rules[0]: destination_port_max is missing beside the other end of the range"],
    [
      { destination_port_min: 0, destination_port_max: 80 },
      "PC112 rules[0].destination_port_min: 0 is not a port number",
    ],
    [{ source_port_min: 1, source_port_max: 65_536 }, "PC112 rules[0].source_port_max: 65536 is not a port number"],
    [{ source_port_min: 9, source_port_max: 8 }, "PC112 rules[0].source_port_max: the ports 9 to 8 are none"],
    [{ type: 8 }, "PC114 rules[0].type: ICMP types stand in a rule of protocol tcp, which has none"],
  ] as const) {
    it(`gotcha 15: are not ${JSON.stringify(fields)}`, () =>
      assert.equal(refusal({ protocol: "tcp", ...fields }), reason));
  }
  it("do not stand beside a protocol without ports", () => {
    const ports = { destination_port_min: 80, destination_port_max: 80 };
    assert.match(refusal({ protocol: "all", ...ports }), /PC114 .*ports stand in a rule of protocol all/);
  });
});

describe("the ICMP type of a rule", () => {
  const rows: readonly [object, string][] = [
    [{}, "ICMP"],
    [{ type: null, code: null }, "ICMP"],
    [{ type: 8 }, "ICMP type 8"],
    [{ type: 254 }, "ICMP type 254"],
    [{ type: 3, code: 255 }, "ICMP type 3 code 255"],
    [{ type: 0, code: 0 }, "ICMP type 0 code 0"],
  ];
  for (const [fields, expected] of rows) {
    it(`${JSON.stringify(fields)} is ${expected}`, () =>
      assert.equal(trafficText(rule({ protocol: "icmp", ...fields }).traffic), expected));
  }
  for (const [fields, reason] of [
    [{ type: 255 }, /255 is no ICMP type/],
    [{ type: 3, code: 256 }, /256 is no ICMP code/],
    [{ code: 4 }, /PC114 rules\[0\]\.code: an ICMP code stands without a type/],
  ] as const) {
    it(`gotcha 15: is not ${JSON.stringify(fields)}`, () =>
      assert.match(refusal({ protocol: "icmp", ...fields }), reason));
  }
});

describe("the addresses of a rule", () => {
  it("gotcha 14: may be one address", () => {
    assert.deepEqual(addressSetText(rule({ source: "10.2.2.2" }).source), ["10.2.2.2"]);
  });
  it("gotcha 14: with bits beyond the prefix mean the whole block, with a warning", () => {
    const { findings } = reading([aclObject([ruleObject({ source: "10.0.20.5/24" })])], "acl.json");
    assert.deepEqual(addressSetText(rule({ source: "10.0.20.5/24" }).source), ["10.0.20.0/24"]);
    assert.deepEqual(findings.map(told), [
      'acl.json:20:15 PC203 rules[0].source: "10.0.20.5/24" has bits set beyond its prefix, and means 10.0.20.0/24',
    ]);
  });
  for (const [source, reason] of [
    ["10.0.0", /is not an IP address/],
    ["10.240.01.00", /"01" has a leading zero/],
    ["10.240.xx.xx/24", /is a placeholder, not an address/],
    ["10.0.0.0/33", /is not a CIDR/],
    ["fd00::/8", /IPv6/],
    ["", /./],
  ] as const) {
    it(`are not ${source || "empty"}`, () => assert.match(refusal({ source }), reason));
  }
  it("must be there", () => assert.match(refusal({ source: undefined }), /PC113 rules\[0\]\.source: required/));
});

describe("a rule with a word that is not known", () => {
  for (const [fields, reason] of [
    [{ action: "permit" }, /PC112 rules\[0\]\.action: "permit" is not one of allow, deny/],
    [{ direction: "ingress" }, /PC112 rules\[0\]\.direction: "ingress" is not one of inbound, outbound/],
    [{ ip_version: "ipv6" }, /PC112 rules\[0\]\.ip_version/],
    [{ protocol: 6 }, /PC111 rules\[0\]\.protocol: expected string/],
  ] as const) {
    it(`${JSON.stringify(fields)} is an error and a blind spot`, () => assert.match(refusal(fields), reason));
  }
  it("does not stop on fields that are not known: the API grows", () => {
    assert.deepEqual(reading([aclObject([ruleObject({ brand_new: { x: 1 } })])]).findings, []);
  });
});

describe("the order of rules", () => {
  const three = (fields: readonly object[]): readonly ReturnType<typeof ruleObject>[] =>
    ["a", "b", "c"].map((name, i) => ruleObject({ name, ...fields[i] }));
  const order = (rules: readonly ReturnType<typeof ruleObject>[]): readonly string[] =>
    ruleNames(whole([aclObject(rules)]).inventory.acls[0]);

  it("gotcha 4: is that of the array, where the links agree", () =>
    assert.deepEqual(order(three([])), ["a", "b", "c"]));
  it("gotcha 4: is that of the array, where there are no links", () => {
    const nothing = { before: undefined };
    assert.deepEqual(order(three([nothing, nothing, nothing])), ["a", "b", "c"]);
  });
  it("gotcha 4: may be linked across directions, in any way that keeps each direction", () => {
    const out = { direction: "outbound" };
    const rules = three([{ before: { id: "id-of-c" } }, { ...out, before: { id: "id-of-a" } }, { before: undefined }]);
    assert.deepEqual(order(rules), ["a", "b", "c"]);
  });
  it("gotcha 4: is in doubt where the links contradict the array", () => {
    const { findings, blinds } = reading(
      [aclObject(three([{ before: undefined }, { before: { id: "id-of-a" } }, { before: { id: "id-of-b" } }]))],
      "acl.json",
    );
    assert.deepEqual(
      findings.map(({ code, message }) => `${code} ${message}`),
      ["b", "c"].map(
        (name, i) =>
          `PC202 rules[${i + 1}]: rule ${name} comes before an earlier inbound rule by its field \`before\`, and after it in the list`,
      ),
    );
    assert.equal(blinds.length, 1);
  });
  for (const [what, fields, reason] of [
    [
      "leads to a rule that is missing",
      [{}, {}, { before: { id: "id-of-d" } }],
      /stands before a rule that is not in the list, id-of-d/,
    ],
    ["goes in a circle", [{}, {}, { before: { id: "id-of-a" } }], /rule c comes before an earlier inbound rule/],
    [
      "leads to one rule twice",
      [{ before: { id: "id-of-c" } }, {}, {}],
      /stands before id-of-c, and so does another rule/,
    ],
  ] as const) {
    it(`gotcha 4: is in doubt where a link ${what}`, () => {
      const { findings } = reading([aclObject(three(fields))]);
      assert.match(findings.map(({ code, message }) => `${code} ${message}`).join("\n"), reason);
    });
  }
  it("gotcha 3: of no rules at all is a list that denies everything, not an unknown one", () => {
    assert.deepEqual(whole([aclObject([])]).inventory.acls[0]?.rules, []);
  });
  it("keeps the place of every rule", () => {
    const { inventory } = whole([aclObject(three([]))]);
    assert.deepEqual(
      inventory.acls[0]?.rules.map(({ origin }) => [origin.resource, origin.path, origin.line > 10]),
      [0, 1, 2].map((i) => ["network ACL web", `rules[${i}]`, true]),
    );
  });
});
