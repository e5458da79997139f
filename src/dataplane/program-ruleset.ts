/** The program of a node as the table that the kernel holds. */
import { hostChains } from "./host-chains.ts";
import { hostSets } from "./host-sets.ts";
import { chainsOf } from "./program-chains.ts";
import { type NameOf, setsOf } from "./program-sets.ts";
import type { Program } from "./program.ts";
import type { Ruleset } from "./ruleset.ts";
import { trafficNumbers } from "./traffic-numbers.ts";

/** Pure; O(size of the program). With `nameOf`, elements carry comments that name pods and their traffic. */
export function rulesetOf(program: Program, nameOf: NameOf = () => undefined): Ruleset {
  const numbers = trafficNumbers(program);
  return {
    table: program.table,
    sets: [...setsOf(program, nameOf, numbers), ...hostSets(program, numbers, nameOf)],
    chains: [...chainsOf(program), ...hostChains(program, numbers)],
  };
}
