/** Writes one table of nf_tables over a socket of its own, each change in one batch. */
import { type Difference, difference, emptyRuleset, isNoDifference, obstacleTo } from "../../dataplane/difference.ts";
import type { Ruleset } from "../../dataplane/ruleset.ts";
import { NetlinkError, TableChangedError } from "../errors.ts";
import { Batch } from "./batch.ts";
import { readConnectionMarks } from "./connection-marks.ts";
import {
  type Fingerprint,
  fingerprintAfter,
  fingerprintOf,
  fingerprintOfRuleset,
  fingerprintText,
} from "./fingerprint.ts";
import { loadingSteps } from "./loading-steps.ts";
import { findTable, readTable, readWrittenMarks, type TableContent } from "./read-table.ts";
import { recognise } from "./recognise.ts";
import { type Complaint, NetlinkSocket, turnOfTheLoop } from "./socket.ts";
import { putDeleteTable, putTable } from "./table.ts";
import { putDifference } from "./write-difference.ts";

export interface WriterOptions {
  readonly table: string;
  /** The network namespace; undefined: that of this process. */
  readonly namespace?: string | undefined;
  /**
   * Owned (the default): no other process can change the table while this one lives, and it stays in force when this one
   * dies. Kernels before 6.9 cannot; then, and for a table that somebody else made, it is shared.
   */
  readonly ownership?: "owned" | "shared";
}

/** `loaded`: there was no table. `adopted`: what was there was changed step by step. `replaced`: it could not be. */
export type Installation = "loaded" | "adopted" | "replaced";

/** Elements of one batch while nothing is enforced yet. */
const LOADED_AT_ONCE = 100_000;
/** How often a batch is sent again because others changed tables meanwhile. */
const ATTEMPTS = 50;

/**
 * The writer of a table. Changes are made one after the other, in the order of the calls. A batch blocks the thread while
 * the kernel works on it; between the batches of a first load, and between the parts of what is read, the event loop runs.
 * Methods throw {@link NetlinkError}, which names the object that the kernel refused, and SystemCallError.
 */
