/** Many probes at a time. */
import { probe, type ProbeRequest, type ProbeResult } from "./probe.ts";
import type { Servers } from "./servers.ts";

export interface ProbesOptions {
  /** Probes under way at any time, each with one socket; default 256. */
  readonly concurrency?: number;
  /** Milliseconds after which a probe counts as silent; default 500. */
  readonly timeout?: number;
  /** How often a probe is made before silence is believed; default 1. */
  readonly attempts?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** When it fires, no probe is begun any more; those under way end by themselves within `timeout`. */
  readonly signal?: AbortSignal;
}

/**
 * The results of all requests, in their order. About 5,000 probes a second where answers come at once; silent ones cost
 * `timeout / concurrency` each. Throws the signal's reason when aborted.
 */
export async function probeAll(
  servers: Servers,
  requests: readonly ProbeRequest[],
  options: ProbesOptions = {},
): Promise<readonly ProbeResult[]> {
  const { concurrency = 256, timeout = 500, attempts = 1, onProgress, signal } = options;
  const results: ProbeResult[] = Array.from({ length: requests.length });
  const queue = requests.entries();
  let done = 0;
  // All lanes draw from the one queue.
  const lane = async (): Promise<void> => {
    for (const [index, request] of queue) {
      signal?.throwIfAborted();
      results[index] = await probeRepeatedly(servers, request, timeout, attempts);
      onProgress?.(++done, requests.length);
    }
  };
  const lanes = Array.from({ length: Math.min(concurrency, requests.length) }, lane);
  const ends = await Promise.allSettled(lanes);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}

async function probeRepeatedly(
  servers: Servers,
  request: ProbeRequest,
  timeout: number,
  attempts: number,
): Promise<ProbeResult> {
  let result = await probe(servers, request, timeout);
  for (let attempt = 1; attempt < attempts && result.outcome === "silent"; attempt++) {
    result = await probe(servers, request, timeout);
  }
  return result;
}
