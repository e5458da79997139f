/** Whom a peer of a rule admits, in words that hold for pods which do not exist yet. */
import { KIND, NAMESPACE, NAMESPACE_NAME, NAMESPACE_NAME_LABEL } from "../cluster/labelled.ts";
import { all, keysOf, type Selector, selectorText, withKeys } from "../labels/selector.ts";
import { addressSetText } from "../net/address.ts";
import type { Peer } from "../policy/model.ts";

/** `any pod with app=web in namespaces with team=a`, `any pod in namespace shop`. */
export function podsAdmittedBy({ selector, notSelector, addresses, service }: Peer): string {
  const conditions = [
    ...(notSelector === undefined ? [] : [`but those with ${selectorText(notSelector)}`]),
    ...(addresses === undefined ? [] : [`at ${addressSetText(addresses).join(", ")}`]),
    ...(service === undefined ? [] : [`that serves ${service.namespace}/svc/${service.name}`]),
  ];
  return [selector === undefined ? "any pod" : podsSelected(selector), ...conditions].join(" ");
}

function podsSelected(selector: Selector): string {
  const parts = selector.op === "all" ? selector.of : [selector];
  const own: Selector[] = [];
  const namespace: Selector[] = [];
  const names: string[] = [];
  for (const part of parts) {
    const keys = [...keysOf(part)];
    const name = nameIn(part);
    if (keys.length === 1 && keys[0] === KIND) continue;
    else if (name !== undefined) names.push(name);
    else if (keys.length > 0 && keys.every((key) => key.startsWith(NAMESPACE))) namespace.push(part);
    else own.push(part);
  }
  const bare = withKeys(all(namespace), (key) => key.slice(NAMESPACE.length));
  return [
    "any pod",
    ...(own.length === 0 ? [] : [`with ${selectorText(all(own))}`]),
    ...(names.length === 0 ? [] : [`in namespace ${names.join(" and ")}`]),
    ...(namespace.length === 0 ? [] : [`in namespaces with ${selectorText(bare)}`]),
  ].join(" ");
}

/** The one namespace that a criterion names. */
function nameIn(part: Selector): string | undefined {
  if (part.op !== "in" || part.values.length !== 1) return undefined;
  const isName = part.key === NAMESPACE_NAME || part.key === `${NAMESPACE}${NAMESPACE_NAME_LABEL}`;
  return isName ? part.values[0] : undefined;
}
