/** NetworkPolicy and GlobalNetworkPolicy of Calico, and the kinds that stage them. */
import type { CalicoGlobalPolicySpec, CalicoPolicySpec, Staged } from "../../calico-kinds.ts";
import type { NetworkPolicySpec, PolicyType } from "../../kinds.ts";
import type { Cursor } from "../cursor.ts";
import { networkPolicySpec } from "../network-policy.ts";
import { dnsLabelObjection } from "../syntax.ts";
import { boolean, checked, list, number, oneOf, optional, record, sized, string, type Type } from "../types.ts";
import { specAdvice } from "./advice.ts";
import { rules } from "./rule.ts";
import { selector } from "./selector.ts";

/** Written through Calico's API, which fills in defaults, or past it. */
export type Form = "api" | "stored";

const POLICY_TYPES = ["Ingress", "Egress"] as const;
const STAGED_ACTIONS = ["Set", "Delete", "Learn", "Ignore"] as const;
const DEFAULT_TIER = "default";

const tier = checked(string, (name) => (name === "" ? undefined : dnsLabelObjection(name)));

/** Hints where to load a policy; they change nothing. */
const performanceHints = list(oneOf(["AssumeNeededOnEveryNode"] as const, undefined));

function fieldsOf(scope: "namespaced" | "cluster") {
  return {
    tier,
    order: optional(number),
    selector,
    serviceAccountSelector: selector,
    types: sized(list(oneOf(POLICY_TYPES, undefined)), 1, 2),
    ingress: rules({ direction: "ingress", scope }),
    egress: rules({ direction: "egress", scope }),
    performanceHints,
  } as const;
}

const NAMESPACED_FIELDS = fieldsOf("namespaced");
const GLOBAL_FIELDS = {
  ...fieldsOf("cluster"),
  namespaceSelector: selector,
  doNotTrack: boolean,
  preDNAT: boolean,
  applyOnForward: boolean,
} as const;
const STAGED_FIELDS = { stagedAction: oneOf(STAGED_ACTIONS, "Set") } as const;

const namespacedAdvice = specAdvice("every pod of the namespace", false);
const globalAdvice = specAdvice("every pod and host endpoint", true);

const writtenPolicy = record(NAMESPACED_FIELDS, {
  advice: namespacedAdvice,
  check: (value, at) => checkTypes(value, at),
});
const writtenGlobal = record(GLOBAL_FIELDS, {
  advice: globalAdvice,
  check: (value, at) => checkPhase(value, at),
});
const writtenStaged = record(
  { ...NAMESPACED_FIELDS, ...STAGED_FIELDS },
  { advice: namespacedAdvice, check: (value, at) => checkTypes(value, at) },
);
const writtenStagedGlobal = record(
  { ...GLOBAL_FIELDS, ...STAGED_FIELDS },
  { advice: globalAdvice, check: (value, at) => checkPhase(value, at) },
);

type Written = Omit<CalicoPolicySpec, "selector"> & { readonly selector: string | undefined };

function checkTypes({ types }: Pick<Written, "types">, at: Cursor): void {
  const [first, second] = types;
  if (first === undefined || first !== second) return;
  const remedy = first === "Ingress" ? "write `types: [Ingress, Egress]`" : "remove one of the two";
  at.child("types").child(1).report("PC112", `${first} stands twice`, remedy);
}

type WrittenGlobal = Written & Omit<CalicoGlobalPolicySpec, "selector">;

/** Only host endpoints have phases other than the normal one; those end in a pass, and see packets that are forwarded. */
function checkPhase(value: WrittenGlobal, at: Cursor): void {
  checkTypes(value, at);
  const { doNotTrack, preDNAT, applyOnForward, egress, types } = value;
  if (doNotTrack && preDNAT) {
    const message = "preDNAT and doNotTrack cannot both be true";
    at.child("preDNAT").report("PC114", message, "make them two policies");
  }
  if (preDNAT && egress.length > 0) {
    const message = "preDNAT beside egress rules: what leaves has no destination yet to be translated";
    at.child("egress").reportKey("PC114", `${at.child("egress").pathText}: ${message}`, "move them to another policy");
  }
  if (preDNAT && types.includes("Egress")) {
    const place = at.child("types").child(types.indexOf("Egress"));
    place.report("PC114", "preDNAT beside type Egress", "write `types: [Ingress]`");
  }
  if (applyOnForward || (!doNotTrack && !preDNAT)) return;
  const phase = at.child(doNotTrack ? "doNotTrack" : "preDNAT");
  phase.report("PC114", "needs applyOnForward: true", "write `applyOnForward: true` beside it");
}

