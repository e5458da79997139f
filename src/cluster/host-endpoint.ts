/** The interfaces of nodes themselves, as Calico's HostEndpoints describe them. */
import { labelsOf, type LabelSource } from "../labels/labels.ts";
import { type Address, type AddressSet, containsAddress } from "../net/address.ts";
import { protocolNumber } from "../net/protocol.ts";
import { ofKind } from "../resources/by-kind.ts";
import type { HostEndpointSpec } from "../resources/calico-kinds.ts";
import type { Resource } from "../resources/kinds.ts";
import type { Origin, Path } from "../source/origin.ts";
import type { NamedPort } from "./endpoint.ts";
import { seenLabels } from "./labelled.ts";
import { RESERVED_KEY } from "./network-set.ts";
import { addressesOf } from "./pods.ts";

/** What policy governs of a node: one of its interfaces, or with `*` all that no other host endpoint claims. */
export interface HostEndpoint {
  readonly kind: "host endpoint";
  readonly name: string;
  /** The name of its node. */
  readonly node: string;
  readonly interfaceName: string | undefined;
  /** Without interfaceName they tell which interface is meant; rules see the host endpoint by them alone. */
  readonly expectedAddresses: readonly Address[];
  /** In the order in which they are asked. */
  readonly profiles: readonly string[];
  readonly ports: readonly NamedPort[];
  /** Its labels as selectors see them: its own, then those its profiles apply, the first profile's before later ones'. */
  readonly seen: LabelSource;
  readonly origin: (path?: Path) => Origin;
}

/** In the order of their names, in which they claim interfaces. O(host endpoints + profiles). */
export function hostEndpointsOf(resources: readonly Resource[]): readonly HostEndpoint[] {
  const applied = new Map<string, Readonly<Record<string, string>>>();
  for (const { metadata, spec } of ofKind(resources, "Profile")) applied.set(metadata.name, spec.labelsToApply);
  return ofKind(resources, "HostEndpoint")
    .map(({ metadata, spec, origin }): HostEndpoint => {
      const layers = [...[...spec.profiles].reverse().map((profile) => applied.get(profile) ?? {}), metadata.labels];
      const labels = layers.flatMap((layer) => Object.entries(layer)).filter(([key]) => !RESERVED_KEY.test(key));
      return {
        kind: "host endpoint",
        name: metadata.name,
        node: spec.node,
        interfaceName: spec.interfaceName,
        expectedAddresses: addressesOf(spec.expectedIPs),
        profiles: spec.profiles,
        ports: portsOf(spec),
        seen: seenLabels({
          kind: "host-endpoint",
          own: labelsOf(Object.fromEntries(labels)),
          namespace: undefined,
          serviceAccount: undefined,
        }),
        origin,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function portsOf({ ports }: HostEndpointSpec): readonly NamedPort[] {
  return ports.flatMap(({ name, protocol, port }) => {
    const number = protocol.kind === "number" ? protocol.number : protocolNumber(protocol.name);
    return number === undefined ? [] : [{ name, protocol: number, port }];
  });
}

/** Whether the host endpoint says that an address of the set is its own. */
export function expectsAddress({ expectedAddresses }: HostEndpoint, where: AddressSet): boolean {
  return expectedAddresses.some((address) => containsAddress(where, address));
}
