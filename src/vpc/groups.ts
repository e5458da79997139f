/** Which security groups filter at an interface, and what their rules mean in addresses. */
import { type Address, type AddressSet, ALL_ADDRESSES, containsAddress, NO_ADDRESSES, single } from "../net/address.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import type { Fact } from "../source/fact.ts";
import type { NetworkRule } from "./filter.ts";
import { groupsByName } from "./ibm/workers.ts";
import type { Attachment } from "./lookup.ts";
import type { GroupRule, NetworkDirection, SecurityGroup, VpcInventory } from "./model.ts";

/** What is taken for the groups of an interface where the export does not tell: those named after its cluster, none, nothing. */
export type UnlistedGroups = "by-name" | "open" | "unknown";

/** The groups at an interface. `assumed`: the export does not tell them. `open`: nothing is refused there. */
export type GroupsAt =
  | { readonly kind: "groups"; readonly groups: readonly SecurityGroup[]; readonly assumed: boolean }
  | { readonly kind: "open"; readonly reason: string; readonly assumed: boolean }
  | { readonly kind: "unknown"; readonly fact: Fact; readonly assumed: boolean };

/** O(groups). */
export function groupsAt(
  inventory: VpcInventory,
  { groups, worker, name, subnet }: Pick<Attachment, "groups" | "worker" | "name" | "subnet">,
  unlisted: UnlistedGroups,
): GroupsAt {
  if (groups !== undefined) return listed(inventory, groups, name);
  const fact: Fact = {
    text: `the security groups of ${name} in subnet ${subnet.name}`,
    remedy: "use --assume unlisted-security-groups=open if they refuse nothing that matters here",
  };
  if (unlisted === "unknown") return { kind: "unknown", fact, assumed: true };
  if (unlisted === "open") return { kind: "open", reason: "security groups are not told", assumed: true };
  if (!inventory.groups.some(({ vpc }) => vpc === subnet.vpc)) {
    return { kind: "open", reason: "no security groups are in the input", assumed: true };
  }
  const named = worker && groupsByName(inventory, worker, subnet.vpc);
  return named === undefined
    ? { kind: "unknown", fact, assumed: true }
    : { kind: "groups", groups: named, assumed: true };
}

function listed(inventory: VpcInventory, ids: readonly string[], name: string): GroupsAt {
  const groups = ids.flatMap((id) => inventory.groups.find((group) => group.id === id) ?? []);
  const missing = ids.find((id) => !groups.some((group) => group.id === id));
  if (missing === undefined) return { kind: "groups", groups, assumed: false };
  const remedy = "add the security groups (ibmcloud is security-groups --output json)";
  return {
    kind: "unknown",
    fact: { text: `the rules of security group ${missing} of ${name}`, remedy },
    assumed: false,
  };
}

/** A node of the cluster. `worker`: the one that its label says it is. */
export interface ClusterNode {
  readonly addresses: readonly Address[];
  readonly worker: Attachment["worker"];
}

/** What tells who is a member of a group. */
export interface Membership {
  readonly inventory: VpcInventory;
  readonly nodes: readonly ClusterNode[];
  readonly unlisted: UnlistedGroups;
}

/** The addresses of a group's members, and those of which it is not known whether they are. */
export interface Members {
  readonly certain: AddressSet;
  readonly possible: AddressSet;
}

/** Whoever is a member of a group, workers too. O(interfaces + workers + nodes + load balancers). */
export function membersOf({ inventory, nodes, unlisted }: Membership, group: SecurityGroup): Members {
  const certain: AddressSet[] = [];
  const possible: AddressSet[] = [];
  const add = (groups: readonly string[] | undefined, addresses: AddressSet): void => {
    if (groups === undefined) possible.push(addresses);
    else if (groups.includes(group.id)) certain.push(addresses);
  };
  const told = toldAddresses(inventory);
  const home = addressesOfVpc(inventory, group.vpc);
  const workers = workersIn(inventory, nodes, home);
  for (const [address, worker] of workers) {
    if (told.has(address)) continue;
    const named = worker && unlisted === "by-name" ? groupsByName(inventory, worker, group.vpc) : undefined;
    add(
      named?.map(({ id }) => id),
      single(address),
    );
  }
  for (const { groups, addresses } of inventory.interfaces) {
    const own = groups === undefined ? addresses.filter((address) => !workers.has(address)) : addresses;
    add(groups, unionOf(own.flatMap(single)));
  }
  for (const { groups, privateAddresses } of inventory.loadBalancers)
    add(groups, unionOf(privateAddresses.flatMap(single)));
  // Whatever else stands in the subnets may be a member too, unless the input tells of everything that does.
  if (!inventory.complete.has("instance") || !inventory.complete.has("worker")) {
    const balancers = inventory.loadBalancers.flatMap(({ privateAddresses }) => privateAddresses);
    const named = [...told, ...workers.keys(), ...balancers].flatMap(single);
    add(undefined, subtract(home, unionOf(named)));
  }
  const sure = unionOf(certain.flat());
  return { certain: sure, possible: subtract(unionOf(possible.flat()), sure) };
}

