/** For tests: programs to begin with. */
import type { Family } from "../net/address.ts";
import type { FamilyProgram, Program } from "./program.ts";

function emptyFamily(family: Family): FamilyProgram {
  return {
    family,
    localPods: [],
    isolatedEgress: [],
    isolatedIngress: [],
    addressClasses: [],
    blockClasses: [],
    egress: [],
    ingress: [],
  };
}

/** A node without pods. */
export const EMPTY_PROGRAM: Program = {
  node: "n1",
  table: "portcullis",
  generation: 1,
  denial: "drop",
  toOwnNode: "allow",
  interfaces: [],
  families: [emptyFamily(4), emptyFamily(6)],
  trafficChains: [],
  hosts: undefined,
  degraded: [],
};

/** The node without pods, but for what is given, of IPv4 and of the whole. */
export function programWith(v4: Partial<FamilyProgram>, more: Partial<Program> = {}): Program {
  return { ...EMPTY_PROGRAM, ...more, families: [{ ...emptyFamily(4), ...v4 }, emptyFamily(6)] };
}
