import * as fc from "fast-check";
import type { RawCalicoPolicy, RawHostEndpoint } from "../naive/calico-objects.ts";
import { isCalicoPolicy } from "../naive/calico-objects.ts";
import { isNode, type RawNode, type RawPacket } from "../naive/raw-objects.ts";
import { type DraftOf, labelsFrom, nameOf, written } from "./draft.ts";
import { mixedWorld } from "./mixed-world.ts";
import { podLabelValues } from "./vocabulary.ts";
import type { World } from "./world.ts";

/** The interface that bears every address of its node, as whoever asks about such a world has to take it. */
export const NODE_INTERFACE = "eth0";

const OPEN = "projectcalico-default-allow";

const hostDraft = fc.record({
  labels: labelsFrom(podLabelValues),
  claims: fc.constantFrom("all interfaces", "all interfaces", "its interface", "its addresses"),
  isOpen: fc.constantFrom(false, true, true),
});

const phaseDraft = fc.constantFrom("normal", "forward", "forward", "pre-dnat", "untracked");

/**
 * Mixed worlds whose nodes have host endpoints, and whose global policies of Calico are asked in every phase. No naive reading
 * knows host endpoints: only engines can be held against each other.
 */
export function hostWorld(): fc.Arbitrary<World> {
  return fc
    .record({
      world: mixedWorld(),
      hosts: fc.array(fc.array(hostDraft, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
      phases: fc.array(phaseDraft, { minLength: 8, maxLength: 8 }),
      selectors: fc.array(fc.constantFrom("all()", "has(app)", "tier == 'front'", undefined), {
        minLength: 8,
        maxLength: 8,
      }),
    })
    .map(({ world, hosts, phases, selectors }) => {
      let number = 0;
      const objects = world.objects.map((object) => {
        if (!isCalicoPolicy(object) || object.kind !== "GlobalNetworkPolicy") return object;
        const i = number++;
        return inPhase(object, phases[i % phases.length] ?? "normal", selectors[i % selectors.length]);
      });
      const endpoints = objects
        .filter(isNode)
        .flatMap((node, i) => (hosts[i] ?? []).map((draft, j) => buildHost(draft, node, j)));
      return { packets: [...world.packets, ...world.packets.flatMap(asCarrier)], objects: [...objects, ...endpoints] };
    });
}

/** The same ends, one time in four, with what nodes put pods' packets into. */
function asCarrier({ source, destination }: RawPacket, i: number): readonly RawPacket[] {
  return i % 4 === 0 ? [{ source, destination, protocol: 4 }] : [];
}

function inPhase(policy: RawCalicoPolicy, phase: string, selector: string | undefined): RawCalicoPolicy {
  const { doNotTrack: _, applyOnForward: __, ...spec } = policy.spec ?? {};
  const global =
    selector === undefined
      ? spec
      : { ...spec, selector, namespaceSelector: undefined, serviceAccountSelector: undefined };
  switch (phase) {
    case "pre-dnat":
      return {
        ...policy,
        spec: written({ ...global, egress: undefined, types: ["Ingress"], preDNAT: true, applyOnForward: true }),
      };
    case "untracked":
      return { ...policy, spec: written({ ...global, doNotTrack: true, applyOnForward: true }) };
    case "forward":
      return { ...policy, spec: written({ ...global, applyOnForward: true }) };
    default:
      return { ...policy, spec: written(global) };
  }
}

function buildHost(
  { labels, claims, isOpen }: DraftOf<typeof hostDraft>,
  node: RawNode,
  number: number,
): RawHostEndpoint {
  const addresses = (node.status?.addresses ?? [])
    .filter(({ type }) => type === "InternalIP" || type === "ExternalIP")
    .map(({ address }) => address);
  const interfaceName = claims === "all interfaces" ? "*" : claims === "its interface" ? NODE_INTERFACE : undefined;
  const expectedIPs = claims === "all interfaces" ? undefined : addresses;
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "HostEndpoint",
    metadata: { name: `${nameOf(node)}-${number}`, labels },
    spec: { node: nameOf(node), ...written({ interfaceName, expectedIPs }), profiles: isOpen ? [OPEN] : [] },
  };
}
