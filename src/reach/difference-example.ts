/** One packet of a row of changes, judged by the oracle before and after. */
import { podText, workloadText, type Pod } from "../cluster/endpoint.ts";
import { addressesIn, arePair, endOfParty, type PodParty } from "../fold/party.ts";
import { FAMILIES } from "../fold/party-table.ts";
import type { Address, Family } from "../net/address.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { type End, endAt, endsOfPod, familyOfEnd } from "../path/end.ts";
import { examplePath, strangersPath } from "../path/path.ts";
import type { Verdict } from "../verdict/verdict.ts";
import type { Unit } from "./difference-units.ts";
import type { Flows } from "./flows.ts";
import type { PlacedRow } from "./rows.ts";

/** The same packet between the same two before and after; undefined where one of them does not exist or has no address. */
export interface Example {
  readonly packet: TrafficPoint;
  readonly before: Verdict | undefined;
  readonly after: Verdict | undefined;
}

export class Examples {
  readonly #units: ReadonlyMap<number, Unit>;
  readonly #before: Moment;
  readonly #after: Moment;

  constructor(units: ReadonlyMap<number, Unit>, before: Flows, after: Flows) {
    this.#units = units;
    this.#before = new Moment(before, "before");
    this.#after = new Moment(after, "after");
  }

  /** Of the first two of the row that have something to say to each other; undefined where it is about nobody. */
  of({ row, from, to }: PlacedRow): Example | undefined {
    const packet = witnessOf(row.traffic);
    if (packet === undefined) return undefined;
    for (const a of from) {
      for (const b of to) {
        const [source, destination] = [this.#units.get(a), this.#units.get(b)];
        if (source === undefined || destination === undefined || !arePair(source.party, destination.party)) continue;
        const family = (row.family === undefined ? FAMILIES : [row.family]).find((one) =>
          [source, destination].every(({ party }) => endOfParty(party, one) !== undefined),
        );
        if (family === undefined) continue;
        return {
          packet,
          before: this.#before.verdict(source, destination, family, packet),
          after: this.#after.verdict(source, destination, family, packet),
        };
      }
    }
    return undefined;
  }
}

/** One of the two situations. */
class Moment {
  readonly #flows: Flows;
  readonly #when: "before" | "after";
  readonly #pods: ReadonlyMap<string, Pod>;

  constructor(flows: Flows, when: "before" | "after") {
    this.#flows = flows;
    this.#when = when;
    this.#pods = new Map(flows.situation.inventory.pods.map((pod) => [podText(pod), pod]));
  }

  verdict(from: Unit, to: Unit, family: Family, packet: TrafficPoint): Verdict | undefined {
    const [source] = this.#endsOf(from, family);
    const destinations = this.#endsOf(to, family);
    const destination = (from === to ? destinations[1] : undefined) ?? destinations[0];
    const [own, other] = [from[this.#when], to[this.#when]];
    if (source === undefined || destination === undefined || own === undefined || other === undefined) return undefined;
    const path = examplePath(strangersPath(this.#flows.situation, source, destination));
    return this.#flows.verdict(own, other, path, packet);
  }

  /** One or two ends of different members of the unit. */
  #endsOf(unit: Unit, family: Family): readonly End[] {
    const number = unit[this.#when];
    const party = number === undefined ? undefined : this.#flows.parties.get(number);
    if (party === undefined || endOfParty(party, family) === undefined) return [];
    if (unit.party.kind === "pods" && party.kind === "pods") return this.#podEnds(unit.party, party, family);
    const end = endOfParty(unit.party, family);
    const own = endOfParty(party, family);
    // An address that is nothing of its own here stands among others, of which it alone is meant.
    if (own?.kind === "outside") return end === undefined ? [] : [{ kind: "outside", where: end.where }];
    return own === undefined ? [] : [own];
  }

  /** Its own pods as far as they exist here, then others of their workload that it is compared with. */
  #podEnds(unit: PodParty, party: PodParty, family: Family): readonly End[] {
    const named = unit.pods
      .slice(0, 2)
      .flatMap((meant): readonly (readonly [Pod, readonly Address[] | undefined])[] => {
        const pod = this.#pods.get(podText(meant));
        return pod === undefined || !party.pods.includes(pod) ? [] : [[pod, unit.only?.get(meant)]];
      });
    const workload = workloadText(unit.pods[0].workload);
    const others = party.pods.filter(
      (pod) => workloadText(pod.workload) === workload && named.every(([other]) => other !== pod),
    );
    const { inventory, podRange } = this.#flows.situation;
    return [...named, ...others.slice(0, 2).map((pod) => [pod, undefined] as const)]
      .slice(0, 2)
      .flatMap(([pod, only]) => {
        const own = addressesIn(party, pod, family);
        const address = own.find((one) => only?.includes(one)) ?? own[0];
        return address === undefined
          ? endsOfPod(inventory, pod, podRange).filter((end) => familyOfEnd(end) === family)
          : [endAt(inventory, address)];
      });
  }
}
