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

/** One complaint of the kernel about a change of tables. */
export interface NetlinkComplaint {
  /** The set, element, chain or rule, in words; undefined: the change as a whole. */
  readonly object: string | undefined;
  /** The symbolic error number, like `EEXIST`. */
  readonly errno: string;
  /** What the kernel says about it, where it does. */
  readonly text?: string;
}

const MEANINGS: ReadonlyMap<string, string> = new Map([
  ["EEXIST", "is there already"],
  ["ENOENT", "is not there, or leads to what is not there"],
  ["EBUSY", "is still in use"],
  ["EPERM", "may not be changed: it belongs to another process, or CAP_NET_ADMIN is lacking"],
  ["EOPNOTSUPP", "is not supported by this kernel"],
  ["EINVAL", "is not valid for this kernel"],
  ["ENOMEM", "does not fit into memory"],
  ["ERESTART", "was meant for tables that somebody has changed since"],
  ["EMLINK", "makes a loop or too deep a nest of chains"],
  ["ELOOP", "makes a loop of chains"],
]);

/** The kernel refused a change or a question about tables; nothing was changed. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";
  readonly complaints: readonly NetlinkComplaint[];

  constructor(complaints: readonly NetlinkComplaint[], attempt: string) {
    const what = complaints.slice(0, 5).map(({ object = "the change as a whole", errno, text }) => {
      const meaning = MEANINGS.get(errno);
      return `${object} ${meaning === undefined ? errno : `${meaning} (${errno})`}${text === undefined ? "" : `: ${text}`}`;
    });
    const more = complaints.length > what.length ? [`and ${complaints.length - what.length} more`] : [];
    super(`${attempt}: the kernel refused, nothing was changed: ${[...what, ...more].join("; ")}`);
    this.complaints = complaints;
  }
}

/** Somebody else has changed a table that this process writes. */
export class TableChangedError extends Error {
  override readonly name = "TableChangedError";

  constructor(table: string) {
    super(`table ${table} was changed by somebody else: install it again to repair it`);
  }
}

/** The `code` that Node puts on errors of the system, like `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
