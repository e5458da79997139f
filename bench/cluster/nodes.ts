/** The machines of a generated cluster. */
import { nodeAddresses, podCidrs } from "./addresses.ts";
import { type KubernetesObject, MOMENT } from "./objects.ts";
import { nodeName } from "./placement.ts";
import type { Random } from "./random.ts";

const ZONES = ["a", "b", "c"] as const;

export function nodeObject(index: number, dualStack: boolean, random: Random): KubernetesObject {
  const name = nodeName(index);
  const cidrs = podCidrs(index, dualStack);
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      creationTimestamp: MOMENT,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "kubernetes.io/arch": "amd64",
        "topology.kubernetes.io/zone": `zone-${ZONES[index % ZONES.length]}`,
        "node.kubernetes.io/instance-type": random.pick(["large", "xlarge"]),
      },
    },
    spec: { podCIDR: cidrs[0] ?? "", podCIDRs: cidrs, providerID: `example://${name}` },
    status: {
      addresses: [
        ...nodeAddresses(index, dualStack).map((address) => ({ type: "InternalIP", address })),
        { type: "Hostname", address: name },
      ],
      capacity: { cpu: "16", memory: "65758156Ki", pods: "110" },
      allocatable: { cpu: "15890m", memory: "62734284Ki", pods: "110" },
      conditions: [{ type: "Ready", status: "True", lastHeartbeatTime: MOMENT, reason: "KubeletReady" }],
      nodeInfo: { architecture: "amd64", kernelVersion: "6.18.0", kubeletVersion: "v1.34.2", operatingSystem: "linux" },
    },
  };
}
