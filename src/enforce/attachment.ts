/** Where the pods of a node are attached to this machine, and what that keeps from being enforced. */
import { type Pod, podText } from "../cluster/endpoint.ts";
import type { BoundInterface } from "../dataplane/program.ts";
import { type Links, linkTo, readLinks } from "../kernel/routes.ts";
import { readSysctl } from "../kernel/sysctls.ts";
import { type Address, familyOf } from "../net/address.ts";

export interface Attachment {
  /** The interfaces that belong to pods alone. */
  readonly interfaces: readonly BoundInterface[];
  /** Those that lead to several pods, and to nothing else. */
  readonly sharedInterfaces: readonly BoundInterface[];
  /** What cannot be enforced for pods that are attached in another way. */
  readonly degraded: readonly string[];
}

/** Looks at the routes and bridges of this machine, or of the namespace. Never throws: what is not found is degraded. */
export async function attachmentOf(pods: readonly Pod[], namespace: string | undefined): Promise<Attachment> {
  if (pods.length === 0) return { interfaces: [], sharedInterfaces: [], degraded: [] };
  try {
    const links = await readLinks(namespace);
    return attach(pods, links, (key) => isOn(namespace, key));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const degraded = [`the interfaces of pods are not known (source not bound): ${why}`];
    return { interfaces: [], sharedInterfaces: [], degraded };
  }
}

function isOn(namespace: string | undefined, key: string): boolean {
  try {
    return readSysctl(namespace, key) === "1";
  } catch {
    return false;
  }
}

/** Pure but for `isOn`, which tells of a sysctl. */
export function attach(pods: readonly Pod[], links: Links, isOn: (key: string) => boolean): Attachment {
  const places = pods.flatMap((pod) =>
    pod.addresses.map((address): Place => {
      const link = linkTo(links, address);
      const isOwn = link !== undefined && link.block.end - link.block.start === 1n && !links.bridges.has(link.device);
      const device = link?.device;
      const towardsPods = isOwn || (device !== undefined && links.bridges.has(device));
      return { pod, address, device, isOwn, towardsPods };
    }),
  );
  const owners = new Map<string, Set<Pod>>();
  for (const { pod, device, isOwn } of places) {
    if (device !== undefined && isOwn) owners.set(device, (owners.get(device) ?? new Set<Pod>()).add(pod));
  }
  const bound = new Map<string, Address[]>();
  const shared = new Map<string, Address[]>();
  const unbound = new Set<Pod>();
  const absent = new Set<Pod>();
  for (const { pod, address, device, isOwn, towardsPods } of places) {
    const isBound = device !== undefined && isOwn && owners.get(device)?.size === 1;
    if (device !== undefined && towardsPods && !isBound) shared.set(device, [...(shared.get(device) ?? []), address]);
    if (device === undefined) absent.add(pod);
    else if (!isBound) unbound.add(pod);
    else bound.set(device, [...(bound.get(device) ?? []), address]);
  }
  return {
    interfaces: listed(bound),
    sharedInterfaces: listed(shared),
    degraded: [
      ...reason(
        absent,
        "no interface of this machine leads to them, so nothing holds them to their addresses (source not bound)",
      ),
      ...reason(unbound, "they share an interface and may send from addresses that are not theirs (source not bound)"),
      ...bridgeReasons(places, links, isOn),
    ],
  };
}

function listed(interfaces: ReadonlyMap<string, readonly Address[]>): readonly BoundInterface[] {
  return [...interfaces].map(([name, addresses]) => ({ name, addresses })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface Place {
  readonly pod: Pod;
  readonly address: Address;
  readonly device: string | undefined;
  /** Reached by a route of its own, on a link that is no bridge. */
  readonly isOwn: boolean;
  /** Reached by a route of its own or over a bridge, so that no other machine is behind the same link. */
  readonly towardsPods: boolean;
}

const NAMED = 3;

function reason(pods: ReadonlySet<Pod>, what: string): readonly string[] {
  if (pods.size === 0) return [];
  const names = [...pods].map(podText).sort();
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : "";
  return [`${names.slice(0, NAMED).join(", ")}${more}: ${what}`];
}

/** Packets between pods on one bridge pass the rules only if the bridge hands them over. */
function bridgeReasons(
  places: readonly Place[],
  { bridges }: Links,
  isOn: (key: string) => boolean,
): readonly string[] {
  return ([4, 6] as const).flatMap((family) => {
    const key = family === 4 ? "net.bridge.bridge-nf-call-iptables" : "net.bridge.bridge-nf-call-ip6tables";
    const used = places
      .filter(({ address, device }) => familyOf(address) === family && device !== undefined && bridges.has(device))
      .map(({ device }) => device ?? "");
    if (used.length === 0 || isOn(key)) return [];
    const names = [...new Set(used)].sort().join(", ");
    return [
      `IPv${family} between pods on bridge ${names} is not judged: load br_netfilter and set the sysctl ${key} to 1`,
    ];
  });
}
