/** The stages a flow passes, in order, as data. The only place that knows in which order filters and rewrites come. */
import { type Node, type Pod, podText } from "../cluster/endpoint.ts";
import type { Direction } from "../policy/model.ts";
import type { AssumptionName } from "../situation/assumptions.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type End, exampleEnd, isSamePod, type PodEnd, runsOn } from "./end.ts";
import { atOneNode, hostStages, podsAtOneNode } from "./host-crossings.ts";
import { type BetweenNodes, networkStages } from "./between-nodes.ts";
import type { Blocked, PolicyFilter, Skipped, Stage } from "./stage.ts";

/** One way from one end to another, after all rewrites. */
export interface Path {
  readonly from: End;
  readonly to: End;
  /** The destination port that replaces the one asked for; undefined: it stays. */
  readonly destinationPort: number | undefined;
  readonly stages: readonly Stage[];
}

/** The path between two ends that no Service lies between. */
export function directPath(situation: Situation, from: End, to: End): Path {
  return {
    from,
    to,
    destinationPort: undefined,
    stages: stagesBetween(situation, from, to),
  };
}

/** The path with stages before all of its own, and what answers meets behind them. */
export function pathBehind(path: Path, { request, reply }: BetweenNodes): Path {
  return { ...path, stages: [...request, ...path.stages, ...reply] };
}

/** The path between single addresses of its ends: an example of it that people can read. */
export function examplePath(path: Path): Path {
  return {
    ...path,
    from: exampleEnd(path.from),
    to: exampleEnd(path.to),
    stages: path.stages.map((stage) =>
      stage.kind === "filter" ? { ...stage, here: exampleEnd(stage.here), peer: exampleEnd(stage.peer) } : stage,
    ),
  };
}

/** The path between two ends that are not the same pod, nor a pod and its own node, whatever addresses they bear. */
export function strangersPath(situation: Situation, from: End, to: End): Path {
  const hosts = hostStages(situation, from, to, podsAtOneNode(situation, from, to));
  const networks = networkStages(situation, from, to);
  return {
    from,
    to,
    destinationPort: undefined,
    stages: [
      ...(from.kind === "pod" ? [podFilter("egress", from, to)] : []),
      ...hosts.sending,
      ...networks.request,
      ...hosts.receiving,
      ...(to.kind === "pod" ? [podFilter("ingress", to, from)] : []),
      ...networks.reply,
    ],
  };
}

/** What else is known of the way between two ends. */
export interface Between {
  readonly viaService?: boolean;
  /** What is not known and may keep the flow from the host endpoint at its destination. */
  readonly doubt?: Fact | undefined;
  /** The node or whatever else has translated the destination; undefined: the source itself. */
  readonly translatedAt?: End | undefined;
  /** What networks do on the way; undefined: what follows from where the ends are. */
  readonly networks?: BetweenNodes;
}

/** Every stage at pods, at nodes, and in the networks between them. */
export function stagesBetween(situation: Situation, from: End, to: End, between: Between = {}): readonly Stage[] {
  const { viaService = false, doubt, translatedAt } = between;
  const hosts = hostStages(situation, from, to, atOneNode(situation, from, to), doubt);
  const networks = between.networks ?? networkStages(situation, translatedAt ?? from, to);
  return [
    egressStage(situation, from, to, viaService),
    ...hosts.sending,
    ...ownNodeBlock(situation, from, to),
    ...networks.request,
    ...hosts.receiving,
    ingressStage(situation, from, to, viaService),
    ...networks.reply,
  ];
}

/** Where pods may not reach their own node, what egress policy lets through towards it is dropped. */
function ownNodeBlock(situation: Situation, from: End, to: End): readonly Blocked[] {
  if (from.kind !== "pod" || to.kind !== "node" || situation.assumptions["pod-to-own-node"] !== "drop") return [];
  const own = runsOn(from.pod, to.node, to.where);
  if (own === false) return [];
  return [
    {
      kind: "blocked",
      name: "own node",
      reason: "what a pod sends to its own node is dropped",
      assumption: "pod-to-own-node",
      onlyIf: own === undefined ? ownNodeUnknown(from.pod, to.node, "then it is dropped") : undefined,
    },
  ];
}

function egressStage(situation: Situation, from: End, to: End, viaService: boolean): Stage {
  const name = "policy egress";
  const skip = skipping(name);
  if (from.kind === "node") return skip("a node is not governed by pod policy");
  if (from.kind === "outside") return skip("the source is not a pod");
  const self = selfStage(situation, name, from, to, viaService);
  if (self !== undefined) return self;
  const filter = podFilter("egress", from, to);
  if (to.kind !== "node") return filter;
  const judged = situation.assumptions["pod-to-own-node"] !== "allow";
  switch (runsOn(from.pod, to.node, to.where)) {
    case true:
      return judged
        ? { ...filter, askedBy: "pod-to-own-node" }
        : skip("a pod always reaches its own node", "pod-to-own-node");
    case false:
      return filter;
    case undefined:
      return judged
        ? { ...filter, askedBy: "pod-to-own-node" }
        : { ...filter, openIf: ownNodeUnknown(from.pod, to.node, "then policy is not asked") };
  }
}

function ingressStage(situation: Situation, from: End, to: End, viaService: boolean): Stage {
  const name = "policy ingress";
  const skip = skipping(name);
  if (to.kind === "node") return skip("a node is not governed by pod policy");
  if (to.kind === "outside") return skip("the destination is not a pod");
  const self = selfStage(situation, name, from, to, viaService);
  if (self !== undefined) return self;
  const filter = podFilter("ingress", to, from);
  if (from.kind !== "node") return filter;
  switch (runsOn(to.pod, from.node, from.where)) {
    case true:
      return skip("a node always reaches its own pods");
    case false:
      return filter;
    case undefined:
      return { ...filter, openIf: ownNodeUnknown(to.pod, from.node, "then policy is not asked") };
  }
}

/** The stage at a pod. One that meets itself here does so through a Service; that it is asked at all is an assumption. */
export function podFilter(direction: Direction, subject: PodEnd, peer: End): PolicyFilter {
  return {
    kind: "filter",
    name: `policy ${direction}`,
    direction,
    phase: "normal",
    subject,
    here: subject,
    peer,
    openIf: undefined,
    askedBy: isSamePod(subject, peer) ? "service-hairpin" : undefined,
    host: undefined,
  };
}

function skipping(name: Skipped["name"]): (reason: string, assumption?: AssumptionName) => Skipped {
  return (reason, assumption) => ({ kind: "skipped", name, reason, assumption });
}

function selfStage(
  situation: Situation,
  name: Skipped["name"],
  from: End,
  to: End,
  viaService: boolean,
): Skipped | undefined {
  if (!isSamePod(from, to)) return undefined;
  if (!viaService) return skipping(name)("a pod always reaches itself by its own address");
  if (situation.assumptions["service-hairpin"] === "judge") return undefined;
  return skipping(name)("a pod reaches itself through a Service", "service-hairpin");
}

function ownNodeUnknown(pod: Pod, node: Node, then: string): Fact {
  return {
    text: `whether ${podText(pod)} runs on node/${node.name} (${then})`,
    remedy: "add the live pods, whose spec.nodeName tells it",
  };
}
