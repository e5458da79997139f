/** Wording of differences that their text formats share. */
import { pointText } from "../../net/traffic-text.ts";
import { CHANGE_KINDS, type ChangeKind } from "../../reach/difference-changes.ts";
import type { Side } from "../../reach/sides.ts";
import type { Moment, ToldChange, ToldDifference } from "../diff-story.ts";
import type { StageStory } from "../stage-story.ts";
import type { Line, Style } from "./lines.ts";
import { decisionWords, stageLabel } from "./why-text.ts";
import { counted, verdictWord } from "./words.ts";

export const MARKS: Readonly<Record<ChangeKind, { readonly mark: string; readonly style: Style }>> = {
  opened: { mark: "+", style: "good" },
  closed: { mark: "-", style: "bad" },
  "one-way": { mark: "~", style: "unsure" },
  "no longer one-way": { mark: "~", style: "unsure" },
  undecided: { mark: "?", style: "unsure" },
  decided: { mark: "!", style: "unsure" },
};

/** `2 opened, 1 closed; of what is new 3 opened`. */
export function headline({ changes, added, removed }: ToldDifference): string {
  const parts = [
    countsOf(changes),
    ...(added.length === 0 ? [] : [`of what is new ${countsOf(added)}`]),
    ...(removed.length === 0 ? [] : [`of what is gone ${countsOf(removed)}`]),
  ].filter((part) => part !== "");
  return parts.length === 0 ? "no difference" : parts.join("; ");
}

function countsOf(changes: readonly ToldChange[]): string {
  return CHANGE_KINDS.flatMap((kind) => {
    const count = changes.filter(({ row }) => row.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  }).join(", ");
}

export function unchangedWords({ unchanged, changes }: ToldDifference): string {
  return `${counted(unchanged, changes.length > 0 ? "other row" : "row")} unchanged`;
}

/** `denied, into db isolated by shop/default-deny (old.yaml:3)`. */
export function momentLine(moment: Moment | undefined): Line {
  if (moment === undefined) return ["one of both had no such address"];
  const { verdict, stages } = moment;
  const telling = stages.filter(({ verdict: one }) => (one === "allowed") === (verdict === "allowed"));
  const shown = telling.length > 0 ? telling : stages;
  if (shown.length === 0) return [`${verdictWord(verdict).toLowerCase()}, no policy isolates either`];
  return [
    verdictWord(verdict).toLowerCase(),
    ...shown.flatMap((stage, i): Line => [i === 0 ? ", " : "; ", ...stageWords(stage)]),
  ];
}

function stageWords(stage: StageStory): Line {
  return [`${stageLabel(stage)} `, ...decisionWords(stage)];
}

/** The packet that is told, where the row is about more than two and one kind of traffic. */
export function exampleWords({ row, example }: ToldChange): string | undefined {
  if (example === undefined || (isNarrow(row.from) && isNarrow(row.to))) return undefined;
  return `${example.from} -> ${example.to}  ${pointText(example.packet)}`;
}

function isNarrow(side: Side): boolean {
  return side.kind === "workload" || side.kind === "node" || (side.kind === "outside" && side.ranges.length === 1);
}
