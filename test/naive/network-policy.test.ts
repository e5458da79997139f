import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { naiveReading, naiveVerdict } from "./network-policy.ts";
import type { RawNetworkPolicy, RawNetworkPolicySpec, RawObject, RawPeer, RawPod } from "./raw-objects.ts";
import {
  CART,
  DB,
  OUTSIDE,
  WEB,
  WEB6,
  allows,
  cart,
  cluster,
  data,
  db,
  denies,
  nodeA,
  nodeB,
  ping,
  pod,
  policy,
  sctp,
  shop,
  shopEgress,
  shopIngress,
  tcp,
  udp,
  web,
} from "./two-namespaces.ts";

function refuses(spec: RawNetworkPolicySpec, message: RegExp): void {
  assert.throws(() => naiveVerdict([...cluster, policy("shop", spec)], tcp(DB, WEB)), message);
}

function onApp(operator: string, values: readonly string[]): RawNetworkPolicySpec {
  return { podSelector: { matchExpressions: [{ key: "app", operator, values }] } };
}

function namespacesWith(key: string): RawPeer {
  return { namespaceSelector: { matchExpressions: [{ key, operator: "Exists" }] } };
}

function withHttpPort(path: string, address: string, containerPort: number): RawPod {
  return pod(path, {}, [address], "node-b", { containers: [{ name: "c", ports: [{ name: "http", containerPort }] }] });
}

function withException(cidr: string, except: string): RawNetworkPolicySpec {
  return { ingress: [{ from: [{ ipBlock: { cidr, except: [except] } }] }] };
}

/** A policy that lets nothing pass in these directions. */
function closing(namespace: string, policyTypes: readonly string[]): RawNetworkPolicy {
  return policy(namespace, { podSelector: {}, policyTypes });
}

function reasonWith(...policies: readonly RawObject[]): string {
  return naiveReading([...cluster, ...policies], tcp(WEB, DB)).because;
}

