/** Manifests as YAML that every reader of Kubernetes manifests reads back as it was. */
import { dump } from "js-yaml";
import type { Manifest } from "../../policy/manifest.ts";

/**
 * One document for each manifest, without anchors. The writer quotes every text that some version of YAML, 1.1 included,
 * would take for something else.
 */
export function yamlText(manifests: readonly Manifest[]): string {
  return manifests
    .map((manifest) => dump(manifest, { noRefs: true, lineWidth: -1, forceQuotes: holdsOddNumber(manifest) }))
    .join("---\n");
}

/** Kubernetes' reader leaves out every underscore before it looks for a number; the writer knows of those between digits. */
const ODD_NUMBER = /^[-+.0-9][-+.0-9a-fox]*_[-+.0-9a-fox_]*$/i;

function holdsOddNumber(value: unknown): boolean {
  if (typeof value === "string") return ODD_NUMBER.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, field]) => ODD_NUMBER.test(key) || holdsOddNumber(field));
}