/** Those of whom only their names tell whether they are members of the groups that rules of one direction name. O(rules x workers). */
export function knownByName(
  { inventory, nodes, unlisted }: Membership,
  groups: readonly SecurityGroup[],
  direction: NetworkDirection,
): AddressSet {
  if (unlisted !== "by-name") return NO_ADDRESSES;
  const named = new Set(
    groups.flatMap(({ rules }) =>
      rules.flatMap(({ remote, ...rule }) =>
        rule.direction === direction && remote.kind === "group" ? [remote.group] : [],
      ),
    ),
  );
  const homes = new Set(inventory.groups.filter(({ id }) => named.has(id)).map(({ vpc }) => vpc));
  const told = toldAddresses(inventory);
  return unionOf(
    [...homes].flatMap((vpc) =>
      [...workersIn(inventory, nodes, addressesOfVpc(inventory, vpc))].flatMap(([address, worker]) =>
        !told.has(address) && worker !== undefined && groupsByName(inventory, worker, vpc) !== undefined
          ? single(address)
          : [],
      ),
    ),
  );
}

/** Addresses of which the export tells the groups. */
function toldAddresses({ interfaces }: VpcInventory): ReadonlySet<Address> {
  return new Set(interfaces.filter(({ groups }) => groups !== undefined).flatMap(({ addresses }) => addresses));
}

function addressesOfVpc({ subnets }: VpcInventory, id: string): AddressSet {
  return unionOf(subnets.filter(({ vpc }) => vpc === id).flatMap(({ addresses }) => addresses));
}

/** Who bears which address: listed workers, and nodes that stand in `home`, of which none may be listed. */
function workersIn(
  { workers }: VpcInventory,
  nodes: readonly ClusterNode[],
  home: AddressSet,
): ReadonlyMap<Address, Attachment["worker"]> {
  const here = nodes.flatMap(({ addresses, worker }) =>
    addresses.filter((address) => containsAddress(home, address)).map((address) => [address, worker] as const),
  );
  const listed = workers.flatMap((worker) => worker.interfaces.map(({ address }) => [address, worker] as const));
  return new Map<Address, Attachment["worker"]>([...here, ...listed]);
}

/** The rules of groups in one direction with their sides as addresses; groups that rules name are looked up. */
export function groupRules(
  membership: Membership,
  groups: readonly SecurityGroup[],
  direction: NetworkDirection,
): readonly NetworkRule[] {
  return groups.flatMap((group) =>
    group.rules.filter((rule) => rule.direction === direction).map((rule) => ruleInAddresses(membership, group, rule)),
  );
}

function ruleInAddresses(membership: Membership, group: SecurityGroup, rule: GroupRule): NetworkRule {
  const { name, direction, local, traffic, legacyTraffic, protocol, origin } = rule;
  const remote = remoteOf(membership, group, rule);
  const side = direction === "inbound" ? "source" : "destination";
  const [source, destination] = direction === "inbound" ? [remote.certain, local] : [local, remote.certain];
  const perhaps =
    remote.possible.length === 0 ? undefined : ({ side, addresses: remote.possible, fact: remote.fact } as const);
  return { name, action: "allow", direction, source, destination, traffic, legacyTraffic, protocol, origin, perhaps };
}

function remoteOf(
  membership: Membership,
  group: SecurityGroup,
  { name, remote }: GroupRule,
): Members & { readonly fact: Fact } {
  const fact = (text: string): Fact => ({
    text,
    remedy: "add the security groups and the interfaces that are members of them",
  });
  if (remote.kind === "addresses") return { certain: remote.addresses, possible: NO_ADDRESSES, fact: fact("") };
  const named = membership.inventory.groups.find(({ id }) => id === remote.group);
  if (named === undefined) {
    const text = `who is a member of security group ${remote.group}, which rule ${name} of ${group.name} names`;
    return { certain: NO_ADDRESSES, possible: ALL_ADDRESSES, fact: fact(text) };
  }
  const text = `which addresses are members of security group ${named.name}, which rule ${name} of ${group.name} names`;
  return { ...membersOf(membership, named), fact: fact(text) };
}
