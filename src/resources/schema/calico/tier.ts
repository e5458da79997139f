import type { TierSpec } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { number, oneOf, optional, record } from "../types.ts";

const writtenTier = record({ order: optional(number), defaultAction: oneOf(["Deny", "Pass"] as const, "Deny") });

/** Tiers that Calico makes itself, and does not let anybody change. */
const BUILT_IN: ReadonlyMap<string, TierSpec> = new Map([
  ["kube-admin", { order: 1000, defaultAction: "Pass" }],
  ["default", { order: 1_000_000, defaultAction: "Deny" }],
  ["kube-baseline", { order: 10_000_000, defaultAction: "Pass" }],
]);

export function tierSpec(at: Cursor, name: string): TierSpec {
  const value = writtenTier(at);
  const fixed = BUILT_IN.get(name);
  if (fixed === undefined) return value;
  for (const field of ["order", "defaultAction"] as const) {
    if (value[field] === fixed[field]) continue;
    const message = `the ${field} of the built-in tier ${name} is ${fixed[field]}`;
    at.child(field).report("PC112", message, `write \`${field}: ${fixed[field]}\`, or another name for the tier`);
  }
  return value;
}
