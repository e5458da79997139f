/** Label selectors of the Kubernetes API as texts of Calico's selector language. */
import { CALICO_NAME_LABEL } from "../../../cluster/labelled.ts";
import { CALICO_SELECTOR_MAX_LENGTH, type CalicoSelector } from "../../../labels/calico/selector.ts";
import { calicoSelectorText } from "../../../labels/calico/text.ts";
import { equals, EVERYTHING } from "../../../labels/selector.ts";
import type { LabelSelector } from "../../../resources/kinds.ts";
import type { Path } from "../../../source/origin.ts";
import type { Refuse } from "../../manifest.ts";
import { lowerRequirement } from "../kubernetes/selectors.ts";

/** Pods, and neither network sets nor host endpoints, which Kubernetes' selectors do not see. */
export const ANY_POD = calicoSelectorText(equals("projectcalico.org/orchestrator", "k8s"));
/** As a namespaceSelector: every object that has a namespace. */
export const ALL_NAMESPACES = calicoSelectorText(EVERYTHING);

/** Labels of pods. In a namespaced policy only those of its namespace are seen, unless a namespaceSelector says which. */
export function podsText(selector: LabelSelector, path: Path, refuse: Refuse): string {
  return joined([ANY_POD, ...termsOf(selector, path, ofPods, refuse)], path, refuse);
}

export function namespacesText(selector: LabelSelector, path: Path, refuse: Refuse): string {
  const terms = termsOf(selector, path, ofNamespaces, refuse);
  return terms.length === 0 ? ALL_NAMESPACES : joined(terms, path, refuse);
}

/** What Calico takes the key for, where it is not the label of that key. */
type Taken = (key: string) => string | undefined;

const ofPods: Taken = (key) => {
  switch (key) {
    case "projectcalico.org/namespace":
      return "the pod's namespace";
    case "projectcalico.org/serviceaccount":
      return "the pod's service account";
    case "projectcalico.org/orchestrator":
      return "the orchestrator of the pod";
    default:
      if (key.startsWith("pcns.")) return "a label of the pod's namespace";
      return key.startsWith("pcsa.") ? "a label of the pod's service account" : undefined;
  }
};

const ofNamespaces: Taken = (key) => (key === CALICO_NAME_LABEL ? "the name of the namespace" : undefined);

function termsOf(selector: LabelSelector, path: Path, taken: Taken, refuse: Refuse): readonly string[] {
  const keyed = (key: string, place: Path, term: CalicoSelector): string => {
    const meaning = taken(key);
    if (meaning !== undefined) {
      const reason = `to Calico the key ${key} is ${meaning}, whatever label of that key there is`;
      refuse(place, reason, "select by another label");
    }
    return calicoSelectorText(term);
  };
  return [
    ...Object.entries(selector.matchLabels).map(([key, value]) =>
      keyed(key, [...path, "matchLabels", key], equals(key, value)),
    ),
    ...selector.matchExpressions.map((requirement, i) =>
      keyed(requirement.key, [...path, "matchExpressions", i, "key"], lowerRequirement(requirement)),
    ),
  ];
}

function joined(terms: readonly string[], path: Path, refuse: Refuse): string {
  const text = terms.join(" && ");
  const { length } = text;
  if (length > CALICO_SELECTOR_MAX_LENGTH) {
    const reason = `the selector has ${length} characters in Calico's language, which takes ${CALICO_SELECTOR_MAX_LENGTH}`;
    refuse(path, reason, "give what is meant one label of its own, and select by that");
  }
  return text;
}
