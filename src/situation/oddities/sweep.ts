/** Policies for everyone: those that select a pod of which nothing is known. */
import { seenLabels } from "../../cluster/labelled.ts";
import type { LabelSource } from "../../labels/labels.ts";
import { labelsOf, NO_LABELS } from "../../labels/labels.ts";
import { type Selector, selects } from "../../labels/selector.ts";
import { coversAddresses, IPV4, IPV6 } from "../../net/address.ts";
import { ALL_TRAFFIC, subtractTraffic } from "../../net/traffic.ts";
import { type Direction, otherSide, type Peer, type Rule } from "../../policy/model.ts";

/** No namespace and no service account can bear this name, so only selectors that ask for no name select the pod. */
const NOBODY = { name: "Nobody", labels: labelsOf({ "kubernetes.io/metadata.name": "Nobody" }) };

const PLAIN_POD: LabelSource = seenLabels({ kind: "pod", own: NO_LABELS, namespace: NOBODY, serviceAccount: NOBODY });

/** Whether pods are selected without being named by a label of theirs, their namespace or their account. */
export function sweeps(subject: Selector): boolean {
  return selects(subject, PLAIN_POD);
}

/** Whether a rule meets every packet of at least one IP version. */
export function isUnconditional(rule: Rule, direction: Direction): boolean {
  const meetsAll = rule.traffic?.some(
    ({ within, conditions }) => conditions.length === 0 && subtractTraffic(ALL_TRAFFIC, within).length === 0,
  );
  if (meetsAll === false || rule.unknown !== undefined) return false;
  const here = direction === "ingress" ? rule.destination : rule.source;
  return here === undefined && (otherSide(rule, direction)?.some(isAnyone) ?? true);
}

function isAnyone({ selector, notSelector, addresses, service, unknown }: Peer): boolean {
  if (selector !== undefined || notSelector !== undefined || service !== undefined || unknown !== undefined)
    return false;
  return addresses === undefined || [IPV4, IPV6].some((family) => coversAddresses(addresses, [family]));
}
