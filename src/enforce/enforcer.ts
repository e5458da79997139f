/** Keeps the table of a node as the input says. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import { keepClassNumbers } from "../dataplane/class-numbers.ts";
import { closedRuleset } from "../dataplane/closed.ts";
import { compile, SOURCE_NOT_BOUND } from "../dataplane/compile.ts";
import { difference, isNoDifference, obstacleTo } from "../dataplane/difference.ts";
import { LAST_GENERATION, nextGeneration } from "../dataplane/generations.ts";
import { haveSameHosts } from "../dataplane/in-force.ts";
import { rulesetOf } from "../dataplane/program-ruleset.ts";
import type { NameOf } from "../dataplane/program-sets.ts";
import type { Program } from "../dataplane/program.ts";
import type { Ruleset } from "../dataplane/ruleset.ts";
import { type Judged, tightens } from "../dataplane/tightens.ts";
import type { AddressSet } from "../net/address.ts";
import type { Situation } from "../situation/situation.ts";
import { namesOf } from "./address-names.ts";
import { attachmentOf } from "./attachment.ts";
import type { EnforcedTable } from "./enforced-table.ts";
import { ownInterfacesOf } from "./own-interfaces.ts";
import { type Counts, type State, STATE_SCHEMA } from "./state.ts";

/** What the input comes to now. */
export type Input =
  | { readonly kind: "usable"; readonly situation: Situation; readonly node: Node }
  /** In words: it cannot be read, or does not know the node. */
  | { readonly kind: "unusable"; readonly why: string };

export interface EnforcerOptions {
  readonly node: string;
  readonly table: string;
  readonly denial: "reject" | "drop";
  /** The network namespace; undefined: that of this process. */
  readonly namespace: string | undefined;
  readonly isWatching: boolean;
  /** The generation that an earlier enforcer told of, for tables that cannot be read back. */
  readonly lastGeneration: number;
  readonly read: () => Promise<Input>;
  readonly now: () => Date;
  /** Reasons that hold whatever the input. */
  readonly degraded: readonly string[];
  /** Told before it is so: what is in force as this generation, which may be the one of before. */
  readonly onForce?: (generation: number, situation: Situation) => void;
}

/** What a call has come to. `failed`: what was in force still is. */
export type Outcome =
  | { readonly kind: "unchanged" }
  | { readonly kind: "changed"; readonly isTighter: boolean }
  | { readonly kind: "repaired" }
  | { readonly kind: "failed"; readonly why: string };

interface Put {
  readonly kind: "put";
  readonly program: Program;
  readonly ruleset: Ruleset;
  readonly names: NameOf;
  readonly situation: Situation;
}

/** A program that an earlier enforcer has left in force, as far as its table tells. */
interface Adopted {
  readonly kind: "adopted";
  readonly program: Judged;
  readonly generation: number;
  readonly ruleset: Ruleset;
}

/** Undefined is a value: what is so named is forgotten. */
type News = Partial<Omit<State, "fingerprint" | "lastError">> & {
  readonly fingerprint?: string | undefined;
  readonly lastError?: State["lastError"] | undefined;
};

/**
 * Everything is done one after the other, in the order of the calls, and no method rejects: what goes wrong is in the
 * outcome and in the state, and what is in force stays.
 */
