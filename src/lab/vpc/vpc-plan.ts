/** The plan of a VPC lab: hosts in subnets with access lists, and somebody outside; no pods. Pure. */
import type { Address } from "../../net/address.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import type { Building } from "../raising.ts";
import { setupOf } from "../namespace-setup.ts";
import { labNameObjection, labPrefix } from "../topology.ts";
import type { LegacyAll } from "./acl-rules.ts";
import { networkOf } from "./network.ts";
import { gatewayCommands, hardwareOf, networkLinks, ONLY_LINK, routerCommands } from "./network-wiring.ts";
import { quietHostCommands, quietOutsideCommands } from "./quiet-hosts.ts";
import { wireNetwork, type WiredNetwork } from "./wired-network.ts";

/** A pure function of its arguments. */
export interface VpcLabPlan extends Building, WiredNetwork {
  /** The namespace of everybody outside. */
  readonly outside: string;
  /** What the lab leaves out. */
  readonly notes: readonly string[];
}

export interface VpcPlanOptions {
  /** What rules with a legacy "all" match; default `no`: TCP, UDP and ICMP when they allow. */
  readonly legacyAll?: LegacyAll;
}

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
  const namespaces = { router: `${prefix}router`, gateway: `${prefix}gateway` };
  const outside = `${prefix}out`;
  let hosts = 0;
  const wired = wireNetwork(networkOf(inventory, addresses), namespaces, legacyAll, (subnet) =>
    subnet.hosts.map((host) => {
      const port = `h${hosts++}`;
      return { namespace: prefix + port, link: ONLY_LINK, port, hardware: hardwareOf(hosts), addresses: [host] };
    }),
  );
  const { subnets, network } = wired;
  const setups = [
    ...subnets.flatMap((subnet) => subnet.wired.map((host) => quietHostCommands(host, subnet))),
    routerCommands(subnets, network, namespaces),
    gatewayCommands(subnets, namespaces),
    quietOutsideCommands(network, outside),
  ];
  return {
    ...wired,
    name,
    outside,
    families: [4],
    links: networkLinks(subnets, namespaces, outside),
    setups: setups.map((commands) => setupOf(commands, [4])),
    notes: network.notes,
  };
}
