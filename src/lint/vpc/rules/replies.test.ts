/** Both directions of a list held together: PC220 to PC223. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { found, oneList, places, printed } from "../findings.fixture.ts";

const DENY = "deny-out: deny outbound all 0.0.0.0/0 -> 0.0.0.0/0\ndeny-in: deny inbound all 0.0.0.0/0 -> 0.0.0.0/0\n";
const API_OUT = "api-out: allow outbound tcp 10.0.1.0/24 -> 192.168.7.0/24 443\n";
const API_IN = "api-in: allow inbound tcp 192.168.7.0/24 443 -> 10.0.1.0/24 1024-65535\n";

describe("PC220: every reply to what a rule admits is dropped", () => {
  it("names the rule that drops, the rule that is missing and where it goes", () => {
    assert.equal(
      printed("PC220", oneList(API_OUT + DENY)),
      'web.json:2:1: error PC220: "api-out" admits requests outbound, TCP 443 from 10.0.1.0/24 to 192.168.7.0/24, and every reply to them ' +
        'is dropped inbound by "deny-in" (web.json:4)\n' +
        '  add an inbound rule before "deny-in" (web.json:4) that allows TCP from 192.168.7.0/24 port 443 to 10.0.1.0/24 ports 1024-65535',
    );
  });

  it("says so where no rule matches the replies", () => {
    assert.match(
      printed("PC220", oneList(API_OUT)),
      /dropped inbound, as no inbound rule matches them\n {2}add an inbound rule that allows TCP/,
    );
  });

  it("names a rule that looks meant for the replies, with all that is wrong about it", () => {
    const failed = "api-in: deny inbound tcp 192.168.8.0/24 443 -> 10.1.1.0/24\n";
    assert.match(
      printed("PC220", oneList(API_OUT + DENY + failed)),
      /\n"api-in" \(web.json:5\) looks meant for that, but it denies and stands behind "deny-in" \(web.json:4\) and names 10.1.1.0\/24 instead of 10.0.1.0\/24 and names 192.168.8.0\/24 instead of 192.168.7.0\/24$/,
    );
  });

  for (const [what, request, reply] of [
    [
      "TCP with the service inside",
      "inbound tcp 192.168.7.0/24 -> 0.0.0.0/0 80",
      "outbound tcp 0.0.0.0/0 80 -> 192.168.7.0/24 1024-65535",
    ],
    ["UDP", "outbound udp 0.0.0.0/0 -> 192.168.7.9 53", "inbound udp 192.168.7.9 53 -> 0.0.0.0/0"],
    ["ping", "outbound icmp.8 0.0.0.0/0 -> 192.168.7.0/24", "inbound icmp.0.0 192.168.7.0/24 -> 0.0.0.0/0"],
    [
      "IP-in-IP, which has no ports",
      "outbound ip_in_ip 0.0.0.0/0 -> 192.168.7.0/24",
      "inbound ip_in_ip 192.168.7.0/24 -> 0.0.0.0/0",
    ],
    [
      "VXLAN, which goes to one port both ways",
      "outbound udp 0.0.0.0/0 -> 192.168.7.0/24 4789",
      "inbound udp 192.168.7.0/24 1024-65535 -> 0.0.0.0/0 4789",
    ],
    [
      "fixed ports on both sides, as of time servers",
      "outbound udp 0.0.0.0/0 123 -> 192.168.7.0/24 123",
      "inbound udp 192.168.7.0/24 123 -> 0.0.0.0/0 123",
    ],
    ["everything", "outbound all 0.0.0.0/0 -> 192.168.7.0/24", "inbound all 192.168.7.0/24 -> 0.0.0.0/0"],
    [
      "everything, the reply spelled newer",
      "outbound all 0.0.0.0/0 -> 192.168.7.0/24",
      "inbound any 192.168.7.0/24 -> 0.0.0.0/0",
    ],
  ] as const) {
    it(`knows what answers ${what}`, () => {
      const one = `request: allow ${request}\n`;
      assert.deepEqual(found("PC220", oneList(one + DENY)).length, 1, "without its reply rule");
      const both = places(oneList(`${one}reply: allow ${reply}\n${DENY}`));
      assert.deepEqual(
        both.filter((place) => / PC22[0-3]/.test(place)),
        [],
        "with its reply rule",
      );
    });
  }

  it("does not take a tunnel's reply for one with ports exchanged", () => {
    const swapped =
      "out: allow outbound udp 0.0.0.0/0 -> 192.168.7.0/24 4789\nin: allow inbound udp 192.168.7.0/24 4789 -> 0.0.0.0/0 1024-4000\n";
    assert.equal(found("PC220", oneList(swapped + DENY)).length, 1);
  });

  it("counts a legacy all as an answer to any protocol, as it may be one", () => {
    const rules =
      "out: allow outbound ip_in_ip 0.0.0.0/0 -> 192.168.7.0/24\nin: allow inbound all 192.168.7.0/24 -> 0.0.0.0/0\n";
    assert.doesNotMatch(found("PC220", oneList(rules + DENY)).join("\n"), /"out"/);
  });

  it("finds replies that only a rule for everything of another network lets through", () => {
    const near =
      "near: allow inbound all 192.168.7.128/25 -> 0.0.0.0/0\nback: allow outbound all 0.0.0.0/0 -> 192.168.7.128/25\n";
    assert.match(
      printed("PC220", oneList(API_OUT + near + DENY)),
      /every reply to them but what "near" \(web.json:3\) admits is dropped/,
    );
  });

  for (const [what, rules] of [
    ["packets that nobody answers, as logs", "logs: allow outbound udp 0.0.0.0/0 -> 192.168.7.0/24 514\n"],
    ["announcements of routers", "vrrp: allow outbound vrrp 0.0.0.0/0 -> 224.0.0.18/32\n"],
    ["errors of ICMP", "error: allow inbound icmp.3.4 192.168.7.0/24 -> 0.0.0.0/0\n"],
    ["a rule for replies that serves requests", API_IN + API_OUT],
    [
      "the usual rule for replies from everywhere",
      `${API_OUT}replies: allow inbound tcp 0.0.0.0/0 -> 0.0.0.0/0 1024-65535\n`,
    ],
    ["a rule that is dead", DENY + API_OUT],
    ["a deny rule", "no: deny outbound tcp 0.0.0.0/0 -> 192.168.7.0/24 443\n"],
  ] as const) {
    it(`is silent about ${what}`, () => assert.deepEqual(found("PC220", oneList(rules + DENY)), []));
  }
});

describe("PC221: rule admits replies, and nothing may ask for them", () => {
  it("names what drops the requests, and the rule that is missing", () => {
    assert.equal(
      printed("PC221", oneList(API_IN + DENY)),
      'web.json:2:1: warning PC221: "api-in" admits replies inbound, TCP from 192.168.7.0/24 port 443 to 10.0.1.0/24 ports 1024-65535, and every ' +
        'request for them is dropped outbound by "deny-out" (web.json:3): it opens ports and serves nobody\n' +
        '  add an outbound rule before "deny-out" (web.json:3) that allows TCP from 10.0.1.0/24 ports 32768-60999 to 192.168.7.0/24 port 443, or remove this one',
    );
  });

  it("is silent where the requests are admitted", () =>
    assert.deepEqual(found("PC221", oneList(API_IN + API_OUT + DENY)), []));
});

describe("PC222: some replies to what a rule admits are dropped", () => {
  it("tells which", () => {
    const narrow = API_IN.replace("192.168.7.0/24", "192.168.7.0/25");
    assert.match(
      printed("PC222", oneList(API_OUT + narrow + DENY)),
      /"api-out" admits requests outbound and some replies to them are dropped inbound by "deny-in" \(web.json:5\): TCP from 192.168.7.128\/25 port 443 to 10.0.1.0\/24 ports 32768-60999\n {2}widen/,
    );
  });

  it("knows that clients on the internet, behind translated addresses, have ports from 1024 on", () => {
    const rules = (network: string, ports: string) =>
      oneList(
        `in: allow inbound tcp ${network} -> 0.0.0.0/0 443\nout: allow outbound tcp 0.0.0.0/0 443 -> ${network} ${ports}\n${DENY}`,
      );
    assert.match(found("PC222", rules("198.18.0.0/1", "32768-65535")).join(), /ports 1024-32767/);
    assert.deepEqual(found("PC222", rules("198.18.0.0/1", "1024-65535")), []);
    assert.deepEqual(found("PC222", rules("10.9.0.0/16", "32768-60999")), [], "workers are Linux");
  });

  it("finds a protocol without replies in a rule for all of them", () => {
    const rules =
      "out: allow outbound all 0.0.0.0/0 -> 192.168.7.0/24\nin: allow inbound tcp 192.168.7.0/24 -> 0.0.0.0/0\n";
    assert.match(
      found("PC222", oneList(rules + DENY)).join(),
      /"out" .* dropped inbound by "deny-in" \(web.json:5\): .*UDP/,
    );
  });

  it("leaves rules alone that are open for the sake of other replies", () => {
    const rules = `open: allow inbound all 192.168.0.0/16 -> 0.0.0.0/0\n${API_OUT}ping: allow outbound icmp 0.0.0.0/0 -> 192.168.0.0/16\nudp: allow outbound udp 0.0.0.0/0 -> 192.168.0.0/16\n`;
    assert.deepEqual(found("PC222", oneList(rules + DENY)), []);
  });
});

describe("PC223: source and destination ports look exchanged", () => {
  it("finds TCP from a service's port to a service's port", () => {
    assert.match(
      printed("PC223", oneList(`web: allow inbound tcp 0.0.0.0/0 80 -> 0.0.0.0/0 80\n${DENY}`)),
      /"web" is about TCP from 0.0.0.0\/0 port 80 to 0.0.0.0\/0 port 80 only, and clients have source ports from 1024 on/,
    );
  });

  it("finds node ports as the source of what comes in", () => {
    const rules = "nodes: allow inbound tcp 0.0.0.0/0 30000-32767 -> 0.0.0.0/0\n";
    assert.match(
      printed("PC223", oneList(rules + DENY)),
      /admits what comes from node ports.*\n {2}make the node ports the destination ports/,
    );
    assert.deepEqual(found("PC221", oneList(rules + DENY)), [], "and says it once");
  });

  it("finds two rules that are the same half of a connection, and says which to change when", () => {
    const replies =
      "in: allow inbound tcp 0.0.0.0/0 80 -> 0.0.0.0/0\nout: allow outbound tcp 0.0.0.0/0 80 -> 0.0.0.0/0\n";
    assert.match(
      printed("PC223", oneList(replies + DENY)),
      /"in" and "out" \(web.json:3\) both admit replies, .* and no rule admits the requests: .*\n {2}exchange .* in "in" if the service is in the subnet, else in "out"$/,
    );
    const requests =
      "in: allow inbound tcp 0.0.0.0/0 -> 0.0.0.0/0 80\nout: allow outbound tcp 0.0.0.0/0 -> 0.0.0.0/0 80\n";
    assert.match(
      printed("PC223", oneList(requests + DENY)),
      /both admit requests, .*\n.* in "in" if the service is outside, else in "out"$/,
    );
    assert.deepEqual(
      places(oneList(requests + DENY)).filter((place) => / PC22[0-2]/.test(place)),
      [],
    );
  });

  for (const [what, rules] of [
    ["time servers, which have one port on both sides", "a: allow inbound udp 0.0.0.0/0 123 -> 0.0.0.0/0 123\n"],
    [
      "replies from node ports of others",
      "in: allow inbound tcp 10.9.0.0/16 30000-32767 -> 0.0.0.0/0\nout: allow outbound tcp 0.0.0.0/0 -> 10.9.0.0/16 30000-32767\n",
    ],
    [
      "services in both directions, each with its replies",
      "a: allow inbound tcp 10.9.0.0/16 -> 0.0.0.0/0 80\nb: allow outbound tcp 0.0.0.0/0 80 -> 10.9.0.0/16\nc: allow outbound tcp 0.0.0.0/0 -> 10.9.0.0/16 80\nd: allow inbound tcp 10.9.0.0/16 80 -> 0.0.0.0/0\n",
    ],
  ] as const) {
    it(`is silent about ${what}`, () => assert.deepEqual(found("PC223", oneList(rules + DENY)), []));
  }
});
