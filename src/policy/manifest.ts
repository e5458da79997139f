/** Policies as manifests, or why there is none: what raising a policy into another language gives. */
import type { Metadata, PolicyResource } from "../resources/kinds.ts";
import { type Finding, finding } from "../source/finding.ts";
import { type Path, pathText } from "../source/origin.ts";

/** Keys stand in the order in which people write them. */
export type Plain = string | number | readonly Plain[] | PlainMap;

export interface PlainMap {
  readonly [key: string]: Plain;
}

/** An object as a cluster takes it. */
export interface Manifest extends PlainMap {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string } & PlainMap;
  readonly spec: PlainMap;
}

/** A policy in another language with exactly its meaning, or every reason why it has no such form. */
export type Raised = { readonly manifest: Manifest } | { readonly refusals: readonly Finding[] };

/** Says of a field that it cannot be converted, why, and what to do. */
export type Refuse = (path: Path, reason: string, remedy: string) => void;

/** `language` is what messages call the other language. */
export function raise(source: PolicyResource, language: string, build: (refuse: Refuse) => Manifest): Raised {
  const refusals: Finding[] = [];
  const manifest = build((path, reason, remedy) => {
    const origin = source.origin(path);
    const message = `${origin.resource} has no exact form in ${language}: ${pathText(path)}: ${reason}`;
    refusals.push(finding("PC150", message, remedy, { position: origin, resource: origin.resource }));
  });
  return refusals.length === 0 ? { manifest } : { refusals };
}

/** The annotation in which kubectl keeps the object as it was applied last: that of another kind would mislead it. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What is kept of an object's metadata. */
export function keptMetadata({ name, namespace, labels, annotations }: Metadata): Manifest["metadata"] {
  const kept = Object.fromEntries(Object.entries(annotations).filter(([key]) => key !== LAST_APPLIED));
  return {
    name,
    ...(namespace === "" ? {} : { namespace }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(kept).length === 0 ? {} : { annotations: kept }),
  };
}

/** Consecutive pieces of at most `size` items. */
export function piecesOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
