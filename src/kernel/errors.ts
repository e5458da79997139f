/** The typed errors of this folder: what was attempted, what the system answered, and what to do about it. */

/** A system call failed. */
export class SystemCallError extends Error {
  override readonly name = "SystemCallError";
  /** The system call, as in section 2 of the manual: `bind`, `setns`. */
  readonly call: string;
  /** The symbolic error number, like `EADDRINUSE`. */
  readonly errno: string;
  /** What was being done, in words. */
  readonly attempt: string;

  constructor(call: string, errno: string, attempt: string) {
    super(`${attempt}: ${call} failed with ${errno}`);
    this.call = call;
    this.errno = errno;
    this.attempt = attempt;
  }
}

/** System calls cannot be made here: not Linux, or the native binding is missing. */
export class SystemCallsUnavailableError extends Error {
  override readonly name = "SystemCallsUnavailableError";
  readonly reason: string;
  /** What to do about it. */
  readonly remedy: string;

  constructor(reason: string, remedy: string, options?: ErrorOptions) {
    super(`${reason}; ${remedy}`, options);
    this.reason = reason;
    this.remedy = remedy;
  }
}

const PACKAGE_OF: ReadonlyMap<string, string> = new Map([
  ["ip", "iproute2"],
  ["nft", "nftables"],
]);

/** The words that tell how to get a program. */
export function installationOf(program: string): string {
  return `install the package ${PACKAGE_OF.get(program) ?? program} and see that ${program} is in PATH`;
}

/** A program that this folder runs is not installed. */
export class MissingProgramError extends Error {
  override readonly name = "MissingProgramError";
  readonly program: string;

  constructor(program: string) {
    super(`the program ${program} was not found: ${installationOf(program)}`);
    this.program = program;
  }
}

/** Lines of an `ip -batch` run that failed. */
export class IpBatchError extends Error {
  override readonly name = "IpBatchError";
  /** Numbers (from 1) and texts of the lines that failed; empty when `ip` named none. */
  readonly failed: readonly { readonly number: number; readonly line: string }[];

  constructor(failed: IpBatchError["failed"], answer: string, namespace: string | undefined) {
    const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
    const lines = failed.map(({ number, line }) => `line ${number} "${line}"`).join(", ");
    super(`ip -batch${where} failed${lines === "" ? "" : ` at ${lines}`}: ${answer}`);
    this.failed = failed;
  }
}

/** One complaint of nft about a ruleset, with the line it is about. */
export interface RulesetComplaint {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly text: string;
}

/** nft refused a ruleset; nothing of it was loaded. */
export class RulesetError extends Error {
  override readonly name = "RulesetError";
  readonly complaints: readonly RulesetComplaint[];

  constructor(complaints: readonly RulesetComplaint[], answer: string, namespace: string | undefined) {
    const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
    const what = complaints.map(
      ({ line, column, message, text }) => `line ${line}, column ${column}: ${message}: ${text.trim()}`,
    );
    super(`nft refused the ruleset${where}, nothing was changed: ${what.length > 0 ? what.join("; ") : answer}`);
    this.complaints = complaints;
  }
}

/** The `code` that Node puts on errors of the system, like `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
