/** PC143: a rule names a Service that is not there or has nothing behind it, so the rule meets no packet today. */
import type { Service } from "../../cluster/service.ts";
import type { ServiceEndpoints } from "../../cluster/service-endpoints.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Situation } from "../situation.ts";
import { type ServiceRule, serviceRules } from "./service-rules.ts";

/** One finding for each Service and reason, at the first rule that names it. O(rules + Services). */
export function idleServices(situation: Situation): readonly Finding[] {
  const tiers = [...situation.tiers, ...(situation.pendingTiers ?? [])];
  // A policy that is enforced stands in both; a staged one only in what is pending.
  const policies = [...new Set(tiers.flatMap((tier) => tier.policies))];
  const services = new Map(situation.inventory.services.map((one) => [`${one.namespace}/${one.name}`, one]));
  const idle = new Map<string, { readonly why: Idle; readonly rules: ServiceRule[] }>();
  for (const rule of serviceRules(policies)) {
    const name = `${rule.service.namespace}/${rule.service.name}`;
    const why = idleBecause(services.get(name), situation.inventory.serviceEndpoints.get(name), rule.side);
    if (why === undefined) continue;
    const text = `Service ${name} ${why.reason}`;
    const group = idle.get(text) ?? { why, rules: [] };
    idle.set(text, group);
    group.rules.push(rule);
  }
  return [...idle].flatMap(([text, { why, rules }]) => {
    const [first] = rules;
    if (first === undefined) return [];
    const message = `${text}: ${rulesText(rules.length)} nothing today`;
    return [
      finding("PC143", message, why.remedy, { position: first.position, resource: first.policy.origin.resource }),
    ];
  });
}

function rulesText(count: number): string {
  return count === 1 ? "the rule matches" : `this rule and ${count - 1} more match`;
}

interface Idle {
  readonly reason: string;
  readonly remedy: string;
}

const ADD = "add it with its EndpointSlices (kubectl get svc,endpointslices -A -o yaml), or correct name and namespace";

function idleBecause(
  known: Service | undefined,
  endpoints: ServiceEndpoints | undefined,
  side: ServiceRule["side"],
): Idle | undefined {
  if (side === "source" ? endpoints?.members.length : endpoints?.served.length) return undefined;
  if (known === undefined && endpoints === undefined) return { reason: "is not in the input", remedy: ADD };
  if (known?.externalName !== undefined) {
    return {
      reason: `is another name for ${known.externalName} and has no endpoints`,
      remedy: "name the addresses it stands for with `nets`",
    };
  }
  if (endpoints !== undefined && endpoints.members.length > 0) {
    return {
      reason: "has EndpointSlices without port numbers",
      remedy: "give the Service ports, or select its pods by their labels",
    };
  }
  const behind = "start pods that its selector selects and that have its target ports";
  return {
    reason: "has no endpoints",
    remedy:
      known?.backendSource === "selector and pods"
        ? `${behind}, or add its EndpointSlices`
        : `${behind}; nothing to do if they are to come`,
  };
}
