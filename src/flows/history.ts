/** The situations of the last generations of a program, so that an event is judged by what was in force when it happened. */
import type { Situation } from "../situation/situation.ts";

interface Kept {
  readonly generation: number;
  readonly situation: Situation;
}

export interface History {
  readonly capacity: number;
  /** The latest last. */
  readonly kept: readonly Kept[];
  /** Stands for generations that are not kept; undefined: nothing is known of them. */
  readonly otherwise: Situation | undefined;
}

/** Keeps up to `capacity` situations. */
export function emptyHistory(capacity: number): History {
  return { capacity, kept: [], otherwise: undefined };
}

/** One situation for every generation: where it is known that nothing changes, or nothing is known of generations. */
export function unchanging(situation: Situation): History {
  return { capacity: 0, kept: [], otherwise: situation };
}

/** With the situation that is in force from now on; a generation that comes again, after 65535, replaces the old one. */
export function withGeneration(history: History, generation: number, situation: Situation): History {
  const others = history.kept.filter((kept) => kept.generation !== generation);
  return { ...history, kept: [...others, { generation, situation }].slice(-history.capacity) };
}

/** The situation of a generation, or the latest where an event carries none; undefined: it is not kept any more, or was never. */
export function situationOf(history: History, generation: number | undefined): Situation | undefined {
  const kept =
    generation === undefined ? history.kept.at(-1) : history.kept.find((one) => one.generation === generation);
  return kept?.situation ?? history.otherwise;
}
