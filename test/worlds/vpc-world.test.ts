import { strict as assert } from "node:assert";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { contains, parseAddress, parseCidr } from "../naive/address.ts";
import { naiveNetworkReading } from "../naive/vpc.ts";
import type { NetworkAssumptions } from "../naive/vpc.ts";
import { holdsInEvery } from "./replay.ts";
import { exportFiles } from "./vpc-exports.ts";
import { vpcForm, vpcWorld } from "./vpc-world.ts";
import type { VpcWorld } from "./vpc-world.ts";

const assumptions: NetworkAssumptions = {
  "overlay-matched-by-legacy-all": "unknown",
  "pod-overlay": "ipip-cross-subnet",
  "unlisted-security-groups": "open",
  "unlisted-routes": "private",
};

describe("random worlds of VPCs", () => {
  it("are read by the naive reading without complaint", async () => {
    await holdsInEvery(
      vpcForm,
      150,
      ({ objects, networks, packets }) => {
        for (const packet of packets) naiveNetworkReading(objects, networks, packet, assumptions);
      },
      vpcWorld(),
    );
  });

  it("put every worker and server into its subnet, and name no two objects alike", async () => {
    await holdsInEvery(
      vpcForm,
      150,
      ({ networks }) => {
        for (const { subnet, primary_ip } of interfacesIn(networks)) {
          const block = networks.subnets?.find(({ id }) => id === subnet.id)?.ipv4_cidr_block ?? "";
          assert.ok(contains(parseCidr(block), parseAddress(primary_ip.address)));
        }
        const ids = idsIn(networks);
        assert.equal(new Set(ids).size, ids.length);
        for (const { rules } of networks.network_acls ?? []) {
          assert.equal(new Set(rules.map(({ name }) => name)).size, rules.length);
        }
      },
      vpcWorld(),
    );
  });

  it("let every verdict and every filter decide often enough", () => {
    const counts = new Map<string, number>();
    let total = 0;
    for (const { objects, networks, packets } of fc.sample(vpcWorld(), { numRuns: 300, seed: 1 })) {
      for (const packet of packets) {
        total += 1;
        const { verdict, because } = naiveNetworkReading(objects, networks, packet, assumptions);
        for (const name of new Set([verdict, ...because])) counts.set(name, (counts.get(name) ?? 0) + 1);
      }
    }
    for (const [name, least] of Object.entries(leastShares)) {
      assert.ok((counts.get(name) ?? 0) / total > least, `${name}: ${counts.get(name)} of ${total}`);
    }
  });

  it("come out as files in three styles, the same objects in each", async () => {
    await holdsInEvery(
      vpcForm,
      30,
      ({ networks }) => {
        const ids = new Set(idsIn(networks));
        for (const style of ["container", "rest", "cli"] as const) {
          const text = exportFiles(networks, style).map((file) => file.text);
          for (const id of ids)
            assert.ok(
              text.some((one) => one.includes(`"id": "${id}"`)),
              `${id} in ${style}`,
            );
          for (const one of text) JSON.parse(one);
        }
      },
      vpcWorld(),
    );
  });
});

const leastShares = {
  allowed: 0.2,
  denied: 0.2,
  "no-route": 0.04,
  "one-way": 0.008,
  undecided: 0.02,
  "policy egress": 0.05,
  "policy ingress": 0.02,
  "ACL outbound": 0.07,
  "ACL inbound": 0.015,
  "reply ACL outbound": 0.003,
  "reply ACL inbound": 0.006,
  "groups outbound": 0.015,
  "groups inbound": 0.006,
  route: 0.1,
};

function idsIn(networks: VpcWorld["networks"]): readonly string[] {
  const collections: readonly (readonly { readonly id: string }[])[] = Object.values(networks);
  return collections.flatMap((list) => list.map(({ id }) => id));
}

function interfacesIn({ instances }: VpcWorld["networks"]) {
  return (instances ?? []).flatMap(({ network_interfaces }) => network_interfaces);
}

describe("a fact that fails in a world of VPCs", () => {
  it("is reported with the smallest cluster and networks in which it fails", async () => {
    const failure = await reportOf(
      holdsInEvery(
        vpcForm,
        300,
        ({ objects, networks, packets }) => {
          for (const packet of packets) {
            const { because } = naiveNetworkReading(objects, networks, packet, assumptions);
            assert.ok(!because.includes("reply ACL inbound"), "no reply is stopped on its way in");
          }
        },
        vpcWorld(),
      ),
    );
    assert.match(failure, /no reply is stopped/u);
    assert.match(failure, /PORTCULLIS_SEED=-?[0-9]+ PORTCULLIS_PATH=[0-9:]+/u);
    const networks: unknown = JSON.parse(failure.slice(failure.lastIndexOf("networks.json") + "networks.json".length));
    assert.ok(typeof networks === "object" && networks !== null && "network_acls" in networks);
    const rules = Array.isArray(networks.network_acls) ? networks.network_acls.flatMap((acl) => acl.rules) : [];
    assert.ok(rules.length <= 3, JSON.stringify(rules));
  });
});

async function reportOf(run: Promise<void>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return assert.fail("nothing failed");
}
