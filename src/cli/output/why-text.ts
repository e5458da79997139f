/** The answer of `why` for people. */
import { pointText, trafficText } from "../../net/traffic-text.ts";
import { isNoTraffic } from "../../net/traffic.ts";
import { policyText } from "../../policy/model.ts";
import { type AssumptionName, type Assumptions, choice } from "../../situation/assumptions.ts";
import type { Fact } from "../../source/fact.ts";
import { lineText } from "../../source/origin.ts";
import type { Step } from "../../verdict/policy-filter.ts";
import { type CaseGroup, placementText } from "../case-groups.ts";
import type { Advice, Decider, StageStory } from "../stage-story.ts";
import type { Branch, Told, WhyAnswer } from "../why-answer.ts";
import { align, type Line, type Style, styled } from "./lines.ts";
import { exampleText, shortList, shortName, trafficWords, VERDICT_STYLES, verdictWord } from "./words.ts";

/** Headline, summary of the cases where they differ, then the stages of one case with what would change it. */
export function whyLines(answer: WhyAnswer, assumptions: Assumptions): readonly Line[] {
  const { told, groups } = answer;
  const headline: Line = [
    styled(VERDICT_STYLES[answer.verdict], verdictWord(answer.verdict)),
    "  ",
    styled("strong", `${answer.from} -> ${answer.to}`),
    isNoTraffic(answer.traffic) ? "" : `  ${trafficText(answer.traffic)}`,
  ];
  return [
    headline,
    ...(answer.reason === undefined ? [] : [[`  ${answer.reason}`]]),
    ...(groups.length > 1 ? groupLines(groups) : []),
    ...(told !== undefined && needsExample(answer, told) ? exampleLines(told, groups.length > 1) : []),
    ...align(
      [
        ...(told === undefined ? [] : toldRows(told)),
        ...missingRows(answer.missing, new Set(told?.stages.flatMap(({ missing }) => missing.map(({ text }) => text)))),
        ...answer.assumptions.map((name) => assumptionCells(name, assumptions)),
      ].map(indented),
      3,
    ),
  ];
}

/** What becomes of the same question once everything staged is live: in full where it differs. */
export function pendingLines(answer: WhyAnswer, pending: WhyAnswer, assumptions: Assumptions): readonly Line[] {
  const same = pending.verdict === answer.verdict && groupsText(pending.groups) === groupsText(answer.groups);
  if (same) return [[], [styled("faint", "The same once the staged policies are live.")]];
  return [[], [styled("strong", "Once the staged policies are live:")], ...whyLines(pending, assumptions)];
}

function groupsText(groups: readonly CaseGroup[]): string {
  return groups
    .map(({ kind, from, to, placements, traffic }) =>
      [kind, ...from, ...to, ...placements, trafficText(traffic)].join("\n"),
    )
    .join("\n\n");
}

/** How many lines there are of one verdict. */
const MOST_GROUPS = 12;

/** Allowed first; of a verdict with many lines the first, and how many more there are. */
function groupLines(groups: readonly CaseGroup[]): readonly Line[] {
  const byVerdict = new Map<CaseGroup["kind"], CaseGroup[]>();
  for (const group of groups) byVerdict.set(group.kind, [...(byVerdict.get(group.kind) ?? []), group]);
  const shown = [...byVerdict.values()].flatMap((own) =>
    own.length <= MOST_GROUPS
      ? own
      : [...own.filter((group) => !isAboutNode(group)), ...own.filter(isAboutNode)].slice(0, MOST_GROUPS),
  );
  const left = [...byVerdict].flatMap(([kind, { length }]) =>
    length > MOST_GROUPS ? [`${length - MOST_GROUPS} more ${verdictWord(kind)}`] : [],
  );
  return [
    ...align(shown.map(groupCells)),
    ...(left.length === 0 ? [] : [[styled("faint", `  and ${left.join(", ")}: -o json has all of them`)]]),
  ];
}

/** Every node has its own pods and hence its own lines; the others say more. */
function isAboutNode({ from, to }: CaseGroup): boolean {
  return [from, to].some((names) => names.length > 0 && names.every((name) => name.startsWith("node/")));
}

function groupCells({ kind, from, to, family, placements, traffic, reason }: CaseGroup): readonly Line[] {
  const where = placements.length === 0 ? "" : ` ${placements.join("; ")}`;
  return [
    ["  ", styled(VERDICT_STYLES[kind], verdictWord(kind))],
    [`${to.length === 0 ? shortList(from) : `${shortList(from)} -> ${shortList(to)}`}${where}`],
    [trafficWords({ traffic, family })],
    [styled("faint", reason)],
  ];
}

