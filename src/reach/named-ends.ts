/** The ends of flows that a text names: one of the grammar, all pods of a namespace, or everybody. */
import type { Pod } from "../cluster/endpoint.ts";
import { type AddressSet, ALL_ADDRESSES, familyOf, single } from "../net/address.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import { type End, endsOfPod } from "../path/end.ts";
import { parseReference, type Reference, type ReferenceError, isReferenceError } from "../path/reference.ts";
import { type Resolved, resolve } from "../path/resolve.ts";
import type { Situation } from "../situation/situation.ts";

/** What a text means, before looking whether it exists. */
export type EndsReference =
  | Reference
  | { readonly kind: "everybody" }
  | { readonly kind: "namespace"; readonly namespace: string };

/** As `parseReference`, and `*` for everybody and `NS/*` for all pods of a namespace. */
export function parseEnds(text: string, namespace: string): EndsReference | ReferenceError {
  if (text === "*") return { kind: "everybody" };
  if (!text.endsWith("/*")) return parseReference(text, namespace);
  const name = text.replace(/^ns:/, "").slice(0, -2);
  // A namespace is named as anything else that stands before a slash.
  const probe = parseReference(`ns:${name}/any`, namespace);
  if (isReferenceError(probe) || name.includes("/")) {
    return { error: `"${text}" is not all pods of a namespace`, remedy: "write NAMESPACE/*" };
  }
  return { kind: "namespace", namespace: name };
}

/** Looks up who is meant. What does not exist, such as a namespace without pods, is an error that names what is close. */
export function resolveEnds(situation: Situation, reference: EndsReference): Resolved | ReferenceError {
  switch (reference.kind) {
    case "everybody":
      return { kind: "ends", text: "*", ends: everybody(situation) };
    case "namespace":
      return podsOfNamespace(situation, reference.namespace);
    default:
      return resolve(situation, reference);
  }
}

function podsOfNamespace(situation: Situation, name: string): Resolved | ReferenceError {
  const { pods } = situation.inventory;
  const own = pods.filter(({ namespace }) => namespace.name === name);
  if (own.length === 0) {
    const others = [...new Set(pods.map(({ namespace }) => `${namespace.name}/*`))].sort();
    return {
      error: `no pods of namespace ${name} are in the input`,
      remedy: others.length === 0 ? "check the paths that were read" : `there are ${others.join(", ")}`,
    };
  }
  return { kind: "ends", text: `${name}/*`, ends: own.flatMap((pod) => endsOf(situation, pod)) };
}

/** All pods, and all addresses besides; nodes are among these as strangers, not as those who reach their own pods anyway. */
export function everybody(situation: Situation): readonly End[] {
  const { inventory } = situation;
  return [
    ...inventory.pods.flatMap((pod) => endsOf(situation, pod)),
    ...outsideEnds(subtract(ALL_ADDRESSES, unionOf([...inventory.podsAt.keys()].flatMap(single)))),
  ];
}

function endsOf({ inventory, podRange }: Situation, pod: Pod): readonly End[] {
  return endsOfPod(inventory, pod, podRange);
}

/** Addresses outside as ends, one for each family. */
export function outsideEnds(where: AddressSet): readonly End[] {
  return ([4, 6] as const).flatMap((family): readonly End[] => {
    const own = where.filter(({ start }) => familyOf(start) === family);
    return own.length === 0 ? [] : [{ kind: "outside", where: own }];
  });
}
