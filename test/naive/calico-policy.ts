/** A second reading of Calico's NetworkPolicy and GlobalNetworkPolicy, as far as they are about pods. */
import { NAMESPACE_LABEL, OF_NAMESPACE, OF_SERVICE_ACCOUNT, SERVICE_ACCOUNT_LABEL } from "./calico-endpoints.ts";
import { podEndpoint } from "./calico-endpoints.ts";
import type { RawCalicoPolicy } from "./calico-objects.ts";
import { calicoRuleMatches, isFilled } from "./calico-rule.ts";
import { calicoSelects } from "./calico-selector.ts";
import { namespaceOf } from "./flow.ts";
import type { Direction, Flow } from "./flow.ts";
import type { RawObject, RawPod } from "./raw-objects.ts";

/** Does the policy select the pod, and is it one about this direction? Untracked and pre-DNAT policies are not for pods. */
export function calicoPolicyGoverns(
  objects: readonly RawObject[],
  policy: RawCalicoPolicy,
  pod: RawPod,
  direction: Direction,
): boolean {
  const spec = policy.spec ?? {};
  if (spec.doNotTrack === true || spec.preDNAT === true) return false;
  if (policy.kind === "NetworkPolicy" && namespaceOf(policy) !== namespaceOf(pod)) return false;
  const { labels } = podEndpoint(objects, pod);
  const hasNamespace = labels.has(NAMESPACE_LABEL);
  const hasAccount = labels.has(SERVICE_ACCOUNT_LABEL);
  return (
    governedDirections(policy).includes(direction) &&
    calicoSelects(spec.selector ?? "", labels) &&
    calicoSelects(spec.namespaceSelector ?? "", labels, { prefix: OF_NAMESPACE, all: hasNamespace }) &&
    calicoSelects(spec.serviceAccountSelector ?? "", labels, { prefix: OF_SERVICE_ACCOUNT, all: hasAccount })
  );
}

/** The API writes types where they are missing; an object put into the store past the API without them is about both. */
function governedDirections({ apiVersion, spec }: RawCalicoPolicy): readonly string[] {
  if (isFilled(spec?.types)) return spec.types;
  if (apiVersion === "crd.projectcalico.org/v1") return ["Ingress", "Egress"];
  if (!isFilled(spec?.egress)) return ["Ingress"];
  return isFilled(spec?.ingress) ? ["Ingress", "Egress"] : ["Egress"];
}

/** What the first rule that matches and is no Log says; undefined where none does. */
export function calicoDecision(flow: Flow, policy: RawCalicoPolicy, direction: Direction) {
  const rules = (direction === "Ingress" ? policy.spec?.ingress : policy.spec?.egress) ?? [];
  const namespace = policy.kind === "NetworkPolicy" ? namespaceOf(policy) : undefined;
  const first = rules.find((rule) => rule.action !== "Log" && calicoRuleMatches(flow, rule, namespace));
  switch (first?.action) {
    case undefined:
      return undefined;
    case "Allow":
      return "allow";
    case "Deny":
      return "deny";
    case "Pass":
      return "pass";
    default:
      throw new Error(`no action "${first?.action}"`);
  }
}
