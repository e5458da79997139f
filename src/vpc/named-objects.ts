/** Objects that commands call by id or by name. */
import type { Named } from "./commands.ts";

interface NamedObject {
  readonly id: string;
  readonly name: string;
  readonly vpc?: string;
}

/** What a word names; a text says why it names nothing. */
export type Found<T> = { readonly value: T } | { readonly problem: string };

/** With the zone or region that some ids begin with. */
const ID = /^([0-9a-z]{4}-)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Objects by id. The platform gives an id to what a script creates, and the script does not tell it; until a command uses
 * an id that belongs to nothing else, such an object has its name for an id.
 */
export class NamedObjects<T extends NamedObject> {
  readonly #noun: string;
  readonly #byId: Map<string, T>;
  /** Ids of objects that a script made, and the ids the platform gave them as far as they came up. */
  readonly #made = new Map<string, string | undefined>();

  constructor(noun: string, values: readonly T[]) {
    this.#noun = noun;
    this.#byId = new Map(values.map((value) => [value.id, value]));
  }

  get values(): readonly T[] {
    return [...this.#byId.values()];
  }

  /** The ids that turned out for objects made by scripts. */
  get renamed(): ReadonlyMap<string, string> {
    return new Map([...this.#made].flatMap(([id, real]) => (real === undefined ? [] : [[id, real] as const])));
  }

  set(value: T): void {
    this.#byId.set(value.id, value);
  }

  /** Adds what a script makes, under an id of its own. */
  make(value: T): void {
    this.set(value);
    this.#made.set(value.id, undefined);
  }

  /** An id that nothing has yet. */
  freeId(name: string): string {
    let id = name;
    for (let i = 2; this.#byId.has(id); i++) id = `${name} ${i}`;
    return id;
  }

  /** `made` are the ids of what each command of the script made. O(objects). */
  find(named: Named, made: readonly (string | undefined)[], vpc: string | undefined): Found<T> | undefined {
    if (named.kind === "made") {
      const value = this.#byId.get(made[named.by] ?? "");
      return value === undefined ? undefined : { value };
    }
    const { text } = named;
    const byId = this.#byId.get(text) ?? this.#byId.get(this.#madeAs(text));
    if (byId !== undefined) return { value: byId };
    const [value, ...others] = this.values.filter(
      (each) => each.name === text && (vpc === undefined || each.vpc === undefined || each.vpc === vpc),
    );
    if (value === undefined) return this.#adopt(text);
    if (others.length === 0) return { value };
    return { problem: `${others.length + 1} VPCs have a ${this.#noun} ${text}; say which with --vpc` };
  }

  #madeAs(real: string): string {
    return [...this.#made].find(([, id]) => id === real)?.[0] ?? "";
  }

  /** An id that nothing has is that of the one thing whose id is not known. */
  #adopt(text: string): Found<T> {
    const unknown = [...this.#made].flatMap(([id, real]) => (real === undefined ? [id] : []));
    const [only] = unknown;
    const value = this.#byId.get(only ?? "");
    if (value !== undefined && only !== undefined && unknown.length === 1 && ID.test(text)) {
      this.#made.set(only, text);
      return { value };
    }
    const several = unknown.length > 1 && ID.test(text);
    return {
      problem: several
        ? `${text} could be any ${this.#noun} that the script creates`
        : `the input holds no ${this.#noun} ${text}`,
    };
  }
}
