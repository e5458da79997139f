/** The same world with other names. What names decide stays: their order, and what selectors find in them. */
import { isNetworkPolicy, isPod } from "../../naive/raw-objects.ts";
import type { RawObject } from "../../naive/raw-objects.ts";
import { nameOf } from "../draft.ts";
import { accountLabelValues, namespaceLabelValues, nodeLabelValues, podLabelValues, tierNames } from "../vocabulary.ts";
import { isPolicy, isSelectorField, isTreeObject, rewritten, type Tree, type TreeObject } from "./rewriting.ts";

/**
 * Policies and tiers under new names. Names decide between policies of one order in a tier, and between tiers of one order, so
 * policies are numbered in the order of their old names, and tiers only get an ending. The one policy that has to be called
 * `default` keeps its name.
 */
export function withPoliciesRenamed(objects: readonly RawObject[]): readonly RawObject[] {
  const order = objects.filter(isPolicy).toSorted((a, b) => (tieBreakOf(a) < tieBreakOf(b) ? -1 : 1));
  const numbers = new Map(order.map((policy, number) => [policy, `policy.${String(number).padStart(4, "0")}`]));
  return objects.map((object) => {
    const number = object.kind === "BaselineAdminNetworkPolicy" ? undefined : numbers.get(object);
    const name = object.kind === "Tier" ? tierName(nameOf(object)) : (number ?? nameOf(object));
    const named = { ...object, metadata: { ...object.metadata, name } };
    return rewritten(named, (tree, path) =>
      isPolicy(object) && path.join(".") === "spec.tier" && typeof tree === "string" ? tierName(tree) : tree,
    );
  });
}

function tierName(name: string): string {
  return tierNames.some((own) => own === name) ? `${name}-tier` : name;
}

/** What Calico compares between policies of one order: the name, then the namespace, then the kind. */
function tieBreakOf(policy: RawObject): string {
  const kind = isNetworkPolicy(policy)
    ? "KubernetesNetworkPolicy"
    : /^(?:Cluster|Admin)/u.test(policy.kind)
      ? "KubernetesClusterNetworkPolicy"
      : policy.kind;
  return `${nameOf(policy)}/${policy.metadata?.namespace ?? ""}/${kind}`;
}

/**
 * Namespaces, service accounts, Services, pods and labels under new names. Every letter of names and values becomes the next
 * one: that keeps their order, which decides between policies of one name, and what they contain, start and end with.
 */
export function withEverythingElseRenamed(objects: readonly RawObject[]): readonly RawObject[] {
  return objects.map((object) => rewritten(named(object), renamedValue));
}

function named(object: RawObject): RawObject {
  const { kind, metadata } = object;
  const name = nameOf(object);
  if (kind === "Namespace" || kind === "ServiceAccount" || kind === "Service")
    return { ...object, metadata: { ...metadata, name: shifted(name) } };
  if (kind.endsWith("NetworkSet")) return { ...object, metadata: { ...metadata, name: `own-${name}` } };
  if (!isPod(object)) return object;
  // Every pod has the account `default` unless it says otherwise; it has another name now.
  const spec = { ...object.spec, serviceAccountName: object.spec?.serviceAccountName ?? "default" };
  return Object.assign({}, object, { metadata: { ...metadata, name: `own-${name}` }, spec });
}

function renamedValue(tree: Tree, path: readonly string[]): Tree {
  const field = path.at(-1) ?? "";
  const parent = path.at(-2) ?? "";
  if ((field === "labels" || field === "matchLabels") && isTreeObject(tree)) return renamedLabels(tree);
  if (field === "matchExpressions" || typeof tree !== "string") return tree;
  if (parent === "matchExpressions") {
    if (field === "key") return renamedKey(tree);
    return field === "values" ? shifted(tree) : tree;
  }
  if (isSelectorField(field)) return renamedSelector(tree);
  const isName =
    field === "namespace" ||
    field === "serviceAccountName" ||
    (parent === "services" && field === "name") ||
    (parent === "serviceAccounts" && field === "names");
  return isName ? shifted(tree) : tree;
}

function renamedLabels(labels: TreeObject): TreeObject {
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [renamedKey(key), typeof value === "string" ? shifted(value) : value]),
  );
}

const KEYS: ReadonlySet<string> = new Set(
  [podLabelValues, namespaceLabelValues, accountLabelValues, nodeLabelValues].flatMap((values) => Object.keys(values)),
);

/** Keys that have a meaning of their own keep it; `pcns.` and `pcsa.` say whose label it is. */
function renamedKey(key: string): string {
  const [, prefix = "", own = ""] = /^(pcns\.|pcsa\.|)(.*)$/u.exec(key) ?? [];
  return KEYS.has(own) ? `${prefix}example.com/${own}` : key;
}

const COMPARISON =
  /([\w./-]+)(\s*(?:==|!=|not in|in|contains|starts with|ends with)\s*)("[^"]*"|'[^']*'|\{[^}]*\})|has\(\s*([\w./-]+)\s*\)/gu;

/** Calico's selectors; which orchestrator a pod has is no name. */
function renamedSelector(text: string): string {
  return text.replaceAll(COMPARISON, (_, key: string | undefined, operator: string, value: string, only: string) => {
    if (key === undefined) return `has(${renamedKey(only)})`;
    return `${renamedKey(key)}${operator}${key === "projectcalico.org/orchestrator" ? value : shifted(value)}`;
  });
}

function shifted(text: string): string {
  if (text.includes("z")) throw new Error(`no letter comes after the last of ${text}`);
  return text.replaceAll(/[a-y]/gu, (letter) => String.fromCodePoint((letter.codePointAt(0) ?? 0) + 1));
}
