/** What the ends of connections are called in rows: workloads where possible, groups where there are many, ranges outside. */
import { type AddressSet, addressSetText } from "../net/address.ts";

/** A workload, or one pod of it where its pods differ, or one address of a pod where its addresses differ. */
export interface WorkloadSide {
  readonly kind: "workload";
  readonly namespace: string;
  readonly name: string;
  readonly pods: number;
  /** Whether there are, or can be, several pods that talk to each other. */
  readonly replicated: boolean;
}

/** A node that some rule tells from other addresses, or one address of it where its addresses differ. */
export interface NodeSide {
  readonly kind: "node";
  readonly name: string;
}

/** Addresses that no pod bears. */
export interface OutsideSide {
  readonly kind: "outside";
  readonly ranges: readonly string[];
}

/** Every pod of a namespace. */
export interface NamespaceSide {
  readonly kind: "namespace";
  readonly namespace: string;
}

/** Every pod there is. */
export interface AllPodsSide {
  readonly kind: "all pods";
}

/** Every pod, node and other address there is. */
export interface EveryoneSide {
  readonly kind: "everyone";
}

/** Several of the others, none of them in another: what holds for the row holds for each. */
export interface SeveralSide {
  readonly kind: "several";
  readonly sides: readonly SingleSide[];
}

export type NamedSide = WorkloadSide | NodeSide;
export type SingleSide = NamedSide | OutsideSide | NamespaceSide | AllPodsSide | EveryoneSide;
export type Side = SingleSide | SeveralSide;

export function outsideSide(ranges: AddressSet): OutsideSide {
  return { kind: "outside", ranges: addressSetText(ranges) };
}

/** Every name of a side: of a workload, pod or node, of a group in words, or each range of addresses. */
export function sideNames(side: Side): readonly string[] {
  switch (side.kind) {
    case "workload":
    case "node":
      return [side.name];
    case "outside":
      return side.ranges;
    case "namespace":
      return [`all pods of ${side.namespace}`];
    case "all pods":
      return ["all pods"];
    case "everyone":
      return ["all pods and addresses"];
    case "several":
      return side.sides.flatMap(sideNames);
  }
}

/** The names, separated by commas. */
export function sideText(side: Side): string {
  return sideNames(side).join(", ");
}

/** Sorts sides by their text, addresses outside last. */
export function compareSides(a: Side, b: Side): number {
  return compare(sideSortKey(a), sideSortKey(b));
}

/** A text to sort by: addresses outside come last. */
export function sideSortKey(side: Side): string {
  return `${side.kind === "outside" ? 1 : 0}${sideText(side)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
