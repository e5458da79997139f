/** One judged packet as a story: what each stage did with it, and what would have to change. The same for every format. */
import { podText } from "../cluster/endpoint.ts";
import { serviceText } from "../cluster/service.ts";
import { addressText, cidrsOf, single } from "../net/address.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { pointText } from "../net/traffic-text.ts";
import { type End, endText } from "../path/end.ts";
import type { PolicyFilter, Rewrite } from "../path/path.ts";
import { type Policy, policyText } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import type { Origin } from "../source/origin.ts";
import { endWords, exampleAddress } from "./output/words.ts";
import { missingRule, type NearestMiss, nearestMiss } from "../verdict/nearest-miss.ts";
import type { FilterReport } from "../verdict/policy-filter.ts";
import type { StageReport, Verdict } from "../verdict/verdict.ts";

/** What decided at a stage, a policy or one of its rules, and where it stands. */
export interface Decider {
  /** Undefined for what is no policy, such as the Service that translates. */
  readonly policy: Policy | undefined;
  /** The rule, or the peer of it that matched; undefined for a policy that isolates and admits nothing here. */
  readonly rule: Origin | undefined;
  readonly origin: Origin;
}

/** What would let a denied packet pass. */
export interface Advice {
  readonly nearest: NearestMiss | undefined;
  /** A rule to write, as one line of YAML, and for whom. */
  readonly rule: string;
  readonly subject: string;
}

export interface StageStory {
  readonly name: "service" | "policy egress" | "policy ingress";
  readonly verdict: "allowed" | "denied" | "undecided" | "skipped" | "rewritten";
  /** The end that the stage is about. */
  readonly at: End;
  /** In a word: `open`, `admitted`, `isolated`. */
  readonly state: string;
  readonly deciders: readonly Decider[];
  readonly reason: string;
  readonly missing: readonly string[];
  readonly assumptions: readonly AssumptionName[];
  readonly advice: Advice | undefined;
}

/** The stages of a verdict in order. `asked` is the packet before translation. */
export function storyOf(situation: Situation, verdict: Verdict, asked: TrafficPoint): readonly StageStory[] {
  return verdict.stages.map((stage) => stageStory(situation, verdict, stage, asked));
}

function stageStory(
  situation: Situation,
  verdict: Verdict,
  { stage, report }: StageReport,
  asked: TrafficPoint,
): StageStory {
  const { from, to } = verdict.path;
  if (report !== undefined) return filterStory(situation, stage, report, verdict.packet);
  switch (stage.kind) {
    case "rewrite":
      return { ...rewriteStory(stage, to, asked, verdict.packet), at: to };
    case "skipped":
      return {
        name: stage.name,
        verdict: "skipped",
        at: stage.name === "policy egress" ? from : to,
        state: "not asked",
        deciders: [],
        reason: stage.reason,
        missing: [],
        assumptions: assumptionsAt({ stage, report }),
        advice: undefined,
      };
  }
}

function rewriteStory(stage: Rewrite, to: End, asked: TrafficPoint, seen: TrafficPoint): Omit<StageStory, "at"> {
  const { service, backend } = stage;
  const source =
    service.backendSource === "selector and pods" ? "; its endpoints by selector, for want of EndpointSlices" : "";
  const target = "pod" in backend.where ? podText(backend.where.pod) : addressText(backend.where.address);
  const how = service.headless
    ? `${serviceText(service)} is headless and stands for ${endText(to)}`
    : `${serviceText(service)} sends ${pointText(asked)} to ${target} ${pointText(seen)}`;
  return {
    name: "service",
    verdict: "rewritten",
    state: service.headless ? "resolves" : "rewrites",
    deciders: [{ policy: undefined, rule: undefined, origin: service.origin }],
    reason: `${how}${source}`,
    missing: [],
    assumptions: [],
    advice: undefined,
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
    at: stage.subject,
    missing: [...report.missing].sort(),
    assumptions: assumptionsAt({ stage, report }),
    advice: undefined,
  } as const;
  const { decision } = report;
  if (decision === undefined) {
    return { ...base, state: "undecided", deciders: [], reason: "the input does not tell" };
  }
  switch (decision.kind) {
    case "open":
      return { ...base, state: "open", deciders: [], reason: `no policy isolates ${stage.direction}` };
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
          rule: missingRule(exemplary(stage), packet),
          subject: endText(stage.subject),
        },
      };
  }
}

/** More blocks than a reader can take in are a rule for nobody: then the rule is for the address of the example. */
const MOST_BLOCKS = 4;

function exemplary(stage: PolicyFilter): PolicyFilter {
  const { peer } = stage;
  if (peer.kind !== "outside" || cidrsOf(peer.where).length <= MOST_BLOCKS) return stage;
  return { ...stage, peer: { ...peer, where: single(exampleAddress(peer.where)) } };
}

/** The assumptions that a stage's outcome rests on. */
export function assumptionsAt({ stage, report }: StageReport): readonly AssumptionName[] {
  if (report !== undefined) return report.assumptions;
  return stage.kind === "skipped" && stage.assumption !== undefined ? [stage.assumption] : [];
}
