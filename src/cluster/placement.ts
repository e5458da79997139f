/** Which nodes a pod may be put on, as the scheduler decides by labels, fields and taints. */
import type { NodeRequirement, NodeTerm, Taint, Toleration } from "../resources/kinds.ts";
import type { Node, Pod } from "./endpoint.ts";

/** Whether the scheduler may put the pod on the node; what it merely prefers does not count. O(requirements + taints). */
export function mayRunOn({ placement }: Pick<Pod, "placement">, node: Node): boolean {
  const { nodeSelector, nodeTerms, tolerations } = placement;
  return (
    Object.entries(nodeSelector).every(([key, value]) => node.seen.get(key) === value) &&
    (nodeTerms === undefined || nodeTerms.some((term) => holds(term, node))) &&
    node.taints.every((taint) => !keepsAway(taint) || tolerations.some((one) => tolerates(one, taint)))
  );
}

/** Whether it requires anything of nodes by labels or names. */
export function isPlaced({ placement }: Pick<Pod, "placement">): boolean {
  return Object.keys(placement.nodeSelector).length > 0 || placement.nodeTerms !== undefined;
}

function holds({ matchExpressions, matchFields }: NodeTerm, node: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((requirement) => meets(requirement, node.seen.get(requirement.key))) &&
    matchFields.every((requirement) => requirement.key === "metadata.name" && meets(requirement, node.name))
  );
}

function meets({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return compares(value, values, (has, than) => has > than);
    case "Lt":
      return compares(value, values, (has, than) => has < than);
  }
}

function compares(
  value: string | undefined,
  [than = ""]: readonly string[],
  order: (has: bigint, than: bigint) => boolean,
): boolean {
  const isNumber = (text: string): boolean => /^-?\d+$/.test(text);
  return value !== undefined && isNumber(value) && isNumber(than) && order(BigInt(value), BigInt(than));
}

/** Taints of nodes' conditions come and go, and say nothing of where a pod may run in the long run. */
function keepsAway({ key, effect }: Taint): boolean {
  return (effect === "NoSchedule" || effect === "NoExecute") && !key.startsWith("node.kubernetes.io/");
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== "" && effect !== taint.effect) return false;
  if (key === "") return operator === "Exists";
  return key === taint.key && (operator === "Exists" || value === taint.value);
}
