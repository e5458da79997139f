/** Manifests as YAML that every reader of Kubernetes manifests reads back as it was. */
import { dump } from "js-yaml";
import type { Manifest } from "../../policy/manifest.ts";

/**
 * One document for each manifest, without anchors. The writer quotes every text that some version of YAML, 1.1 included,
 * would take for something else.
 */
export function yamlText(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => dump(manifest, { noRefs: true, lineWidth: -1 })).join("---\n");
}
