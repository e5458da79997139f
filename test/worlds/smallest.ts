import { isPod } from "../naive/raw-objects.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import type { World } from "./world.ts";
import { leavesOf } from "./written-values.ts";

/**
 * Removes from a failing world whatever it fails without: packets, pods, policies, what no pod or policy uses, and list
 * entries and optional fields inside policies and pods. fast-check stops at a world in which no single simpler choice fails; this goes on from
 * there, over the objects themselves. `smallerStill` removes what a world has beside objects and packets. Every result is a
 * valid world. Cost: `fails` is asked about once per part and round.
 */
export async function smallest<W extends World>(
  start: W,
  fails: (world: W) => Promise<boolean>,
  smallerStill: (world: W) => Iterable<W> = () => [],
): Promise<W> {
  let best = start;
  let candidates = smallerWorlds(best, smallerStill);
  for (let next = candidates.next(); next.done !== true; next = candidates.next()) {
    if (!(await fails(next.value))) continue;
    best = next.value;
    candidates = smallerWorlds(best, smallerStill);
  }
  return best;
}

function* smallerWorlds<W extends World>(world: W, smallerStill: (world: W) => Iterable<W>): Generator<W, undefined> {
  const { objects, packets } = world;
  if (packets.length > 1) for (const packet of packets) yield { ...world, packets: [packet] };
  for (const [index, object] of objects.entries()) {
    const others = objects.toSpliced(index, 1);
    if (!isNeeded(object, others)) yield { ...world, objects: others };
  }
  yield* smallerStill(world);
  for (const [index, object] of objects.entries()) {
    for (const smaller of smallerObjects(object)) yield { ...world, objects: objects.with(index, smaller) };
  }
  return undefined;
}

/** A world lists the namespaces, nodes and tiers that its pods and policies are in. */
function isNeeded({ kind, metadata }: RawObject, others: readonly RawObject[]): boolean {
  if (kind === "Tier")
    return others.flatMap(leavesOf).some(({ field, value }) => field === "tier" && value === metadata?.name);
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
/** Calico's and the endpoint slices' own lists; without its last entry one means the same as when it is not there. */
const otherLists = new Set([...shrinkableLists, "nets", "notNets", "notPorts", "types", "endpoints"]);
/** Lists of cluster policies that cannot be empty. */
const filledLists = new Set(["from", "to", "ports", "protocols", "networks"]);
const shrinkableMaps = new Set(["labels", "matchLabels"]);
/** Criteria of Calico that can be left out, whatever stands beside them. */
const optionalFields = new Set([
  "source",
  "destination",
  "selector",
  "notSelector",
  "namespaceSelector",
  "serviceAccountSelector",
  "serviceAccounts",
  "services",
  "icmp",
  "notICMP",
  "notProtocol",
  "order",
]);

/** Which parts of an object may go. */
interface Freedom {
  readonly lists: ReadonlySet<string>;
  readonly filled: ReadonlySet<string>;
  readonly fields: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

function freedomOf({ apiVersion = "" }: RawObject): Freedom {
  if (apiVersion.startsWith("policy.networking.k8s.io/")) {
    return { lists: new Set([...shrinkableLists, ...filledLists]), filled: filledLists, fields: none };
  }
  if (apiVersion.includes("projectcalico.org/")) return { lists: otherLists, filled: none, fields: optionalFields };
  if (apiVersion.startsWith("discovery.k8s.io/")) return { lists: otherLists, filled: none, fields: none };
  return { lists: shrinkableLists, filled: none, fields: none };
}

/** The object without one of its list entries, labels or optional fields, outer ones first. */
function* smallerObjects(object: RawObject): Generator<RawObject, undefined> {
  const freedom = freedomOf(object);
  for (const [index] of removals(object, freedom).entries()) {
    const copy = structuredClone(object);
    removals(copy, freedom)[index]?.();
    yield copy;
  }
  return undefined;
}

/** What can be taken out of the value, each as an action that takes it out in place. */
function removals(value: unknown, freedom: Freedom, name = ""): readonly (() => void)[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, own]) =>
    removals(own, freedom, Array.isArray(value) ? name : key),
  );
  if (Array.isArray(value)) {
    const mayLose = freedom.lists.has(name) && !(freedom.filled.has(name) && value.length < 2);
    return mayLose ? [...value.map((_, index) => () => void value.splice(index, 1)), ...inside] : inside;
  }
  const keys = Object.keys(value).filter((key) => shrinkableMaps.has(name) || freedom.fields.has(key));
  return [...keys.map((key) => () => void Reflect.deleteProperty(value, key)), ...inside];
}
