import * as fc from "fast-check";
import type { RawContainer, RawContainerPort } from "../naive/raw-objects.ts";
import type { DraftOf } from "./draft.ts";
import { portNames, portNumbers } from "./vocabulary.ts";

const portDraft = fc.record({
  name: fc.option(fc.constantFrom(...portNames), { freq: 5 }),
  containerPort: fc.constantFrom(...portNumbers),
  protocol: fc.constantFrom(undefined, undefined, "TCP", "UDP", "UDP", "SCTP"),
});
const portDrafts = fc.array(portDraft, { maxLength: 3 });

/** The containers of a pod: null where there is none of that sort. */
export const containersDraft = fc.record({
  containers: fc.array(portDrafts, { minLength: 1, maxLength: 2 }),
  sidecar: fc.option(portDrafts, { freq: 2 }),
  initContainer: fc.option(portDrafts, { freq: 2 }),
});

/**
 * A container may not use a port name twice. Two serving containers that used one with the same protocol would leave open which
 * number is meant, so only the first of them keeps it; an ordinary init container may repeat any.
 */
export function buildContainers({ containers, sidecar, initContainer }: DraftOf<typeof containersDraft>) {
  const taken = new Set<string>();
  const serving = (name: string, ports: DraftOf<typeof portDrafts>): RawContainer => {
    const kept = buildPorts(ports).filter(({ name: port, protocol }) => {
      const key = `${port}/${protocol ?? "TCP"}`;
      return port === undefined || (!taken.has(key) && taken.add(key));
    });
    return { name, image: "registry.example/app:1", ports: kept };
  };
  const main = containers.map((ports, index) => serving(`main-${index}`, ports));
  const initContainers: RawContainer[] = [];
  if (sidecar !== null) initContainers.push({ ...serving("sidecar", sidecar), restartPolicy: "Always" });
  if (initContainer !== null) {
    initContainers.push({ name: "prepare", image: "registry.example/prepare:1", ports: buildPorts(initContainer) });
  }
  return { containers: main, initContainers };
}

function buildPorts(drafts: DraftOf<typeof portDrafts>): readonly RawContainerPort[] {
  const isFirst = ({ name }: DraftOf<typeof portDraft>, index: number) =>
    name === null || drafts.findIndex((other) => other.name === name) === index;
  return drafts.filter(isFirst).map(({ name, containerPort, protocol }) => ({
    ...(name === null ? {} : { name }),
    containerPort,
    ...(protocol === undefined ? {} : { protocol }),
  }));
}
