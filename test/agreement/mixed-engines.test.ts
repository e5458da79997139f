/** Kernel programs and the map hold to the oracle's verdicts where every policy language is in use. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "../../src/dataplane/compile.ts";
import { atoms, podClasses, selectableNodes } from "../../src/fold/classes.ts";
import type { Address } from "../../src/net/address.ts";
import { contains } from "../../src/net/intervals.ts";
import { containsTraffic, type TrafficPoint } from "../../src/net/traffic.ts";
import { type End, familyOfEnd, runsOn } from "../../src/path/end.ts";
import { strangersPath } from "../../src/path/path.ts";
import { type Connection, type Party, relation } from "../../src/reach/relation.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { nodesSay } from "./nodes-say.ts";
import { addressOf, pathOf, pointOf, situationOfObjects } from "./situations.ts";

const OPTIONS = { table: "portcullis", generation: 1, denial: "drop", interfaces: [] } as const;

async function programsAgree(assumptions: Assumptions, worlds: number): Promise<void> {
  await holdsInEveryWorld(
    worlds,
    ({ objects, packets }) => {
      const situation = situationOfObjects(objects, assumptions);
      const programs = new Map(
        situation.inventory.nodes.map((node) => [node.name, compile(situation, node, OPTIONS)] as const),
      );
      for (const packet of packets) {
        const path = pathOf(situation, packet);
        const enforced = nodesSay(
          (node) => programs.get(node),
          { end: path.from, address: addressOf(packet.source) },
          { end: path.to, address: addressOf(packet.destination) },
          pointOf(packet),
        );
        // What is undecided is denied, and the program says that it is.
        const { kind } = judge(situation, path, pointOf(packet));
        assert.equal(enforced, kind === "undecided" ? "denied" : kind, JSON.stringify(packet));
      }
    },
    mixedWorld(),
  );
}

describe("the kernel programs and the oracle agree on worlds that mix every policy language", () => {
  it("in the profile kubernetes", () => programsAgree(PROFILES.kubernetes, 60));

  it("in the profile calico", () => programsAgree(PROFILES.calico, 60));

  it("where packets to the own node are judged and CIDRs do not match pods", () =>
    programsAgree({ ...PROFILES.kubernetes, "pod-to-own-node": "judge", "cidr-matches-pods": "no" }, 40));
});

/** Which party of the relation an end belongs to. */
function partyName(situation: Situation, end: End, address: Address): string {
  switch (end.kind) {
    case "pod":
      return classNames(situation).get(end.pod) ?? "";
    case "node":
      return nodeName(situation, end.node.name, address) ?? atomName(situation, address);
    case "outside":
      return atomName(situation, address);
  }
}

function nodeName(situation: Situation, name: string, address: Address): string | undefined {
  const party = selectableNodes(situation).find(
    ({ node, ends }) => node.name === name && ends.some(({ where }) => contains(where, address)),
  );
  return party === undefined ? undefined : `node ${name}${party.whole ? "" : ` at ${address}`}`;
}

function classNames(situation: Situation): ReadonlyMap<unknown, string> {
  return new Map(podClasses(situation).flatMap(({ pods }, i) => pods.map((pod) => [pod, `class ${i}`] as const)));
}

function atomName(situation: Situation, address: Address): string {
  return `atom ${atoms(situation).findIndex(({ where }) => contains(where, address))}`;
}

function nameOf(situation: Situation, party: Party): string {
  switch (party.kind) {
    case "pods":
      return classNames(situation).get(party.pods[0]) ?? "";
    case "node":
      return nodeName(situation, party.node.name, party.ends[0]?.where[0]?.start ?? 0n) ?? "";
    case "outside":
      return atomName(situation, party.atom.where[0]?.start ?? 0n);
  }
}

function decisionOf({ allowed, undecided }: Connection, point: TrafficPoint): string {
  if (containsTraffic(allowed, point)) return "allowed";
  return containsTraffic(undecided, point) ? "undecided" : "denied";
}

function isAtHome(from: End, to: End): boolean {
  if (from.kind === "pod" && to.kind === "node") return runsOn(from.pod, to.node, to.where) !== false;
  if (from.kind === "node" && to.kind === "pod") return runsOn(to.pod, from.node, from.where) !== false;
  return false;
}

describe("the relation and the oracle agree on worlds that mix every policy language", () => {
  it("about every packet between strangers, pods, nodes and addresses alike", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects, packets }) => {
        const situation = situationOfObjects(objects);
        const connections = relation(situation).map((connection) => ({
          connection,
          name: `${nameOf(situation, connection.from)} > ${nameOf(situation, connection.to)} ${connection.family}`,
        }));
        for (const packet of packets) {
          const { from, to } = pathOf(situation, packet);
          if (from.kind !== "pod" && to.kind !== "pod") continue;
          if (isAtHome(from, to) || (from.kind === "pod" && to.kind === "pod" && from.pod === to.pod)) continue;
          const source = partyName(situation, from, addressOf(packet.source));
          const destination = partyName(situation, to, addressOf(packet.destination));
          const name = `${source} > ${destination} ${familyOfEnd(from)}`;
          // One for each pair of addresses that the representatives have in this family.
          const decisions = connections
            .filter((candidate) => candidate.name === name)
            .map(({ connection }) => decisionOf(connection, pointOf(packet)));
          const { kind } = judge(situation, strangersPath(situation, from, to), pointOf(packet));
          assert.ok(
            decisions.length === 0 ? kind === "denied" : decisions.every((decision) => decision === kind),
            `${JSON.stringify(packet)}: ${decisions.join()} instead of ${kind}`,
          );
        }
      },
      mixedWorld(),
    );
  });
});
