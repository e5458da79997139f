/** What keeps a rule from admitting a packet, and what would change it. */
import type { Origin } from "../source/origin.ts";

/** One condition of a rule that a packet does not meet. */
export interface Unmet {
  readonly part: "peer" | "traffic";
  readonly wants: string;
  readonly has: string;
  /** Something a reader easily overlooks, such as a difference in case. */
  readonly note: string | undefined;
  readonly origin: Origin;
  /** How far off: a difference in case is nearer than a label that is missing. */
  readonly distance: number;
  /** The words to write there instead, where the condition looks like a slip of the pen. */
  readonly correction: string | undefined;
}

/** What to write, and where. */
export interface Change {
  readonly text: string;
  readonly origin: Origin;
}
