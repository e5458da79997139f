/** Cases of an answer, merged: one group for each verdict and reason, ends and traffic joined where nothing is lost. */
import { type Pod, podText, sameWorkload, workloadText } from "../cluster/endpoint.ts";
import { type AddressSet, addressSetText, type Family } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import {
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  trafficKey,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { type End, endText, familyOfEnd } from "../path/end.ts";
import { policyText } from "../policy/model.ts";
import type { NetworkFilter, Placement } from "../path/network-stage.ts";
import type { Case } from "../reach/cases.ts";
import type { Crowd, FoldedAnswer } from "../reach/folded-question.ts";
import type { Situation } from "../situation/situation.ts";
import type { NetworkReport } from "../verdict/network-filter.ts";
import { missingAt } from "../verdict/verdict.ts";
import { shortList } from "./output/words.ts";

/** Every one of `from` to every other one of `to` has this verdict for exactly this traffic. */
export interface CaseGroup {
  readonly kind: Case["kind"];
  /** Why, in a few words; empty for what is allowed. */
  readonly reason: string;
  readonly from: readonly string[];
  /** Empty where there is no destination, as behind a Service without endpoints. */
  readonly to: readonly string[];
  /** The family it holds for; undefined: for every family both ends have. */
  readonly family: Family | undefined;
  /** On which nodes, where that decides; one text for each way in which pods may be placed. */
  readonly placements: readonly string[];
  readonly traffic: TrafficSet;
}

/** O(cases squared) in the worst case, for the few cases a question has. */
export function groupCases(situation: Situation, { cases, crowds }: FoldedAnswer): readonly CaseGroup[] {
  const perFamily = differsByFamily(cases);
  const podCounts = countPods(situation);
  const members = new Members(crowds);
  const byReason = new Map<string, Case[]>();
  for (const item of cases) {
    // What holds wherever pods are put needs no word about it.
    const isPlaced = placementText(item.placement) !== undefined;
    const key = `${item.kind}\n${reasonOf(item)}\n${perFamily ? familyOfEnd(item.from) : ""}\n${isPlaced}`;
    byReason.set(key, [...(byReason.get(key) ?? []), item]);
  }
  return [...byReason.values()]
    .flatMap((group) => rectangles(podCounts, members, group, perFamily, everywhere(cases, group)))
    .sort((a, b) => compare(sortKey(a), sortKey(b)));
}

const ORDER: readonly Case["kind"][] = ["allowed", "one-way", "denied", "no-route", "undecided"];

function sortKey({ kind, from, to, family, placements, traffic, reason }: CaseGroup): string {
  const key = [ORDER.indexOf(kind), from.join(), to.join(), family ?? "", placements.join(), reason];
  return [...key, trafficKey(traffic)].join("\n");
}

/** Whether the cases of a group are all placements there are of their ends. */
function everywhere(cases: readonly Case[], group: readonly Case[]): boolean {
  const placed = (some: readonly Case[]): ReadonlySet<string> =>
    new Set(some.flatMap(({ placement }) => placementText(placement) ?? []));
  const [all, own] = [placed(cases), placed(group)];
  return own.size === all.size;
}

/** `on node/worker-1, node/worker-2`; undefined where nothing depends on it. */
export function placementText(placement: Placement | undefined): string | undefined {
  if (placement === undefined) return undefined;
  const { from, to, together } = placement;
  const names = (nodes: readonly string[]): string => shortList(nodes.map((name) => `node/${name}`));
  if (together) return from === undefined && to === undefined ? "on one node" : `both on ${names(from ?? to ?? [])}`;
  if (from === undefined) return to && `on ${names(to)}`;
  return to === undefined ? `on ${names(from)}` : `on ${names(from)} and ${names(to)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Why a case has its verdict, in the words of a summary. */
export function reasonOf(item: Case): string {
  if (item.verdict === undefined) return item.fact === undefined ? item.reason : `not known: ${item.fact.text}`;
  const { deciding } = item.verdict;
  if (deciding === undefined) return "";
  const missing = missingAt(deciding);
  if (missing.length > 0)
    return `not known: ${missing
      .map(({ text }) => text)
      .sort()
      .join("; ")}`;
  if (deciding.stage.kind === "blocked" || deciding.stage.kind === "unrouted") return deciding.stage.reason;
  if (deciding.network !== undefined) return networkReason(deciding.stage, deciding.network);
  const decision = deciding.report?.decision;
  if (decision === undefined) return "";
  switch (decision.kind) {
    case "open":
    case "failsafe":
    case "carrier":
    case "earlier phase":
      return "";
    case "no reply":
      return decision.refusesReply
        ? `${deciding.stage.name}: ${policyText(decision.policy)} refuses the replies`
        : `${deciding.stage.name}: no untracked policy allows the replies`;
    case "profile":
      return `${deciding.stage.name}: ${decision.profile === undefined ? decision.why : `refused by profile ${decision.profile}`}`;
    case "rule":
      return `${deciding.stage.name}: refused by ${policyText(decision.policy)}`;
    case "isolation":
      return `${deciding.stage.name}: isolated by ${decision.policies.map(policyText).join(", ")}`;
  }
}

function networkReason({ name, filter }: NetworkFilter, { decision }: NetworkReport): string {
  if (decision?.kind === "rule") return `${name}: refused by ${decision.rule.name} of ${filter}`;
  return `${name}: no rule of ${filter} admits it`;
}

/** Whether some pair of ends has different verdicts or reasons for the same traffic in its two families. */
function differsByFamily(cases: readonly Case[]): boolean {
  const seen = new Map<string, Case[]>();
  for (const item of cases) {
    if (item.from.kind === "outside" || item.to?.kind === "outside") continue;
    const key = `${endText(item.from)} ${item.to === undefined ? "" : endText(item.to)}`;
    const known = seen.get(key) ?? [];
    const differs = known.some(
      (other) =>
        (other.kind !== item.kind || reasonOf(other) !== reasonOf(item)) &&
        familyOfEnd(other.from) !== familyOfEnd(item.from) &&
        !isNoTraffic(intersectTraffic(other.traffic, item.traffic)),
    );
    if (differs) return true;
    seen.set(key, [...known, item]);
  }
  return false;
}

/** An end of a case, with the pods that it stands for. */
interface Member {
  /** The same for members that mean the same. */
  readonly key: string;
  readonly end: End;
  /** Empty for what is no pod. */
  readonly pods: readonly Pod[];
}

/** Looks up for whom the ends of cases stand. */
class Members {
  readonly #crowds: FoldedAnswer["crowds"];
  readonly #keys = new Map<Crowd, string>();
  readonly #numbers = new Map<string, number>();

  constructor(crowds: FoldedAnswer["crowds"]) {
    this.#crowds = crowds;
  }

  from(item: Case): Member {
    return this.#member(item.from, this.#crowds?.get(item)?.from);
  }

  to(item: Case): Member | undefined {
    return item.to === undefined ? undefined : this.#member(item.to, this.#crowds?.get(item)?.to);
  }

  #member(end: End, crowd: Crowd | undefined): Member {
    if (end.kind !== "pod" || crowd === undefined || crowd.pods.length === 1) {
      return { key: endText(end), end, pods: end.kind === "pod" ? [end.pod] : [] };
    }
    const key = this.#keys.get(crowd) ?? this.#keyOf(crowd);
    this.#keys.set(crowd, key);
    return { key, end, pods: crowd.pods };
  }

  /** Crowds of the same pods are the same. */
  #keyOf({ pods }: Crowd): string {
    const text = pods.map(podText).sort().join();
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return `crowd ${number}`;
  }
}

interface Pair {
  readonly from: Member;
  readonly to: Member | undefined;
  traffic: TrafficSet;
}

function rectangles(
  podCounts: PodCounts,
  members: Members,
  group: readonly Case[],
  perFamily: boolean,
  isEverywhere: boolean,
): readonly CaseGroup[] {
  const [first] = group;
  if (first === undefined) return [];
  const placements = [...new Set(group.flatMap(({ placement }) => placementText(placement) ?? []))].sort();
  const pairs = new Map<string, Pair>();
  for (const item of group) {
    const [from, to] = [members.from(item), members.to(item)];
    const key = `${from.key}\n${to?.key ?? ""}`;
    const known = pairs.get(key);
    if (known === undefined) pairs.set(key, { from, to, traffic: item.traffic });
    else known.traffic = unionTraffic(known.traffic, item.traffic);
  }
  // Sources with the same destinations for the same traffic are told in one line.
  const rows = new Map<string, { from: Member; to: (Member | undefined)[]; traffic: TrafficSet }>();
  for (const { from, to, traffic } of pairs.values()) {
    const key = `${from.key}\n${trafficKey(traffic)}`;
    const row = rows.get(key) ?? { from, to: [], traffic };
    row.to.push(to);
    rows.set(key, row);
  }
  const merged = new Map<string, { from: Member[]; to: readonly (Member | undefined)[]; traffic: TrafficSet }>();
  for (const { from, to: others, traffic } of rows.values()) {
    const to = withItself(from, others);
    const key = `${to
      .map((member) => member?.key ?? "")
      .sort()
      .join("\n")}\n${trafficKey(traffic)}`;
    const row = merged.get(key) ?? { from: [], to, traffic };
    row.from.push(from);
    merged.set(key, row);
  }
  return [...merged.values()].map(({ from, to, traffic }) => ({
    kind: first.kind,
    reason: reasonOf(first),
    from: endTexts(podCounts, from),
    to: endTexts(
      podCounts,
      to.filter((member) => member !== undefined),
    ),
    family: perFamily ? familyOfEnd(first.from) : undefined,
    placements: isEverywhere ? [] : placements,
    traffic,
  }));
}

/** A pod among its siblings counts as one of them, though nobody asks about a pod and itself: else each had its own line. */
function withItself(from: Member, others: readonly (Member | undefined)[]): readonly (Member | undefined)[] {
  const [pod, second] = from.pods;
  if (pod === undefined || second !== undefined) return others;
  const pods = others.flatMap((member) => member?.pods ?? []);
  const hasSiblings = pods.some(({ workload }) => sameWorkload(workload, pod.workload));
  return !hasSiblings || pods.includes(pod) ? others : [...others, from];
}

/** How many pods each workload has, by its name. */
type PodCounts = ReadonlyMap<string, number>;

function countPods({ inventory }: Situation): PodCounts {
  const counts = new Map<string, number>();
  for (const { workload } of inventory.pods) {
    counts.set(workloadText(workload), (counts.get(workloadText(workload)) ?? 0) + 1);
  }
  return counts;
}

/** Ends as texts of the grammar: a workload where all its pods are there, address ranges joined. */
function endTexts(podCounts: PodCounts, members: readonly Member[]): readonly string[] {
  const byWorkload = new Map<string, Set<Pod>>();
  for (const pod of members.flatMap(({ pods }) => pods)) {
    const name = workloadText(pod.workload);
    byWorkload.set(name, (byWorkload.get(name) ?? new Set()).add(pod));
  }
  const ends = members.map(({ end }) => end);
  const pods = [...byWorkload].flatMap(([name, own]) =>
    own.size === podCounts.get(name) ? [name] : [...own].map(podText),
  );
  const nodes = ends.flatMap((end) => (end.kind === "node" ? [endText(end)] : []));
  const outside: AddressSet = unionOf(ends.flatMap((end) => (end.kind === "outside" ? end.where : [])));
  return [...[...new Set([...pods, ...nodes])].sort(), ...addressSetText(outside)];
}

/** All traffic that an answer speaks about. */
export function trafficOfCases(cases: readonly Case[]): TrafficSet {
  return cases.map(({ traffic }) => traffic).reduce(unionTraffic, NO_TRAFFIC);
}
