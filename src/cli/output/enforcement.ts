/** What an enforcer has to say. */
import type { Happening } from "../../enforce/follow.ts";
import type { Enforcement, State } from "../../enforce/state.ts";
import type { Status } from "../../enforce/status.ts";
import { type Line, type Span, styled } from "./lines.ts";
import { counted } from "./words.ts";

const WORDS: Readonly<Record<Enforcement, Span>> = {
  enforced: styled("good", "enforced"),
  degraded: styled("unsure", "degraded"),
  closed: styled("unsure", "closed"),
  none: styled("bad", "not enforced"),
};

export function stateLines(state: State): readonly Line[] {
  const { node, table, writer, generation, counts, degraded, lastError } = state;
  return [
    [WORDS[state.enforcement], `: node ${node}, table inet ${table} (${writer}), generation ${generation}`],
    [
      `  ${counted(counts.pods, "pod")}, ${counts.governedPods} governed; ${counts.classes} classes, ` +
        `${counts.pairs} pairs, ${counts.trafficChains} traffic chains`,
    ],
    ...degraded.map((reason): Line => [styled("unsure", "  degraded: "), reason]),
    ...(lastError === undefined
      ? []
      : [[styled("bad", "  failed: "), `${lastError.what} (${lastError.at}); what was in force before still is`]]),
  ];
}

export function happeningLine(what: Happening, state: State, at: Date): Line {
  return [styled("faint", `${at.toISOString()} `), ...wordsOf(what, state)];
}

function wordsOf(what: Happening, state: State): Line {
  const { table, generation, degraded } = state;
  switch (what.kind) {
    case "changed":
      return [
        WORDS[state.enforcement],
        `: generation ${generation}${what.isTighter ? ", connections are judged anew" : ""}`,
        ...(degraded.length === 0 ? [] : [`; ${degraded.join("; ")}`]),
      ];
    case "repaired":
      return [styled("unsure", "repaired"), `: table inet ${table} was changed by somebody else`];
    case "failed":
      return [styled("bad", "failed"), `: ${what.why}; what was in force still is`];
    case "removed":
      return ["removed"];
    case "unchanged":
      return ["unchanged"];
  }
}

export function statusLines({ enforcement, isRunning, contradiction, state }: Status, table: string): readonly Line[] {
  if (state === undefined) return [[WORDS.none, `: ${contradiction ?? `there is no table inet ${table}`}`]];
  const { since, lastChange, lastCheck, lastRepair, counts } = state;
  const [, ...rest] = stateLines(state);
  const told = [
    isRunning
      ? `running since ${since} (process ${state.process})`
      : `no enforcer runs${contradiction === undefined ? "; what is in force stays" : ""}`,
    ...(lastChange === undefined ? [] : [`last change ${lastChange}`]),
    ...(lastCheck === undefined ? [] : [`last check ${lastCheck}`]),
    ...(lastRepair === undefined ? [] : [`last repair ${lastRepair}, ${counted(counts.repairs, "repair")} in all`]),
  ];
  return [
    [
      WORDS[enforcement],
      `: node ${state.node}, table inet ${table} (${state.writer}), generation ${state.generation}`,
      ...(contradiction === undefined ? [] : [`; ${contradiction}`]),
    ],
    ...told.map((text): Line => [`  ${text}`]),
    ...(contradiction === undefined ? rest : []),
  ];
}
