/** The life of an enforcer that stays. */
import { type Control, listen } from "./control.ts";
import type { Enforcer, Outcome } from "./enforcer.ts";
import type { InputWatch } from "./input-watch.ts";
import { type State, writeState } from "./state.ts";

export interface FollowOptions {
  readonly folder: string;
  /** Milliseconds between comparisons of the whole table with what it should hold. */
  readonly interval: number;
  readonly watch: (onChange: () => void) => Promise<InputWatch>;
  /** Called with everything that happens after the first outcome. */
  readonly say: (what: Happening, state: State) => void;
  /** Settles when the enforcer has to end, its rules in force. */
  readonly ended: Promise<void>;
}

export type Happening = Outcome | { readonly kind: "removed" };

/** Between looks whether others have changed tables, in milliseconds; each takes some ten microseconds. */
const GLANCE = 250;
/** Looking closer takes at most one part in so many of the time. */
const SHARE = 10;

/**
 * Brings the first program into force, then keeps to the input and keeps the table, until it is ended or told to stop. Resolves
 * with whether the table was removed. Throws an Error where another enforcer of the table runs.
 */
export async function follow(enforcer: Enforcer, options: FollowOptions): Promise<"ended" | "stopped"> {
  const { folder, interval, say } = options;
  let isOver = false;
  let stop: () => void = () => undefined;
  const stopped = new Promise<"stopped">((resolve) => {
    stop = () => resolve("stopped");
  });
  let writing: Promise<void> = Promise.resolve();
  const report = (what: Happening): Promise<void> => {
    if (what.kind !== "unchanged") say(what, enforcer.state);
    writing = writing.then(() => writeState(folder, enforcer.state)).catch(() => undefined);
    return writing;
  };
  const reload = async (): Promise<void> => {
    if (!isOver) await report(await enforcer.reload());
  };
  const control: Control = await listen(folder, enforcer.state.table, async (question) => {
    if (question === "status") {
      const outcome = await enforcer.check(false);
      if (outcome.kind !== "unchanged") await report(outcome);
    } else {
      isOver = true;
      const outcome = await enforcer.remove();
      await report(outcome.kind === "failed" ? outcome : { kind: "removed" });
      isOver = outcome.kind !== "failed";
      if (isOver) setImmediate(stop);
    }
    return enforcer.state;
  });
  const timers: NodeJS.Timeout[] = [];
  let watch: InputWatch | undefined;
  try {
    // Watching begins before the first reading, so that no change falls in between.
    watch = await options.watch(() => void reload());
    await reload();
    timers.push(
      setInterval(() => void inspect(), interval),
      glances(),
    );
    return await Promise.race([options.ended.then(() => "ended" as const), stopped]);
  } finally {
    isOver = true;
    for (const timer of timers) clearInterval(timer);
    watch?.close();
    await control.close();
    await writing;
  }

  async function inspect(): Promise<void> {
    if (isOver) return;
    await report(await enforcer.check(false));
    if (enforcer.state.lastError !== undefined) await reload();
  }

  function glances(): NodeJS.Timeout {
    let next = 0;
    let isLooking = false;
    const look = async (): Promise<void> => {
      const begun = performance.now();
      if (isOver || isLooking || begun < next) return;
      isLooking = true;
      const outcome = await enforcer.check(true);
      next = performance.now() + (performance.now() - begun) * SHARE;
      isLooking = false;
      if (outcome.kind !== "unchanged") await report(outcome);
    };
    return setInterval(() => void look(), GLANCE);
  }
}
