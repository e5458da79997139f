/**
 * Calico's selectors as selectors over what objects show. Which objects a selector can see depends on the field it stands
 * in: the composition of scopes is here, and nowhere else.
 */
import {
  CALICO_NAME_LABEL,
  isKind,
  KIND,
  NAMESPACE,
  NAMESPACE_NAME,
  ORCHESTRATOR,
  SERVICE_ACCOUNT,
  SERVICE_ACCOUNT_NAME,
} from "../../../cluster/labelled.ts";
import { parseCalicoSelector } from "../../../labels/calico/parse.ts";
import { type CalicoSelector, interpret } from "../../../labels/calico/selector.ts";
import { all, equals, EVERYTHING, has, isIn, not, type Selector, withKeys } from "../../../labels/selector.ts";
import type { CalicoEntityRule } from "../../../resources/calico-kinds.ts";

const HAS_NAMESPACE = has(NAMESPACE_NAME);
const HAS_NO_NAMESPACE = not(HAS_NAMESPACE);

/** Pods, network sets and host endpoints: what rules see. Nodes show themselves to Kubernetes' policies only. */
const VISIBLE = isIn(KIND, ["pod", "network-set", "host-endpoint"]);

/** Keys that Calico gives a meaning of its own, wherever an object claims them itself. */
const OWN_KEYS: Readonly<Record<string, string>> = {
  "projectcalico.org/namespace": NAMESPACE_NAME,
  "projectcalico.org/serviceaccount": SERVICE_ACCOUNT_NAME,
  "projectcalico.org/orchestrator": ORCHESTRATOR,
};

function seenKey(key: string): string {
  if (key.startsWith("pcns.")) return `${NAMESPACE}${key.slice("pcns.".length)}`;
  if (key.startsWith("pcsa.")) return `${SERVICE_ACCOUNT}${key.slice("pcsa.".length)}`;
  return OWN_KEYS[key] ?? key;
}

function parsed(text: string): CalicoSelector {
  const result = parseCalicoSelector(text);
  // The reader has refused what does not parse.
  if ("error" in result) throw new Error(`selector ${JSON.stringify(text)}: ${result.error.message}`);
  return result.selector;
}

/** A selector over endpoints' labels. */
function ofEndpoints(text: string, everything: Selector = EVERYTHING): Selector {
  const meaning = { all: everything, global: HAS_NO_NAMESPACE, keyPrefix: "" };
  return withKeys(interpret(parsed(text), meaning), seenKey);
}

/**
 * A selector over namespaces' labels, as one over what objects inherit from theirs. Negative ones also hold of objects
 * without a namespace; only `all()` asks for one.
 */
function ofNamespaces(text: string): Selector {
  return interpret(parsed(text), { all: HAS_NAMESPACE, global: HAS_NO_NAMESPACE, keyPrefix: NAMESPACE });
}

/** In rules `all()` asks for nothing: it also holds of objects that have no service account. */
function ofServiceAccounts(text: string, everything: Selector = EVERYTHING): Selector {
  return interpret(parsed(text), { all: everything, global: HAS_NO_NAMESPACE, keyPrefix: SERVICE_ACCOUNT });
}

export interface SubjectText {
  readonly selector: string;
  readonly serviceAccountSelector: string | undefined;
  readonly namespaceSelector: string | undefined;
}

/**
 * The endpoints that a policy governs. `namespace` is that of a namespaced policy, which governs pods alone; a global one
 * governs host endpoints too. Beside a namespaceSelector `all()` asks for a namespace everywhere, beside a
 * serviceAccountSelector alone for a service account: host endpoints have neither. An empty selector asks for nothing.
 */
export function subjectSelector(spec: SubjectText, namespace: string | undefined): Selector {
  const { selector, namespaceSelector, serviceAccountSelector } = spec;
  if (namespace !== undefined) {
    return all([
      isKind("pod"),
      equals(NAMESPACE_NAME, namespace),
      ...(serviceAccountSelector === undefined ? [] : [ofServiceAccounts(serviceAccountSelector)]),
      ofEndpoints(selector),
    ]);
  }
  const everyAccount = has(SERVICE_ACCOUNT_NAME);
  const everything =
    namespaceSelector !== undefined ? HAS_NAMESPACE : serviceAccountSelector !== undefined ? everyAccount : EVERYTHING;
  return all([
    isIn(KIND, ["pod", "host-endpoint"]),
    ...(namespaceSelector === undefined ? [] : [ofNamespaces(namespaceSelector)]),
    ...(serviceAccountSelector === undefined ? [] : [ofServiceAccounts(serviceAccountSelector, everyAccount)]),
    ...(selector.trim() === "" ? [] : [ofEndpoints(selector, everything)]),
  ]);
}

export interface EntitySelectors {
  readonly selector: Selector | undefined;
  readonly notSelector: Selector | undefined;
}

/**
 * What a rule's side asks of the objects at an address. In a namespaced policy selectors see the own namespace only, unless
 * a namespaceSelector says which; without any selector there is no such limit.
 */
export function entitySelectors(entity: CalicoEntityRule, namespace: string | undefined): EntitySelectors {
  const { selector, notSelector, namespaceSelector, serviceAccounts } = entity;
  const asks = selector !== undefined || namespaceSelector !== undefined || serviceAccounts !== undefined;
  const limited = namespace !== undefined && (asks || notSelector !== undefined);
  const scope =
    namespaceSelector !== undefined
      ? [ofNamespaces(namespaceSelector)]
      : limited
        ? [equals(NAMESPACE_NAME, namespace)]
        : [];
  const positive = [
    ...scope,
    ...(serviceAccounts === undefined ? [] : accountSelectors(serviceAccounts)),
    ...(selector === undefined ? [] : [ofEndpoints(selector)]),
    // Beside a positive selector the negative one speaks of the same object.
    ...(notSelector !== undefined && (asks || limited) ? [not(ofEndpoints(notSelector))] : []),
  ];
  return {
    selector: positive.length === 0 ? undefined : all([VISIBLE, ...positive]),
    notSelector:
      notSelector !== undefined && positive.length === 0 ? all([VISIBLE, ofEndpoints(notSelector)]) : undefined,
  };
}

function accountSelectors(accounts: NonNullable<CalicoEntityRule["serviceAccounts"]>): readonly Selector[] {
  return [
    ...(accounts.names.length === 0 ? [] : [isIn(`${SERVICE_ACCOUNT}${CALICO_NAME_LABEL}`, accounts.names)]),
    ...(accounts.selector === undefined ? [] : [ofServiceAccounts(accounts.selector)]),
  ];
}
