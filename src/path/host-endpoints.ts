/**
 * Which host endpoints a packet meets at a node. Interfaces are not in any input: an address stands for the one that bears
 * it, and where several could be meant each is a candidate with the fact that would tell.
 */
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import { expectsAddress } from "../cluster/host-endpoint.ts";
import type { Inventory } from "../cluster/inventory.ts";
import { addressSetText, type AddressSet, type Family, familyOf, single } from "../net/address.ts";
import type { Fact } from "../source/fact.ts";

export interface Candidate {
  readonly endpoint: HostEndpoint;
  /** What is not known and may keep packets from this endpoint; undefined: they meet it for certain. */
  readonly doubt: Fact | undefined;
}

export function hostEndpointsOfNode({ hostEndpoints }: Inventory, node: string): readonly HostEndpoint[] {
  return hostEndpoints.filter((endpoint) => endpoint.node === node);
}

/**
 * The host endpoints of the interface that bears an address of the node. The first by name wins an interface; an explicit
 * interface name counts alone, expected addresses then only tell where that interface is; `*` takes what is left.
 */
export function metAtAddress(inventory: Inventory, node: string, where: AddressSet): readonly Candidate[] {
  const all = hostEndpointsOfNode(inventory, node);
  const specific = all.filter(({ interfaceName }) => interfaceName !== "*");
  const everywhere = all.filter(({ interfaceName }) => interfaceName === "*").slice(0, 1);
  const claimants = specific.filter((endpoint) => expectsAddress(endpoint, where));
  const interfaces = new Set(claimants.flatMap(({ interfaceName }) => interfaceName ?? []));
  const [name] = interfaces;
  if (claimants.length === 0) {
    const candidates = [...specific, ...everywhere];
    return specific.length === 0 ? certain(candidates) : doubtful(candidates, node, where);
  }
  if (interfaces.size > 1) return doubtful(claimants, node, where);
  const sure = specific.filter(
    (endpoint) => claimants.includes(endpoint) || (name !== undefined && endpoint.interfaceName === name),
  );
  const best = sure.slice(0, 1);
  // An interface with an unknown name may be that of a host endpoint which comes before.
  const before = specific.slice(
    0,
    specific.findIndex((endpoint) => best.includes(endpoint)),
  );
  const rivals = name === undefined ? before.filter(({ interfaceName }) => interfaceName !== undefined) : [];
  return rivals.length === 0 ? certain(best) : doubtful([...rivals, ...best], node, where);
}

/** The host endpoints that may see what the node forwards in one family, over whichever of its interfaces. */
export function metByForwarded(inventory: Inventory, node: string, family: Family): readonly Candidate[] {
  const all = hostEndpointsOfNode(inventory, node);
  const known = inventory.nodes.find(({ name }) => name === node)?.addresses ?? [];
  const ofFamily = known.filter((address) => familyOf(address) === family);
  const addresses = ofFamily.length > 0 ? ofFamily : known;
  const met = addresses.flatMap((address) => metAtAddress(inventory, node, single(address)));
  const [first] = met;
  const everywhereOnly = all.every(({ interfaceName }) => interfaceName === "*");
  const onlyOne =
    first !== undefined &&
    all.every(({ interfaceName, name }) => interfaceName === "*" || name === first.endpoint.name) &&
    met.every(({ endpoint, doubt }) => endpoint === first.endpoint && doubt === undefined);
  if (everywhereOnly) return certain(all.slice(0, 1));
  if (onlyOne) return certain([first.endpoint]);
  return all.map((endpoint) => ({ endpoint, doubt: interfaceUnknown(node, "the packet takes") }));
}

/** Packets between nodes and pods may take an overlay's interface, which no host endpoint but `*` claims. */
export function orOverlay(candidates: readonly Candidate[], inventory: Inventory): readonly Candidate[] {
  if (candidates.every(({ endpoint }) => endpoint.interfaceName === "*")) return candidates;
  const known = new Set(candidates.map(({ endpoint }) => endpoint));
  const nodes = new Set(candidates.map(({ endpoint }) => endpoint.node));
  return [...nodes].flatMap((node) => {
    const everywhere = hostEndpointsOfNode(inventory, node)
      .filter((endpoint) => endpoint.interfaceName === "*" && !known.has(endpoint))
      .slice(0, 1);
    const own = candidates.filter(({ endpoint }) => endpoint.node === node);
    return [...own, ...certain(everywhere)].map(({ endpoint, doubt }) => ({
      endpoint,
      doubt: doubt ?? interfaceUnknown(node, "the packet takes, its own or that of an overlay"),
    }));
  });
}

function certain(endpoints: readonly HostEndpoint[]): readonly Candidate[] {
  return endpoints.map((endpoint) => ({ endpoint, doubt: undefined }));
}

function doubtful(endpoints: readonly HostEndpoint[], node: string, where: AddressSet): readonly Candidate[] {
  const names = endpoints.map(({ name }) => name).join(", ");
  const doubt = {
    text: `which interface of node/${node} bears ${addressSetText(where).join(", ")} (HostEndpoint ${names})`,
    remedy: "write the address into expectedIPs of the one HostEndpoint whose interface bears it",
  };
  return endpoints.map((endpoint) => ({ endpoint, doubt }));
}

function interfaceUnknown(node: string, which: string): Fact {
  return {
    text: `which interface of node/${node} ${which}`,
    remedy: `use one HostEndpoint with interfaceName "*" for node/${node}, or policies that say the same for all of its host endpoints`,
  };
}
