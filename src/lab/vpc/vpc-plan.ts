/** The plan of a VPC lab: hosts in subnets with access lists, and somebody outside; no pods. Pure. */
import type { Address } from "../../net/address.ts";
import type { NetworkDirection, VpcInventory } from "../../vpc/model.ts";
import type { Building } from "../raising.ts";
import { labNameObjection, labPrefix, sysctlsOf } from "../topology.ts";
import { type AclJudge, judgesAt, type LegacyAll } from "./acl-rules.ts";
import { gatewayRules } from "./gateway-rules.ts";
import { type Network, networkOf, type NetworkSubnet } from "./network.ts";
import { NO_ROUTE } from "./network-table.ts";
import {
  gatewayCommands,
  hostCommands,
  networkLinks,
  type NetworkNamespaces,
  outsideCommands,
  routerCommands,
  type WiredHost,
  type WiredSubnet,
} from "./network-wiring.ts";
import { routerRules } from "./router-rules.ts";

/** A pure function of its arguments. */
export interface VpcLabPlan extends Building {
  readonly network: Network;
  readonly subnets: readonly WiredSubnet[];
  readonly namespaces: NetworkNamespaces;
  /** Who decides about packets, by number: index 0 has number {@link FIRST_JUDGE}. */
  readonly judges: readonly AclJudge[];
  /** What the lab leaves out. */
  readonly notes: readonly string[];
}

export interface VpcPlanOptions {
  /** What rules with a legacy "all" match; default `no`: TCP, UDP and ICMP when they allow. */
  readonly legacyAll?: LegacyAll;
}

/** The number of the first judge of the lists. */
export const FIRST_JUDGE = NO_ROUTE + 1;

/**
 * Plans a lab of the subnets that hold one of `addresses`: each such address becomes a host of its own namespace; all other
 * addresses are outside, those of the service networks too. Throws a RangeError for a bad name and for what cannot be
 * built: see `networkOf`. O(addresses x subnets + rules).
 */
export function planVpcLab(
  inventory: VpcInventory,
  addresses: readonly Address[],
  name: string,
  { legacyAll = "no" }: VpcPlanOptions = {},
): VpcLabPlan {
  const objection = labNameObjection(name);
  if (objection !== undefined) throw new RangeError(objection);
  const prefix = labPrefix(name);
  const network = networkOf(inventory, addresses);
  const namespaces = { router: `${prefix}router`, gateway: `${prefix}gateway`, outside: `${prefix}out` };
  const subnets = wired(network.subnets, prefix);
  const judges = subnets.flatMap(({ judges: own }) => [...own.outbound, ...own.inbound]);
  const numbers = new Map(judges.map((judge, i) => [judge, FIRST_JUDGE + i]));
  const numberOf = (judge: AclJudge): number => numbers.get(judge) ?? 0;
  return {
    name,
    families: [4],
    network,
    subnets,
    namespaces,
    judges,
    rulesets: [
      { namespace: namespaces.router, ruleset: routerRules(subnets, numberOf, legacyAll) },
      { namespace: namespaces.gateway, ruleset: gatewayRules(network) },
    ],
    links: networkLinks(subnets, namespaces),
    setups: [
      ...subnets.flatMap((subnet) => subnet.wired.map((host) => hostCommands(host, subnet))),
      routerCommands(subnets, network, namespaces),
      gatewayCommands(subnets, namespaces),
      outsideCommands(network, namespaces),
    ].map(({ namespace, routes, commands }) => ({ namespace, commands, sysctls: sysctlsOf([4], routes) })),
    notes: network.notes,
  };
}

function wired(subnets: readonly NetworkSubnet[], prefix: string): readonly WiredSubnet[] {
  let hosts = 0;
  return subnets.map((one, i) => {
    const judges = (direction: NetworkDirection): readonly AclJudge[] =>
      judgesAt({ subnet: one.subnet, acl: one.acl, direction });
    return {
      ...one,
      device: `s${i}`,
      judges: { outbound: judges("outbound"), inbound: judges("inbound") },
      wired: one.hosts.map(({ address, floating }): WiredHost => {
        const number = hosts++;
        return {
          namespace: `${prefix}h${number}`,
          address,
          floating,
          port: `h${number}`,
          hardware: `02:00:00:01:${octet(number >> 8)}:${octet(number & 255)}`,
        };
      }),
    };
  });
}

function octet(value: number): string {
  return value.toString(16).padStart(2, "0");
}
