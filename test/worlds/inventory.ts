import * as fc from "fast-check";
import type { RawNamespace, RawNode, RawPod } from "../naive/raw-objects.ts";
import { chance, labelsFrom } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { buildNode, nodeDraft } from "./nodes.ts";
import { buildOtherPod, buildPod, otherPodDraft, podDraft } from "./pods.ts";
import { nameLabel, namespaceLabelValues, namespaceNames } from "./vocabulary.ts";

/** Who is in a random world. Pods refer to the other two; every namespace that is used is listed. */
export interface Inventory {
  readonly namespaces: readonly RawNamespace[];
  readonly nodes: readonly RawNode[];
  readonly pods: readonly RawPod[];
}

const namespaceDraft = fc.record({
  name: fc.constantFrom(...namespaceNames),
  labels: labelsFrom(namespaceLabelValues),
  forgesName: chance(1, 6),
});

function buildNamespace({ name, labels, forgesName }: DraftOf<typeof namespaceDraft>): RawNamespace {
  const written = forgesName ? { ...labels, [nameLabel]: "shop" } : labels;
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: written } };
}

/** 1-3 nodes, 1-4 namespaces, 1-8 live pods with addresses of their own and up to 3 without. */
export const inventory: fc.Arbitrary<Inventory> = fc
  .record({
    nodes: fc.uniqueArray(nodeDraft, { minLength: 1, maxLength: 3, selector: ({ number }) => number }),
    namespaces: fc.uniqueArray(namespaceDraft, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    pods: fc.uniqueArray(podDraft, { minLength: 1, maxLength: 8, selector: ({ slot }) => slot, size: "max" }),
    otherPods: fc.uniqueArray(otherPodDraft, { maxLength: 3, selector: ({ pod }) => pod.slot }),
  })
  .map(({ nodes, namespaces: namespaceDrafts, pods, otherPods }) => {
    const namespaces = namespaceDrafts.map(buildNamespace);
    const live = pods.map((draft) => buildPod(draft, namespaces, nodes));
    const others = otherPods.map((draft) => buildOtherPod(draft, namespaces, nodes, live));
    return { nodes: nodes.map(buildNode), namespaces, pods: [...live, ...others] };
  });
