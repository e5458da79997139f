import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { RawCalicoRule, RawEntity } from "./calico-objects.ts";
import type { RawObject } from "./raw-objects.ts";
import { allows, denies, node, ping, pod, tcp, udp } from "./two-namespaces.ts";
import { naiveVerdict } from "./verdict.ts";
import { global, namespaced, networkSet, object, slice } from "./written-policies.ts";

const APP = "10.244.1.20";
const OTHER = "10.244.1.21";
const DNS = "10.244.1.53";
const FRONT = "10.244.2.20";
const NO_FRONT = "10.244.2.21";
const BACK = "10.244.1.30";
const API = "192.168.49.201";

const dnsPorts = [
  { name: "dns", protocol: "UDP", port: 53 },
  { name: "dns-tcp", protocol: "TCP", port: 53 },
];
const endpoints: readonly RawObject[] = [
  slice("default/kubernetes", [API], [{ name: "https", protocol: "TCP", port: 6443 }]),
  slice("kube-system/kube-dns", [DNS], dnsPorts),
  slice("frontend/frontend-service", [FRONT], [{ port: 8080 }]),
];
const pods: readonly RawObject[] = [
  node("node-a", ["172.18.0.1"]),
  node("node-b", ["172.18.0.2"]),
  pod("my-app/x", {}, [APP], "node-a"),
  pod("other/y", {}, [OTHER], "node-a"),
  pod("kube-system/coredns", { "k8s-app": "kube-dns" }, [DNS], "node-a"),
  pod("frontend/f", {}, [FRONT], "node-b"),
  pod("frontend/g", {}, [NO_FRONT], "node-b"),
  pod("backend/b", {}, [BACK], "node-a"),
];
const cluster = [...pods, ...endpoints];

const toService = (name: string, namespace?: string): RawCalicoRule => ({
  action: "Allow",
  destination: { services: { name, ...(namespace === undefined ? {} : { namespace }) } },
});
const fromService = (name: string, namespace: string, more: Partial<RawCalicoRule> = {}): RawCalicoRule => ({
  action: "Allow",
  source: { services: { name, namespace } },
  ...more,
});

function refuses(message: RegExp, policy: RawObject): void {
  assert.throws(() => naiveVerdict([...cluster, policy], tcp(APP, BACK)), message);
}

