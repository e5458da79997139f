/** The same world with one NetworkPolicy for each rule. */
import { isNetworkPolicy } from "../../naive/raw-objects.ts";
import type { RawNetworkPolicy, RawObject } from "../../naive/raw-objects.ts";
import { nameOf } from "../draft.ts";
import { withPoliciesRenamed } from "./renamed.ts";

/**
 * Every NetworkPolicy becomes as many as it has rules, with the same selector and types. What stands between them and Calico's
 * policies of the same order is decided by names, so all get names under which the parts stay where the whole was.
 */
export function splitByRule(objects: readonly RawObject[]): readonly RawObject[] {
  return withPoliciesRenamed(objects).flatMap((object): readonly RawObject[] =>
    isNetworkPolicy(object) ? partsOf(object) : [object],
  );
}

function partsOf(policy: RawNetworkPolicy): readonly RawNetworkPolicy[] {
  const { podSelector, policyTypes, ingress, egress } = policy.spec ?? {};
  const written = policyTypes ?? [];
  const types = written.length > 0 ? written : ["Ingress", ...((egress ?? []).length > 0 ? ["Egress"] : [])];
  const specs = [
    ...(types.includes("Ingress") ? (ingress ?? []).map((rule) => ({ ingress: [rule] })) : []),
    ...(types.includes("Egress") ? (egress ?? []).map((rule) => ({ egress: [rule] })) : []),
  ];
  return (specs.length > 0 ? specs : [{}]).map((spec, number) => ({
    ...policy,
    metadata: { ...policy.metadata, name: `${nameOf(policy)}.${number}` },
    spec: { ...(podSelector === undefined ? {} : { podSelector }), policyTypes: types, ...spec },
  }));
}
