/** Admissions each as one object, so that equal ones are compared by identity and combined once. */
import { isNoTraffic, trafficKey } from "../net/traffic.ts";
import { type Admission, bothAdmit, NOTHING, OPEN } from "./admission.ts";

/** Whether nothing arrives, nor may. */
export function admitsNothing({ allowed, oneWay, undecided }: Admission): boolean {
  return isNoTraffic(allowed) && isNoTraffic(oneWay) && isNoTraffic(undecided);
}

/** One object for each admission, whichever way it was come by. Remembers all it has seen. */
export class Admissions {
  readonly #known = new Map<string, Admission>();
  readonly #ones = new Set<Admission>();
  readonly #both = new Map<Admission, Map<Admission, Admission>>();

  constructor() {
    this.one(NOTHING);
    this.one(OPEN);
  }

  /** How many there are. */
  get count(): number {
    return this.#ones.size;
  }

  /** The object that stands for all admissions equal to this one. */
  one(admission: Admission): Admission {
    if (this.#ones.has(admission)) return admission;
    const key = admissionKey(admission);
    const known = this.#known.get(key) ?? admission;
    this.#known.set(key, known);
    this.#ones.add(known);
    return known;
  }

  /** What two stages let pass together. Both must come from here, and so does the result. */
  both(a: Admission, b: Admission): Admission {
    if (a === OPEN) return b;
    if (b === OPEN) return a;
    const row = this.#both.get(a) ?? new Map<Admission, Admission>();
    this.#both.set(a, row);
    const known = row.get(b) ?? this.one(bothAdmit(a, b));
    row.set(b, known);
    return known;
  }
}

function admissionKey(admission: Admission): string {
  const { allowed, oneWay, noRoute, undecided, logged } = admission;
  return [allowed, oneWay, noRoute, undecided, logged].map(trafficKey).join("|");
}
