/** A table as it stands in the kernel. */
import { keyOf } from "../../dataplane/difference.ts";
import type { Element, Hook } from "../../dataplane/ruleset.ts";
import { NetlinkError } from "../errors.ts";
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import { type Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { readChain } from "./chain.ts";
import { NFTA_SET_ELEM_LIST_SET, NFTA_SET_ELEM_LIST_TABLE } from "./element.ts";
import { type Expression, expressionText } from "./expression.ts";
import { store } from "./field.ts";
import type { MessageKind } from "./message.ts";
import { joinIntervals, type ReadElement, readElements } from "./read-elements.ts";
import { NFTA_RULE_TABLE, readRule, type ReadRule } from "./rule.ts";
import { readSet, type SetDefinition } from "./set.ts";
import type { NetlinkSocket } from "./socket.ts";
import { NFTA_TABLE_NAME, readHead, type TableHead } from "./table.ts";

export interface SetContent {
  readonly name: string;
  /** Undefined: a set of a kind that this code never makes; its elements are not read. */
  readonly definition: SetDefinition | undefined;
  readonly elements: readonly Element[];
}

export interface ChainContent {
  readonly name: string;
  readonly hook: Hook | "foreign" | undefined;
  readonly rules: readonly (readonly Expression[])[];
}

export interface TableContent extends TableHead {
  readonly sets: readonly SetContent[];
  readonly chains: readonly ChainContent[];
}

export interface Reading {
  /** Of all tables of the namespace, when the table was read. */
  readonly generation: number;
  /** Undefined: there is no such table. */
  readonly content: TableContent | undefined;
}

/** How often a table is read anew because it changed meanwhile. */
const ATTEMPTS = 20;

/**
 * Reads a whole table of family inet. The event loop runs meanwhile; nothing else may use the
 * socket. `isOurs`: nobody else can change the table, so that changes of other tables do not matter. Throws NetlinkError,
 * and an Error if the table never stands still.
 *
 * Less than half a second of system time for 100,000 elements, more than six for 400,000: the kernel tells a set in parts of
 * at most 32 KiB, whatever the reader offers, and counts its way from the beginning of the set to each part.
 */
export async function readTable(socket: NetlinkSocket, table: string, isOurs: boolean): Promise<Reading> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = socket.generation();
    try {
      const content = await new TableReader(socket, table, isOurs).read();
      const generation = socket.generation();
      if (isOurs || generation === before) return { generation, content };
    } catch (error) {
      if (!isSignOfChange(error)) throw error;
    }
  }
  throw new Error(`table inet ${table}${socket.where} was changed by others each of the ${ATTEMPTS} times it was read`);
}

/** What a table of family inet is by itself; undefined: there is none. Throws NetlinkError. */
export function findTable(socket: NetlinkSocket, table: string): TableHead | undefined {
  const [head] = socket.ask("getTable", (to) => attribute.putText(to, NFTA_TABLE_NAME, table));
  return head && readHead(head);
}

/**
 * The bits that the rules of a table write into the marks of connections: for a program, the stamp of its generation.
 * Throws NetlinkError. Reads no elements.
 */
export async function readWrittenMarks(socket: NetlinkSocket, table: string): Promise<readonly number[]> {
  const rules = await new TableReader(socket, table, true).rules();
  return rules.flatMap(({ expressions }) =>
    expressions.flatMap((expression, i) => (isMarkWritten(expressions[i + 1]) ? bitsSetBy(expression) : [])),
  );
}

function isMarkWritten(expression: Expression | undefined): boolean {
  return expression !== undefined && expressionText(expression) === expressionText(store("ct mark"));
}

function bitsSetBy({ attributes: { xor } }: Expression): readonly number[] {
  return xor instanceof Uint8Array && xor.length === 4 ? [viewOf(xor).getUint32(0, LITTLE_ENDIAN)] : [];
}

/** The parts of a table that were read do not fit together. */
class ChangedMeanwhileError extends Error {}

/** What was listed a moment ago may be gone when it is read. */
function isSignOfChange(error: unknown): boolean {
  if (error instanceof ChangedMeanwhileError) return true;
  return error instanceof NetlinkError && error.complaints.some(({ errno }) => errno === "ENOENT");
}

class TableReader {
  readonly #socket: NetlinkSocket;
  readonly #table: string;
  readonly #isOurs: boolean;

  constructor(socket: NetlinkSocket, table: string, isOurs: boolean) {
    this.#socket = socket;
    this.#table = table;
    this.#isOurs = isOurs;
  }

  async read(): Promise<TableContent | undefined> {
    const head = findTable(this.#socket, this.#table);
    return head && { ...head, sets: await this.#sets(), chains: await this.#chains() };
  }

  rules(): Promise<readonly ReadRule[]> {
    const ofTable = (to: Bytes): void => attribute.putText(to, NFTA_RULE_TABLE, this.#table);
    return this.#dump("getRule", ofTable, (from) => this.#own(readRule(from)));
  }

  async #chains(): Promise<readonly ChainContent[]> {
    const rulesOf = new Map<string, (readonly Expression[])[]>();
    for (const { chain, expressions } of await this.rules()) {
      const rules = rulesOf.get(chain) ?? [];
      rules.push(expressions);
      rulesOf.set(chain, rules);
    }
    const chains = await this.#dump("getChain", everything, (from) => this.#own(readChain(from)));
    return chains.map(({ name, hook }) => ({ name, hook, rules: rulesOf.get(name) ?? [] }));
  }

  async #sets(): Promise<readonly SetContent[]> {
    const contents: SetContent[] = [];
    for (const { name, definition } of await this.#dump("getSet", everything, (from) => this.#own(readSet(from)))) {
      contents.push({ name, definition, elements: definition === undefined ? [] : await this.#elements(definition) });
    }
    return contents;
  }

  async #elements(set: SetDefinition): Promise<readonly Element[]> {
    const question = (to: Bytes): void => {
      attribute.putText(to, NFTA_SET_ELEM_LIST_TABLE, this.#table);
      attribute.putText(to, NFTA_SET_ELEM_LIST_SET, set.name);
    };
    const parts = await this.#dump("getElements", question, (from) => readElements(set, from));
    if (set.interval) return joinIntervals(set.key[0] ?? "ipv4_addr", parts);
    const elements = parts.map(elementOf);
    // A hash table that grows between two parts of a dump is told anew from another place: some twice, others never.
    if (new Set(elements.map(({ key }) => keyOf(key))).size < elements.length) throw new ChangedMeanwhileError();
    return elements;
  }

  /** Kernels tell chains and sets of every table. */
  #own<T extends { readonly table: string }>(object: T): readonly T[] {
    return object.table === this.#table ? [object] : [];
  }

  async #dump<T>(
    kind: MessageKind,
    question: (to: Bytes) => void,
    read: (from: Attributes) => readonly T[],
  ): Promise<readonly T[]> {
    const found: T[] = [];
    const parts = this.#socket.dump(kind, question);
    for (;;) {
      const { done, value } = await parts.next();
      if (done !== true) {
        for (const item of read(value)) found.push(item);
      } else if (value && !this.#isOurs) {
        throw new ChangedMeanwhileError();
      } else {
        return found;
      }
    }
  }
}

function everything(): undefined {
  return undefined;
}

function elementOf({ element }: ReadElement): Element {
  return element;
}
