/** The Services of a lab: which of them it can build, and at which addresses. Pure. */
import type { Inventory } from "../cluster/inventory.ts";
import { type Backend, type Service, serviceText } from "../cluster/service.ts";
import { type Address, addressText, containsAddress, type Family, familyOf } from "../net/address.ts";
import { type AddressPool, blockOf, UNROUTABLE } from "./address-pool.ts";

/** A Service that the rules of every node translate. */
export interface LabService {
  readonly kind: "service";
  readonly identity: string;
  readonly service: Service;
  /** Those of its addresses that nothing else bears. */
  readonly addresses: readonly Address[];
}

const SERVICE_RANGE = { 4: [blockOf("10.96.0.0/16")], 6: [blockOf("fd00:10:96::/112")] } as const;

/** True where connections to the Service are translated: it has, or could have, a cluster address. */
function isTranslated({ headless, externalName }: Service): boolean {
  return !headless && externalName === undefined;
}

/** Every Service with an address; one that the input leaves without gets one of each family in which it has backends. */
export function placeServices(
  services: readonly Service[],
  families: readonly Family[],
  pool: AddressPool,
  notes: string[],
): readonly Service[] {
  const given: string[] = [];
  const placed = services.map((service) => {
    if (!isTranslated(service) || service.addresses.length > 0 || service.backendSource === "nothing") return service;
    const offered = families.filter((family) => service.ports.some((port) => targetsOf(port, family).length > 0));
    const addresses = (offered.length > 0 ? offered : families.slice(0, 1)).flatMap(
      (family) => pool.take(SERVICE_RANGE[family]) ?? [],
    );
    if (addresses.length > 0) given.push(`${serviceText(service)} ${addresses.map(addressText).join(" and ")}`);
    return { ...service, addresses };
  });
  if (given.length > 0) notes.push(`gave Services without one a cluster address: ${given.join(", ")}`);
  return placed;
}

export interface Target {
  readonly address: Address;
  readonly port: number;
}

/** Where the rules send connections to a port of a Service: its ready backends of one family, each once. */
export function targetsOf(port: Service["ports"][number], family: Family): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const backend of port.backends) {
    if (!backend.ready) continue;
    for (const address of addressesBehind(backend)) {
      if (familyOf(address) === family) targets.set(`${address} ${backend.port}`, { address, port: backend.port });
    }
  }
  return [...targets.values()];
}

function addressesBehind({ where }: Backend): readonly Address[] {
  return "pod" in where ? where.pod.addresses : [where.address];
}

/** Addresses behind Services that no pod and no node bears, so that somebody outside has to. */
export function outsideBackends(services: readonly LabService[], inventory: Inventory): readonly Address[] {
  const all = services.flatMap(({ service }) => service.ports.flatMap(({ backends }) => backends));
  return [
    ...new Set(
      all
        .flatMap(addressesBehind)
        .filter((address) => !inventory.podsAt.has(address) && !inventory.nodeAt.has(address)),
    ),
  ];
}

/** The Services that can be built, with notes on those that cannot, and on what of the others is left out. */
export function labServices(inventory: Inventory): {
  readonly services: readonly LabService[];
  readonly notes: readonly string[];
} {
  const holders = new Map<Address, number>();
  for (const { addresses } of inventory.services) {
    for (const address of new Set(addresses)) holders.set(address, (holders.get(address) ?? 0) + 1);
  }
  const isOwn = (address: Address): boolean =>
    holders.get(address) === 1 &&
    !inventory.podsAt.has(address) &&
    !inventory.nodeAt.has(address) &&
    !containsAddress(UNROUTABLE, address);
  const notes: string[] = [];
  const services: LabService[] = [];
  for (const service of inventory.services) {
    // Names of headless Services resolve to the pods, which are probed anyway.
    if (service.headless) continue;
    const identity = serviceText(service);
    const objection = objectionTo(service, inventory);
    if (objection !== undefined) {
      notes.push(`${identity} is not built: ${objection}`);
      continue;
    }
    const addresses = [...new Set(service.addresses)].filter(isOwn);
    const others = service.addresses.filter((address) => !addresses.includes(address));
    if (others.length > 0) {
      notes.push(
        `${identity} is not built at ${others.map(addressText).join(" and ")}, ` +
          "which is also a pod's, a node's or another Service's, or cannot be routed",
      );
    }
    if (addresses.length > 0) services.push({ kind: "service", identity, service, addresses });
  }
  return { services, notes };
}

function objectionTo(service: Service, inventory: Inventory): string | undefined {
  if (service.externalName !== undefined) return `it stands for the name ${service.externalName}`;
  if (service.backendSource === "nothing") return "the input does not tell what stands behind it";
  const isInside = (address: Address): boolean => inventory.podsAt.has(address) || inventory.nodeAt.has(address);
  const odd = service.ports
    .flatMap(({ backends }) => backends.flatMap(addressesBehind))
    .find(
      (address) => !isInside(address) && (containsAddress(UNROUTABLE, address) || inventory.serviceAt.has(address)),
    );
  return odd === undefined ? undefined : `no server can be at its endpoint ${addressText(odd)}`;
}
