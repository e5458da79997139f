import * as fc from "fast-check";
import type { RawNode, RawPod } from "../naive/raw-objects.ts";
import { nameOf } from "./draft.ts";
import { inventory } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";
import { nodeName } from "./nodes.ts";
import { podAddresses, podRanges } from "./vocabulary.ts";
import { places, subnetId, subnetIdLabel, workerAddress, workerId, workerIdLabel, zoneOf } from "./vpc-vocabulary.ts";
import type { PlaceNumber } from "./vpc-vocabulary.ts";

/** The inventory of any world with its nodes as workers in subnets, and IPv4 only, as these networks are. */
export const workerInventory: fc.Arbitrary<Inventory> = fc
  .tuple(inventory, fc.array(fc.constantFrom(...places), { minLength: 3, maxLength: 3 }))
  .map(([{ namespaces, nodes, pods }, chosen]) => {
    const placeOfNode = (number: number) => chosen[number - 1] ?? 1;
    return {
      namespaces,
      nodes: nodes.map((node) => workerAt(numberOf(nameOf(node)), placeOfNode)),
      pods: pods.map((pod) => podOnWorker(pod, placeOfNode)),
    };
  });

function numberOf(name: string): number {
  return [1, 2, 3].find((number) => nodeName(number) === name) ?? 1;
}

function workerAt(number: number, placeOfNode: (number: number) => PlaceNumber): RawNode {
  const place = placeOfNode(number);
  const address = workerAddress(place, number);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: nodeName(number),
      labels: {
        [subnetIdLabel]: subnetId(place),
        "ibm-cloud.kubernetes.io/internal-ip": address,
        "topology.kubernetes.io/zone": zoneOf(place),
        // Not every node tells which worker it is.
        ...(number === 3 ? {} : { [workerIdLabel]: workerId(nodeName(number)) }),
      },
    },
    spec: { podCIDR: podRanges.v4(number), podCIDRs: [podRanges.v4(number)] },
    status: {
      addresses: [
        { type: "Hostname", address: nodeName(number) },
        { type: "InternalIP", address },
      ],
    },
  };
}

function podOnWorker(pod: RawPod, placeOfNode: (number: number) => PlaceNumber): RawPod {
  const number = numberOf(pod.spec?.nodeName ?? "");
  const host = workerAddress(placeOfNode(number), number);
  const { hostIP, hostIPs, podIP, podIPs, ...status } = pod.status ?? {};
  const own = pod.spec?.hostNetwork === true ? [host] : fourOf((podIPs ?? []).map(({ ip }) => ip));
  return {
    ...pod,
    status: {
      ...status,
      ...(hostIP === undefined && hostIPs === undefined ? {} : { hostIP: host, hostIPs: [{ ip: host }] }),
      ...(podIP === undefined ? {} : { podIP: own[0], podIPs: own.map((ip) => ({ ip })) }),
    },
  };
}

/** The IPv4 addresses; of a pod without one, that of its slot. */
function fourOf(addresses: readonly string[]): readonly string[] {
  const four = addresses.filter((address) => !address.includes(":"));
  if (four.length > 0) return four;
  return addresses.map((address) => {
    const [, node, suffix] = /^fd00:10:244:([0-9]+)::([0-9a-f]+)$/u.exec(address) ?? [];
    return podAddresses.v4(Number(node), Number.parseInt(suffix ?? "", 16) - 10);
  });
}
