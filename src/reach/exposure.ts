/**
 * Exposure: what pods that do not exist yet could reach, and what could be reached by them. A pod without labels and port names
 * is judged as any other. Of the rest it is told, rule by rule, what a pod gets that a rule selects: `openings.ts`.
 */
import { endsOfPod } from "../path/end.ts";
import type { Situation } from "../situation/situation.ts";
import { flowsOf } from "./flows.ts";
import { type ReachMap, reachMap } from "./map.ts";
import { everybody } from "./named-ends.ts";
import { rangeOfNewPods, withNewPods } from "./new-pods.ts";
import { type Opening, openingsOf } from "./openings.ts";

export interface Exposure {
  /** What passes between a pod without labels and port names, of the service account `default`, and others. */
  readonly unlabelled: ReachMap;
  /** By direction, and whom they admit. */
  readonly openings: readonly Opening[];
}

/** O(pod parties x rules that govern them squared) beside what flows cost. */
export function exposureOf(known: Situation): Exposure {
  const situation = { ...known, podRange: rangeOfNewPods(known) };
  const extended = withNewPods(situation);
  const flows = flowsOf(extended.situation);
  const { inventory, podRange } = extended.situation;
  const ends = extended.pods.flatMap((pod) => endsOfPod(inventory, pod, podRange));
  const filter = { traffic: undefined, namespaces: [], external: false, crossing: false, nodes: [] };
  const [out, into] = [
    reachMap(extended.situation, flows, { filter: { ...filter, from: ends, to: undefined } }),
    reachMap(extended.situation, flows, { filter: { ...filter, from: everybody(situation), to: ends } }),
  ];
  return {
    unlabelled: {
      ...out,
      connections: [...out.connections, ...into.connections],
      oneWay: [...out.oneWay, ...into.oneWay],
      undecided: [...out.undecided, ...into.undecided],
    },
    openings: openingsOf(situation, flowsOf(situation)),
  };
}
