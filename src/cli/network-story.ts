/** What networks around the cluster did with a packet, stage by stage, as parts of its story. */
import { addressSetText } from "../net/address.ts";
import { pointText } from "../net/traffic-text.ts";
import type { Gateway, Masquerade, NetworkFilter, Overlay, Unplaced, Unrouted } from "../path/network-stage.ts";
import type { NetworkReport } from "../verdict/network-filter.ts";
import { assumptionsAt, isReply, missingAt, outcomeOf, type StageReport, type Verdict } from "../verdict/verdict.ts";
import { listRemedy } from "./network-remedy.ts";
import { shortList } from "./output/words.ts";
import type { Decider, StageStory } from "./stage-story.ts";

/** What is peculiar to a stage of the networks. */
type NetworkStory = Omit<StageStory, "host" | "steps" | "advice" | "at">;

/** An access list or security groups. */
export function networkFilterStory(
  stage: NetworkFilter,
  report: NetworkReport,
  { path }: Verdict,
): NetworkStory & Pick<StageStory, "at"> {
  const { decision, seen } = report;
  const base = {
    name: stage.name,
    verdict: report.verdict,
    at: stage.direction === "outbound" ? path.from : path.to,
    deciders: [],
    missing: [...report.missing].sort((a, b) => (a.text < b.text ? -1 : 1)),
    assumptions: report.assumptions,
    remedy: undefined,
  } as const;
  if (decision === undefined) return { ...base, state: "undecided", reason: "the input does not tell" };
  const refusal = { remedy: decision.action === "deny" ? listRemedy(stage, decision, seen) : undefined };
  switch (decision.kind) {
    case "no packet":
      return { ...base, state: "open", reason: "nothing answers such a packet" };
    case "no match": {
      const reason = `${stage.filter} of ${stage.place} has no ${stage.direction} rule for ${sightText(stage, report)}`;
      return { ...base, ...refusal, state: "refused", deciders: listDecider(stage), reason };
    }
    case "rule": {
      const { rule, position, action } = decision;
      const listed = {
        list: stage.filter,
        place: stage.place,
        name: rule.name,
        position,
        of: stage.rules.length,
        direction: stage.direction,
      };
      const deciders = [{ policy: undefined, rule: rule.origin, origin: rule.origin, listed }];
      const state = action === "allow" ? "admitted" : "refused";
      const reason = `${rule.name} of ${stage.filter} ${action === "allow" ? "admits" : "refuses"} ${sightText(stage, report)}`;
      return { ...base, ...refusal, state, deciders, reason };
    }
  }
}

function listDecider({ origin }: NetworkFilter): readonly Decider[] {
  return origin === undefined ? [] : [{ policy: undefined, rule: undefined, origin }];
}

/** Who speaks to whom with what, as the filter sees it. */
export function sightText({ source, destination }: NetworkFilter, { seen }: NetworkReport): string {
  const packet = seen === undefined ? "" : ` with ${pointText(seen)}`;
  return `${shortList(addressSetText(source))} to ${shortList(addressSetText(destination))}${packet}`;
}

/** Everything else that networks do. */
export function networkStory(
  stage: Overlay | Masquerade | Gateway | Unrouted | Unplaced,
  report: StageReport,
): NetworkStory {
  const base = {
    name: stage.name,
    deciders: [],
    missing: missingAt(report),
    assumptions: assumptionsAt(report),
    remedy: undefined,
  } as const;
  switch (stage.kind) {
    case "overlay":
      return { ...base, verdict: "rewritten", state: "wraps", reason: overlayText(stage) };
    case "masquerade": {
      const as = addressSetText(stage.address).join(", ");
      return {
        ...base,
        verdict: "rewritten",
        state: "rewrites",
        reason: `node/${stage.node.name} sends it on as ${as}, from a port of its own choice`,
      };
    }
    case "gateway": {
      const deciders = stage.origin === undefined ? [] : [{ policy: undefined, rule: undefined, origin: stage.origin }];
      return { ...base, deciders, verdict: "rewritten", state: "passes", reason: `${stage.gateway} ${stage.does}` };
    }
    case "unrouted": {
      if (stage.unknown !== undefined)
        return { ...base, verdict: "undecided", state: "undecided", reason: stage.reason };
      const deciders = stage.origin === undefined ? [] : [{ policy: undefined, rule: undefined, origin: stage.origin }];
      const verdict = isReply(report) ? "denied" : "no-route";
      return { ...base, deciders, verdict, state: "no route", reason: stage.reason };
    }
    case "unplaced": {
      const outcome = outcomeOf(report);
      const verdict = outcome === "one-way" ? "denied" : outcome;
      return { ...base, verdict, state: verdict, reason: stage.fact.text };
    }
  }
}

function overlayText({ carrier, from, to }: Overlay): string {
  return `inside ${carrier} from ${addressSetText(from).join(", ")} to ${addressSetText(to).join(", ")}`;
}
