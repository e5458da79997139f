/** What a peer of a rule wants, and what an end has instead. */
import { type Pod, podText } from "../cluster/endpoint.ts";
import { NAMESPACE, NAMESPACE_NAME, NAMESPACE_NAME_LABEL, OBJECT, SERVICE_ACCOUNT } from "../cluster/labelled.ts";
import { type Labels, labelsOf } from "../labels/labels.ts";
import { type Selector, selects, selectorText, withKeys } from "../labels/selector.ts";
import { addressSetText } from "../net/address.ts";
import { type End, endText } from "../path/end.ts";
import type { Peer, Policy } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import type { Origin } from "../source/origin.ts";
import { matchPeer } from "./match.ts";
import type { Unmet } from "./unmet.ts";

/** Not empty for a peer that does not match. */
export function unmetOfPeer(situation: Situation, policy: Policy, peer: Peer, end: End): readonly Unmet[] {
  const base = { part: "peer", note: undefined, origin: peer.origin, correction: undefined } as const;
  const has = `${endText(end)}${end.kind === "outside" ? "" : ` (${addressSetText(end.where).join(", ")})`}`;
  const parts: Unmet[] = [];
  const only = (part: Partial<Peer>): boolean =>
    matchPeer(situation, { ...EMPTY, ...part, origin: peer.origin }, end).holds === false;
  if (peer.addresses !== undefined && only({ addresses: peer.addresses })) {
    parts.push({ ...base, wants: `an address in ${shortList(addressSetText(peer.addresses))}`, has, distance: 3 });
  }
  if (peer.service !== undefined && only({ service: peer.service })) {
    const { namespace, name } = peer.service;
    parts.push({ ...base, wants: `an endpoint of ${namespace}/svc/${name}`, has, distance: 2 });
  }
  if (peer.notSelector !== undefined && only({ notSelector: peer.notSelector })) {
    parts.push({ ...base, wants: `nothing with ${selectorText(peer.notSelector)}`, has, distance: 2 });
  }
  if (peer.selector !== undefined && only({ selector: peer.selector })) {
    parts.push(...unmetSelector(policy, peer.selector, end, peer.origin));
  }
  return parts;
}

const EMPTY = {
  selector: undefined,
  notSelector: undefined,
  addresses: undefined,
  service: undefined,
  unknown: undefined,
};

function unmetSelector(policy: Policy, selector: Selector, end: End, origin: Origin): readonly Unmet[] {
  if (end.kind !== "pod") {
    return [
      {
        part: "peer",
        wants: "a pod",
        has: `${endText(end)}, which is not a pod of this cluster`,
        note: undefined,
        origin,
        distance: 4,
        correction: undefined,
      },
    ];
  }
  return leavesUnmet(selector, end.pod).map((leaf) => describeLeaf(policy, leaf, end.pod, origin));
}

/** The parts of a conjunction that do not hold of the pod. */
function leavesUnmet(selector: Selector, pod: Pod): readonly Selector[] {
  if (selects(selector, pod.seen)) return [];
  return selector.op === "all" ? selector.of.flatMap((part) => leavesUnmet(part, pod)) : [selector];
}

function shownKey(key: string): string {
  return key.slice(key.indexOf(":") + 1);
}

function describeLeaf(policy: Policy, leaf: Selector, pod: Pod, origin: Origin): Unmet {
  const base = { part: "peer", origin, correction: undefined } as const;
  const namespace = pod.namespace.name;
  if (leaf.op === "in" && (leaf.key === `${NAMESPACE}${NAMESPACE_NAME_LABEL}` || leaf.key === NAMESPACE_NAME)) {
    const isOwn = leaf.values.every((name) => name === policy.namespace);
    return {
      ...base,
      wants: `a pod of namespace ${leaf.values.join(" or ")}`,
      has: `namespace ${namespace}`,
      note: isOwn ? "without a namespaceSelector a rule means the policy's own namespace" : undefined,
      distance: 1,
    };
  }
  const key = keyOf(leaf);
  const wants = `label ${selectorText(withKeys(leaf, shownKey))}`;
  if (key === undefined) return { ...base, wants, has: `${podText(pod)} does not`, note: undefined, distance: 2 };
  const [owner, labels] = ownerOf(key, pod);
  const shown = shownKey(key);
  const value = pod.seen.get(key);
  if (key.startsWith(OBJECT)) {
    const has = `${owner} has ${value === undefined ? `no ${shown}` : `${shown} ${value}`}`;
    return { ...base, wants: selectorText(withKeys(leaf, shownKey)), has, note: undefined, distance: 2 };
  }
  if (value !== undefined) {
    const twin =
      leaf.op === "in" ? leaf.values.find((wanted) => wanted.toLowerCase() === value.toLowerCase()) : undefined;
    return {
      ...base,
      wants,
      has: `${owner} has ${shown}=${value}`,
      note: twin === undefined ? undefined : "differs in case",
      distance: twin === undefined ? 1 : 0.5,
      correction: twin === undefined ? undefined : `write ${shown}: ${value} instead of ${shown}: ${twin}${whose(key)}`,
    };
  }
  const twin = [...labels.keys()].find((candidate) => candidate.toLowerCase() === shown.toLowerCase());
  if (twin === undefined) {
    return { ...base, wants, has: `${owner} has no label ${shown}`, note: undefined, distance: 2 };
  }
  const twinValue = labels.get(twin) ?? "";
  return {
    ...base,
    wants,
    has: `${owner} has ${twin}=${twinValue}`,
    note: "differs in case",
    distance: 0.5,
    correction: keyCorrection(withKeys(leaf, shownKey), twin, twinValue, shown, whose(key)),
  };
}

/** What to write where a key differs in case; undefined where the value would still not be what is wanted. */
function keyCorrection(
  leaf: Selector,
  key: string,
  value: string,
  wrongKey: string,
  whose: string,
): string | undefined {
  if (
    selects(
      withKeys(leaf, () => key),
      labelsOf({ [key]: value }),
    )
  )
    return `write ${key} instead of ${wrongKey}${whose}`;
  const wrongValue =
    leaf.op === "in" ? leaf.values.find((one) => one.toLowerCase() === value.toLowerCase()) : undefined;
  return wrongValue === undefined ? undefined : `write ${key}: ${value} instead of ${wrongKey}: ${wrongValue}${whose}`;
}

/** Pod and namespace may be asked for labels of one name. */
function whose(key: string): string {
  if (key.startsWith(NAMESPACE)) return " for the namespace";
  return key.startsWith(SERVICE_ACCOUNT) ? " for the service account" : "";
}

/** The one key a criterion or its negation asks about. */
function keyOf(leaf: Selector): string | undefined {
  switch (leaf.op) {
    case "has":
    case "in":
    case "text":
      return leaf.key;
    case "not":
      return keyOf(leaf.of);
    case "all":
    case "any":
      return undefined;
  }
}

/** Whose labels a key speaks of. */
function ownerOf(key: string, pod: Pod): readonly [string, Labels] {
  if (key.startsWith(NAMESPACE)) return [`namespace ${pod.namespace.name}`, pod.namespace.labels];
  if (key.startsWith(SERVICE_ACCOUNT)) return [`service account ${pod.serviceAccount.name}`, pod.serviceAccount.labels];
  return [podText(pod), pod.labels];
}

export function shortList(items: readonly string[]): string {
  return items.length <= 4 ? items.join(", ") : `${items.slice(0, 3).join(", ")} and ${items.length - 3} more`;
}
