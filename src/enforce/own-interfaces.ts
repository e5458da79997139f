/** The interfaces of this machine itself, which host endpoints claim. */
import { hostEndpointsOfNode } from "../path/host-endpoints.ts";
import type { Inventory } from "../cluster/inventory.ts";
import type { Node } from "../cluster/endpoint.ts";
import type { OwnInterface } from "../dataplane/host-interfaces.ts";
import { readInterfaces } from "../kernel/routes.ts";

export interface Found {
  /** Undefined: nobody asks for them, or they cannot be read. */
  readonly ownInterfaces: readonly OwnInterface[] | undefined;
  readonly degraded: readonly string[];
}

/** Looks at this machine, or at the namespace, if the node has host endpoints. Never throws: what is not found is degraded. */
export async function ownInterfacesOf(inventory: Inventory, node: Node, namespace: string | undefined): Promise<Found> {
  if (hostEndpointsOfNode(inventory, node.name).length === 0) return { ownInterfaces: undefined, degraded: [] };
  try {
    return { ownInterfaces: await readInterfaces(namespace), degraded: [] };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ownInterfaces: undefined, degraded: [`the interfaces of the node are not known: ${why}`] };
  }
}
