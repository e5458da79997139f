/** What all rules about networks look at: the access lists with their subnets and decisions, worked out once. */
import type { Inventory } from "../../cluster/inventory.ts";
import type { Subnet, VpcInventory } from "../../vpc/model.ts";
import { type AclView, aclView } from "./acl-view.ts";
import { type ClusterView, clusterViews } from "./clusters.ts";
import { type Conversation, conversationsOf } from "./conversations.ts";
import { type DeadRule, deadRules } from "./dead-rules.ts";
import type { LegacyAll } from "./decisions.ts";

/** What the rules need of a situation. */
export interface VpcSubject {
  readonly vpc: VpcInventory | undefined;
  readonly inventory: Pick<Inventory, "nodes">;
  readonly assumptions?: { readonly "overlay-matched-by-legacy-all"?: LegacyAll };
}

export interface SurveyedAcl extends AclView {
  readonly conversations: readonly Conversation[];
  readonly dead: readonly DeadRule[];
}

export interface VpcSurvey {
  readonly networks: VpcInventory;
  readonly lists: readonly SurveyedAcl[];
  /** By the id of the subnet; no entry where the list is not in the input. */
  readonly listOf: ReadonlyMap<string, SurveyedAcl>;
  readonly clusters: readonly ClusterView[];
}

/** Pure. O(rules^2) for each list, where rules are for different networks; undefined where the subject knows no networks. */
export function surveyOf({ vpc: networks, inventory, assumptions }: VpcSubject): VpcSurvey | undefined {
  if (networks === undefined) return undefined;
  const legacyAll = assumptions?.["overlay-matched-by-legacy-all"];
  const vpcs = new Map(networks.vpcs.map((vpc) => [vpc.id, vpc]));
  const attached = new Map<string, Subnet[]>();
  for (const subnet of networks.subnets) {
    const id = subnet.acl ?? vpcs.get(subnet.vpc)?.defaultAcl;
    if (id !== undefined) attached.set(id, [...(attached.get(id) ?? []), subnet]);
  }
  const lists = networks.acls.map((acl): SurveyedAcl => {
    const view = aclView(acl, vpcs.get(acl.vpc), attached.get(acl.id) ?? [], legacyAll);
    return { ...view, conversations: conversationsOf(view), dead: deadRules(view) };
  });
  return {
    networks,
    lists,
    listOf: new Map(lists.flatMap((list) => list.subnets.map(({ id }) => [id, list]))),
    clusters: clusterViews(networks, inventory.nodes),
  };
}
