/** Exposure for people: what a pod without labels gets, then what rules open for the pods that they admit. */
import { trafficText } from "../../net/traffic-text.ts";
import { isNoTraffic } from "../../net/traffic.ts";
import { policyText } from "../../policy/model.ts";
import type { Exposure } from "../../reach/exposure.ts";
import { NEW } from "../../reach/new-pods.ts";
import type { Opening } from "../../reach/openings.ts";
import { lineText } from "../../source/origin.ts";
import { align, type Line, styled } from "./lines.ts";
import { mapLines } from "./map-text.ts";
import { shortList } from "./words.ts";

const PERHAPS =
  "perhaps: it depends on what else is true of the pod (labels, port names, address, Services), or on what is not known.";

export function exposureLines({ unlabelled, openings }: Exposure): readonly Line[] {
  const [into, out] = [
    openings.filter(({ direction }) => direction === "ingress"),
    openings.filter(({ direction }) => direction === "egress"),
  ];
  return [
    [
      styled(
        "strong",
        `A NEW POD WITHOUT LABELS AND PORT NAMES, OF SERVICE ACCOUNT default: ${NEW} in each namespace and in a new one`,
      ),
    ],
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
    ...(openings.some(({ perhaps }) => !isNoTraffic(perhaps)) ? [[styled("faint", PERHAPS)]] : []),
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

function passingText({ traffic, perhaps, portNames }: Opening): string {
  const names = portNames.length === 0 ? "" : ` where it names a port ${portNames.join(" or ")}`;
  const parts = [
    ...(isNoTraffic(traffic) ? [] : [trafficText(traffic)]),
    ...(isNoTraffic(perhaps) ? [] : [`perhaps ${trafficText(perhaps)}${names}`]),
  ];
  return parts.join("; ");
}

function byWords({ by }: Opening): string {
  if (by === undefined) return "nothing isolates it, or rules name no pods";
  const { origin } = by.peer ?? by.rule;
  return `${policyText(by.policy)} ${origin.path} (${lineText(origin)})`;
}
