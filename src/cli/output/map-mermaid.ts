/**
 * The map as a mermaid flowchart: namespaces as boxes, beside them address ranges as rounded shapes and nodes of the cluster
 * as hexagons, what is not known with dashed lines.
 */
import { podText, workloadText } from "../../cluster/endpoint.ts";
import { trafficText } from "../../net/traffic-text.ts";
import type { MapRow, ReachMap } from "../../reach/map.ts";
import { type Side, sideNames, sideText, type WorkloadSide } from "../../reach/sides.ts";
import type { Situation } from "../../situation/situation.ts";

export function mermaidText({ connections, undecided }: ReachMap, situation: Situation): string {
  const rows = [...connections, ...undecided];
  const sides = new Map<string, Side>();
  for (const { from, to } of rows) for (const side of [from, to]) sides.set(sideText(side), side);
  for (const side of silentWorkloads(situation, new Set(sides.keys()))) sides.set(side.name, side);
  const names = [...sides.keys()].sort();
  const idOf = new Map(names.map((name, i) => [name, `n${i}`]));
  const id = (side: Side): string => idOf.get(sideText(side)) ?? "";
  const namespaces = [
    ...new Set([...sides.values()].flatMap((side) => (side.kind === "workload" ? [side.namespace] : []))),
  ].sort();
  const edge =
    (arrow: string, mark: string) =>
    (row: MapRow): string =>
      `  ${id(row.from)} ${arrow}|"${escapeMermaid(labelOf(row) + mark)}"| ${id(row.to)}`;
  return [
    "flowchart LR",
    ...namespaces.flatMap((namespace, i) => [
      `  subgraph ns${i}["${escapeMermaid(namespace)}"]`,
      ...names.flatMap((name) => {
        const side = sides.get(name);
        if (side?.kind !== "workload" || side.namespace !== namespace) return [];
        return [`    ${id(side)}["${escapeMermaid(name.slice(namespace.length + 1))}"]`];
      }),
      "  end",
    ]),
    ...names.flatMap((name) => {
      const side = sides.get(name);
      return side === undefined || side.kind === "workload" ? [] : [`  ${id(side)}${shapeOf(side)}`];
    }),
    ...connections.map(edge("-->", "")),
    ...undecided.map(edge("-.->", " ?")),
    "",
  ].join("\n");
}

/** What stands beside the namespaces. */
function shapeOf(side: Exclude<Side, WorkloadSide>): string {
  const names = sideNames(side).map(escapeMermaid).join("<br>");
  switch (side.kind) {
    case "node":
      return `{{"${names}"}}`;
    case "outside":
      return `(["${names}"])`;
    case "namespace":
    case "all pods":
    case "everyone":
    case "several":
      return `[["${names}"]]`;
  }
}

function labelOf({ traffic, family }: MapRow): string {
  return `${trafficText(traffic)}${family === undefined ? "" : ` (IPv${family})`}`;
}

/** Workloads that no row names: nobody reaches them and they reach nobody. Where pods of one differ, each by itself. */
function silentWorkloads({ inventory }: Situation, named: ReadonlySet<string>): readonly WorkloadSide[] {
  const split = new Set(
    inventory.pods.filter((pod) => named.has(podText(pod))).map((pod) => workloadText(pod.workload)),
  );
  return inventory.pods.flatMap((pod) => {
    const whole = workloadText(pod.workload);
    if (named.has(whole) || named.has(podText(pod))) return [];
    const name = split.has(whole) ? podText(pod) : whole;
    return [{ kind: "workload", namespace: pod.namespace.name, name, pods: 1, replicated: false }];
  });
}

/** Everything but plain characters as a numeric entity, so that no label can end its quotes or start markup. */
export function escapeMermaid(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ._/:,()*?-]/gu, (character) => `#${character.codePointAt(0)};`);
}
