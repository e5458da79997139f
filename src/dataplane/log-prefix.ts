/** What log rules of the program write before each packet, and what it tells who reads the log. */

/** The netlink group that all log rules of the program report to. */
export const LOG_GROUP = 4477;

/** What a log rule of a policy meets, passing or not. */
export const LOGGED_PREFIX = "portcullis ";

/** Before the packets that the program of a generation denies: those that begin a connection, and those of one that was there. */
export function deniedPrefix(generation: number, connection: "new" | "known"): string {
  return `portcullis denied ${generation}${connection === "known" ? " known" : ""}`;
}

/** Why a packet is dropped that no policy is asked about. */
export type DropReason = "source not its own" | "no connection";

/** Before packets that are dropped whatever the policies say. */
export const DROPPED_PREFIX: Readonly<Record<DropReason, string>> = {
  "source not its own": "portcullis dropped source",
  "no connection": "portcullis dropped trackless",
};

export type LogMeaning =
  /** `isKnown`: the packet may be of either direction. */
  | { readonly kind: "denied"; readonly generation: number; readonly isKnown: boolean }
  | { readonly kind: "dropped"; readonly reason: DropReason }
  /** A log rule of a policy. */
  | { readonly kind: "logged" };

const DROP_REASONS: readonly DropReason[] = ["source not its own", "no connection"];

/** Undefined: no rule of ours. */
export function meaningOf(prefix: string): LogMeaning | undefined {
  if (prefix === LOGGED_PREFIX) return { kind: "logged" };
  for (const reason of DROP_REASONS) if (prefix === DROPPED_PREFIX[reason]) return { kind: "dropped", reason };
  const [, generation, known] = /^portcullis denied (\d+)( known)?$/.exec(prefix) ?? [];
  return generation === undefined
    ? undefined
    : { kind: "denied", generation: Number(generation), isKnown: known !== undefined };
}
