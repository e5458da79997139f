/** A policy stage with what is peculiar to host endpoints: failsafe ports, phases that come first, untracked replies. */
import { headerKind } from "../net/protocol.ts";
import { containsTraffic, type TrafficPoint } from "../net/traffic.ts";
import { icmpReply } from "../net/natural-reply.ts";
import type { PolicyFilter } from "../path/stage.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { type Decision, type FilterReport, judgeRules, type RulesReport } from "./policy-filter.ts";

/** Judges one packet at one policy stage; `point` is the packet once Services have translated it. O(rules of the governing policies). */
export function judgeFilter(situation: Situation, stage: PolicyFilter, point: TrafficPoint): FilterReport {
  const { host } = stage;
  if (host === undefined) return judgeRules(situation, stage, point);
  const seen = host.originalPort === undefined ? point : { ...point, second: host.originalPort };
  if (containsTraffic(host.exempt, seen)) return settled({ kind: "failsafe", action: "allow" }, ["failsafe-ports"]);
  if (containsTraffic(host.carried, seen)) return settled({ kind: "carrier", action: "allow" }, ["pod-overlay"]);
  const report = withReplies(situation, stage, seen, judgeRules(situation, stage, seen));
  if (report.verdict === "allowed") return report;
  const before = host.after.map((earlier) => ({ phase: earlier.phase, ...judgeEarlier(situation, earlier, point) }));
  const allowing = before.find(({ ruleAllows }) => ruleAllows === true);
  if (allowing !== undefined) return settled({ kind: "earlier phase", action: "allow", phase: allowing.phase });
  const perhaps = before.filter(({ ruleAllows }) => ruleAllows === undefined);
  if (perhaps.length > 0)
    return undecidedBy(
      report,
      perhaps.flatMap(({ missing }) => missing),
    );
  return report;
}

/** Whether a rule of an earlier phase allows the packet; failsafe ports pass that phase alone. */
function judgeEarlier(
  situation: Situation,
  stage: PolicyFilter,
  point: TrafficPoint,
): Pick<RulesReport, "ruleAllows" | "missing"> {
  const { exempt, originalPort } = stage.host ?? {};
  const seen = originalPort === undefined ? point : { ...point, second: originalPort };
  if (exempt !== undefined && containsTraffic(exempt, seen)) return { ruleAllows: false, missing: [] };
  return judgeRules(situation, stage, seen);
}

function settled(
  decision: Decision & { readonly action: "allow" },
  assumptions: readonly AssumptionName[] = [],
): FilterReport {
  return { verdict: "allowed", governing: [], decision, steps: [], missing: [], assumptions };
}

function undecidedBy(report: FilterReport, missing: readonly Fact[]): FilterReport {
  return {
    ...report,
    verdict: "undecided",
    decision: undefined,
    missing: distinctFacts([...report.missing, ...missing]),
  };
}

/** Holds what untracked rules allow against those of the other direction. */
function withReplies(
  situation: Situation,
  stage: PolicyFilter,
  point: TrafficPoint,
  report: RulesReport,
): FilterReport {
  const replies = stage.host?.replies;
  if (replies === undefined) return report;
  if (report.ruleAllows === false) return withTrackedReplies(situation, replies, point, report);
  const reply = replyTo(point);
  if (reply === undefined) return undecidedBy(report, [REPLY_MESSAGE]);
  if (replies.host !== undefined && containsTraffic(replies.host.exempt, reply)) return report;
  const answered = judgeRules(situation, replies, reply);
  if (answered.ruleAllows === true) return report;
  const { decision } = report;
  if (report.ruleAllows === true && answered.ruleAllows === false && decision?.kind === "rule") {
    const { policy, rule } = decision;
    return {
      ...report,
      verdict: "denied",
      decision: { kind: "no reply", action: "deny", policy, rule, refusesReply: false },
    };
  }
  return undecidedBy(report, answered.missing);
}

/** Rules for untracked packets judge replies too, though these belong to a connection. */
function withTrackedReplies(
  situation: Situation,
  replies: PolicyFilter,
  point: TrafficPoint,
  report: FilterReport,
): FilterReport {
  const reply = answerTo(point);
  if (report.verdict === "denied" || reply === undefined) return report;
  if (replies.host !== undefined && containsTraffic(replies.host.exempt, reply)) return report;
  const { verdict, decision, missing } = judgeRules(situation, replies, reply);
  if (verdict === "allowed") return report;
  if (verdict === "undecided" || decision?.kind !== "rule") return undecidedBy(report, missing);
  const { policy, rule } = decision;
  return {
    ...report,
    verdict: "denied",
    decision: { kind: "no reply", action: "deny", policy, rule, refusesReply: true },
    missing: [],
  };
}

/** What a receiver of a tracked connection sends back; undefined: nothing that is known. */
function answerTo(point: TrafficPoint): TrafficPoint | undefined {
  if (headerKind(point.protocol) !== "icmp") return replyTo(point);
  const type = icmpReply(point.protocol, point.first);
  return type === undefined ? undefined : { protocol: point.protocol, first: type, second: 0 };
}

/** Undefined for ICMP: which message answers is the receiver's choice. */
function replyTo({ protocol, first, second }: TrafficPoint): TrafficPoint | undefined {
  return headerKind(protocol) === "icmp" ? undefined : { protocol, first: second, second: first };
}

const REPLY_MESSAGE: Fact = {
  text: "which ICMP messages answer untracked ones, and whether untracked policy allows them",
  remedy: "use policies without doNotTrack for ICMP",
};
