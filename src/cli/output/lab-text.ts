/** What a lab built and found, for people. */
import { labEndText, trafficText } from "../../lab/probes.ts";
import type { LabDifference, LabResult } from "../../lab/report.ts";
import { labPods, type LabPlan } from "../../lab/topology.ts";
import { addressText } from "../../net/address.ts";
import { storyOf } from "../story.ts";
import { align, type Line, styled } from "./lines.ts";
import { stageLines } from "./why-text.ts";
import { counted, VERDICT_STYLES, verdictWord } from "./words.ts";

/** Counts of predicted against measured, every difference with why the prediction is what it is, then notes. */
export function resultLines(plan: LabPlan, result: LabResult): readonly Line[] {
  const { counts, differences, probes } = result;
  const kinds = ["allowed", "denied", "undecided"] as const;
  return [
    ...align([
      ["PREDICTED", "PROBES", "PASSED", "DID NOT", "DIFFERENT"].map((text): Line => [styled("strong", text)]),
      ...kinds
        .filter((kind) => kind !== "undecided" || counts.undecided.probes > 0)
        .map((kind): readonly Line[] => {
          const { probes: all, passed, differences: different } = counts[kind];
          return [
            [styled(VERDICT_STYLES[kind], kind)],
            [String(all)],
            [String(passed)],
            [String(all - passed)],
            [different === 0 ? "0" : styled("bad", String(different))],
          ];
        }),
    ]),
    ...differences.flatMap((difference) => differenceLines(plan, difference)),
    ...noteLines(result.notes),
    [],
    differences.length === 0
      ? [styled("good", "AGREE"), `  ${counted(probes, "probe")} with real packets, no difference`]
      : [styled("bad", "DIFFERENT"), `  ${differences.length} of ${counted(probes, "probe")}`],
  ];
}

function differenceLines(plan: LabPlan, { probe, measured, detail, verdict }: LabDifference): readonly Line[] {
  return [
    [],
    [
      styled("bad", "DIFFERENT"),
      "  ",
      styled("strong", `${labEndText(probe.from)} -> ${labEndText(probe.to)}`),
      `  ${trafficText(probe.traffic)}`,
    ],
    [`  predicted ${verdictWord(probe.predicted)}, measured ${measured}${detail === undefined ? "" : ` (${detail})`}`],
    ...stageLines(storyOf(plan.situation, verdict, verdict.packet)),
  ];
}

function noteLines(notes: readonly string[]): readonly Line[] {
  return notes.length === 0 ? [] : [[], ...notes.map((note): Line => [styled("faint", `note: ${note}`)])];
}

/** Every place with its addresses and how to enter it. */
export function standingLines(plan: LabPlan): readonly Line[] {
  const places = [...labPods(plan), ...plan.nodes, plan.outside];
  return [
    ...align([
      ["PLACE", "ADDRESSES", "NAMESPACE"].map((text): Line => [styled("strong", text)]),
      ...places.map(({ identity, addresses, namespace }): readonly Line[] => [
        [identity],
        [addresses.slice(0, 3).map(addressText).join(", ") + (addresses.length > 3 ? ", ..." : "")],
        [namespace],
      ]),
    ]),
    ...noteLines(plan.notes),
    [],
    [styled("good", "UP"), `  enter a place with: ip netns exec NAMESPACE sh`],
    [`    probe it with the same input and options: portcullis lab probe --name ${plan.name} ...`],
    [`    take it down: portcullis lab down --name ${plan.name}`],
  ];
}

export function downLines(name: string, removed: number): readonly Line[] {
  return [[removed === 0 ? `no lab named ${name} stands` : `removed lab ${name} (${counted(removed, "namespace")})`]];
}
