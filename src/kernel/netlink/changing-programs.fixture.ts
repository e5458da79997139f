/** For tests and benchmarks: programs that change all the time, and never in what they do to two flows. */
import { EMPTY_PROGRAM } from "../../dataplane/program.fixture.ts";
import type { ClassEntry, FamilyProgram, PairEntry, Program, Target, TrafficChain } from "../../dataplane/program.ts";
import { type Address, isAddressError, parseAddress } from "../../net/address.ts";
import { TCP, UDP } from "../../net/protocol.ts";
import { NO_TRAFFIC, toPorts, unionTraffic } from "../../net/traffic.ts";
import type { TestPod } from "../pods.fixture.ts";

/** Where the flows go. */
export const PORT = 5000;

export function addressOf(pod: TestPod): Address {
  const address = parseAddress(pod.v4);
  if (isAddressError(address)) throw new Error(address.reason);
  return address;
}

const OPEN: readonly TrafficChain[] = [
  { name: "traffic_open", traffic: toPorts(UDP, [{ start: PORT, end: PORT + 1 }]), logged: NO_TRAFFIC },
  {
    name: "traffic_wide",
    traffic: unionTraffic(toPorts(UDP, [{ start: 1, end: 65_536 }]), toPorts(TCP, [{ start: 80, end: 81 }])),
    logged: NO_TRAFFIC,
  },
];
const SHUT: TrafficChain = {
  name: "traffic_shut",
  traffic: toPorts(TCP, [{ start: 80, end: 81 }]),
  logged: NO_TRAFFIC,
};

/**
 * Program number `n`: everything changes from one to the next, but not whether the two flows of UDP may pass: from the first pod
 * to the second, and from the third to the second.
 */
export function programNumber(
  n: number,
  [allowed, receiver, forbidden]: readonly [TestPod, TestPod, TestPod],
): Program {
  const pod = addressOf(receiver);
  const openTargets: readonly Target[] = [{ kind: "admit" }, ...OPEN.map(chainTarget)];
  const open = openTargets[n % openTargets.length] ?? { kind: "admit" };
  const shut = n % 2 === 0 ? undefined : chainTarget(SHUT);
  // As a compiler numbers its classes: one that comes first shifts all others.
  const others = Array.from({ length: n % 7 }, (_, i) => ({
    address: 0x0b00_0000n + BigInt(n * 16 + i),
    peerClass: i + 1,
  }));
  const [openClass, shutClass] =
    n % 2 === 0 ? [others.length + 1, others.length + 2] : [others.length + 2, others.length + 1];
  const pair = (peerClass: number, target: Target): PairEntry => ({ peerClass, pod, target });
  const at = (address: Address, peerClass: number, size = 1n): ClassEntry => ({
    block: { start: address, end: address + size },
    peerClass,
  });
  const v4: FamilyProgram = {
    ...EMPTY_PROGRAM.families[0],
    isolatedIngress: n % 3 === 0 ? [pod] : [pod, 0x0c00_0001n],
    addressClasses: [
      ...others.map(({ address, peerClass }) => at(address, peerClass)),
      at(addressOf(allowed), openClass),
      at(addressOf(forbidden), shutClass),
    ],
    blockClasses: n % 4 === 0 ? [] : [at(0n, others.length + 3, BigInt(n))],
    ingress: [
      ...others.map(({ peerClass }) => pair(peerClass, open)),
      pair(openClass, open),
      ...(shut === undefined ? [] : [pair(shutClass, shut)]),
      pair(others.length + 3, chainTarget(SHUT)),
    ],
  };
  const used = new Set(v4.ingress.map(({ target }) => (target.kind === "traffic" ? target.chain : "")));
  return {
    ...EMPTY_PROGRAM,
    generation: 1 + Math.floor(n / 3),
    families: [v4, EMPTY_PROGRAM.families[1]],
    trafficChains: [...OPEN, SHUT].filter(({ name }) => used.has(name)),
  };
}

function chainTarget({ name }: TrafficChain): Target {
  return { kind: "traffic", chain: name };
}
