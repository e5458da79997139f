import * as fc from "fast-check";
import { blockAround, formatAddress, formatBlock, parseAddress } from "../naive/address.ts";
import type { RawAclRule, RawGroupRule, RawGroupSide, RawRuleTraffic } from "../naive/vpc-objects.ts";
import { chance, seldom, written } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { reference, resolve, resolveSome } from "./reference.ts";
import { namedProtocols, portRanges, serviceBlocks } from "./vpc-vocabulary.ts";

// Traffic

const range = fc.constantFrom(...portRanges);

const trafficDraft = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      protocol: fc.constantFrom("tcp" as const, "tcp" as const, "udp" as const),
      source: seldom(range, 3),
      destination: seldom(range, 2),
      /** As the API prints them: every field, also where all ports are meant. */
      isFull: chance(2, 3),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      protocol: fc.constant("icmp" as const),
      type: seldom(fc.constantFrom(8, 0, 13, 14, 3, 254), 2),
      code: seldom(fc.constantFrom(0, 1, 4, 255), 3),
    }),
  },
  /** The spellings of everything: which of them an action may have is another matter. */
  { weight: 7, arbitrary: fc.constantFrom("all", "icmp_tcp_udp", "any").map((protocol) => ({ protocol })) },
  { weight: 3, arbitrary: fc.constantFrom(...namedProtocols).map((protocol) => ({ protocol })) },
);
type TrafficDraft = DraftOf<typeof trafficDraft>;

function aclTraffic(draft: TrafficDraft, action: string): RawRuleTraffic {
  if ("source" in draft) {
    const { protocol, source, destination, isFull } = draft;
    const [first, second] = [source ?? (isFull ? portRanges[0] : null), destination ?? (isFull ? portRanges[0] : null)];
    return {
      protocol,
      ...(first === null ? {} : { source_port_min: first[0], source_port_max: first[1] }),
      ...(second === null ? {} : { destination_port_min: second[0], destination_port_max: second[1] }),
    };
  }
  if ("type" in draft) return icmpTraffic(draft);
  // A refusal of three protocols cannot be written.
  return { protocol: draft.protocol === "icmp_tcp_udp" && action === "deny" ? "any" : draft.protocol };
}

function icmpTraffic({ protocol, type, code }: Extract<TrafficDraft, { type: unknown }>): RawRuleTraffic {
  return { protocol, ...written({ type, code: type === null ? null : code }) };
}

// Sides

/** What the sides of rules lie around. */
export interface RuleSurroundings {
  /** The blocks of the subnets that the list is on, and of the others. */
  readonly own: readonly string[];
  readonly others: readonly string[];
  /** Addresses of workers, pods, servers and outside. */
  readonly addresses: readonly string[];
  readonly groups: readonly string[];
}

const ANY = "0.0.0.0/0";

const sideDraft = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("any" as const) },
    { weight: 4, arbitrary: fc.constant("subnet" as const) },
    { weight: 3, arbitrary: fc.constant("around" as const) },
    { weight: 1, arbitrary: fc.constant("half" as const) },
    { weight: 1, arbitrary: fc.constant("service" as const) },
    { weight: 2, arbitrary: fc.constant("address" as const) },
  ),
  pointer: reference,
  prefix: fc.constantFrom(32, 31, 29, 28, 24, 16, 10, 8, 1),
});
type SideDraft = DraftOf<typeof sideDraft>;

function sideText({ kind, pointer, prefix }: SideDraft, blocks: readonly string[], addresses: readonly string[]) {
  const address = resolveSome(pointer, addresses, (text) => text);
  const block = resolve(pointer, blocks, (text) => text);
  switch (kind) {
    case "any":
      return ANY;
    case "subnet":
      return block ?? ANY;
    case "half":
      return block === undefined ? ANY : halfOf(block, pointer % 2);
    case "service":
      return resolveSome(pointer, serviceBlocks, (text) => text);
    case "address":
      return address;
    case "around":
      return formatBlock(blockAround(parseAddress(address), prefix));
  }
}

/** The lower or the upper half. */
function halfOf(block: string, upper: number): string {
  const [base = "", prefix] = block.split("/");
  const { family, value } = parseAddress(base);
  const size = 1n << BigInt(31 - Number(prefix));
  return `${formatAddress({ family, value: value + BigInt(upper) * size })}/${Number(prefix) + 1}`;
}

// Rules of ACLs

export const aclRuleDraft = fc.record({
  action: fc.constantFrom("allow", "allow", "allow", "deny", "deny"),
  direction: fc.constantFrom("outbound" as const, "inbound" as const),
  traffic: trafficDraft,
  near: sideDraft,
  far: sideDraft,
  /** Followed by the rule for what comes back. */
  isMirrored: chance(1, 2),
});
export type AclRuleDraft = DraftOf<typeof aclRuleDraft>;

/** The rule, and where the draft says so its mirror. Ids are unique in the list by `number`. */
export function buildAclRules(
  { action, direction, traffic: draft, near, far, isMirrored }: AclRuleDraft,
  number: number,
  { own, others, addresses }: RuleSurroundings,
): readonly RawAclRule[] {
  const [here, there] = [sideText(near, own, addresses), sideText(far, others, addresses)];
  const [source, destination] = direction === "outbound" ? [here, there] : [there, here];
  const id = `rule-${number}`;
  const rule = { id, name: id, action, direction, source, destination, ...aclTraffic(draft, action) };
  return isMirrored ? [rule, mirrorOf(rule)] : [rule];
}

function mirrorOf(rule: RawAclRule): RawAclRule {
  const { id, action, direction, source, destination, protocol, type } = rule;
  return {
    id: `${id}-back`,
    name: `${id}-back`,
    action,
    direction: direction === "outbound" ? "inbound" : "outbound",
    source: destination,
    destination: source,
    protocol,
    ...written({
      source_port_min: rule.destination_port_min,
      source_port_max: rule.destination_port_max,
      destination_port_min: rule.source_port_min,
      destination_port_max: rule.source_port_max,
      type: type === 8 ? 0 : type,
    }),
  };
}

// Rules of groups

export const groupRuleDraft = fc.record({
  direction: fc.constantFrom("outbound", "inbound"),
  traffic: trafficDraft,
  local: seldom(sideDraft, 5),
  remote: sideDraft,
  remoteGroup: seldom(reference, 4),
});

export function buildGroupRule(
  { direction, traffic, local, remote, remoteGroup }: DraftOf<typeof groupRuleDraft>,
  number: number,
  { own, others, addresses, groups }: RuleSurroundings,
): RawGroupRule {
  const group = remoteGroup === null ? undefined : resolve(remoteGroup, groups, (id) => id);
  const blocks = [...own, ...others];
  return {
    id: `rule-${number}`,
    direction,
    ...groupTraffic(traffic),
    ...(local === null ? {} : { local: groupSide(sideText(local, blocks, addresses)) }),
    remote: group === undefined ? groupSide(sideText(remote, blocks, addresses)) : { id: group, name: group },
  };
}

function groupTraffic(draft: TrafficDraft): RawRuleTraffic {
  if ("type" in draft) return icmpTraffic(draft);
  if (!("destination" in draft)) return { protocol: draft.protocol };
  const [min, max] = draft.destination ?? portRanges[0];
  return {
    protocol: draft.protocol,
    ...(draft.destination === null && !draft.isFull ? {} : { port_min: min, port_max: max }),
  };
}

function groupSide(text: string): RawGroupSide {
  return text.includes("/") ? { cidr_block: text } : { address: text };
}
