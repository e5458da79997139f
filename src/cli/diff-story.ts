/** Changes with what decided before and after, as told in every format. */
import type { TrafficPoint } from "../net/traffic.ts";
import type { ChangeRow, Difference } from "../reach/difference.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import type { Outcome, Verdict } from "../verdict/verdict.ts";
import { exampleText } from "./output/words.ts";
import type { StageStory } from "./stage-story.ts";
import { storyOf } from "./story.ts";

/** What became of the packet that is told, in one of the two situations. */
export interface Moment {
  readonly verdict: Outcome;
  /** The stages that make the difference. */
  readonly stages: readonly StageStory[];
}

export interface ToldChange {
  readonly row: ChangeRow;
  readonly example: { readonly from: string; readonly to: string; readonly packet: TrafficPoint } | undefined;
  /** Undefined where one of both did not exist then, or had no such address. */
  readonly before: Moment | undefined;
  readonly after: Moment | undefined;
  /** What is not known, before or after. */
  readonly missing: readonly Fact[];
}

export interface ToldDifference {
  readonly changes: readonly ToldChange[];
  readonly added: readonly ToldChange[];
  readonly removed: readonly ToldChange[];
  readonly workloads: Difference["workloads"];
  readonly unchanged: number;
}

export function toldDifference(difference: Difference, before: Situation, after: Situation): ToldDifference {
  const told = (row: ChangeRow): ToldChange => toldChange(row, before, after);
  const { workloads, unchanged } = difference;
  return {
    changes: difference.changes.map(told),
    added: difference.added.map(told),
    removed: difference.removed.map(told),
    workloads,
    unchanged,
  };
}

function toldChange(row: ChangeRow, before: Situation, after: Situation): ToldChange {
  const { example } = row;
  const shown = example?.after ?? example?.before;
  const was = momentOf(before, example?.before, example?.packet);
  const is = momentOf(after, example?.after, example?.packet);
  const telling = tellingStages(was, is);
  const focused = (moment: Moment | undefined): Moment | undefined =>
    moment && { ...moment, stages: moment.stages.filter((stage) => telling.has(keyOf(stage))) };
  return {
    row,
    example:
      example === undefined || shown === undefined
        ? undefined
        : { from: exampleText(shown.path.from), to: exampleText(shown.path.to), packet: example.packet },
    before: focused(was),
    after: focused(is),
    missing: distinctFacts([was, is].flatMap((moment) => moment?.stages ?? []).flatMap(({ missing }) => missing)),
  };
}

function momentOf(
  situation: Situation,
  verdict: Verdict | undefined,
  packet: TrafficPoint | undefined,
): Moment | undefined {
  if (verdict === undefined || packet === undefined) return undefined;
  return { verdict: verdict.kind, stages: storyOf(situation, verdict, packet) };
}

const STOPPING: ReadonlySet<StageStory["verdict"]> = new Set(["denied", "no-route", "undecided"]);

/** Stages that keep the packet back in one of two moments; where there is only one, and it passes, those at which rules admit it. */
function tellingStages(before: Moment | undefined, after: Moment | undefined): ReadonlySet<string> {
  const stages = [before, after].flatMap((moment) => moment?.stages ?? []);
  const stopping = stages.filter(({ verdict }) => STOPPING.has(verdict));
  const telling = stopping.length > 0 ? stopping : stages.filter(({ deciders }) => deciders.length > 0);
  return new Set(telling.map(keyOf));
}

function keyOf({ name, host }: StageStory): string {
  return `${name} ${host === undefined ? "" : `${host.endpoint} ${host.phase} ${host.direction}`}`;
}
