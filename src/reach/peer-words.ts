/** Whom a peer of a rule admits, in words that hold for pods which do not exist yet. */
import {
  CALICO_NAME_LABEL,
  NAMESPACE,
  NAMESPACE_NAME,
  NAMESPACE_NAME_LABEL,
  ORCHESTRATOR,
  SERVICE_ACCOUNT,
  SERVICE_ACCOUNT_NAME,
} from "../cluster/labelled.ts";
import { all, isNothing, keysOf, reduced, type Selector, selectorText, withKeys } from "../labels/selector.ts";
import { addressSetText } from "../net/address.ts";
import type { Peer, ServiceName } from "../policy/model.ts";
import { conjuncts, knownOfEveryPod } from "./unknown-pod.ts";

/** What has to be true of the pods beside what the peer says. */
export interface Beside {
  /** The labels may also be those of a network set that holds the pod's address. */
  readonly byAddress: boolean;
  /** Services whose ports the rule means. */
  readonly served: readonly ServiceName[];
}

/** `any pod with app=web in namespaces with team=a`, `any pod in namespace shop`; of a rule without peers: `any pod`. */
export function podsAdmittedBy(peer: Peer | undefined, { byAddress, served }: Beside): string {
  const { selector, notSelector, addresses, service, unknown }: Partial<Peer> = peer ?? {};
  const services = [...(service === undefined ? [] : [service]), ...served];
  const conditions = [
    ...(selector === undefined ? [] : podsSelected(selector)),
    ...(notSelector === undefined ? [] : ["but those", ...podsSelected(notSelector)]),
    ...(byAddress ? ["or at an address of such a network set"] : []),
    ...(addresses === undefined ? [] : [`at ${addressSetText(addresses).join(", ")}`]),
    ...services.map(({ namespace, name }) => `that serves ${namespace}/svc/${name}`),
    ...(unknown === undefined ? [] : [`(not known: ${unknown.text})`]),
  ];
  return ["any pod", ...conditions].join(" ");
}

/** What is selected, without what holds of every pod; nothing where all pods are. */
function podsSelected(selector: Selector): readonly string[] {
  const left = reduced(selector, knownOfEveryPod);
  if (isNothing(left)) return ["that is none"];
  const own: Selector[] = [];
  const namespace: Selector[] = [];
  const account: Selector[] = [];
  const names: string[] = [];
  for (const part of conjuncts(left)) {
    const name = nameIn(part);
    if (name !== undefined) names.push(name);
    else if (isOnly(part, NAMESPACE)) namespace.push(part);
    else if (isOnly(part, SERVICE_ACCOUNT)) account.push(part);
    else own.push(part);
  }
  return [
    ...(own.length === 0 ? [] : [`with ${selectorText(withKeys(all(own), writtenKey))}`]),
    ...names,
    ...(account.length === 0 ? [] : [`whose service account has ${textWithout(SERVICE_ACCOUNT, account)}`]),
    ...(namespace.length === 0 ? [] : [`in namespaces with ${textWithout(NAMESPACE, namespace)}`]),
  ];
}

function isOnly(part: Selector, prefix: string): boolean {
  const keys = [...keysOf(part)];
  return keys.length > 0 && keys.every((key) => key.startsWith(prefix));
}

function textWithout(prefix: string, parts: readonly Selector[]): string {
  return selectorText(withKeys(all(parts), (key) => key.slice(prefix.length)));
}

/** The namespace or service account that a criterion names. */
function nameIn(part: Selector): string | undefined {
  if (part.op !== "in") return undefined;
  const names = part.values.join(" or ");
  switch (part.key) {
    case NAMESPACE_NAME:
    case `${NAMESPACE}${NAMESPACE_NAME_LABEL}`:
    case `${NAMESPACE}${CALICO_NAME_LABEL}`:
      return `in namespace ${names}`;
    case SERVICE_ACCOUNT_NAME:
    case `${SERVICE_ACCOUNT}${CALICO_NAME_LABEL}`:
      return `of service account ${names}`;
    default:
      return undefined;
  }
}

const WRITTEN_KEYS: ReadonlyMap<string, string> = new Map([
  [NAMESPACE_NAME, "projectcalico.org/namespace"],
  [SERVICE_ACCOUNT_NAME, "projectcalico.org/serviceaccount"],
  [ORCHESTRATOR, "projectcalico.org/orchestrator"],
]);

/** The key as people write it: only Calico's selectors speak of pods and of what they belong to together. */
function writtenKey(key: string): string {
  if (key.startsWith(NAMESPACE)) return `pcns.${key.slice(NAMESPACE.length)}`;
  if (key.startsWith(SERVICE_ACCOUNT)) return `pcsa.${key.slice(SERVICE_ACCOUNT.length)}`;
  return WRITTEN_KEYS.get(key) ?? key;
}
