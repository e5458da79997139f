/** Everything some policy may ask of an end. */
import { KIND } from "../cluster/labelled.ts";
import { keysOf, type Selector } from "../labels/selector.ts";
import type { AddressSet } from "../net/address.ts";
import { allPeers, allPortChoices, type Policy, type RuleGroup, type ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { differenceOf } from "./list-difference.ts";

export interface Distinctions {
  /** Every label key that some selector looks at, sorted. */
  readonly keys: readonly string[];
  /** Names of ports. */
  readonly portNames: ReadonlySet<string>;
  /** Each object once; equal sets may come several times. */
  readonly addresses: ReadonlySet<AddressSet>;
  /** By `namespace/name`. */
  readonly services: ReadonlyMap<string, ServiceName>;
  /** Whether some peer may be a node for what it is. */
  readonly selectsNodes: boolean;
}

type Asking = RuleGroup["policies"][number] & Partial<Pick<Policy, "subject" | "phases">>;

/** Collects what policies ask. From one situation to the next only policies are asked that come or go. */
export class Inquiry {
  readonly #asked = new WeakMap<Asking, Distinctions>();
  readonly #tally = new Tally();
  #policies: readonly Asking[] = [];
  #found: Distinctions = this.#tally.distinctions();

  /** O(policies), and what those ask that came or went. */
  of({ tiers, profiles }: Situation): Distinctions {
    const policies: readonly Asking[] = [...tiers.flatMap((tier) => tier.policies), ...profiles.values()];
    const { gone, come } = differenceOf(this.#policies, policies);
    this.#policies = policies;
    if (gone.length === 0 && come.length === 0) return this.#found;
    for (const policy of come) this.#tally.count(this.#askedBy(policy), 1);
    for (const policy of gone) this.#tally.count(this.#askedBy(policy), -1);
    this.#found = this.#tally.distinctions();
    return this.#found;
  }

  #askedBy(policy: Asking): Distinctions {
    const known = this.#asked.get(policy) ?? askedBy(policy);
    this.#asked.set(policy, known);
    return known;
  }
}

/** How many policies ask for each thing. */
class Tally {
  readonly #keys = new Map<string, number>();
  readonly #portNames = new Map<string, number>();
  readonly #addresses = new Map<AddressSet, number>();
  readonly #services = new Map<string, number>();
  readonly #serviceNames = new Map<string, ServiceName>();
  #nodes = 0;

  count({ keys, portNames, addresses, services, selectsNodes }: Distinctions, by: 1 | -1): void {
    countAll(this.#keys, keys, by);
    countAll(this.#portNames, portNames, by);
    countAll(this.#addresses, addresses, by);
    countAll(this.#services, services.keys(), by);
    for (const [name, service] of services) this.#serviceNames.set(name, service);
    if (selectsNodes) this.#nodes += by;
  }

  distinctions(): Distinctions {
    return {
      keys: [...this.#keys.keys()].sort(),
      portNames: new Set(this.#portNames.keys()),
      addresses: new Set(this.#addresses.keys()),
      services: new Map([...this.#serviceNames].filter(([name]) => this.#services.has(name))),
      selectsNodes: this.#nodes > 0,
    };
  }
}

function countAll<T>(counts: Map<T, number>, items: Iterable<T>, by: 1 | -1): void {
  for (const item of items) {
    const count = (counts.get(item) ?? 0) + by;
    if (count === 0) counts.delete(item);
    else counts.set(item, count);
  }
}

function askedBy(policy: Asking): Distinctions {
  const group = [{ policies: [policy] }];
  // Only normal policies govern pods; which host endpoints others govern is asked of each.
  const keys = new Set(policy.subject !== undefined && policy.phases?.includes("normal") ? keysOf(policy.subject) : []);
  const portNames = new Set<string>();
  const addresses = new Set<AddressSet>();
  const services = new Map<string, ServiceName>();
  let selectsNodes = false;
  const select = (selector: Selector | undefined): void => {
    if (selector === undefined) return;
    for (const key of keysOf(selector)) keys.add(key);
    selectsNodes ||= namesNode(selector);
  };
  const name = (service: ServiceName): void => void services.set(`${service.namespace}/${service.name}`, service);
  for (const peer of allPeers(group)) {
    select(peer.selector);
    select(peer.notSelector);
    if (peer.addresses !== undefined) addresses.add(peer.addresses);
    if (peer.service !== undefined) name(peer.service);
  }
  for (const choice of allPortChoices(group)) {
    if (choice.kind === "service") name(choice.service);
    if (choice.kind !== "named") continue;
    portNames.add(choice.name);
    select(choice.among);
  }
  return { keys: [...keys], portNames, addresses, services, selectsNodes };
}

function namesNode(selector: Selector): boolean {
  switch (selector.op) {
    case "all":
    case "any":
      return selector.of.some(namesNode);
    case "not":
      return namesNode(selector.of);
    case "in":
      return selector.key === KIND && selector.values.includes("node");
    case "has":
    case "text":
      return false;
  }
}
