/** An answer of `why` with everything that its formats show. */
import type { TrafficPoint, TrafficSet } from "../net/traffic.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import type { Case } from "../reach/cases.ts";
import type { FoldedAnswer } from "../reach/folded-question.ts";
import type { Question } from "../reach/question.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { assumptionsAt, judge, missingAt, type VerdictKind } from "../verdict/verdict.ts";
import { type CaseGroup, groupCases, reasonOf, trafficOfCases } from "./case-groups.ts";
import type { StageStory } from "./stage-story.ts";
import { storyOf } from "./story.ts";

export interface WhyAnswer {
  readonly verdict: VerdictKind;
  readonly from: string;
  readonly to: string;
  readonly traffic: TrafficSet;
  /** Why there is nothing to judge. */
  readonly reason: string | undefined;
  readonly groups: readonly CaseGroup[];
  /** The case that is told in full: the first that is not allowed, else the first. */
  readonly told: Told | undefined;
  /** Facts that are missing in any case, sorted. */
  readonly missing: readonly Fact[];
  /** Assumptions that any case rests on, sorted. */
  readonly assumptions: readonly AssumptionName[];
}

export interface Told {
  readonly case: Case;
  readonly stages: readonly StageStory[];
  /** The packet asked about; undefined where there is no path for one. */
  readonly witness: TrafficPoint | undefined;
  /** Whether it stands for more than itself. */
  readonly isExample: boolean;
  /** What comes of it under each value of an assumption that leaves it open. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly assumption: AssumptionName;
  readonly value: string;
  readonly verdict: VerdictKind;
  /** Empty for what is allowed. */
  readonly reason: string;
}

/** O(cases); only one of them is told in full. */
export function whyAnswer(situation: Situation, question: Question, answer: FoldedAnswer): WhyAnswer {
  const { cases } = answer;
  const told = cases.find(({ kind }) => kind !== "allowed") ?? cases[0];
  return {
    verdict: answer.kind,
    from: question.from.text,
    to: question.to.text,
    traffic: cases.length === 0 && question.asked.kind === "traffic" ? question.asked.traffic : trafficOfCases(cases),
    reason: answer.reason,
    groups: groupCases(situation, answer),
    told: told && {
      case: told,
      stages: told.verdict === undefined ? [] : storyOf(situation, told.verdict, told.packet),
      witness: told.verdict === undefined ? undefined : told.packet,
      isExample: cases.length > 1 || isCrowd(answer),
      branches: branchesOf(situation, told),
    },
    missing: [...distinctFacts(cases.flatMap(missingIn))].sort((a, b) => (a.text < b.text ? -1 : 1)),
    assumptions: [...new Set(cases.flatMap(assumptionsIn))].sort(),
  };
}

function isCrowd({ crowds }: FoldedAnswer): boolean {
  return [...(crowds?.values() ?? [])].some(({ from, to }) =>
    [from, to].some((crowd) => (crowd?.pods.length ?? 1) > 1),
  );
}

/** How legacy rules are read decides about filters alone, so the path stays. */
function branchesOf(situation: Situation, told: Case): readonly Branch[] {
  const assumption = "overlay-matched-by-legacy-all";
  const isOpen = situation.assumptions[assumption] === "unknown" && assumptionsIn(told).includes(assumption);
  if (told.kind !== "undecided" || told.verdict === undefined || !isOpen) return [];
  const { verdict } = told;
  return (["yes", "no"] as const).map((value) => {
    const assumptions = { ...situation.assumptions, [assumption]: value };
    const then = judge({ ...situation, assumptions }, verdict.path, told.packet);
    return { assumption, value, verdict: then.kind, reason: reasonOf({ ...told, kind: then.kind, verdict: then }) };
  });
}

function missingIn(item: Case): readonly Fact[] {
  if (item.verdict !== undefined) return item.verdict.stages.flatMap(missingAt);
  return item.fact === undefined ? [] : [item.fact];
}

function assumptionsIn(item: Case): readonly AssumptionName[] {
  return (item.verdict?.stages ?? []).flatMap((stage) => assumptionsAt(stage));
}
