/** Probes by crafted packets between pods behind a node. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ICMP, SCTP } from "../net/protocol.ts";
import { loadRuleset } from "./nft.ts";
import { makePods, reasonToSkip, removePods, type TestPods } from "./pods.fixture.ts";
import { probe, type ProbeRequest, type ProbeResult } from "./probe.ts";
import { openServers, type Servers } from "./servers.ts";

const TABLE = "table inet filter";

describe("a probe by a crafted packet", { skip: reasonToSkip() }, () => {
  let node: string;
  let ends: TestPods["pods"];
  let servers: Servers;

  before(async () => {
    const made = await makePods("crafted", 2);
    node = made.node;
    ends = made.pods;
    const [, to] = ends;
    if (to === undefined) throw new Error("there are two pods");
    servers = await openServers(
      [to.v4, to.v6].flatMap((address) =>
        [SCTP, ICMP, 253]
          .filter((number) => number !== ICMP || !address.includes(":"))
          .map((number) => ({
            namespace: to.namespace,
            address,
            identity: "receiver",
            protocol: "crafted" as const,
            number,
          })),
      ),
    );
  });

  after(async () => {
    await servers.close();
    await removePods("crafted");
  });

  /** By both families, with the rules in the node's forward chain. */
  async function results(rules: string, traffic: "sctp" | number): Promise<readonly ProbeResult[]> {
    const [from, to] = ends;
    if (from === undefined || to === undefined) throw new Error("there are two pods");
    const chain = `chain forward {\ntype filter hook forward priority 0\n${rules}\n}`;
    await loadRuleset(node, `${TABLE}\ndelete ${TABLE}\n${TABLE} {\n${chain}\n}\n`);
    return Promise.all(
      (["v4", "v6"] as const).map((family) => {
        const ports: Pick<ProbeRequest, "namespace" | "source" | "destination" | "expected"> = {
          namespace: from.namespace,
          source: from[family],
          destination: to[family],
          expected: ["receiver"],
        };
        const request: ProbeRequest =
          traffic === "sctp"
            ? { ...ports, protocol: "sctp", port: 5000 }
            : { ...ports, protocol: "crafted", point: { protocol: traffic, first: 0, second: 0 } };
        return probe(servers, request, 100);
      }),
    );
  }

  for (const traffic of ["sctp", 253] as const) {
    it(`passes where request and answer do (${traffic})`, async () => {
      for (const result of await results("", traffic))
        assert.deepEqual(result, { outcome: "passed", identity: "receiver" });
    });

    it(`is refused where an error quotes it (${traffic})`, async () => {
      const refused = await results("reject with icmpx admin-prohibited", traffic);
      assert.deepEqual(refused, [
        { outcome: "refused", errno: "ICMP 3.13", arrivedAt: undefined },
        { outcome: "refused", errno: "ICMP 1.1", arrivedAt: undefined },
      ]);
    });

    it(`is silent where it is dropped, and tells who was reached where only the answer is (${traffic})`, async () => {
      for (const result of await results("drop", traffic)) {
        assert.deepEqual(result, { outcome: "silent", arrivedAt: undefined });
      }
      for (const result of await results("ct direction reply drop", traffic)) {
        assert.deepEqual(result, { outcome: "silent", arrivedAt: "receiver" });
      }
    });
  }

  it("of SCTP is tracked by its ports, and its answer belongs to it", async () => {
    const tracked = "ct state established accept\nmeta l4proto sctp ct original proto-dst 5000 accept\ndrop";
    for (const { outcome } of await results(tracked, "sctp")) assert.equal(outcome, "passed");
    for (const { outcome } of await results(tracked.replace("5000", "5001"), "sctp")) assert.equal(outcome, "silent");
  });

  it("is answered by nobody of whom no server is known", async () => {
    const [from, to] = ends;
    if (from === undefined || to === undefined) throw new Error("there are two pods");
    await results("", 253);
    const request = { namespace: from.namespace, source: from.v4, destination: to.second } as const;
    const point = { protocol: 253, first: 0, second: 0 };
    const result = await probe(servers, { ...request, protocol: "crafted", point }, 100);
    // The stack of the receiver says that it does not speak the protocol.
    assert.deepEqual(result, { outcome: "refused", errno: "ICMP 3.2", arrivedAt: undefined });
  });
});