describe("rules a Kubernetes NetworkPolicy is read by", () => {
  test("rule 1: a missing or empty from admits everyone, also from outside", () => {
    for (const rule of [{}, { from: [] }, { from: null }, null]) {
      const objects = [...cluster, policy("shop", { podSelector: {}, ingress: [rule] })];
      allows(objects, tcp(DB, WEB), tcp(OUTSIDE, WEB), tcp(CART, WEB), tcp("172.18.0.2", WEB));
    }
  });

  test("rule 1: missing or empty ports admit every port and every protocol", () => {
    for (const rule of [{}, { ports: [] }, { ports: null }]) {
      const objects = [...cluster, policy("shop", { podSelector: {}, ingress: [rule] })];
      allows(objects, tcp(DB, WEB, 1), udp(DB, WEB, 65_535), sctp(DB, WEB), tcp(DB, WEB, 0), ping(DB, WEB));
      allows(objects, { source: DB, destination: WEB, protocol: 47 });
    }
  });

  test("rule 1: a missing or empty rule list isolates and admits nothing", () => {
    for (const spec of [{ podSelector: {} }, { podSelector: {}, ingress: [] }, { podSelector: null }, {}, null]) {
      const objects = [...cluster, { ...policy("shop", {}), spec }];
      denies(objects, tcp(DB, WEB), tcp(OUTSIDE, WEB), tcp(CART, WEB), ping(DB, WEB));
      allows(objects, tcp(WEB, DB), tcp(WEB, OUTSIDE));
    }
  });

  test("rule 1: a peer without any field is refused", () => {
    refuses({ podSelector: {}, ingress: [{ from: [{}] }] }, /shop\/p is invalid: a peer must have a field/u);
    refuses({ podSelector: {}, ingress: [{ from: [{ podSelector: null }] }] }, /a peer must have a field/u);
    refuses({ ingress: [{ from: [{ podSelector: {}, ipBlock: { cidr: "10.0.0.0/8" } }] }] }, /ipBlock cannot stand/u);
  });

  test("rule 2: peers are alternatives, rules are alternatives, policies are alternatives", () => {
    const fromCart: RawPeer = { podSelector: { matchLabels: { app: "cart" } } };
    const fromOutside: RawPeer = { ipBlock: { cidr: "198.51.100.0/24" } };
    const asPeers = [shopIngress([fromCart, fromOutside])];
    const asRules = [policy("shop", { podSelector: {}, ingress: [{ from: [fromCart] }, { from: [fromOutside] }] })];
    const asPolicies = [shopIngress([fromCart]), shopIngress([fromOutside])];
    for (const policies of [asPeers, asRules, asPolicies]) {
      allows([...cluster, ...policies], tcp(CART, WEB), tcp(OUTSIDE, WEB));
      denies([...cluster, ...policies], tcp(DB, WEB));
    }
  });

  test("rule 2: two selectors in one peer must both hold, in two peers either will do", () => {
    const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "data" } };
    const podSelector = { matchLabels: { app: "cart" } };
    const dataCart = pod("data/cart", { app: "cart" }, ["10.244.2.13"], "node-b");
    const both = [...cluster, dataCart, shopIngress([{ namespaceSelector, podSelector }])];
    allows(both, tcp("10.244.2.13", WEB));
    denies(both, tcp(DB, WEB), tcp(CART, WEB));
    const either = [...cluster, dataCart, shopIngress([{ namespaceSelector }, { podSelector }])];
    allows(either, tcp("10.244.2.13", WEB), tcp(DB, WEB), tcp(CART, WEB));
  });

  test("rule 3: a podSelector alone means the policy's own namespace", () => {
    const objects = [...cluster, shopIngress([{ podSelector: {} }])];
    allows(objects, tcp(CART, WEB));
    denies(objects, tcp(DB, WEB), tcp(OUTSIDE, WEB));
  });

  test("rule 3: an empty namespaceSelector means all pods of all namespaces, and null means none was written", () => {
    const all = [...cluster, shopIngress([{ namespaceSelector: {} }])];
    allows(all, tcp(CART, WEB), tcp(DB, WEB));
    denies(all, tcp(OUTSIDE, WEB), tcp("172.18.0.2", WEB));
    denies([...cluster, shopIngress([{ namespaceSelector: null, podSelector: {} }])], tcp(DB, WEB));
  });

  test("rule 4: without policyTypes, ingress is isolated always and egress only when there is an egress rule", () => {
    for (const policyTypes of [undefined, null, []]) {
      const types = policyTypes === undefined ? {} : { policyTypes };
      const ingressOnly = [...cluster, policy("shop", { podSelector: {}, egress: [], ...types })];
      denies(ingressOnly, tcp(DB, WEB));
      allows(ingressOnly, tcp(WEB, DB));
      const toDb = { to: [{ ipBlock: { cidr: `${DB}/32` } }] };
      const both = [...cluster, policy("shop", { podSelector: {}, egress: [toDb], ...types })];
      denies(both, tcp(DB, WEB), tcp(WEB, OUTSIDE));
      allows(both, tcp(WEB, DB));
    }
  });

  test("rule 4: policyTypes alone decide: egress rules under [Ingress] are dead", () => {
    const objects = [
      ...cluster,
      policy("shop", { podSelector: {}, policyTypes: ["Ingress"], ingress: [{}], egress: [{ ports: [{ port: 1 }] }] }),
    ];
    allows(objects, tcp(WEB, DB), tcp(DB, WEB));
  });

  test("rule 4: [Egress] without rules denies all egress and leaves ingress alone", () => {
    const objects = [...cluster, policy("shop", { podSelector: {}, policyTypes: ["Egress"], ingress: [] })];
    denies(objects, tcp(WEB, DB), tcp(WEB, OUTSIDE));
    allows(objects, tcp(DB, WEB));
  });

  test("rule 5: both sides must allow", () => {
    const egressOpen = shopEgress([]);
    const dbClosed = policy("data", { podSelector: {}, policyTypes: ["Ingress"] });
    const dbOpen = policy("data", { podSelector: {}, ingress: [{}] });
    denies([...cluster, egressOpen, dbClosed], tcp(WEB, DB));
    denies([...cluster, shopEgress([{ podSelector: {} }]), dbOpen], tcp(WEB, DB));
    allows([...cluster, egressOpen, dbOpen], tcp(WEB, DB));
  });

  test("rule 5: a direction is open until a policy selects the pod for it, and then only for that pod", () => {
    allows(cluster, tcp(WEB, DB), tcp(OUTSIDE, DB), tcp(WEB, OUTSIDE), ping(DB, CART));
    const objects = [...cluster, policy("shop", { podSelector: { matchLabels: { app: "web" } } })];
    denies(objects, tcp(CART, WEB));
    allows(objects, tcp(WEB, CART), tcp(DB, CART));
    allows([...cluster, policy("data", { podSelector: {} })], tcp(CART, WEB));
  });

  test("rule 6: NotIn and DoesNotExist hold where the key is missing, on pods", () => {
    const plain = pod("shop/plain", {}, ["10.244.1.14"], "node-a");
    for (const requirement of [{ operator: "NotIn", values: ["web"] }, { operator: "DoesNotExist" }]) {
      const objects = [
        ...cluster,
        plain,
        shopIngress([{ podSelector: { matchExpressions: [{ key: "app", ...requirement }] } }]),
      ];
      allows(objects, tcp("10.244.1.14", CART));
      denies(objects, tcp(WEB, CART));
    }
  });

  test("rule 6: NotIn and DoesNotExist hold where the key is missing, on namespaces", () => {
    for (const requirement of [{ operator: "NotIn", values: ["prod"] }, { operator: "DoesNotExist" }]) {
      const peer = { namespaceSelector: { matchExpressions: [{ key: "env", ...requirement }] } };
      allows([...cluster, shopIngress([peer])], tcp(DB, WEB));
      denies([...cluster, shopIngress([peer])], tcp(CART, WEB));
    }
  });

  test("rule 6: In needs the key and one of its values, Exists needs the key", () => {
    const plain = pod("shop/plain", {}, ["10.244.1.14"], "node-a");
    const isListed = { podSelector: { matchExpressions: [{ key: "app", operator: "In", values: ["cart", "db"] }] } };
    allows([...cluster, plain, shopIngress([isListed])], tcp(CART, WEB));
    denies([...cluster, plain, shopIngress([isListed])], tcp("10.244.1.14", WEB));
    const exists = { podSelector: { matchExpressions: [{ key: "app", operator: "Exists" }] } };
    allows([...cluster, plain, shopIngress([exists])], tcp(CART, WEB));
    denies([...cluster, plain, shopIngress([exists])], tcp("10.244.1.14", WEB));
  });

  test("rule 6: In and NotIn without values, and Exists with values, are refused", () => {
    refuses(onApp("In", []), /values/u);
    refuses(onApp("NotIn", []), /values/u);
    refuses(onApp("Exists", ["web"]), /values/u);
    refuses(onApp("in", ["web"]), /no operator "in"/u);
  });

  test("rule 7: every namespace bears its name as a label, whatever is written there", () => {
    const forged = { ...shop, metadata: { name: "shop", labels: { "kubernetes.io/metadata.name": "data" } } };
    const fromData = shopIngress([{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "data" } } }]);
    const objects = [forged, data, nodeA, nodeB, web, cart, db, fromData];
    allows(objects, tcp(DB, WEB));
    denies(objects, tcp(CART, WEB));
  });

  test("rule 7: a namespace that is not in the input has its name label and no other", () => {
    const objects = [shop, nodeA, nodeB, web, cart, db];
    allows([...objects, shopIngress([namespacesWith("kubernetes.io/metadata.name")])], tcp(DB, WEB));
    denies([...objects, shopIngress([namespacesWith("env")])], tcp(DB, WEB));
  });

  test("rule 8: the protocol of a port entry is TCP unless written, and an entry without port is a whole protocol", () => {
    const port80 = [...cluster, shopIngress([], [{ port: 80 }])];
    allows(port80, tcp(DB, WEB, 80), { ...tcp(DB, WEB, 80), protocol: 6 });
    denies(port80, tcp(DB, WEB, 81), udp(DB, WEB, 80), sctp(DB, WEB, 80), ping(DB, WEB));
    const wholeUdp = [...cluster, shopIngress([], [{ protocol: "UDP" }])];
    allows(wholeUdp, udp(DB, WEB, 1), udp(DB, WEB, 0));
    denies(wholeUdp, tcp(DB, WEB, 1), ping(DB, WEB));
    const wholeTcp = [...cluster, shopIngress([], [{}])];
    allows(wholeTcp, tcp(DB, WEB, 65_535));
    denies(wholeTcp, udp(DB, WEB, 80));
  });

  test("rule 8: no port entry lets ICMP or any other protocol pass", () => {
    const entries = ["TCP", "UDP", "SCTP"].map((protocol) => ({ protocol }));
    const objects = [...cluster, shopIngress([], entries)];
    allows(objects, tcp(DB, WEB), udp(DB, WEB), sctp(DB, WEB));
    denies(objects, ping(DB, WEB), { source: DB, destination: WEB, protocol: 47 });
  });

  test("rule 8: it is the destination port that counts", () => {
    const objects = [...cluster, shopIngress([], [{ port: 80 }])];
    denies(objects, { ...tcp(DB, WEB, 4444), sourcePort: 80 });
  });

  test("rule 9: endPort is part of the range", () => {
    const objects = [...cluster, shopIngress([], [{ port: 8000, endPort: 8100 }])];
    allows(objects, tcp(DB, WEB, 8000), tcp(DB, WEB, 8050), tcp(DB, WEB, 8100));
    denies(objects, tcp(DB, WEB, 7999), tcp(DB, WEB, 8101), udp(DB, WEB, 8050));
    allows([...cluster, shopIngress([], [{ port: 80, endPort: 80 }])], tcp(DB, WEB, 80));
  });

  test("rule 9: endPort needs a number as port, and may not be below it", () => {
    refuses({ ingress: [{ ports: [{ port: "http", endPort: 90 }] }] }, /endPort needs a numeric port/u);
    refuses({ ingress: [{ ports: [{ endPort: 90 }] }] }, /endPort needs a numeric port/u);
    refuses({ ingress: [{ ports: [{ port: 80, endPort: 79 }] }] }, /endPort 79/u);
  });

  test("rule 10: a named port is looked up in each destination pod, in both directions", () => {
    const one = withHttpPort("shop/one", "10.244.2.21", 8080);
    const two = withHttpPort("shop/two", "10.244.2.22", 9090);
    const inward = [...cluster, one, two, shopIngress([], [{ port: "http" }])];
    allows(inward, tcp(DB, "10.244.2.21", 8080), tcp(DB, "10.244.2.22", 9090));
    denies(inward, tcp(DB, "10.244.2.21", 9090), tcp(DB, "10.244.2.22", 8080), udp(DB, "10.244.2.21", 8080));
    const outward = [...cluster, one, two, shopEgress([], [{ port: "http" }])];
    allows(outward, tcp(WEB, "10.244.2.21", 8080), tcp(WEB, "10.244.2.22", 9090));
    denies(outward, tcp(WEB, "10.244.2.22", 8080), tcp(WEB, DB, 8080), tcp(WEB, OUTSIDE, 8080));
  });

  test("rule 10: a named port counts only with its own protocol, and one name may mean two ports", () => {
    const dns = pod("shop/dns", {}, ["10.244.2.23"], "node-b", {
      containers: [
        { name: "udp", ports: [{ name: "dns", containerPort: 53, protocol: "UDP" }] },
        { name: "tcp", ports: [{ name: "dns", containerPort: 5353 }] },
      ],
    });
    const overUdp = [...cluster, dns, shopIngress([], [{ port: "dns", protocol: "UDP" }])];
    allows(overUdp, udp(DB, "10.244.2.23", 53));
    denies(overUdp, tcp(DB, "10.244.2.23", 53), udp(DB, "10.244.2.23", 5353));
    const overTcp = [...cluster, dns, shopIngress([], [{ port: "dns" }])];
    allows(overTcp, tcp(DB, "10.244.2.23", 5353));
    denies(overTcp, tcp(DB, "10.244.2.23", 53), udp(DB, "10.244.2.23", 53));
  });

  test("rule 10: native sidecars bring named ports, other init containers do not", () => {
    const ports = [{ name: "metrics", containerPort: 9090 }];
    const sidecar = { name: "s", restartPolicy: "Always", ports };
    const withSidecar = pod("shop/s", {}, ["10.244.2.24"], "node-b", { initContainers: [sidecar] });
    const withInit = pod("shop/i", {}, ["10.244.2.25"], "node-b", { initContainers: [{ name: "i", ports }] });
    const objects = [...cluster, withSidecar, withInit, shopIngress([], [{ port: "metrics" }])];
    allows(objects, tcp(DB, "10.244.2.24", 9090));
    denies(objects, tcp(DB, "10.244.2.25", 9090));
  });

  test("rule 11: an ipBlock matches pods and nodes by their addresses", () => {
    const objects = [...cluster, shopIngress([{ ipBlock: { cidr: "10.244.2.0/24" } }])];
    allows(objects, tcp(DB, WEB));
    denies(objects, tcp(CART, WEB), tcp("172.18.0.2", WEB));
    const fromNodes = [...cluster, shopIngress([{ ipBlock: { cidr: "172.18.0.0/16" } }])];
    allows(fromNodes, tcp("172.18.0.2", WEB));
    denies(fromNodes, tcp(DB, WEB));
  });

  test("rule 12: what except names is taken out, up to its first and last address", () => {
    const ipBlock = { cidr: "198.51.100.0/24", except: ["198.51.100.64/26", "198.51.100.0/32"] };
    const objects = [...cluster, shopIngress([{ ipBlock }])];
    for (const end of ["100.1", "100.63", "100.128", "100.255"]) allows(objects, tcp(`198.51.${end}`, WEB));
    for (const end of ["99.255", "100.0", "100.64", "100.127", "101.0"]) denies(objects, tcp(`198.51.${end}`, WEB));
  });

  test("rule 12: an exception of one peer does not bind another peer", () => {
    const cidr = "198.51.100.0/24";
    const objects = [
      ...cluster,
      shopIngress([{ ipBlock: { cidr, except: [`${OUTSIDE}/32`] } }, { ipBlock: { cidr } }]),
    ];
    allows(objects, tcp(OUTSIDE, WEB));
  });

  test("rule 12: bits beyond the prefix are masked", () => {
    allows([...cluster, shopIngress([{ ipBlock: { cidr: "198.51.100.200/24" } }])], tcp(OUTSIDE, WEB));
  });

  test("rule 12: except outside its cidr, or as wide as it, is refused", () => {
    refuses(withException("10.0.0.0/8", "192.168.0.0/16"), /strict subset/u);
    refuses(withException("10.0.0.0/8", "10.0.0.0/8"), /strict subset/u);
    refuses(withException("10.0.0.0/8", "fd00::/8"), /strict subset/u);
  });

  test("rule 12: a block of one family says nothing about the other", () => {
    const everyV4 = [...cluster, shopIngress([{ ipBlock: { cidr: "0.0.0.0/0" } }])];
    allows(everyV4, tcp(DB, WEB), tcp(OUTSIDE, WEB));
    denies(everyV4, tcp("2001:db8::1", WEB6));
    const everyV6 = [...cluster, shopIngress([{ ipBlock: { cidr: "::/0", except: ["2001:db8::/64"] } }])];
    allows(everyV6, tcp("2001:db8:1::1", WEB6));
    denies(everyV6, tcp("2001:db8::1", WEB6), tcp(DB, WEB));
  });

  test("rule 13: a host-network pod is its node: no selector finds it and no policy isolates it", () => {
    const host = pod("shop/host", { app: "cart" }, ["172.18.0.2"], "node-b", { hostNetwork: true });
    const fromCart = shopIngress([{ podSelector: { matchLabels: { app: "cart" } } }]);
    denies([...cluster, host, fromCart], tcp("172.18.0.2", WEB));
    allows([...cluster, host, fromCart], tcp(CART, WEB), tcp(OUTSIDE, "172.18.0.2"));
    allows([...cluster, host, shopIngress([{ ipBlock: { cidr: "172.18.0.2/32" } }])], tcp("172.18.0.2", WEB));
  });

  test("rule 14: a pod and its own node reach each other by every address of the node", () => {
    const objects = [...cluster, policy("shop", { podSelector: {}, policyTypes: ["Ingress", "Egress"] })];
    for (const own of ["172.18.0.1", "172.18.1.1", "203.0.113.101"]) {
      allows(objects, tcp(own, WEB), tcp(WEB, own), ping(own, WEB));
    }
    allows(objects, tcp("fd00:172:18::1", WEB6), tcp(WEB6, "fd00:172:18::1"));
    denies(objects, tcp("172.18.0.2", WEB), tcp(WEB, "172.18.0.2"), tcp("fd00:172:18::2", WEB6));
  });

  test("rule 14: the node's address may also be known from the pod alone", () => {
    const alone = pod("shop/alone", {}, ["10.244.9.10"], "node-z", { hostIP: "172.18.0.9" });
    const closed = policy("shop", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    allows([...cluster, alone, closed], tcp("172.18.0.9", "10.244.9.10"), tcp("10.244.9.10", "172.18.0.9"));
    denies([...cluster, alone, closed], tcp("172.18.0.9", WEB));
  });

  test("rule 15: a pod reaches itself by any of its own addresses", () => {
    const objects = [...cluster, policy("shop", { podSelector: {}, policyTypes: ["Ingress", "Egress"] })];
    allows(objects, tcp(WEB, WEB), udp(WEB6, WEB6), ping(WEB, WEB));
    denies(objects, tcp(WEB, CART));
    const twoAddresses = pod("shop/two", {}, ["10.244.1.31", "10.244.1.32"], "node-a");
    allows([...objects, twoAddresses], tcp("10.244.1.31", "10.244.1.32"));
  });

  test("rule 16: a finished pod is nothing, and its address is free for the next pod", () => {
    const selectCart = shopIngress([{ podSelector: { matchLabels: { app: "cart" } } }]);
    for (const phase of ["Succeeded", "Failed"]) {
      const done = pod("shop/done", { app: "cart" }, ["10.244.1.40"], "node-a", { phase });
      denies([...cluster, done, selectCart], tcp("10.244.1.40", WEB));
      const next = pod("shop/next", { app: "other" }, ["10.244.1.40"], "node-b");
      denies([...cluster, done, next, selectCart], tcp("10.244.1.40", WEB), tcp(DB, "10.244.1.40"));
      allows([...cluster, done, policy("shop", { podSelector: {} })], tcp(DB, "10.244.1.40"));
    }
  });

  test("rule 16: a pod without address is nothing, a pending pod with one is a pod", () => {
    const waiting = pod("shop/waiting", {}, [], "node-a", { phase: "Pending" });
    allows([...cluster, waiting], tcp(DB, WEB));
    const started = pod("shop/started", { app: "cart" }, ["10.244.1.41"], "node-a", { phase: "Pending" });
    const objects = [...cluster, started, shopIngress([{ podSelector: { matchLabels: { app: "cart" } } }])];
    allows(objects, tcp("10.244.1.41", WEB));
    denies(objects, tcp(DB, "10.244.1.41"));
  });
});

