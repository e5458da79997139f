/** From a document's tree to resources: lists are opened, kinds told apart, objects decoded and validated. */
import type { CodeName } from "../source/codes.ts";
import { finding } from "../source/finding.ts";
import { type Origin, type Path, pathText } from "../source/origin.ts";
import { classify } from "./classify.ts";
import { type Metadata, type Resource, resourceName } from "./kinds.ts";
import { GENERATED } from "./merge.ts";
import type { Blind, ReadOptions, Reading } from "./reading.ts";
import { projectionOf } from "./projection.ts";
import { Cursor } from "./schema/cursor.ts";
import { metadata as metadataType, type WrittenMetadata } from "./schema/metadata.ts";
import { Places } from "./schema/places.ts";
import type { KindEntry } from "./schema/kind-entry.ts";
import { CALICO_KINDS, KUBERNETES_KINDS, PORTCULLIS_KINDS } from "./schema/registry.ts";
import type { Sink } from "./schema/sink.ts";
import { shown } from "./schema/syntax.ts";
import { record, type Type } from "./schema/types.ts";
import { itemsInPassing, JsonPlaces } from "./yaml/json.ts";
import { type MapNode, type Node, typeName } from "./yaml/nodes.ts";
import type { SourceText } from "./yaml/source.ts";

interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Finds fields by reading their text again, so that nothing has to be kept for it. */
export interface FieldFinder {
  readonly knows: (root: Node) => boolean;
  /** The offset of the field at `path` of the object at `start`, or of its nearest parent that is written. */
  readonly find: (start: number, path: Path) => number;
}

export class ObjectReader {
  readonly #source: SourceText;
  readonly #sink: Sink;
  readonly #options: ReadOptions;
  readonly #resources: Resource[] = [];
  readonly #blinds: Blind[] = [];
  readonly #passedOver = new Map<string, number>();
  readonly #finder: FieldFinder;

  constructor(source: SourceText, sink: Sink, options: ReadOptions, finder: FieldFinder = new JsonPlaces(source.text)) {
    this.#source = source;
    this.#sink = sink;
    this.#options = options;
    this.#finder = finder;
  }

  result(): Omit<Reading, "findings"> {
    return { resources: this.#resources, blinds: this.#blinds, passedOver: this.#passedOver };
  }

  blind(blind: Blind): void {
    this.#blinds.push(blind);
  }

  /** `inherited` is what an item of a typed list (`PodList`) is when it does not say so itself. */
  read(root: Node, inherited?: Identity): void {
    if (root.kind !== "map") {
      const what = typeName(root);
      this.#refuse(root, "PC104", `a Kubernetes object is a mapping, got ${what}`, objectRemedy(root));
      return;
    }
    const apiVersion = textAt(root, "apiVersion") ?? inherited?.apiVersion;
    const kind = textAt(root, "kind") ?? inherited?.kind;
    if (apiVersion === undefined || kind === undefined) {
      const missing = apiVersion === undefined ? "apiVersion" : "kind";
      const message = `a Kubernetes object needs ${missing}, a text`;
      this.#refuse(root, "PC104", message, missingRemedy(root, missing));
      return;
    }
    if (kind.endsWith("List") && this.#readItems(root, { apiVersion, kind })) return;
    this.#readObject(root, { apiVersion, kind });
  }

  #readItems(root: MapNode, { apiVersion, kind }: Identity): boolean {
    const entry = root.entries.get("items");
    if (entry === undefined) return kind === "List";
    const items = entry.value;
    if (items.kind === "scalar" && items.value === null) return true;
    if (items.kind !== "list") {
      this.#refuse(
        items,
        "PC111",
        `items: expected list, got ${typeName(items)}`,
        "write a list of objects under items",
      );
      return true;
    }
    const inherited = kind === "List" ? undefined : { apiVersion, kind: kind.slice(0, -"List".length) };
    for (const item of itemsInPassing(items)) this.read(item, inherited);
    return true;
  }

