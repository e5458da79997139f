/** Recipes that people follow, and the mistakes in them: each is found, and nothing else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check, found, places } from "./findings.fixture.ts";
import { GUIDE, GUIDE_COMMANDS, guideZones, THREE_ZONES } from "./recipes.fixture.ts";

describe("a cluster in three zones, with a list for each as it should be", () => {
  it("gives nothing to say", () => assert.deepEqual(check(THREE_ZONES), []));
});

describe("networks that are as they should be", () => {
  it("give nothing to say: a cluster on the default list, with a gateway in each zone", () => {
    const zone = (n: number) => ({
      cidr: `10.240.${n}.0/24`,
      zone: `us-south-${n}`,
      gateway: `gateway-${n}`,
      workers: [`10.240.${n}.5`],
    });
    const sketch = {
      subnets: { "zone-1": zone(1), "zone-2": zone(2) },
      gateways: { "gateway-1": { zone: "us-south-1" }, "gateway-2": { zone: "us-south-2" } },
      acls: { default: "in: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nout: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0" },
      defaultAcl: "default",
      clusters: { c1: { version: "1.29.1" } },
    };
    assert.deepEqual(check(sketch), []);
  });

  it("give nothing to say: web servers with the usual rules for clients' ports, and a database behind them", () => {
    const sketch = {
      subnets: { web: { cidr: "10.1.1.0/24", acl: "web", gateway: "gateway" }, db: { cidr: "10.1.2.0/24", acl: "db" } },
      gateways: { gateway: { zone: "us-south-1" } },
      acls: {
        web: `
          serve: allow inbound tcp 0.0.0.0/0 -> 10.1.1.0/24 443
          serve-back: allow outbound tcp 10.1.1.0/24 443 -> 0.0.0.0/0 1024-65535
          ask: allow outbound tcp 10.1.1.0/24 -> 0.0.0.0/0 443
          ask-back: allow inbound tcp 0.0.0.0/0 443 -> 10.1.1.0/24 1024-65535
          db: allow outbound tcp 10.1.1.0/24 -> 10.1.2.0/24 5432
          db-back: allow inbound tcp 10.1.2.0/24 5432 -> 10.1.1.0/24 32768-65535
          too-big: allow inbound icmp.3.4 0.0.0.0/0 -> 10.1.1.0/24
          deny-in: deny inbound any 0.0.0.0/0 -> 0.0.0.0/0
          deny-out: deny outbound any 0.0.0.0/0 -> 0.0.0.0/0`,
        db: `
          serve: allow inbound tcp 10.1.1.0/24 -> 10.1.2.0/24 5432
          serve-back: allow outbound tcp 10.1.2.0/24 5432 -> 10.1.1.0/24 1024-65535
          too-big: allow inbound icmp.3.4 10.1.1.0/24 -> 10.1.2.0/24`,
      },
    };
    assert.deepEqual(places(sketch), []);
  });
});

describe("the founding document's recipe", () => {
  it("is right for two zones, but for what hangs on the meaning of all, and for a public network without a way", () => {
    assert.deepEqual(places(guideZones(2)), [
      "mycluster-us-south-1-acl.json:2 PC238",
      "mycluster-us-south-2-acl.json:2 PC238",
      "mycluster-us-south-1-acl.json:9 PC240",
      "mycluster-us-south-2-acl.json:9 PC240",
    ]);
  });

  it("reuses the names of its rules for every other zone, so that three zones fail", () => {
    const twice = found("PC228", guideZones(3));
    assert.equal(twice.length, 6);
    assert.match(
      twice[0] ?? "",
      /rule "allow-workers-outbound" stands twice in access list "mycluster-us-south-1-acl"/,
    );
  });

  it("has a rule added later land behind the deny-all of its direction, if put before the other one", () => {
    const later = "my-rule: allow outbound tcp 0.0.0.0/0 -> 10.9.0.0/16 443\n";
    const [only = "", ...more] = found(
      "PC226",
      guideZones(2, { "us-south-1": (rules) => rules.replace("deny-all-inbound:", `${later}deny-all-inbound:`) }),
    );
    assert.match(
      only,
      /"my-rule" allows nothing: it stands behind "deny-all-outbound" .*; it was put before "deny-all-inbound"/,
    );
    assert.deepEqual(more, []);
  });

  it("leaves every other rule without a say where the two rules that a list is born with are kept", () => {
    const born =
      "allow-all-inbound-rule: allow inbound all 0.0.0.0/0 -> 0.0.0.0/0\nallow-all-outbound-rule: allow outbound all 0.0.0.0/0 -> 0.0.0.0/0\n";
    const findings = found("PC227", guideZones(2, { "us-south-1": (rules) => born + rules }));
    assert.deepEqual(
      findings.map((text) => /so access list .* and \d rules/.exec(text)?.[0]),
      [
        'so access list "mycluster-us-south-1-acl" filters none of it and 5 rules',
        'so access list "mycluster-us-south-1-acl" filters none of it and 5 rules',
      ],
    );
  });

  for (const direction of ["inbound", "outbound"]) {
    it(`needs both rules of a pair: without the ${direction} one for the corporate network no connection comes about`, () => {
      const rule = new RegExp(`^corporate-network-${direction}.*\n`, "m");
      const findings = found("PC220", guideZones(2, { "us-south-1": (rules) => rules.replace(rule, "") }));
      assert.match(
        findings.join("\n"),
        /^\S+ "corporate-network-\w+" admits requests .*every reply to them is dropped \w+ by "deny-all-\w+"[^\n]*$/,
      );
    });
  }

  it("closes the gateway of its first part, unless rules for the endpoints follow", () => {
    const withoutCorporate = { "us-south-1": (rules: string) => rules.replaceAll(/^corporate.*\n/gm, "") };
    assert.match(
      found("PC241", guideZones(2, withoutCorporate, "us-south-1")).join(),
      /has public gateway mycluster-us-south-1-gateway, and nothing can use it: requests are dropped outbound by "deny-all-outbound"/,
    );
  });

  it("closes node ports to load balancers, and endpoint gateways to newer clusters", () => {
    const two = guideZones(2);
    const sketch = {
      ...two,
      subnets: { ...two.subnets, front: { cidr: "10.240.9.0/24", acl: "open" } },
      acls: {
        ...two.acls,
        open: "in: allow inbound any 0.0.0.0/0 -> 0.0.0.0/0\nout: allow outbound any 0.0.0.0/0 -> 0.0.0.0/0",
      },
      clusters: { c1: { version: "1.30.2" } },
      loadBalancers: [
        { name: "shop", kind: "application", subnets: ["front"], addresses: [], members: ["10.240.0.5:30080"] },
      ],
      interfaces: [{ kind: "endpoint gateway", name: "iks-master", address: "10.240.9.9" }],
    } as const;
    assert.equal(found("PC247", sketch).length, 1);
    assert.equal(found("PC246", sketch).length, 2);
  });
});

describe("the provider's published example of two lists", () => {
  it("has a backend that never gets a reply from the web: its two rules for replies are wrong in three ways", () => {
    const findings = check(GUIDE);
    assert.deepEqual(
      findings
        .filter(({ code }) => code !== "PC248")
        .map(({ position, code }) => `${position?.file}:${position?.line} ${code}`),
      [
        "backend.json:6 PC220",
        "backend.json:7 PC220",
        "backend.json:4 PC230",
        "backend.json:5 PC230",
        "backend.json:3 PC241",
      ],
    );
    const [first] = findings;
    assert.match(
      first?.remedy ?? "",
      /\n"return-http" \(backend.json:4\) looks meant for that, but it denies and stands behind "deny-in" \(backend.json:3\) and names 10.0.20.0\/24 instead of 10.10.20.0\/24$/,
    );
    assert.match(
      found("PC230", GUIDE)[0] ?? "",
      /"return-http" never matches: its destination 10.0.20.0\/24 is in no subnet/,
    );
    assert.match(findings.find(({ code }) => code === "PC230")?.remedy ?? "", /^write 10.10.20.0\/24, or/);
  });

  it("makes by its commands a web server that answers requests which never reach it", () => {
    const findings = check(GUIDE_COMMANDS).filter(({ code }) => code !== "PC248");
    assert.deepEqual(
      findings.map(({ position, code }) => `${position?.file}:${position?.line} ${code}`),
      ["web.json:2 PC223", "web.json:3 PC223", "web.json:6 PC226", "web.json:11 PC226"],
    );
    assert.match(
      findings[0]?.message ?? "",
      /"rule10" and "rule10e" \(web.json:7\) both admit replies, .* and no rule admits the requests/,
    );
    assert.match(findings[2]?.message ?? "", /"allow-all-inbound-rule" allows nothing: it stands behind "rule200"/);
  });
});
