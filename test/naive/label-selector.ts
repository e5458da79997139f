import type { RawLabels, RawSelector } from "./raw-objects.ts";

/** Kubernetes' LabelSelector: every label and every expression must hold; NotIn and DoesNotExist hold where the key is missing. */
export function selects(selector: RawSelector, labels: RawLabels): boolean {
  const own = new Map(Object.entries(labels));
  const labelsMatch = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own.get(key) === value);
  return (
    labelsMatch &&
    (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = own.get(key);
      const isListed = value !== undefined && (values ?? []).includes(value);
      if (operator === "In") return isListed;
      if (operator === "NotIn") return !isListed;
      if (operator === "Exists") return value !== undefined;
      return value === undefined;
    })
  );
}

/** Throws on an unknown operator, and on values where the operator takes none or lacks them. */
export function requireValidSelector(selector: RawSelector | null | undefined): void {
  for (const { key, operator, values } of selector?.matchExpressions ?? []) {
    const needsValues = operator === "In" || operator === "NotIn";
    if (!needsValues && operator !== "Exists" && operator !== "DoesNotExist")
      throw new Error(`no operator "${operator}"`);
    if (needsValues !== (values ?? []).length > 0) throw new Error(`${key} ${operator} has too few or too many values`);
  }
}