export class Enforcer {
  readonly #table: EnforcedTable;
  readonly #options: EnforcerOptions;
  #state: State;
  #put: Put | undefined;
  #closed: Ruleset | undefined;
  /** The stamps that were seen on connections when the numbers last began anew. */
  #taken: ReadonlySet<number> | undefined;
  #knowsStamps = true;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(table: EnforcedTable, options: EnforcerOptions) {
    this.#table = table;
    this.#options = options;
    this.#state = {
      schema: STATE_SCHEMA,
      node: options.node,
      table: options.table,
      writer: table.writer,
      enforcement: "none",
      degraded: [],
      generation: 0,
      since: options.now().toISOString(),
      counts: NOTHING,
      process: process.pid,
      isWatching: options.isWatching,
    };
  }

  get state(): State {
    return this.#state;
  }

  /** Lets no pod talk until there is a program; nothing where there is a table already. */
  close(pods: AddressSet): Promise<Outcome> {
    return this.#inTurn(async () => {
      if (await this.#table.exists()) return { kind: "unchanged" };
      this.#closed = closedRuleset(this.#options.table, pods, this.#options.denial);
      await this.#table.put(this.#closed);
      this.#tell({ enforcement: "closed", fingerprint: this.#table.written });
      return { kind: "changed", isTighter: true };
    });
  }

  /** Reads the input and brings the table to it, in one batch. */
  reload(): Promise<Outcome> {
    return this.#inTurn(async () => {
      const input = await this.#options.read();
      return input.kind === "usable" ? this.#enforce(input.situation, input.node) : this.#fail(input.why);
    });
  }

  /**
   * Compares the table with what was put there, and repairs it. With `quick`, only if others have changed tables. A table that
   * was found intact and cannot have changed since is not read again: reading takes a time that grows with the square of its size.
   */
  check(quick: boolean): Promise<Outcome> {
    return this.#inTurn(async () => {
      if (this.#wanted === undefined || (quick && !(await this.#table.mayHaveChanged()))) return { kind: "unchanged" };
      if ((await this.#table.isSettled()) || (await this.#table.isIntact())) {
        if (!quick) this.#state = { ...this.#state, lastCheck: this.#time() };
        return { kind: "unchanged" };
      }
      await this.#repair();
      return { kind: "repaired" };
    });
  }

  /** Removes the table; `changed` if there was one. */
  remove(): Promise<Outcome> {
    return this.#inTurn(async () => {
      const wasThere = await this.#table.remove();
      this.#put = undefined;
      this.#closed = undefined;
      this.#tell({ enforcement: "none", degraded: [], counts: NOTHING, fingerprint: undefined });
      return wasThere ? { kind: "changed", isTighter: false } : { kind: "unchanged" };
    });
  }

  #inTurn(work: () => Promise<Outcome>): Promise<Outcome> {
    const result = this.#turn.then(work).catch((error: unknown) => this.#fail(textOf(error)));
    this.#turn = result;
    return result;
  }

  #fail(why: string): Outcome {
    const { enforcement } = this.#state;
    this.#state = {
      ...this.#state,
      // What is in force may no longer be what is wanted.
      enforcement: enforcement === "enforced" ? "degraded" : enforcement,
      lastError: { at: this.#time(), what: why },
    };
    return { kind: "failed", why };
  }

  async #enforce(situation: Situation, node: Node): Promise<Outcome> {
    const pods = situation.inventory.pods.filter((pod) => pod.node === node.name);
    const { interfaces, sharedInterfaces, degraded } = await attachmentOf(pods, this.#options.namespace);
    const own = await ownInterfacesOf(situation.inventory, node, this.#options.namespace);
    const { table, denial } = this.#options;
    const compiled = compile(situation, node, {
      table,
      denial,
      interfaces,
      sharedInterfaces,
      ownInterfaces: own.ownInterfaces,
      generation: Math.max(1, this.#state.generation),
    });
    const names = namesOf(situation);
    const before = this.#put ?? (await this.#adopted(compiled, names));
    const { program, isTighter } = await this.#follow(before, compiled, names);
    const ruleset = rulesetOf(program, names);
    const isChange = before === undefined || !isAlike(before.ruleset, ruleset);
    const isPut = isChange || before.kind === "adopted";
    this.#options.onForce?.(program.generation, situation);
    if (isPut) await this.#table.put(ruleset);
    this.#put = { kind: "put", program, ruleset, names, situation };
    const reasons = [
      ...this.#options.degraded,
      ...(this.#knowsStamps ? [] : [STAMPS_UNKNOWN]),
      ...program.degraded.filter((reason) => reason !== SOURCE_NOT_BOUND),
      ...degraded,
      ...own.degraded,
    ];
    this.#tell({
      enforcement: reasons.length === 0 ? "enforced" : "degraded",
      degraded: reasons,
      generation: program.generation,
      counts: { ...countsOf(program, pods), ...this.#happened(isChange ? 1 : 0, 0) },
      ...(isPut ? { fingerprint: this.#table.written } : {}),
      ...(isChange ? { lastChange: this.#time() } : {}),
      lastError: undefined,
    });
    return isChange ? { kind: "changed", isTighter } : { kind: "unchanged" };
  }

  async #adopted(compiled: Program, names: NameOf): Promise<Adopted | undefined> {
    const found = await this.#table.inForce((generation) => rulesetOf({ ...compiled, generation }, names));
    if (found === undefined) return undefined;
    const { families, generation, ruleset } = found;
    return {
      kind: "adopted",
      program: { families, trafficChains: [], toOwnNode: ownNodeIn(ruleset), hosts: undefined },
      generation,
      ruleset,
    };
  }

  /** The compiled program as the successor of what is in force: numbers are kept where they can be. */
  async #follow(
    before: Put | Adopted | undefined,
    compiled: Program,
    names: NameOf,
  ): Promise<{ readonly program: Program; readonly isTighter: boolean }> {
    if (before === undefined) {
      return { program: { ...compiled, generation: await this.#after(this.#options.lastGeneration) }, isTighter: true };
    }
    const generation = before.kind === "put" ? before.program.generation : before.generation;
    const program = { ...keepClassNumbers(before.program, compiled), generation };
    const wanted = rulesetOf(program, names);
    // Rules that are not those of the program may have admitted anything.
    const isForeign = before.kind === "adopted" && hasOtherRules(before.ruleset, wanted);
    const hosts =
      before.kind === "adopted" && haveSameHosts(before.ruleset, wanted) ? program.hosts : before.program.hosts;
    const isTighter = isForeign || tightens({ ...before.program, hosts }, program);
    return { program: isTighter ? { ...program, generation: await this.#after(generation) } : program, isTighter };
  }

  /** What others have let through meanwhile is judged anew. */
  async #repair(): Promise<void> {
    const { enforcement } = this.#state;
    this.#state = { ...this.#state, enforcement: "none" };
    const put = this.#put;
    if (put !== undefined) {
      const program = { ...put.program, generation: await this.#after(put.program.generation) };
      this.#put = { ...put, program, ruleset: rulesetOf(program, put.names) };
      this.#options.onForce?.(program.generation, put.situation);
    }
    const wanted = this.#wanted;
    if (wanted !== undefined) await this.#table.restore(wanted);
    this.#tell({
      enforcement,
      generation: this.#put?.program.generation ?? 0,
      fingerprint: this.#table.written,
      lastRepair: this.#time(),
      counts: { ...this.#state.counts, ...this.#happened(0, 1) },
    });
  }

  /** What the table has to hold. */
  get #wanted(): Ruleset | undefined {
    return this.#put?.ruleset ?? this.#closed;
  }

  async #after(generation: number): Promise<number> {
    if (this.#taken === undefined || generation === LAST_GENERATION) {
      const taken = await this.#table.stamps();
      this.#taken = taken ?? new Set();
      this.#knowsStamps = taken !== undefined;
    }
    const next = nextGeneration(generation, this.#taken);
    if (next === undefined) throw new Error("connections carry the stamps of all generations: end some of them");
    return next;
  }

  #happened(changes: number, repairs: number): Pick<Counts, "changes" | "repairs"> {
    const { counts } = this.#state;
    return { changes: counts.changes + changes, repairs: counts.repairs + repairs };
  }

  #tell(news: News): void {
    const { fingerprint, lastError, ...rest } = { ...this.#state, ...news };
    this.#state = {
      ...rest,
      writer: this.#table.writer,
      ...(fingerprint === undefined ? {} : { fingerprint }),
      ...(lastError === undefined ? {} : { lastError }),
    };
  }

  #time(): string {
    return this.#options.now().toISOString();
  }
}

const STAMPS_UNKNOWN =
  "connections cannot be listed, so one that an earlier enforcer admitted may pass without being judged again";

const NOTHING: Counts = {
  pods: 0,
  governedPods: 0,
  classes: 0,
  pairs: 0,
  trafficChains: 0,
  changes: 0,
  repairs: 0,
};

function countsOf({ families, trafficChains }: Program, pods: readonly Pod[]): Omit<Counts, "changes" | "repairs"> {
  const governed = new Set(families.flatMap((family) => [...family.isolatedEgress, ...family.isolatedIngress]));
  const sum = (count: (family: Program["families"][number]) => number): number =>
    families.reduce((total, family) => total + count(family), 0);
  return {
    pods: pods.length,
    governedPods: pods.filter(({ addresses }) => addresses.some((address) => governed.has(address))).length,
    classes: sum(
      ({ addressClasses, blockClasses }) =>
        new Set([...addressClasses, ...blockClasses].map(({ peerClass }) => peerClass)).size,
    ),
    pairs: sum(({ egress, ingress }) => egress.length + ingress.length),
    trafficChains: trafficChains.length,
  };
}

function isAlike(a: Ruleset, b: Ruleset): boolean {
  return obstacleTo(a, b) === undefined && isNoDifference(difference(a, b));
}

/** Whether a table has rules of its own where the wanted one has others, or lacks a chain that the kernel calls. */
function hasOtherRules(present: Ruleset, wanted: Ruleset): boolean {
  if (obstacleTo(present, wanted) !== undefined) return true;
  const { rewrittenChains, addedChains } = difference(present, wanted);
  return rewrittenChains.length > 0 || addedChains.some(({ hook }) => hook !== undefined);
}

function ownNodeIn({ chains, sets }: Ruleset): Program["toOwnNode"] {
  if (!chains.some(({ name }) => name === "input")) return "allow";
  return sets.some(({ name }) => name === "local_pods4") ? "drop" : "judge";
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
