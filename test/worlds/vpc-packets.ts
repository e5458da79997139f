import * as fc from "fast-check";
import { formatAddress, parseAddress, parseCidr } from "../naive/address.ts";
import type { Block } from "../naive/address.ts";
import type { RawObject, RawPacket } from "../naive/raw-objects.ts";
import { isService, subnetOf } from "../naive/vpc-networks.ts";
import type { RawAclRule, RawGroupRule, RawNetworks } from "../naive/vpc-objects.ts";
import { written } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { endsOf, isRoutable } from "./packet-ends.ts";
import { reference, resolve } from "./reference.ts";
import { besideServices, isOwnPublic, otherProtocols, serviceAddresses } from "./vpc-vocabulary.ts";

type EndKind = "pod" | "worker" | "server" | "service" | "outside" | "floating";

/** Only packets from outside go to floating addresses, and most of them do. */
const pairOfEnds: fc.Arbitrary<readonly [EndKind, EndKind]> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.tuple(
      fc.constantFrom("pod", "worker", "server"),
      fc.constantFrom("pod", "pod", "worker", "worker", "server", "server", "service", "outside"),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom("outside", "outside", "outside", "service"),
      fc.constantFrom("floating", "floating", "floating", "server", "worker", "pod"),
    ),
  },
);

/** A packet of a random world before the world is known: from whom to whom, and the rule at whose borders it stands. */
export const networkPacketDraft = fc.record({
  ends: pairOfEnds,
  source: reference,
  destination: reference,
  rule: reference,
  sourcePort: reference,
  destinationPort: reference,
  /** What the packet is where the rule leaves it open. */
  protocol: fc.constantFrom("TCP" as const, "TCP" as const, "UDP" as const, "ICMP" as const, ...otherProtocols),
  icmpType: fc.constantFrom(8, 8, 0, 13, 14, 3, 254),
});
export type NetworkPacketDraft = DraftOf<typeof networkPacketDraft>;

/**
 * The packets the drafts stand for, all of IPv4: between pods, workers, servers, the provider's services and the internet, each
 * with addresses where rules have borders, and with the ports and protocols of a rule and their neighbours. A draft whose ends
 * do not exist here is left out.
 */
export function buildNetworkPackets(
  drafts: readonly NetworkPacketDraft[],
  objects: readonly RawObject[],
  networks: RawNetworks,
): RawPacket[] {
  const ends = networkEnds(objects, networks);
  const rules = rulesOf(networks);
  return drafts.flatMap((draft) => {
    const [from, to] = draft.ends;
    const source = resolve(draft.source, ends[from], (text) => text);
    const others = ends[to].filter((address) => address !== source);
    const destination = resolve(draft.destination, others, (text) => text);
    if (source === undefined || destination === undefined) return [];
    const rule = resolve(draft.rule, rules, ({ id }) => id);
    return [{ source, destination, ...trafficOf(draft, rule) }];
  });
}

function networkEnds(
  objects: readonly RawObject[],
  networks: RawNetworks,
): Readonly<Record<EndKind, readonly string[]>> {
  const { pods, nodes, others } = endsOf(objects);
  const text = (addresses: typeof pods) => addresses.filter(({ family }) => family === 4).map(formatAddress);
  const interfaces = (networks.instances ?? []).flatMap(({ network_interfaces }) => network_interfaces);
  const borders = rulesOf(networks).flatMap(blocksOf).flatMap(bordersOf);
  const elsewhere = (address: string) => subnetOf(networks, parseAddress(address)) === undefined;
  return {
    pod: text(pods),
    worker: text(nodes),
    server: interfaces.map(({ primary_ip }) => primary_ip.address),
    floating: interfaces.flatMap(({ floating_ips }) => (floating_ips ?? []).map(({ address }) => address)),
    service: [...serviceAddresses],
    outside: [...new Set([...text(others), ...borders, ...besideServices])].filter(
      (address) => elsewhere(address) && !isService(parseAddress(address)) && !isOwnPublic(address),
    ),
  };
}

function rulesOf({ network_acls, security_groups }: RawNetworks): readonly (RawAclRule | RawGroupRule)[] {
  return [...(network_acls ?? []), ...(security_groups ?? [])].flatMap(({ id, rules }): (RawAclRule | RawGroupRule)[] =>
    rules.map((rule) => ({ ...rule, id: `${id}/${rule.id}` })),
  );
}

function blocksOf(rule: RawAclRule | RawGroupRule): readonly Block[] {
  const texts =
    "source" in rule
      ? [rule.source, rule.destination]
      : [rule.remote.cidr_block ?? rule.remote.address, rule.local?.cidr_block ?? rule.local?.address];
  return texts.flatMap((text) => (text === undefined ? [] : [parseCidr(text.includes("/") ? text : `${text}/32`)]));
}

function bordersOf({ family, first, last }: Block): readonly string[] {
  const values = [first, last, first - 1n, last + 1n];
  return values
    .map((value) => ({ family, value }))
    .filter(isRoutable)
    .map(formatAddress);
}

// Traffic

type Traffic = Omit<RawPacket, "source" | "destination">;

function trafficOf(draft: NetworkPacketDraft, rule: RawAclRule | RawGroupRule | undefined): Traffic {
  const protocol = rule === undefined ? draft.protocol : (named.get(rule.protocol) ?? draft.protocol);
  if (protocol === "ICMP") return { protocol, icmpType: rule?.type ?? draft.icmpType, icmpCode: rule?.code ?? 0 };
  if (protocol !== "TCP" && protocol !== "UDP" && protocol !== 132) return { protocol };
  const sources = neighbours([rule?.source_port_min, rule?.source_port_max, 40_000]);
  const destinations = neighbours([
    rule?.destination_port_min ?? rule?.port_min,
    rule?.destination_port_max ?? rule?.port_max,
    80,
  ]);
  return {
    protocol: protocol === 132 ? "SCTP" : protocol,
    ...written({
      sourcePort: resolve(draft.sourcePort, sources, String),
      destinationPort: resolve(draft.destinationPort, destinations, String),
    }),
  };
}

const named: ReadonlyMap<string, RawPacket["protocol"]> = new Map<string, RawPacket["protocol"]>([
  ["tcp", "TCP"],
  ["udp", "UDP"],
  ["icmp", "ICMP"],
  ["ip_in_ip", 4],
  ["gre", 47],
  ["esp", 50],
  ["sctp", 132],
  ["number_99", 99],
]);

/** Port 0 is in no packet that asks for anything. */
function neighbours(ports: readonly (number | undefined)[]): readonly number[] {
  const near = ports.flatMap((port) => (port === undefined ? [] : [port - 1, port, port + 1]));
  return [...new Set(near)].filter((port) => 1 <= port && port <= 65_535);
}
