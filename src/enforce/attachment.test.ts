import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Links } from "../kernel/routes.ts";
import { createNamespaces, deleteNamespaces, ipBatch } from "../kernel/namespaces.ts";
import { makePods, reasonToSkip, removePods, TEST_PREFIX, type TestPods } from "../kernel/pods.fixture.ts";
import { readSysctl } from "../kernel/sysctls.ts";
import { type Address, isAddressError, parseAddress, parseCidr } from "../net/address.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import { attach, attachmentOf } from "./attachment.ts";
import { NAMESPACE, podText } from "./enforcer.fixture.ts";

const PODS = situationFrom(
  NAMESPACE +
    ["web", "db"]
      .map((name, i) => podText(name, { namespace: "", v4: `10.0.1.${i + 1}`, v6: `fd00::${i + 1}`, second: "" }))
      .join(""),
).inventory.pods;

function links(routes: Readonly<Record<string, string>>, bridges: readonly string[] = []): Links {
  return {
    routes: Object.entries(routes).map(([block, device]) => {
      const cidr = parseCidr(block);
      assert.ok(!isAddressError(cidr));
      return { block: cidr.range, device };
    }),
    bridges: new Set(bridges),
  };
}

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(!isAddressError(parsed));
  return parsed;
}

describe("the pods of a machine", () => {
  it("are bound where each has an interface of its own", () => {
    const found = attach(
      PODS,
      links({ "10.0.1.1/32": "a", "fd00::1/128": "a", "10.0.1.2/32": "b", "fd00::2/128": "b", "0.0.0.0/0": "eth0" }),
      () => true,
    );
    assert.deepEqual(found, {
      interfaces: [
        { name: "a", addresses: [address("10.0.1.1"), address("fd00::1")] },
        { name: "b", addresses: [address("10.0.1.2"), address("fd00::2")] },
      ],
      sharedInterfaces: [],
      degraded: [],
    });
  });

  it("are not bound where they share one, or none leads to them", () => {
    const found = attach(PODS, links({ "10.0.1.1/32": "a", "10.0.1.2/32": "a" }), () => true);
    assert.deepEqual(found.interfaces, []);
    assert.match(
      found.degraded.join("\n"),
      /no interface .*source not bound.*\n.*share an interface.*source not bound/,
    );
  });

  it("are judged on a bridge only if it hands its packets over", () => {
    const shared = links({ "10.0.1.0/24": "cni0", "fd00::/64": "cni0" }, ["cni0"]);
    const on = attach(PODS, shared, () => true).degraded.join("\n");
    assert.doesNotMatch(on, /bridge/);
    const off = attach(PODS, shared, (key) => key.endsWith("iptables")).degraded.join("\n");
    assert.match(off, /IPv6 between pods on bridge cni0 is not judged: .* net\.bridge\.bridge-nf-call-ip6tables to 1/);
    assert.doesNotMatch(off, /IPv4 between/);
  });
});

describe("the pods of a bridge", { skip: reasonToSkip() }, () => {
  const namespace = `${TEST_PREFIX}bridge`;
  before(() => createNamespaces([namespace]));
  after(() => deleteNamespaces([namespace]));

  it("are not bound, and not judged unless this machine's bridges hand their packets over", async () => {
    await ipBatch(
      [
        "link add cni0 type bridge",
        "link set cni0 up",
        "address add 10.0.1.254/24 dev cni0",
        "address add fd00::fe/64 dev cni0 nodad",
      ],
      namespace,
    );
    const said = (await attachmentOf(PODS, namespace)).degraded.join("\n");
    assert.match(said, /share an interface.*source not bound/);
    for (const [family, key] of [
      [4, "net.bridge.bridge-nf-call-iptables"],
      [6, "net.bridge.bridge-nf-call-ip6tables"],
    ] as const) {
      assert.equal(said.includes(`IPv${family} between pods on bridge cni0 is not judged`), !isOn(namespace, key), key);
    }
  });
});

/** Without br_netfilter there is no such sysctl. */
function isOn(namespace: string, key: string): boolean {
  try {
    return readSysctl(namespace, key) === "1";
  } catch {
    return false;
  }
}

describe("the pods of a namespace", { skip: reasonToSkip() }, () => {
  let lab: TestPods;
  before(async () => {
    lab = await makePods("attach", 2);
  });
  after(() => removePods("attach"));

  it("are found by the routes of both families", async () => {
    const [web, db] = lab.pods;
    assert.ok(web && db);
    const { pods } = situationFrom(NAMESPACE + podText("web", web) + podText("db", db)).inventory;
    assert.deepEqual(await attachmentOf(pods, lab.node), {
      interfaces: [
        { name: "pod0", addresses: [address(web.v4), address(web.v6)] },
        { name: "pod1", addresses: [address(db.v4), address(db.v6)] },
      ],
      sharedInterfaces: [],
      degraded: [],
    });
  });
});
