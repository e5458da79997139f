/** What an object is to us, from its apiVersion and kind. */
import type { KindEntry } from "./schema/kind-entry.ts";
import { CALICO_KINDS, KUBERNETES_KINDS, PORTCULLIS_KINDS } from "./schema/registry.ts";
import { suggestionFor } from "./schema/spelling.ts";
import { unmodelledReach } from "./unmodelled.ts";

export type ObjectClass =
  | { readonly class: "read"; readonly entry: KindEntry }
  /** A kind we read, in an API version that no cluster serves any more or ever did. */
  | { readonly class: "unserved"; readonly entry: KindEntry; readonly reason: string; readonly remedy: string }
  | { readonly class: "filter"; readonly reach: "namespaced" | "cluster" }
  | { readonly class: "other" };

/** Kinds that are taken for each other where a group is wrong, and the groups they stand in. */
interface Family {
  readonly kinds: readonly KindEntry[];
  readonly groups: ReadonlySet<string>;
}

/**
 * A Calico kind written under a group of Kubernetes is meant as such. The reverse does not hold: Calico has kinds of its
 * own, such as Node, that Kubernetes has too.
 */
const FAMILIES: readonly Family[] = [
  { kinds: [...KUBERNETES_KINDS, ...CALICO_KINDS], groups: new Set(["", "extensions", ...groupsOf(KUBERNETES_KINDS)]) },
  { kinds: CALICO_KINDS, groups: new Set(groupsOf(CALICO_KINDS)) },
  { kinds: PORTCULLIS_KINDS, groups: new Set(groupsOf(PORTCULLIS_KINDS)) },
];

function groupsOf(kinds: readonly KindEntry[]): readonly string[] {
  return kinds.flatMap(({ served }) => served.map(groupOf));
}

/** Kinds of unknown groups whose name says that they filter packets. */
const FILTER_NAME = /NetworkPolic(y|ies)$|Firewall(Policy|Rule|Rules)?$/i;

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

export function classify(apiVersion: string, kind: string): ObjectClass {
  const group = groupOf(apiVersion);
  const family = FAMILIES.find(({ groups }) => groups.has(group))?.kinds ?? [];
  const named = family.filter((entry) => entry.kind === kind);
  const served = named.find((entry) => entry.served.includes(apiVersion));
  if (served !== undefined) return { class: "read", entry: served };
  const [nearest] = named;
  if (nearest !== undefined) return unserved(nearest, apiVersion);
  const reach = unmodelledReach(group, kind);
  if (reach !== undefined) return { class: "filter", reach };
  return (
    misspelt(apiVersion, kind, family) ??
    (FILTER_NAME.test(kind) ? { class: "filter", reach: "cluster" } : { class: "other" })
  );
}

function unserved(entry: KindEntry, apiVersion: string): ObjectClass {
  const removal = Object.hasOwn(entry.removed, apiVersion) ? entry.removed[apiVersion] : undefined;
  const reason =
    removal === undefined
      ? `no cluster serves ${entry.kind} as ${apiVersion}`
      : `clusters serve ${entry.kind} no more as ${apiVersion} since Kubernetes ${removal}`;
  return { class: "unserved", entry, reason, remedy: `write \`apiVersion: ${entry.served[0]}\`` };
}

/** `Networkpolicy`, `NetworkPolicies`: a policy that would be lost if it counted as an unknown kind. */
function misspelt(apiVersion: string, kind: string, family: readonly KindEntry[]): ObjectClass | undefined {
  const suggestion = suggestionFor(
    kind.replace(/ies$/, "y"),
    family.map((entry) => entry.kind),
  );
  const named = family.filter((entry) => entry.kind === suggestion?.word);
  const ofGroup = named.find((entry) => entry.served.some((served) => groupOf(served) === groupOf(apiVersion)));
  const entry = ofGroup ?? (suggestion?.onlyCase === true ? named[0] : undefined);
  if (entry === undefined) return undefined;
  const reason = `${apiVersion} has no kind ${kind} (did you mean ${entry.kind}?)`;
  const version = entry.served.includes(apiVersion) ? "" : ` and \`apiVersion: ${entry.served[0]}\``;
  return { class: "unserved", entry, reason, remedy: `write \`kind: ${entry.kind}\`${version}` };
}
