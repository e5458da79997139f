/** What a difference of two situations says of a packet is what the oracle says of it in both. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { podText, workloadText } from "../../src/cluster/endpoint.ts";
import {
  type Address,
  addressText,
  containsAddress,
  familyOf,
  isAddressError,
  parseCidr,
} from "../../src/net/address.ts";
import { containsTraffic } from "../../src/net/traffic.ts";
import { type End, endAt, runsOn } from "../../src/path/end.ts";
import { strangersPath } from "../../src/path/path.ts";
import { type ChangeRow, type Difference, differenceOf, flowsOfBoth } from "../../src/reach/difference.ts";
import { changeKind, type ChangeKind } from "../../src/reach/difference-changes.ts";
import type { Flows } from "../../src/reach/flows.ts";
import { type Side, sideSortKey } from "../../src/reach/sides.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { trafficKey } from "../../src/net/traffic.ts";
import { isPod, type RawObject, type RawPacket } from "../naive/raw-objects.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEvery, holdsInEveryWorld, RefusedWorldError } from "../worlds/replay.ts";
import { answerable, vpcForm, type VpcWorld, vpcWorld } from "../worlds/vpc-world.ts";
import type { World } from "../worlds/world.ts";
import { withTemplates } from "./gaps.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";
import { situationOfVpcWorld } from "./vpc-situations.ts";

/** Whoever bears an address, if it is the same before and after. */
interface SameEnd {
  readonly address: Address;
  readonly before: End;
  readonly after: End;
}

function sameEnd(before: Situation, after: Situation, text: string): SameEnd | undefined {
  const address = addressOf(text);
  const end = { address, before: endAt(before.inventory, address), after: endAt(after.inventory, address) };
  const names = [end.before, end.after].map((one) => (one.kind === "pod" ? podText(one.pod) : ""));
  return names[0] === names[1] ? end : undefined;
}

/** Whether a row's side is also about an end that is there before and after. */
function isAbout(side: Side, { address, after }: SameEnd, isToldNode: boolean): boolean {
  switch (side.kind) {
    case "workload":
      return (
        after.kind === "pod" &&
        [podText(after.pod), workloadText(after.pod.workload), addressText(address)].includes(side.name)
      );
    case "node":
      return (
        after.kind !== "pod" &&
        isToldNode &&
        (side.name === addressText(address) ||
          (side.name.startsWith("node/") && nodeNames.get(address) === side.name.slice(5)))
      );
    case "outside":
      return after.kind !== "pod" && !isToldNode && side.ranges.some((range) => holds(range, address));
    case "namespace":
      return after.kind === "pod" && after.pod.namespace.name === side.namespace;
    case "all pods":
      return after.kind === "pod";
    case "everyone":
      return true;
    case "several":
      return side.sides.some((one) => isAbout(one, { address, before: after, after }, isToldNode));
  }
}

/** The nodes of the worlds at hand by address. */
const nodeNames = new Map<Address, string>();

function holds(range: string, address: Address): boolean {
  const [first = "", last] = range.split("-");
  if (last !== undefined) return addressOf(first) <= address && address <= addressOf(last);
  if (!first.includes("/")) return addressOf(first) === address;
  const cidr = parseCidr(first);
  return !isAddressError(cidr) && containsAddress([cidr.range], address);
}

function isToldNode(flows: readonly Flows[], address: Address): boolean {
  return flows.some(({ parties }) =>
    [...parties.values()].some(
      (party) => party.kind === "node" && party.ends.some(({ where }) => containsAddress(where, address)),
    ),
  );
}

function kindsSaid(
  difference: Difference,
  from: SameEnd,
  to: SameEnd,
  flows: readonly Flows[],
  packet: RawPacket,
): readonly ChangeKind[] {
  return difference.changes
    .filter(
      (row) =>
        (row.family === undefined || row.family === familyOf(from.address)) &&
        containsTraffic(row.traffic, pointOf(packet)) &&
        isAbout(row.from, from, isToldNode(flows, from.address)) &&
        isAbout(row.to, to, isToldNode(flows, to.address)),
    )
    .map(({ kind }) => kind);
}

function assertSaysWhatTheOracleSays(before: Situation, after: Situation, packets: readonly RawPacket[]): void {
  const flows = flowsOfBoth(before, after);
  const difference = differenceOf(...flows);
  for (const situation of [before, after]) {
    for (const [address, node] of situation.inventory.nodeAt) nodeNames.set(address, node.name);
  }
  for (const packet of packets) {
    const [from, to] = [sameEnd(before, after, packet.source), sameEnd(before, after, packet.destination)];
    if (from === undefined || to === undefined) continue;
    if (from.after.kind !== "pod" && to.after.kind !== "pod") continue;
    if (from.after.kind === "pod" && to.after.kind === "pod" && from.after.pod === to.after.pod) continue;
    if (isOwnNode(from, to) || isOwnNode(to, from)) continue;
    const verdict = (situation: Situation, when: "before" | "after") =>
      judge(situation, strangersPath(situation, from[when], to[when]), pointOf(packet)).kind;
    const outcomes = [verdict(before, "before"), verdict(after, "after")] as const;
    const expected = changeKind(...outcomes);
    const said = kindsSaid(difference, from, to, flows, packet);
    assert.deepEqual(
      said,
      expected === undefined ? [] : [expected],
      `${outcomes.join(" to ")} of ${JSON.stringify(packet)}`,
    );
  }
}