export class TableWriter {
  readonly #socket: NetlinkSocket;
  readonly #table: string;
  #ownership: "owned" | "shared";
  #isOwner = false;
  #generation: number | undefined;
  #current: Ruleset | undefined;
  /** Of the current ruleset, once somebody has asked. */
  #written: Fingerprint | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(socket: NetlinkSocket, { table, ownership = "owned" }: WriterOptions) {
    this.#socket = socket;
    this.#table = table;
    this.#ownership = ownership;
  }

  /** Opens the socket, and changes nothing. Throws SystemCallError and SystemCallsUnavailableError. */
  static open(options: WriterOptions): TableWriter {
    return new TableWriter(NetlinkSocket.open(options.namespace), options);
  }

  /** `shared` from the moment that owning the table turns out impossible. */
  get ownership(): "owned" | "shared" {
    return this.#ownership;
  }

  /** What this writer has put in place. */
  get current(): Ruleset | undefined {
    return this.#current;
  }

  /**
   * The fingerprint of the current ruleset, which that of the table equals as long as nobody else changes it. O(size) at the first
   * question, O(size of the changes) from then on.
   */
  get written(): string | undefined {
    if (this.#current === undefined) return undefined;
    this.#written ??= fingerprintOfRuleset(this.#current);
    return fingerprintText(this.#written);
  }

  /**
   * Makes the table hold the ruleset, whatever it holds now. A table that is there is changed by its difference, in one
   * batch. Packets are judged by the whole of the old or of the new one, by nothing before the first load is complete.
   */
  install(ruleset: Ruleset): Promise<Installation> {
    return this.#inTurn(async () => {
      const installation = await this.#untilUndisturbed(() => this.#install(ruleset));
      this.#current = ruleset;
      this.#written = undefined;
      return installation;
    });
  }

  /**
   * Carries out a difference from the current ruleset, in one batch. Throws an Error if it was made from another, and
   * {@link TableChangedError} if somebody else has changed the table; then `install` repairs it.
   */
  apply(change: Difference): Promise<void> {
    return this.#inTurn(async () => {
      if (change.before !== this.#current)
        throw new Error("the difference was made from another ruleset than the current");
      if (!isNoDifference(change)) await this.#carryOut(change);
      this.#current = change.after;
      if (this.#written !== undefined) this.#written = fingerprintAfter(this.#written, change);
    });
  }

  /** What the table holds, in the terms of what is wanted there; undefined if there is none. */
  readBack(wanted: Ruleset): Promise<Ruleset | undefined> {
    return this.#inTurn(async () => {
      const content = await this.#read();
      return content && recognise(content, wanted);
    });
  }

  /** The bits that the rules of the table write into the marks of connections; none if there is no table. */
  writtenMarks(): Promise<readonly number[]> {
    return this.#inTurn(() => readWrittenMarks(this.#socket, this.#table));
  }

  /**
   * Whether tables of the namespace have changed since this writer last read or changed its own: what it put in place may be
   * gone. Some ten microseconds. It is answered in turn.
   */
  hasDisturbance(): Promise<boolean> {
    return this.#inTurn(() => Promise.resolve(this.#generation !== this.#socket.generation()));
  }

  /** A text that tells one content of the table from another, whoever reads it; undefined if there is no table. Reads all of it. */
  fingerprint(): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const content = await this.#read();
      return content && fingerprintText(fingerprintOf(content));
    });
  }

  /** Whether there is a table. Reads nothing of what it holds. */
  exists(): Promise<boolean> {
    return this.#inTurn(() => Promise.resolve(findTable(this.#socket, this.#table) !== undefined));
  }

  /** The marks that connections carry now, each once. Throws NetlinkError. */
  connectionMarks(): Promise<ReadonlySet<number>> {
    return this.#inTurn(() => readConnectionMarks(this.#socket));
  }

  /** Removes the table with all it holds; returns whether there was one. */
  remove(): Promise<boolean> {
    return this.#inTurn(() =>
      this.#untilUndisturbed(async () => {
        this.#generation = this.#socket.generation();
        if (findTable(this.#socket, this.#table) === undefined) return false;
        this.#commit((batch) => putDeleteTable(batch, this.#table));
        this.#current = undefined;
        this.#isOwner = false;
        return true;
      }),
    );
  }

  /** Leaves the table as it is; an owned one stays in force, and the next writer takes it over. */
  close(): void {
    this.#socket.close();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** Does the work again, from its beginning, while others change tables in between. */
  async #untilUndisturbed<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS || !isStale(error)) throw error;
      }
    }
  }

  async #read(): Promise<TableContent | undefined> {
    const { generation, content } = await readTable(this.#socket, this.#table, this.#isOwner);
    this.#generation = generation;
    return content;
  }

  async #install(ruleset: Ruleset): Promise<Installation> {
    const content = await this.#read();
    this.#current = undefined;
    if (content === undefined) {
      await this.#load(ruleset);
      return "loaded";
    }
    this.#checkOwner(content);
    const present = recognise(content, ruleset);
    const isAdoptable = obstacleTo(present, ruleset) === undefined;
    const change = difference(isAdoptable ? present : emptyRuleset(this.#table), ruleset);
    if (isAdoptable && this.#ownership === "owned" && content.ownership.kind === "orphaned") this.#takeOver();
    if (!isAdoptable || !isNoDifference(change)) {
      this.#commit((batch) => {
        if (!isAdoptable) {
          putDeleteTable(batch, this.#table);
          putTable(batch, this.#table, this.#ownership === "owned");
        }
        putDifference(batch, change);
      });
    }
    this.#isOwner = this.#ownership === "owned";
    return isAdoptable ? "adopted" : "replaced";
  }

  /** In a batch of its own: the kernel calls no new chain for a table that changes hands in the same one. */
  #takeOver(): void {
    this.#commit((batch) => putTable(batch, this.#table, true));
    this.#isOwner = true;
  }

  /** A table that is there keeps its owner, and can get one only if its last one has died. */
  #checkOwner({ ownership }: TableContent): void {
    if (ownership.kind === "shared") this.#ownership = "shared";
    if (ownership.kind !== "owned" || this.#isOwner) return;
    const text = `its owner has netlink port ${ownership.port}`;
    throw new NetlinkError([{ object: this.#name, errno: "EPERM", text }], this.#attempt);
  }

  async #load(ruleset: Ruleset): Promise<void> {
    const [first, ...steps] = loadingSteps(difference(emptyRuleset(this.#table), ruleset), LOADED_AT_ONCE);
    if (first !== undefined) this.#create(first);
    for (const step of steps.filter((step) => !isNoDifference(step))) {
      this.#commit((batch) => putDifference(batch, step));
      await turnOfTheLoop();
    }
  }

  /** Makes the table with its first objects; whether it can be owned is found out by trying. */
  #create(first: Difference): void {
    const create = (ownership: "owned" | "shared"): void => {
      this.#commit((batch) => {
        putTable(batch, this.#table, ownership === "owned");
        putDifference(batch, first);
      });
      this.#ownership = ownership;
      this.#isOwner = ownership === "owned";
    };
    if (this.#ownership === "shared") return create("shared");
    try {
      create("owned");
    } catch (error) {
      if (!(error instanceof NetlinkError) || !error.complaints.some(({ object }) => object === this.#name))
        throw error;
      create("shared");
    }
  }

  /**
   * Sends one batch, for tables as they were at the last reading or change. If others have changed tables since, an owned
   * table is as it was, and the batch is sent again; else it throws a NetlinkError with ERESTART.
   */
  #commit(fill: (batch: Batch) => void): void {
    for (let attempt = 1; ; attempt++) {
      const batch = new Batch(this.#socket.nextSequence, this.#generation);
      fill(batch);
      const complaints = this.#socket.sendBatch(batch);
      if (complaints.length === 0) break;
      const refusal = refusalOf(batch, complaints, this.#attempt);
      if (!this.#isOwner || attempt === ATTEMPTS || !isStale(refusal)) throw refusal;
      this.#generation = this.#socket.generation();
    }
    if (this.#generation !== undefined) this.#generation = (this.#generation + 1) >>> 0;
  }

  /** Where others may change the table, it is looked at again whenever any table has changed. */
  async #carryOut(change: Difference): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#commit((batch) => putDifference(batch, change));
      } catch (error) {
        if (attempt === ATTEMPTS || !isStale(error)) throw error;
        await this.#checkUntouched(change.before);
      }
    }
  }

  async #checkUntouched(current: Ruleset): Promise<void> {
    const content = await this.#read();
    const present = content && recognise(content, current);
    const isSame = present !== undefined && obstacleTo(present, current) === undefined;
    if (!isSame || !isNoDifference(difference(present, current))) throw new TableChangedError(this.#table);
  }

  get #name(): string {
    return `table ${this.#table}`;
  }

  get #attempt(): string {
    return `changing table inet ${this.#table}${this.#socket.where}`;
  }
}

function isStale(error: unknown): boolean {
  return error instanceof NetlinkError && error.complaints.some(({ errno }) => errno === "ERESTART");
}

function refusalOf(batch: Batch, complaints: readonly Complaint[], attempt: string): NetlinkError {
  return new NetlinkError(
    complaints.map(({ sequence, errno, detail: { offset, text } }) => ({
      object: batch.objectOf(sequence, offset),
      errno,
      ...(text === undefined ? {} : { text }),
    })),
    attempt,
  );
}
