/** Exposure for people: what a pod without labels gets, then what rules open for pods with labels. */
import { trafficText } from "../../net/traffic-text.ts";
import { isNoTraffic } from "../../net/traffic.ts";
import { policyText } from "../../policy/model.ts";
import type { Exposure, Opening } from "../../reach/exposure.ts";
import { NEW } from "../../reach/new-pods.ts";
import { lineText } from "../../source/origin.ts";
import { align, type Line, styled } from "./lines.ts";
import { mapLines } from "./map-text.ts";
import { shortList } from "./words.ts";

export function exposureLines({ unlabelled, openings }: Exposure): readonly Line[] {
  const [into, out] = [
    openings.filter(({ direction }) => direction === "ingress"),
    openings.filter(({ direction }) => direction === "egress"),
  ];
  return [
    [styled("strong", `A NEW POD WITHOUT LABELS, ${NEW} in each namespace and in a new one`)],
    ...mapLines(unlabelled),
    ...openingLines("WHICH NEW PODS MAY REACH WHAT IS THERE", ["NEW POD", "REACHES"], into),
    ...openingLines("WHICH NEW PODS MAY BE REACHED", ["NEW POD", "IS REACHED BY"], out),
    [],
    [
      styled(
        "faint",
        "As far as the policies of the pods that are there are asked; those of the new pod may refuse it.",
      ),
    ],
    ...(openings.some(({ perhaps }) => !isNoTraffic(perhaps))
      ? [[styled("faint", "perhaps: it depends on labels that the rule does not ask for, or on what is not known.")]]
      : []),
  ];
}

function openingLines(title: string, head: readonly string[], openings: readonly Opening[]): readonly Line[] {
  if (openings.length === 0) return [[], [styled("strong", title)], ["none"]];
  const cells = [...head, "TRAFFIC", "BY"].map((text): Line => [styled("strong", text)]);
  return [[], [styled("strong", title)], ...align([cells, ...openings.map(cellsOf)])];
}

function cellsOf(opening: Opening): readonly Line[] {
  const family = opening.family === undefined ? "" : ` (IPv${opening.family})`;
  return [[opening.pods], [shortList(opening.workloads)], [`${passingText(opening)}${family}`], [byWords(opening)]];
}

function passingText({ traffic, perhaps }: Opening): string {
  const parts = [
    ...(isNoTraffic(traffic) ? [] : [trafficText(traffic)]),
    ...(isNoTraffic(perhaps) ? [] : [`perhaps ${trafficText(perhaps)}`]),
  ];
  return parts.join("; ");
}

function byWords({ by }: Opening): string {
  if (by === undefined) return "nothing isolates it, or rules name no pods";
  const { policy, peer } = by;
  return `${policyText(policy)} ${peer.origin.path} (${lineText(peer.origin)})`;
}
