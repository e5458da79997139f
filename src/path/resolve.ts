/** From what a text names to the ends that exist. */
import { isTemplate, type Pod, type Workload, workloadText } from "../cluster/endpoint.ts";
import { type Service, serviceText } from "../cluster/service.ts";
import {
  type Address,
  addressSetText,
  type AddressSet,
  ALL_ADDRESSES,
  type Cidr,
  familyOf,
  isAddressError,
  parseCidr,
} from "../net/address.ts";
import { contains, intersect, type Interval, subtract, unionOf } from "../net/intervals.ts";
import type { Situation } from "../situation/situation.ts";
import { type End, endAt, endsOfNode, endsOfPod, endText } from "./end.ts";
import type { Reference, ReferenceError } from "./reference.ts";

/** What a reference stands for. A Service stands for itself: where it leads depends on the port. */
export type Resolved =
  | { readonly kind: "ends"; readonly text: string; readonly ends: readonly End[] }
  | {
      readonly kind: "service";
      readonly text: string;
      readonly service: Service;
      /** The address that was asked for, where it was not the name. */
      readonly address: Address | undefined;
    };

/** Looks a reference up. An end that does not exist is an error that names what is close to it. */
export function resolve(situation: Situation, reference: Reference): Resolved | ReferenceError {
  const { inventory } = situation;
  switch (reference.kind) {
    case "address": {
      const service = inventory.serviceAt.get(reference.address);
      if (service !== undefined)
        return { kind: "service", text: serviceText(service), service, address: reference.address };
      const end = endAt(inventory, reference.address);
      return { kind: "ends", text: endText(end), ends: [end] };
    }
    case "block":
      return endsOfBlock(situation, reference.addresses, addressSetText(reference.addresses).join(","));
    case "internet": {
      // A provider's own services look public and are not the internet.
      const services = situation.vpc?.serviceNetworks ?? [];
      return endsOfBlock(situation, subtract(INTERNET, services), "internet");
    }
    case "node": {
      const node = inventory.nodes.find(({ name }) => name === reference.name);
      if (node === undefined)
        return missing(
          `node/${reference.name}`,
          inventory.nodes.map(({ name }) => `node/${name}`),
        );
      if (node.addresses.length === 0) {
        return {
          error: `no address of node/${node.name} is in the input`,
          remedy: "add its Node object with status.addresses",
        };
      }
      return { kind: "ends", text: `node/${node.name}`, ends: endsOfNode(inventory, node) };
    }
    case "service": {
      const service = inventory.services.find(
        ({ namespace, name }) => namespace === reference.namespace && name === reference.name,
      );
      if (service === undefined) {
        return missing(`${reference.namespace}/svc/${reference.name}`, inventory.services.map(serviceText));
      }
      return { kind: "service", text: serviceText(service), service, address: undefined };
    }
    case "workload":
      return workloadEnds(situation, reference);
  }
}

