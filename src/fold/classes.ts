/** Endpoints that no rule can tell apart, and blocks of outside addresses that no rule can tell apart. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import { KIND } from "../cluster/labelled.ts";
import { keysOf, type Selector, selectorText } from "../labels/selector.ts";
import { ALL_ADDRESSES, type AddressSet, type Family, familyOf, single } from "../net/address.ts";
import { contains, cut, type Interval, unionOf } from "../net/intervals.ts";
import { bearersOf } from "../path/bearers.ts";
import { type End, endsOfNode, endsOfPod, familyOfEnd, isContested, nodeOfPod, type PodEnd } from "../path/end.ts";
import { forwardingKey } from "../path/host-stages.ts";
import { distinctAddresses, placeKeyOf } from "../path/placement.ts";
import { allPeers, allPortChoices, type ServiceName, servicesNamed } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import {
  matchAddresses,
  matchMember,
  matchPlace,
  matchSelector,
  matchSubject,
  serviceEndpoints,
  type Ternary,
} from "./match.ts";

/** Pods for which every policy has the same answers, at any address of the same family. */
export interface PodClass {
  readonly pods: readonly [Pod, ...Pod[]];
}

/** Outside addresses of one family that the same address sets hold. Pod addresses inside it mean those pods, not it. */
export interface Atom {
  readonly family: Family;
  readonly where: AddressSet;
}

/** Everything some policy may ask of an end, each once. */
interface Distinctions {
  readonly subjects: readonly Selector[];
  readonly selectors: readonly Selector[];
  readonly addresses: readonly AddressSet[];
  readonly services: readonly ServiceName[];
  readonly portNames: ReadonlySet<string>;
}

function distinctionsOf(situation: Situation): Distinctions {
  const subjects = new Map<string, Selector>();
  for (const tier of situation.tiers) {
    for (const { subject, phases } of tier.policies) {
      if (phases.includes("normal")) subjects.set(selectorText(subject), subject);
    }
  }
  const selectors = new Map<string, Selector>();
  const addresses = new Map<string, AddressSet>();
  const portNames = new Set<string>();
  const select = (selector: Selector | undefined): void => {
    if (selector !== undefined) selectors.set(selectorText(selector), selector);
  };
  const groups = [...situation.tiers, { policies: [...situation.profiles.values()] }];
  for (const peer of allPeers(groups)) {
    select(peer.selector);
    select(peer.notSelector);
    if (peer.addresses !== undefined) {
      addresses.set(peer.addresses.map(({ start, end }) => `${start}-${end}`).join(), peer.addresses);
    }
  }
  for (const choice of allPortChoices(groups)) {
    if (choice.kind !== "named") continue;
    portNames.add(choice.name);
    select(choice.among);
  }
  return {
    subjects: [...subjects.values()],
    selectors: [...selectors.values()],
    addresses: [...addresses.values()],
    services: servicesNamed(groups),
    portNames,
  };
}

/** The classes of all pods of the situation, in input order. O(pods x distinctions). */
export function podClasses(situation: Situation): readonly PodClass[] {
  const distinctions = distinctionsOf(situation);
  const forwarding = new ForwardingKeys(situation);
  const classes = new Map<string, [Pod, ...Pod[]]>();
  for (const pod of situation.inventory.pods) {
    const key = podSignature(situation, pod, distinctions, forwarding);
    const known = classes.get(key);
    if (known === undefined) classes.set(key, [pod]);
    else known.push(pod);
  }
  return [...classes.values()].map((pods) => ({ pods }));
}

/** How nodes forward for pods, asked once for each node. */
class ForwardingKeys {
  readonly #situation: Situation;
  readonly #known = new Map<string | undefined, string>();

  constructor(situation: Situation) {
    this.#situation = situation;
  }

