/** What a table does, whatever the numbers of its classes: so that one written step by step can be held against one made afresh. */
import { familiesIn } from "../../src/dataplane/in-force.ts";
import type { ClassEntry, FamilyProgram } from "../../src/dataplane/program.ts";
import { keyOf } from "../../src/dataplane/difference.ts";
import type { Ruleset } from "../../src/dataplane/ruleset.ts";

/** The sets whose elements hold no numbers of classes or traffic. */
const PLAIN = new Set(["stamps", "pod_interfaces", "bound4", "bound6", "local_pods4", "local_pods6"]);

/** Lines that are equal for tables that judge every packet alike. O(size), times a logarithm. */
export function tableMeaning(ruleset: Ruleset): readonly string[] {
  return [
    ...ruleset.sets
      .filter(({ name }) => PLAIN.has(name))
      .flatMap(({ name, elements }) => elements.map(({ key }) => `${name} ${keyOf(key)}`)),
    ...familiesIn(ruleset).flatMap(familyMeaning),
  ].sort();
}

function familyMeaning(program: FamilyProgram): readonly string[] {
  const { family, isolatedEgress, isolatedIngress, addressClasses, blockClasses } = program;
  const rows = rowsOf(program);
  const rowAt = ({ peerClass }: ClassEntry): string => rows.get(peerClass)?.toSorted().join() ?? "";
  return [
    ...isolatedEgress.map((address) => `egress of ${address}`),
    ...isolatedIngress.map((address) => `ingress of ${address}`),
    ...addressClasses.map((entry) => `address ${entry.block.start}: ${rowAt(entry)}`),
    ...joined(blockClasses.map(({ block, peerClass }) => ({ ...block, row: rowAt({ block, peerClass }) }))).map(
      ({ start, end, row }) => `block ${start}-${end}: ${row}`,
    ),
  ].map((line) => `${family} ${line}`);
}

function rowsOf({ egress, ingress }: FamilyProgram): ReadonlyMap<number, readonly string[]> {
  const rows = new Map<number, string[]>();
  for (const [direction, pairs] of Object.entries({ egress, ingress })) {
    for (const { peerClass, pod, target } of pairs) {
      const row = rows.get(peerClass) ?? [];
      rows.set(peerClass, row);
      row.push(`${direction} ${pod} ${target.kind === "traffic" ? target.chain : "everything"}`);
    }
  }
  return rows;
}

interface Block {
  readonly start: bigint;
  readonly end: bigint;
  readonly row: string;
}

/** Neighbouring blocks that lead to the same are one, and one that leads to nothing is none. */
function joined(blocks: readonly Block[]): readonly Block[] {
  const result: Block[] = [];
  for (const block of blocks.filter(({ row }) => row !== "").toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = result.at(-1);
    if (last?.end === block.start && last.row === block.row) result.splice(-1, 1, { ...last, end: block.end });
    else result.push(block);
  }
  return result;
}
