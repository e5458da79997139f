/** The look-ups of a host endpoint's stages, each a chain of its own: from the address of one end to a number, then to a verdict. */
import type { Family } from "../net/address.ts";
import type { AddressLookup } from "./address-lookup.ts";
import { EARLY_TRAFFIC_MAP, familyChain, rowChain } from "./host-names.ts";
import { type HostProgram, type HostStage, type HostStageFamily, type HostTarget, rowText } from "./host-program.ts";
import type { Field } from "./statement.ts";
import { ADMITTED, numbersOf, PASSED, type TrafficNumbers } from "./traffic-numbers.ts";

export interface StageLookup {
  /** The chain that looks up; its sets are called after it. */
  readonly chain: string;
  readonly about: string;
  readonly stage: HostStage;
  readonly family: Family;
  readonly field: Field;
  readonly numbers: AddressLookup<number>;
  /** The map from numbers to verdicts. */
  readonly verdicts: string;
  /** What that map holds, where it belongs to this look-up alone. */
  readonly rows: ReadonlyMap<number, string> | undefined;
}

/** Where the numbers of targets lead to in normal and forward stages. */
const TRAFFIC_MAP = "traffic";

/** O(size of the stages). */
export function lookupsOf({ stages }: HostProgram, numbers: TrafficNumbers): readonly StageLookup[] {
  return stages.flatMap((stage) => stage.families.flatMap((family) => familyLookups(stage, family, numbers)));
}

function familyLookups(
  stage: HostStage,
  { family, here, rows }: HostStageFamily,
  numbers: TrafficNumbers,
): readonly StageLookup[] {
  const [hereField, peerField] = fieldsOf(stage, family);
  const row = (chain: string, lookup: AddressLookup<HostTarget>): StageLookup => ({
    chain,
    about: `What peers lead to, ${stageText(stage)}.`,
    stage,
    family,
    field: peerField,
    numbers: mapped(lookup, (target) => numberOf(target, numbers)),
    verdicts: isEarly(stage) ? EARLY_TRAFFIC_MAP : TRAFFIC_MAP,
    rows: undefined,
  });
  const [only, second] = rows;
  const chain = familyChain(stage, family);
  if (second === undefined) return [row(chain, only)];
  const names = rows.map((lookup) => rowChain(stage, family, rowText(lookup)));
  const rowNumbers = numbersOf(names, new Set());
  const numberAt = (index: number): number => rowNumbers.get(names[index] ?? "") ?? 0;
  return [
    {
      chain,
      about: `The row of the address at the host endpoint, ${stageText(stage)}.`,
      stage,
      family,
      field: hereField,
      numbers: mapped(here, numberAt),
      verdicts: `${chain}_rows`,
      rows: new Map(names.map((name, i) => [numberAt(i), name])),
    },
    ...rows.map((lookup, i) => row(names[i] ?? chain, lookup)),
  ];
}

export function isEarly({ phase }: Pick<HostStage, "phase">): boolean {
  return phase === "untracked" || phase === "pre-dnat";
}

export function stageText({ endpoint, phase, direction }: Pick<HostStage, "endpoint" | "phase" | "direction">): string {
  return `${phase} ${direction} of HostEndpoint ${endpoint}`;
}

const VIEWS = {
  4: {
    header: ["ip saddr", "ip daddr"],
    original: ["ct original ip saddr", "ct original ip daddr"],
    translated: ["ct original ip saddr", "ct reply ip saddr"],
  },
  6: {
    header: ["ip6 saddr", "ip6 daddr"],
    original: ["ct original ip6 saddr", "ct original ip6 daddr"],
    translated: ["ct original ip6 saddr", "ct reply ip6 saddr"],
  },
} as const;

/** How a stage sees connections: untracked ones see packets, pre-DNAT ones the destination that was asked for. */
export function viewOf({ phase }: Pick<HostStage, "phase">): "header" | "original" | "translated" {
  switch (phase) {
    case "untracked":
      return "header";
    case "pre-dnat":
      return "original";
    case "normal":
    case "forward":
      return "translated";
  }
}

function fieldsOf(stage: HostStage, family: Family): readonly [here: Field, peer: Field] {
  const [source, destination] = VIEWS[family][viewOf(stage)];
  return stage.direction === "ingress" ? [destination, source] : [source, destination];
}

/** Denied is a number that leads nowhere. */
const DENIED = 0;

function numberOf(target: HostTarget, numbers: TrafficNumbers): number {
  switch (target.kind) {
    case "admit":
      return ADMITTED;
    case "pass":
      return PASSED;
    case "deny":
      return DENIED;
    case "traffic": {
      const number = numbers.get(target.chain);
      if (number === undefined) {
        throw new RangeError(`a host endpoint leads to chain ${target.chain}, which the program does not have`);
      }
      return number;
    }
  }
}

function mapped<T, U>({ rest, blocks, addresses }: AddressLookup<T>, to: (value: T) => U): AddressLookup<U> {
  return {
    rest: to(rest),
    blocks: blocks.map(({ block, value }) => ({ block, value: to(value) })),
    addresses: addresses.map(({ address, value }) => ({ address, value: to(value) })),
  };
}
