/** From the documents of a text to what they tell of a VPC. Documents that are none of a VPC's are left to others. */
import { Cursor } from "../../resources/schema/cursor.ts";
import { Places } from "../../resources/schema/places.ts";
import type { ListNode, MapNode, Node } from "../../resources/yaml/nodes.ts";
import type { SourceText } from "../../resources/yaml/source.ts";
import type { VpcReading } from "../reading.ts";
import { nounOf } from "./export-commands.ts";
import { otherObject } from "./other-objects.ts";
import { ReadingDraft } from "./reading-draft.ts";
import { collectionShape, isKubernetes, resourceType, shapeOf, textAt } from "./recognition.ts";
import type { Shape } from "./shapes.ts";

export class VpcDocuments {
  readonly #draft: ReadingDraft;
  #isAny = false;

  constructor(source: SourceText) {
    this.#draft = new ReadingDraft(source);
  }

  /** What was taken so far; undefined where nothing was. */
  reading(): VpcReading | undefined {
    return this.#isAny ? this.#draft.reading() : undefined;
  }

  /** Reads a document if it is one of a VPC, and says whether it was. */
  take(root: Node): boolean {
    const isTaken = root.kind === "list" ? this.#takeList(root) : root.kind === "map" && this.#takeObject(root);
    this.#isAny ||= isTaken;
    return isTaken;
  }

  /** The output of a command that lists: an array of objects. */
  #takeList(root: ListNode): boolean {
    if (root.items.length === 0) return this.#takeEmptyList();
    if (!root.items.some(isOfCloud)) return false;
    const shapes = new Set(root.items.map((item) => this.#readItem(item)));
    const [shape] = shapes;
    if (shapes.size === 1 && shape !== undefined) this.#complete(shape, root.items);
    return true;
  }

  /** An empty list tells only by the name of its file of what there is nothing. */
  #takeEmptyList(): boolean {
    const name = /([^/\\]*)\.json$/i.exec(this.#draft.source.name)?.[1]?.toLowerCase().replaceAll("-", "_");
    const shape = name === undefined ? undefined : collectionShape(name);
    if (shape?.kind === undefined) return false;
    this.#complete(shape, []);
    return true;
  }

  #takeObject(root: MapNode): boolean {
    if (isOfCloud(root)) this.#readItem(root);
    else if (isContainer(root)) this.#readContainer(root);
    else return false;
    return true;
  }

  /** A page of the API, or everything that a collector gathered. */
  #readContainer(root: MapNode): void {
    const provider = textAt(root, "provider");
    if (provider !== undefined && provider !== "ibm") {
      this.#refuse(root, `an export of ${provider}, of which nothing is known`, "give an export of IBM Cloud VPC");
      return;
    }
    for (const [name, { value }] of root.entries) {
      const shape = collectionShape(name);
      const items = value.kind === "list" ? value.items : [];
      if (shape === undefined) {
        for (const item of items) this.#readOther(item);
      } else if (value.kind === "list" || isNull(value)) {
        for (const item of items) this.#read(shape, item);
        if (isPage(root)) this.#addPage(shape, root, items.length);
        else this.#complete(shape, items);
      }
    }
  }

  #addPage({ kind }: Shape, root: MapNode, count: number): void {
    if (kind === undefined) return;
    const total = root.entries.get("total_count")?.value;
    this.#draft.pages.push({
      kind,
      count,
      total: total?.kind === "scalar" && typeof total.value === "number" ? total.value : undefined,
      goesOn: root.entries.get("next")?.value.kind === "map",
      origin: this.#draft.origin(root.start, `page of ${nounOf(kind)}s`),
    });
  }

  /** A collector puts the workers into their clusters. */
  #complete({ kind }: Shape, items: readonly Node[]): void {
    if (kind === undefined) return;
    this.#draft.complete.add(kind);
    if (kind !== "cluster") return;
    if (items.every((item) => item.kind === "map" && item.entries.has("WorkerNodes"))) {
      this.#draft.complete.add("worker");
    }
  }

  /** Reads an item of a list that may be mixed; gives its shape, if it has one. */
  #readItem(item: Node): Shape | undefined {
    const shape = shapeOf(item);
    if (shape !== undefined) this.#read(shape, item);
    else if (!this.#readOther(item)) this.#refuseItem(item);
    return shape;
  }

  /** Takes objects that are known not to be modelled. */
  #readOther(item: Node): boolean {
    const other = item.kind === "map" ? otherObject(item) : undefined;
    if (other === undefined) return false;
    if (other.kind === "gap") this.#draft.gaps.push(other.gap);
    else this.#draft.passOver(`VPC ${other.type}`);
    return true;
  }

  #read(shape: Shape, node: Node): void {
    const { source, sink } = this.#draft;
    const resource = nameOf(shape.noun, node);
    const context = { source, sink, validation: "ignore", resource, namespace: "" } as const;
    this.#draft.attempt(resource, node.start, () =>
      shape.read(Cursor.atRoot(context, node, Places.ofObject(node.start))),
    );
  }

  #refuseItem(item: Node): void {
    if (isLooseRule(item)) {
      const remedy =
        "export whole lists and groups: ibmcloud is network-acls --output json, ibmcloud is security-groups --output json";
      this.#refuse(item, "a rule without the access list or group that it belongs to", remedy);
      return;
    }
    const type = item.kind === "map" ? resourceType(item) : undefined;
    const what = type === undefined ? "this is no object of a VPC that is known" : `nothing is known of type ${type}`;
    this.#refuse(item, what, "leave it out of the input; `portcullis vpc import --help` lists what is read");
  }

  #refuse(node: Node, message: string, remedy: string): void {
    this.#draft.refuse("PC200", nameOf("object", node), node.start, message, remedy);
  }
}

/** Whether the object says that it is one of IBM Cloud, or looks like one. */
function isOfCloud(node: Node): boolean {
  if (node.kind !== "map" || isKubernetes(node)) return false;
  return shapeOf(node) !== undefined || otherObject(node) !== undefined || isCrn(node) || isLooseRule(node);
}

function isCrn(node: MapNode): boolean {
  return textAt(node, "crn")?.startsWith("crn:v1:") === true;
}

function isLooseRule(node: Node): boolean {
  if (node.kind !== "map") return false;
  const { entries } = node;
  return entries.has("direction") && entries.has("protocol") && (entries.has("remote") || entries.has("ip_version"));
}

/** What no other JSON holds, or a collection with an object of its shape. */
function isContainer(root: MapNode): boolean {
  if (isKubernetes(root)) return false;
  if (root.entries.has("collector_version")) return true;
  return [...root.entries].some(([name, { value }]) => {
    if (collectionShape(name) === undefined || value.kind !== "list") return false;
    return value.items.length === 0 ? isPage(root) : value.items.some((item) => shapeOf(item) !== undefined);
  });
}

/** Pages say how much they hold at most, and lead to the first page. */
function isPage(root: MapNode): boolean {
  return root.entries.has("limit") && root.entries.has("first");
}

function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

function nameOf(noun: string, node: Node): string {
  const name = node.kind === "map" ? textAt(node, "name") || textAt(node, "id") : undefined;
  return `${noun} ${name ?? "without name"}`;
}