/** The policy as Calico stores it. */
export function policySpec(form: Form): Type<CalicoPolicySpec> {
  return (at) => stored(writtenPolicy(at), at, form);
}

export function globalPolicySpec(form: Form): Type<CalicoGlobalPolicySpec> {
  return (at) => storedGlobal(writtenGlobal(at), at, form);
}

export function stagedPolicySpec(form: Form): Type<CalicoPolicySpec & Staged> {
  return (at) => {
    const value = writtenStaged(at);
    checkDeletion(value, at);
    return { ...stored(value, at, form), stagedAction: value.stagedAction };
  };
}

export function stagedGlobalPolicySpec(form: Form): Type<CalicoGlobalPolicySpec & Staged> {
  return (at) => {
    const value = writtenStagedGlobal(at);
    checkDeletion(value, at);
    return { ...storedGlobal(value, at, form), stagedAction: value.stagedAction };
  };
}

/** The fields of a Kubernetes NetworkPolicy, with its defaults. */
export const stagedKubernetesPolicySpec: Type<NetworkPolicySpec & Staged> = (at) => {
  const stagedAction = oneOf(STAGED_ACTIONS, "Set")(at.enter("stagedAction"));
  checkDeletion({ stagedAction }, at);
  return { ...networkPolicySpec(at.without("stagedAction")), stagedAction };
};

/** A deletion only names a policy. */
function checkDeletion({ stagedAction }: Staged, at: Cursor): void {
  if (stagedAction !== "Delete" || at.node?.kind !== "map") return;
  for (const field of at.node.entries.keys()) {
    if (field === "stagedAction" || field === "tier" || isZero(at.child(field))) continue;
    const message = `${at.child(field).pathText}: ${field} stands beside stagedAction Delete`;
    at.child(field).reportKey("PC114", message, "remove it: a deletion has no fields but tier");
  }
}

function isZero({ node, isPresent }: Cursor): boolean {
  if (!isPresent || node === undefined) return true;
  if (node.kind === "list") return node.items.length === 0;
  if (node.kind === "map") return node.entries.size === 0;
  return node.value === "" || node.value === false;
}

function stored(value: Written, at: Cursor, form: Form): CalicoPolicySpec {
  return {
    tier: value.tier || DEFAULT_TIER,
    order: value.order,
    selector: value.selector ?? "",
    serviceAccountSelector: value.serviceAccountSelector,
    types: value.types.length > 0 ? value.types : defaultTypes(value, at, form),
    ingress: value.ingress,
    egress: value.egress,
  };
}

function storedGlobal(value: WrittenGlobal, at: Cursor, form: Form): CalicoGlobalPolicySpec {
  const { namespaceSelector, doNotTrack, preDNAT, applyOnForward } = value;
  return { ...stored(value, at, form), namespaceSelector, doNotTrack, preDNAT, applyOnForward };
}

/** The API sets Egress only for egress rules alone. Calico's agent takes a policy without types to govern both directions. */
function defaultTypes(value: Written, at: Cursor, form: Form): readonly PolicyType[] {
  if (form === "stored") {
    const message = "no types: an object of this API version gets no defaults, and governs both directions";
    const types =
      value.egress.length === 0 ? "[Ingress]" : value.ingress.length === 0 ? "[Egress]" : "[Ingress, Egress]";
    at.report("PC126", message, `write \`types: ${types}\`, or \`apiVersion: projectcalico.org/v3\``);
    return POLICY_TYPES;
  }
  if (value.egress.length === 0) return ["Ingress"];
  return value.ingress.length === 0 ? ["Egress"] : POLICY_TYPES;
}
