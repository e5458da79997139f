/**
 * PC142: a rule admits the Service of cluster DNS, and the nodes have a DNS cache of their own. Pods ask the cache at an
 * address that is no endpoint of the Service.
 */
import type { Inventory } from "../../cluster/inventory.ts";
import { containsAddress, isAddressError, parseAddress } from "../../net/address.ts";
import { type Rule, rulesOf } from "../../policy/model.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Situation } from "../situation.ts";
import { serviceRules } from "./service-rules.ts";
import { isUnconditional } from "./sweep.ts";

/** Where the cache listens unless its manifest is changed. */
const CACHE = "169.254.20.10";

/** One finding, at the first such rule. O(rules). */
export function nodeLocalDns({ inventory, tiers }: Situation): readonly Finding[] {
  if (!hasCache(inventory)) return [];
  const policies = tiers.flatMap((tier) => tier.policies);
  const egress = policies.flatMap((policy) => rulesOf(policy, "egress", "normal") ?? []);
  if (egress.some(admitsCache)) return [];
  const first = serviceRules(policies).find(
    ({ rule, side, service }) =>
      side === "destination" &&
      rule.action === "allow" &&
      service.namespace === "kube-system" &&
      service.name === "kube-dns",
  );
  if (first === undefined) return [];
  return [
    finding(
      "PC142",
      `the nodes run node-local-dns, whose address ${CACHE} is no endpoint of kube-system/kube-dns, so the rule does not admit it`,
      `add a rule with \`destination: {nets: [${CACHE}/32], ports: [53]}\` for UDP and one for TCP`,
      { position: first.position, resource: first.policy.origin.resource },
    ),
  ];
}

/** Its pods share the addresses of their nodes; its manifest also brings a Service for the way on. */
function hasCache({ hostPods, services }: Inventory): boolean {
  return (
    hostPods.some(({ namespace, workload }) => namespace === "kube-system" && workload.name === "node-local-dns") ||
    services.some(({ namespace, name }) => namespace === "kube-system" && name === "kube-dns-upstream")
  );
}

function admitsCache(rule: Rule): boolean {
  if (rule.action === "deny" || rule.action === "log") return false;
  const address = parseAddress(CACHE);
  if (isAddressError(address)) return false;
  const named = rule.destination?.some(
    ({ addresses }) => addresses !== undefined && containsAddress(addresses, address),
  );
  return named === true || isUnconditional(rule, "egress");
}
