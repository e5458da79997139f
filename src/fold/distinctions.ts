/** Everything some policy may ask of an end. */
import { KIND } from "../cluster/labelled.ts";
import { keysOf, type Selector } from "../labels/selector.ts";
import type { AddressSet } from "../net/address.ts";
import { allPeers, allPortChoices, type Policy, type RuleGroup, type ServiceName } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

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

/** Collects what policies ask; what one policy asks is worked out once, in whichever situation it stands. */
export class Inquiry {
  readonly #asked = new WeakMap<Asking, Distinctions>();
  #last:
    | { readonly tiers: Situation["tiers"]; readonly profiles: Situation["profiles"]; readonly found: Distinctions }
    | undefined;

  /** O(policies x what they ask), the first time O(rules). */
  of({ tiers, profiles }: Situation): Distinctions {
    if (this.#last?.tiers === tiers && this.#last.profiles === profiles) return this.#last.found;
    const policies = tiers.flatMap((tier) => tier.policies);
    const found = merged([...policies, ...profiles.values()].map((policy) => this.#askedBy(policy)));
    this.#last = { tiers, profiles, found };
    return found;
  }

  #askedBy(policy: Asking): Distinctions {
    const known = this.#asked.get(policy) ?? askedBy(policy);
    this.#asked.set(policy, known);
    return known;
  }
}

function merged(parts: readonly Distinctions[]): Distinctions {
  const keys = new Set<string>();
  const portNames = new Set<string>();
  const addresses = new Set<AddressSet>();
  const services = new Map<string, ServiceName>();
  let selectsNodes = false;
  for (const part of parts) {
    for (const key of part.keys) keys.add(key);
    for (const name of part.portNames) portNames.add(name);
    for (const set of part.addresses) addresses.add(set);
    for (const [name, service] of part.services) services.set(name, service);
    selectsNodes ||= part.selectsNodes;
  }
  return { keys: [...keys].sort(), portNames, addresses, services, selectsNodes };
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
