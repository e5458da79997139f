/** ClusterNetworkPolicy, AdminNetworkPolicy and BaselineAdminNetworkPolicy. */
import {
  BASELINE_PRIORITY,
  type ClusterNetworkPolicySpec,
  type ClusterPolicyRule,
} from "../../cluster-policy-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { suggestionFor } from "../spelling.ts";
import { type Advice, checked, integer, oneOf, record, required, type Type } from "../types.ts";
import { subject } from "./peers.ts";
import { egressRules, ingressRules, type RuleForm } from "./rule.ts";

const LAST_PRIORITY = 1000;

const CLUSTER: RuleForm = { version: "cluster", actions: actions("Accept", ["Deny", "Pass"]) };
const ADMIN: RuleForm = { version: "v1alpha1", actions: actions("Allow", ["Deny", "Pass"]) };
/** Nothing comes after it that a rule could pass to. */
const BASELINE: RuleForm = { version: "v1alpha1", actions: actions("Allow", ["Deny"]) };

function actions(accept: string, others: readonly ("Deny" | "Pass")[]): RuleForm["actions"] {
  const same = others.map((word): [string, ClusterPolicyRule["action"]] => [word, word]);
  return new Map([[accept, "Accept"], ...same]);
}

const priority = required(
  checked(integer, (value) =>
    value >= 0 && value <= LAST_PRIORITY
      ? undefined
      : {
          reason: `${value} is not a priority`,
          remedy: `write a number from 0 to ${LAST_PRIORITY}; lower comes first`,
        },
  ),
  `write \`priority:\` and a number from 0 to ${LAST_PRIORITY}; lower comes first`,
);

function fieldsOf(form: RuleForm) {
  return { subject: subject(form.version), ingress: ingressRules(form), egress: egressRules(form) } as const;
}

export const clusterPolicySpec: Type<ClusterNetworkPolicySpec> = record(
  { tier: oneOf(["Admin", "Baseline"] as const, undefined), priority, ...fieldsOf(CLUSTER) },
  { advice: specAdvice(["tier", "priority"]) },
);

const writtenAdmin = record({ priority, ...fieldsOf(ADMIN) }, { advice: specAdvice(["priority"]) });
const writtenBaseline = record(fieldsOf(BASELINE), { advice: specAdvice([]) });

export const adminPolicySpec: Type<ClusterNetworkPolicySpec> = (at) => ({ tier: "Admin", ...writtenAdmin(at) });

export const baselinePolicySpec: Type<ClusterNetworkPolicySpec> = (at) => ({
  tier: "Baseline",
  priority: BASELINE_PRIORITY,
  ...writtenBaseline(at),
});

/** Says that newer clusters have another kind for it. */
export function reportReplaced(at: Cursor, kind: string): void {
  at.child("kind").report(
    "PC125",
    `${kind} is replaced by ClusterNetworkPolicy`,
    "it is read as such; write ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2 for newer clusters",
  );
}

function specAdvice(own: readonly string[]): Advice {
  return (key) => {
    const suggestion = suggestionFor(key, [...own, "subject", "ingress", "egress"]);
    if (suggestion !== undefined) return `write ${suggestion.word}`;
    switch (key) {
      case "podSelector":
      case "namespaceSelector":
      case "selector":
        return "write subject: `subject: {namespaces: {}}`, or pods with namespaceSelector and podSelector";
      case "policyTypes":
      case "types":
        return "remove it: a direction is governed if it has rules";
      case "order":
        return "write priority, from 0 to 1000; lower comes first";
      case "priority":
        return "remove it: there is only one BaselineAdminNetworkPolicy";
      case "tier":
        return "remove it, or write `kind: ClusterNetworkPolicy`";
      default:
        return undefined;
    }
  };
}
