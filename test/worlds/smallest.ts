import { isPod } from "../naive/raw-objects.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import type { World } from "./world.ts";

/**
 * Removes from a failing world whatever it fails without: packets, pods, policies, what no pod or policy uses, and list
 * entries inside policies and pods. fast-check stops at a world in which no single simpler choice fails; this goes on from
 * there, over the objects themselves. Every result is a valid world. Cost: `fails` is asked about once per part and round.
 */
export async function smallest(start: World, fails: (world: World) => Promise<boolean>): Promise<World> {
  let best = start;
  let candidates = smallerWorlds(best);
  for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
    if (!(await fails(next.value))) continue;
    best = next.value;
    candidates = smallerWorlds(best);
  }
  return best;
}

function* smallerWorlds({ objects, packets }: World): Generator<World, undefined> {
  if (packets.length > 1) for (const packet of packets) yield { objects, packets: [packet] };
  for (const [index, object] of objects.entries()) {
    const others = objects.toSpliced(index, 1);
    if (!isNeeded(object, others)) yield { objects: others, packets };
  }
  for (const [index, object] of objects.entries()) {
    for (const smaller of smallerObjects(object)) yield { objects: objects.with(index, smaller), packets };
  }
  return undefined;
}

/** A world lists the namespaces and nodes that its pods and policies are in. */
function isNeeded({ kind, metadata }: RawObject, others: readonly RawObject[]): boolean {
  if (kind === "Namespace") return others.some((other) => other.metadata?.namespace === metadata?.name);
  return kind === "Node" && others.filter(isPod).some(({ spec }) => spec?.nodeName === metadata?.name);
}

const shrinkableLists = new Set([
  "ingress",
  "egress",
  "from",
  "to",
  "ports",
  "except",
  "matchExpressions",
  "policyTypes",
  "initContainers",
]);
const shrinkableMaps = new Set(["labels", "matchLabels"]);

/** The object without one of its list entries or labels, outer ones first. */
function* smallerObjects(object: RawObject): Generator<RawObject, undefined> {
  for (const [index] of removals(object).entries()) {
    const copy = structuredClone(object);
    removals(copy)[index]?.();
    yield copy;
  }
  return undefined;
}

/** What can be taken out of the value, each as an action that takes it out in place. */
function removals(value: unknown, name = ""): readonly (() => void)[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, own]) => removals(own, Array.isArray(value) ? name : key));
  if (Array.isArray(value)) {
    return shrinkableLists.has(name)
      ? [...value.map((_, index) => () => void value.splice(index, 1)), ...inside]
      : inside;
  }
  const keys = shrinkableMaps.has(name) ? Object.keys(value) : [];
  return [...keys.map((key) => () => void Reflect.deleteProperty(value, key)), ...inside];
}
