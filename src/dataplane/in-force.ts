/** What can be told of a program from the table that holds it: for taking over the table of a process that is gone. */
import type { Address, Family } from "../net/address.ts";
import { difference, obstacleTo } from "./difference.ts";
import { isHostSet } from "./host-names.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, Target } from "./program.ts";
import { generationStamped } from "./program-chains.ts";
import type { Element, KeyPart, Ruleset } from "./ruleset.ts";

/** The maps of the program; without `localPods` where the program does not have them in its table. O(elements). */
export function familiesIn(ruleset: Ruleset): Program["families"] {
  const traffic = targetsIn(ruleset);
  return [familyIn(ruleset, 4, traffic), familyIn(ruleset, 6, traffic)];
}

/** The generation among the bits that rules of the table write into connection marks; undefined: there is none. */
export function generationIn(marks: readonly number[]): number | undefined {
  return marks.map(generationStamped).find((generation) => generation !== 0);
}

/** Whether a table does at host endpoints what another does, as far as its sets tell. O(elements). */
export function haveSameHosts(present: Ruleset, wanted: Ruleset): boolean {
  if (obstacleTo(present, wanted) !== undefined) return false;
  const { addedElements, deletedElements, addedSets, deletedSets } = difference(present, wanted);
  const changed = [...addedElements, ...deletedElements].map(({ set }) => set);
  return [...changed, ...addedSets, ...deletedSets].every(({ name }) => !isHostSet(name));
}

type Targets = ReadonlyMap<number, Target>;

function familyIn({ sets }: Ruleset, family: Family, targets: Targets): FamilyProgram {
  const elements = (name: string): readonly Element[] =>
    sets.find((set) => set.name === `${name}${family}`)?.elements ?? [];
  return {
    family,
    localPods: elements("local_pods").flatMap(addressIn),
    isolatedEgress: elements("isolated_egress").flatMap(addressIn),
    isolatedIngress: elements("isolated_ingress").flatMap(addressIn),
    addressClasses: elements("address_class").flatMap(classIn).sort(byStart),
    blockClasses: elements("block_class").flatMap(classIn).sort(byStart),
    egress: elements("egress_pairs").flatMap((element) => pairIn(element, targets)),
    ingress: elements("ingress_pairs").flatMap((element) => pairIn(element, targets)),
  };
}

function partsOf({ key }: Element): readonly KeyPart[] {
  return key === "*" ? [] : key;
}

function addressIn(element: Element): readonly Address[] {
  return partsOf(element).filter((part) => typeof part === "bigint");
}

function classIn(element: Element): readonly ClassEntry[] {
  const [key] = partsOf(element);
  const { value: peerClass } = element;
  if (typeof peerClass !== "number") return [];
  if (typeof key === "object") return [{ block: key, peerClass }];
  return typeof key === "bigint" ? [{ block: { start: key, end: key + 1n }, peerClass }] : [];
}

function byStart(a: ClassEntry, b: ClassEntry): number {
  return a.block.start < b.block.start ? -1 : 1;
}

/** What the numbers of traffic lead to. */
function targetsIn({ sets }: Ruleset): Targets {
  const elements = sets.find(({ name }) => name === "traffic")?.elements ?? [];
  return new Map(
    elements.flatMap((element): readonly (readonly [number, Target])[] => {
      const [number] = partsOf(element);
      const { value } = element;
      if (typeof number !== "number" || typeof value !== "object") return [];
      return [[number, "chain" in value ? { kind: "traffic", chain: value.chain } : { kind: "admit" }]];
    }),
  );
}

function pairIn(element: Element, targets: Targets): readonly PairEntry[] {
  const [pod, peerClass] = partsOf(element);
  const { value } = element;
  if (typeof pod !== "bigint" || typeof peerClass !== "number" || typeof value !== "number") return [];
  const target = targets.get(value);
  return target === undefined ? [] : [{ peerClass, pod, target }];
}
