/** What log rules of the program write before each packet, and what it tells who reads the log. */

/** The netlink group that all log rules of the program report to. */
export const LOG_GROUP = 4477;

/** What a log rule of a policy meets, passing or not. */
export const LOGGED_PREFIX = "portcullis ";

/** Before the packets that the program of a generation denies: those that begin a connection, and those of one that was there. */
export function deniedPrefix(generation: number, connection: "new" | "known"): string {
  return `portcullis denied ${generation}${connection === "known" ? " known" : ""}`;
}

export type LogMeaning =
  /** `isKnown`: the packet may be of either direction. */
  | { readonly kind: "denied"; readonly generation: number; readonly isKnown: boolean }
  /** A log rule of a policy. */
  | { readonly kind: "logged" };

/** Undefined: no rule of ours. */
export function meaningOf(prefix: string): LogMeaning | undefined {
  if (prefix === LOGGED_PREFIX) return { kind: "logged" };
  const [, generation, known] = /^portcullis denied (\d+)( known)?$/.exec(prefix) ?? [];
  return generation === undefined
    ? undefined
    : { kind: "denied", generation: Number(generation), isKnown: known !== undefined };
}