/** Between a pod and its own node everything passes; differences do not speak of it. */
function isOwnNode(one: SameEnd, other: SameEnd): boolean {
  return (["before", "after"] as const).some((when) => {
    const [pod, node] = [one[when], other[when]];
    return pod.kind === "pod" && node.kind === "node" && runsOn(pod.pod, node.node, node.where) !== false;
  });
}

/** A change of a world, as people make them. */
type Edit = (objects: readonly RawObject[], seed: number) => readonly RawObject[];

function isPolicy({ kind }: RawObject): boolean {
  return kind.endsWith("Policy");
}

const without: Edit = (objects, seed) => {
  const policies = objects.filter(isPolicy);
  const gone = policies[seed % Math.max(1, policies.length)];
  return objects.filter((object) => object !== gone);
};

const relabelled: Edit = (objects, seed) => {
  const pods = objects.filter(isPod);
  const [one, other] = [pods[seed % Math.max(1, pods.length)], pods[(seed + 1) % Math.max(1, pods.length)]];
  return objects.map((object) =>
    object === one ? { ...one, metadata: { ...one.metadata, labels: other?.metadata?.labels ?? {} } } : object,
  );
};

const withoutPod: Edit = (objects, seed) => {
  const pods = objects.filter(isPod);
  return objects.filter((object) => object !== pods[seed % Math.max(1, pods.length)]);
};

const EDITS: readonly (readonly [string, Edit])[] = [
  ["without a policy", without],
  ["with a pod relabelled", relabelled],
  ["without a pod", withoutPod],
  ["with some pods not there yet", (objects) => withTemplates(objects)],
];

function situationOr(objects: readonly RawObject[]): Situation | undefined {
  try {
    return situationOfObjects(objects);
  } catch (error) {
    if (error instanceof RefusedWorldError) return undefined;
    throw error;
  }
}

function textsOf(rows: readonly ChangeRow[], kinds: Readonly<Record<ChangeKind, ChangeKind>>): readonly string[] {
  return rows
    .map(({ kind, from, to, family, traffic }) =>
      [kinds[kind], sideSortKey(from), sideSortKey(to), family ?? "", trafficKey(traffic)].join(" | "),
    )
    .sort();
}

const SAME: Readonly<Record<ChangeKind, ChangeKind>> = {
  opened: "opened",
  closed: "closed",
  "one-way": "one-way",
  "no longer one-way": "no longer one-way",
  undecided: "undecided",
  decided: "decided",
};
const MIRRORED: Readonly<Record<ChangeKind, ChangeKind>> = {
  opened: "closed",
  closed: "opened",
  "one-way": "no longer one-way",
  "no longer one-way": "one-way",
  undecided: "decided",
  decided: "undecided",
};

function assertMirrored(before: Situation, after: Situation): void {
  const there = differenceOf(...flowsOfBoth(before, after));
  const back = differenceOf(...flowsOfBoth(after, before));
  assert.deepEqual(textsOf(there.changes, SAME), textsOf(back.changes, MIRRORED));
  assert.deepEqual(textsOf(there.added, SAME), textsOf(back.removed, MIRRORED));
  assert.deepEqual(textsOf(there.removed, SAME), textsOf(back.added, MIRRORED));
  assert.equal(there.unchanged, back.unchanged);
}

describe("the difference of two situations", () => {
  for (const [what, edit] of EDITS) {
    it(`says of every packet what the oracle says of it in both: a world ${what}`, () =>
      holdsInEveryWorld(
        12,
        ({ objects, packets }: World) => {
          const before = situationOfObjects(objects);
          for (const seed of [0, 1, 2]) {
            const after = situationOr(edit(objects, seed));
            if (after === undefined) continue;
            assertSaysWhatTheOracleSays(before, after, packets);
            assertSaysWhatTheOracleSays(after, before, packets);
            assertMirrored(before, after);
          }
        },
        mixedWorld(),
      ));
  }

  it("says so of two worlds that have nothing to do with each other", () => {
    fc.assert(
      fc.property(mixedWorld(), mixedWorld(), (one, other) => {
        const [before, after] = [situationOfObjects(one.objects), situationOfObjects(other.objects)];
        assertSaysWhatTheOracleSays(before, after, [...one.packets, ...other.packets]);
        assertMirrored(before, after);
      }),
      { numRuns: 25 },
    );
  });

  it("says so of worlds with networks around them, where answers may be lost", async () => {
    let other: VpcWorld["networks"] | undefined;
    await holdsInEvery(
      vpcForm,
      15,
      (candidate) => {
        const before = situationOfVpcWorld(candidate);
        const edited = [
          { ...candidate, objects: [...without(candidate.objects, 1)] },
          ...(other === undefined ? [] : [{ ...candidate, networks: other }]),
        ];
        other = candidate.networks;
        for (const world of edited) {
          const after = situationOfVpcWorld(world);
          assertSaysWhatTheOracleSays(before, after, answerable(candidate));
          assertMirrored(before, after);
        }
      },
      vpcWorld(),
    );
  });

  it("is empty where nothing differs", () =>
    holdsInEveryWorld(
      20,
      ({ objects }: World) => {
        const [first, second] = [situationOfObjects(objects), situationOfObjects(objects)];
        const { changes, added, removed } = differenceOf(...flowsOfBoth(first, second));
        assert.deepEqual([changes, added, removed], [[], [], []]);
      },
      mixedWorld(),
    ));
});