describe("what the reading answers beside the verdict", () => {
  test("the reason names the side that denies", () => {
    assert.equal(reasonWith(), "no-isolation");
    assert.equal(reasonWith(closing("shop", ["Egress"])), "egress");
    assert.equal(reasonWith(closing("data", ["Ingress"])), "ingress");
    assert.equal(reasonWith(closing("shop", ["Egress"]), closing("data", ["Ingress"])), "egress-and-ingress");
    assert.equal(reasonWith(shopEgress([])), "rules");
  });

  test("a Calico policy of the same kind is not read as a Kubernetes one", () => {
    const calico = { ...policy("shop", { podSelector: {} }), apiVersion: "projectcalico.org/v3" };
    assert.equal(naiveVerdict([...cluster, calico], tcp(DB, WEB)), "allowed");
  });

  test("a policy or pod without namespace is in default", () => {
    const here = { ...pod("default/here", {}, ["10.244.1.50"], "node-a"), metadata: { name: "here" } };
    const isolating: RawNetworkPolicy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "p" },
    };
    denies([...cluster, here, isolating], tcp(DB, "10.244.1.50"));
    allows([...cluster, here, isolating], tcp(DB, WEB));
  });

  test("a packet with mixed families or without its port is refused", () => {
    assert.throws(() => naiveVerdict(cluster, tcp(DB, WEB6)), /different families/u);
    assert.throws(() => naiveVerdict(cluster, { source: DB, destination: WEB, protocol: "TCP" }), /destination port/u);
    assert.throws(() => naiveVerdict(cluster, tcp("10.244.01.1", WEB)), /not an IP address/u);
  });
});
