/** Probing a lab that stands, and holding what came of it against the prediction. */
import type { ProbeRequest, ProbeResult } from "../kernel/probe.ts";
import { probeAll } from "../kernel/probes.ts";
import { tableObjects } from "../kernel/nft.ts";
import { openServers, type ServerPlace } from "../kernel/servers.ts";
import { addressText } from "../net/address.ts";
import { SCTP } from "../net/protocol.ts";
import type { LabProbe, LabProbes, Receiver } from "./probes.ts";
import type { LabOptions } from "./progress.ts";
import { labEndText, type ProbeTraffic, reasonerOf } from "./reasoning.ts";
import { agrees, countsOf, type LabDifference, type LabResult, type Measurement, measuredOf } from "./report.ts";
import { assertLoaded } from "./standing.ts";
import type { LabPlan } from "./topology.ts";
import { notesIn } from "./vpc/judged.ts";
import { NETWORK_TABLE } from "./vpc/network-table.ts";
import { NO_REFUSAL, type Refusal, refusalsIn } from "./vpc/refusals.ts";

export interface ProbeOptions extends LabOptions {
  /** Probes under way at any time; default 256. */
  readonly concurrency?: number;
  /** Milliseconds after which a probe counts as silent; default 500. */
  readonly timeout?: number;
}

/**
 * Sends every probe and holds the result against its prediction. A packet that passes against the prediction is a
 * difference at once; silence, refusal and failure against it are tried again, slowly, before they are believed. Throws
 * `LabMissingError` or `OtherLabError` unless this very plan is what stands.
 */
export async function probe(plan: LabPlan, planned: LabProbes, options: ProbeOptions = {}): Promise<LabResult> {
  await assertLoaded(plan);
  const probes = [...planned.probes, ...planned.sourced, ...planned.translated];
  const { progress = () => undefined, signal, concurrency = 256, timeout = 500 } = options;
  const abort = signal === undefined ? {} : { signal };
  const start = performance.now();
  const places = serversFor(probes);
  progress({ step: "servers", done: 0, total: places.length });
  const servers = await openServers(places);
  const opened = performance.now();
  try {
    const requests = probes.map(requestOf);
    const results = [
      ...(await probeAll(servers, requests, {
        ...abort,
        concurrency,
        timeout,
        onProgress: (done, total) => progress({ step: "probes", done, total }),
      })),
    ];
    const repeated = new Set<number>();
    let refusalOf = await refusalsOf(plan);
    for (let round = 1; round <= 2; round++) {
      const doubtful = [...probes.keys()].filter((i) => isDoubtful(plan, probes[i], results[i], refusalOf));
      if (doubtful.length === 0) break;
      const again = await probeAll(
        servers,
        doubtful.flatMap((i) => requests[i] ?? []),
        { ...abort, concurrency: 16, timeout: timeout * 2 },
      );
      doubtful.forEach((i, k) => {
        repeated.add(i);
        const result = again[k];
        if (result !== undefined) results[i] = result;
      });
      refusalOf = await refusalsOf(plan);
    }
    const probed = performance.now();
    const differences = probes.flatMap((item, i) => differenceOf(plan, item, results[i], refusalOf));
    return {
      probes: probes.length,
      possible: planned.possible,
      counts: countsOf(probes, results, differences),
      differences,
      repeated: repeated.size,
      notes: [...plan.notes, ...planned.notes],
      unsent: planned.unsent,
      milliseconds: { servers: Math.round(opened - start), probes: Math.round(probed - opened) },
    };
  } finally {
    await servers.close();
  }
}

type RefusalOf = (probe: LabProbe) => Refusal;

/** What the networks have noted until now; nothing where there are none. */
async function refusalsOf(plan: LabPlan): Promise<RefusalOf> {
  if (plan.network === undefined) return () => NO_REFUSAL;
  const { router, gateway } = plan.network.namespaces;
  const objects = await Promise.all([router, gateway].map((namespace) => tableObjects(namespace, NETWORK_TABLE)));
  return refusalsIn(plan, notesIn(objects.flat()));
}

function isDoubtful(
  plan: LabPlan,
  item: LabProbe | undefined,
  result: ProbeResult | undefined,
  refusalOf: RefusalOf,
): boolean {
  if (item === undefined || result === undefined || result.outcome === "passed") return false;
  return !isAsPredicted(plan, item, measuredOf(result), refusalOf);
}

function isAsPredicted(plan: LabPlan, item: LabProbe, measurement: Measurement, refusalOf: RefusalOf): boolean {
  // Answers need no look at what was refused.
  const refusal = measurement.measured === "passed" ? NO_REFUSAL : refusalOf(item);
  return agrees(plan, item, measurement, refusal);
}

function differenceOf(
  plan: LabPlan,
  item: LabProbe,
  result: ProbeResult | undefined,
  refusalOf: RefusalOf,
): readonly LabDifference[] {
  if (result === undefined) return [];
  const measurement = measuredOf(result);
  if (isAsPredicted(plan, item, measurement, refusalOf)) return [];
  const { measured, detail, answerer } = measurement;
  const answered = item.receivers.length > 1 && answerer !== undefined ? `answered by ${answerer}` : undefined;
  return [{ probe: item, measured, detail: detail ?? answered, ...reasonerOf(plan, item.from, item.to)(item.traffic) }];
}

/** One server for every address, port and protocol at which some probe may arrive. */
function serversFor(probes: readonly LabProbe[]): readonly ServerPlace[] {
  const places = new Map<string, ServerPlace>();
  for (const { receivers, traffic } of probes) {
    for (const receiver of receivers) {
      const place = serverFor(receiver, traffic);
      const key = serverKey(place);
      if (!places.has(key)) places.set(key, place);
    }
  }
  return [...places.values()];
}

function serverFor({ end, port }: Receiver, traffic: ProbeTraffic): ServerPlace {
  const place = { namespace: end.place.namespace, address: addressText(end.address), identity: labEndText(end) };
  switch (traffic.protocol) {
    case "icmp":
      return { ...place, protocol: "icmp" };
    case "sctp":
      return { ...place, protocol: "crafted", number: SCTP };
    case "crafted":
      return { ...place, protocol: "crafted", number: traffic.point.protocol };
    default:
      return { ...place, protocol: traffic.protocol, port: port ?? traffic.port };
  }
}

function serverKey(place: ServerPlace): string {
  switch (place.protocol) {
    case "icmp":
      return `${place.address} icmp`;
    case "crafted":
      return `${place.address} protocol ${place.number}`;
    default:
      return `${place.address} ${place.protocol} ${place.port}`;
  }
}

function requestOf({ from, to, traffic, receivers }: LabProbe): ProbeRequest {
  return {
    namespace: from.place.namespace,
    source: addressText(from.address),
    destination: addressText(to.address),
    expected: [...new Set(receivers.map(({ end }) => labEndText(end)))],
    ...traffic,
  };
}
