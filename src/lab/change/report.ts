/** What became of flows and connections while a lab changed, held against what should have. Pure. */
import type { FlowClass, WatchedFlow, WatchedFlows } from "./flows.ts";
import type { ConnectionTally, FlowTally, Tallies } from "./order.ts";

export interface ClassCount {
  /** How many kinds of packets there are of the class, and how many of them were sent. */
  readonly possible: number;
  readonly flows: number;
  readonly packets: number;
  /** Packets against what the class is: lost ones of an allowed flow, passed ones of a denied one. */
  readonly wrong: number;
  /** Milliseconds from the beginning of the change to the first packet that passed, or to the last one; of the slowest flow. */
  readonly settledAfter: number | undefined;
}

export interface ConnectionCount {
  readonly connections: number;
  /** Those that did not live through the change, or that it did not cut. */
  readonly wrong: number;
  /** Milliseconds: of kept ones the longest silence, of closed ones the time until the last was cut. */
  readonly longest: number | undefined;
}

/** A flow or a connection that did not do what it should have. */
export interface ChangeDifference {
  readonly flow: WatchedFlow;
  readonly isConnection: boolean;
  readonly detail: string;
}

export interface ChangeResult {
  readonly flows: Readonly<Record<FlowClass, ClassCount>>;
  readonly connections: Readonly<Record<"kept" | "closed", ConnectionCount>>;
  /** Milliseconds that it took to change all nodes. */
  readonly milliseconds: number;
  readonly differences: readonly ChangeDifference[];
}

export function changeResult(watched: WatchedFlows, tallies: Tallies, milliseconds: number): ChangeResult {
  const flows = watched.flows.flatMap((flow, i): readonly Judged<FlowTally>[] => {
    const tally = tallies.flows[i];
    return tally === undefined ? [] : [{ flow, tally, wrong: wrongIn(flow.is, tally) }];
  });
  const connections = watched.connections.flatMap((flow, i): readonly Judged<ConnectionTally>[] => {
    const tally = tallies.connections[i];
    return tally === undefined ? [] : [{ flow, tally, wrong: wrongWith(flow.is, tally) }];
  });
  const count = (is: FlowClass): ClassCount => classCount(watched.possible[is], flows, is);
  return {
    flows: { kept: count("kept"), shut: count("shut"), opened: count("opened"), closed: count("closed") },
    connections: { kept: connectionCount(connections, "kept"), closed: connectionCount(connections, "closed") },
    milliseconds,
    differences: [
      ...flows.flatMap(({ flow, wrong }) => wrong.map(({ detail }) => ({ flow, isConnection: false, detail }))),
      ...connections.flatMap(({ flow, wrong }) => wrong.map(({ detail }) => ({ flow, isConnection: true, detail }))),
    ],
  };
}

interface Wrong {
  readonly packets: number;
  readonly detail: string;
}

interface Judged<T> {
  readonly flow: WatchedFlow;
  readonly tally: T;
  readonly wrong: readonly Wrong[];
}

type Phase = "before" | "during" | "after";

/** The phases in which all packets, or none, have to arrive; in the others both may be. */
const DUE: Readonly<Record<FlowClass, { readonly all: readonly Phase[]; readonly none: readonly Phase[] }>> = {
  kept: { all: ["before", "during", "after"], none: [] },
  shut: { all: [], none: ["before", "during", "after"] },
  opened: { all: ["after"], none: ["before"] },
  closed: { all: ["before"], none: ["after"] },
};

const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  before: "before the change",
  during: "during the change",
  after: "after the change",
};

function wrongIn(is: FlowClass, tally: FlowTally): readonly Wrong[] {
  const { all, none } = DUE[is];
  return [
    ...all.map((phase) => {
      const { sent, arrived } = tally[phase];
      return { packets: sent - arrived, detail: `${sent - arrived} of ${sent} packets lost ${PHASE_TEXT[phase]}` };
    }),
    ...none.map((phase) => {
      const { sent, arrived } = tally[phase];
      return { packets: arrived, detail: `${arrived} of ${sent} packets passed ${PHASE_TEXT[phase]}` };
    }),
  ].filter(({ packets }) => packets > 0);
}

/** Milliseconds without an answer after which a connection that was not ended counts as cut, or as broken. */
const SILENT = 500;

function wrongWith(is: FlowClass, { wasOpened, endedAfter, silentFor }: ConnectionTally): readonly Wrong[] {
  const say = (detail: string): readonly Wrong[] => [{ packets: 1, detail }];
  if (!wasOpened) return say("was not opened before the change");
  if (endedAfter !== undefined && endedAfter < 0) return say("ended before the change");
  const isCut = endedAfter !== undefined || silentFor > SILENT;
  if (is === "closed") return isCut ? [] : say("lives on after the change");
  return isCut ? say("did not live through the change") : [];
}

function classCount(possible: number, all: readonly Judged<FlowTally>[], is: FlowClass): ClassCount {
  const own = all.filter(({ flow }) => flow.is === is);
  const times = own.flatMap(({ tally: { firstArrival, lastArrival } }) => {
    if (is === "opened") return firstArrival ?? [];
    return is === "closed" ? (lastArrival ?? []) : [];
  });
  return {
    possible,
    flows: own.length,
    packets: sum(own.flatMap(({ tally }) => [tally.before.sent, tally.during.sent, tally.after.sent])),
    wrong: sum(own.flatMap(({ wrong }) => wrong.map(({ packets }) => packets))),
    settledAfter: largest(times.map((time) => Math.max(0, time))),
  };
}

function connectionCount(all: readonly Judged<ConnectionTally>[], is: "kept" | "closed"): ConnectionCount {
  const own = all.filter(({ flow }) => flow.is === is);
  return {
    connections: own.length,
    wrong: own.filter(({ wrong }) => wrong.length > 0).length,
    longest: largest(own.flatMap(({ tally }) => (is === "kept" ? tally.longestSilence : (tally.endedAfter ?? [])))),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function largest(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b));
}
