/** What the networks of a lab are seen to have refused, held against what the oracle says they refuse. Pure. */
import { type Address, type AddressSet, containsAddress, single } from "../../net/address.ts";
import { unionOf } from "../../net/intervals.ts";
import type { Leg, NetworkFilter } from "../../path/network-stage.ts";
import type { FilterRule } from "../../vpc/model.ts";
import type { StageReport, Verdict } from "../../verdict/verdict.ts";
import type { LabProbe } from "../probes.ts";
import { type LabEnd, type LabTarget, reasonerOf } from "../reasoning.ts";
import type { LabPlan } from "../topology.ts";
import type { AclJudge } from "./acl-rules.ts";
import type { Note } from "./judged.ts";
import { NO_ROUTE } from "./network-table.ts";
import { FIRST_JUDGE } from "./wired-network.ts";

/** What is known of one probe. Networks drop silently: silence proves something only together with who has dropped. */
export interface Refusal {
  /** The oracle says that a list drops the request, and that nothing else refuses it first. */
  readonly isDue: boolean;
  /** A list has dropped just that; or where none should, something has been dropped that came back. */
  readonly isSeen: boolean;
}

export const NO_REFUSAL: Refusal = { isDue: false, isSeen: false };

interface Drop extends Pick<Note, "source" | "destination"> {
  readonly protocol: number;
  /** Undefined: no route led on. */
  readonly by: AclJudge | undefined;
}

/** Looks up what became of probes, from the notes of router and gateway. O(notes), then O(drops) a probe. */
export function refusalsIn(plan: LabPlan, notes: Iterable<Note>): (probe: LabProbe) => Refusal {
  const { network } = plan;
  if (network === undefined) return () => NO_REFUSAL;
  const drops = new Map<string, Drop>();
  for (const { judge, source, destination, traffic } of notes) {
    const by = network.judges[judge - FIRST_JUDGE];
    if (judge !== NO_ROUTE && (by === undefined || by.rule?.action === "allow")) continue;
    const { protocol } = traffic;
    // Ports are not looked at: who masquerades has chosen others.
    drops.set(`${source} ${destination} ${protocol} ${judge}`, { source, destination, protocol, by });
  }
  return (probe) => refusalOf(plan, probe, [...drops.values()]);
}

function refusalOf(plan: LabPlan, probe: LabProbe, drops: readonly Drop[]): Refusal {
  const { verdicts } = reasonerOf(plan, probe.from, probe.to)(probe.traffic);
  const [here, there] = [addressesOf(plan, probe.from), unionOf(targetsOf(plan, probe).flat())];
  return {
    isDue: verdicts.length > 0 && verdicts.every(isListFirst),
    isSeen: verdicts.some((verdict) => drops.some((drop) => explains(drop, verdict, here, there))),
  };
}

/** Whether a list is all that keeps the request from arriving, as far as is known. */
function isListFirst({ kind, stages, deciding }: Verdict): boolean {
  if (kind !== "denied" || deciding?.network === undefined) return false;
  return stages
    .slice(0, stages.indexOf(deciding))
    .every(({ report }) => report === undefined || report.verdict === "allowed");
}

function explains(drop: Drop, { stages, deciding }: Verdict, here: AddressSet, there: AddressSet): boolean {
  const isBetween = (source: AddressSet, destination: AddressSet): boolean =>
    containsAddress(source, drop.source) && containsAddress(destination, drop.destination);
  if (deciding?.network !== undefined) {
    return isBy(drop, deciding) && isBetween(deciding.stage.source, deciding.stage.destination);
  }
  const unrouted = (leg: Leg): boolean => stages.some(({ stage }) => stage.kind === "unrouted" && stage.leg === leg);
  // Lists stand before the place where no route leads on, and may drop what would have got no further.
  if (unrouted("request") && isBetween(here, there)) return true;
  if (unrouted("reply") && drop.by !== undefined) return false;
  // What refuses on the far side says so, and the networks may drop that too.
  return isBetween(there, here);
}

function isBy({ by, protocol }: Drop, { stage, network }: StageReport & { readonly stage: NetworkFilter }): boolean {
  if (by === undefined || network?.decision === undefined || network.decision.kind === "no packet") return false;
  const rule: FilterRule | undefined = network.decision.kind === "rule" ? network.decision.rule : undefined;
  return (
    `subnet ${by.subnet.name}` === stage.place &&
    by.direction === stage.direction &&
    by.rule?.name === rule?.name &&
    by.rule?.origin.path === rule?.origin.path &&
    protocol === network.seen?.protocol
  );
}

/** The addresses under which networks may see an end: its own, and its node's. */
function addressesOf({ network }: LabPlan, { place, address }: LabEnd): AddressSet {
  const node = place.kind === "pod" ? network?.nodes.get(place.pod.node ?? "")?.address : undefined;
  return unionOf([address, ...(node === undefined ? [] : [node])].flatMap((one: Address) => single(one)));
}

function targetsOf(plan: LabPlan, { to, receivers }: LabProbe): readonly AddressSet[] {
  return [...(isEnd(to) ? [to] : []), ...receivers.map(({ end }) => end)].map((end) => addressesOf(plan, end));
}

function isEnd(to: LabTarget): to is LabEnd {
  return to.place.kind !== "service";
}