/** Whether the headline does not say already which packet is told below. */
function needsExample({ from, to, groups }: WhyAnswer, { case: item, isExample }: Told): boolean {
  if (!isExample) return false;
  const same = exampleText(item.from) === from && (item.to === undefined || exampleText(item.to) === to);
  return groups.length > 1 || !same;
}

/** Which of several cases is told below. */
function exampleLines({ case: item, witness }: Told, isSummarised: boolean): readonly Line[] {
  const ends = `${exampleText(item.from)}${item.to === undefined ? "" : ` -> ${exampleText(item.to)}`}`;
  const packet = witness === undefined ? trafficText(item.traffic) : pointText(witness);
  const verdict = item.kind === "allowed" ? "" : `${verdictWord(item.kind)} `;
  const where = placementText(item.placement);
  return [
    ...(isSummarised ? [[]] : []),
    [styled("faint", `  for example ${verdict}`), `${ends}${where === undefined ? "" : ` ${where}`}  ${packet}`],
  ];
}

function toldRows(told: Told): readonly (readonly Line[])[] {
  const { case: item, stages } = told;
  return [
    ...stages.flatMap(stageRows),
    ...(item.verdict === undefined && item.kind === "no-route" ? [[["no route"], [item.reason]]] : []),
    ...told.branches.map(branchRow),
    ...adviceOf(told),
  ];
}

/** What comes of it if an assumption that leaves it open had a value. */
function branchRow({ assumption, value, verdict, reason }: Branch): readonly Line[] {
  const word = styled(VERDICT_STYLES[verdict], verdictWord(verdict).toLowerCase());
  return [
    [`if ${value}`],
    [word],
    [`${reason}${reason === "" ? "" : " "}`, styled("faint", `(${assumption}=${value})`)],
  ];
}

/** Where several stages deny, each fix says which it is for: all of them are needed. */
function adviceOf({ stages }: Told): readonly (readonly Line[])[] {
  const denying = stages.filter(({ advice, remedy }) => advice !== undefined || remedy !== undefined);
  return denying.flatMap((stage): readonly (readonly Line[])[] => {
    const label = denying.length > 1 ? `fix ${stageLabel(stage)}` : "fix";
    if (stage.remedy !== undefined) return [[[label], [stage.remedy]]];
    return stage.advice === undefined ? [] : adviceRows(stage.advice, label);
  });
}

function indented(row: readonly Line[]): readonly Line[] {
  const [first = [], ...rest] = row;
  return [["  ", ...first], ...rest];
}

const STATE_STYLES: Readonly<Record<StageStory["verdict"], Style>> = {
  allowed: "good",
  denied: "bad",
  "no-route": "bad",
  undecided: "unsure",
  skipped: "faint",
  rewritten: "faint",
};

/** The stages alone, without advice. */
export function stageLines(stages: readonly StageStory[]): readonly Line[] {
  return align(stages.flatMap(stageRows).map(indented), 3);
}

/** Label, state, and what it says; further lines leave the first two empty. */
function stageRows(stage: StageStory): readonly (readonly Line[])[] {
  const head: readonly Line[] = [[stageLabel(stage)], [styled(STATE_STYLES[stage.verdict], stage.state)]];
  const lines = stageTexts(stage);
  return lines.map((line, i) => (i === 0 ? [...head, line] : [[], [], line]));
}

/** `out of web`, `into db`, or what else the stage is called. */
export function stageLabel({ name, at, host }: StageStory): string {
  if (host !== undefined)
    return `${PHASE_WORDS[host.phase]}${host.direction === "ingress" ? "into" : "out of"} ${host.endpoint}`;
  switch (name) {
    case "policy egress":
      return `out of ${shortName(at)}`;
    case "policy ingress":
      return `into ${shortName(at)}`;
    default:
      return name;
  }
}

const PHASE_WORDS = { untracked: "untracked ", "pre-dnat": "pre-DNAT ", normal: "", forward: "forwarded " } as const;

function stageTexts(stage: StageStory): readonly Line[] {
  return [...stage.steps.map(stepLine), ...decisionTexts(stage)];
}

/** Stages that are told by what they do rather than by who decides. */
const REASON_FIRST: ReadonlySet<StageStory["name"]> = new Set(["service", "gateway", "route", "reply route"]);

