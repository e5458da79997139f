/** What rules are for, as their ports tell, and what answers what. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../../net/traffic-text.ts";
import { containsTraffic, isNoTraffic } from "../../net/traffic.ts";
import { originOf, ruleOf } from "./network.fixture.ts";
import { joinsServicePorts, repliesTo, requestsFor, rolesOf } from "./reply-traffic.ts";

/** The traffic of a rule that says `tcp 1024-65535 -> 443`. */
function traffic(words: string): ReturnType<typeof repliesTo> {
  const [from = "", to = ""] = words.split("->").map((side) => side.trim());
  const [protocol = "", ports = ""] = from.split(" ");
  const rule = `: allow inbound ${protocol} 0.0.0.0/0 ${ports}`.trimEnd();
  return ruleOf(`${rule} -> 0.0.0.0/0 ${to}`.trimEnd(), originOf("a", "a")).traffic;
}

describe("what a rule is for", () => {
  for (const [words, role] of [
    ["tcp -> 443", "asking"],
    ["tcp 1024-65535 -> 443", "asking"],
    ["tcp -> 30000-32767", "asking"],
    ["tcp -> 1-1023", "asking"],
    ["tcp 80 -> 80", "asking"],
    ["udp 123 -> 123", "asking"],
    ["tcp 443 ->", "answering"],
    ["tcp 443 -> 1024-65535", "answering"],
    ["tcp -> 1024-65535", "answering"],
    ["tcp -> 32768-60999", "answering"],
    ["tcp ->", "open"],
    ["tcp 1-65535 -> 1-65535", "open"],
    ["icmp.8 ->", "asking"],
    ["icmp.0.0 ->", "answering"],
    ["icmp ->", "open"],
    ["esp ->", "asking"],
  ] as const) {
    it(`is ${role} for ${words}`, () => {
      const roles = rolesOf(traffic(words));
      assert.deepEqual(
        (["asking", "answering", "open"] as const).filter((one) => !isNoTraffic(roles[one])),
        [role],
      );
    });
  }

  it("is nothing for ICMP errors, for what nobody answers, and for protocols that nobody named", () => {
    for (const words of ["icmp.3 ->", "vrrp ->", "udp -> 514"]) {
      const { asking, answering, open } = rolesOf(traffic(words));
      assert.ok([asking, answering, open].every(isNoTraffic), words);
    }
    assert.ok(!containsTraffic(rolesOf(traffic("any ->")).open, { protocol: 50, first: 0, second: 0 }));
  });

  it("takes ping alone from a rule for all ICMP, and older questions where a rule names them", () => {
    assert.equal(trafficText(rolesOf(traffic("icmp ->")).open), "ICMP type 8 code 0");
    assert.equal(trafficText(rolesOf(traffic("icmp.13 ->")).asking), "ICMP type 13 code 0");
  });
});

describe("what answers a request", () => {
  for (const [request, reply] of [
    ["tcp 40000 -> 443", "TCP 40000 from 443"],
    ["udp 40000 -> 53", "UDP 40000 from 53"],
    ["udp 40000 -> 4789", "UDP 4789 from 40000"],
    ["udp 51820 -> 51820", "UDP 51820 from 51820"],
    ["icmp.8.0 ->", "ICMP type 0 code 0"],
    ["icmp.13.0 ->", "ICMP type 14 code 0"],
    ["icmp.3.4 ->", "none"],
    ["esp ->", "ESP"],
  ] as const) {
    it(`${request}: ${reply}`, () => {
      const replies = repliesTo(traffic(request));
      assert.equal(trafficText(replies), reply);
      if (reply !== "none") assert.deepEqual(requestsFor(replies), traffic(request));
    });
  }
});

it("TCP between ports of services is no connection of a client", () => {
  assert.ok(joinsServicePorts(traffic("tcp 80 -> 80")));
  for (const words of ["tcp -> 80", "tcp 80 -> 1024-65535", "udp 53 -> 53", "any ->"])
    assert.ok(!joinsServicePorts(traffic(words)), words);
});
