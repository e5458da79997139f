/** What became of packets and connections while a lab changed, for people. */
import { FLOW_CLASSES, type FlowClass, flowText } from "../../lab/change/flows.ts";
import type { ChangeDifference, ChangeResult } from "../../lab/change/report.ts";
import { align, type Line, styled } from "./lines.ts";
import { counted } from "./words.ts";

const MEANING: Readonly<Record<FlowClass, string>> = {
  kept: "both allow it",
  shut: "both deny it",
  opened: "only the second allows it",
  closed: "only the first allows it",
};

const WRONG: Readonly<Record<FlowClass, string>> = {
  kept: "lost",
  shut: "passed",
  opened: "lost or passed too soon",
  closed: "lost or passed too late",
};

export function changeLines(change: ChangeResult): readonly Line[] {
  const { flows, connections, milliseconds, differences } = change;
  const wrong = (count: number, word: string): Line => [count === 0 ? `0 ${word}` : styled("bad", `${count} ${word}`)];
  return [
    ...align([
      ["CHANGE", "", "FLOWS", "PACKETS", "WRONG", ""].map((text): Line => [styled("strong", text)]),
      ...FLOW_CLASSES.map((is): readonly Line[] => {
        const { possible, flows: sent, packets, wrong: count, settledAfter } = flows[is];
        return [
          [is],
          [styled("faint", MEANING[is])],
          [`${sent} of ${possible}`],
          [String(packets)],
          wrong(count, WRONG[is]),
          [
            settledAfter === undefined
              ? ""
              : `${is === "opened" ? "first" : "last"} one passed after ${shown(settledAfter)}`,
          ],
        ];
      }),
      ...(["kept", "closed"] as const).map((is): readonly Line[] => {
        const { connections: count, wrong: bad, longest } = connections[is];
        const time = is === "kept" ? "longest silence" : "the last was cut after";
        return [
          [is],
          [styled("faint", "live connections")],
          [String(count)],
          [],
          wrong(bad, is === "kept" ? "broken" : "not cut"),
          [longest === undefined ? "" : `${time} ${shown(longest)}`],
        ];
      }),
    ]),
    ...differences.map(differenceLine),
    [`the nodes were changed, one after the other, within ${shown(milliseconds)}`],
    ...FLOW_CLASSES.filter((is) => flows[is].possible === 0).map((is): Line => [
      styled("faint", `note: nothing of the kind "${MEANING[is]}" could be sent, so nothing is shown about it`),
    ]),
    [],
    differences.length === 0
      ? [styled("good", "AS DUE"), "  nothing was lost and nothing leaked while the policies changed"]
      : [styled("bad", "NOT AS DUE"), `  ${counted(differences.length, "observation")}`],
    [],
  ];
}

function differenceLine({ flow, isConnection, detail }: ChangeDifference): Line {
  const what = isConnection ? "connection" : "packets";
  return [styled("bad", "NOT AS DUE"), `  ${flow.is}  ${flowText(flow)}  ${what}: ${detail}`];
}

function shown(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}
