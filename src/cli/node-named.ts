/** The node that a command is about. */
import type { Node } from "../cluster/endpoint.ts";
import type { Situation } from "../situation/situation.ts";
import { UsageError } from "./usage-error.ts";

/** Throws `UsageError` that lists the nodes where there is none of that name. */
export function nodeNamed({ inventory }: Pick<Situation, "inventory">, name: string): Node {
  const node = inventory.nodes.find((candidate) => candidate.name === name);
  if (node !== undefined) return node;
  const known = inventory.nodes.map((one) => one.name).sort();
  throw new UsageError(
    `there is no node "${name}" in the input`,
    known.length === 0
      ? "add the Node objects, or pods with spec.nodeName (kubectl get nodes,pods -A -o yaml)"
      : `choose one of ${known.join(", ")}`,
  );
}
