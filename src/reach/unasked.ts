/**
 * What is allowed though no rule asks for it: nothing isolates either end. It is what still passes once every rule that allows
 * denies instead, so that tiers, order, passing on and missing facts count as they do for everything else.
 */
import { type Admission, NOTHING } from "../fold/admission.ts";
import { admitsNothing } from "../fold/admissions.ts";
import { FAMILIES } from "../fold/party-table.ts";
import { any, NOTHING as NOBODY } from "../labels/selector.ts";
import { intersectBits, overlapBits } from "../net/bit-set.ts";
import { intersectTraffic, isNoTraffic, subtractTraffic } from "../net/traffic.ts";
import { type Direction, endsInPass, type Policy, type Rule, type Tier } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { Block } from "./blocks.ts";
import { type Flows, flowsOf } from "./flows.ts";
import { type Rectangle, without } from "./rectangle.ts";
import { byRows } from "./rectangle-rows.ts";

/** The pairs and the traffic of the blocks of flows; what nobody asked for stands in blocks of its own. */
export interface AskedBlocks {
  /** Without what is unasked. */
  readonly others: readonly Block[];
  /** What they allow, no rule asks for. */
  readonly unasked: readonly Block[];
}

/** O(blocks x blocks that some traffic passes unasked) beside what the flows cost. */
export function askedBlocksOf(flows: Flows): AskedBlocks {
  const open = flowsOf(withoutAllowing(flows.situation), flows.memory).blocks();
  const others: Block[] = [];
  const unasked: Block[] = [];
  for (const family of FAMILIES) {
    const parts = new Parts(flows);
    const passing = open.filter((block) => block.family === family && !isNoTraffic(block.admission.allowed));
    for (const block of flows.blocks()) if (block.family === family) parts.add(block, passing);
    const blocksOf = (rectangles: readonly Rectangle<Admission>[]): readonly Block[] =>
      byRows(rectangles).map(({ from, to, value }) => ({ from, to, family, admission: value }));
    others.push(...blocksOf(parts.others));
    unasked.push(...blocksOf(parts.unasked));
  }
  return { others, unasked };
}

/** Blocks of one family, divided. */
class Parts {
  readonly others: Rectangle<Admission>[] = [];
  readonly unasked: Rectangle<Admission>[] = [];
  readonly #one: (admission: Admission) => Admission;

  constructor({ memory }: Flows) {
    const { admissions } = memory.fold;
    this.#one = (admission) => admissions.one(admission);
  }

  add(block: Block, passing: readonly Block[]): void {
    const { from, to, admission } = block;
    const meeting = passing.filter((other) => overlapBits(other.from, from) && overlapBits(other.to, to));
    const places = meeting.map((other) => ({ from: other.from, to: other.to, value: undefined }));
    this.others.push(...without({ from, to, value: admission }, places));
    for (const other of meeting) {
      const place = { from: intersectBits(other.from, from), to: intersectBits(other.to, to) };
      const allowed = intersectTraffic(other.admission.allowed, admission.allowed);
      const rest = this.#one({ ...admission, allowed: subtractTraffic(admission.allowed, allowed) });
      if (!isNoTraffic(allowed)) this.unasked.push({ ...place, value: this.#one({ ...NOTHING, allowed }) });
      if (!admitsNothing(rest)) this.others.push({ ...place, value: rest });
    }
  }
}

/**
 * The situation in which rules that allow deny instead: what passes there, no rule allows. Failsafe ports of a host endpoint
 * pass because it is isolated, so they are no sign that nobody asked. Parties are the same in both situations.
 */
function withoutAllowing(situation: Situation): Situation {
  const idle = new Set<Rule>();
  const denying = situation.tiers.map((tier): Tier => ({ ...tier, policies: denyingPolicies(tier, idle) }));
  const tiers = [...denying, ...askingOnly(situation.tiers, [...idle])];
  return { ...situation, tiers, assumptions: { ...situation.assumptions, "failsafe-ports": "none" } };
}

/**
 * In a tier that ends in deny, nothing gets on but by rules that pass. Behind the last of them rules can only deny what is
 * denied anyway, so they are left out, into `idle`: that a policy governs is enough, and which one does not matter, so that for
 * all of them there is one that selects whom they select.
 */
function denyingPolicies({ policies, defaultAction }: Tier, idle: Set<Rule>): readonly Policy[] {
  const isolating: Readonly<Record<Direction, Policy[]>> = { ingress: [], egress: [] };
  const lastOf = (direction: Direction): number =>
    policies.findLastIndex((policy) => policy[direction]?.some(({ action }) => action === "pass"));
  const lastPass = { ingress: lastOf("ingress"), egress: lastOf("egress") };
  const left = policies.flatMap((policy, index) => {
    const denying = (direction: Direction): readonly Rule[] | undefined => {
      const rules = policy[direction];
      const isIdle = defaultAction === "deny" && index > lastPass[direction] && !policy.phases.some(endsInPass);
      if (!isIdle || rules === undefined) return rules?.map(denied);
      for (const rule of rules) idle.add(rule);
      if (!isOfPodsAlone(policy)) return [];
      isolating[direction].push(policy);
      return undefined;
    };
    const [ingress, egress] = [denying("ingress"), denying("egress")];
    const governs = (policy.ingress ?? policy.egress) !== undefined;
    return governs && (ingress ?? egress) === undefined ? [] : [{ ...policy, ingress, egress }];
  });
  return [...left, ...isolatingAll(isolating.ingress, "ingress"), ...isolatingAll(isolating.egress, "egress")];
}

/** Other phases, of host endpoints, are each judged by themselves. */
function isOfPodsAlone({ phases }: Policy): boolean {
  return phases.length === 1 && phases[0] === "normal";
}

/** One policy that isolates whom any of some isolates in a direction. */
function isolatingAll(policies: readonly Policy[], direction: Direction): readonly Policy[] {
  const [first] = policies;
  if (first === undefined) return [];
  const subject = any(policies.map((policy) => policy.subject));
  return [{ ...first, subject, ingress: undefined, egress: undefined, [direction]: [] }];
}

function denied(rule: Rule): Rule {
  return rule.action === "allow" ? { ...rule, action: "deny" } : rule;
}

/** A tier that governs nobody and asks what the rules ask, so that they still tell parties apart. */
function askingOnly(tiers: readonly Tier[], rules: readonly Rule[]): readonly Tier[] {
  const [any] = tiers.flatMap(({ policies }) => policies.slice(0, 1));
  if (any === undefined || rules.length === 0) return [];
  const policy: Policy = { ...any, subject: NOBODY, phases: ["normal"], ingress: rules, egress: undefined };
  return [{ name: "", order: Number.POSITIVE_INFINITY, defaultAction: "pass", policies: [policy] }];
}
