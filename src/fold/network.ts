/**
 * What lies between two ends beside the policies of pods: the host endpoints that flows cross when they leave one node and enter
 * another, and the networks around the cluster. The only place that knows on what of the ends this depends.
 */
import { selects } from "../labels/selector.ts";
import type { Family } from "../net/address.ts";
import { NO_TRAFFIC } from "../net/traffic.ts";
import { metAtAddress } from "../path/host-endpoints.ts";
import { type End, nodeOfPod } from "../path/end.ts";
import { forwardingKey } from "../path/host-stages.ts";
import { strangersPath } from "../path/path.ts";
import { placeKeyOf } from "../path/placement.ts";
import { allPortChoices, allRules, type Peer, type RuleGroup } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { type Admission, admissionAt, admissionBesidePolicy, OPEN } from "./admission.ts";
import type { Admissions } from "./admissions.ts";
import { holdsOf } from "./extent.ts";
import { digit } from "./match.ts";
import type { PartyTable } from "./party-table.ts";
import type { PeerExtents } from "./peer-extents.ts";

/** A text that ends share whose place in the network makes no difference; empty where nothing lies between ends. */
export function placesOf(situation: Situation): (end: End) => string {
  const hosts = hostPlacesOf(situation);
  if (situation.vpc === undefined) return hosts;
  const places = new Map<string | undefined, string>();
  return (end) => {
    switch (end.kind) {
      case "pod": {
        // Where it will run is a question of the pod; where it runs, of the node.
        const node = nodeOfPod(situation.inventory, end.pod);
        if (node === undefined) return `${hosts(end)} ${placeKeyOf(situation, end.pod)}`;
        const known = places.get(node) ?? placeKeyOf(situation, end.pod);
        places.set(node, known);
        return `${hosts(end)} ${known}`;
      }
      case "node":
        return `${hosts(end)} ${end.where[0]?.start}`;
      case "outside":
        return `${hosts(end)} ${end.where[0]?.start}`;
    }
  };
}

function hostPlacesOf(situation: Situation): (end: End) => string {
  const { inventory } = situation;
  if (inventory.hostEndpoints.length === 0) return () => "";
  const forwarding = new Map<string | undefined, string>();
  return (end) => {
    switch (end.kind) {
      case "pod": {
        const node = nodeOfPod(inventory, end.pod);
        const known = forwarding.get(node) ?? forwardingKey(situation, node);
        forwarding.set(node, known);
        return known;
      }
      case "node": {
        const met = metAtAddress(inventory, end.node.name, end.where);
        return `${end.node.name}: ${met.map(({ endpoint, doubt }) => `${endpoint.name}${doubt ? "?" : ""}`).join()}`;
      }
      case "outside":
        return "";
    }
  };
}

/** An end as far as the network between it and others is concerned. */
export interface NetworkEnd {
  readonly key: string;
  readonly end: End;
}

export class Network {
  readonly #situation: Situation;
  readonly #table: PartyTable;
  readonly #extents: PeerExtents;
  readonly #admissions: Admissions;
  readonly #placeOf: (end: End) => string;
  readonly #peers: readonly (readonly Peer[])[];
  readonly #asksPorts: boolean;
  readonly #asksBearers: boolean;
  readonly #known = new Map<string, Admission>();

  constructor(situation: Situation, table: PartyTable, extents: PeerExtents, admissions: Admissions) {
    this.#situation = situation;
    this.#table = table;
    this.#extents = extents;
    this.#admissions = admissions;
    this.#placeOf = placesOf(situation);
    const groups = hostRules(situation);
    this.#peers = [...allRules(groups)].flatMap(({ source, destination }) =>
      [source, destination].filter((side) => side !== undefined),
    );
    const choices = [...allPortChoices(groups)].filter(({ kind }) => kind !== "numbers");
    this.#asksPorts = choices.length > 0;
    this.#asksBearers = choices.some((choice) => choice.kind === "named" && choice.among !== undefined);
  }

  /** Whether nothing lies between any two ends. */
  get isTransparent(): boolean {
    return this.#situation.inventory.hostEndpoints.length === 0 && this.#situation.vpc === undefined;
  }

  /** Parties with equal keys have the same network between them and any other party of the family. */
  keyOf(party: number, end: End, family: Family): string {
    if (this.isTransparent) return "";
    const facts = this.#table.facts(party, family);
    const answers = this.#peers.map((peers) => digit(holdsOf(this.#extents.of(peers, family), party))).join("");
    const ports = this.#asksPorts ? [facts?.ports.join(), JSON.stringify(facts?.serving)] : [];
    const bearers = this.#asksBearers || facts?.isContested === true ? [facts?.key] : [];
    return [family, end.kind, this.#placeOf(end), answers, ...ports, ...bearers].join(" ");
  }

  between(from: NetworkEnd, to: NetworkEnd): Admission {
    if (this.isTransparent) return OPEN;
    const key = `${from.key}\n${to.key}`;
    const known = this.#known.get(key) ?? this.#admissionBetween(from.end, to.end);
    this.#known.set(key, known);
    return known;
  }

  #admissionBetween(from: End, to: End): Admission {
    const path = strangersPath(this.#situation, from, to);
    // Who denies and who leads nowhere are told apart by the oracle; here nothing passes either way.
    const besides = { ...admissionBesidePolicy(this.#situation, path), noRoute: NO_TRAFFIC };
    let result = this.#admissions.one(besides);
    for (const stage of path.stages) {
      if (stage.kind !== "filter" || stage.host === undefined) continue;
      result = this.#admissions.both(result, this.#admissions.one(admissionAt(this.#situation, stage)));
    }
    return result;
  }
}

/** The rules that some host endpoint obeys. */
function hostRules({ inventory, tiers, profiles }: Situation): readonly RuleGroup[] {
  const { hostEndpoints } = inventory;
  if (hostEndpoints.length === 0) return [];
  return [
    {
      policies: tiers.flatMap(({ policies }) =>
        policies.filter(({ subject }) => hostEndpoints.some(({ seen }) => selects(subject, seen))),
      ),
    },
    { policies: [...profiles.values()] },
  ];
}
