import * as fc from "fast-check";
import { isEndpointSlice, isNamespace, isNode, isPod } from "../naive/raw-objects.ts";
import type { RawEndpointSlice, RawLabels, RawObject } from "../naive/raw-objects.ts";
import { mixedWorld } from "./mixed-world.ts";
import { reference, resolve } from "./reference.ts";
import type { Reference } from "./reference.ts";
import type { WorldForm } from "./replay.ts";
import { worldText } from "./world.ts";
import type { World } from "./world.ts";

/** One thing that somebody does to a cluster: to an object, with the help of another. A restart is one of enforcers. */
export interface WorldEdit {
  readonly kind: "relabel" | "toggle pod" | "toggle policy" | "rewrite policy" | "move endpoints" | "restart";
  readonly one: Reference;
  readonly other: Reference;
}

/** A world, and what happens to it. */
export interface ChangingWorld extends World {
  /** Objects that are not there at first: policies, sets and services of another world. */
  readonly stock: readonly RawObject[];
  readonly edits: readonly WorldEdit[];
}

/** A random world that mixes every policy language, with half of so many edits to all of them. */
export function changingWorld(most: number): fc.Arbitrary<ChangingWorld> {
  const edit = fc.record({
    kind: fc.constantFrom(
      "relabel" as const,
      "relabel" as const,
      "toggle pod" as const,
      "toggle pod" as const,
      "toggle policy" as const,
      "toggle policy" as const,
      "toggle policy" as const,
      "rewrite policy" as const,
      "rewrite policy" as const,
      "move endpoints" as const,
      "restart" as const,
    ),
    one: reference,
    other: reference,
  });
  return fc
    .record({
      first: mixedWorld(),
      second: mixedWorld(),
      edits: fc.array(edit, { minLength: Math.ceil(most / 2), maxLength: most, size: "max" }),
    })
    .map(({ first, second, edits }) => {
      const { tiers, others: stock } = stockOf(first, second);
      return { ...first, objects: [...first.objects, ...tiers], stock, edits };
    });
}

/** Shrinks also by edits; the text lists them behind the objects. */
export const changingForm: WorldForm<ChangingWorld> = {
  smallerStill: (world) => [
    ...world.edits.map((_, i) => ({ ...world, edits: world.edits.toSpliced(i, 1) })),
    ...world.stock.map((_, i) => ({ ...world, stock: world.stock.toSpliced(i, 1) })),
  ],
  textOf: ({ objects, stock, edits }) =>
    [worldText({ objects }), "in stock:", worldText({ objects: [...stock] }), `edits ${JSON.stringify(edits)}`].join(
      "\n",
    ),
};

/** The objects after the edit; the same ones where it finds nothing to do. The world may be one that has to be refused. */
export function afterEdit(
  objects: readonly RawObject[],
  { objects: first, stock }: Pick<ChangingWorld, "objects" | "stock">,
  { kind, one, other }: WorldEdit,
): readonly RawObject[] {
  switch (kind) {
    case "restart":
      return objects;
    case "relabel": {
      const found = resolve(one, objects.filter(hasLabels), idOf);
      const model = found && resolve(other, [...first, ...stock].filter(isLike(found)), textOf);
      if (found === undefined || model === undefined) return objects;
      return replaced(objects, found, { ...found, metadata: { ...found.metadata, labels: labelsOf(model) } });
    }
    case "toggle pod":
      return toggled(objects, resolve(one, first.filter(isPod), idOf));
    case "toggle policy":
      return toggled(objects, resolve(one, [...first.filter(mayGo), ...stock], idOf));
    case "rewrite policy": {
      const found = resolve(one, objects.filter(isPolicy), idOf);
      const model = found && resolve(other, [...first, ...stock].filter(isLike(found)), textOf);
      if (found === undefined || model === undefined || !("spec" in model)) return objects;
      const rewritten = { ...found, spec: model.spec };
      return replaced(objects, found, rewritten);
    }
    case "move endpoints": {
      const found = resolve(one, objects.filter(isEndpointSlice), idOf);
      const alike = (slice: RawEndpointSlice): boolean => slice.addressType === found?.addressType;
      const model = resolve(other, [...first, ...stock].filter(isEndpointSlice).filter(alike), textOf);
      if (found === undefined) return objects;
      const endpoints = model === found ? found.endpoints?.slice(1) : model?.endpoints;
      const moved: RawEndpointSlice = { ...found, endpoints: endpoints ?? [] };
      return replaced(objects, found, moved);
    }
  }
}

/**
 * What the second world has beside nodes, namespaces and pods, under names that the first does not use. Tiers are there from the
 * beginning: an API server has no policies of tiers that are not.
 */
function stockOf(
  { objects }: World,
  second: World,
): { readonly tiers: readonly RawObject[]; readonly others: readonly RawObject[] } {
  const known = new Set(objects.map(idOf));
  const namespaces = new Set(objects.filter(isNamespace).map(({ metadata }) => metadata?.name));
  const usable = second.objects.filter(
    ({ metadata }) => typeof metadata?.namespace !== "string" || namespaces.has(metadata.namespace),
  );
  const others = usable.filter((object) => !known.has(idOf(object)) && object.kind !== BASELINE);
  if (objects.some(({ kind }) => kind === BASELINE)) {
    return { tiers: others.filter(isTier), others: others.filter((object) => mayGo(object) && !isBaseline(object)) };
  }
  return { tiers: others.filter(isTier), others: others.filter(mayGo) };
}

/** Of the elder kind, which stands alone or not at all. */
const BASELINE = "BaselineAdminNetworkPolicy";

function isBaseline(object: RawObject): boolean {
  const { spec }: { readonly spec?: unknown } = { spec: undefined, ...object };
  return typeof spec === "object" && spec !== null && "tier" in spec && spec.tier === "Baseline";
}

function mayGo(object: RawObject): boolean {
  return !isNode(object) && !isNamespace(object) && !isPod(object) && !isTier(object);
}

function isTier({ kind }: RawObject): boolean {
  return kind === "Tier";
}

export function isPolicy({ kind }: RawObject): boolean {
  return kind.endsWith("Policy");
}

function hasLabels(object: RawObject): boolean {
  return !isPolicy(object) && !isEndpointSlice(object) && !isTier(object);
}

function isLike({ apiVersion, kind }: RawObject): (object: RawObject) => boolean {
  return (object) => object.apiVersion === apiVersion && object.kind === kind;
}

function labelsOf({ metadata }: RawObject): RawLabels {
  return metadata?.labels ?? {};
}

function toggled(objects: readonly RawObject[], object: RawObject | undefined): readonly RawObject[] {
  if (object === undefined) return objects;
  const id = idOf(object);
  const others = objects.filter((one) => idOf(one) !== id);
  return others.length < objects.length ? others : [...objects, object];
}

function replaced(objects: readonly RawObject[], old: RawObject, now: RawObject): readonly RawObject[] {
  return objects.map((object) => (object === old ? now : object));
}

/** Calico's objects are the same in both of its APIs, where names may begin with their tier or not. */
function idOf({ apiVersion, kind, metadata }: RawObject): string {
  const isCalico = apiVersion?.includes("projectcalico.org/") === true;
  const name = isCalico ? metadata?.name?.replace(/^default\./, "") : metadata?.name;
  return `${isCalico ? "calico" : (apiVersion ?? "")} ${kind} ${metadata?.namespace ?? ""}/${name ?? ""}`;
}

/** The same object may be there with several contents. */
function textOf(object: RawObject): string {
  return JSON.stringify(object);
}
