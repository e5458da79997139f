import { isCalicoPolicy, isOfCalico, isStagedPolicy } from "./calico-objects.ts";
import type { RawStagedPolicy } from "./calico-objects.ts";
import { isNetworkPolicy } from "./raw-objects.ts";
import type { RawObject } from "./raw-objects.ts";

/**
 * The objects as they would be if every staged policy were live: Set puts it in the place of the policy it is named after,
 * or adds it, Delete takes that policy away, Learn and Ignore change nothing.
 */
export function withStagedEnforced(objects: readonly RawObject[]): readonly RawObject[] {
  let live = objects.filter((object) => !isStagedPolicy(object));
  for (const staged of objects.filter(isStagedPolicy)) {
    const action = staged.spec?.stagedAction ?? "Set";
    if (action === "Learn" || action === "Ignore") continue;
    if (action !== "Set" && action !== "Delete") throw new Error(`no stagedAction "${action}"`);
    const enforced = enforcedForm(staged);
    live = live.filter((object) => !isSamePolicy(object, enforced));
    if (action === "Set") live.push(enforced);
  }
  return live;
}

function enforcedForm({ apiVersion, kind, metadata, spec }: RawStagedPolicy): RawObject {
  const { stagedAction: _, ...ownSpec } = spec ?? {};
  const policy = { metadata, spec: ownSpec };
  if (kind === "StagedKubernetesNetworkPolicy") {
    return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", ...policy };
  }
  const calico = apiVersion === undefined ? {} : { apiVersion };
  return { ...calico, kind: kind === "StagedNetworkPolicy" ? "NetworkPolicy" : "GlobalNetworkPolicy", ...policy };
}

function isSamePolicy(object: RawObject, other: RawObject): boolean {
  return (
    (isCalicoPolicy(object) || isNetworkPolicy(object)) &&
    isOfCalico(object) === isOfCalico(other) &&
    object.kind === other.kind &&
    object.metadata?.name === other.metadata?.name &&
    (object.kind === "GlobalNetworkPolicy" ||
      (object.metadata?.namespace ?? "default") === (other.metadata?.namespace ?? "default"))
  );
}
