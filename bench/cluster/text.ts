/** A cluster as the texts in which people hand it over. */
import { dump } from "js-yaml";
import type { KubernetesObject } from "./objects.ts";

/**
 * `json`: a List as `kubectl get -o json` prints it; `yaml`: the same as `-o yaml` prints it; `lines`: one object in each
 * line. Clusters are cut into texts of so many objects, because neither files nor strings may have any size.
 */
export type Format = "json" | "yaml" | "lines";

const OBJECTS_PER_TEXT = 40_000;

/** The texts of a cluster, one at a time. */
export function* textsOf(objects: readonly KubernetesObject[], format: Format): Generator<string> {
  for (let start = 0; start < objects.length; start += OBJECTS_PER_TEXT) {
    yield textOf(objects.slice(start, start + OBJECTS_PER_TEXT), format);
  }
}

function textOf(objects: readonly KubernetesObject[], format: Format): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(listOf(objects), null, 4)}\n`;
    case "yaml":
      return dump(listOf(objects), { noRefs: true, lineWidth: -1 });
    case "lines":
      return `${objects.map((object) => JSON.stringify(object)).join("\n")}\n`;
  }
}

function listOf(items: readonly KubernetesObject[]) {
  return { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } };
}
