/** Changing a lab that stands while packets and connections are under way in it. Needs root on Linux. */
import { setTimeout as pause } from "node:timers/promises";
import { addressText, familyOf } from "../../net/address.ts";
import { up } from "../lab.ts";
import { probe, type ProbeOptions } from "../measure.ts";
import type { LabProbes } from "../probes.ts";
import { type LabEnd, pointOf } from "../reasoning.ts";
import type { LabResult } from "../report.ts";
import { recordLoadedAnew } from "../standing.ts";
import { labNamespaces, type LabPlan } from "../topology.ts";
import { type PreparedChange, prepareChange } from "./commit.ts";
import { startSending } from "./flow-child.ts";
import { type WatchedFlow, type WatchedFlows, watchedFlows } from "./flows.ts";
import type { Order } from "./order.ts";
import { type ChangeResult, changeResult } from "./report.ts";

export interface ChangeOptions extends ProbeOptions {
  /** Milliseconds of watching before the change, and after it; default 1500. */
  readonly watch?: number;
}

export interface ChangedLab {
  readonly change: ChangeResult;
  /** What probes of the second situation found afterwards. */
  readonly after: LabResult;
}

/**
 * Builds the lab of the first plan, changes it into the second one under way, probes what then stands, and leaves nothing
 * behind. The plans are those of `planChange`, the probes are planned for the second.
 */
export async function runChange(
  before: LabPlan,
  after: LabPlan,
  probes: LabProbes,
  options: ChangeOptions = {},
): Promise<ChangedLab> {
  const { progress = () => undefined } = options;
  const watched = watchedFlows(before, after);
  const lab = await up(before, options);
  let prepared: PreparedChange | undefined;
  try {
    prepared = await prepareChange(before, after);
    progress({ step: "change", done: 0, total: 1 });
    const change = await changeUnderWay(prepared, watched, options);
    await recordLoadedAnew(after, after.generation);
    const found = await probe(after, probes, options);
    return { change, after: { ...found, unsent: [...found.unsent, ...watched.unsent] } };
  } finally {
    prepared?.close();
    progress({ step: "removal", done: 0, total: labNamespaces(before).length });
    await lab.down();
  }
}

/** Makes a prepared change while the watched flows are under way. */
export async function changeUnderWay(
  prepared: PreparedChange,
  watched: WatchedFlows,
  { watch = 1500, signal }: ChangeOptions,
): Promise<ChangeResult> {
  const sending = await startSending(orderOf(watched));
  try {
    await pause(watch, undefined, { signal });
    const times = await prepared.commit();
    await pause(watch, undefined, { signal });
    return changeResult(watched, await sending.end(times), times.end - times.begin);
  } finally {
    sending.abandon();
  }
}

function orderOf({ flows, connections }: WatchedFlows): Order {
  return {
    flows: flows.map(({ from, to, traffic }) => ({
      from: placeOf(from),
      to: placeOf(to),
      point: pointOf(traffic, familyOf(from.address)),
      isFixed: sourcePortOf(traffic) !== undefined,
    })),
    connections: connections.flatMap(({ from, to, traffic }) =>
      traffic.protocol === "tcp"
        ? [{ from: placeOf(from), to: placeOf(to), port: traffic.port, sourcePort: sourcePortOf(traffic) }]
        : [],
    ),
  };
}

function placeOf({ place, address }: LabEnd): Order["flows"][number]["from"] {
  return { namespace: place.namespace, address: addressText(address) };
}

function sourcePortOf(traffic: WatchedFlow["traffic"]): number | undefined {
  return "sourcePort" in traffic ? traffic.sourcePort : undefined;
}
