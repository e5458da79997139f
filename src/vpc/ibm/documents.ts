/** From the documents of a text to what they tell of a VPC. Documents that are none of a VPC's are left to others. */
import type { Blind } from "../../resources/reading.ts";
import { Cursor } from "../../resources/schema/cursor.ts";
import { Places } from "../../resources/schema/places.ts";
import { Sink } from "../../resources/schema/sink.ts";
import type { ListNode, MapNode, Node } from "../../resources/yaml/nodes.ts";
import type { SourceText } from "../../resources/yaml/source.ts";
import type { Fact } from "../../source/fact.ts";
import { finding } from "../../source/finding.ts";
import type { Origin } from "../../source/origin.ts";
import type { VpcKind } from "../model.ts";
import type { Page, VpcObject, VpcReading } from "../reading.ts";
import { otherObject } from "./other-objects.ts";
import { collectionShape, isKubernetes, resourceType, type Shape, shapeOf, textAt } from "./shapes.ts";

export class VpcDocuments {
  readonly #source: SourceText;
  readonly #sink = new Sink();
  readonly #objects: VpcObject[] = [];
  readonly #complete = new Set<VpcKind>();
  readonly #pages: Page[] = [];
  readonly #gaps: Fact[] = [];
  readonly #blinds: Blind[] = [];
  readonly #passedOver = new Map<string, number>();
  #isAny = false;

  constructor(source: SourceText) {
    this.#source = source;
  }

  /** What was taken so far; undefined where nothing was. */
  reading(): VpcReading | undefined {
    if (!this.#isAny) return undefined;
    return {
      objects: this.#objects,
      complete: this.#complete,
      pages: this.#pages,
      commands: [],
      gaps: this.#gaps,
      findings: this.#sink.findings(this.#source.positionAt(this.#source.text.length)),
      blinds: this.#blinds,
      passedOver: this.#passedOver,
    };
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
    if (shapes.size === 1 && shape !== undefined) this.#completes(shape, root);
    return true;
  }

  /** An empty list tells what is not there only by the name of its file. */
  #takeEmptyList(): boolean {
    const name = /([^/\\]*)\.json$/i.exec(this.#source.name)?.[1]?.toLowerCase().replaceAll("-", "_");
    const kind = name === undefined ? undefined : collectionShape(name)?.kind;
    if (kind === undefined) return false;
    this.#complete.add(kind);
    return true;
  }

  #takeObject(root: MapNode): boolean {
    if (isKubernetes(root)) return false;
    const shape = shapeOf(root);
    if (shape !== undefined) {
      this.#read(shape, root);
      return true;
    }
    if (isOfCloud(root)) {
      this.#readItem(root);
      return true;
    }
    if (!isContainer(root)) return false;
    this.#readContainer(root);
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
      const isEmpty = value.kind === "scalar" && value.value === null;
      if (shape === undefined) {
        for (const item of items) this.#readOther(item);
      } else if (value.kind === "list" || isEmpty) {
        for (const item of items) this.#read(shape, item);
        if (isPage(root)) this.#addPage(shape, root, items.length);
        else this.#completes(shape, value);
      }
    }
  }

  #addPage({ kind }: Shape, root: MapNode, count: number): void {
    if (kind === undefined) return;
    const total = root.entries.get("total_count")?.value;
    const next = root.entries.get("next")?.value;
    this.#pages.push({
      kind,
      count,
      total: total?.kind === "scalar" && typeof total.value === "number" ? total.value : undefined,
      goesOn: next?.kind === "map",
      origin: this.#origin(root, `page of ${kind}s`),
    });
  }

  #completes({ kind }: Shape, list: Node): void {
    if (kind === undefined) return;
    this.#complete.add(kind);
    const items = list.kind === "list" ? list.items : [];
    if (kind === "cluster" && items.every((item) => item.kind === "map" && item.entries.has("WorkerNodes"))) {
      this.#complete.add("worker");
    }
  }

  /** Reads an item of a mixed list; gives its shape, if it has one. */
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
    if (other.kind === "gap") this.#gaps.push(other.gap);
    else this.#passedOver.set(`VPC ${other.type}`, (this.#passedOver.get(`VPC ${other.type}`) ?? 0) + 1);
    return true;
  }

  #read(shape: Shape, node: Node): void {
    const resource = nameOf(shape.noun, node);
    const context = { source: this.#source, sink: this.#sink, validation: "ignore", resource, namespace: "" } as const;
    const errors = this.#sink.errors;
    const objects = shape.read(Cursor.atRoot(context, node, Places.ofObject(node.start)));
    if (this.#sink.errors === errors) this.#objects.push(...objects);
    else this.#blind(resource, node);
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
    this.#refuse(
      item,
      what,
      "leave it out of the input, or export the collections that `portcullis vpc import --help` lists",
    );
  }

  #refuse(node: Node, message: string, remedy: string): void {
    const resource = nameOf("object", node);
    this.#sink.add(finding("PC200", message, remedy, { position: this.#source.positionAt(node.start), resource }));
    this.#blind(resource, node);
  }

  #blind(what: string, node: Node): void {
    this.#blinds.push({ what, why: "unreadable", namespace: undefined, origin: this.#origin(node, what) });
  }

  #origin(node: Node, resource: string): Origin {
    return { ...this.#source.positionAt(node.start), resource, path: "" };
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
  if (node.kind !== "map" || isKubernetes(node)) return false;
  const { entries } = node;
  return entries.has("direction") && entries.has("protocol") && (entries.has("remote") || entries.has("ip_version"));
}

/** What no other JSON holds, or a collection with an object of its shape. */
function isContainer(root: MapNode): boolean {
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

function nameOf(noun: string, node: Node): string {
  const name = node.kind === "map" ? textAt(node, "name") || textAt(node, "id") : undefined;
  return `${noun} ${name ?? "without name"}`;
}
