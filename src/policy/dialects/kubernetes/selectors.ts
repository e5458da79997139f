/** Label selectors of the Kubernetes API as selectors over what pods, namespaces and nodes show. */
import { isKind, NAMESPACE, NAMESPACE_NAME_LABEL } from "../../../cluster/labelled.ts";
import { all, equals, has, isEverything, isIn, not, type Selector, withKeys } from "../../../labels/selector.ts";
import type { LabelSelector, LabelSelectorRequirement } from "../../../resources/kinds.ts";

/** matchLabels and matchExpressions are ANDed; NotIn and DoesNotExist also match objects without the key (rule 6). */
export function lowerLabelSelector(selector: LabelSelector): Selector {
  return all([
    ...Object.entries(selector.matchLabels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => equals(key, value)),
    ...selector.matchExpressions.map(lowerRequirement),
  ]);
}

/** One expression; the negative ones also hold of objects without the label. */
export function lowerRequirement({ key, operator, values }: LabelSelectorRequirement): Selector {
  switch (operator) {
    case "In":
      return isIn(key, values);
    case "NotIn":
      return not(isIn(key, values));
    case "Exists":
      return has(key);
    case "DoesNotExist":
      return not(has(key));
  }
}

/** Pods of the namespaces that one selector selects, by their own labels that the other one selects. */
export function podsSelector(namespaces: Selector, pods: Selector): Selector {
  const ofNamespace = withKeys(namespaces, (key) => `${NAMESPACE}${key}`);
  return all([isKind("pod"), ...conjuncts(ofNamespace), ...conjuncts(pods)]);
}

/** The namespace of that name: every namespace has its name as a label that nobody can forge (rule 7). */
export function namespaceNamed(name: string): Selector {
  return equals(NAMESPACE_NAME_LABEL, name);
}

function conjuncts(selector: Selector): readonly Selector[] {
  if (isEverything(selector)) return [];
  return selector.op === "all" ? selector.of : [selector];
}