  of(pod: Pod): string {
    const node = nodeOfPod(this.#situation.inventory, pod);
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const key = forwardingKey(this.#situation, node);
    this.#known.set(node, key);
    return key;
  }
}

function podSignature(situation: Situation, pod: Pod, distinctions: Distinctions, forwarding: ForwardingKeys): string {
  const ends = endsOfPod(situation.inventory, pod, situation.podRange).filter(
    (end): end is PodEnd => end.kind === "pod",
  );
  const subjects = distinctions.subjects
    .map((subject) => digit(matchSubject(situation, subject, { kind: "pod", pod })))
    .join("");
  const blind = situation.blinds.map(({ namespace }) =>
    digit(namespace === undefined || namespace === pod.namespace.name),
  );
  // Who bears a contested address is a question of that address: such pods have a class of their own.
  const contested = ends.filter(isContested).map(({ where }) => `${where[0]?.start}`);
  return JSON.stringify([
    subjects,
    ends.map((end) => `${familyOfEnd(end)} ${endSignature(situation, end, distinctions)}`),
    blind,
    contested,
    forwarding.of(pod),
    placeKeyOf(situation, pod),
  ]);
}

/** The answers of everything that policies may ask about an end's address, its bearers and their ports. */
function endSignature(situation: Situation, end: End, distinctions: Distinctions): string {
  const { inventory, assumptions } = situation;
  const ports = bearersOf(inventory, assumptions, end).flatMap((bearer) =>
    bearer.ports.filter(({ name }) => distinctions.portNames.has(name)),
  );
  return [
    distinctions.selectors.map((selector) => digit(matchSelector(situation, selector, end))).join(""),
    distinctions.addresses.map((set) => digit(matchAddresses(situation, set, end))).join(""),
    distinctions.services.map((service) => digit(matchMember(situation, service, end))).join(""),
    distinctions.services
      .map((service) =>
        serviceEndpoints(situation, service)
          .served.filter(({ where }) => matchPlace(where, end) !== false)
          .map(({ where, protocol, port }) => `${protocol}/${port}${digit(matchPlace(where, end))}`)
          .sort()
          .join("+"),
      )
      .join(","),
    ports
      .map(({ name, protocol, port }) => `${name}/${protocol}/${port}`)
      .sort()
      .join(","),
  ].join(" ");
}

function digit(value: Ternary): string {
  return value === undefined ? "?" : value ? "1" : "0";
}

/** All addresses, grouped into atoms. O(borders x address sets). */
export function atoms(situation: Situation): readonly Atom[] {
  const { inventory } = situation;
  const distinctions = distinctionsOf(situation);
  const sets = [
    ...distinctions.addresses,
    ...distinctAddresses(situation),
    ...inventory.networkSets.map(({ addresses }) => addresses),
    // Endpoints of Services that are no pods are told apart one by one.
    ...distinctions.services.flatMap((service) =>
      serviceEndpoints(situation, service).members.flatMap((place) =>
        "address" in place ? [single(place.address)] : [],
      ),
    ),
  ];
  const groups = new Map<string, Interval<bigint>[]>();
  for (const block of cut(ALL_ADDRESSES, sets)) {
    const members = sets.map((set) => digit(contains(set, block.start))).join("");
    const key = `${familyOf(block.start)} ${members}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [block]);
    else group.push(block);
  }
  return [...groups.values()].map((blocks) => {
    const where = unionOf(blocks);
    return { family: familyOf(where[0]?.start ?? 0n), where };
  });
}

/** The outside end that stands for an atom. */
export function atomEnd(atom: Atom): End {
  return { kind: "outside", where: atom.where };
}

/** Addresses of a node for which every rule has the same answers, family by family. */
export interface NodeClass {
  readonly node: Node;
  readonly ends: readonly End[];
  /** Whether these are all addresses of the node. */
  readonly whole: boolean;
}

/**
 * Nodes that some rule tells from other addresses, or that have host endpoints; one by one where a rule tells the addresses of
 * a node apart. Traffic between a pod and its own node is another matter: `path/` knows it.
 */
export function selectableNodes(situation: Situation): readonly NodeClass[] {
  const { inventory } = situation;
  const distinctions = distinctionsOf(situation);
  const isSelected = distinctions.selectors.some((selector) => keysOf(selector).has(KIND) && namesNode(selector));
  const withHostEndpoint = new Set(inventory.hostEndpoints.map(({ node }) => node));
  return inventory.nodes
    .filter(({ name }) => isSelected || withHostEndpoint.has(name))
    .flatMap((node): readonly NodeClass[] => {
      const ends = endsOfNode(inventory, node);
      const signatures = new Set(
        ends.map((end) => `${familyOfEnd(end)} ${endSignature(situation, end, distinctions)}`),
      );
      const whole = signatures.size === new Set(ends.map(familyOfEnd)).size;
      return whole ? [{ node, ends, whole }] : ends.map((end) => ({ node, ends: [end], whole }));
    });
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
