/** What the definitions of all commands share. */
import type { ExitCode } from "../exit-code.ts";

/** A command tells by it what its run came to. */
export type Done = (code: ExitCode) => void;

/** Where input is read from. */
export const PATHS = "files, folders, globs, git:REF[:PATH], or - for standard input";

/** Exit codes of commands that answer questions, for the end of their help. */
export const EXIT_HELP = `
Exit codes:
  0   allowed; nothing found; no difference
  1   denied, one-way, partial or no route; a difference
  2   wrong usage, or input that cannot be used: there is no answer
  3   undecided: the input does not tell, and the answer names what is missing
  70  a fault of Portcullis itself`;
