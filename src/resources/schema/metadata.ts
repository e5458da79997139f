/** `metadata` of every kind, and the labels rules that pod templates share. */
import type { Cursor } from "./cursor.ts";
import { annotationKeyObjection, dnsLabelObjection, labelKeyObjection, labelValueObjection } from "./syntax.ts";
import { boolean, checked, list, record, string, stringMap, type ValueOf } from "./types.ts";

/** Labels as the API server takes them. The value's place is reported for both halves of the pair. */
export const labels = stringMap((key, at) => {
  const wrongKey = labelKeyObjection(key);
  if (wrongKey !== undefined) at.reportKey("PC112", `${at.pathText}: ${wrongKey.reason}`, wrongKey.remedy);
  const { node } = at;
  if (node?.kind !== "scalar" || typeof node.value !== "string") return;
  const wrongValue = labelValueObjection(node.value);
  if (wrongValue !== undefined) at.report("PC112", wrongValue.reason, wrongValue.remedy);
});

/** Keys are checked as those of labels are; values may be any text. */
export const annotations = stringMap((key, at) => {
  const wrong = annotationKeyObjection(key);
  if (wrong !== undefined) at.reportKey("PC112", `${at.pathText}: ${wrong.reason}`, wrong.remedy);
});

const ownerReference = record({ kind: string, name: string, controller: boolean }, { passive: "any" });

const PASSIVE = [
  "selfLink",
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "finalizers",
  "managedFields",
];

export const metadata = record(
  {
    name: string,
    generateName: string,
    namespace: checked(string, (name) => (name === "" ? undefined : dnsLabelObjection(name))),
    labels,
    annotations,
    ownerReferences: list(ownerReference),
  },
  { passive: PASSIVE, advice: metadataAdvice, check: (value, at) => checkSize(value.annotations, at) },
);

/** Bytes of all keys and values of annotations together. */
const MAX_ANNOTATIONS = 256 * 1024;

function checkSize(annotations: Readonly<Record<string, string>>, at: Cursor): void {
  let units = 0;
  for (const [key, text] of Object.entries(annotations)) units += key.length + text.length;
  // A code unit has three bytes at most; so the exact count is needed for large ones only.
  if (units * 3 <= MAX_ANNOTATIONS) return;
  const encoder = new TextEncoder();
  const texts = Object.entries(annotations).flat();
  const bytes = texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
  if (bytes <= MAX_ANNOTATIONS) return;
  const message = `${bytes} bytes, and at most ${MAX_ANNOTATIONS} are allowed`;
  at.child("annotations").report("PC112", message, "keep large texts in a ConfigMap");
}

export type WrittenMetadata = ValueOf<typeof metadata>;

function metadataAdvice(key: string, at: Cursor): string | undefined {
  if (key.toLowerCase() === "namespace" && !at.has("namespace")) {
    const meant = at.child(key).node;
    const name = meant?.kind === "scalar" && typeof meant.value === "string" ? `, not in ${meant.value}` : "";
    return `write namespace; without it this object lands in ${at.context.namespace || "no namespace"}${name}`;
  }
  if (key.toLowerCase() === "labels" && !at.has("labels"))
    return "write labels; without it the object has no labels and no selector finds it";
  if (!at.has("labels") && /^(app|tier|role|name|env|component)$/i.test(key))
    return `put it under labels: \`labels: {${key}: ...}\``;
  return undefined;
}

/** What a pod template's `metadata` says; names in it mean nothing. */
export const templateMetadata = record(
  { labels, annotations },
  { passive: ["name", "generateName", "namespace", "ownerReferences", ...PASSIVE], advice: metadataAdvice },
);