  #readObject(root: MapNode, { apiVersion, kind }: Identity): void {
    const found = classify(apiVersion, kind);
    switch (found.class) {
      case "other":
        this.#passedOver.set(kind, (this.#passedOver.get(kind) ?? 0) + 1);
        return;
      case "filter": {
        const what = this.#nameOf(root, kind, found.reach === "namespaced");
        const namespace = found.reach === "namespaced" ? this.#namespaceOf(root) : undefined;
        const origin = this.#origin(root.start, what);
        const reach = namespace === undefined ? "any pod" : `pods of namespace ${namespace}`;
        this.#blinds.push({ what, why: "not modelled", namespace, origin });
        this.#report(
          "PC121",
          `${what} (${apiVersion}) may filter packets of ${reach} and is not modelled`,
          "answers that it could change are undecided; leave it out of the input to answer without it",
          origin,
        );
        return;
      }
      case "unserved": {
        const what = this.#nameOf(root, kind, found.entry.namespaced);
        const at = apiVersion === "" || found.reason.includes("no kind") ? "kind" : "apiVersion";
        this.#report(
          "PC115",
          found.reason,
          found.remedy,
          this.#origin(root.entries.get(at)?.keyStart ?? root.start, what, [at]),
        );
        this.#blindObject(root, what, found.entry);
        return;
      }
      case "read":
        this.#readKnown(root, apiVersion, found.entry);
    }
  }

  #readKnown(root: MapNode, apiVersion: string, entry: KindEntry): void {
    const namespace = entry.namespaced ? this.#namespaceOf(root) : "";
    const resource = this.#nameOf(root, entry.storedAs ?? entry.kind, entry.namespaced);
    const { validation, keep } = this.#options;
    const context = { source: this.#source, sink: this.#sink, validation, resource, namespace };
    const places = keep === undefined && this.#finder.knows(root) ? undefined : Places.ofObject(root.start);
    const at = Cursor.atRoot(context, root, places);
    const errors = this.#sink.errors;
    topOf(entry)(at);
    const written = metadataType(at.enter("metadata"));
    checkName(written, at, entry);
    if (entry.namespaced && entry.kind.endsWith("NetworkPolicy")) this.#checkNamespace(at);
    const origin = this.#originIn(root.start, places, resource);
    const metadata = storedMetadata(written, namespace);
    const read = entry.read(at, { apiVersion, metadata, origin });
    if (this.#sink.errors === errors) {
      this.#resources.push(read);
      if (keep === undefined || places === undefined) return;
      const implied = { apiVersion, kind: entry.kind, namespace: entry.namespaced ? namespace : undefined };
      keep(
        read,
        projectionOf(root, places, implied, (offset) => this.#source.positionAt(offset)),
      );
    } else if (entry.isQuestion !== true) this.#blindObject(root, resource, entry);
  }

  /** A policy without namespace lands wherever the context of the person who applies it points (kubectl's `-n`). */
  #checkNamespace(at: Cursor): void {
    const metadata = at.child("metadata");
    const node = metadata.node;
    const written = node?.kind === "map" && [...node.entries.keys()].some((key) => key.toLowerCase() === "namespace");
    if (this.#options.namespace !== undefined || written) return;
    metadata.reportKey(
      "PC122",
      "the policy names no namespace and is taken to be in default",
      "write `namespace:`, or give the namespace with -n",
    );
  }

  /** An object that says `Namespace:` means another namespace than the one it would land in: it may touch either. */
  #blindObject(root: MapNode, what: string, entry: KindEntry): void {
    const namespace = entry.namespaced && !hasMisspeltNamespace(root) ? this.#namespaceOf(root) : undefined;
    this.#blinds.push({ what, why: "unreadable", namespace, origin: this.#origin(root.start, what) });
  }

  #refuse(node: Node, code: CodeName, message: string, remedy: string): void {
    const position = this.#source.positionAt(node.start);
    const what = `the object at line ${position.line} of ${position.file}`;
    const origin = { ...position, resource: what, path: "" };
    this.#report(code, message, remedy, origin);
    this.#blinds.push({ what, why: "unreadable", namespace: undefined, origin });
  }

  #report(code: CodeName, message: string, remedy: string, { resource, ...place }: Origin): void {
    const position = { file: place.file, line: place.line, column: place.column };
    this.#sink.add(finding(code, message, remedy, { position, resource }));
  }

  #namespaceOf(root: MapNode): string {
    const metadata = root.entries.get("metadata")?.value;
    return (metadata?.kind === "map" && textAt(metadata, "namespace")) || this.#options.namespace || "default";
  }

  #nameOf(root: MapNode, kind: string, namespaced: boolean): string {
    const metadata = root.entries.get("metadata")?.value;
    const name = metadata?.kind === "map" ? (textAt(metadata, "name") ?? textAt(metadata, "generateName")) : undefined;
    return resourceName(kind, { namespace: namespaced ? this.#namespaceOf(root) : "", name: name ?? "(without name)" });
  }

  /** A function of its own, so that it keeps no values alive. */
  #originIn(start: number, places: Places | undefined, resource: string): (path?: Path) => Origin {
    return (path = []) => this.#origin(places?.find(path) ?? this.#finder.find(start, path), resource, path);
  }

  #origin(offset: number, resource: string, path: Path = []): Origin {
    return { ...this.#source.positionAt(offset), resource, path: pathText(path) };
  }
}

