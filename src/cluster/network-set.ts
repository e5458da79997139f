import type { LabelSource } from "../labels/labels.ts";
import { labelsOf } from "../labels/labels.ts";
import { type AddressSet, isAddressError, parseAddress, parseCidr, single } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import { ofKind } from "../resources/by-kind.ts";
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
  return ofKind(resources, "NetworkSet", "GlobalNetworkSet").map(({ metadata, spec, origin }): NetworkSet => {
    const namespace = metadata.namespace === "" ? undefined : namespaceOf(metadata.namespace);
    const own = Object.entries(metadata.labels).filter(([key]) => !RESERVED_KEY.test(key));
    return {
      kind: "network set",
      namespace,
      name: metadata.name,
      addresses: unionOf(spec.nets.flatMap(rangesOf)),
      labels: seenLabels({
        kind: "network-set",
        own: labelsOf(Object.fromEntries(own)),
        namespace,
        serviceAccount: undefined,
      }),
      origin: origin(),
    };
  });
}

/** A CIDR or a single address; the reader has refused everything else. */
function rangesOf(text: string): AddressSet {
  const address = parseAddress(text);
  if (!isAddressError(address)) return single(address);
  const cidr = parseCidr(text);
  return isAddressError(cidr) ? [] : [cidr.range];
}
