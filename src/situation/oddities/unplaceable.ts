/** PC132: a workload whose pods no node of the input may run, by what they require of its labels. */
import { isTemplate, type Pod } from "../../cluster/endpoint.ts";
import { isPlaced, mayRunOn } from "../../cluster/placement.ts";
import { labelValueObjection } from "../../resources/schema/syntax.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Path } from "../../source/origin.ts";
import type { Situation } from "../situation.ts";

/** One finding for each workload. O(workloads x nodes). */
export function unplaceable({ inventory }: Situation): readonly Finding[] {
  const nodes = inventory.nodes.filter(({ origin }) => origin !== undefined);
  return inventory.pods.flatMap((pod): readonly Finding[] => {
    if (!isTemplate(pod) || pod.node !== undefined || !isPlaced(pod)) return [];
    const impossible = impossibleValue(pod);
    const isNowhere = nodes.length > 0 && !nodes.some((node) => mayRunOn(pod, node));
    if (impossible === undefined && !isNowhere) return [];
    const { resource } = pod.origin();
    const message =
      impossible === undefined
        ? `no node of the input has the labels that ${resource} requires, so its pods run nowhere`
        : `${resource} requires a node label with value "${impossible.value}", which no label can have, so its pods run nowhere`;
    const remedy =
      impossible === undefined
        ? "correct the node selector or affinity, or add the nodes it means"
        : "write the value that is meant in place of the placeholder";
    const path = impossible?.path ?? [
      ...pod.specPath,
      pod.placement.nodeTerms === undefined ? "nodeSelector" : "affinity",
    ];
    return [finding("PC132", message, remedy, { position: pod.origin(path), resource })];
  });
}

/** A value that a term asks for and no label can have, where every term asks for such a one. */
function impossibleValue({ placement, specPath }: Pod): { readonly value: string; readonly path: Path } | undefined {
  const found = (placement.nodeTerms ?? []).map(({ matchExpressions }, i) => {
    const j = matchExpressions.findIndex(
      ({ operator, values }) => operator === "In" && values.every((value) => labelValueObjection(value) !== undefined),
    );
    const value = matchExpressions[j]?.values[0];
    const list = ["affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms", i];
    return value === undefined ? undefined : { value, path: [...specPath, ...list, "matchExpressions", j, "values"] };
  });
  return found.length > 0 && found.every((one) => one !== undefined) ? found[0] : undefined;
}
