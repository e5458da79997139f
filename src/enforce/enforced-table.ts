/** The table of an enforcer, whoever writes it. */
import { difference, type Difference, isNoDifference, obstacleTo } from "../dataplane/difference.ts";
import { familiesIn, generationIn } from "../dataplane/in-force.ts";
import { generationStamped } from "../dataplane/program-chains.ts";
import type { Program } from "../dataplane/program.ts";
import type { Ruleset } from "../dataplane/ruleset.ts";
import { NetlinkError, TableChangedError } from "../kernel/errors.ts";
import { TableWriter } from "../kernel/netlink/writer.ts";
import type { WriterKind } from "./state.ts";

/** What stands in the kernel when an enforcer begins. */
export interface InForce {
  readonly families: Program["families"];
  readonly generation: number;
  readonly ruleset: Ruleset;
}

/** Methods throw what the kernel refuses. */
export interface EnforcedTable {
  readonly writer: WriterKind;
  /**
   * In the terms of the ruleset that is wanted, which depends on the generation in force; undefined: no program is in force, or
   * the table cannot be read.
   */
  inForce(wanted: (generation: number) => Ruleset): Promise<InForce | undefined>;
  exists(): Promise<boolean>;
  /** The stamps that connections carry; undefined: they cannot be read. */
  stamps(): Promise<ReadonlySet<number> | undefined>;
  /** Makes the table hold the ruleset, from what was put before where that still stands. */
  put(ruleset: Ruleset): Promise<void>;
  /** As `put`, whatever the table holds by now. */
  restore(ruleset: Ruleset): Promise<void>;
  /** Whether the table is as it was put. */
  isIntact(): Promise<boolean>;
  /** Whether it may have been changed by others since it was last looked at: quick, and true in vain at times. */
  mayHaveChanged(): Promise<boolean>;
  /**
   * Whether it was found intact and cannot have changed since, as far as the kernel tells who changes tables and keeps others
   * from changing owned ones. Quick.
   */
  isSettled(): Promise<boolean>;
  /** What `fingerprint` told of it as it was put. */
  readonly written: string | undefined;
  /** Reads all of it; undefined: there is no table. */
  fingerprint(): Promise<string | undefined>;
  remove(): Promise<boolean>;
  close(): void;
}

/** Over a netlink socket of its own. Throws SystemCallError and SystemCallsUnavailableError. */
export function netlinkTable(table: string, namespace: string | undefined): EnforcedTable {
  return new NetlinkTable(TableWriter.open({ table, namespace }));
}

class NetlinkTable implements EnforcedTable {
  readonly #writer: TableWriter;
  #wasIntact = false;

  constructor(writer: TableWriter) {
    this.#writer = writer;
  }

  get writer(): WriterKind {
    return this.#writer.ownership === "owned" ? "netlink, owned" : "netlink, shared";
  }

  async inForce(wanted: (generation: number) => Ruleset): Promise<InForce | undefined> {
    const generation = generationIn(await this.#writer.writtenMarks());
    if (generation === undefined) return undefined;
    const ruleset = await this.#writer.readBack(wanted(generation));
    return ruleset && { families: familiesIn(ruleset), generation, ruleset };
  }

  exists(): Promise<boolean> {
    return this.#writer.exists();
  }

  async stamps(): Promise<ReadonlySet<number> | undefined> {
    try {
      return new Set([...(await this.#writer.connectionMarks())].map(generationStamped));
    } catch (error) {
      // A kernel may have no way to list connections.
      if (error instanceof NetlinkError) return undefined;
      throw error;
    }
  }

  async put(ruleset: Ruleset): Promise<void> {
    this.#wasIntact = false;
    const change = this.#changeTo(ruleset);
    if (change === undefined) {
      await this.#writer.install(ruleset);
      return;
    }
    try {
      await this.#writer.apply(change);
    } catch (error) {
      if (!(error instanceof TableChangedError)) throw error;
      await this.#writer.install(ruleset);
    }
  }

  async restore(ruleset: Ruleset): Promise<void> {
    this.#wasIntact = false;
    await this.#writer.install(ruleset);
  }

  #changeTo(ruleset: Ruleset): Difference | undefined {
    const { current } = this.#writer;
    return current === undefined || obstacleTo(current, ruleset) !== undefined
      ? undefined
      : difference(current, ruleset);
  }

  async isIntact(): Promise<boolean> {
    const { current } = this.#writer;
    if (current === undefined) return false;
    const present = await this.#writer.readBack(current);
    this.#wasIntact =
      present !== undefined &&
      obstacleTo(present, current) === undefined &&
      isNoDifference(difference(present, current));
    return this.#wasIntact;
  }

  mayHaveChanged(): Promise<boolean> {
    return this.#writer.ownership === "owned" ? Promise.resolve(false) : this.#writer.hasDisturbance();
  }

  async isSettled(): Promise<boolean> {
    return this.#wasIntact && !(await this.mayHaveChanged());
  }

  get written(): string | undefined {
    return this.#writer.written;
  }

  fingerprint(): Promise<string | undefined> {
    return this.#writer.fingerprint();
  }

  remove(): Promise<boolean> {
    return this.#writer.remove();
  }

  close(): void {
    this.#writer.close();
  }
}
