/** The profiles that host endpoints name. */
import { lowerProfile } from "../policy/dialects/calico/lower.ts";
import type { Direction, Profile, Rule } from "../policy/model.ts";
import { ofKind } from "../resources/by-kind.ts";
import type { Resource } from "../resources/kinds.ts";
import type { Situation } from "./situation.ts";

/** Calico's own, which every cluster has. */
export const ALLOWING_PROFILE = "projectcalico-default-allow";

/** By name. */
export function profilesOf(resources: readonly Resource[]): ReadonlyMap<string, Profile> {
  return new Map(
    ofKind(resources, "Profile").map(({ metadata, spec, origin }) => [
      metadata.name,
      lowerProfile(metadata, spec, origin),
    ]),
  );
}

/** The rules of a profile; `allow` for Calico's own, `missing` for one that does not exist and hence denies. */
export function profileRules(
  { profiles }: Pick<Situation, "profiles">,
  name: string,
  direction: Direction,
): readonly Rule[] | "allow" | "missing" {
  if (name === ALLOWING_PROFILE) return "allow";
  return profiles.get(name)?.[direction] ?? "missing";
}
