/** For tests: pods as namespaces, each behind a link of its own to a node that routes between them. */
import { type LabCapabilities, labCapabilities } from "./capabilities.ts";
import { createNamespaces, deleteNamespaces, ipBatch, listNamespaces } from "./namespaces.ts";
import { PROBE_SYSCTLS, writeSysctls } from "./sysctls.ts";

export const TEST_PREFIX = `pcltest-${process.pid}-`;

/** The reason to skip a test, or false. */
export function reasonToSkip(capabilities: LabCapabilities = labCapabilities()): string | false {
  return capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");
}

export interface TestPod {
  readonly namespace: string;
  readonly v4: string;
  readonly v6: string;
  /** A second IPv4 address. */
  readonly second: string;
}

/** The node's own addresses. */
export const NODE_V4 = "10.77.2.1";
export const NODE_V6 = "fd77:2::1";

export interface TestPods {
  readonly node: string;
  readonly pods: readonly TestPod[];
}

export async function makePods(name: string, count: number): Promise<TestPods> {
  const node = `${TEST_PREFIX}${name}-node`;
  const pods = Array.from({ length: count }, (_, index): TestPod => {
    const number = index + 1;
    return {
      namespace: `${TEST_PREFIX}${name}-pod${number}`,
      v4: `10.77.0.${number}`,
      v6: `fd77::${number.toString(16)}`,
      second: `10.77.1.${number}`,
    };
  });
  await createNamespaces([node, ...pods.map(({ namespace }) => namespace)]);
  writeSysctls(node, { "net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1, ...PROBE_SYSCTLS });
  await ipBatch(
    [
      "link set lo up",
      `address add ${NODE_V4}/32 dev lo`,
      `address add ${NODE_V6}/128 dev lo nodad`,
      ...pods.flatMap(({ namespace, v4, v6, second }, index) => [
        `link add pod${index} type veth peer name eth0 netns ${namespace}`,
        `link set pod${index} up`,
        `address add 169.254.1.1/32 dev pod${index}`,
        `address add fe80::1/64 dev pod${index} nodad`,
        `route add ${v4}/32 dev pod${index}`,
        `route add ${second}/32 dev pod${index}`,
        `route add ${v6}/128 dev pod${index}`,
      ]),
    ],
    node,
  );
  await Promise.all(
    pods.map(async ({ namespace, v4, v6, second }) => {
      writeSysctls(namespace, PROBE_SYSCTLS);
      await ipBatch(
        [
          "link set lo up",
          "link set eth0 up",
          `address add ${v4}/32 dev eth0`,
          `address add ${second}/32 dev eth0`,
          `address add ${v6}/128 dev eth0 nodad`,
          "route add 169.254.1.1 dev eth0 scope link",
          "route add default via 169.254.1.1",
          "route add default via fe80::1 dev eth0",
        ],
        namespace,
      );
    }),
  );
  return { node, pods };
}

export async function removePods(name: string): Promise<void> {
  await deleteNamespaces(listNamespaces(`${TEST_PREFIX}${name}`));
}
