/** Flows cut down to what a filter asks for. Exact: a packet is among them if it is among the flows and asked for. */
import type { Pod } from "../cluster/endpoint.ts";
import { type Admission, NOTHING } from "../fold/admission.ts";
import { admitsNothing } from "../fold/admissions.ts";
import { arePair, type Party } from "../fold/party.ts";
import type { Family } from "../net/address.ts";
import {
  bitsOf,
  type BitSet,
  hasBit,
  intersectBits,
  isNoBits,
  numbersIn,
  subtractBits,
  unionOfBits,
} from "../net/bit-set.ts";
import { ALL_TRAFFIC, intersectTraffic, type TrafficPoint, type TrafficSet } from "../net/traffic.ts";
import type { Path } from "../path/path.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Block } from "./blocks.ts";
import { pushTo } from "./by-key.ts";
import type { FlowFilter } from "./flow-filter.ts";
import type { FlowMemory, Flows } from "./flows.ts";
import { PartyCutter, type Piece } from "./party-pieces.ts";

/** Pairs that are asked for: each of `from` with each of `to`. */
interface Mask {
  readonly from: BitSet;
  readonly to: BitSet;
}

export class FilteredFlows implements Flows {
  readonly situation: Situation;
  readonly memory: FlowMemory;
  /** Those of the flows, as far as the filter tells their members apart; with numbers of their own. */
  readonly parties: ReadonlyMap<number, Party>;
  readonly #flows: Flows;
  readonly #traffic: TrafficSet;
  readonly #pieces: readonly Piece[];
  readonly #byParty = new Map<number, number[]>();
  readonly #masks: Readonly<Record<Family, readonly Mask[]>>;
  readonly #cuts = new WeakMap<BitSet, BitSet>();
  #blocks: readonly Block[] | undefined;

  /** O(pods). */
  constructor(flows: Flows, filter: FlowFilter) {
    this.situation = flows.situation;
    this.memory = flows.memory;
    this.#flows = flows;
    this.#traffic = filter.traffic ?? ALL_TRAFFIC;
    const cutter = new PartyCutter(flows.situation, flows.parties.values(), filter);
    this.#pieces = [...flows.parties].flatMap(([number, party]) => cutter.piecesOf(number, party));
    this.parties = new Map(this.#pieces.map(({ party }, number) => [number, party]));
    for (const [number, { of }] of this.#pieces.entries()) pushTo(this.#byParty, of, number);
    this.#masks = { 4: masksOf(this.#pieces, filter, 4), 6: masksOf(this.#pieces, filter, 6) };
  }

  blocks(): readonly Block[] {
    return (this.#blocks ??= this.cut(this.#flows.blocks()));
  }

  /** What is asked for of blocks over the parties of the whole. O(blocks x namespaces, where those are asked for). */
  cut(blocks: readonly Block[]): readonly Block[] {
    return blocks.flatMap((block) => {
      const admission = this.#asked(block.admission);
      if (admitsNothing(admission)) return [];
      const [from, to] = [this.#piecesIn(block.from), this.#piecesIn(block.to)];
      return this.#masks[block.family].flatMap((mask) => {
        const part = { from: intersectBits(from, mask.from), to: intersectBits(to, mask.to) };
        return isNoBits(part.from) || isNoBits(part.to) ? [] : [{ ...part, family: block.family, admission }];
      });
    });
  }

  between(from: number, to: number, family: Family): Admission {
    const [a, b] = [this.#pieces[from], this.#pieces[to]];
    if (a === undefined || b === undefined || !arePair(a.party, b.party)) return NOTHING;
    if (!this.#masks[family].some((mask) => hasBit(mask.from, from) && hasBit(mask.to, to))) return NOTHING;
    return this.#asked(this.#flows.between(a.of, b.of, family));
  }

  missing(from: number, to: number, family: Family, within = ALL_TRAFFIC): readonly Fact[] {
    const [a, b] = [this.#pieces[from], this.#pieces[to]];
    if (a === undefined || b === undefined) return [];
    return this.#flows.missing(a.of, b.of, family, intersectTraffic(within, this.#traffic));
  }

  verdict(from: number, to: number, path: Path, packet: TrafficPoint): Verdict {
    const [a, b] = [this.#pieces[from], this.#pieces[to]];
    if (a === undefined || b === undefined) throw new RangeError(`no parties ${from} and ${to}`);
    return this.#flows.verdict(a.of, b.of, path, packet);
  }

  /** The pods that may be an end of what is asked for. */
  pods(): ReadonlySet<Pod> {
    const meant = Object.values(this.#masks).flatMap((masks) => masks.flatMap(({ from, to }) => [from, to]));
    return new Set(
      numbersIn(unionOfBits(meant)).flatMap((number) => {
        const party = this.parties.get(number);
        return party?.kind === "pods" ? party.pods : [];
      }),
    );
  }

  #asked(admission: Admission): Admission {
    if (this.#traffic === ALL_TRAFFIC) return admission;
    const part = (traffic: TrafficSet): TrafficSet => intersectTraffic(traffic, this.#traffic);
    return this.memory.fold.admissions.one({
      allowed: part(admission.allowed),
      oneWay: part(admission.oneWay),
      noRoute: part(admission.noRoute),
      undecided: part(admission.undecided),
      logged: part(admission.logged),
    });
  }

  #piecesIn(parties: BitSet): BitSet {
    const known = this.#cuts.get(parties);
    if (known !== undefined) return known;
    const pieces = bitsOf(numbersIn(parties).flatMap((party) => this.#byParty.get(party) ?? []));
    this.#cuts.set(parties, pieces);
    return pieces;
  }
}

/** Disjoint masks that hold every pair that is asked for. */
function masksOf(pieces: readonly Piece[], filter: FlowFilter, family: Family): readonly Mask[] {
  const among = (isMeant: (piece: Piece) => boolean): BitSet =>
    bitsOf(pieces.flatMap((piece, number) => (isMeant(piece) ? [number] : [])));
  const pods = among(({ party }) => party.kind === "pods");
  let masks: readonly Mask[] = [
    { from: among(({ roles }) => roles[family].from), to: among(({ roles }) => roles[family].to) },
  ];
  if (filter.external) masks = masks.flatMap((mask) => [within(mask, pods, "out"), within(mask, pods, "in")]);
  if (filter.namespaces.length > 0) {
    const own = among(({ namespace }) => namespace !== undefined && filter.namespaces.includes(namespace));
    masks = masks.flatMap(({ from, to }) => [
      { from: intersectBits(from, own), to },
      { from: subtractBits(from, own), to: intersectBits(to, own) },
    ]);
  }
  if (filter.crossing) {
    const names = new Set(pieces.flatMap(({ namespace }) => namespace ?? []));
    const members = [...names].map((name) => among(({ namespace }) => namespace === name));
    masks = masks.flatMap(({ from, to }) =>
      members.map((own) => ({
        from: intersectBits(from, own),
        to: subtractBits(intersectBits(to, pods), own),
      })),
    );
  }
  return masks;
}

/** Out of the cluster, from pods to others; or into it. */
function within({ from, to }: Mask, pods: BitSet, way: "out" | "in"): Mask {
  return way === "out"
    ? { from: intersectBits(from, pods), to: subtractBits(to, pods) }
    : { from: subtractBits(from, pods), to: intersectBits(to, pods) };
}
