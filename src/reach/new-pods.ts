/** Pods that do not exist yet: one without labels in every namespace, and one in a namespace that does not exist either. */
import type { Namespace, Pod, ServiceAccount } from "../cluster/endpoint.ts";
import { NAMESPACE_NAME_LABEL, seenLabels } from "../cluster/labelled.ts";
import { type Labels, labelsOf, NO_LABELS } from "../labels/labels.ts";
import { type AddressSet, type Family, familyOf, IPV4, IPV6, ofFamily } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { endsOfPod, familyOfEnd, type PodEnd } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import type { Origin } from "../source/origin.ts";

/** No object of a cluster may be called so: names there have no capitals. */
export const NEW = "NEW";

const ORIGIN: Origin = { resource: "a pod to come", file: "", line: 0, column: 0, path: "" };

/** A pod without labels of its own and without port names; its address and node are not known. */
function newPodIn(namespace: Namespace, serviceAccount: ServiceAccount): Pod {
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

/** Where new pods get their addresses: of a family that pods have and no pod range is known of, it may be any. */
export function rangeOfNewPods({ inventory, podRange }: Situation): AddressSet {
  const addresses = new Set(inventory.pods.flatMap((pod) => pod.addresses.map(familyOf)));
  const untold = ([4, 6] as const).filter((family) => addresses.has(family) && ofFamily(podRange, family).length === 0);
  return unionOf([...podRange, ...untold.map((family) => (family === 4 ? IPV4 : IPV6))]);
}

/** The end that a pod to come has in a family, where new pods have addresses of it. */
export function endOfUnknownPod({ inventory, podRange }: Situation, family: Family): PodEnd | undefined {
  const pod = newPodIn(NEW_NAMESPACE, { name: "default", labels: NO_LABELS, listed: false });
  return endsOfPod(inventory, pod, podRange).find(
    (end): end is PodEnd => end.kind === "pod" && familyOfEnd(end) === family,
  );
}
