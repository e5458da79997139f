/** What a row of the registry of kinds says. */
import type { Resource, ResourceOf } from "../kinds.ts";
import type { Cursor } from "./cursor.ts";
import type { Objection } from "./syntax.ts";

/** What every resource has, whatever its kind. */
export type Common = Omit<ResourceOf<string, null>, "kind" | "spec">;

export interface KindEntry {
  /** As users write it. Two groups may have a kind of one name. */
  readonly kind: string;
  /** Under which name messages tell it from the kind of another group; `kind` where there is nothing to tell apart. */
  readonly storedAs?: "CalicoNetworkPolicy";
  /** The API versions that clusters serve, the one to write first. */
  readonly served: readonly string[];
  /** API versions of the past, with the Kubernetes release that removed them. */
  readonly removed: Readonly<Record<string, string>>;
  readonly namespaced: boolean;
  /** Objects of this kind ask about a cluster and are nothing in it: one that cannot be read leaves no answer open. */
  readonly isQuestion?: true;
  /** Fields at the top of the object beside apiVersion, kind and metadata. */
  readonly fields: readonly string[];
  readonly nameObjection: (name: string) => Objection;
  readonly read: (at: Cursor, common: Common) => Resource;
}
