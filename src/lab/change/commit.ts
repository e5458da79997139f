/** Writing the programs of a second situation into a lab that stands, each node's as its difference, in one batch. */
import { keepClassNumbers } from "../../dataplane/class-numbers.ts";
import { difference, type Difference, obstacleTo } from "../../dataplane/difference.ts";
import { rulesetOf } from "../../dataplane/program-ruleset.ts";
import type { Ruleset } from "../../dataplane/ruleset.ts";
import { tightens } from "../../dataplane/tightens.ts";
import { TableWriter } from "../../kernel/netlink/writer.ts";
import { loadRuleset } from "../../kernel/nft.ts";
import { LAB_TABLE, type LabNode, type LabPlan, namer } from "../topology.ts";
import { type ChangeTime, now } from "./order.ts";

interface NodeChange {
  readonly writer: TableWriter;
  readonly change: Difference;
  readonly namespace: string;
  /** The Services to load beside it; undefined: they stay. */
  readonly services: string | undefined;
}

/** A change that is ready to be made. */
export interface PreparedChange {
  /** Makes it, node by node. Throws what the kernel refuses. */
  commit(): Promise<ChangeTime>;
  close(): void;
}

/**
 * Takes over the tables of the nodes and works out what has to be done to them, as an enforcer does: numbers of classes stay
 * where they can, and the generation moves on where something is taken away. Throws SystemCallError and NetlinkError.
 */
export async function prepareChange(before: LabPlan, after: LabPlan): Promise<PreparedChange> {
  const changes: NodeChange[] = [];
  const close = (): void => {
    for (const { writer } of changes) writer.close();
  };
  try {
    for (const [i, node] of before.nodes.entries()) {
      const next = after.nodes[i];
      if (next === undefined) throw new Error("both plans have the same nodes");
      const [current, wanted] = rulesetsOf(before, after, node, next);
      const obstacle = obstacleTo(current, wanted);
      if (obstacle !== undefined)
        throw new Error(`the program of ${node.identity} cannot change in place: ${obstacle}`);
      const writer = TableWriter.open({ table: LAB_TABLE, namespace: node.namespace });
      const services = node.serviceRules === next.serviceRules ? undefined : next.serviceRules;
      changes.push({ writer, change: difference(current, wanted), namespace: node.namespace, services });
      await writer.install(current);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    commit: async () => {
      const begin = now();
      for (const { writer, change, namespace, services } of changes) {
        await writer.apply(change);
        if (services !== undefined) await loadRuleset(namespace, services);
      }
      return { begin, end: now() };
    },
    close,
  };
}

function rulesetsOf(before: LabPlan, after: LabPlan, node: LabNode, next: LabNode): readonly [Ruleset, Ruleset] {
  const numbered = keepClassNumbers(node.program, next.program);
  const { generation } = tightens(node.program, numbered) ? next.program : node.program;
  return [
    rulesetOf(node.program, namer(before.situation)),
    rulesetOf({ ...numbered, generation }, namer(after.situation)),
  ];
}
