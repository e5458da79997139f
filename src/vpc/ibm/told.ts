/** Values with the place that says them, whatever form the place has: a field, a cell of a table, a word of a script. */
import type { CodeName } from "../../source/codes.ts";

/** A place that something can be said about. */
export interface Place {
  readonly report: (code: CodeName, message: string, remedy: string) => void;
}

export interface Told<T> {
  readonly value: T;
  readonly at: Place;
}
