/**
 * PC140: a policy for everyone that also isolates the system's own pods. Cluster DNS then cannot ask its upstream, nor
 * anything the API server, and the whole cluster notices.
 */
import { type Pod, workloadText } from "../../cluster/endpoint.ts";
import { CALICO_NAME_LABEL, NAMESPACE, NAMESPACE_NAME_LABEL, SERVICE_ACCOUNT } from "../../cluster/labelled.ts";
import { selectsKnowing } from "../../labels/selector.ts";
import { type Direction, type Policy, rulesOf, type Tier } from "../../policy/model.ts";
import { type Finding, finding } from "../../source/finding.ts";
import type { Situation } from "../situation.ts";
import { isUnconditional, sweeps } from "./sweep.ts";

/** `kube-` is reserved for Kubernetes; the others are Calico's own. */
const SYSTEM = /^kube-|^(calico-system|calico-apiserver|tigera-operator)$/;

/** How many workloads a message names. */
const NAMED = 5;

/** O(policies), and O(policies x system pods) where a policy is for everyone. */
export function systemLockouts({ inventory, tiers, pendingTiers }: Situation): readonly Finding[] {
  const system = inventory.pods.filter(({ namespace }) => SYSTEM.test(namespace.name));
  const now = lockoutsIn(tiers, system);
  const then = lockoutsIn(pendingTiers ?? [], system).filter((one) => !now.some((other) => isSame(one, other)));
  return [...now.map((lockout) => described(lockout, "now")), ...then.map((lockout) => described(lockout, "staged"))];
}

/** Policies that together isolate pods in a direction, where no policy speaks of those pods. */
interface Lockout {
  readonly policies: readonly Policy[];
  readonly directions: Set<Direction>;
  readonly pods: Set<Pod>;
}

function isSame(one: Lockout, other: Lockout): boolean {
  return keyOf(one.policies) === keyOf(other.policies);
}

function keyOf(policies: readonly Policy[]): string {
  return policies.map(({ origin }) => origin.resource).join("\n");
}

function lockoutsIn(tiers: readonly Tier[], pods: readonly Pod[]): readonly Lockout[] {
  const sweeping = new Set(tiers.flatMap(({ policies }) => policies.filter(({ subject }) => sweeps(subject))));
  if (sweeping.size === 0) return [];
  const lockouts = new Map<string, Lockout>();
  const around = new Map(
    [...new Set(pods.map(({ namespace }) => namespace.name))].map((name) => [name, tiersFor(tiers, name)]),
  );
  for (const pod of pods) {
    for (const direction of ["ingress", "egress"] as const) {
      const policies = isolating(around.get(pod.namespace.name) ?? [], sweeping, direction, pod);
      if (policies === undefined) continue;
      const key = keyOf(policies);
      const lockout = lockouts.get(key) ?? { policies, directions: new Set(), pods: new Set() };
      lockouts.set(key, lockout);
      lockout.directions.add(direction);
      lockout.pods.add(pod);
    }
  }
  return [...lockouts.values()];
}

/** The policies that may govern pods of a namespace at all. */
function tiersFor(tiers: readonly Tier[], namespace: string): readonly Tier[] {
  return tiers.map((tier) => ({
    ...tier,
    policies: tier.policies.filter((policy) => policy.namespace === "" || policy.namespace === namespace),
  }));
}

/**
 * The policies that isolate the pod without meaning it; undefined where none do, where some policy speaks of the pod, as its
 * author has then thought about it, and where labels would decide that are not known.
 */
function isolating(
  tiers: readonly Tier[],
  sweeping: ReadonlySet<Policy>,
  direction: Direction,
  pod: Pod,
): readonly Policy[] | undefined {
  const governing = tiers
    .map(({ policies, defaultAction }) => ({
      defaultAction,
      policies: policies.filter(
        (policy) => rulesOf(policy, direction, "normal") !== undefined && governs(policy, pod) !== false,
      ),
    }))
    .filter(({ policies }) => policies.length > 0);
  if (governing.some(({ policies }) => policies.some((policy) => governs(policy, pod) === undefined))) return undefined;
  if (!governing.every(({ policies }) => policies.every((policy) => sweeping.has(policy)))) return undefined;
  for (const { policies, defaultAction } of governing) {
    const last = lastWord(policies, direction) ?? defaultAction;
    if (last === "allow") return undefined;
    if (last === "deny") return policies;
  }
  return undefined;
}

/** Undefined where labels decide that the input does not tell. */
function governs({ subject }: Policy, { seen, namespace, serviceAccount }: Pod): boolean | undefined {
  return selectsKnowing(subject, seen, (key) => {
    if (NAMES.has(key)) return true;
    if (key.startsWith(NAMESPACE)) return namespace.listed;
    return !key.startsWith(SERVICE_ACCOUNT) || serviceAccount.listed;
  });
}

/** Labels that are known even of what is not in the input. */
const NAMES: ReadonlySet<string> = new Set([
  `${NAMESPACE}${NAMESPACE_NAME_LABEL}`,
  `${NAMESPACE}${CALICO_NAME_LABEL}`,
  `${SERVICE_ACCOUNT}${CALICO_NAME_LABEL}`,
]);

/** What happens in the tier to packets that only rules for everything meet; undefined where no such rule decides. */
function lastWord(policies: readonly Policy[], direction: Direction): "allow" | "deny" | "pass" | undefined {
  for (const rule of policies.flatMap((policy) => rulesOf(policy, direction, "normal") ?? [])) {
    if (rule.action !== "log" && isUnconditional(rule, direction)) return rule.action;
  }
  return undefined;
}

function described({ policies, directions, pods }: Lockout, when: "now" | "staged"): Finding {
  const workloads = [...new Set([...pods].map(({ workload }) => workloadText(workload)))].sort();
  const more = workloads.length - NAMED;
  const listed = `${workloads.slice(0, NAMED).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const namespaces = [...new Set([...pods].map(({ namespace }) => namespace.name))].sort();
  const one = policies.length === 1;
  const locks = when === "staged" ? "would lock" : one ? "locks" : "lock";
  const closed = (["ingress", "egress"] as const).filter((direction) => directions.has(direction));
  const [first] = policies;
  return finding(
    "PC140",
    `${policies.map(({ origin }) => origin.resource).join(" and ")} ${locks} out system namespaces: ` +
      `${one ? "it isolates" : "they isolate"} the ${closed.join(" and ")} of ${listed}, ` +
      "and no policy of theirs lets them do their work",
    `leave them out with \`namespaceSelector: ${leavingOut(namespaces)}\`, or write a policy for them that allows what they need`,
    first && { position: first.originAt(["spec", "selector"]), resource: first.origin.resource },
  );
}

/** Asking for the label keeps host endpoints out, which have no namespace and which `not in` would select. */
function leavingOut(namespaces: readonly string[]): string {
  const names = namespaces.map((name) => `"${name}"`).join(", ");
  return `has(kubernetes.io/metadata.name) && kubernetes.io/metadata.name not in {${names}}`;
}
