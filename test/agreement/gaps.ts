/** Worlds in which something is not known. */
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import { isNamespace, isPod, type RawObject, type RawPod } from "../naive/raw-objects.ts";

/** The world without some of its namespaces: then labels of namespaces are not known. */
export function withoutNamespaces(objects: readonly RawObject[]): readonly RawObject[] {
  return objects.filter((object) => !isNamespace(object) || object.metadata?.name === "default");
}

/** The world with every second pod replaced by a Deployment without live pods: then addresses are not known. */
export function withTemplates(objects: readonly RawObject[]): readonly RawObject[] {
  let count = 0;
  return objects.map((object) => (isPod(object) && ++count % 2 === 0 ? deploymentOf(object) : object));
}

function deploymentOf({ metadata, spec }: RawPod): RawObject {
  const { nodeName: _node, ...template } = spec ?? {};
  const deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "default" },
    spec: {
      replicas: 2,
      selector: { matchLabels: metadata?.labels ?? {} },
      template: { metadata: { labels: metadata?.labels ?? {} }, spec: template },
    },
  };
  return deployment;
}

/** Assumptions that differ in what they make of what is not known. */
export const SETTINGS: readonly Assumptions[] = [
  PROFILES.kubernetes,
  { ...PROFILES.kubernetes, "cidr-matches-pods": "no" },
  { ...PROFILES.kubernetes, "unlisted-namespace-labels": "none", "unlisted-service-account-labels": "none" },
  PROFILES.calico,
];