describe("services in Calico policy", () => {
  test("S0-M1: pods of my-app reach the API endpoints on their ports and nothing else, ingress is untouched", () => {
    const policy = namespaced("my-app/allow-api-access", {
      selector: "all()",
      egress: [toService("kubernetes", "default")],
    });
    const objects = [...cluster, policy];
    allows(objects, tcp(APP, API, 6443), tcp(OTHER, APP), tcp(OTHER, API, 443));
    denies(objects, tcp(APP, API, 443), udp(APP, API, 6443), udp(APP, DNS, 53), ping(APP, API), tcp(APP, OTHER));
  });

  test("S0-M2: every pod reaches kube-dns and nothing else", () => {
    const objects = [
      ...cluster,
      global("allow-kube-dns", { selector: "all()", egress: [toService("kube-dns", "kube-system")] }),
    ];
    allows(objects, udp(APP, DNS, 53), tcp(OTHER, DNS, 53));
    denies(
      objects,
      tcp(APP, OTHER, 80),
      udp(APP, DNS, 54),
      tcp(APP, DNS, 9153),
      udp(DNS, API, 6443),
      udp(APP, API, 53),
    );
  });

  test("S0-M3: pods behind the service reach every port of backend, nobody else does", () => {
    const objects = [
      ...cluster,
      namespaced("backend/allow-frontend-service-access", {
        selector: "all()",
        ingress: [fromService("frontend-service", "frontend")],
      }),
    ];
    allows(
      objects,
      tcp(FRONT, BACK, 80),
      tcp(FRONT, BACK, 9999),
      udp(FRONT, BACK, 1),
      ping(FRONT, BACK),
      tcp(BACK, APP),
    );
    denies(objects, tcp(NO_FRONT, BACK, 80), tcp(APP, BACK, 8080));
  });

  test("S0-M4: pods behind the service reach TCP port 80 only", () => {
    const more = { protocol: "TCP", destination: { ports: [80] } };
    const objects = [
      ...cluster,
      namespaced("backend/p", { selector: "all()", ingress: [fromService("frontend-service", "frontend", more)] }),
    ];
    allows(objects, tcp(FRONT, BACK, 80));
    denies(objects, udp(FRONT, BACK, 80), tcp(FRONT, BACK, 443), tcp(NO_FRONT, BACK, 80));
  });

  test("S0-01: a service can be denied as well as allowed", () => {
    const egress = [{ ...toService("kube-dns", "kube-system"), action: "Deny" }, { action: "Allow" }];
    const objects = [...cluster, namespaced("my-app/p", { egress })];
    denies(objects, udp(APP, DNS, 53));
    allows(objects, udp(APP, DNS, 54), tcp(APP, API, 443));
  });

  test("S0-03: the ports are those of the endpoints at the moment", () => {
    const policy = global("p", { egress: [toService("web", "shop")] });
    const before = [...pods, policy, slice("shop/web", [BACK], [{ port: 8080 }])];
    const after = [...pods, policy, slice("shop/web", [BACK], [{ port: 9090 }])];
    allows(before, tcp(APP, BACK, 8080));
    denies(after, tcp(APP, BACK, 8080));
    allows(after, tcp(APP, BACK, 9090));
  });

  test("S0-08: without a namespace the service is one of the policy's own namespace", () => {
    const own = [slice("my-app/web", [BACK], [{ port: 80 }]), slice("other/web", [OTHER], [{ port: 80 }])];
    const objects = [...pods, ...own, namespaced("my-app/p", { egress: [toService("web")] })];
    allows(objects, tcp(APP, BACK, 80));
    denies(objects, tcp(APP, OTHER, 80));
  });

  test("11: endpoints count whether they are ready or not, and across all slices", () => {
    const policy = namespaced("backend/p", { ingress: [fromService("s", "frontend")] });
    const slices = [slice("frontend/s", [FRONT], [], false), slice("frontend/s", [NO_FRONT], [{ port: 1 }])];
    allows([...pods, policy, ...slices], tcp(FRONT, BACK), tcp(NO_FRONT, BACK));
    denies([...pods, policy, ...slices], tcp(APP, BACK));
  });

  test("11: toward a service, address and port come from one slice, and a port without number matches nothing", () => {
    const slices = [slice("frontend/s", [FRONT], [{ port: 1 }]), slice("frontend/s", [NO_FRONT], [{ port: 2 }])];
    const unnumbered = [...pods, slice("frontend/s", [FRONT], [{ protocol: "TCP", port: null }])];
    const policy = global("p", { egress: [toService("s", "frontend")] });
    allows([...pods, policy, ...slices], tcp(APP, FRONT, 1), tcp(APP, NO_FRONT, 2));
    denies([...pods, policy, ...slices], tcp(APP, FRONT, 2), tcp(APP, NO_FRONT, 1));
    denies([...unnumbered, policy], tcp(APP, FRONT, 80), tcp(APP, FRONT, 1));
    denies([...pods, policy], tcp(APP, FRONT, 1));
  });

  test("a protocol beside a service narrows it", () => {
    const objects = [
      ...cluster,
      global("p", { egress: [{ ...toService("kube-dns", "kube-system"), protocol: "UDP" }] }),
    ];
    allows(objects, udp(APP, DNS, 53));
    denies(objects, tcp(APP, DNS, 53));
  });

  test("S0-07: services on the wrong side, beside other criteria, or unnamed are refused", () => {
    const services = { name: "kube-dns", namespace: "kube-system" };
    const inward = (rule: Partial<RawCalicoRule>) => global("p", { ingress: [{ action: "Allow", ...rule }] });
    const outward = (destination: RawEntity) =>
      global("p", { egress: [{ action: "Allow", protocol: "TCP", destination }] });
    refuses(/cannot be a destination here/u, inward({ destination: { services } }));
    refuses(/cannot be a source here/u, global("p", { egress: [{ action: "Allow", source: { services } }] }));
    refuses(/needs a name/u, outward({ services: { name: "", namespace: "x" } }));
    refuses(/needs a namespace/u, outward({ services: { name: "x" } }));
    refuses(/brings its own ports/u, outward({ services, ports: [53] }));
    refuses(/beside other criteria/u, outward({ services, nets: ["10.0.0.0/8"] }));
    refuses(/beside other criteria/u, outward({ services, selector: "all()" }));
    refuses(/beside other criteria/u, inward({ source: { services, serviceAccounts: { names: ["x"] } } }));
  });

  test("a service is no object that selectors see", () => {
    const service = object(
      "v1",
      "Service",
      { name: "s", namespace: "my-app", labels: { a: "b" } },
      { clusterIP: "10.96.0.1" },
    );
    const set = networkSet("set", { a: "b" }, "10.96.0.2/32");
    const policy = global("p", { egress: [{ action: "Allow", destination: { selector: "a == 'b'" } }] });
    denies([...cluster, service, set, policy], tcp(APP, "10.96.0.1"));
    allows([...cluster, service, set, policy], tcp(APP, "10.96.0.2"));
  });
});
