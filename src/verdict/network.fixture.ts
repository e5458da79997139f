/** For tests: what becomes of one packet between two ends, and where. */
import { isAddressError, parseAddress } from "../net/address.ts";
import { headerKind, protocolNumber } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { type End, endAt } from "../path/end.ts";
import { directPath } from "../path/path.ts";
import { CLUSTER } from "../path/seed-networks.fixture.ts";
import { type FixtureOptions, situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import type { Subnet, VpcInventory } from "../vpc/model.ts";
import { aclFrom, gatewayFrom, networksFrom, subnetFrom } from "../vpc/networks.fixture.ts";
import { judge, missingAt, type StageReport, type Verdict } from "./verdict.ts";

/** The end that a pod or node of the situation is, or that bears an address. */
export function endNamed({ inventory }: Situation, name: string): End {
  const pod = inventory.pods.find((one) => one.name === name);
  const node = inventory.nodes.find((one) => one.name === name);
  const address = pod?.addresses[0] ?? node?.addresses[0] ?? parseAddress(name);
  if (isAddressError(address)) throw new Error(`nothing is called ${name}`);
  return endAt(inventory, address);
}

/** `tcp 443`, `tcp 443 from 1024`, `icmp 8`, `4`. */
export function packetFrom(text: string): TrafficPoint {
  const [name = "", port = "0", , source = "40000"] = text.split(" ");
  const protocol = protocolNumber(name);
  if (protocol === undefined) throw new Error(`no protocol ${name}`);
  switch (headerKind(protocol)) {
    case "ports":
      return { protocol, first: Number(source), second: Number(port) };
    case "icmp":
      return { protocol, first: Number(port), second: 0 };
    case "none":
      return { protocol, first: 0, second: 0 };
  }
}

export function verdictOn(situation: Situation, from: string, to: string, packet: string): Verdict {
  return judge(
    situation,
    directPath(situation, endNamed(situation, from), endNamed(situation, to)),
    packetFrom(packet),
  );
}

/** `allowed`, `denied at acl outbound by deny-all-outbound`, `no-route: ...`, `undecided: FACT; FACT`. */
export function outcomeText({ kind, deciding }: Verdict): string {
  return deciding === undefined ? kind : `${kind} ${decidingText(deciding)}`;
}

function decidingText(report: StageReport): string {
  const { stage, network } = report;
  const missing = missingAt(report);
  if (missing.length > 0) return `at ${stage.name}: ${missing.map(({ text }) => text).join("; ")}`;
  if (stage.kind === "unrouted") return `at ${stage.name}: ${stage.reason}`;
  const rule = network?.decision?.kind === "rule" ? network.decision.rule.name : undefined;
  return `at ${stage.name}${rule === undefined ? "" : ` by ${rule}`}`;
}

/** The names of the stages that a packet passes, in order; with `-` in front those that were skipped. */
export function stageNames({ stages }: Verdict): readonly string[] {
  return stages.map(({ stage }) => (stage.kind === "skipped" ? `-${stage.name}` : stage.name));
}

/** Rules that let everything pass, one way each. */
export const OUT = "out: allow outbound any 0.0.0.0/0 0.0.0.0/0";
export const IN = "in: allow inbound any 0.0.0.0/0 0.0.0.0/0";

/** What differs from two open subnets of one VPC: their lists, and anything else. */
export interface Given extends Partial<VpcInventory> {
  /** The lists of the two subnets. */
  readonly rules?: readonly [first: readonly string[], second: readonly string[]];
  readonly first?: Partial<Subnet>;
  readonly second?: Partial<Subnet>;
  readonly assume?: FixtureOptions["assumptions"];
}

/** What becomes of a packet of the fixture's cluster between two subnets, as `outcomeText` says it. */
export function ask(from: string, to: string, packet: string, given: Given = {}): string {
  return outcomeText(verdictOf(from, to, packet, given));
}

export function verdictOf(from: string, to: string, packet: string, given: Given): Verdict {
  const { rules, first, second, assume = {}, ...rest } = given;
  const [one = [OUT, IN], two = [OUT, IN]] = rules ?? [];
  const vpc = networksFrom({
    subnets: [
      subnetFrom("subnet-1", "10.240.0.0/24", "zone-1", { acl: "acl-1", ...first }),
      subnetFrom("subnet-2", "10.240.64.0/24", "zone-2", { acl: "acl-2", ...second }),
    ],
    acls: [aclFrom("acl-1", one), aclFrom("acl-2", two)],
    ...rest,
  });
  return verdictOn(situationFrom(CLUSTER, { vpc, assumptions: assume }), from, to, packet);
}

/** A network in which a subnet with `first` reaches the internet by a gateway. */
export const GATEWAY = { first: { publicGateway: "gw" }, publicGateways: [gatewayFrom("gw", "zone-1")] } as const;
