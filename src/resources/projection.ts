/** Objects as far as they were read: the fields that a schema entered, with where they stand. */
import type { Position } from "../source/origin.ts";
import type { Places } from "./schema/places.ts";
import type { Node } from "./yaml/nodes.ts";

export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** What is added to fields that were read, because the object means it without saying so. */
export interface Implied {
  readonly apiVersion: string;
  readonly kind: string;
  /** Undefined for kinds that have none. */
  readonly namespace: string | undefined;
}

export interface Projection {
  readonly object: Plain;
  /**
   * The places of all values of `object`, parents before children and children in their order, as `placesText` has them: of a
   * field its key's, of an item its own.
   */
  readonly at: string;
}

/** Its own annotation tells what was applied; that of a pod may hold what is nobody's business. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** O(fields that were read). */
export function projectionOf(
  root: Node,
  places: Places,
  implied: Implied,
  positionAt: (offset: number) => Position,
): Projection {
  const positions: Position[] = [];
  const isPolicy = implied.kind.endsWith("NetworkPolicy");
  const project = (node: Node, own: Places): Plain => {
    positions.push(positionAt(own.start));
    switch (node.kind) {
      case "scalar":
        return typeof node.value === "bigint" ? Number(node.value) : node.value;
      case "list": {
        const read = own.children();
        return node.items.map((item, i) => projectChild(item, read.get(i), own));
      }
      case "map": {
        const read = own.children();
        return Object.fromEntries(
          [...node.entries].flatMap(([key, { value }]) => {
            const place = read.get(key);
            return place === undefined || (key === LAST_APPLIED && !isPolicy) ? [] : [[key, project(value, place)]];
          }),
        );
      }
    }
  };
  /** Items keep their numbers, also where one was passed over. */
  const projectChild = (item: Node, place: Places | undefined, parent: Places): Plain => {
    if (place !== undefined) return project(item, place);
    positions.push(positionAt(parent.start));
    return null;
  };
  const start = positionAt(places.start);
  // apiVersion and kind come first, at the object's own place.
  const read = project(root, places);
  const [first = start, ...rest] = positions;
  const object = { apiVersion: implied.apiVersion, kind: implied.kind, ...fieldsOf(read) };
  return withNamespace(object, [first, start, start, ...rest], implied.namespace);
}

function fieldsOf(value: Plain): { readonly [key: string]: Plain } {
  return isFields(value) ? value : {};
}

function isFields(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The namespace that the object landed in, behind all other fields of its metadata, at the place of these. */
function withNamespace(
  object: { readonly [key: string]: Plain },
  positions: readonly Position[],
  namespace: string | undefined,
): Projection {
  const metadata = fieldsOf(object["metadata"] ?? {});
  const known = metadata["namespace"];
  if (namespace === undefined || (typeof known === "string" && known !== ""))
    return { object, at: placesText(positions) };
  const others = Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== "namespace"));
  const before = countBefore(object, "metadata");
  const place = positions[before];
  const inside = sizeOf(object["metadata"] ?? null) - 1;
  const dropped = Object.hasOwn(metadata, "namespace") ? [countBefore(metadata, "namespace") + before] : [];
  const kept = positions.filter((_, i) => !dropped.includes(i));
  const end = before + 1 + inside - dropped.length;
  return {
    object: { ...object, metadata: { ...others, namespace } },
    at: placesText([...kept.slice(0, end), ...(place === undefined ? [] : [place]), ...kept.slice(end)]),
  };
}

/** How many values stand before that of a field, the object itself included. */
function countBefore(object: { readonly [key: string]: Plain }, field: string): number {
  let count = 1;
  for (const [key, value] of Object.entries(object)) {
    if (key === field) break;
    count += sizeOf(value);
  }
  return count;
}

function sizeOf(value: Plain): number {
  if (typeof value !== "object" || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one: Plain) => sum + sizeOf(one), 1);
}

/** Each place as its column, after `LINES:` where it stands so many lines below the one before it. */
export function placesText(positions: readonly Position[]): string {
  let last = 0;
  return positions
    .map(({ line, column }) => {
      const below = line - last;
      last = line;
      return below === 0 ? `${column}` : `${below}:${column}`;
    })
    .join(" ");
}

/** The places of `placesText`. What is no such text gives places at its start. */
export function placesIn(file: string, text: string): readonly Position[] {
  let line = 0;
  return text.split(" ").map((token) => {
    const colon = token.indexOf(":");
    if (colon >= 0) line += Number(token.slice(0, colon)) || 0;
    return { file, line: Math.max(line, 1), column: Math.max(Number(token.slice(colon + 1)) || 1, 1) };
  });
}
