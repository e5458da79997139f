import * as fc from "fast-check";
import type { RawNode, RawNodeAddress } from "../naive/raw-objects.ts";
import type { DraftOf } from "./draft.ts";
import { nodeAddresses, podRanges } from "./vocabulary.ts";

export const nodeDraft = fc.record({
  number: fc.integer({ min: 1, max: 3 }),
  addresses: fc.oneof(
    { weight: 6, arbitrary: fc.constant("both" as const) },
    { weight: 2, arbitrary: fc.constant("second" as const) },
    { weight: 2, arbitrary: fc.constant("external" as const) },
    { weight: 2, arbitrary: fc.constant("v4" as const) },
  ),
});
export type NodeDraft = DraftOf<typeof nodeDraft>;

export function buildNode({ number, addresses }: NodeDraft): RawNode {
  const name = nodeName(number);
  const own: RawNodeAddress[] = [internal(nodeAddresses.v4(number))];
  if (addresses !== "v4") own.push(internal(nodeAddresses.v6(number)));
  if (addresses === "second") own.push(internal(nodeAddresses.second(number)));
  if (addresses === "external") own.push({ type: "ExternalIP", address: nodeAddresses.external(number) });
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { podCIDR: podRanges.v4(number), podCIDRs: [podRanges.v4(number), podRanges.v6(number)] },
    status: { addresses: [{ type: "Hostname", address: name }, ...own] },
  };
}

function internal(address: string): RawNodeAddress {
  return { type: "InternalIP", address };
}

export function nodeName(number: number): string {
  return `node-${number}`;
}

/** Pods report both families; of a node that itself lists one, all pods do, so that nobody can doubt its other address. */
export function hostAddresses({ number }: NodeDraft): readonly string[] {
  return [nodeAddresses.v4(number), nodeAddresses.v6(number)];
}
