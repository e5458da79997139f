/** Rewriting objects field by field, for worlds that say the same in other words. */
import type { RawObject } from "../../naive/raw-objects.ts";

/** Anything that JSON can hold. */
export type Tree = unknown;

export interface TreeObject {
  readonly [field: string]: Tree;
}

export function isTreeObject(tree: Tree): tree is TreeObject {
  return typeof tree === "object" && tree !== null && !Array.isArray(tree);
}

export function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree);
}

/** What a rewriting puts in the place of a value, whose parts are rewritten already. `path`: the fields that lead to it. */
export type Rewrite = (tree: Tree, path: readonly string[]) => Tree;

/** The object with every value inside it rewritten, from the innermost out. */
export function rewritten(object: RawObject, rewrite: Rewrite): RawObject {
  const fields = Object.entries(object).map(([field, value]) => [field, rewrittenTree(value, rewrite, [field])]);
  return { ...object, ...Object.fromEntries(fields) };
}

function rewrittenTree(tree: Tree, rewrite: Rewrite, path: readonly string[]): Tree {
  if (isList(tree))
    return rewrite(
      tree.map((item) => rewrittenTree(item, rewrite, path)),
      path,
    );
  if (!isTreeObject(tree)) return rewrite(tree, path);
  const fields = Object.entries(tree).map(([field, value]) => [field, rewrittenTree(value, rewrite, [...path, field])]);
  return rewrite(Object.fromEntries(fields), path);
}

/** Whether it is a policy of any language, staged ones among them. */
export function isPolicy({ kind }: RawObject): boolean {
  return kind.endsWith("NetworkPolicy");
}

/** Whether a text under this field is a selector of Calico. */
export function isSelectorField(field: string): boolean {
  return field === "selector" || field.endsWith("Selector");
}