/** `logged by tier/policy`, `passed on by ...`: what happened before the decision. */
function stepLine(step: Step): Line {
  if (step.kind === "fell through") {
    return [`tier ${step.tier.name} has nothing to say: ${step.policies.map(policyText).join(", ")}`];
  }
  const verb = step.kind === "log" ? "logged by " : "passed on by ";
  const { origin } = step.rule;
  return [
    verb,
    styled("strong", policyText(step.policy)),
    ` ${origin.path} in tier ${step.tier.name}`,
    styled("faint", ` (${lineText(origin)})`),
  ];
}

function decisionTexts({ verdict, deciders, reason, missing, name }: StageStory): readonly Line[] {
  if (verdict === "undecided") return missing.map(({ text }): Line => [`not known: ${text}`]);
  if (REASON_FIRST.has(name))
    return [[reason, ...deciders.map(({ origin }) => styled("faint", ` (${lineText(origin)})`))]];
  if (deciders.length === 0) return [[reason]];
  return [...deciders.map(deciderLine), ...(verdict === "denied" && deciders[0]?.rule === undefined ? [[reason]] : [])];
}

/** In one line what a stage did and who decided: `isolated by shop/default-deny (deny.yaml:3)`. */
export function decisionWords(stage: StageStory): Line {
  const { state, deciders, name, verdict } = stage;
  const isPolicy = verdict !== "undecided" && !REASON_FIRST.has(name) && deciders.length > 0;
  if (isPolicy)
    return [`${state} `, ...deciders.flatMap((one, i) => (i === 0 ? deciderLine(one) : [", ", ...deciderLine(one)]))];
  return decisionTexts(stage).flatMap((line, i) => (i === 0 ? line : ["; ", ...line]));
}

function deciderLine({ policy, rule, origin, listed }: Decider): Line {
  const place = styled("faint", ` (${lineText(origin)})`);
  if (listed !== undefined) {
    const { list, name, position, of, direction } = listed;
    const where = ` of ${list} at ${listed.place}`;
    return [`by rule ${position} of ${of} ${direction}, `, styled("strong", name), where, place];
  }
  return [
    "by ",
    styled("strong", policy === undefined ? origin.resource : policyText(policy)),
    rule === undefined || rule.path === "" ? "" : ` ${rule.path}`,
    place,
  ];
}

function adviceRows({ nearest, rule, subject, tier }: Advice, label: string): readonly (readonly Line[])[] {
  const writing: readonly (readonly Line[])[] =
    rule === undefined
      ? [[[label], [`write a rule that allows it in a policy of tier ${tier} that selects ${subject}`]]]
      : [
          [[label], [`write a rule in a policy that selects ${subject}:`]],
          [[], [rule]],
        ];
  if (nearest === undefined) return writing;
  const misses = nearest.unmet.flatMap(({ wants, has, note, origin }, i): readonly (readonly Line[])[] => [
    [
      [i === 0 ? "nearest miss" : ""],
      [
        i === 0 ? styled("strong", `${policyText(nearest.policy)} `) : "and ",
        `${origin.path} wants ${wants}`,
        styled("faint", ` (${lineText(origin)})`),
      ],
    ],
    [[], [has, ...(note === undefined ? [] : [styled("unsure", `   <- ${note}`)])]],
  ]);
  const { change } = nearest;
  if (change === undefined) return [...misses, ...writing];
  return [...misses, [[label], [change.text, styled("faint", ` (${lineText(change.origin)})`)]]];
}

/** What to do about missing facts, and those of them that no stage above has named. */
function missingRows(missing: readonly Fact[], named: ReadonlySet<string>): readonly (readonly Line[])[] {
  const remedies = new Map<string, string[]>();
  for (const fact of missing) {
    const { text, remedy } = fact;
    remedies.set(remedy, [...(remedies.get(remedy) ?? []), ...(named.has(text) ? [] : [`not known: ${text}`])]);
  }
  return [...remedies]
    .flatMap(([remedy, facts]): readonly Line[] => [...facts.map((fact): Line => [fact]), [remedy]])
    .map((line, i): readonly Line[] => [[i === 0 ? "to decide" : ""], line]);
}

function assumptionCells(name: AssumptionName, assumptions: Assumptions): readonly Line[] {
  const value = assumptions[name];
  const others = choice(name).values.filter((candidate) => candidate !== value);
  return [
    ["assumed"],
    [`${name}=${value}`, styled("faint", ` (${choice(name).about}; switch with --assume ${name}=${others.join("|")})`)],
  ];
}
