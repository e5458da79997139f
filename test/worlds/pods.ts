import * as fc from "fast-check";
import type { RawNamespace, RawPod } from "../naive/raw-objects.ts";
import { buildContainers, containersDraft } from "./containers.ts";
import { chance, labelsFrom, nameOf } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { hostAddresses, nodeName } from "./nodes.ts";
import type { NodeDraft } from "./nodes.ts";
import { reference, resolve, resolveSome } from "./reference.ts";
import { podAddresses, podLabelValues } from "./vocabulary.ts";

export const podDraft = fc.record({
  slot: fc.integer({ min: 0, max: 15 }),
  node: reference,
  namespace: reference,
  labels: labelsFrom(podLabelValues),
  families: fc.oneof(
    { weight: 3, arbitrary: fc.constant(["v4"] as const) },
    { weight: 2, arbitrary: fc.constant(["v4", "v6"] as const) },
    { weight: 1, arbitrary: fc.constant(["v6"] as const) },
    { weight: 1, arbitrary: fc.constant(["v6", "v4"] as const) },
  ),
  phase: fc.constantFrom("Running", "Running", "Running", "Pending"),
  reportsHost: chance(3, 4),
  containers: containersDraft,
});
type PodDraft = DraftOf<typeof podDraft>;

/** A pod that bears no address of its own: on the host's network, finished, or not started. */
export const otherPodDraft = fc.record({
  pod: podDraft,
  kind: fc.constantFrom("host-network", "finished", "reused", "no-address"),
  phase: fc.constantFrom("Succeeded", "Failed"),
  heir: reference,
});

export function buildPod(draft: PodDraft, namespaces: readonly RawNamespace[], nodes: readonly NodeDraft[]): RawPod {
  const node = resolveSome(draft.node, nodes, ({ number }) => String(number));
  const namespace = resolveSome(draft.namespace, namespaces, nameOf);
  const hostIPs = hostAddresses(node);
  const { containers, initContainers } = buildContainers(draft.containers);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `pod-${draft.slot}`, namespace: nameOf(namespace), labels: draft.labels },
    spec: { nodeName: nodeName(node.number), containers, ...(initContainers.length > 0 ? { initContainers } : {}) },
    status: {
      phase: draft.phase,
      ...(draft.reportsHost || node.addresses === "v4" ? hostStatus(hostIPs) : {}),
      ...podStatus(draft.families.map((family) => podAddresses[family](node.number, draft.slot))),
    },
  };
}

export function buildOtherPod(
  { pod: draft, kind, phase, heir }: DraftOf<typeof otherPodDraft>,
  namespaces: readonly RawNamespace[],
  nodes: readonly NodeDraft[],
  livePods: readonly RawPod[],
): RawPod {
  const pod = buildPod({ ...draft, slot: 100 + draft.slot }, namespaces, nodes);
  const node = resolveSome(draft.node, nodes, ({ number }) => String(number));
  const { podIP: _first, podIPs: _all, ...status } = pod.status ?? {};
  switch (kind) {
    case "host-network": {
      const addresses = hostAddresses(node);
      return {
        ...pod,
        spec: { ...pod.spec, hostNetwork: true },
        status: { ...pod.status, ...hostStatus(addresses), ...podStatus(addresses) },
      };
    }
    case "no-address":
      return { ...pod, status: { ...status, phase: "Pending" } };
    case "reused": {
      const { podIP, podIPs } = resolve(heir, livePods, nameOf)?.status ?? {};
      return { ...pod, status: { ...status, podIP, podIPs, phase } };
    }
    case "finished":
      return { ...pod, status: { ...pod.status, phase } };
  }
}

/** The API writes the first address twice: alone, and at the head of the list. */
function podStatus(addresses: readonly string[]) {
  return { podIP: addresses[0], podIPs: addresses.map((ip) => ({ ip })) };
}

function hostStatus(addresses: readonly string[]) {
  return { hostIP: addresses[0], hostIPs: addresses.map((ip) => ({ ip })) };
}
