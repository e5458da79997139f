/** The table of an enforcer where netlink cannot be spoken: loaded whole, as text, by the program nft. */
import { createHash } from "node:crypto";
import { rulesetText } from "../dataplane/ruleset-text.ts";
import type { Ruleset } from "../dataplane/ruleset.ts";
import { deleteTable, listTable, loadRuleset, type TableName } from "../kernel/nft.ts";
import type { EnforcedTable } from "./enforced-table.ts";

/** Every change replaces the table, in one transaction, in which packets can be lost. Methods throw RulesetError and MissingProgramError. */
export function nftTable(table: string, namespace: string | undefined): EnforcedTable {
  return new NftTable({ family: "inet", name: table }, namespace);
}

class NftTable implements EnforcedTable {
  readonly writer = "nft";
  readonly #table: TableName;
  readonly #namespace: string | undefined;
  #put: string | undefined;

  constructor(table: TableName, namespace: string | undefined) {
    this.#table = table;
    this.#namespace = namespace;
  }

  /** Text is not read back into values. */
  inForce(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async exists(): Promise<boolean> {
    return (await this.fingerprint()) !== undefined;
  }

  stamps(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  async put(ruleset: Ruleset): Promise<void> {
    const name = `inet ${ruleset.table}`;
    await loadRuleset(this.#namespace, `table ${name}\ndelete table ${name}\n${rulesetText(ruleset)}`);
    this.#put = await this.fingerprint();
  }

  restore(ruleset: Ruleset): Promise<void> {
    return this.put(ruleset);
  }

  async isIntact(): Promise<boolean> {
    return this.#put !== undefined && this.#put === (await this.fingerprint());
  }

  /** Each look starts a program, so there are only the periodic ones. */
  mayHaveChanged(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Nothing tells of changes. */
  isSettled(): Promise<boolean> {
    return Promise.resolve(false);
  }

  get written(): string | undefined {
    return this.#put;
  }

  async fingerprint(): Promise<string | undefined> {
    const listed = await listTable(this.#namespace, this.#table);
    if (listed === undefined) return undefined;
    // Counters count, and elements of hash tables are listed in any order.
    const lines = listed.replaceAll(/packets \d+ bytes \d+/g, "").split(/[\n,]/);
    return createHash("sha256")
      .update(
        lines
          .map((line) => line.trim())
          .sort()
          .join("\n"),
      )
      .digest("hex");
  }

  async remove(): Promise<boolean> {
    const isThere = await this.exists();
    if (isThere) await deleteTable(this.#namespace, this.#table);
    this.#put = undefined;
    return isThere;
  }

  close(): void {
    this.#put = undefined;
  }
}
