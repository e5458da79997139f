/** The rulings of a situation: worked out once for parties that the same rules govern in the same way. */
import type { Family } from "../net/address.ts";
import type { BitSet } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import { podFilter } from "../path/path.ts";
import { type Direction, otherSide, type Peer, type PortChoice, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Admission, admissionAt } from "./admission.ts";
import type { Admissions } from "./admissions.ts";
import type { EndFacts } from "./end-facts.ts";
import { holdsOf } from "./extent.ts";
import { meetsRule } from "./fate.ts";
import type { Governance } from "./governance.ts";
import { GovernanceIndex, type Governed, GovernedTable } from "./governance-index.ts";
import type { LabelledObjects } from "./labelled-objects.ts";
import { digit, type Ternary } from "./match.ts";
import { endOfParty, type Party } from "./party.ts";
import type { PartyTable } from "./party-table.ts";
import type { PeerExtents, PeerParties } from "./peer-extents.ts";
import { type Judge, type Piece, Ruling, type Sources } from "./ruling.ts";

type Side = "source" | "destination";

/** What rulings are made from, and those that were made: holds for every situation. */
export class RulingMemory {
  readonly governed = new GovernedTable();
  readonly sets = new BitSetTable();
  readonly rulings = new WeakMap<Governed, GovernedRulings>();
  /** What governs pods in the last situation. */
  readonly indexes: Record<Direction, GovernanceIndex | undefined> = { ingress: undefined, egress: undefined };
  /** By party, the last that was found. */
  readonly byParty: Readonly<Record<Direction, Readonly<Record<Family, Map<number, Placed>>>>> = {
    ingress: { 4: new Map(), 6: new Map() },
    egress: { 4: new Map(), 6: new Map() },
  };
  #tidied = 0;

  /**
   * Forgets what only situations needed that have gone by, once that may be more than all else. What is forgotten and comes
   * again is worked out anew.
   */
  tidy(parties: ReadonlyMap<number, unknown>): void {
    if (this.governed.size + this.sets.size < 2 * this.#tidied + ENOUGH_TO_TIDY) return;
    const placed = [this.byParty.ingress, this.byParty.egress].flatMap((byFamily) => [byFamily[4], byFamily[6]]);
    for (const known of placed) for (const party of known.keys()) if (!parties.has(party)) known.delete(party);
    const live = placed.flatMap((known) => [...known.values()]);
    const indexed = [this.indexes.ingress, this.indexes.egress].flatMap((index) => [...(index?.all() ?? [])]);
    this.governed.keep(new Set([...indexed, ...live.map(({ governed }) => governed)]));
    this.sets.keep(new Set([...new Set(live.map(({ ruling }) => ruling))].flatMap((ruling) => ruling.sets())));
    this.#tidied = this.governed.size + this.sets.size;
  }
}

const ENOUGH_TO_TIDY = 20_000;

/** The rulings for all parties that something governs, by what else about the parties they depend on. */
interface GovernedRulings {
  readonly questions: RuleQuestions;
  readonly byView: Map<string, Ruling>;
}

interface Placed {
  readonly governed: Governed;
  readonly ruling: Ruling;
}

/** A party whose policies are asked, about its flows in a direction and family. */
export interface Governing {
  readonly direction: Direction;
  readonly party: number;
  readonly family: Family;
}

/** What the rules of a governance ask, beside who the peer is. */
interface RuleQuestions {
  readonly rules: readonly Rule[];
  /** Who the governed pod must be, where a rule says. */
  readonly ofOwn: readonly (readonly Peer[])[];
  /** Whether ports of the governed pod count: not at all, those with names, or whatever else is known of it. */
  readonly ownPorts: "none" | "named" | "any";
  /** About the ports of peers, as `PartyTable` has them. */
  readonly ofPeerPorts: readonly string[];
}

export class Rulings {
  readonly #situation: Situation;
  readonly #parties: ReadonlyMap<number, Party>;
  readonly #table: PartyTable;
  readonly #extents: PeerExtents;
  readonly #admissions: Admissions;
  readonly #memory: RulingMemory;
  readonly #governances: Readonly<Record<Direction, GovernanceIndex>>;

