/** Flow records and their counts as JSON, one line each: docs/schemas/flow.v1.json and flow-summary.v1.json. */
import { serviceText } from "../../cluster/service.ts";
import { addressText } from "../../net/address.ts";
import { judgedTuple } from "../../net/tuple.ts";
import { endText } from "../../path/end.ts";
import type { Policy } from "../../policy/model.ts";
import type { FlowEvent, Volume } from "../../flows/event.ts";
import type { FlowRecord, Judged } from "../../flows/record.ts";
import type { Decider, Replay } from "../../flows/replay.ts";
import type { Tally } from "../../flows/tally.ts";
import { type Json, missingJson, originJson, packetJson } from "./json.ts";

/** Packets that were logged and not read, and how often some unknown number of events was thrown away. */
export interface Loss {
  readonly packets: number;
  readonly overruns: number;
}

export function isLossy({ packets, overruns }: Loss): boolean {
  return packets > 0 || overruns > 0;
}

export function flowJson({ event, tuple, judged }: FlowRecord): Json {
  return {
    schema: "portcullis/flow/v1",
    time: new Date(event.time).toISOString(),
    kind: event.kind,
    reason: event.reason,
    source: addressText(tuple.source),
    destination: addressText(tuple.destination),
    traffic: packetJson(tuple.traffic),
    asked: askedJson(event),
    generation: event.generation,
    judged: judged === undefined ? undefined : judgedJson(judged),
    volumes: event.volumes && { original: volumeJson(event.volumes.original), reply: volumeJson(event.volumes.reply) },
  };
}

/** The address and port that were asked for, where they are others than those that were reached. */
function askedJson({ connection }: FlowEvent): Json | undefined {
  const { destination, traffic } = connection.original;
  const judged = judgedTuple(connection);
  if (judged.destination === destination && judged.traffic.second === traffic.second) return undefined;
  return { destination: addressText(destination), traffic: packetJson(traffic) };
}

function judgedJson({ from, to, service, replay, pending, agrees }: Judged): Json {
  return {
    from: endText(from),
    to: endText(to),
    service: service && serviceText(service),
    ...replayJson(replay),
    agrees,
    pending: pending && replayJson(pending),
  };
}

function replayJson({ verdict, deciders, reason, missing }: Replay): { readonly [key: string]: Json | undefined } {
  return {
    verdict,
    policies: deciders.map(deciderJson),
    reason,
    missing: missing.length === 0 ? undefined : missingJson(missing),
  };
}

function deciderJson({ direction, policy, effect, rule, origin }: Decider): Json {
  return { ...policyJson(policy), direction, effect, rule: rule?.path, origin: originJson(origin) };
}

function policyJson({ kind, namespace, name }: Policy): { readonly [key: string]: Json | undefined } {
  return { kind, namespace: namespace === "" ? undefined : namespace, name };
}

function volumeJson({ packets, bytes }: Volume): Json {
  return { packets: Number(packets), bytes: Number(bytes) };
}

export function summaryJson(tally: Tally, loss: Loss): Json {
  const { policies, pending, ...totals } = tally;
  return {
    schema: "portcullis/flow-summary/v1",
    lowerBound: isLossy(loss),
    lost: { packets: loss.packets, overruns: loss.overruns },
    ...totals,
    pending,
    policies: policies.map(({ policy, allowed, denied }) => ({
      ...policyJson(policy),
      origin: originJson(policy.origin),
      allowed,
      denied,
    })),
  };
}
