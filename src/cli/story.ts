/** One judged packet as a story: what each stage did with it, and what would have to change. The same for every format. */
import { serviceText } from "../cluster/service.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { pointText } from "../net/traffic-text.ts";
import { type End, endText } from "../path/end.ts";
import type { PolicyFilter, Rewrite } from "../path/stage.ts";
import { DEFAULT_TIER, endsInPass, policyText } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { nearestMiss } from "../verdict/nearest-miss.ts";
import type { FilterReport, HostDecision } from "../verdict/policy-filter.ts";
import { missingRule } from "../verdict/smallest-change.ts";
import { assumptionsAt, missingAt, type StageReport, type Verdict } from "../verdict/verdict.ts";
import { networkFilterStory, networkStory } from "./network-story.ts";
import { endWords } from "./output/words.ts";
import type { StageStory } from "./stage-story.ts";

/** The stages of a verdict in order. `asked` is the packet before translation. */
export function storyOf(situation: Situation, verdict: Verdict, asked: TrafficPoint): readonly StageStory[] {
  return verdict.stages.map((stage) => stageStory(situation, verdict, stage, asked));
}

function stageStory(situation: Situation, verdict: Verdict, told: StageReport, asked: TrafficPoint): StageStory {
  const { from, to } = verdict.path;
  if (told.report !== undefined) return filterStory(situation, told.stage, told.report, verdict.packet);
  if (told.network !== undefined)
    return { ...networkFilterStory(told.stage, told.network, verdict), ...ABOUT_NETWORKS };
  const { stage, report } = told;
  switch (stage.kind) {
    case "rewrite":
      return { ...rewriteStory(stage, to, asked, verdict.packet), at: to, host: undefined };
    case "skipped":
      return {
        name: stage.name,
        verdict: "skipped",
        at: stage.name === "policy egress" ? from : to,
        host: undefined,
        state: "not asked",
        deciders: [],
        reason: stage.reason,
        missing: [],
        steps: [],
        assumptions: assumptionsAt({ stage, report }),
        advice: undefined,
        remedy: undefined,
      };
    case "blocked":
      return {
        name: stage.name,
        verdict: stage.onlyIf === undefined ? "denied" : "undecided",
        at: from,
        host: undefined,
        state: stage.onlyIf === undefined ? "dropped" : "undecided",
        deciders: [],
        reason: stage.reason,
        missing: missingAt({ stage, report }),
        steps: [],
        assumptions: assumptionsAt({ stage, report }),
        advice: undefined,
        remedy: undefined,
      };
    case "overlay":
    case "masquerade":
    case "gateway":
    case "unrouted":
    case "unplaced":
      return { ...networkStory(stage, told), ...ABOUT_NETWORKS, at: from };
  }
}

const ABOUT_NETWORKS = { host: undefined, steps: [], advice: undefined } as const;

function rewriteStory(
  stage: Rewrite,
  to: End,
  asked: TrafficPoint,
  seen: TrafficPoint,
): Omit<StageStory, "at" | "host"> {
  const { service } = stage;
  const source =
    service.backendSource === "selector and pods" ? "; its endpoints by selector, for want of EndpointSlices" : "";
  const how = service.headless
    ? `${serviceText(service)} is headless and stands for ${endText(to)}`
    : `${serviceText(service)} sends ${pointText(asked)} to ${endText(to)} ${pointText(seen)}`;
  return {
    name: "service",
    verdict: "rewritten",
    state: service.headless ? "resolves" : "rewrites",
    deciders: [{ policy: undefined, rule: undefined, origin: service.origin }],
    reason: `${how}${source}`,
    missing: [],
    steps: [],
    assumptions: [],
    advice: undefined,
    remedy: undefined,
  };
}

function filterStory(
  situation: Situation,
  stage: PolicyFilter,
  report: FilterReport,
  packet: TrafficPoint,
): StageStory {
  const base = {
    name: stage.name,
    verdict: report.verdict,
    at: stage.here,
    host:
      stage.subject.kind === "host endpoint"
        ? { endpoint: stage.subject.name, phase: stage.phase, direction: stage.direction }
        : undefined,
    missing: [...report.missing].sort((a, b) => (a.text < b.text ? -1 : 1)),
    steps: report.steps,
    assumptions: assumptionsAt({ stage, report }),
    advice: undefined,
    remedy: undefined,
  } as const;
  const { decision } = report;
  if (decision === undefined) {
    return { ...base, state: "undecided", deciders: [], reason: "the input does not tell" };
  }
  switch (decision.kind) {
    case "open":
      return { ...base, state: "open", deciders: [], reason: openReason(stage) };
    case "failsafe":
      return { ...base, state: "failsafe", deciders: [], reason: `${pointText(packet)} is a failsafe port` };
    case "carrier":
      return {
        ...base,
        state: "open",
        deciders: [],
        reason: "pods' packets travel in it, which are judged themselves",
      };
    case "earlier phase":
      return { ...base, state: "not asked", deciders: [], reason: `allowed ${BEFORE[decision.phase]} already` };
    case "no reply": {
      const { origin } = decision.rule;
      const reason = decision.refusesReply
        ? "an untracked rule of the other direction refuses the replies"
        : "admitted untracked, and no untracked rule of the other direction allows the replies";
      return { ...base, state: "one way", deciders: [{ policy: decision.policy, rule: origin, origin }], reason };
    }
    case "profile":
      return {
        ...base,
        state: decision.action === "allow" ? "admitted" : "refused",
        deciders:
          decision.rule === undefined
            ? []
            : [{ policy: undefined, rule: decision.rule.origin, origin: decision.rule.origin }],
        reason: profileReason(decision),
      };
    case "rule": {
      const rule = decision.peer?.origin ?? decision.rule.origin;
      const deciders = [{ policy: decision.policy, rule, origin: rule }];
      const state = decision.action === "allow" ? "admitted" : "refused";
      const reason = `${policyText(decision.policy)} ${decision.action === "allow" ? "admits" : "refuses"} it`;
      return { ...base, state, deciders, reason };
    }
    case "isolation":
      return {
        ...base,
        state: "isolated",
        deciders: decision.policies.map((policy) => ({ policy, rule: undefined, origin: policy.origin })),
        reason: `no rule admits ${endWords(stage.peer)} with ${pointText(packet)}`,
        advice: {
          nearest: nearestMiss(situation, stage, decision.policies, packet),
          // A NetworkPolicy stands in the default tier and cannot undo what another tier denies.
          rule: decision.tier.name === DEFAULT_TIER.name ? missingRule(stage, packet) : undefined,
          subject: stage.subject.kind === "pod" ? endText(stage.here) : `host endpoint ${stage.subject.name}`,
          tier: decision.tier.name,
        },
      };
  }
}

const BEFORE = { untracked: "untracked", "pre-dnat": "before DNAT", normal: "", forward: "" } as const;

function openReason({ phase, direction }: PolicyFilter): string {
  return endsInPass(phase) ? "no rule decides, and this phase isolates nothing" : `no policy isolates ${direction}`;
}

function profileReason({ profile, rule, action, why }: Extract<HostDecision, { kind: "profile" }>): string {
  if (profile === undefined) return why;
  return rule === undefined
    ? `profile ${profile}, ${why}`
    : `profile ${profile} ${action === "allow" ? "admits" : "refuses"} it`;
}
