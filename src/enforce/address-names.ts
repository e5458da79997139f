/** What people call the owner of an address. */
import { podText } from "../cluster/endpoint.ts";
import type { NameOf } from "../dataplane/program-sets.ts";
import type { Situation } from "../situation/situation.ts";

/** For comments beside addresses. */
export function namesOf({ inventory }: Situation): NameOf {
  return (address) => {
    const [pod] = inventory.podsAt.get(address) ?? [];
    if (pod !== undefined) return podText(pod);
    const node = inventory.nodeAt.get(address);
    return node && `node/${node.name}`;
  };
}
