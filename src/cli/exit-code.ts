import type { VerdictKind } from "../verdict/verdict.ts";

/** What the exit code of every command means, whatever the output format. */
export const EXIT = {
  /** Allowed, proven, nothing found, no difference. */
  yes: 0,
  /** Denied in any way, only part of it allowed, a difference. */
  no: 1,
  /** Wrong usage, or input that cannot be used: there is no answer. */
  usage: 2,
  /** The input does not tell. */
  undecided: 3,
  /** A fault of Portcullis; must never look like "denied". */
  internal: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitOf(verdict: VerdictKind): ExitCode {
  switch (verdict) {
    case "allowed":
      return EXIT.yes;
    case "denied":
    case "one-way":
    case "no-route":
    case "partial":
      return EXIT.no;
    case "undecided":
      return EXIT.undecided;
  }
}
