/** A network with namespaces for its parts, and the rules of those in the middle. Pure. */
import type { NetworkDirection } from "../../vpc/model.ts";
import { type AclJudge, judgesAt, type LegacyAll } from "./acl-rules.ts";
import { gatewayRules } from "./gateway-rules.ts";
import type { Network, NetworkSubnet } from "./network.ts";
import { NO_ROUTE } from "./network-table.ts";
import type { NetworkNamespaces, WiredHost, WiredSubnet } from "./network-wiring.ts";
import { routerRules } from "./router-rules.ts";

export interface WiredNetwork {
  readonly network: Network;
  readonly subnets: readonly WiredSubnet[];
  readonly namespaces: NetworkNamespaces;
  /** Who decides about packets, by number: index 0 has number {@link FIRST_JUDGE}. */
  readonly judges: readonly AclJudge[];
  /** What `nft -f` loads into router and gateway. */
  readonly rulesets: readonly { readonly namespace: string; readonly ruleset: string }[];
}

/** The number of the first judge of the lists. */
export const FIRST_JUDGE = NO_ROUTE + 1;

/** `hostsOf` tells the namespaces that are attached to a subnet. */
export function wireNetwork(
  network: Network,
  namespaces: NetworkNamespaces,
  legacyAll: LegacyAll,
  hostsOf: (subnet: NetworkSubnet) => readonly WiredHost[],
): WiredNetwork {
  const subnets = network.subnets.map((one, i): WiredSubnet => {
    const { subnet, acl } = one;
    const judges = (direction: NetworkDirection): readonly AclJudge[] =>
      acl === undefined ? [] : judgesAt({ subnet, acl, direction });
    return {
      ...one,
      device: `s${i}`,
      judges: { outbound: judges("outbound"), inbound: judges("inbound") },
      wired: hostsOf(one),
    };
  });
  const judges = subnets.flatMap(({ judges: own }) => [...own.outbound, ...own.inbound]);
  const numbers = new Map(judges.map((judge, i) => [judge, FIRST_JUDGE + i]));
  const numberOf = (judge: AclJudge): number => numbers.get(judge) ?? 0;
  return {
    network,
    subnets,
    namespaces,
    judges,
    rulesets: [
      { namespace: namespaces.router, ruleset: routerRules(subnets, numberOf, legacyAll) },
      { namespace: namespaces.gateway, ruleset: gatewayRules(network) },
    ],
  };
}
