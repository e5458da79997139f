/** The rulings of a situation: worked out once for parties that the same rules govern in the same way. */
import type { Family } from "../net/address.ts";
import type { BitSet } from "../net/bit-set.ts";
import { BitSetTable } from "../net/bit-set-table.ts";
import type { PodEnd } from "../path/end.ts";
import { podFilter } from "../path/path.ts";
import { type Direction, otherSide, type Peer, type PortChoice, type Rule } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Admission, admissionAt } from "./admission.ts";
import type { Admissions } from "./admissions.ts";
import type { EndFacts } from "./end-facts.ts";
import { holdsOf } from "./extent.ts";
import { meetsRule } from "./fate.ts";
import { type Governance, GovernanceIndex, GovernanceNumbers, type Governed } from "./governance.ts";
import type { LabelledObjects } from "./labelled-objects.ts";
import { digit, type Ternary } from "./match.ts";
import { endOfParty, type Party } from "./party.ts";
import type { PartyTable } from "./party-table.ts";
import type { PeerExtents } from "./peer-extents.ts";
import { type Judge, Ruling } from "./ruling.ts";

type Side = "source" | "destination";

/** What rulings are made from, and those that were made: holds for every situation. */
export class RulingMemory {
  readonly governances = new GovernanceNumbers();
  readonly questions = new Map<string, RuleQuestions>();
  readonly sets = new BitSetTable();
  /** By what they depend on. */
  readonly entries = new Map<string, Entry>();
  /** The same by direction, family and party, with the number of the governance. */
  readonly byParty: Readonly<Record<Direction, Readonly<Record<Family, Placed[]>>>> = {
    ingress: { 4: [], 6: [] },
    egress: { 4: [], 6: [] },
  };
}

/** A ruling for all parties that are governed alike. */
interface Entry {
  ruling: Ruling;
  /** How many parties there were when it was last held against the sets it is made from. */
  checked: number;
}

interface Placed {
  readonly governed: number;
  readonly entry: Entry;
}

/** What is let pass between a party and its peers, in one situation. */
export interface PartyRuling {
  readonly ruling: Ruling;
  /** To be asked about peers that the ruling has not met before. */
  readonly judge: Judge;
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
    const index = (direction: Direction): GovernanceIndex =>
      new GovernanceIndex(situation, direction, known.objects, known.rulings.governances);
    this.#governances = { ingress: index("ingress"), egress: index("egress") };
  }

  /** Undefined where the party is no pod in the family, so that no policy of pods governs it. */
  of(direction: Direction, party: number, family: Family): PartyRuling | undefined {
    const own = this.#endOf(party, family);
    const facts = this.#table.facts(party, family);
    if (own?.kind !== "pod" || facts === undefined) return undefined;
    const governed = this.#governances[direction].of(facts.subject);
    const places = this.#memory.byParty[direction][family];
    let placed = places[party];
    if (placed?.governed !== governed.number) {
      placed = { governed: governed.number, entry: this.#entry(direction, party, family, facts, governed) };
      places[party] = placed;
    }
    const { entry } = placed;
    if (entry.checked !== this.#table.count) {
      const inputs = this.#inputs(direction, party, family, facts, governed);
      if (!entry.ruling.isOf(inputs)) entry.ruling = new Ruling(inputs, this.#memory.sets, entry.ruling);
      entry.checked = this.#table.count;
    }
    const judge = (peer: number): Admission =>
      this.#judge(direction, family, { party, end: own }, peer, governed.governance);
    return { ruling: entry.ruling, judge };
  }

  #entry(direction: Direction, party: number, family: Family, facts: EndFacts, governed: Governed): Entry {
    const view = isOpen(facts) ? "?" : this.#view(party, family, facts, this.#questionsOf(direction, governed));
    const key = `${direction} ${family} ${governed.number} ${view}`;
    const entry = this.#memory.entries.get(key) ?? { ruling: new Ruling([], this.#memory.sets), checked: -1 };
    this.#memory.entries.set(key, entry);
    return entry;
  }

  /** The policies that govern the pods of a party in a direction, and whether each does for certain. */
  governance(direction: Direction, party: number, family: Family): Governance {
    return this.#governances[direction].of(this.#table.facts(party, family)?.subject).governance;
  }

  #endOf(party: number, family: Family): ReturnType<typeof endOfParty> {
    const known = this.#parties.get(party);
    return known === undefined ? undefined : endOfParty(known, family);
  }

  #questionsOf(direction: Direction, { number, governance }: Governed): RuleQuestions {
    const key = `${direction} ${number}`;
    const known = this.#memory.questions.get(key) ?? questionsOf(direction, governance);
    this.#memory.questions.set(key, known);
    return known;
  }

  /** What the rules may ask of the governed pod itself, answered. */
  #view(party: number, family: Family, facts: EndFacts, { ofOwn, ownPorts }: RuleQuestions): string {
    const answers = ofOwn.map((peers) => digit(holdsOf(this.#extents.of(peers, family), party))).join("");
    const ports = { none: "", named: facts.ports.join(), any: facts.key };
    return `${answers} ${ports[ownPorts]}`;
  }

  /** The sets that tell peers apart. */
  #inputs(direction: Direction, party: number, family: Family, facts: EndFacts, governed: Governed): readonly BitSet[] {
    if (isOpen(facts)) return [];
    const { rules, ofPeerPorts } = this.#questionsOf(direction, governed);
    const index = this.#table.families[family];
    const sets: BitSet[] = [];
    for (const rule of rules) {
      const peers = otherSide(rule, direction);
      const ownSide = rule[direction === "ingress" ? "destination" : "source"];
      if (peers === undefined || (rule.family !== undefined && rule.family !== family)) continue;
      if (ownSide !== undefined && holdsOf(this.#extents.of(ownSide, family), party) === false) continue;
      const { certain, possible } = this.#extents.of(peers, family);
      sets.push(possible);
      if (certain !== possible) sets.push(certain);
    }
    return [...sets, ...ofPeerPorts.flatMap((question) => index.answers(question)), index.contested.set];
  }

  #judge(
    direction: Direction,
    family: Family,
    own: { readonly party: number; readonly end: PodEnd },
    peer: number,
    governance: Governance,
  ): Admission {
    const end = this.#endOf(peer, family);
    if (end === undefined) throw new Error(`party ${peer} is not in the situation`);
    const ownSide: Side = direction === "ingress" ? "destination" : "source";
    const meets = (rule: Rule): Ternary =>
      meetsRule(rule, family, (side) =>
        holdsOf(this.#extents.of(rule[side] ?? [], family), side === ownSide ? own.party : peer),
      );
    const stage = podFilter(direction, own.end, end);
    return this.#admissions.one(admissionAt(this.#situation, stage, { governance, meets }));
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
