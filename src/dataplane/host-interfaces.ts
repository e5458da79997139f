/** Which host endpoint of a node claims which of its interfaces. */
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import { type Address, addressText } from "../net/address.ts";

/** An interface of the node itself. */
export interface OwnInterface {
  readonly name: string;
  readonly addresses: readonly Address[];
}

export interface Claims {
  /** Host endpoints by the interface they claim. */
  readonly claimed: ReadonlyMap<string, HostEndpoint>;
  /** The one for all interfaces that no other claims. */
  readonly others: HostEndpoint | undefined;
  /** Why some claim nothing. */
  readonly degraded: readonly string[];
}

const LOOPBACK = "lo";

/**
 * The first by name wins an interface: by its name or, if it names none, by an address it expects there; `*` takes what is left.
 * `endpoints` are those of the node in the order of their names; `own` undefined: not known, as where no machine is looked at.
 * Interfaces to pods and the loopback have no host endpoint.
 */
export function claimsOf(
  endpoints: readonly HostEndpoint[],
  own: readonly OwnInterface[] | undefined,
  towardsPods: ReadonlySet<string>,
): Claims {
  const claimed = new Map<string, HostEndpoint>();
  const isApart = (name: string): boolean => name === LOOPBACK || towardsPods.has(name);
  const degraded: string[] = [];
  for (const endpoint of endpoints) {
    if (endpoint.interfaceName === "*") continue;
    const names = interfacesOf(endpoint, own, isApart);
    if (names.length === 0) degraded.push(unclaimed(endpoint, own !== undefined));
    for (const name of names) {
      if (isApart(name)) {
        degraded.push(`HostEndpoint ${endpoint.name} is not enforced: ${name} is no interface to other machines`);
      } else if (!claimed.has(name)) {
        claimed.set(name, endpoint);
      }
    }
  }
  return { claimed, others: endpoints.find(({ interfaceName }) => interfaceName === "*"), degraded };
}

function interfacesOf(
  { interfaceName, expectedAddresses }: HostEndpoint,
  own: readonly OwnInterface[] | undefined,
  isApart: (name: string) => boolean,
): readonly string[] {
  // An interface that is not there yet is claimed for when it comes.
  if (interfaceName !== undefined) return [interfaceName];
  return (own ?? [])
    .filter(({ name, addresses }) => !isApart(name) && addresses.some((one) => expectedAddresses.includes(one)))
    .map(({ name }) => name);
}

function unclaimed({ name, expectedAddresses }: HostEndpoint, isKnown: boolean): string {
  const addresses = expectedAddresses.map(addressText).join(", ");
  return isKnown
    ? `HostEndpoint ${name} is not enforced: no interface of this machine to others bears ${addresses}`
    : `HostEndpoint ${name} is not enforced: which interface bears ${addresses} is told on the node only; give it an interfaceName`;
}
