import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import { allOf, box, containsTraffic, toPorts } from "../net/traffic.ts";
import { trafficText } from "../net/traffic-text.ts";
import {
  type Asked,
  everythingOf,
  isReferenceError,
  parseAsked,
  parseReference,
  splitDestination,
} from "./reference.ts";

function workload(namespace: string, name: string, of?: string): object {
  return { kind: "workload", namespace, name, of };
}

describe("the name of an end", () => {
  for (const [text, expected] of [
    ["web", workload("here", "web")],
    ["shop/web", workload("shop", "web")],
    ["shop/pod/web-1", workload("shop", "web-1", "Pod")],
    ["shop/deploy/web", workload("shop", "web", "Deployment")],
    ["shop/deployment/web", workload("shop", "web", "Deployment")],
    ["shop/deployments/web", workload("shop", "web", "Deployment")],
    ["shop/Deployment/web", workload("shop", "web", "Deployment")],
    ["shop/rs/web", workload("shop", "web", "ReplicaSet")],
    ["shop/sts/db", workload("shop", "db", "StatefulSet")],
    ["shop/ds/agent", workload("shop", "agent", "DaemonSet")],
    ["shop/job/once", workload("shop", "once", "Job")],
    ["shop/cj/daily", workload("shop", "daily", "CronJob")],
    ["shop/rc/old", workload("shop", "old", "ReplicationController")],
    ["deploy/web", workload("here", "web", "Deployment")],
    ["ns:deploy/web", workload("deploy", "web")],
    ["ns:node/web", workload("node", "web")],
    ["ns:pod/deploy/web", workload("pod", "web", "Deployment")],
    ["shop/svc/db", { kind: "service", namespace: "shop", name: "db" }],
    ["svc/db", { kind: "service", namespace: "here", name: "db" }],
    ["shop/service/db", { kind: "service", namespace: "shop", name: "db" }],
    ["node/worker-1.example.com", { kind: "node", name: "worker-1.example.com" }],
    ["nodes/w", { kind: "node", name: "w" }],
    ["internet", { kind: "internet" }],
    ["10.0.0.1", { kind: "address", address: 0x0a00_0001n }],
    ["fd00::1", { kind: "address", address: (1n << 128n) + (0xfdn << 120n) + 1n }],
    ["10.0.0.0/8", { kind: "block", addresses: [{ start: 0x0a00_0000n, end: 0x0b00_0000n }] }],
  ] as const) {
    it(`${text} is understood`, () => assert.deepEqual(parseReference(text, "here"), expected));
  }

  for (const [text, error] of [
    ["", /empty/],
    ["/", /not an end/],
    ["shop/", /not an end/],
    ["/web", /not an end/],
    ["shop//web", /not an end/],
    ["a/deploy/b/c", /too many parts/],
    ["shop/ingress/web", /"ingress" is not a kind/],
    ["shop/we b", /not an end/],
    ["-x", /not an end/],
    ["10.0.0.256", /not an address: 256 is above 255/],
    ["10.0.0", /not an address/],
    ["10.0.0.0/33", /not a CIDR/],
    ["fd00::/200", /not a CIDR/],
    ["fd00:::1", /not an address/],
  ] as const) {
    it(`${JSON.stringify(text)} is refused with what to write`, () => {
      const parsed = parseReference(text, "here");
      assert.ok(isReferenceError(parsed));
      assert.match(parsed.error, error);
      assert.notEqual(parsed.remedy, "");
    });
  }
});

describe("the end and the port of a destination", () => {
  for (const [text, end, traffic] of [
    ["shop/web", "shop/web", undefined],
    ["shop/web:80", "shop/web", "80"],
    ["shop/deploy/web:53/udp", "shop/deploy/web", "53/udp"],
    ["shop/web:/icmp.8", "shop/web", "/icmp.8"],
    ["ns:pod/web", "ns:pod/web", undefined],
    ["ns:pod/web:80", "ns:pod/web", "80"],
    ["10.0.0.1:80", "10.0.0.1", "80"],
    ["10.0.0.0/8:443", "10.0.0.0/8", "443"],
    ["fd00::1", "fd00::1", undefined],
    ["fd00::/64", "fd00::/64", undefined],
    ["[fd00::1]:80", "fd00::1", "80"],
    ["[fd00::1]", "fd00::1", undefined],
    ["[fd00::/64]:443/tcp", "fd00::/64", "443/tcp"],
    ["shop/web:", "shop/web", ""],
  ] as const) {
    it(`${text} is split`, () => assert.deepEqual(splitDestination(text), { end, traffic }));
  }
});

