/** What a lab built and found, for people. */
import { labEndText, pointOf, trafficText } from "../../lab/reasoning.ts";
import type { LabDifference, LabResult } from "../../lab/report.ts";
import { labPlaces, type LabPlan } from "../../lab/topology.ts";
import type { Unsent } from "../../lab/unsent.ts";
import { type Address, addressText, familyOf } from "../../net/address.ts";
import { storyOf } from "../story.ts";
import { align, type Line, styled } from "./lines.ts";
import { stageLines } from "./why-text.ts";
import { counted, VERDICT_STYLES, verdictWord } from "./words.ts";

/** Counts of predicted against measured, every difference with why the prediction is what it is, then notes. */
export function resultLines(plan: LabPlan, result: LabResult): readonly Line[] {
  const { counts, differences, probes } = result;
  const kinds = ["allowed", "denied", "one-way", "partial", "no-route", "undecided"] as const;
  return [
    ...align([
      ["PREDICTED", "PROBES", "PASSED", "DID NOT", "DIFFERENT"].map((text): Line => [styled("strong", text)]),
      ...kinds
        .filter((kind) => kind === "allowed" || kind === "denied" || counts[kind].probes > 0)
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
    ...unsentLines(result.unsent),
    [],
    differences.length === 0
      ? [styled("good", "AGREE"), `  ${counted(probes, "probe")} with real packets, no difference`]
      : [styled("bad", "DIFFERENT"), `  ${differences.length} of ${counted(probes, "probe")}`],
  ];
}

function differenceLines(
  plan: LabPlan,
  { probe, measured, detail, verdicts, noRoute }: LabDifference,
): readonly Line[] {
  const asked = pointOf(probe.traffic, familyOf(probe.from.address));
  return [
    [],
    [
      styled("bad", "DIFFERENT"),
      "  ",
      styled("strong", `${labEndText(probe.from)} -> ${labEndText(probe.to)}`),
      `  ${trafficText(probe.traffic)}`,
    ],
    [`  predicted ${verdictWord(probe.predicted)}, measured ${measured}${detail === undefined ? "" : ` (${detail})`}`],
    ...(noRoute === undefined ? [] : [[`  ${noRoute}`]]),
    ...verdicts.flatMap((verdict) => stageLines(storyOf(plan.situation, verdict, asked))),
  ];
}

function noteLines(notes: readonly string[]): readonly Line[] {
  return notes.length === 0 ? [] : [[], ...notes.map((note): Line => [styled("faint", `note: ${note}`)])];
}

/** What no probe has shown. */
export function unsentLines(unsent: readonly Unsent[]): readonly Line[] {
  return unsent.length === 0
    ? []
    : [[], ...unsent.map(({ what, why }): Line => [styled("faint", `not sent: ${what}: ${why}`)])];
}

/** Every place with its addresses, and every Service with its own. */
export function planLines(plan: LabPlan): readonly Line[] {
  const places = labPlaces(plan);
  const addressList = (addresses: readonly Address[]): string =>
    addresses.slice(0, 3).map(addressText).join(", ") + (addresses.length > 3 ? ", ..." : "");
  return [
    ...align([
      ["PLACE", "ADDRESSES", "NAMESPACE"].map((text): Line => [styled("strong", text)]),
      ...places.map(({ identity, addresses, namespace }): readonly Line[] => [
        [identity],
        [addressList(addresses)],
        [namespace],
      ]),
      ...plan.services.map(({ identity, addresses }): readonly Line[] => [
        [identity],
        [addressList(addresses)],
        ["translated on every node"],
      ]),
    ]),
    ...noteLines(plan.notes),
  ];
}

/** What stands, and how to enter, probe, change and remove it. */
export function standingLines(plan: LabPlan, word: "UP" | "RELOADED" = "UP"): readonly Line[] {
  return [
    ...planLines(plan),
    [],
    [styled("good", word), `  enter a place with: ip netns exec NAMESPACE sh`],
    [`    probe it with the same input and options: portcullis lab probe --name ${plan.name} ...`],
    [`    load changed input into it: portcullis lab reload --name ${plan.name} ...`],
    [`    take it down: portcullis lab down --name ${plan.name}`],
  ];
}

export function downLines(name: string, removed: number): readonly Line[] {
  return [[removed === 0 ? `no lab named ${name} stands` : `removed lab ${name} (${counted(removed, "namespace")})`]];
}
