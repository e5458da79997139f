/** What an object is to us, from its apiVersion and kind. */
import { KINDS, type KindEntry } from "./schema/registry.ts";
import { suggestionFor } from "./schema/spelling.ts";
import { unmodelledReach } from "./unmodelled.ts";

export type ObjectClass =
  | { readonly class: "read"; readonly entry: KindEntry }
  /** A kind we read, in an API version that no cluster serves any more or ever did. */
  | { readonly class: "unserved"; readonly entry: KindEntry; readonly reason: string; readonly remedy: string }
  | { readonly class: "filter"; readonly reach: "namespaced" | "cluster" }
  | { readonly class: "other" };

const BY_KIND: ReadonlyMap<string, KindEntry> = new Map(KINDS.map((entry) => [entry.kind, entry]));

/** Groups of Kubernetes itself. The same kind in another group is somebody else's kind. */
const OWN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "extensions",
  ...KINDS.flatMap((entry) => entry.served.map(groupOf)),
]);

/** Kinds of unknown groups whose name says that they filter packets. */
const FILTER_NAME = /NetworkPolic(y|ies)$|Firewall(Policy|Rule|Rules)?$/i;

export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

export function classify(apiVersion: string, kind: string): ObjectClass {
  const entry = BY_KIND.get(kind);
  if (entry?.served.includes(apiVersion) === true) return { class: "read", entry };
  const group = groupOf(apiVersion);
  if (entry !== undefined && OWN_GROUPS.has(group)) return unserved(entry, apiVersion);
  const reach = unmodelledReach(group, kind);
  if (reach !== undefined) return { class: "filter", reach };
  return (
    misspelt(apiVersion, kind, group) ??
    (FILTER_NAME.test(kind) ? { class: "filter", reach: "cluster" } : { class: "other" })
  );
}

function unserved(entry: KindEntry, apiVersion: string): ObjectClass {
  const removal = Object.hasOwn(entry.removed, apiVersion) ? entry.removed[apiVersion] : undefined;
  const reason =
    removal === undefined
      ? `no cluster serves ${entry.kind} as ${apiVersion}`
      : `clusters serve ${entry.kind} no more as ${apiVersion} since Kubernetes ${removal}`;
  return { class: "unserved", entry, reason, remedy: `write \`apiVersion: ${entry.served.join(" or ")}\`` };
}

/** `Networkpolicy`, `NetworkPolicies`: a policy that would be lost if it counted as an unknown kind. */
function misspelt(apiVersion: string, kind: string, group: string): ObjectClass | undefined {
  if (!OWN_GROUPS.has(group)) return undefined;
  const suggestion = suggestionFor(kind.replace(/ies$/, "y"), [...BY_KIND.keys()]);
  const entry = suggestion === undefined ? undefined : BY_KIND.get(suggestion.word);
  if (entry === undefined) return undefined;
  const isOfGroup = entry.served.some((served) => groupOf(served) === group);
  if (suggestion?.onlyCase !== true && !isOfGroup) return undefined;
  const reason = `${apiVersion} has no kind ${kind} (did you mean ${entry.kind}?)`;
  const version = entry.served.includes(apiVersion) ? "" : ` and \`apiVersion: ${entry.served.join(" or ")}\``;
  return { class: "unserved", entry, reason, remedy: `write \`kind: ${entry.kind}\`${version}` };
}
