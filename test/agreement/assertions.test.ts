/** A proof says of every packet of a world what the oracle says of it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { containsTraffic } from "../../src/net/traffic.ts";
import { endAt, type End, isSamePod } from "../../src/path/end.ts";
import { directPath } from "../../src/path/path.ts";
import { atOneNode } from "../../src/path/host-crossings.ts";
import { askedTraffic } from "../../src/reach/asked-traffic.ts";
import type { Assertion, Selection } from "../../src/reach/assertion.ts";
import { everybody } from "../../src/reach/assertion.ts";
import { flowsOf } from "../../src/reach/flows.ts";
import { prove } from "../../src/reach/proof.ts";
import type { Expectation } from "../../src/resources/assertion-kinds.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import type { RawPacket } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";

const ORIGIN = { file: "a.yaml", line: 1, column: 1, resource: "Assertions a", path: "" };

function selection(ends: readonly End[]): Selection {
  return { ends, services: [], doubtful: [] };
}

/** Every pod of the workload that has the end, or the end itself. */
function siblings(situation: Situation, end: End): readonly End[] {
  if (end.kind !== "pod") return [end];
  return everybody(situation).filter(
    (other) => other.kind === "pod" && other.pod.workload.name === end.pod.workload.name,
  );
}

function assertionOf(expectation: Expectation, from: readonly End[], to: readonly End[]): Assertion {
  const [sending, receiving] = [selection(from), selection(to)];
  const asked = [{ kind: "everything" }] as const;
  return { expectation, name: "a", because: undefined, from: sending, to: receiving, asked, origin: ORIGIN };
}

/** Whether the packet is one that the proof speaks of. */
function isMeant(situation: Situation, packet: RawPacket): boolean {
  const [from, to] = endsOf(situation, packet);
  if (isSamePod(from, to) || (from.kind !== "pod" && to.kind !== "pod")) return false;
  if (from.kind !== to.kind && atOneNode(situation, from, to) !== false) return false;
  return containsTraffic(askedTraffic({ asked: { kind: "everything" }, sourcePort: undefined }, to), pointOf(packet));
}

function endsOf({ inventory }: Situation, { source, destination }: RawPacket): readonly [End, End] {
  return [endAt(inventory, addressOf(source)), endAt(inventory, addressOf(destination))];
}

describe("assertions about random worlds", () => {
  it("that are proved are broken by no packet, and what breaks one is what the oracle says", async () => {
    await holdsInEveryWorld(
      150,
      ({ objects, packets }) => {
        const situation = situationOfObjects(objects);
        const flows = flowsOf(situation);
        for (const packet of packets.slice(0, 40)) {
          const [from, to] = endsOf(situation, packet);
          const kind = judge(situation, directPath(situation, from, to), pointOf(packet)).kind;
          for (const expectation of ["allow", "deny", "never"] as const) {
            const assertion = assertionOf(expectation, siblings(situation, from), siblings(situation, to));
            if (!isMeant(situation, packet)) continue;
            const proof = prove(flows, assertion);
            const wanted = expectation === "allow" ? kind === "allowed" : kind === "denied";
            if (proof.kind === "holds") assert.ok(wanted, `${expectation} is proved, and a packet is ${kind}`);
            if (proof.kind === "undecided") assert.ok(wanted || kind === "undecided", `${kind} packet leaves it open`);
            if (proof.kind !== "fails" || proof.counterexample?.verdict === undefined) continue;
            const { verdict, packet: shown } = proof.counterexample;
            assert.equal(judge(situation, verdict.path, shown).kind, expectation === "allow" ? "denied" : "allowed");
          }
        }
      },
      mixedWorld(),
    );
  });

  it("that only some may reach a pod hold exactly when nobody else is allowed", async () => {
    await holdsInEveryWorld(
      100,
      ({ objects, packets }) => {
        const situation = situationOfObjects(objects);
        const flows = flowsOf(situation);
        for (const packet of packets.slice(0, 20)) {
          const [from, to] = endsOf(situation, packet);
          if (to.kind !== "pod") continue;
          const only = prove(flows, assertionOf("only", [from], [to]));
          for (const other of packets) {
            const [sender] = endsOf(situation, other);
            const apart = { ...packet, source: other.source };
            const isElse =
              sender.kind === "pod"
                ? !(from.kind === "pod" && from.pod === sender.pod)
                : sender.where[0]?.start !== from.where[0]?.start;
            if (!isElse || other.source.includes(":") !== packet.source.includes(":")) continue;
            if (!isMeant(situation, apart)) continue;
            const { kind } = judge(situation, directPath(situation, sender, to), pointOf(apart));
            if (kind === "allowed") assert.equal(only.kind, "fails");
            if (kind === "undecided") assert.notEqual(only.kind, "holds");
          }
        }
      },
      mixedWorld(),
    );
  });
});
