import * as fc from "fast-check";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { inventory } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";
import { buildPackets, packetDraft } from "./packets.ts";
import { buildPolicy, policyDraft } from "./policies.ts";
import type { PolicyDraft } from "./policies.ts";

/** A small cluster with policies, and packets worth asking about. */
export interface World {
  /** Namespaces, nodes, pods and policies, each valid for an API server, as in manifests. */
  readonly objects: RawObject[];
  readonly packets: RawPacket[];
}

/**
 * Random worlds of 1-4 namespaces, 1-3 nodes, 1-11 pods, 0-8 policies and up to 40 packets. A failing world shrinks to few
 * objects and one packet. All addresses are ordinary unicast, so that the same world can be built in a kernel; a destination
 * port may be 0. `inventories` says who is there.
 */
export function world(inventories: fc.Arbitrary<Inventory> = inventory): fc.Arbitrary<World> {
  return fc
    .record({
      inventory: inventories,
      policies: fc.oneof(policiesUpTo(2), { weight: 3, arbitrary: policiesUpTo(8, 2) }),
      packets: fc.array(packetDraft, { minLength: 1, maxLength: 40, size: "max" }),
    })
    .map(({ inventory: known, policies, packets }) => {
      const objects = [
        ...known.namespaces,
        ...known.nodes,
        ...known.pods,
        ...policies.map((draft) => buildPolicy(draft, known)),
      ];
      return { objects, packets: buildPackets(packets, objects) };
    });
}

function policiesUpTo(maxLength: number, minLength = 0): fc.Arbitrary<PolicyDraft[]> {
  return fc.uniqueArray(policyDraft, { minLength, maxLength, selector: ({ number }) => number, size: "max" });
}

/** The objects as one JSON List, which is YAML too: what kubectl prints, and what the command line reads. */
export function worldText({ objects }: Pick<World, "objects">): string {
  return `${JSON.stringify({ kind: "List", apiVersion: "v1", items: objects }, null, 2)}\n`;
}
