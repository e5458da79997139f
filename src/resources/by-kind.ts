import type { Resource } from "./kinds.ts";

type OfKind<K extends Resource["kind"]> = Resource & { readonly kind: K };

const NONE: readonly Resource[] = [];

/** Lists are never changed, so what was found out about one holds as long as it is there. */
const indexes = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

/**
 * The resources of some kinds, in their order. Everything that makes an inventory asks the same list for its kinds, and the
 * list of a large cluster does not fit into any cache: O(resources) for the first question about a list, then O(of the kind)
 * where all that is found has one kind.
 */
export function ofKind<K extends Resource["kind"]>(
  resources: readonly Resource[],
  ...kinds: readonly K[]
): readonly OfKind<K>[] {
  const index = indexes.get(resources) ?? indexOf(resources);
  indexes.set(resources, index);
  const meant: ReadonlySet<string> = new Set(kinds);
  const isMeant = (resource: Resource): resource is OfKind<K> => meant.has(resource.kind);
  const [found = NONE, ...others] = kinds.flatMap((kind) => (index.has(kind) ? [index.get(kind) ?? NONE] : []));
  return (others.length === 0 ? found : resources).filter(isMeant);
}

function indexOf(resources: readonly Resource[]): ReadonlyMap<string, readonly Resource[]> {
  const index = new Map<string, Resource[]>();
  for (const resource of resources) {
    const known = index.get(resource.kind);
    if (known === undefined) index.set(resource.kind, [resource]);
    else known.push(resource);
  }
  return index;
}
