/** Probing a lab that stands, and holding what came of it against the prediction. */
import { listNamespaces } from "../kernel/namespaces.ts";
import type { ProbeRequest, ProbeResult } from "../kernel/probe.ts";
import { probeAll } from "../kernel/probes.ts";
import { openServers, type ServerPlace } from "../kernel/servers.ts";
import { addressText } from "../net/address.ts";
import { LabMissingError, OtherLabError } from "./errors.ts";
import { type LabProbe, type LabProbes, verdictOf } from "./probes.ts";
import type { LabOptions } from "./progress.ts";
import { agrees, countsOf, type LabDifference, type LabResult, measuredOf } from "./report.ts";
import { labNamespaces, type LabPlan, labPrefix } from "./topology.ts";

export interface ProbeOptions extends LabOptions {
  /** Probes under way at any time; default 256. */
  readonly concurrency?: number;
  /** Milliseconds after which a probe counts as silent; default 500. */
  readonly timeout?: number;
}

/** Whether the lab stands, and was built from this very plan. Throws {@link LabMissingError} or {@link OtherLabError}. */
function assertStands(plan: LabPlan): void {
  const found = listNamespaces(labPrefix(plan.name));
  if (found.length === 0) throw new LabMissingError(plan.name);
  const wanted = new Set(labNamespaces(plan));
  if (found.length !== wanted.size || !found.every((name) => wanted.has(name))) throw new OtherLabError(plan.name);
}

/**
 * Sends every probe and holds the result against its prediction. A packet that passes against the prediction is a
 * difference at once; silence, refusal and failure against it are tried again, slowly, before they are believed.
 */
export async function probe(
  plan: LabPlan,
  { probes, possible, notes }: LabProbes,
  options: ProbeOptions = {},
): Promise<LabResult> {
  assertStands(plan);
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
    for (let round = 1; round <= 2; round++) {
      const doubtful = [...probes.keys()].filter((i) => isDoubtful(plan, probes[i], results[i]));
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
    }
    const probed = performance.now();
    const differences = probes.flatMap((item, i) => differenceOf(plan, item, results[i]));
    return {
      probes: probes.length,
      possible,
      counts: countsOf(probes, results, differences),
      differences,
      repeated: repeated.size,
      notes: [...plan.notes, ...notes],
      milliseconds: { servers: Math.round(opened - start), probes: Math.round(probed - opened) },
    };
  } finally {
    await servers.close();
  }
}

function isDoubtful(plan: LabPlan, item: LabProbe | undefined, result: ProbeResult | undefined): boolean {
  if (item === undefined || result === undefined || result.outcome === "passed") return false;
  return !agrees(plan, item.predicted, measuredOf(result).measured);
}

function differenceOf(plan: LabPlan, item: LabProbe, result: ProbeResult | undefined): readonly LabDifference[] {
  if (result === undefined) return [];
  const { measured, detail } = measuredOf(result);
  if (agrees(plan, item.predicted, measured)) return [];
  return [{ probe: item, measured, detail, verdict: verdictOf(plan, item) }];
}

/** One server for every address, port and protocol that some probe asks for. */
function serversFor(probes: readonly LabProbe[]): readonly ServerPlace[] {
  const places = new Map<string, ServerPlace>();
  for (const { to, traffic } of probes) {
    const address = addressText(to.address);
    const { namespace, identity } = to.place;
    const key = traffic.protocol === "icmp" ? `${address} icmp` : `${address} ${traffic.protocol} ${traffic.port}`;
    if (!places.has(key)) places.set(key, { namespace, address, identity, ...traffic });
  }
  return [...places.values()];
}

function requestOf({ from, to, traffic }: LabProbe): ProbeRequest {
  return {
    namespace: from.place.namespace,
    source: addressText(from.address),
    destination: addressText(to.address),
    expected: [to.place.identity],
    ...traffic,
  };
}
