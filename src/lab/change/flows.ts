/** Which connections are watched while a lab changes, and what has to become of them. Pure. */
import type { Verdict } from "../../verdict/verdict.ts";
import { type LabProbe, planProbes } from "../probes.ts";
import { type LabEnd, labEndText, type LabTarget, type ProbeTraffic, reasonerOf, trafficText } from "../reasoning.ts";
import type { LabPlan } from "../topology.ts";
import type { Unsent } from "../unsent.ts";

/** `kept`: both situations allow it. `shut`: both deny it. `opened`, `closed`: the first denies or allows it, the second not. */
export const FLOW_CLASSES = ["kept", "shut", "opened", "closed"] as const;
export type FlowClass = (typeof FLOW_CLASSES)[number];

/** Packets of one kind from one place to another. */
export interface WatchedFlow {
  readonly from: LabEnd;
  readonly to: LabEnd;
  readonly traffic: ProbeTraffic;
  readonly is: FlowClass;
}

export interface WatchedFlows {
  /** Sent packet by packet. */
  readonly flows: readonly WatchedFlow[];
  /** Those of them that are TCP and allowed before the change: each also as a connection that lives through it. */
  readonly connections: readonly WatchedFlow[];
  /** How many there would be without limit. */
  readonly possible: Readonly<Record<FlowClass, number>>;
  readonly unsent: readonly Unsent[];
}

/** Packets that are judged in both situations to choose flows from. */
const CANDIDATES = 6000;
const FLOWS_OF_A_CLASS = 24;
const CONNECTIONS_OF_A_CLASS = 8;

/** Flows of every class, spread over pairs and protocols. Two judgements for each of some thousand candidates. */
export function watchedFlows(before: LabPlan, after: LabPlan): WatchedFlows {
  const flows: WatchedFlow[] = [];
  const open = { undecided: 0, mixed: 0, other: 0 };
  for (const { from, to, traffic } of candidates(before, after)) {
    const [first, second] = [before, after].map((plan) => verdictOf(plan, from, to, traffic));
    if (first === undefined || second === undefined) continue;
    const is = classOf(first, second);
    if (is !== undefined) flows.push({ from, to, traffic, is });
    else if ([first, second].some(({ kind }) => kind === "undecided")) open.undecided++;
    else if (first.kind === "denied" && second.kind === "denied") open.mixed++;
    else open.other++;
  }
  const of = (is: FlowClass): readonly WatchedFlow[] => flows.filter((flow) => flow.is === is);
  const chosen = FLOW_CLASSES.flatMap((is) => spread(of(is), FLOWS_OF_A_CLASS));
  const connections = (["kept", "closed"] as const).flatMap((is) =>
    spread(
      of(is).filter(({ traffic }) => traffic.protocol === "tcp"),
      CONNECTIONS_OF_A_CLASS,
    ),
  );
  return {
    flows: chosen,
    connections,
    possible: {
      kept: of("kept").length,
      shut: of("shut").length,
      opened: of("opened").length,
      closed: of("closed").length,
    },
    unsent: unwatched(before, open),
  };
}

/** Between two places that are not one, at every port that either situation makes interesting. */
function candidates(before: LabPlan, after: LabPlan): readonly (LabProbe & { readonly to: LabEnd })[] {
  const found = new Map<string, LabProbe & { readonly to: LabEnd }>();
  for (const plan of [before, after]) {
    for (const probe of planProbes(plan, { limit: CANDIDATES }).probes) {
      const { from, to, traffic } = probe;
      if (!isEnd(to) || from.place === to.place) continue;
      const key = `${from.address} ${to.address} ${trafficText(traffic)}`;
      if (!found.has(key)) found.set(key, { ...probe, to });
    }
  }
  return [...found.values()];
}

function isEnd(target: LabTarget): target is LabEnd {
  return target.place.kind !== "service";
}

function verdictOf(plan: LabPlan, from: LabEnd, to: LabEnd, traffic: ProbeTraffic): Verdict | undefined {
  return reasonerOf(plan, from, to)(traffic).verdicts[0];
}

function classOf(first: Verdict, second: Verdict): FlowClass | undefined {
  if (first.kind === "allowed" && second.kind === "allowed") return "kept";
  if (first.kind === "denied" && second.kind === "allowed") return "opened";
  if (first.kind === "allowed" && second.kind === "denied") return "closed";
  if (first.kind !== "denied" || second.kind !== "denied") return undefined;
  const denying = deniedAt(first);
  return deniedAt(second).some((name) => denying.includes(name)) ? "shut" : undefined;
}

/** The stages that deny it, each of which would do. */
function deniedAt({ stages }: Verdict): readonly string[] {
  return stages.filter(({ report }) => report?.verdict === "denied").map(({ stage }) => stage.name);
}

/** As equal a share of every protocol as there is, evenly spread over its flows. */
function spread(flows: readonly WatchedFlow[], limit: number): readonly WatchedFlow[] {
  const protocols = [...new Set(flows.map(({ traffic }) => traffic.protocol))];
  const share = Math.max(1, Math.floor(limit / Math.max(1, protocols.length)));
  return protocols.flatMap((protocol) => {
    const group = flows.filter(({ traffic }) => traffic.protocol === protocol);
    const count = Math.min(share, group.length);
    return Array.from({ length: count }, (_, i) => group[Math.floor((i * group.length) / count)]).filter(
      (flow) => flow !== undefined,
    );
  });
}

function unwatched(
  { services }: LabPlan,
  { undecided, mixed, other }: { readonly undecided: number; readonly mixed: number; readonly other: number },
): readonly Unsent[] {
  return [
    ...(undecided === 0
      ? []
      : [{ what: `${undecided} undecided flows during the change`, why: "nothing is predicted" }]),
    ...(other === 0
      ? []
      : [{ what: `${other} one-way or partial flows during the change`, why: "only what arrives is watched" }]),
    ...(mixed === 0
      ? []
      : [
          {
            what: `${mixed} flows that the two situations deny at different places`,
            why: "each place changes at once, but not both together, so that they may pass in between",
          },
        ]),
    ...(services.length === 0
      ? []
      : [
          {
            what: "connections through Services during the change",
            why: "their translation is loaded beside the program",
          },
        ]),
  ];
}

export function flowText({ from, to, traffic }: WatchedFlow): string {
  return `${labEndText(from)} -> ${labEndText(to)}  ${trafficText(traffic)}`;
}
