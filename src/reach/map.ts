/** The relation as rows for people: grouped by workload, split where its pods differ, address ranges merged. */
import { type Pod, podText, workloadText } from "../cluster/endpoint.ts";
import { type AddressSet, addressSetText, type Family } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { equalTraffic, isNoTraffic, NO_TRAFFIC, trafficKey, type TrafficSet, unionTraffic } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { endsOfPod, familyOfEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { judge } from "../verdict/verdict.ts";
import { type Connection, isReplicated, type Party, relation } from "./relation.ts";

/** One end of a row: a workload, one pod of it where its pods differ, or address ranges. Ranges mean addresses no pod bears. */
export type Side =
  | {
      readonly kind: "workload";
      readonly namespace: string;
      readonly name: string;
      readonly pods: number;
      readonly replicated: boolean;
    }
  | { readonly kind: "outside"; readonly ranges: readonly string[] };

export interface MapRow {
  readonly from: Side;
  readonly to: Side;
  /** The family it holds for; undefined: for every family both ends have. */
  readonly family: Family | undefined;
  readonly traffic: TrafficSet;
}

/** An undecided row with the facts that are missing. */
export interface UndecidedRow extends MapRow {
  readonly missing: readonly string[];
}

export interface ReachMap {
  readonly connections: readonly MapRow[];
  readonly undecided: readonly UndecidedRow[];
  /** Every workload, also those nobody reaches. */
  readonly workloads: readonly string[];
}

/** Rows sorted by source, destination and family. */
export function reachMap(situation: Situation): ReachMap {
  const names = groupNames(situation.inventory.pods);
  const all = relation(situation);
  const missing = (connection: Connection): readonly string[] => missingFacts(situation, connection);
  const families = (pods: readonly Pod[]): ReadonlySet<Family> => familiesOf(situation, pods);
  return {
    connections: rowsOf(
      all,
      names,
      families,
      (connection) => connection.allowed,
      () => [],
    ).map(({ from, to, family, traffic }) => ({ from, to, family, traffic })),
    undecided: rowsOf(all, names, families, (connection) => connection.undecided, missing),
    workloads: [...new Set(situation.inventory.pods.map((pod) => workloadText(pod.workload)))].sort(),
  };
}

/** The families of a class, which its pods have in common. */
function familiesOf({ inventory, podRange }: Situation, [pod]: readonly Pod[]): ReadonlySet<Family> {
  return new Set(pod === undefined ? [] : endsOfPod(inventory, pod, podRange).map(familyOfEnd));
}

/** How pods are called in rows: by workload where all its pods are in one class, else each by itself. */
type GroupNames = ReadonlyMap<Pod, Side & { readonly kind: "workload" }>;

function groupNames(pods: readonly Pod[]): (classPods: readonly Pod[]) => GroupNames {
  const byWorkload = new Map<string, Pod[]>();
  for (const pod of pods) {
    const siblings = byWorkload.get(workloadText(pod.workload));
    if (siblings === undefined) byWorkload.set(workloadText(pod.workload), [pod]);
    else siblings.push(pod);
  }
  return (classPods) => {
    const inClass = new Set(classPods);
    const isWhole = new Map<readonly Pod[], boolean>();
    return new Map(
      classPods.map((pod) => {
        const siblings = byWorkload.get(workloadText(pod.workload)) ?? [pod];
        const whole = isWhole.get(siblings) ?? siblings.every((sibling) => inClass.has(sibling));
        isWhole.set(siblings, whole);
        const side = {
          kind: "workload",
          namespace: pod.namespace.name,
          name: whole ? workloadText(pod.workload) : podText(pod),
          pods: whole ? siblings.length : 1,
          replicated: (whole && siblings.length > 1) || isReplicated(pod),
        } as const;
        return [pod, side];
      }),
    );
  };
}

interface Draft {
  readonly from: (Side & { readonly kind: "workload" }) | undefined;
  readonly to: (Side & { readonly kind: "workload" }) | undefined;
  readonly outside: Map<Family, { ranges: AddressSet; traffic: TrafficSet }[]>;
  readonly traffic: Map<Family, TrafficSet>;
  /** How many families both ends have. */
  readonly commonFamilies: number;
  readonly missing: Set<string>;
}

function rowsOf(
  connections: readonly Connection[],
  namesOf: (pods: readonly Pod[]) => GroupNames,
  families: (pods: readonly Pod[]) => ReadonlySet<Family>,
  trafficOf: (connection: Connection) => TrafficSet,
  missingOf: (connection: Connection) => readonly string[],
): readonly UndecidedRow[] {
  const drafts = new Map<string, Draft>();
  const cache = new Map<readonly Pod[], readonly (Side & { readonly kind: "workload" })[]>();
  const sidesOf = (party: Party): readonly ((Side & { readonly kind: "workload" }) | undefined)[] => {
    if (party.kind === "outside") return [undefined];
    const known = cache.get(party.pods);
    if (known !== undefined) return known;
    const sides = [...new Map([...namesOf(party.pods).values()].map((side) => [side.name, side])).values()];
    cache.set(party.pods, sides);
    return sides;
  };
  for (const connection of connections) {
    const traffic = trafficOf(connection);
    if (isNoTraffic(traffic)) continue;
    const facts = missingOf(connection);
    for (const from of sidesOf(connection.from)) {
      for (const to of sidesOf(connection.to)) {
        // A lone pod only reaches itself, which goes without saying.
        if (from !== undefined && from.name === to?.name && !from.replicated) continue;
        const key = `${from?.name ?? ""} ${to?.name ?? ""}`;
        const draft = drafts.get(key) ?? {
          from,
          to,
          outside: new Map(),
          traffic: new Map(),
          commonFamilies: commonFamilies(connection, families),
          missing: new Set(),
        };
        drafts.set(key, draft);
        for (const fact of facts) draft.missing.add(fact);
        addTo(draft, connection, traffic);
      }
    }
  }
  return [...drafts.values()].flatMap(finish).sort((a, b) => compare(sortKey(a), sortKey(b)));
}

function commonFamilies({ from, to }: Connection, families: (pods: readonly Pod[]) => ReadonlySet<Family>): number {
  if (from.kind === "outside" || to.kind === "outside") return 1;
  const others = families(to.pods);
  return [...families(from.pods)].filter((family) => others.has(family)).length;
}

function addTo(draft: Draft, { from, to, family }: Connection, traffic: TrafficSet): void {
  const outside = from.kind === "outside" ? from.atom : to.kind === "outside" ? to.atom : undefined;
  if (outside === undefined) {
    draft.traffic.set(family, unionTraffic(draft.traffic.get(family) ?? NO_TRAFFIC, traffic));
    return;
  }
  const known = draft.outside.get(family) ?? [];
  draft.outside.set(family, known);
  const same = known.find((entry) => equalTraffic(entry.traffic, traffic));
  if (same === undefined) known.push({ ranges: outside.where, traffic });
  else same.ranges = unionOf([...same.ranges, ...outside.where]);
}

function finish(draft: Draft): readonly UndecidedRow[] {
  const missing = [...draft.missing].sort();
  if (draft.from !== undefined && draft.to !== undefined) {
    const { from, to } = draft;
    const [first, second] = [...draft.traffic.values()];
    if (first === undefined) return [];
    // Families that agree need not be told apart; where only one of two has traffic, they do not agree.
    const agree = draft.traffic.size === draft.commonFamilies && (second === undefined || equalTraffic(first, second));
    if (agree) return [{ from, to, family: undefined, traffic: first, missing }];
    return [...draft.traffic].map(([family, traffic]) => ({ from, to, family, traffic, missing }));
  }
  const merged = new Map<string, { ranges: AddressSet; traffic: TrafficSet }>();
  for (const { ranges, traffic } of [...draft.outside.values()].flat()) {
    const key = trafficKey(traffic);
    const known = merged.get(key);
    merged.set(key, { ranges: unionOf([...(known?.ranges ?? []), ...ranges]), traffic });
  }
  return [...merged.values()].map(({ ranges, traffic }) => {
    const side: Side = { kind: "outside", ranges: addressSetText(ranges) };
    return { from: draft.from ?? side, to: draft.to ?? side, family: undefined, traffic, missing };
  });
}

/** A party's name as text: the workload or pod, or its ranges separated by commas. */
export function sideText(side: Side): string {
  return side.kind === "workload" ? side.name : side.ranges.join(", ");
}

function sortKey(row: MapRow): string {
  return `${sideKey(row.from)}
${sideKey(row.to)}
${row.family ?? ""}
${trafficKey(row.traffic)}`;
}

function sideKey(side: Side): string {
  return side.kind === "workload" ? `0${side.name}` : `1${side.ranges.join()}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function missingFacts(situation: Situation, { path, undecided }: Connection): readonly string[] {
  const witness = witnessOf(undecided);
  if (witness === undefined) return [];
  return judge(situation, path, witness).stages.flatMap(({ report }) => report?.missing ?? []);
}
