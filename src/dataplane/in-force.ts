/** What can be told of a program from the table that holds it: for taking over the table of a process that is gone. */
import type { Address, Family } from "../net/address.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, Target } from "./program.ts";
import { generationStamped } from "./program-chains.ts";
import type { Element, KeyPart, Ruleset } from "./ruleset.ts";

/** The maps of the program; without `localPods` where the program does not have them in its table. O(elements). */
export function familiesIn(ruleset: Ruleset): Program["families"] {
  return [familyIn(ruleset, 4), familyIn(ruleset, 6)];
}

/** The generation among the bits that rules of the table write into connection marks; undefined: there is none. */
export function generationIn(marks: readonly number[]): number | undefined {
  return marks.map(generationStamped).find((generation) => generation !== 0);
}

function familyIn({ sets }: Ruleset, family: Family): FamilyProgram {
  const elements = (name: string): readonly Element[] =>
    sets.find((set) => set.name === `${name}${family}`)?.elements ?? [];
  return {
    family,
    localPods: elements("local_pods").flatMap(addressIn),
    isolatedEgress: elements("isolated_egress").flatMap(addressIn),
    isolatedIngress: elements("isolated_ingress").flatMap(addressIn),
    addressClasses: elements("address_class").flatMap(classIn).sort(byStart),
    blockClasses: elements("block_class").flatMap(classIn).sort(byStart),
    egress: elements("egress_pairs").flatMap(pairIn),
    ingress: elements("ingress_pairs").flatMap(pairIn),
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

function pairIn(element: Element): readonly PairEntry[] {
  const [pod, peerClass] = partsOf(element);
  const { value } = element;
  if (typeof pod !== "bigint" || typeof peerClass !== "number" || typeof value !== "object") return [];
  const target: Target = "chain" in value ? { kind: "traffic", chain: value.chain } : { kind: "admit" };
  return [{ peerClass, pod, target }];
}
