import type { LabelSource } from "../labels/labels.ts";
import { labelsOf } from "../labels/labels.ts";
import { type AddressSet, isAddressError, parseAddress, parseCidr, single } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import type { Resource } from "../resources/kinds.ts";
import type { Origin } from "../source/origin.ts";
import type { Namespace } from "./endpoint.ts";
import { seenLabels } from "./labelled.ts";

/** Addresses with labels, which rules select like endpoints. Policies never govern them. */
export interface NetworkSet {
  readonly kind: "network set";
  readonly namespace: Namespace | undefined;
  readonly name: string;
  readonly addresses: AddressSet;
  readonly labels: LabelSource;
  readonly origin: Origin;
}

/** Keys that only Calico itself may set: on any other object they would claim another namespace's labels. */
export const RESERVED_KEY = /^(pcns|pcsa)\./;

export function networkSetsOf(
  resources: readonly Resource[],
  namespaceOf: (name: string) => Namespace,
): readonly NetworkSet[] {
  return resources.flatMap((resource) => {
    if (resource.kind !== "NetworkSet" && resource.kind !== "GlobalNetworkSet") return [];
    const namespace = resource.metadata.namespace === "" ? undefined : namespaceOf(resource.metadata.namespace);
    const own = Object.entries(resource.metadata.labels).filter(([key]) => !RESERVED_KEY.test(key));
    return [
      {
        kind: "network set",
        namespace,
        name: resource.metadata.name,
        addresses: unionOf(resource.spec.nets.flatMap(rangesOf)),
        labels: seenLabels({
          kind: "network-set",
          own: labelsOf(Object.fromEntries(own)),
          namespace,
          serviceAccount: undefined,
        }),
        origin: resource.origin(),
      } satisfies NetworkSet,
    ];
  });
}

/** A CIDR or a single address; the reader has refused everything else. */
function rangesOf(text: string): AddressSet {
  const address = parseAddress(text);
  if (!isAddressError(address)) return single(address);
  const cidr = parseCidr(text);
  return isAddressError(cidr) ? [] : [cidr.range];
}