function workloadEnds(
  situation: Situation,
  reference: Extract<Reference, { kind: "workload" }>,
): Resolved | ReferenceError {
  const { inventory } = situation;
  const { namespace, name, of } = reference;
  const asked = of === undefined ? `${namespace}/${name}` : workloadText({ namespace, name, kind: of });
  const isMeant = ({ workload, name }: { readonly workload: Workload; readonly name: string }): boolean => {
    if (workload.namespace !== reference.namespace) return false;
    const byWorkload = workload.name === reference.name && (reference.of ?? workload.kind) === workload.kind;
    const byPod = name === reference.name && name !== workload.name && (reference.of ?? "Pod") === "Pod";
    return byWorkload || byPod;
  };
  const pods = inventory.pods.filter(isMeant);
  if (pods.length > 0) {
    const workloads = new Map(pods.map((pod) => [workloadText(pod.workload), pod.workload]));
    if (workloads.size > 1) {
      return {
        error: `"${asked}" may mean ${[...workloads.keys()].join(" or ")}`,
        remedy: "name the kind too",
      };
    }
    const ends = pods.flatMap((pod) => endsOfPod(inventory, pod, situation.podRange));
    return { kind: "ends", text: textOfPods(pods, reference.name), ends };
  }
  const host = inventory.hostPods.filter(isMeant);
  const [first] = host;
  if (first !== undefined) {
    const addresses = new Set(
      host.flatMap((pod) => [
        ...pod.addresses,
        ...(inventory.nodes.find(({ name }) => name === pod.node)?.addresses ?? []),
      ]),
    );
    if (addresses.size === 0) {
      return {
        error: `${asked} uses the host network, and no address of its node is in the input`,
        remedy: "add the Node objects; policies see such a pod as its node",
      };
    }
    return {
      kind: "ends",
      text: `${workloadText(first.workload)} (host network)`,
      ends: [...addresses].map((address) => endAt(inventory, address)),
    };
  }
  const gone = inventory.absentPods.find(isMeant);
  if (gone !== undefined) {
    return {
      error: `${asked} is no endpoint: it ${gone.why === "finished" ? "has finished" : "has no address yet"}`,
      remedy: "ask about a running pod or its workload",
    };
  }
  const service = inventory.services.find(
    ({ namespace, name }) => namespace === reference.namespace && name === reference.name,
  );
  if (service !== undefined && reference.of === undefined)
    return { kind: "service", text: serviceText(service), service, address: undefined };
  return missing(asked, [...new Set(inventory.pods.map((pod) => workloadText(pod.workload)))]);
}

function textOfPods(pods: readonly Pod[], name: string): string {
  const [first] = pods;
  if (first === undefined) return name;
  return pods.length === 1 && first.name === name && !isTemplate(first)
    ? `${first.namespace.name}/pod/${first.name}`
    : workloadText(first.workload);
}

/** Blocks that are not the public internet: IANA special-purpose registries, and multicast. */
const NOT_INTERNET: AddressSet = unionOf(
  [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
    "::/3",
    "4000::/2",
    "8000::/1",
    "2001:db8::/32",
    "2001::/23",
    "3fff::/20",
  ]
    .map(parseCidr)
    .filter((cidr): cidr is Cidr => !isAddressError(cidr))
    .map((cidr) => cidr.range),
);

export const INTERNET: AddressSet = subtract(ALL_ADDRESSES, NOT_INTERNET);

/**
 * The ends inside a block: the pods and nodes that bear an address of it, and the rest of it cut where rules tell addresses
 * apart.
 */
function endsOfBlock(situation: Situation, block: AddressSet, text: string): Resolved {
  const { inventory } = situation;
  const borne = [...inventory.podsAt.keys(), ...inventory.nodeAt.keys()].filter((address) => contains(block, address));
  const rest = subtract(block, unionOf([...new Set(borne)].map((start) => ({ start, end: start + 1n }))));
  return {
    kind: "ends",
    text,
    ends: [
      ...[...new Set(borne)].sort((a, b) => (a < b ? -1 : 1)).map((address) => endAt(inventory, address)),
      ...([4, 6] as const).flatMap((family): readonly End[] => {
        const where = rest.filter((interval: Interval<bigint>) => familyOf(interval.start) === family);
        return where.length === 0 ? [] : [{ kind: "outside", where }];
      }),
    ],
  };
}

/** The part of an outside end that lies in an atom; undefined when they do not meet. */
export function narrowed(end: End, where: AddressSet): End | undefined {
  const common = intersect(end.where, where);
  return common.length === 0 ? undefined : { ...end, where: common };
}

function missing(asked: string, known: readonly string[]): ReferenceError {
  const close = [...known]
    .map((text) => ({ text, distance: editDistance(asked.toLowerCase(), text.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ text }) => text);
  return {
    error: `there is no ${asked} in the input`,
    remedy: close.length === 0 ? "check the paths that were read" : `did you mean ${close.join(", ")}?`,
  };
}

/** Levenshtein distance; O(product of the lengths). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
