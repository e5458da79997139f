/** A pod of which nothing is known but that it is one, and what a peer that selects it asks of it. */
import type { Namespace } from "../cluster/endpoint.ts";
import {
  CALICO_NAME_LABEL,
  KIND,
  NAMESPACE,
  NAMESPACE_NAME,
  NAMESPACE_NAME_LABEL,
  ORCHESTRATOR,
  SERVICE_ACCOUNT,
  SERVICE_ACCOUNT_NAME,
} from "../cluster/labelled.ts";
import { anyOf, both, matchAddresses, matchBearer, negation, type Ternary } from "../fold/match.ts";
import { labelsOf } from "../labels/labels.ts";
import {
  type Criterion,
  isEverything,
  isNothing,
  reduced,
  type Selector,
  selects,
  withKeys,
} from "../labels/selector.ts";
import { bearersOf } from "../path/bearers.ts";
import type { PodEnd } from "../path/end.ts";
import type { Peer } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

/** Says whether a criterion holds of the pod; undefined: not known. */
export type Knowledge = (criterion: Criterion) => Ternary;

const LABELS_OF_PODS = labelsOf({ [KIND]: "pod", [ORCHESTRATOR]: "k8s" });

const NAMES_OF_NAMESPACE: readonly string[] = [
  NAMESPACE_NAME,
  `${NAMESPACE}${NAMESPACE_NAME_LABEL}`,
  `${NAMESPACE}${CALICO_NAME_LABEL}`,
];

/** Every pod has a namespace and a service account, and those have names. */
const ALWAYS_THERE: ReadonlySet<string> = new Set([
  ...NAMES_OF_NAMESPACE,
  SERVICE_ACCOUNT_NAME,
  `${SERVICE_ACCOUNT}${CALICO_NAME_LABEL}`,
]);

/** What is known of every pod. */
export function knownOfEveryPod(criterion: Criterion): Ternary {
  const { key } = criterion;
  if (LABELS_OF_PODS.has(key)) return selects(criterion, LABELS_OF_PODS);
  if (criterion.op === "in" && criterion.values.length === 0) return false;
  return criterion.op === "has" && ALWAYS_THERE.has(key) ? true : undefined;
}

/** What is known of the pods that a peer selects: labels and a namespace that it names, and the labels of that. */
export function knownOfPodsIn(situation: Situation, { selector }: Peer, pod: PodEnd): Knowledge {
  // Then it may be the address that is selected, and the pod has none of these labels.
  if (selector === undefined || otherBearerHas(situation, selector, pod) !== false) return knownOfEveryPod;
  const labels = new Map<string, string>();
  for (const part of conjuncts(selector)) {
    const [value, ...others] = part.op === "in" ? part.values : [];
    if (part.op === "in" && value !== undefined && others.length === 0) labels.set(part.key, value);
  }
  const name = NAMES_OF_NAMESPACE.map((key) => labels.get(key)).find((known) => known !== undefined);
  if (name !== undefined) for (const key of NAMES_OF_NAMESPACE) labels.set(key, name);
  const namespace = name === undefined ? undefined : situation.inventory.namespaces.get(name);
  return (criterion) => {
    if (labels.has(criterion.key)) return selects(criterion, labels);
    return knownOfEveryPod(criterion) ?? knownOfNamespace(namespace, criterion);
  };
}

function knownOfNamespace(namespace: Namespace | undefined, criterion: Criterion): Ternary {
  if (namespace?.listed !== true || !criterion.key.startsWith(NAMESPACE)) return undefined;
  return selects(
    withKeys(criterion, (key) => key.slice(NAMESPACE.length)),
    namespace.labels,
  );
}

/** The parts that must all hold. */
export function conjuncts(selector: Selector): readonly Selector[] {
  return selector.op === "all" ? selector.of.flatMap(conjuncts) : [selector];
}

/** Whether a peer admits the pod. */
export function admitsUnknown(situation: Situation, peer: Peer, pod: PodEnd, knowledge: Knowledge): Ternary {
  const { selector, notSelector, addresses, service, unknown } = peer;
  const selected = (by: Selector): Ternary => anyOf([held(reduced(by, knowledge)), otherBearerHas(situation, by, pod)]);
  return [
    addresses === undefined ? true : matchAddresses(situation, addresses, pod),
    selector === undefined ? true : selected(selector),
    notSelector === undefined ? true : negation(selected(notSelector)),
    service === undefined && unknown === undefined ? true : undefined,
  ].reduce(both);
}

function held(selector: Selector): Ternary {
  return isEverything(selector) ? true : isNothing(selector) ? false : undefined;
}

/** Whether something else that bears the pod's address, such as a network set, satisfies the selector. */
export function otherBearerHas({ inventory, assumptions }: Situation, selector: Selector, pod: PodEnd): Ternary {
  const others = bearersOf(inventory, assumptions, { kind: "outside", where: pod.where });
  return anyOf(others.map((bearer) => matchBearer(selector, bearer)));
}
