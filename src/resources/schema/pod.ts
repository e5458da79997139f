/** Pods and pod templates: only what decides who may talk to whom. */
import type { Container, ContainerPort, PodSpec, PodStatus, PodTemplate } from "../kinds.ts";
import { address } from "./address.ts";
import { nodeAffinity, nodeLabels, toleration } from "./placement.ts";
import { templateMetadata } from "./metadata.ts";
import { portNameObjection, portNumberObjection } from "./syntax.ts";
import { boolean, checked, integer, list, oneOf, optional, record, required, string, type Type } from "./types.ts";

const containerPort: Type<ContainerPort> = record(
  {
    name: optional(checked(string, (name) => (name === "" ? undefined : portNameObjection(name)))),
    containerPort: required(checked(integer, portNumberObjection), "write `containerPort:` and its number"),
    protocol: oneOf(["TCP", "UDP", "SCTP"] as const, "TCP"),
  },
  { passive: "any" },
);

const writtenContainer = record(
  { name: string, ports: list(containerPort), restartPolicy: string },
  { passive: "any" },
);

const container: Type<Container> = (at) => {
  const { name, ports } = writtenContainer(at);
  return { name, ports, sidecar: false };
};

const initContainer: Type<Container> = (at) => {
  const { name, ports, restartPolicy } = writtenContainer(at);
  return { name, ports, sidecar: restartPolicy === "Always" };
};

const writtenPodSpec = record(
  {
    nodeName: string,
    serviceAccountName: string,
    serviceAccount: string,
    hostNetwork: boolean,
    nodeSelector: nodeLabels,
    affinity: nodeAffinity,
    tolerations: list(toleration),
    containers: list(container),
    initContainers: list(initContainer),
  },
  { passive: "any" },
);

export const podSpec: Type<PodSpec> = (at) => {
  const written = writtenPodSpec(at);
  const { nodeSelector, affinity, tolerations } = written;
  // Field by field, because a rest of fields takes several times as long, and there are very many pods.
  return {
    hostNetwork: written.hostNetwork,
    containers: written.containers,
    initContainers: written.initContainers,
    placement: { nodeSelector, nodeTerms: affinity.nodeTerms, tolerations },
    nodeName: written.nodeName || undefined,
    serviceAccountName: written.serviceAccountName || written.serviceAccount || "default",
  };
};

const writtenTemplate = record({ metadata: templateMetadata, spec: podSpec }, { passive: [] });

export const podTemplate: Type<PodTemplate> = (at) => {
  const { metadata, spec } = writtenTemplate(at);
  return { ...metadata, spec };
};

const PHASES = ["Pending", "Running", "Succeeded", "Failed", "Unknown"] as const;

const writtenStatus = record(
  {
    phase: optional(oneOf(PHASES, undefined)),
    podIP: address,
    podIPs: list(record({ ip: address }, { passive: "any" })),
    hostIP: address,
    hostIPs: list(record({ ip: address }, { passive: "any" })),
    conditions: list(record({ type: string, status: string }, { passive: "any" })),
  },
  { passive: "any" },
);

export const podStatus: Type<PodStatus> = (at) => {
  const { phase, podIP, podIPs, hostIP, hostIPs, conditions } = writtenStatus(at);
  const ready = conditions.find(({ type }) => type === "Ready");
  return {
    phase,
    podIPs: addressesOf(podIP, podIPs),
    hostIPs: addressesOf(hostIP, hostIPs),
    ready: ready === undefined ? undefined : ready.status === "True",
  };
};

/** The single field repeats the first of the list; old clusters write only the single one. */
function addressesOf(first: string, all: readonly { readonly ip: string }[]): readonly string[] {
  return [...new Set([first, ...all.map(({ ip }) => ip)])].filter((ip) => ip !== "");
}
