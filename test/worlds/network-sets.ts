import * as fc from "fast-check";
import type { RawNetworkSet } from "../naive/calico-objects.ts";
import { labelsFrom, nameOf } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { buildIpBlock, ipBlockDraft } from "./ip-blocks.ts";
import { reference, resolveSome } from "./reference.ts";
import { podLabelValues } from "./vocabulary.ts";

export const networkSetDraft = fc.record({
  number: fc.nat({ max: 9 }),
  kind: fc.constantFrom("GlobalNetworkSet" as const, "NetworkSet" as const),
  namespace: reference,
  /** The labels that pods have too, so that one selector finds both; and some that sets may not claim. */
  labels: labelsFrom({ ...podLabelValues, "pcns.env": ["prod"], "pcsa.role": ["admin"] }),
  nets: fc.array(fc.record({ block: ipBlockDraft, isBare: fc.boolean() }), { maxLength: 3 }),
});

/** Blocks around addresses of the world, which overlap pods, nodes, outside addresses and each other. */
export function buildNetworkSet(draft: DraftOf<typeof networkSetDraft>, inventory: Inventory): RawNetworkSet {
  const name = `set-${draft.number}`;
  const namespace = nameOf(resolveSome(draft.namespace, inventory.namespaces, nameOf));
  const nets = draft.nets.map(({ block, isBare }) => {
    const { cidr } = buildIpBlock(block, inventory);
    return isBare ? cidr.replace(/\/(?:32|128)$/u, "") : cidr;
  });
  return {
    apiVersion: "projectcalico.org/v3",
    kind: draft.kind,
    metadata: { name, ...(draft.kind === "NetworkSet" ? { namespace } : {}), labels: draft.labels },
    spec: { nets },
  };
}
