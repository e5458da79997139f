/** What log rules of the program write before each packet, and what it tells who reads the log. */

/** The netlink group that all log rules of the program report to. */
export const LOG_GROUP = 4477;

/** What a log rule of a policy meets, passing or not. */
export const LOGGED_PREFIX = "portcullis ";

/** Before the packets that the program of a generation denies. */
export function deniedPrefix(generation: number): string {
  return `portcullis denied ${generation}`;
}

export type LogMeaning =
  | { readonly kind: "denied"; readonly generation: number }
  /** A log rule of a policy. */
  | { readonly kind: "logged" };

/** Undefined: no rule of ours. */
export function meaningOf(prefix: string): LogMeaning | undefined {
  if (prefix === LOGGED_PREFIX) return { kind: "logged" };
  const generation = /^portcullis denied (\d+)$/.exec(prefix)?.[1];
  return generation === undefined ? undefined : { kind: "denied", generation: Number(generation) };
}
