/** Everything that bears an address in a subnet, from the many places that tell of it. */
import type { Address } from "../net/address.ts";
import type { Fact } from "../source/fact.ts";
import type { Finding } from "../source/finding.ts";
import { fill, mergeById } from "./merge.ts";
import type { Interface, LoadBalancer, StrayAddress, VpcKind, Worker } from "./model.ts";
import { piecesOf } from "./pieces.ts";
import type { EndpointGateway, OwnedInterface, ReservedIp, VirtualInterface, VpcObject } from "./reading.ts";

export interface Interfaces {
  readonly interfaces: readonly OwnedInterface[];
  readonly strayAddresses: readonly StrayAddress[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Fact[];
}

/**
 * `complete`: of these kinds every object is in the input, so that an interface that no group lists is in none. `others` were put together
 * before.
 */
export function interfacesOf(
  objects: readonly VpcObject[],
  others: {
    readonly workers: readonly Worker[];
    readonly loadBalancers: readonly LoadBalancer[];
    /** Ids of public gateways, which have floating addresses too. */
    readonly gateways: ReadonlySet<string>;
  },
  complete: ReadonlySet<VpcKind>,
): Interfaces {
  const attached = mergeById(piecesOf(objects, "interface"), { join: joinInterfaces, ...UNTOLD });
  const virtual = mergeById(piecesOf(objects, "virtual interface"), UNTOLD);
  const gateways = mergeById(piecesOf(objects, "endpoint gateway"));
  const reserved = mergeById(piecesOf(objects, "reserved ip"));
  const floating = mergeById(piecesOf(objects, "floating ip"), { told: ["target"] });

  const targets = new Map(floating.values.map(({ target, address }) => [target, address]));
  const groupsOf = membershipOf(objects, complete.has("security group"));
  const known = (each: OwnedInterface, ids: readonly string[]): OwnedInterface => {
    const listed = ids.map((id) => targets.get(id)).find((address) => address !== undefined);
    return {
      ...each,
      groups: each.groups ?? groupsOf(ids),
      floatingAddress: each.floatingAddress ?? listed,
      isFloatingTold: each.isFloatingTold ?? (listed !== undefined || complete.has("floating ip") || undefined),
    };
  };
  const byTarget = new Map(virtual.values.map((each) => [each.target ?? each.id, each]));
  const joined = attached.values.map((each) => {
    const own = byTarget.get(each.id);
    byTarget.delete(each.id);
    return own === undefined ? known(each, [each.id]) : known(withVirtual(each, own), [each.id, own.id]);
  });
  const alone = [...byTarget.values()].map((each) => known({ ...each, owner: undefined }, [each.id]));
  const endpoints = endpointInterfaces(gateways.values, reserved.values);
  const all = [...joined, ...alone, ...endpoints.interfaces.map((each) => known(each, [each.id, each.owner ?? ""]))];
  const borne = new Set<Address | undefined>([
    ...all.map(({ floatingAddress }) => floatingAddress),
    ...others.loadBalancers.flatMap(({ addresses }) => addresses),
  ]);
  return {
    interfaces: [...all, ...others.workers.flatMap(workerInterfaces), ...others.loadBalancers.flatMap(ownInterfaces)],
    strayAddresses: floating.values.flatMap(({ address, target }) =>
      target === undefined || borne.has(address) || others.gateways.has(target) ? [] : [{ address, target }],
    ),
    findings: [attached, virtual, gateways, reserved, floating].flatMap(({ findings }) => findings),
    gaps: endpoints.gaps,
  };
}

const UNTOLD = { untoldWhenEmpty: ["addresses"] } as const;

/** An interface listed by itself is called by its own name, one listed with its instance by that of the instance. */
function joinInterfaces(earlier: OwnedInterface, later: OwnedInterface): OwnedInterface | undefined {
  const [alone, owned] = earlier.kind === "other" ? [earlier, later] : [later, earlier];
  return alone.kind === "other" ? fill({ ...alone, kind: owned.kind, name: owned.name }, owned, UNTOLD) : undefined;
}

/** An attachment with the virtual interface behind it, which knows its groups and all of its addresses. */
function withVirtual(attachment: OwnedInterface, { groups, spoofing, ...own }: VirtualInterface): OwnedInterface {
  return {
    ...attachment,
    addresses: [...new Set([...attachment.addresses, ...own.addresses])],
    subnet: attachment.subnet ?? own.subnet,
    groups: attachment.groups ?? groups,
    spoofing: attachment.spoofing ?? spoofing,
    floatingAddress: attachment.floatingAddress ?? own.floatingAddress,
    isFloatingTold: attachment.isFloatingTold ?? own.isFloatingTold,
  };
}

/** The groups that list one of the ids; undefined where some group may be missing, or its members. O(members) once. */
function membershipOf(
  objects: readonly VpcObject[],
  groupsAreComplete: boolean,
): (ids: readonly string[]) => readonly string[] | undefined {
  const groups = new Map<string, Set<string>>();
  const lists = piecesOf(objects, "group members");
  const told = new Set(lists.map(({ id }) => id));
  for (const { id, members } of lists) {
    for (const member of members) groups.set(member, (groups.get(member) ?? new Set()).add(id));
  }
  const listsAll = groupsAreComplete && piecesOf(objects, "security group").every(({ id }) => told.has(id));
  return (ids) => (listsAll ? [...new Set(ids.flatMap((id) => [...(groups.get(id) ?? [])]))] : undefined);
}

function endpointInterfaces(
  gateways: readonly EndpointGateway[],
  reserved: readonly ReservedIp[],
): Pick<Interfaces, "interfaces" | "gaps"> {
  const byId = new Map(reserved.map((ip) => [ip.id, ip]));
  const interfaces: OwnedInterface[] = [];
  const gaps: Fact[] = [];
  for (const { id: owner, name, groups, ips, origin } of gateways) {
    for (const ip of ips) {
      const address = ip.address ?? byId.get(ip.id)?.address;
      const subnet = ip.subnet ?? byId.get(ip.id)?.subnet;
      if (address === undefined) gaps.push(noAddress(name, ip.id));
      else interfaces.push({ ...bare("endpoint gateway", name, address), id: ip.id, owner, subnet, groups, origin });
    }
  }
  return { interfaces, gaps };
}

function noAddress(gateway: string, ip: string): Fact {
  return {
    text: `the address ${ip} of endpoint gateway ${gateway}`,
    remedy: "add the output of `ibmcloud is subnet-reserved-ips SUBNET --output json` for its subnet",
  };
}

function workerInterfaces({ id, interfaces, origin }: Worker): readonly OwnedInterface[] {
  return interfaces.map(({ subnet, address }) => ({
    ...bare("worker", id, address),
    id: interfaces.length === 1 ? id : `${id} ${address}`,
    subnet,
    origin,
  }));
}

function ownInterfaces({ id, name, groups, privateAddresses, origin }: LoadBalancer): readonly OwnedInterface[] {
  return privateAddresses.map((address) => ({
    ...bare("load balancer", name, address),
    id: privateAddresses.length === 1 ? id : `${id} ${address}`,
    groups,
    origin,
  }));
}

function bare(kind: Interface["kind"], name: string, address: Address): Omit<OwnedInterface, "id" | "origin"> {
  return {
    kind,
    name,
    owner: undefined,
    subnet: undefined,
    addresses: [address],
    groups: undefined,
    floatingAddress: undefined,
    isFloatingTold: true,
    spoofing: undefined,
  };
}
