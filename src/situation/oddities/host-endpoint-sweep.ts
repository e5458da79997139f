/**
 * PC141: a global policy for everyone that also selects host endpoints, because `all()` asks for nothing that only pods
 * have. The nodes then let through no more than its rules and the failsafe ports.
 */
import type { HostEndpoint } from "../../cluster/host-endpoint.ts";
import { selects } from "../../labels/selector.ts";
import { type Direction, type Policy, rulesOf } from "../../policy/model.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Situation } from "../situation.ts";
import { isUnconditional, sweeps } from "./sweep.ts";

/** O(policies x host endpoints). */
export function hostEndpointSweeps({ inventory, tiers }: Situation): readonly Finding[] {
  if (inventory.hostEndpoints.length === 0) return [];
  return tiers.flatMap(({ policies, defaultAction }) =>
    policies.flatMap((policy) => {
      if (defaultAction === "pass" || speaksOfHosts(policy) || !sweeps(policy.subject)) return [];
      const selected = inventory.hostEndpoints.filter(({ seen }) => selects(policy.subject, seen));
      const closed = (["ingress", "egress"] as const).filter((direction) => isolates(policy, direction));
      return selected.length === 0 || closed.length === 0 ? [] : [described(policy, selected, closed)];
    }),
  );
}

/** Phases that pods do not have show that host endpoints are meant. */
function speaksOfHosts({ phases }: Policy): boolean {
  return phases.some((phase) => phase !== "normal");
}

function isolates(policy: Policy, direction: Direction): boolean {
  const rules = rulesOf(policy, direction, "normal");
  return rules !== undefined && !rules.some((rule) => rule.action !== "deny" && isUnconditional(rule, direction));
}

function described(policy: Policy, hosts: readonly HostEndpoint[], closed: readonly Direction[]): Finding {
  const [first, ...more] = hosts.map(({ name }) => name);
  const { resource } = policy.origin;
  return finding(
    "PC141",
    `${resource} is for everyone and so also for host endpoints: it isolates the ${closed.join(" and ")} of ` +
      `HostEndpoint ${first}${more.length > 0 ? ` and ${more.length} more` : ""}, but for failsafe ports`,
    "write `namespaceSelector: has(projectcalico.org/name)` if only pods are meant, or allow what the nodes need",
    { position: policy.originAt(["spec", "selector"]), resource },
  );
}
