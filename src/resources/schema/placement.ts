/** What a pod requires of nodes: labels, required node affinity, and the taints it tolerates. */
import type { NodeRequirement, NodeTerm, Toleration } from "../kinds.ts";
import type { Cursor } from "./cursor.ts";
import { labels } from "./metadata.ts";
import { labelKeyObjection } from "./syntax.ts";
import { checked, list, oneOf, record, required, string, type Type } from "./types.ts";

/** `nodeSelector`. */
export const nodeLabels = labels;

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"] as const;

const requirement: Type<NodeRequirement> = record(
  {
    key: required(checked(string, labelKeyObjection), "write the label's key"),
    operator: oneOf(OPERATORS, undefined),
    values: list(string),
  },
  { check: checkRequirement },
);

function checkRequirement({ operator, values }: NodeRequirement, at: Cursor): void {
  const place = at.child("values");
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length > 0) return;
      place.report("PC113", `operator ${operator} needs values`, "write `values: [...]` with at least one value");
      return;
    case "Exists":
    case "DoesNotExist":
      if (values.length === 0) return;
      place.report("PC114", `operator ${operator} takes no values`, "remove values, or write operator In");
      return;
    case "Gt":
    case "Lt":
      if (values.length === 1 && /^-?\d+$/.test(values[0] ?? "")) return;
      place.report("PC112", `operator ${operator} needs one whole number`, 'write it like `values: ["4"]`');
  }
}

const term: Type<NodeTerm> = record(
  { matchExpressions: list(requirement), matchFields: list(requirement) },
  { passive: "any" },
);

const requiredTerms = record({ nodeSelectorTerms: list(term) }, { passive: "any" });

const writtenNodeAffinity = record(
  {
    requiredDuringSchedulingIgnoredDuringExecution: (at: Cursor) =>
      at.isPresent ? requiredTerms(at).nodeSelectorTerms : undefined,
  },
  { passive: "any" },
);

const writtenAffinity = record({ nodeAffinity: writtenNodeAffinity }, { passive: "any" });

/** `affinity`; only what is required of nodes counts, not what is preferred. */
export const nodeAffinity: Type<{ readonly nodeTerms: readonly NodeTerm[] | undefined }> = (at) => ({
  nodeTerms: writtenAffinity(at).nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution,
});

export const toleration: Type<Toleration> = record(
  { key: string, operator: oneOf(["Exists", "Equal"] as const, "Equal"), value: string, effect: string },
  { passive: "any" },
);
