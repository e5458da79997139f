/** For tests: a VPC lab for the time of a function, packets as short texts, and what became of them likewise. */
import { protocolNumber } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import { addressFrom } from "../../vpc/networks.fixture.ts";
import { testLabName } from "../standing.fixture.ts";
import type { LegFate, PacketFate } from "./fates.ts";
import type { VpcPacket } from "./packets.ts";
import { VpcLab } from "./vpc-lab.ts";
import { planVpcLab, type VpcPlanOptions } from "./vpc-plan.ts";

export async function inVpcLab(
  inventory: VpcInventory,
  addresses: readonly string[],
  work: (lab: VpcLab) => Promise<void>,
  options: VpcPlanOptions = {},
): Promise<void> {
  const lab = await VpcLab.up(planVpcLab(inventory, addresses.map(addressFrom), testLabName(), options));
  try {
    await work(lab);
  } finally {
    await lab.down();
  }
}

/** `tcp/443`, `udp/53 from 4000`, `icmp/8`, `icmp/3.4`, `4`. */
export function traffic(text: string): TrafficPoint {
  const [, name = "", first, second, source] = /^(\w+)(?:\/(\d+)(?:\.(\d+))?)?(?: from (\d+))?$/.exec(text) ?? [];
  const protocol = protocolNumber(name);
  if (protocol === undefined) throw new Error(`no traffic: ${text}`);
  if (first === undefined) return { protocol, first: 0, second: 0 };
  return name === "icmp"
    ? { protocol, first: Number(first), second: Number(second ?? 0) }
    : { protocol, first: Number(source ?? 40_000), second: Number(first) };
}

export function packet(from: string, to: string, what: string, reply?: string): VpcPacket {
  return {
    from: addressFrom(from),
    to: addressFrom(to),
    traffic: traffic(what),
    ...(reply === undefined ? {} : { reply: reply === "none" ? "none" : traffic(reply) }),
  };
}

/** `delivered`, `delivered, reply delivered`, `dropped by deny-all-inbound (zone1 inbound)`, `no-route`. */
export function fateText({ request, reply }: PacketFate): string {
  return reply === undefined ? legText(request) : `${legText(request)}, reply ${legText(reply)}`;
}

function legText(fate: LegFate): string {
  if (fate.kind !== "dropped") return fate.kind;
  const { rule, subnet, direction } = fate.at;
  return `dropped by ${rule?.name ?? "no rule"} (${subnet.name} ${direction})`;
}

/** What becomes of packets, as lines `FROM TO TRAFFIC: FATE`. */
export async function fatesOf(lab: VpcLab, packets: readonly VpcPacket[]): Promise<readonly string[]> {
  return (await lab.probe(packets)).map(fateText);
}

/** Rules that have seen packets, with how many: `zone1 outbound deny-all-outbound 2`. */
export async function countsOf(lab: VpcLab): Promise<readonly string[]> {
  return (await lab.counters())
    .filter(({ packets }) => packets > 0)
    .map(({ judge: { subnet, direction, rule }, packets }) => `${subnet.name} ${direction} ${rule?.name} ${packets}`);
}
