/** Three-valued matching of ends against predicates and peers, without reasons: undefined where the input does not tell. */
import { NAMESPACE_NAME_LABEL } from "../cluster/inventory.ts";
import { selects, selectsKnowing } from "../labels/selector.ts";
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { overlaps } from "../net/intervals.ts";
import type { End, PodEnd } from "../path/end.ts";
import type { Peer, PodPredicate } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

export function matchPod(
  situation: Situation,
  predicate: PodPredicate,
  { pod }: Pick<PodEnd, "pod">,
): boolean | undefined {
  if (!selects(predicate.pods, pod.labels)) return false;
  const { namespace } = pod;
  const complete = namespace.listed || situation.assumptions["unlisted-namespace-labels"] === "none";
  return selectsKnowing(predicate.namespaces, namespace.labels, (key) => complete || key === NAMESPACE_NAME_LABEL);
}

export function matchAddresses(situation: Situation, addresses: AddressSet, end: End): boolean | undefined {
  if (end.kind === "pod" && situation.assumptions["cidr-matches-pods"] === "no") return false;
  if (coversAddresses(addresses, end.where)) return true;
  return overlaps(addresses, end.where) ? undefined : false;
}

/** Everything a peer gives must hold. */
export function matchPeer(situation: Situation, peer: Peer, end: End): boolean | undefined {
  let result: boolean | undefined = true;
  if (peer.pods !== undefined) result = end.kind === "pod" ? matchPod(situation, peer.pods, end) : false;
  if (peer.addresses === undefined || result === false) return result;
  const inside = matchAddresses(situation, peer.addresses, end);
  return inside === true ? result : inside;
}
