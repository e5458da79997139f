/** The interfaces of a lab's nodes towards everybody else, named as their HostEndpoints say. Pure. */
import type { Node } from "../cluster/endpoint.ts";
import { expectsAddress, type HostEndpoint } from "../cluster/host-endpoint.ts";
import { type Address, single } from "../net/address.ts";

/** An interface of a node, with those of the node's addresses that are reached by it. */
export interface Uplink {
  readonly name: string;
  readonly addresses: readonly Address[];
}

/** The interface of a node of which no HostEndpoint says more. */
export const NODE_LINK = "uplink";

/** What Linux lets an interface be called, but for what a lab calls its others. */
function isUsable(name: string): boolean {
  return /^[A-Za-z0-9_.-]{1,15}$/.test(name) && name !== "lo" && name !== "." && name !== ".." && !/^p\d+$/.test(name);
}

/**
 * One interface for every HostEndpoint that expects an address of the node, and one for the addresses that none expects, which is
 * that of a HostEndpoint that tells nothing but its name; with notes on names that cannot be had. What the node forwards leaves by
 * the first. Together they bear all addresses of the node.
 */
export function uplinksOf(
  node: Node,
  endpoints: readonly HostEndpoint[],
): { readonly uplinks: readonly [Uplink, ...Uplink[]]; readonly notes: readonly string[] } {
  const own = endpoints.filter((endpoint) => endpoint.node === node.name && endpoint.interfaceName !== "*");
  const notes = own.flatMap(({ name, interfaceName }) =>
    interfaceName === undefined || isUsable(interfaceName)
      ? []
      : [
          `HostEndpoint ${name} is not built: a node of a lab cannot have an interface ${JSON.stringify(interfaceName)}`,
        ],
  );
  const usable = own.filter(({ interfaceName }) => interfaceName === undefined || isUsable(interfaceName));
  const general = usable.find(({ interfaceName, expectedAddresses }) => {
    return interfaceName !== undefined && expectedAddresses.length === 0;
  });
  const rest = general?.interfaceName ?? NODE_LINK;
  const borne = new Map<string, Address[]>();
  for (const address of new Set(node.addresses)) {
    const claimants = usable.filter((endpoint) => expectsAddress(endpoint, single(address)));
    const named = claimants.find(({ interfaceName }) => interfaceName !== undefined);
    const [first] = claimants;
    const name = named?.interfaceName ?? (first === undefined ? rest : `${NODE_LINK}${usable.indexOf(first)}`);
    borne.set(name, [...(borne.get(name) ?? []), address]);
  }
  const [first = { name: rest, addresses: [] }, ...others] = [...borne].map(([name, addresses]) => ({
    name,
    addresses,
  }));
  return { uplinks: [first, ...others], notes };
}
