/** The map as a table: what CSV and Markdown have in common. */
import { trafficText } from "../../net/traffic-text.ts";
import type { MapRow, ReachMap } from "../../reach/map.ts";
import { sideText } from "../../reach/sides.ts";

/** Whether it passes. */
export type RowVerdict = "allowed" | "one-way" | "undecided";

/** A row in words, none of them escaped. */
export interface TableRow {
  readonly from: string;
  readonly to: string;
  /** `IPv4`; empty where it holds for every family both ends have. */
  readonly family: string;
  readonly verdict: RowVerdict;
  /** `rule`, or `unasked`; empty where it does not pass for certain. */
  readonly by: string;
  /** How many pairs of workloads a row by namespace is about; empty in other maps. */
  readonly pairs: string;
  readonly traffic: string;
  /** The facts that are missing. */
  readonly missing: string;
}

export function tableRows({ connections, oneWay, undecided }: ReachMap): readonly TableRow[] {
  return [
    ...connections.map((row) => rowOf(row, "allowed", byText(row))),
    ...oneWay.map((row) => rowOf(row, "one-way", "")),
    ...undecided.map((row) => ({
      ...rowOf(row, "undecided", ""),
      missing: row.missing.map(({ text }) => text).join("; "),
    })),
  ];
}

function rowOf({ from, to, family, traffic, pairs }: MapRow, verdict: RowVerdict, by: string): TableRow {
  return {
    from: sideText(from),
    to: sideText(to),
    family: family === undefined ? "" : `IPv${family}`,
    verdict,
    by,
    pairs: pairs === undefined ? "" : String(pairs),
    traffic: trafficText(traffic),
    missing: "",
  };
}

/** What lets a connection pass. */
export function byText({ unasked }: ReachMap["connections"][number]): string {
  return unasked ? "unasked" : "rule";
}
