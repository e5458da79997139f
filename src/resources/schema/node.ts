import type { NodeSpec } from "../kinds.ts";
import { addressObjection, checkCidr } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { list, record, string } from "./types.ts";

const taint = record({ key: string, value: string, effect: string }, { passive: "any" });
const writtenSpec = record({ podCIDR: string, podCIDRs: list(string), taints: list(taint) }, { passive: "any" });
const writtenAddress = record({ type: string, address: string }, { passive: "any" });
const writtenStatus = record({ addresses: list(writtenAddress) }, { passive: "any" });

/** Reads spec and status, so the cursor stands on the object. */
export function nodeSpec(at: Cursor): NodeSpec {
  const spec = at.enter("spec");
  const { podCIDR, podCIDRs, taints } = writtenSpec(spec);
  if (podCIDR !== "") checkCidr(podCIDR, spec.child("podCIDR"));
  for (const [i, cidr] of podCIDRs.entries()) checkCidr(cidr, spec.child("podCIDRs").child(i));
  const { addresses } = writtenStatus(at.enter("status"));
  for (const [i, { type, address }] of addresses.entries()) {
    const objection = type === "InternalIP" || type === "ExternalIP" ? addressObjection(address) : undefined;
    const place = at.child("status").child("addresses").child(i).child("address");
    if (objection !== undefined) place.report("PC112", objection.reason, objection.remedy);
  }
  return { podCIDRs: [...new Set([podCIDR, ...podCIDRs])].filter((cidr) => cidr !== ""), addresses, taints };
}
