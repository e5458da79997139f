/** Pods behind a node that routes between them, for one measurement. */
import { loadRuleset } from "../../src/kernel/nft.ts";
import { makePods, removePods, TEST_PREFIX, type TestPod } from "../../src/kernel/pods.fixture.ts";
import { startReaper } from "../../src/kernel/reaper.ts";
import { writeSysctls } from "../../src/kernel/sysctls.ts";

export interface Wires {
  readonly node: string;
  readonly sender: TestPod;
  readonly receiver: TestPod;
  /** A second sender. */
  readonly other: TestPod;
}

/** Follows connections, and asks nothing of packets that are forwarded. */
const TRACKING = "table inet tracking {\nchain input {\ntype filter hook input priority 0\nct state new accept\n}\n}\n";

/**
 * Makes one node with three pods for each name, does the work, and removes them; they go too if this process is ended. The
 * nodes follow connections, whether a program is loaded or not.
 */
export async function onWires<const N extends readonly string[]>(
  names: N,
  work: (wires: { readonly [K in keyof N]: Wires }) => Promise<void>,
): Promise<void>;
export async function onWires(
  names: readonly string[],
  work: (wires: readonly Wires[]) => Promise<void>,
): Promise<void> {
  const reaper = await startReaper(TEST_PREFIX);
  try {
    const wires: Wires[] = [];
    for (const name of names) wires.push(await makeWires(name));
    await work(wires);
  } finally {
    for (const name of names) await removePods(name);
    await reaper.reap();
  }
}

async function makeWires(name: string): Promise<Wires> {
  const { node, pods } = await makePods(name, 3);
  const [sender, receiver, other] = pods;
  if (sender === undefined || receiver === undefined || other === undefined)
    throw new Error("three pods were asked for");
  await loadRuleset(node, TRACKING);
  // Connections of one packet must not fill the table before the next round.
  writeSysctls(node, { "net.netfilter.nf_conntrack_udp_timeout": 1 });
  return { node, sender, receiver, other };
}
