/**
 * What selectors of every language see of an object: its own labels, and under prefixes what it inherits and what it is. One
 * space of keys lets one selector speak of pods, namespaces, service accounts, network sets and nodes together. A prefix
 * ends in `:`, so no author can forge it.
 */
import { type Labels, labelsOf, type LabelSource, layeredLabels, NO_LABELS } from "../labels/labels.ts";
import { equals, type Selector } from "../labels/selector.ts";

/** Labels of the namespace, with its name under `projectcalico.org/name` too. */
export const NAMESPACE = "namespace:";
/** Labels of the service account, with its name under `projectcalico.org/name`. */
export const SERVICE_ACCOUNT = "serviceaccount:";
/** What the object is and whose, beside labels. */
export const OBJECT = "object:";
/** What the object is. */
export const KIND = "object:kind";
/** The name of its namespace; absent for what has none. */
export const NAMESPACE_NAME = "object:namespace";
/** The name of a pod's service account. */
export const SERVICE_ACCOUNT_NAME = "object:serviceaccount";

/** `k8s` for pods. */
export const ORCHESTRATOR = "object:orchestrator";

/** The label every namespace has, whatever its manifest says. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";
/** The label under which a namespace or service account shows its name to Calico's selectors. */
export const CALICO_NAME_LABEL = "projectcalico.org/name";

export type LabelledKind = "pod" | "node" | "network-set" | "host-endpoint";

export function isKind(kind: LabelledKind): Selector {
  return equals(KIND, kind);
}

export interface Heritage {
  readonly kind: LabelledKind;
  readonly own: Labels;
  readonly namespace: { readonly name: string; readonly labels: Labels } | undefined;
  readonly serviceAccount: { readonly name: string; readonly labels: Labels } | undefined;
}

/** The labels of an object as selectors see them. O(1): nothing is copied but a few names. */
export function seenLabels({ kind, own, namespace, serviceAccount }: Heritage): LabelSource {
  return layeredLabels(own, {
    [OBJECT]: labelsOf({
      kind,
      ...(kind === "pod" ? { orchestrator: "k8s" } : {}),
      ...(namespace === undefined ? {} : { namespace: namespace.name }),
      ...(serviceAccount === undefined ? {} : { serviceaccount: serviceAccount.name }),
    }),
    [NAMESPACE]: namespace === undefined ? NO_LABELS : named(namespace),
    [SERVICE_ACCOUNT]: serviceAccount === undefined ? NO_LABELS : named(serviceAccount),
  });
}

function named({ name, labels }: { readonly name: string; readonly labels: Labels }): LabelSource {
  return {
    get: (key) => (key === CALICO_NAME_LABEL ? name : labels.get(key)),
    has: (key) => key === CALICO_NAME_LABEL || labels.has(key),
  };
}
