/**
 * A table of the family inet as a value: named sets and maps, chains and rules. The program of a node is turned into one
 * (`rulesetOf`), and whoever writes, compares or reads back a table does so in these terms.
 */
import type { Address } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import type { Statement, Verdict } from "./statement.ts";

/** nft's names of the data types. */
export type KeyType = "ipv4_addr" | "ipv6_addr" | "classid" | "mark" | "ifname" | "inet_proto" | "inet_service";
export type ValueType = "classid" | "mark" | "verdict";

/** One part of a key: an address, a name (of an interface), a number, or, in sets of intervals, a range of addresses. */
export type KeyPart = Address | string | number | Interval<Address>;

/** A single part, or several side by side; `*` is the element that stands for every key that has none. */
export type Key = readonly KeyPart[] | "*";

export interface Element {
  readonly key: Key;
  /** A number or a verdict in maps; sets have none. */
  readonly value?: number | Verdict;
  readonly comment?: string;
}

/** A named set, or a map if it has a type of values. Keys are unique, and intervals do not overlap. */
export interface NamedSet {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** The types of the parts of a key. */
  readonly key: readonly KeyType[];
  readonly value?: ValueType;
  /** Keys are ranges, of one part each. */
  readonly interval: boolean;
  readonly elements: readonly Element[];
}

export interface Rule {
  readonly statements: readonly Statement[];
  readonly comment?: string;
}

/** Where the kernel calls a chain, and what becomes of packets that no rule decides. */
export interface Hook {
  readonly point: "prerouting" | "input" | "forward" | "output" | "postrouting";
  readonly priority: number;
  readonly policy: "accept" | "drop";
}

export interface Chain {
  readonly name: string;
  /** One line for people. */
  readonly about: string;
  /** A base chain has one; other chains are reached by verdicts only. */
  readonly hook?: Hook;
  readonly rules: readonly Rule[];
}

export interface Ruleset {
  readonly table: string;
  readonly sets: readonly NamedSet[];
  readonly chains: readonly Chain[];
}

export function rule(...statements: readonly Statement[]): Rule {
  return { statements };
}
