/** Which object of the VPC API a JSON object is, by what it says of itself or by the fields that only it has. */
import type { MapNode, Node } from "../../resources/yaml/nodes.ts";
import { ObjectFields } from "./object-fields.ts";
import { type Shape, SHAPES } from "./shapes.ts";

const BY_TYPE: ReadonlyMap<string, Shape> = new Map(SHAPES.map((shape) => [shape.type, shape]));
const BY_COLLECTION: ReadonlyMap<string, Shape> = new Map(
  SHAPES.flatMap((shape) => shape.collections.map((name) => [name, shape] as const)),
);

/** The shape of the items of a collection of this name. */
export function collectionShape(name: string): Shape | undefined {
  return BY_COLLECTION.get(name);
}

/** Undefined for what is no object of the VPC API, or of a kind that is not known. */
export function shapeOf(node: Node): Shape | undefined {
  if (node.kind !== "map" || isKubernetes(node)) return undefined;
  const type = resourceType(node);
  const typed = type === undefined ? undefined : BY_TYPE.get(type);
  if (typed !== undefined) return typed;
  const fields = new ObjectFields(node);
  return type === undefined ? SHAPES.find(({ fits }) => fits(fields)) : undefined;
}

/** Whether this is an object of a cluster, which is never one of a VPC. */
export function isKubernetes(node: MapNode): boolean {
  return textAt(node, "apiVersion") !== undefined && textAt(node, "kind") !== undefined;
}

/**
 * The type that an object of the VPC API says it has, with hyphens: from `resource_type`, or from its `crn`, whose fifth
 * part names the service and whose ninth the type.
 */
export function resourceType(node: MapNode): string | undefined {
  const parts = textAt(node, "crn")?.split(":");
  if (parts?.[0] === "crn" && parts[4] === "is" && parts[8] !== undefined && parts[8] !== "") return parts[8];
  return textAt(node, "resource_type")?.replaceAll("_", "-");
}

export function textAt(node: MapNode, field: string): string | undefined {
  const value = node.entries.get(field)?.value;
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}