describe("what is asked about", () => {
  const range = (first: number, last = first): { start: number; end: number } => ({ start: first, end: last + 1 });
  for (const [text, expected] of [
    ["80", toPorts(TCP, [range(80)])],
    ["0", toPorts(TCP, [range(0)])],
    ["65535", toPorts(TCP, [range(65_535)])],
    ["53/udp", toPorts(UDP, [range(53)])],
    ["53/UDP", toPorts(UDP, [range(53)])],
    ["7/sctp", toPorts(SCTP, [range(7)])],
    ["80/6", toPorts(TCP, [range(80)])],
    ["8000-8100", toPorts(TCP, [range(8000, 8100)])],
    ["/tcp", allOf(TCP)],
    ["/icmp", allOf(ICMP)],
    ["/icmp.8", box(ICMP, [range(8)], [range(0, 255)])],
    ["/icmp.3.4", box(ICMP, [range(3)], [range(4)])],
    ["/icmpv6.128.0", box(ICMPV6, [range(128)], [range(0)])],
    ["/47", allOf(47)],
    ["/gre", allOf(47)],
  ] as const) {
    it(`:${text} is ${trafficText(expected)}`, () =>
      assert.deepEqual(parseAsked(text), { kind: "traffic", traffic: expected } satisfies Asked));
  }

  it("a port name is looked up at each destination", () => {
    assert.deepEqual(parseAsked("http"), { kind: "named", name: "http", protocol: TCP });
    assert.deepEqual(parseAsked("dns-tcp/udp"), { kind: "named", name: "dns-tcp", protocol: UDP });
    assert.deepEqual(parseAsked("8080-tcp"), { kind: "named", name: "8080-tcp", protocol: TCP });
  });

  it("without a port it is all of TCP, UDP, SCTP and the family's ICMP", () => {
    assert.deepEqual(parseAsked(undefined), { kind: "everything" });
    assert.ok(containsTraffic(everythingOf(4), { protocol: ICMP, first: 8, second: 0 }));
    assert.ok(!containsTraffic(everythingOf(4), { protocol: ICMPV6, first: 128, second: 0 }));
    assert.ok(containsTraffic(everythingOf(6), { protocol: ICMPV6, first: 128, second: 0 }));
    assert.ok(!containsTraffic(everythingOf(6), { protocol: 47, first: 0, second: 0 }));
  });

  for (const [text, error] of [
    ["", /names neither port nor protocol/],
    ["/", /not a protocol/],
    ["80/", /not a protocol/],
    ["80/tpc", /"tpc" is not a protocol/],
    ["80/tcp/x", /not a port and protocol/],
    ["65536", /65536 is above 65535/],
    ["90-80", /reversed/],
    ["80-", /neither a port nor a port name/],
    ["-1", /neither a port nor a port name/],
    ["1-2-3", /neither a port nor a port name/],
    ["a--b", /neither a port nor a port name/],
    ["under_score", /neither a port nor a port name/],
    ["sixteen-letters-x", /neither a port nor a port name/],
    ["80/icmp", /has no ports/],
    ["80/47", /has no ports/],
    ["80/tcp.1", /has no ports/],
    ["/tcp.1", /not an ICMP type/],
    ["/icmp.256", /not an ICMP type/],
    ["/icmp.", /not an ICMP type/],
    ["/icmp.8.", /not an ICMP type/],
    ["/icmp.0x8", /not an ICMP type/],
    ["/icmp.1e1", /not an ICMP type/],
    ["/icmp.-1", /not an ICMP type/],
    ["/icmp.1.2.3", /not a protocol/],
    ["/256", /not a protocol/],
  ] as const) {
    it(`:${text} is refused`, () => {
      const asked = parseAsked(text);
      assert.ok(isReferenceError(asked), JSON.stringify(asked));
      assert.match(asked.error, error);
      assert.notEqual(asked.remedy, "");
    });
  }
});
