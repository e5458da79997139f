/** Counting what became of packets around a change. Pure. */
import type { ChangeTime, Count, FlowTally } from "./order.ts";

export interface SentPacket {
  /** When it had left its sender, and when it was about to. */
  readonly left: number;
  readonly begun: number;
  readonly hasArrived: boolean;
}

/** A packet that left earlier than this many milliseconds before the change was judged before it, also on a busy machine. */
const GUARD = 100;

export function tallyOf(packets: readonly SentPacket[], { begin, end }: ChangeTime): FlowTally {
  const before = packets.filter(({ left }) => left < begin - GUARD);
  const after = packets.filter(({ begun }) => begun > end);
  const during = packets.filter(({ left, begun }) => left >= begin - GUARD && begun <= end);
  const arrived = packets.filter(({ hasArrived }) => hasArrived);
  const first = arrived.find(({ left }) => left >= begin - GUARD);
  const last = arrived.at(-1);
  return {
    before: countOf(before),
    during: countOf(during),
    after: countOf(after),
    firstArrival: first && first.begun - begin,
    lastArrival: last && last.begun - begin,
  };
}

function countOf(packets: readonly SentPacket[]): Count {
  return { sent: packets.length, arrived: packets.filter(({ hasArrived }) => hasArrived).length };
}
