/** The stages between the nodes of two ends, and the paths that follow from where pods may be put. */
import type { Node } from "../cluster/endpoint.ts";
import type { Situation } from "../situation/situation.ts";
import { unrouted } from "./crossing.ts";
import { type End, isSamePod } from "./end.ts";
import { networkPath } from "./network-path.ts";
import type { Alternative, NetworkStage, Placement, Unplaced } from "./network-stage.ts";
import { candidatesOf, placementFact, placementsOf } from "./placement.ts";
import type { Path } from "./path.ts";

/** What comes before the receiver's own stages, and what its answer meets after all of them. */
export interface BetweenNodes {
  readonly request: readonly (NetworkStage | Unplaced)[];
  readonly reply: readonly NetworkStage[];
}

const NOTHING: BetweenNodes = { request: [], reply: [] };

/** Nothing where the input does not speak of networks. O(kinds of places squared x rules). */
export function networkStages(situation: Situation, from: End, to: End): BetweenNodes {
  const { vpc } = situation;
  if (vpc === undefined || isSamePod(from, to)) return NOTHING;
  const networked = { situation, vpc };
  const [sources, destinations] = [nodesFor(situation, from), nodesFor(situation, to)];
  for (const missing of [sources, destinations]) {
    if (missing !== undefined && "kind" in missing) return { request: [missing], reply: [] };
  }
  if (!isNodes(sources) || !isNodes(destinations)) return NOTHING;
  const alternatives = placementsOf(networked, sources, destinations).map(({ example, ...placement }): Alternative => ({
    ...placement,
    ...networkPath(networked, { end: from, node: example.from }, { end: to, node: example.to }),
  }));
  const [first] = alternatives;
  if (alternatives.length === 1 && first !== undefined) return first;
  const fact = placementFact(situation, [from, to]);
  return { request: [{ kind: "unplaced", name: "placement", fact, alternatives }], reply: [] };
}

/** The nodes of a pod; why there are none; undefined for what is no pod. */
function nodesFor(situation: Situation, end: End): readonly Node[] | NetworkStage | undefined {
  if (end.kind !== "pod") return undefined;
  const candidates = candidatesOf(situation, end.pod);
  switch (candidates.kind) {
    case "nodes":
      return candidates.nodes;
    case "none":
      return unrouted("request", { reason: candidates.reason });
    case "unknown":
      return unrouted("request", { reason: candidates.fact.text, unknown: candidates.fact });
  }
}

function isNodes(value: readonly Node[] | NetworkStage | undefined): value is readonly Node[] | undefined {
  return value === undefined || !("kind" in value);
}

/** A path with its pods put on nodes; without placement where that makes no difference. */
export interface PlacedPath {
  readonly path: Path;
  readonly placement: Placement | undefined;
}

/** A path for every way in which its pods may be placed. */
export function placedPaths(path: Path): readonly PlacedPath[] {
  const index = path.stages.findIndex(({ kind }) => kind === "unplaced");
  const stage = path.stages[index];
  if (stage?.kind !== "unplaced") return [{ path, placement: undefined }];
  const [before, after] = [path.stages.slice(0, index), path.stages.slice(index + 1)];
  return stage.alternatives.map(({ request, reply, ...placement }) => ({
    path: { ...path, stages: [...before, ...request, ...after, ...reply] },
    placement,
  }));
}
