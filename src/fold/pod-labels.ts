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

/** Asks each pod once, as long as rules ask for the same keys and names of what it has. */
export class PodLabelReader {
  readonly #asked: Pick<Distinctions, "keys" | "portNames">;
  readonly #assumptions: Assumptions;
  readonly #objects: LabelledObjects;
  readonly #known = new WeakMap<Pod, PodLabels>();
  /** What an earlier reader found, and what of it was asked otherwise than here. */
  readonly #before: WeakMap<Pod, PodLabels> | undefined;
  readonly #otherKeys: readonly string[];
  readonly #otherNames: ReadonlySet<string>;

  constructor(
    asked: Pick<Distinctions, "keys" | "portNames">,
    assumptions: Assumptions,
    objects: LabelledObjects,
    before?: PodLabelReader,
  ) {
    this.#asked = asked;
    this.#assumptions = assumptions;
    this.#objects = objects;
    this.#before = before === undefined ? undefined : before.#known;
    const old = before === undefined ? undefined : before.#asked;
    this.#otherKeys = [...inOneOf(new Set(asked.keys), new Set(old?.keys))];
    this.#otherNames = inOneOf(asked.portNames, old?.portNames ?? new Set());
  }

  /** Whether a reader of these distinctions would say the same of every pod. */
  isFor({ keys, portNames }: Pick<Distinctions, "keys" | "portNames">): boolean {
    const { keys: own, portNames: names } = this.#asked;
    return inOneOf(new Set(keys), new Set(own)).size === 0 && inOneOf(portNames, names).size === 0;
  }

  /** The same object as the reader before found, where it found the same. */
  of(pod: Pod): PodLabels {
    const known = this.#known.get(pod) ?? this.#unchanged(pod) ?? this.#read(pod);
    this.#known.set(pod, known);
    return known;
  }

  #unchanged(pod: Pod): PodLabels | undefined {
    const known = this.#before?.get(pod);
    if (known === undefined) return undefined;
    const [{ labels, missingLabel }] = known.bearers;
    const isSame =
      this.#otherKeys.every((key) => !labels.has(key) && missingLabel(key) === undefined) &&
      !pod.ports.some(({ name }) => this.#otherNames.has(name));
    return isSame ? known : undefined;
  }

  #read(pod: Pod): PodLabels {
    const bearer = podBearer(pod, this.#assumptions);
    return {
      bearers: [bearer],
      object: this.#objects.numberOf(bearer, this.#asked.keys),
      ports: this.ports([bearer]),
    };
  }

  /** `name/protocol/port` of the ports that rules may name. */
  ports(bearers: readonly Bearer[]): readonly string[] {
    const { portNames } = this.#asked;
    if (portNames.size === 0) return [];
    return bearers
      .flatMap(({ ports }) => ports.filter(({ name }) => portNames.has(name)))
      .map(({ name, protocol, port }: NamedPort) => `${name}/${protocol}/${port}`)
      .sort();
  }

  /** The number of something else that bears labels. */
  objectOf(bearer: Bearer): number {
    return this.#objects.numberOf({ ...bearer, unsure: undefined }, this.#asked.keys);
  }
}

function inOneOf(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...[...a].filter((item) => !b.has(item)), ...[...b].filter((item) => !a.has(item))]);
}
