/** What rules see of pods whatever their addresses: their labels, and their ports with names. */
import type { NamedPort, Pod } from "../cluster/endpoint.ts";
import { type Bearer, podBearer } from "../path/bearers.ts";
import type { Assumptions } from "../situation/assumptions.ts";
import type { Distinctions } from "./distinctions.ts";
import type { LabelledObjects } from "./labelled-objects.ts";

export interface PodLabels {
  readonly bearers: readonly [Bearer];
  readonly object: number;
  /** Ports with a name that rules use, as texts, sorted. */
  readonly ports: readonly string[];
}

/** Asks each pod once, as long as rules ask for the same keys and names. */
export class PodLabelReader {
  readonly #distinctions: Pick<Distinctions, "keys" | "portNames">;
  readonly #assumptions: Assumptions;
  readonly #objects: LabelledObjects;
  readonly #known = new WeakMap<Pod, PodLabels>();

  constructor(
    distinctions: Pick<Distinctions, "keys" | "portNames">,
    assumptions: Assumptions,
    objects: LabelledObjects,
  ) {
    this.#distinctions = distinctions;
    this.#assumptions = assumptions;
    this.#objects = objects;
  }

  of(pod: Pod): PodLabels {
    const known = this.#known.get(pod);
    if (known !== undefined) return known;
    const bearer = podBearer(pod, this.#assumptions);
    const labels: PodLabels = {
      bearers: [bearer],
      object: this.#objects.numberOf(bearer, this.#distinctions.keys),
      ports: this.ports([bearer]),
    };
    this.#known.set(pod, labels);
    return labels;
  }

  /** `name/protocol/port` of the ports that rules may name. */
  ports(bearers: readonly Bearer[]): readonly string[] {
    const { portNames } = this.#distinctions;
    if (portNames.size === 0) return [];
    return bearers
      .flatMap(({ ports }) => ports.filter(({ name }) => portNames.has(name)))
      .map(({ name, protocol, port }: NamedPort) => `${name}/${protocol}/${port}`)
      .sort();
  }

  /** The number of something else that bears labels. */
  objectOf(bearer: Bearer): number {
    return this.#objects.numberOf({ ...bearer, unsure: undefined }, this.#distinctions.keys);
  }
}
