/** What Calico's selectors can see at an address: pods, network sets and host endpoints, each with its labels. */
import { contains, parseAddress, parseCidr, sameAddress } from "./address.ts";
import type { Address } from "./address.ts";
import { isHostEndpoint, isNetworkSet } from "./calico-objects.ts";
import type { CalicoLabels } from "./calico-selector.ts";
import { containerPorts, namespaceLabels, namespaceOf } from "./flow.ts";
import type { End } from "./flow.ts";
import { isServiceAccount } from "./raw-objects.ts";
import type { RawLabels, RawObject, RawPod } from "./raw-objects.ts";

export const NAMESPACE_LABEL = "projectcalico.org/namespace";
export const SERVICE_ACCOUNT_LABEL = "projectcalico.org/serviceaccount";
/** What a pod inherits from its namespace, and a network set too. */
export const OF_NAMESPACE = "pcns.";
/** What a pod inherits from its service account. */
export const OF_SERVICE_ACCOUNT = "pcsa.";

export interface CalicoEndpoint {
  readonly labels: CalicoLabels;
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[];
}

/** Everything that bears the address; network sets may overlap each other and pods. */
export function calicoEndpointsAt(objects: readonly RawObject[], { address, pod }: End): readonly CalicoEndpoint[] {
  return [
    ...(pod === undefined ? [] : [podEndpoint(objects, pod)]),
    ...objects.filter(isNetworkSet).flatMap((set) => {
      if (!(set.spec?.nets ?? []).some((net) => netCovers(net, address))) return [];
      const inherited = set.kind === "NetworkSet" ? fromNamespace(objects, namespaceOf(set)) : {};
      return [{ labels: labelsOf(set, inherited), ports: [] }];
    }),
    ...objects.filter(isHostEndpoint).flatMap((host) => {
      const isHere = (host.spec?.expectedIPs ?? []).some((text) => sameAddress(parseAddress(text), address));
      return isHere ? [{ labels: labelsOf(host, {}), ports: host.spec?.ports ?? [] }] : [];
    }),
  ];
}

/** A pod as Calico sees it. A pod that names no service account has `default`. */
export function podEndpoint(objects: readonly RawObject[], pod: RawPod): CalicoEndpoint {
  const account = pod.spec?.serviceAccountName ?? "default";
  const inherited = {
    ...fromNamespace(objects, namespaceOf(pod)),
    ...fromServiceAccount(objects, namespaceOf(pod), account),
    "projectcalico.org/orchestrator": "k8s",
  };
  const ports = containerPorts(pod).flatMap(({ name, protocol, containerPort }) =>
    name === null || name === undefined ? [] : [{ name, protocol: protocol ?? "TCP", port: containerPort }],
  );
  return { labels: labelsOf(pod, inherited), ports };
}

/** The object's own labels without those only Calico may give, and what it gives over them. */
function labelsOf({ metadata }: RawObject, given: RawLabels): CalicoLabels {
  const own = Object.entries(metadata?.labels ?? {}).filter(
    ([key]) => !key.startsWith(OF_NAMESPACE) && !key.startsWith(OF_SERVICE_ACCOUNT),
  );
  return new Map([...own, ...Object.entries(given)]);
}

function fromNamespace(objects: readonly RawObject[], namespace: string): RawLabels {
  return {
    ...prefixed(OF_NAMESPACE, namespaceLabels(objects, namespace)),
    [`${OF_NAMESPACE}projectcalico.org/name`]: namespace,
    [NAMESPACE_LABEL]: namespace,
  };
}

function fromServiceAccount(objects: readonly RawObject[], namespace: string, name: string): RawLabels {
  const account = objects
    .filter(isServiceAccount)
    .find((candidate) => namespaceOf(candidate) === namespace && candidate.metadata?.name === name);
  return {
    ...prefixed(OF_SERVICE_ACCOUNT, account?.metadata?.labels ?? {}),
    [`${OF_SERVICE_ACCOUNT}projectcalico.org/name`]: name,
    [SERVICE_ACCOUNT_LABEL]: name,
  };
}

function prefixed(prefix: string, labels: RawLabels): RawLabels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [prefix + key, value]));
}

/** Network sets may name single addresses. */
function netCovers(net: string, address: Address): boolean {
  return net.includes("/") ? contains(parseCidr(net), address) : sameAddress(parseAddress(net), address);
}
