/** The relation as rows for people: grouped by workload, split where its pods differ, address ranges merged. */
import { workloadText } from "../cluster/endpoint.ts";
import type { AddressSet, Family } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { equalTraffic, isNoTraffic, NO_TRAFFIC, trafficKey, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import type { Situation } from "../situation/situation.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { judge, missingAt } from "../verdict/verdict.ts";
import { type Connection, relation } from "./relation.ts";
import { type NamedSide, outsideSide, type Side, SideNames, sideText } from "./sides.ts";

export interface MapRow {
  readonly from: Side;
  readonly to: Side;
  /** The family it holds for; undefined: for every family both ends have. */
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
}

/** An undecided row with the facts that are missing. */
export interface UndecidedRow extends MapRow {
  readonly missing: readonly Fact[];
}

export interface ReachMap {
  readonly connections: readonly MapRow[];
  readonly undecided: readonly UndecidedRow[];
  /** Every workload, also those nobody reaches. */
  readonly workloads: readonly string[];
}

/** Rows sorted by source, destination and family. */
export function reachMap(situation: Situation): ReachMap {
  const names = new SideNames(situation);
  const allowed = new Rows();
  const undecided = new Rows();
  for (const connection of relation(situation)) {
    allowed.add(names, connection, connection.allowed, []);
    if (isNoTraffic(connection.undecided)) continue;
    undecided.add(names, connection, connection.undecided, missingFacts(situation, connection));
  }
  return {
    connections: allowed.sorted().map(({ from, to, family, traffic }) => ({ from, to, family, traffic })),
    undecided: undecided.sorted(),
    workloads: [...new Set(situation.inventory.pods.map((pod) => workloadText(pod.workload)))].sort(),
  };
}

function missingFacts(situation: Situation, { path, undecided }: Connection): readonly Fact[] {
  const witness = witnessOf(undecided);
  return witness === undefined ? [] : judge(situation, path, witness).stages.flatMap(missingAt);
}

/** Traffic between two named sides, family by family. */
interface Pair {
  readonly from: NamedSide;
  readonly to: NamedSide;
  readonly traffic: Map<Family, TrafficSet>;
  /** How many families both sides have. */
  readonly commonFamilies: number;
  readonly missing: Fact[];
}

/** Addresses outside that have the same traffic with a named side. */
interface Block {
  readonly from: NamedSide | undefined;
  readonly to: NamedSide | undefined;
  ranges: AddressSet;
  readonly traffic: TrafficSet;
  readonly missing: Fact[];
}

/** Collects connections and merges those that read as one row. */
class Rows {
  readonly #pairs = new Map<string, Pair>();
  readonly #blocks = new Map<string, Block>();

  add(names: SideNames, connection: Connection, traffic: TrafficSet, missing: readonly Fact[]): void {
    if (isNoTraffic(traffic)) return;
    const { from, to, family } = connection;
    if (from.kind === "outside") {
      for (const side of names.of(to)) this.#addBlock(undefined, side, from.atom.where, traffic, missing);
    } else if (to.kind === "outside") {
      for (const side of names.of(from)) this.#addBlock(side, undefined, to.atom.where, traffic, missing);
    } else {
      const families = names.familiesOf(to);
      const commonFamilies = [...names.familiesOf(from)].filter((common) => families.has(common)).length;
      for (const source of names.of(from)) {
        for (const destination of names.of(to)) {
          this.#addPair(source, destination, commonFamilies, family, traffic, missing);
        }
      }
    }
  }

  #addPair(
    from: NamedSide,
    to: NamedSide,
    commonFamilies: number,
    family: Family,
    traffic: TrafficSet,
    missing: readonly Fact[],
  ): void {
    // A lone pod only reaches itself, which goes without saying.
    if (from.name === to.name && !(from.kind === "workload" && from.replicated)) return;
    const key = `${from.name} ${to.name}`;
    const pair: Pair = this.#pairs.get(key) ?? { from, to, traffic: new Map(), commonFamilies, missing: [] };
    this.#pairs.set(key, pair);
    pair.traffic.set(family, unionTraffic(pair.traffic.get(family) ?? NO_TRAFFIC, traffic));
    pair.missing.push(...missing);
  }

  #addBlock(
    from: NamedSide | undefined,
    to: NamedSide | undefined,
    ranges: AddressSet,
    traffic: TrafficSet,
    missing: readonly Fact[],
  ): void {
    const key = `${from?.name ?? ""} ${to?.name ?? ""} ${trafficKey(traffic)}`;
    const block: Block = this.#blocks.get(key) ?? { from, to, ranges: [], traffic, missing: [] };
    this.#blocks.set(key, block);
    block.ranges = unionOf([...block.ranges, ...ranges]);
    block.missing.push(...missing);
  }

  sorted(): readonly UndecidedRow[] {
    return [...[...this.#pairs.values()].flatMap(pairRows), ...[...this.#blocks.values()].map(blockRow)].sort((a, b) =>
      sortKey(a) < sortKey(b) ? -1 : 1,
    );
  }
}

function pairRows({ from, to, traffic, commonFamilies, missing }: Pair): readonly UndecidedRow[] {
  const facts = distinctFacts(missing);
  const [first, second] = [...traffic.values()];
  if (first === undefined) return [];
  // Families that agree need not be told apart; where only one of two has traffic, they do not agree.
  const agree = traffic.size === commonFamilies && (second === undefined || equalTraffic(first, second));
  if (agree) return [{ from, to, family: undefined, traffic: first, missing: facts }];
  return [...traffic].map(([family, set]) => ({ from, to, family, traffic: set, missing: facts }));
}

function blockRow({ from, to, ranges, traffic, missing }: Block): UndecidedRow {
  const outside = outsideSide(ranges);
  return { from: from ?? outside, to: to ?? outside, family: undefined, traffic, missing: distinctFacts(missing) };
}

function sortKey({ from, to, family, traffic }: MapRow): string {
  const key = (side: Side): string => `${side.kind === "outside" ? 1 : 0}${sideText(side)}`;
  return [key(from), key(to), family ?? "", trafficKey(traffic)].join("\n");
}
