import { finding } from "../source/finding.ts";
import { positionText } from "../source/origin.ts";
import { groupOf } from "./classify.ts";
import { type Resource, resourceName } from "./kinds.ts";
import type { Reading } from "./reading.ts";

/**
 * Several readings as one, in their order. Of resources with one identity (API group, kind, namespace, name) the last one
 * stays, as it would after `kubectl apply`, and PC118 says so. O(resources).
 */
export function mergeReadings(readings: readonly Reading[]): Reading {
  const byIdentity = new Map<string, Resource>();
  const findings = readings.flatMap((reading) => reading.findings);
  for (const resource of readings.flatMap((reading) => reading.resources)) {
    const identity = identityOf(resource);
    const earlier = byIdentity.get(identity);
    if (earlier !== undefined) {
      findings.push(replaced(earlier, resource));
      byIdentity.delete(identity);
    }
    byIdentity.set(identity, resource);
  }
  const passedOver = new Map<string, number>();
  for (const [kind, count] of readings.flatMap((reading) => [...reading.passedOver])) {
    passedOver.set(kind, (passedOver.get(kind) ?? 0) + count);
  }
  return {
    resources: [...byIdentity.values()],
    findings,
    blinds: readings.flatMap((reading) => reading.blinds),
    passedOver,
  };
}

function identityOf({ kind, apiVersion, metadata, origin }: Resource): string {
  // A generated name is different each time; it holds a character that no name may hold.
  const place = metadata.name.endsWith(GENERATED) ? positionText(origin()) : "";
  const group = groupOf(apiVersion);
  // Calico stores what its API takes under a second group.
  const owner = group === "crd.projectcalico.org" ? "projectcalico.org" : group;
  return `${owner}\n${kind}\n${metadata.namespace}\n${metadata.name}\n${place}`;
}

function replaced(earlier: Resource, later: Resource): ReturnType<typeof finding> {
  const resource = resourceName(later.kind, later.metadata);
  return finding(
    "PC118",
    `${resource} stands twice: this one replaces the one at ${positionText(earlier.origin())}`,
    "give one of them another name, or remove it",
    { position: later.origin(), resource },
  );
}

/** Stands for the part of a name that the server makes up (`metadata.generateName`). */
export const GENERATED = "*";
