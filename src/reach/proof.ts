/** Assertions proved for every packet: by sets, with a packet that shows it where one does not hold. */
import type { Admission } from "../fold/admission.ts";
import { arePair, isReplicated } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { Family } from "../net/address.ts";
import { box, intersectTraffic, subtractTraffic, trafficKey, type TrafficSet } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { type End, familyOfEnd } from "../path/end.ts";
import { type Path, strangersPath } from "../path/path.ts";
import type { Resolved } from "../path/resolve.ts";
import type { Expectation } from "../resources/assertion-kinds.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import type { Outcome } from "../verdict/verdict.ts";
import { askedTraffic, type Wanted } from "./asked-traffic.ts";
import { type Assertion, everybodyElse, type Selection } from "./assertion.ts";
import { type Case, casesOnPath } from "./cases.ts";
import type { Flows } from "./flows.ts";
import { type Members, PartyMembers } from "./party-members.ts";
import { answer } from "./question.ts";

export type Proof =
  | { readonly kind: "holds"; readonly assertion: Assertion }
  /** `counterexample`: what shows it; undefined where there is nothing to show, as `reason` says. */
  | {
      readonly kind: "fails";
      readonly assertion: Assertion;
      readonly counterexample: Case | undefined;
      readonly reason: string;
    }
  | {
      readonly kind: "undecided";
      readonly assertion: Assertion;
      readonly example: Case | undefined;
      readonly facts: readonly Fact[];
    };

/** What an assertion does not want to see. Allowing is wanted of everything but what an allowing assertion speaks of. */
const UNWANTED: Readonly<Record<Expectation, readonly Exclude<Outcome, "undecided">[]>> = {
  allow: ["denied", "one-way", "no-route"],
  deny: ["allowed"],
  never: ["allowed", "one-way"],
  only: ["allowed"],
};

/** Proves one assertion. O(pairs of parties on both sides) beside what the flows cost. */
export function prove(flows: Flows, assertion: Assertion): Proof {
  const certain = proved(flows, assertion, assertion.from.ends, assertion.to.ends);
  if (certain.kind === "fails") return certain;
  const { from, to } = assertion;
  const doubts = [...from.doubtful, ...to.doubtful];
  if (doubts.length === 0) return certain;
  const wider = (selection: Selection): readonly End[] => [
    ...selection.ends,
    ...selection.doubtful.flatMap(({ ends }) => ends),
  ];
  const all = proved(flows, assertion, wider(from), wider(to));
  if (all.kind === "holds" && certain.kind === "holds") return certain;
  const example = all.kind === "fails" ? all.counterexample : all.kind === "undecided" ? all.example : undefined;
  return { kind: "undecided", assertion, example, facts: doubts.map(({ fact }) => fact) };
}

function proved(flows: Flows, assertion: Assertion, from: readonly End[], to: readonly End[]): Proof {
  const { expectation } = assertion;
  const sides = [
    ["the side that sends", from.length + assertion.from.services.length],
    ["the side that receives", to.length + assertion.to.services.length],
  ] as const;
  for (const [side, count] of sides) {
    if (count > 0) continue;
    if (expectation === "never") return { kind: "holds", assertion };
    return { kind: "fails", assertion, counterexample: undefined, reason: `${side} selects nobody` };
  }
  const sources = expectation === "only" ? everybodyElse(flows.situation, from) : from;
  let open: Case | undefined;
  let isAsked = false;
  for (const item of casesBetween(flows, assertion, sources, to)) {
    isAsked = true;
    if (item.kind === "undecided") open ??= item;
    else if (UNWANTED[expectation].includes(item.kind)) {
      return { kind: "fails", assertion, counterexample: item, reason: "" };
    }
  }
  if (open !== undefined) return { kind: "undecided", assertion, example: open, facts: [] };
  if (isAsked || expectation !== "allow") return { kind: "holds", assertion };
  const reason = "nothing that is asked about can be sent: no address family or port in common";
  return { kind: "fails", assertion, counterexample: undefined, reason };
}

