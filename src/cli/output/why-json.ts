/** The answer of `why` as `portcullis/why/v1`: docs/schemas/why.v1.json. */
import { trafficEntries } from "../../net/traffic-text.ts";
import { policyText } from "../../policy/model.ts";
import { type Assumptions, choice } from "../../situation/assumptions.ts";
import type { CaseGroup } from "../case-groups.ts";
import type { Advice, Decider, StageStory } from "../stage-story.ts";
import type { Branch, WhyAnswer } from "../why-answer.ts";
import type { Step } from "../../verdict/policy-filter.ts";
import { type Json, missingJson, originJson, packetJson } from "./json.ts";
import { exampleText } from "./words.ts";
import type { TrafficSet } from "../../net/traffic.ts";

/** `pending` is the answer once everything staged is live; undefined where nothing is staged. */
export function whyJson(answer: WhyAnswer, pending: WhyAnswer | undefined, assumptions: Assumptions): Json {
  return {
    schema: "portcullis/why/v1",
    ...answerJson(answer, assumptions),
    pending: pending && answerJson(pending, assumptions),
  };
}

/** The answer without the name of its schema. */
export function answerJson(answer: WhyAnswer, assumptions: Assumptions): { readonly [key: string]: Json | undefined } {
  const { told } = answer;
  return {
    verdict: answer.verdict,
    from: answer.from,
    to: answer.to,
    traffic: trafficJson(answer.traffic),
    reason: answer.reason ?? (told?.case.verdict === undefined ? told?.case.reason : undefined),
    witness: told && {
      verdict: told.case.kind,
      from: exampleText(told.case.from),
      to: told.case.to && exampleText(told.case.to),
      packet: told.witness && packetJson(told.witness),
    },
    stages: told?.stages.map(stageJson) ?? [],
    branches: told === undefined || told.branches.length === 0 ? undefined : told.branches.map(branchJson),
    cases: answer.groups.map(groupJson),
    missing: missingJson(answer.missing),
    assumptions: answer.assumptions.map((name) => ({
      name,
      value: assumptions[name],
      choices: choice(name).values,
      about: choice(name).about,
    })),
  };
}

function branchJson({ assumption, value, verdict, reason }: Branch): Json {
  return { assumption, value, verdict, reason: reason === "" ? undefined : reason };
}

export function trafficJson(traffic: TrafficSet): Json {
  return trafficEntries(traffic).map((entry) => ({ ...entry }));
}

export function stageJson(stage: StageStory): Json {
  const { name, verdict, deciders, reason, missing, steps, assumptions, advice, remedy } = stage;
  const [first, ...others] = deciders;
  return {
    name,
    verdict,
    ...(first && deciderJson(first)),
    others: others.length === 0 ? undefined : others.map(deciderJson),
    reason,
    steps: steps.length === 0 ? undefined : steps.map(stepJson),
    missing: missing.length === 0 ? undefined : missing.map(({ text }) => text),
    assumptions: assumptions.length === 0 ? undefined : [...assumptions].sort(),
    nearestMiss: advice?.nearest && nearestJson(advice.nearest),
    missingRule: advice?.rule,
    remedy,
  };
}

function deciderJson({ policy, rule, origin, listed }: Decider): { readonly [key: string]: Json | undefined } {
  return {
    policy: policy && policyText(policy),
    rule: rule?.path,
    list: listed && {
      filter: listed.list,
      place: listed.place,
      rule: listed.name,
      position: listed.position,
      of: listed.of,
    },
    resource: origin.resource,
    origin: originJson(origin),
  };
}

/** A rule that logged or passed, or a tier whose policies had nothing to say. */
function stepJson(step: Step): Json {
  const tier = step.tier.name;
  if (step.kind === "fell through") return { step: step.kind, tier, policies: step.policies.map(policyText) };
  return {
    step: step.kind,
    tier,
    policy: policyText(step.policy),
    rule: step.rule.origin.path,
    origin: originJson(step.rule.origin),
  };
}

function nearestJson({ policy, rule, unmet, change }: NonNullable<Advice["nearest"]>): Json {
  return {
    policy: policyText(policy),
    rule: rule.origin.path,
    change: change && { text: change.text, origin: originJson(change.origin) },
    unmet: unmet.map(({ wants, has, note, origin }) => ({
      wants,
      has,
      note,
      path: origin.path,
      origin: originJson(origin),
    })),
  };
}

function groupJson({ kind, reason, from, to, family, placements, traffic }: CaseGroup): Json {
  return {
    verdict: kind,
    from,
    to,
    family,
    placements: placements.length === 0 ? undefined : placements,
    traffic: trafficJson(traffic),
    reason: reason === "" ? undefined : reason,
  };
}
