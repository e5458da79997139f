/** The same world with everything that has no order in another order. */
import { isNetworkPolicy } from "../../naive/raw-objects.ts";
import type { RawObject } from "../../naive/raw-objects.ts";
import { rankOf } from "../reference.ts";
import { isList, isPolicy, isTreeObject, rewritten } from "./rewriting.ts";

/** Lists of alternatives, or of conditions that all have to hold. */
const ORDER_FREE: ReadonlySet<string> = new Set(
  "from to ports notPorts protocols networks except policyTypes types matchExpressions values nets notNets names".split(
    " ",
  ),
);

/** Objects, order-free lists and the fields of policies, each in an order that depends on its items and the salt alone. */
export function reordered(objects: readonly RawObject[], salt: number): readonly RawObject[] {
  return shuffled(
    objects.map((object) =>
      isPolicy(object) || object.kind.endsWith("NetworkSet") ? reorderedFields(object, salt) : object,
    ),
    salt,
  );
}

function reorderedFields(object: RawObject, salt: number): RawObject {
  // Rules that only allow have no order; those of other languages do.
  const areRulesFree = isNetworkPolicy(object) || object.kind === "StagedKubernetesNetworkPolicy";
  return rewritten(object, (tree, path) => {
    const field = path.at(-1) ?? "";
    if (isTreeObject(tree)) return Object.fromEntries(shuffled(Object.entries(tree), salt));
    const isRules = path.length === 2 && (field === "ingress" || field === "egress");
    return isList(tree) && (ORDER_FREE.has(field) || (isRules && areRulesFree)) ? shuffled(tree, salt) : tree;
  });
}

function shuffled<T>(items: readonly T[], salt: number): readonly T[] {
  const ranked = items.map((item) => ({ item, rank: rankOf(salt, JSON.stringify(item)) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
