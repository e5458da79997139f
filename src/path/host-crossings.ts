/** Where a flow between two ends crosses host endpoints: on leaving the node of one, and on entering that of the other. */
import type { Service } from "../cluster/service.ts";
import { familyOf, single } from "../net/address.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type End, endText, familyOfEnd, isSamePod, nodeOfPod, runsOn } from "./end.ts";
import { entering, forwardedForPod, receivedByNode, sentByNode, transit } from "./host-stages.ts";
import type { PolicyFilter, Stage } from "./stage.ts";

/** Host endpoints are met only by what leaves or enters a node; `together`: whether both ends are at one node. */
export function hostStages(
  situation: Situation,
  from: End,
  to: End,
  together: boolean | undefined,
  entryDoubt?: Fact,
): { readonly sending: readonly Stage[]; readonly receiving: readonly Stage[] } {
  if (situation.inventory.hostEndpoints.length === 0 || together === true) return { sending: [], receiving: [] };
  if (from.kind === "outside" && to.kind === "outside") return { sending: transit(situation, from, to), receiving: [] };
  const doubt = together === false ? entryDoubt : togetherUnknown(from, to);
  return { sending: sentThrough(situation, from, to, doubt), receiving: receivedThrough(situation, from, to, doubt) };
}

function sentThrough(situation: Situation, from: End, to: End, doubt: Fact | undefined): readonly PolicyFilter[] {
  switch (from.kind) {
    case "pod":
      return forwardedForPod(situation, from, to, "egress", doubt);
    case "node":
      return sentByNode(situation, from, to, doubt);
    case "outside":
      return [];
  }
}

function receivedThrough(situation: Situation, from: End, to: End, doubt: Fact | undefined): readonly PolicyFilter[] {
  switch (to.kind) {
    case "pod":
      return forwardedForPod(situation, to, from, "ingress", doubt);
    case "node":
      return receivedByNode(situation, to, from, doubt);
    case "outside":
      return [];
  }
}

/** Whether both ends are at one node, so that no packet between them leaves it; undefined: not known. */
export function atOneNode(situation: Situation, from: End, to: End): boolean | undefined {
  if (from.kind === "outside" || to.kind === "outside") return false;
  if (from.kind === "node" && to.kind === "node") return from.node === to.node;
  if (from.kind === "pod" && to.kind === "node") return runsOn(from.pod, to.node, to.where);
  if (from.kind === "node" && to.kind === "pod") return runsOn(to.pod, from.node, from.where);
  return podsAtOneNode(situation, from, to);
}

/** The same of pods alone, where a node stands for one that no pod of the other end runs on. */
export function podsAtOneNode(situation: Situation, from: End, to: End): boolean | undefined {
  if (from.kind !== "pod" || to.kind !== "pod") return false;
  if (isSamePod(from, to)) return true;
  const [a, b] = [nodeOfPod(situation.inventory, from.pod), nodeOfPod(situation.inventory, to.pod)];
  return a === undefined || b === undefined ? undefined : a === b;
}

function togetherUnknown(from: End, to: End): Fact {
  return {
    text: `whether ${endText(from)} and ${endText(to)} are at one node (then no host endpoint is asked)`,
    remedy: "add the live pods, whose spec.nodeName tells it",
  };
}

/** What comes from outside to a Service's own address meets the host endpoints of the node by which it enters. */
export function entryStages(
  situation: Situation,
  from: End,
  to: End,
  service: Service,
  port: number,
): ReturnType<typeof entering> {
  const address = service.addresses.find((candidate) => familyOf(candidate) === familyOfEnd(from));
  const isTranslated = !service.headless && address !== undefined && from.kind === "outside";
  if (!isTranslated || situation.inventory.hostEndpoints.length === 0)
    return { before: [], behind: [], doubt: undefined };
  return entering(situation, from, { to: { kind: "outside", where: single(address) }, port }, to);
}
