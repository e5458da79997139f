/** For tests: a lab that stands for the time of a function, and looking at single packets in it. */
import { addressText, type Family, familyOf } from "../net/address.ts";
import { labCapabilities } from "../kernel/capabilities.ts";
import { loadRuleset, listTable } from "../kernel/nft.ts";
import { probe, type ProbeResult } from "../kernel/probe.ts";
import { openServers } from "../kernel/servers.ts";
import type { Situation } from "../situation/situation.ts";
import { up } from "./lab.ts";
import { type Realization, realize } from "./realize.ts";
import { type LabPlace, labPlaces, type LabPlan, planLab, type PlanOptions } from "./topology.ts";

/** The reason to skip a test of the kernel, or false. */
export function reasonToSkip(): string | false {
  const capabilities = labCapabilities();
  return capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");
}

export function realized(situation: Situation): Extract<Realization, { kind: "realized" }> {
  const result = realize(situation);
  if (result.kind === "unrealizable") throw new Error(result.obstacles.map(({ message }) => message).join("; "));
  return result;
}

let labs = 0;

/** A name that no other test and no other run uses at the same time. */
export function testLabName(): string {
  return `test-${process.pid}-${++labs}`;
}

export async function inLab(
  situation: Situation,
  work: (plan: LabPlan) => Promise<void>,
  options: PlanOptions = {},
): Promise<void> {
  const plan = planLab(realized(situation), testLabName(), options);
  const lab = await up(plan);
  try {
    await work(plan);
  } finally {
    await lab.down();
  }
}

/** The pod `shop/pod/NAME`, the node `node/NAME`, or `outside`. */
export function placeOf(plan: LabPlan, identity: string): LabPlace {
  const place = labPlaces(plan).find((candidate) => candidate.identity === identity);
  if (place === undefined) throw new Error(`the lab has no ${identity}`);
  return place;
}

export function addressOf(place: LabPlace, family: Family = 4): string {
  const address = place.addresses.find((candidate) => familyOf(candidate) === family);
  if (address === undefined) throw new Error(`${place.identity} has no address of family ${family}`);
  return addressText(address);
}

export type Question = {
  readonly family?: Family;
  /** Another address that the sender has. */
  readonly source?: string;
  /** Another address that the receiver has. */
  readonly destination?: string;
} & (
  | { readonly protocol: "tcp" | "udp"; readonly port: number; readonly sourcePort?: number }
  | { readonly protocol: "icmp" }
);

/** Sends one probe with a server at its destination. */
export async function ask(from: LabPlace, to: LabPlace, question: Question): Promise<ProbeResult> {
  const { family = 4, source = addressOf(from, family), destination = addressOf(to, family), ...traffic } = question;
  const { namespace, identity } = to;
  const servers = await openServers([{ namespace, address: destination, identity, ...traffic }]);
  try {
    return await probe(servers, { namespace: from.namespace, source, destination, ...traffic }, 400);
  } finally {
    await servers.close();
  }
}

/** Counts packets from now on with an nft rule of its own table, `hook` with its priority: `input priority 0`. */
export async function watch(
  namespace: string,
  name: string,
  hook: string,
  match: string,
): Promise<() => Promise<number>> {
  await loadRuleset(
    namespace,
    `table inet ${name} {\n chain watch {\n  type filter hook ${hook}; policy accept;\n  ${match} counter\n }\n}\n`,
  );
  return async () => {
    const listing = await listTable(namespace, { family: "inet", name });
    const packets = /packets (\d+)/.exec(listing ?? "")?.[1];
    if (packets === undefined) throw new Error(`no counter in table ${name} of ${namespace}`);
    return Number(packets);
  };
}