/** The tables of the fields at the top of objects, which only say which there are. */
const TOPS: ReadonlyMap<KindEntry, Type<object>> = new Map(
  [...KUBERNETES_KINDS, ...CALICO_KINDS, ...PORTCULLIS_KINDS].map((entry) => [
    entry,
    record({}, { passive: ["apiVersion", "kind", "metadata", ...entry.fields] }),
  ]),
);

function topOf(entry: KindEntry): Type<object> {
  const top = TOPS.get(entry);
  if (top === undefined) throw new TypeError(`${entry.kind} is not in the registry`);
  return top;
}

function hasMisspeltNamespace(root: MapNode): boolean {
  const metadata = root.entries.get("metadata")?.value;
  return (
    metadata?.kind === "map" &&
    [...metadata.entries.keys()].some((key) => key !== "namespace" && key.toLowerCase() === "namespace")
  );
}

function checkName(written: WrittenMetadata, at: Cursor, entry: KindEntry): void {
  const place = at.child("metadata").child("name");
  if (written.name !== "") {
    const objection = entry.nameObjection(written.name);
    if (objection !== undefined) place.report("PC112", objection.reason, objection.remedy);
  } else if (
    written.generateName === "" &&
    (!place.isPresent || (place.node?.kind === "scalar" && place.node.value === ""))
  ) {
    place.report("PC113", "required, but nothing is written", "write `name:` under metadata");
  }
}

function storedMetadata(written: WrittenMetadata, namespace: string): Metadata {
  const { labels, annotations, ownerReferences } = written;
  const name = written.name || `${written.generateName}${GENERATED}`;
  return { name, namespace, labels, annotations, ownerReferences };
}

function textAt(node: MapNode, field: string): string | undefined {
  const value = node.entries.get(field)?.value;
  return value?.kind === "scalar" && typeof value.value === "string" && value.value !== "" ? value.value : undefined;
}

function objectRemedy(root: Node): string {
  if (root.kind === "list") return "write one object per document, or a `kind: List` with items";
  return root.kind === "scalar" && typeof root.value === "string" && /^\S+\s+\S/.test(root.value)
    ? `the document is the text ${shown(root.value)}; remove it, or write it as a comment with #`
    : "write apiVersion, kind and metadata, or leave this text out of the input";
}

function missingRemedy(root: MapNode, missing: string): string {
  const misspelt = [...root.entries.keys()].find(
    (key) => key.toLowerCase() === missing.toLowerCase() && key !== missing,
  );
  if (misspelt !== undefined) return `write ${missing} instead of ${misspelt}: field names are case-sensitive`;
  const isKustomization = ["resources", "bases", "patches", "patchesStrategicMerge"].some((key) =>
    root.entries.has(key),
  );
  if (isKustomization) return "this is a kustomization; run `kustomize build` and read the result";
  return missing === "kind"
    ? "write `kind:`, such as NetworkPolicy"
    : "write `apiVersion:`, such as networking.k8s.io/v1";
}
