/**
 * Which objects bear the address of an end: the pod or node itself, every host endpoint that expects the address, and every
 * network set that holds it.
 */
import { isTemplate, type Node, type Pod, podText } from "../cluster/endpoint.ts";
import { expectsAddress, type HostEndpoint } from "../cluster/host-endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import { CALICO_NAME_LABEL, NAMESPACE, NAMESPACE_NAME_LABEL, SERVICE_ACCOUNT } from "../cluster/labelled.ts";
import type { NamedPort, Namespace } from "../cluster/endpoint.ts";
import type { LabelSource } from "../labels/labels.ts";
import { type AddressSet, addressSetText, containsAddress, coversAddresses, single } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import type { Fact } from "../source/fact.ts";
import type { AssumptionName, Assumptions } from "../situation/assumptions.ts";
import type { End, Subject } from "./end.ts";

export interface Bearer {
  readonly labels: LabelSource;
  /** The fact that would tell this label; undefined where the labels tell it. */
  readonly missingLabel: (key: string) => Fact | undefined;
  /** The assumption by which it has no such label; undefined where the input tells. */
  readonly assumedLabel: (key: string) => AssumptionName | undefined;
  readonly ports: readonly NamedPort[];
  /** The fact that would tell whether it bears the address at all; undefined where it does for certain. */
  readonly unsure: Fact | undefined;
}

/** O(host endpoints + network sets). */
export function bearersOf(
  inventory: Pick<Inventory, "hostEndpoints" | "networkSets">,
  assumptions: Assumptions,
  end: End,
): readonly Bearer[] {
  const own: Bearer[] = [];
  if (end.kind === "pod") own.push(podBearer(end.pod, assumptions));
  if (end.kind === "node") own.push(...nodeBearers(end.node, end.where));
  for (const endpoint of inventory.hostEndpoints) {
    if (!expectsAddress(endpoint, end.where)) continue;
    const unsure = endpoint.expectedAddresses.some((address) => coversAddresses(single(address), end.where))
      ? undefined
      : addressFact(end);
    own.push({ ...hostEndpointBearer(endpoint, assumptions), unsure });
  }
  for (const set of inventory.networkSets) {
    if (!overlaps(set.addresses, end.where)) continue;
    own.push({
      ...labelsKnown((key) => untoldOfNamespace(set.namespace, key), assumptions),
      labels: set.labels,
      ports: [],
      unsure: coversAddresses(set.addresses, end.where) ? undefined : addressFact(end),
    });
  }
  return own;
}

/** One packet is held against the selectors of all policies, each of which asks for the same pod again. */
const podBearers = new WeakMap<Pod, { readonly assumptions: Assumptions; readonly bearer: Bearer }>();

/** What a pod shows to selectors, and which of its labels the input does not tell. */
export function podBearer(pod: Pod, assumptions: Assumptions): Bearer {
  const known = podBearers.get(pod);
  if (known?.assumptions === assumptions) return known.bearer;
  const bearer = {
    ...labelsKnown((key) => untoldOfNamespace(pod.namespace, key) ?? untoldOfAccount(pod, key), assumptions),
    labels: pod.seen,
    ports: pod.ports,
    unsure: undefined,
  };
  podBearers.set(pod, { assumptions, bearer });
  return bearer;
}

/** A node bears the addresses in its status; of one that only others speak of, neither they nor its labels are told. */
function nodeBearers({ name, seen, statusAddresses, origin }: Node, where: AddressSet): readonly Bearer[] {
  const common = { labels: seen, ports: [], assumedLabel: () => undefined };
  if (origin !== undefined) {
    const bears = statusAddresses.some((address) => containsAddress(where, address));
    return bears ? [{ ...common, missingLabel: () => undefined, unsure: undefined }] : [];
  }
  const fact: Fact = {
    text: `the labels and addresses of node/${name}, which is not in the input`,
    remedy: "add the Node objects (kubectl get nodes -o yaml)",
  };
  return [{ ...common, missingLabel: (key) => (key.includes(":") ? undefined : fact), unsure: fact }];
}

/** What a host endpoint shows to selectors. */
function hostEndpointBearer(endpoint: HostEndpoint, assumptions: Assumptions): Bearer {
  return {
    ...labelsKnown(() => undefined, assumptions),
    labels: endpoint.seen,
    ports: endpoint.ports,
    unsure: undefined,
  };
}

/** What a policy's subject selector sees of an endpoint. */
export function subjectBearer(subject: Subject, assumptions: Assumptions): Bearer {
  return subject.kind === "pod" ? podBearer(subject.pod, assumptions) : hostEndpointBearer(subject, assumptions);
}

/** A label that the input does not tell, and the assumption that there is none. */
interface Untold {
  readonly fact: Fact;
  readonly assumption: "unlisted-namespace-labels" | "unlisted-service-account-labels";
}

function labelsKnown(
  untold: (key: string) => Untold | undefined,
  assumptions: Assumptions,
): Pick<Bearer, "missingLabel" | "assumedLabel"> {
  return {
    missingLabel: (key) => {
      const label = untold(key);
      return label === undefined || assumptions[label.assumption] === "none" ? undefined : label.fact;
    },
    assumedLabel: (key) => {
      const label = untold(key);
      return label === undefined || assumptions[label.assumption] === "unknown" ? undefined : label.assumption;
    },
  };
}

function untoldOfNamespace(namespace: Namespace | undefined, key: string): Untold | undefined {
  if (namespace === undefined || namespace.listed || !key.startsWith(NAMESPACE)) return undefined;
  const label = key.slice(NAMESPACE.length);
  if (label === NAMESPACE_NAME_LABEL || label === CALICO_NAME_LABEL) return undefined;
  return {
    assumption: "unlisted-namespace-labels",
    fact: {
      text: `label ${label} of namespace ${namespace.name}, which is not in the input`,
      remedy: `add the Namespace ${namespace.name} to the input, or use --assume unlisted-namespace-labels=none if it has no more labels`,
    },
  };
}

function untoldOfAccount({ serviceAccount, namespace }: Pod, key: string): Untold | undefined {
  if (serviceAccount.listed || !key.startsWith(SERVICE_ACCOUNT)) return undefined;
  const label = key.slice(SERVICE_ACCOUNT.length);
  if (label === CALICO_NAME_LABEL) return undefined;
  return {
    assumption: "unlisted-service-account-labels",
    fact: {
      text: `label ${label} of service account ${namespace.name}/${serviceAccount.name}, which is not in the input`,
      remedy:
        "add the ServiceAccount to the input, or use --assume unlisted-service-account-labels=none if it has no labels",
    },
  };
}

/** That it is not known which address the end will have or has. */
export function addressFact(end: End): Fact {
  const where = addressSetText(end.where).join(", ");
  if (end.kind === "pod" && isTemplate(end.pod)) {
    return {
      text: `the address ${podText(end.pod)} will get (somewhere in ${where})`,
      remedy: "add the live pods (kubectl get pods -A -o yaml), or narrow the range with --pod-cidr",
    };
  }
  return { text: `which address of ${where} is meant`, remedy: "ask about one address or a smaller block" };
}
