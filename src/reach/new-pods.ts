/** Pods that do not exist yet: one without labels in every namespace, and one in a namespace that does not exist either. */
import type { Namespace, Pod, ServiceAccount } from "../cluster/endpoint.ts";
import { NAMESPACE_NAME_LABEL, seenLabels } from "../cluster/labelled.ts";
import { type Labels, labelsOf, NO_LABELS } from "../labels/labels.ts";
import type { Situation } from "../situation/situation.ts";
import type { Origin } from "../source/origin.ts";

/** No object of a cluster may be called so: names there have no capitals. */
export const NEW = "NEW";

const ORIGIN: Origin = { resource: "a pod to come", file: "", line: 0, column: 0, path: "" };

/** A pod without labels of its own; its address and node are not known. */
export function newPodIn(namespace: Namespace, serviceAccount: ServiceAccount): Pod {
  const own: Labels = NO_LABELS;
  return {
    kind: "pod",
    namespace,
    name: NEW,
    workload: { kind: "Pod", namespace: namespace.name, name: NEW },
    labels: own,
    seen: seenLabels({ kind: "pod", own, namespace, serviceAccount }),
    serviceAccount,
    addresses: [],
    node: undefined,
    placement: { nodeSelector: {}, nodeTerms: undefined, tolerations: [] },
    hostAddresses: [],
    ports: [],
    declaredPorts: [],
    ready: true,
    replicas: 1,
    origin: () => ORIGIN,
    labelsPath: ["metadata", "labels"],
    specPath: ["spec"],
  };
}

/** A namespace that has no label but the one that all have. */
const NEW_NAMESPACE: Namespace = {
  name: NEW,
  labels: labelsOf({ [NAMESPACE_NAME_LABEL]: NEW }),
  listed: true,
  origin: undefined,
};

/** The situation with a new pod in every namespace, which it has in the order of their names, the new one last. */
export function withNewPods(situation: Situation): { readonly situation: Situation; readonly pods: readonly Pod[] } {
  const { inventory } = situation;
  const accounts = new Map<string, ServiceAccount>();
  for (const { namespace, serviceAccount } of inventory.pods) {
    if (serviceAccount.name === "default") accounts.set(namespace.name, serviceAccount);
  }
  const namespaces = [...inventory.namespaces.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const pods = [
    ...namespaces.map((namespace) =>
      newPodIn(namespace, accounts.get(namespace.name) ?? { name: "default", labels: NO_LABELS, listed: false }),
    ),
    newPodIn(NEW_NAMESPACE, { name: "default", labels: NO_LABELS, listed: true }),
  ];
  return {
    situation: {
      ...situation,
      inventory: {
        ...inventory,
        pods: [...inventory.pods, ...pods],
        namespaces: new Map([...inventory.namespaces, [NEW, NEW_NAMESPACE]]),
      },
    },
    pods,
  };
}
