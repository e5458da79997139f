/** What is told to the process that sends packets while a lab changes, and what it tells. */
import type { PacketPlace } from "../../kernel/packet-end.ts";
import type { TrafficPoint } from "../../net/traffic.ts";

export interface FlowOrder {
  readonly from: PacketPlace;
  readonly to: PacketPlace;
  readonly point: TrafficPoint;
  /** Policies look at source ports, so there is only this one. */
  readonly isFixed: boolean;
}

export interface ConnectionOrder {
  readonly from: PacketPlace;
  readonly to: PacketPlace;
  readonly port: number;
  /** Undefined: any. */
  readonly sourcePort: number | undefined;
}

export interface Order {
  readonly flows: readonly FlowOrder[];
  readonly connections: readonly ConnectionOrder[];
}

/** When the change was made, in milliseconds of {@link now}. */
export interface ChangeTime {
  readonly begin: number;
  readonly end: number;
}

/** Milliseconds on a clock that all processes of the machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

export interface Count {
  readonly sent: number;
  readonly arrived: number;
}

export interface FlowTally {
  readonly before: Count;
  /** Sent so shortly before the change, or during it, that either situation may have judged them. */
  readonly during: Count;
  readonly after: Count;
  /** After how many milliseconds of the change the first packet was sent that arrived; undefined: none did. */
  readonly firstArrival: number | undefined;
  /** Likewise the last packet, which may be negative: before the change. */
  readonly lastArrival: number | undefined;
}

export interface ConnectionTally {
  readonly wasOpened: boolean;
  /** Milliseconds from the change to the end of the connection; undefined: it was not ended. */
  readonly endedAfter: number | undefined;
  /** Milliseconds from the last answer to the end of watching. */
  readonly silentFor: number;
  readonly longestSilence: number;
}

export interface Tallies {
  readonly flows: readonly FlowTally[];
  readonly connections: readonly ConnectionTally[];
}