/** A case of every outcome that some pair of ends has; several may be alike. */
function* casesBetween(
  flows: Flows,
  { asked, to }: Assertion,
  from: readonly End[],
  others: readonly End[],
): Generator<Case> {
  const members = new PartyMembers(flows);
  const [senders, receivers] = [members.of(from), members.of(others)];
  const [sources, destinations] = [members.standIns(from), members.standIns(others)];
  for (const one of asked) {
    const wanted = { asked: one, sourcePort: undefined };
    yield* casesOfParties(flows, senders, receivers, wanted);
    const between = (some: readonly End[], where: Resolved): readonly Case[] =>
      answer(flows.situation, { ...wanted, from: ends(some), to: where }).cases;
    for (const service of to.services) yield* between(sources, service);
    // A node reaches its own pods and they it: what is named as a node is asked about one by one.
    const nodes = sources.filter(isNode);
    if (nodes.length > 0) yield* between(nodes, ends(destinations));
    if (destinations.some(isNode))
      yield* between(
        sources.filter((end) => !isNode(end)),
        ends(destinations.filter(isNode)),
      );
    if (flows.situation.vpc !== undefined)
      yield* between(sources.filter(isOutside), ends(destinations.filter(isOutside)));
  }
}

function ends(some: readonly End[]): Resolved {
  return { kind: "ends", text: "", ends: some };
}

function isNode({ kind }: End): boolean {
  return kind === "node";
}

function isOutside({ kind }: End): boolean {
  return kind === "outside";
}

/** What may pass wherever pods send or receive. */
function* casesOfParties(flows: Flows, senders: Members, receivers: Members, wanted: Wanted): Generator<Case> {
  for (const [to, targets] of receivers) {
    for (const { traffic, ends: alike } of byAsked(targets, wanted)) {
      for (const [from, sources] of senders) {
        for (const family of FAMILIES) {
          const pair = twoOf(sources, alike, family);
          if (pair !== undefined && isPair(flows, from, to)) {
            yield* casesOfPair(
              flows.situation,
              strangersPath(flows.situation, ...pair),
              flows.between(from, to, family),
              traffic,
            );
          }
        }
      }
    }
  }
}

function isPair({ parties }: Flows, from: number, to: number): boolean {
  const [a, b] = [parties.get(from), parties.get(to)];
  return a !== undefined && b !== undefined && arePair(a, b);
}

/** One packet of each part of the traffic with an outcome of its own. */
function* casesOfPair(situation: Situation, path: Path, admission: Admission, asked: TrafficSet): Generator<Case> {
  const known = [admission.allowed, admission.oneWay, admission.undecided];
  const parts = [...known.map((part) => intersectTraffic(part, asked)), known.reduce(subtractTraffic, asked)];
  for (const part of parts) {
    const packet = witnessOf(part);
    if (packet === undefined) continue;
    const { protocol, first, second } = packet;
    yield* casesOnPath(situation, path, box(protocol, [oneOf(first)], [oneOf(second)]));
  }
}

/** Two ends of a family that are not one and the same pod. */
function twoOf(senders: readonly End[], receivers: readonly End[], family: Family): readonly [End, End] | undefined {
  const receiving = receivers.filter((end) => familyOfEnd(end) === family);
  for (const from of senders) {
    if (familyOfEnd(from) !== family) continue;
    const to = receiving.find(
      (end) => from.kind !== "pod" || end.kind !== "pod" || from.pod !== end.pod || isReplicated(end.pod),
    );
    if (to !== undefined) return [from, to];
  }
  return undefined;
}

/** Ends at which the question means the same traffic. */
function byAsked(
  some: readonly End[],
  wanted: Wanted,
): Iterable<{ readonly traffic: TrafficSet; readonly ends: readonly End[] }> {
  if (wanted.asked.kind === "traffic") return [{ traffic: wanted.asked.traffic, ends: some }];
  const groups = new Map<string, { readonly traffic: TrafficSet; readonly ends: End[] }>();
  for (const end of some) {
    const traffic = askedTraffic(wanted, end);
    const key = trafficKey(traffic);
    const group = groups.get(key) ?? { traffic, ends: [] };
    groups.set(key, group);
    group.ends.push(end);
  }
  return groups.values();
}

function oneOf(value: number): { readonly start: number; readonly end: number } {
  return { start: value, end: value + 1 };
}