  constructor(
    situation: Situation,
    parties: ReadonlyMap<number, Party>,
    known: {
      readonly table: PartyTable;
      readonly objects: LabelledObjects;
      readonly extents: PeerExtents;
      readonly admissions: Admissions;
      readonly rulings: RulingMemory;
    },
  ) {
    this.#situation = situation;
    this.#parties = parties;
    this.#table = known.table;
    this.#extents = known.extents;
    this.#admissions = known.admissions;
    this.#memory = known.rulings;
    const { indexes, governed } = known.rulings;
    const index = (direction: Direction): GovernanceIndex =>
      GovernanceIndex.of(situation, direction, known.objects, governed, indexes[direction]);
    this.#governances = { ingress: index("ingress"), egress: index("egress") };
    Object.assign(indexes, this.#governances);
    this.#memory.tidy(parties);
  }

  /** What policies let a party send or receive; undefined where it is no pod in the family, so that none governs it. */
  of(direction: Direction, party: number, family: Family): Ruling | undefined {
    const facts = this.#table.facts(party, family);
    if (facts?.subject === undefined) return undefined;
    const governed = this.#governances[direction].of(facts.subject);
    const places = this.#memory.byParty[direction][family];
    let placed = places.get(party);
    if (placed?.governed !== governed) {
      placed = { governed, ruling: this.#ruling(direction, party, family, facts, governed) };
      places.set(party, placed);
    }
    return this.#grown(placed.ruling);
  }

  /** A ruling brought up to the parties that there are now. */
  #grown(ruling: Ruling): Ruling {
    ruling.grow(this.#table);
    return ruling;
  }

  /** All peers that are there, by what passes between them and the parties of a ruling, of which one is given. */
  pieces(ruling: Ruling, everyone: BitSet, { direction, party, family }: Governing): readonly Piece[] {
    return this.#grown(ruling).pieces(everyone, (peer) => this.judge(direction, party, family)(peer));
  }

  /** To be asked about peers that the ruling of a party has not met before. */
  judge(direction: Direction, party: number, family: Family): Judge {
    const governance = this.governance(direction, party, family);
    return (peer) => this.#judge(direction, family, party, peer, governance);
  }

  /** What governs pods, whatever their addresses. */
  index(direction: Direction): GovernanceIndex {
    return this.#governances[direction];
  }

  /** The policies that govern the pods of a party in a direction, and whether each does for certain. */
  governance(direction: Direction, party: number, family: Family): Governance {
    return this.#governances[direction].of(this.#table.facts(party, family)?.subject).governance;
  }

  #ruling(direction: Direction, party: number, family: Family, facts: EndFacts, governed: Governed): Ruling {
    const rulings = this.#memory.rulings.get(governed) ?? {
      questions: questionsOf(direction, governed.governance),
      byView: new Map<string, Ruling>(),
    };
    this.#memory.rulings.set(governed, rulings);
    const { questions, byView } = rulings;
    const view = `${family} ${isOpen(facts) ? "?" : this.#view(party, family, facts, questions)}`;
    const known = byView.get(view);
    if (known !== undefined) return known;
    const sources = isOpen(facts) ? undefined : this.#sources(direction, party, family, questions);
    const ruling = new Ruling(sources, this.#memory.sets);
    byView.set(view, ruling);
    return ruling;
  }

  /** What the rules may ask of the governed pod itself, answered. */
  #view(party: number, family: Family, facts: EndFacts, { ofOwn, ownPorts }: RuleQuestions): string {
    const answers = ofOwn.map((peers) => digit(holdsOf(this.#extents.of(peers, family), party))).join("");
    const ports = { none: "", named: facts.ports.join(), any: facts.key };
    return `${answers} ${ports[ownPorts]}`;
  }

  #sources(direction: Direction, party: number, family: Family, questions: RuleQuestions): Sources {
    const peers = questions.rules.flatMap((rule): readonly PeerParties[] => {
      const others = otherSide(rule, direction);
      const own = rule[direction === "ingress" ? "destination" : "source"];
      if (others === undefined || (rule.family !== undefined && rule.family !== family)) return [];
      return own !== undefined && holdsOf(this.#extents.of(own, family), party) === false
        ? []
        : [this.#extents.parties(others)];
    });
    return { family, peers, ports: questions.ofPeerPorts };
  }

  #judge(direction: Direction, family: Family, party: number, peer: number, governance: Governance): Admission {
    const [own, end] = [this.#endOf(party, family), this.#endOf(peer, family)];
    if (own?.kind !== "pod" || end === undefined) throw new Error(`no policy is between parties ${party} and ${peer}`);
    const ownSide: Side = direction === "ingress" ? "destination" : "source";
    const meets = (rule: Rule): Ternary =>
      meetsRule(rule, family, (side) =>
        holdsOf(this.#extents.of(rule[side] ?? [], family), side === ownSide ? party : peer),
      );
    const stage = podFilter(direction, own, end);
    return this.#admissions.one(admissionAt(this.#situation, stage, { governance, meets }));
  }

  #endOf(party: number, family: Family): ReturnType<typeof endOfParty> {
    const known = this.#parties.get(party);
    return known === undefined ? undefined : endOfParty(known, family);
  }
}

/** Whether nothing is known of what passes, whoever the peer is. */
function isOpen({ isBlind, isContested }: EndFacts): boolean {
  return isBlind || isContested;
}

function questionsOf(direction: Direction, governance: Governance): RuleQuestions {
  const rules = governance.flatMap(({ groups }) => groups.flatMap((group) => group.flatMap((member) => member.rules)));
  const ownSide: Side = direction === "ingress" ? "destination" : "source";
  const conditions = rules.flatMap(({ traffic }) => (traffic ?? []).flatMap((match) => match.conditions));
  const choices = (isOwn: boolean): readonly PortChoice[] =>
    conditions.filter(({ side }) => (side === ownSide) === isOwn).flatMap(({ anyOf }) => anyOf);
  return {
    rules,
    ofOwn: rules.flatMap((rule) => (rule[ownSide] === undefined ? [] : [rule[ownSide]])),
    ownPorts: choices(true).reduce<RuleQuestions["ownPorts"]>((asked, choice) => {
      if (choice.kind === "numbers" || asked === "any") return asked;
      return choice.kind === "named" && choice.among === undefined ? "named" : "any";
    }, "none"),
    ofPeerPorts: [...new Set(choices(false).flatMap((choice) => questionOf(choice) ?? []))],
  };
}

function questionOf(choice: PortChoice): string | undefined {
  switch (choice.kind) {
    case "numbers":
      return undefined;
    case "named":
      return choice.among === undefined ? `port ${choice.name}` : `port of bearers ${choice.name}`;
    case "service":
      return `service ${choice.service.namespace}/${choice.service.name}`;
  }
}
