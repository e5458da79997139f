import * as fc from "fast-check";
import type { RawCalicoRule, RawEntity, RawTier } from "../naive/calico-objects.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { chance, nameOf, seldom, written } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { buildIpBlock, ipBlockDraft } from "./ip-blocks.ts";
import type { IpBlockDraft } from "./ip-blocks.ts";
import { reference, resolve, resolveSome } from "./reference.ts";
import { accountSelectorText, endpointSelectorText, namespaceSelectorText } from "./selector-texts.ts";
import { accountNames, portNames, portNumbers, serviceNames, unusedPortName } from "./vocabulary.ts";

// Protocols and ports

const named = fc.constantFrom(...portNames, unusedPortName);
const port = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<number | string>(...portNumbers, 1, 65_535, "80") },
  { weight: 2, arbitrary: fc.constantFrom<number | string>("80:90", "53:80", "1:65535", "1024:65535", "8080:8080") },
  { weight: 3, arbitrary: named },
);
/** A list, in one of `of` cases. */
const some = <T>(element: fc.Arbitrary<T>, of: number) => seldom(fc.array(element, { minLength: 1, maxLength: 3 }), of);

const icmpType = fc.constantFrom(8, 13, 8, 13, 128, 139, 3);
const icmp = fc.oneof(
  icmpType.map((type) => ({ type })),
  fc.tuple(icmpType, fc.constantFrom(0, 0, 1)).map(([type, code]) => ({ type, code })),
);

/** The criteria that hang together: ports want a protocol with ports, names of them none; ICMP fields want ICMP. */
const trafficDraft = fc.oneof(
  { weight: 12, arbitrary: fc.constant({}) },
  {
    weight: 8,
    arbitrary: fc.record({
      protocol: fc.constantFrom<string | number>("TCP", "TCP", "UDP", "SCTP", 17),
      sourcePorts: some(port, 8),
      sourceNotPorts: some(port, 12),
      ports: some(port, 2),
      notPorts: some(port, 4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ ports: some(named, 2), notPorts: some(named, 3) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      protocol: fc.constantFrom("ICMP", "ICMP", "ICMPv6"),
      icmp: fc.option(icmp, { freq: 2 }),
      notICMP: fc.option(icmp, { freq: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<string | number>(47, 1, 58, 6, "UDPLite").map((protocol) => ({ protocol })) },
  { weight: 1, arbitrary: fc.constantFrom("TCP", "UDP", "SCTP", 47, 1).map((notProtocol) => ({ notProtocol })) },
);

export interface Traffic {
  readonly protocol?: string | number;
  readonly notProtocol?: string | number;
  readonly icmp?: { readonly type: number; readonly code?: number } | null;
  readonly notICMP?: { readonly type: number; readonly code?: number } | null;
  readonly sourcePorts?: readonly (string | number)[] | null;
  readonly sourceNotPorts?: readonly (string | number)[] | null;
  readonly ports?: readonly (string | number)[] | null;
  readonly notPorts?: readonly (string | number)[] | null;
}

// Sides

const serviceAccounts = fc.oneof(
  fc.subarray([...accountNames], { minLength: 1 }).map((names) => ({ names })),
  accountSelectorText.map((selector) => ({ selector })),
  fc
    .tuple(fc.constantFrom(...accountNames), accountSelectorText)
    .map(([name, selector]) => ({ names: [name], selector })),
);

/** Mostly one criterion, now and then several. */
const entityDraft = fc.record({
  nets: some(ipBlockDraft, 4),
  notNets: some(ipBlockDraft, 8),
  selector: seldom(endpointSelectorText, 2),
  notSelector: seldom(endpointSelectorText, 7),
  namespaceSelector: seldom(
    fc.oneof(
      { weight: 4, arbitrary: namespaceSelectorText },
      { weight: 2, arbitrary: fc.constantFrom("all()", "global()") },
    ),
    5,
  ),
  serviceAccounts: seldom(serviceAccounts, 9),
});
type EntityDraft = DraftOf<typeof entityDraft>;

/** Names a service instead of anything else, seldom one that is not there. */
const servicesDraft = fc.record({
  service: reference,
  namespace: reference,
  isOther: chance(1, 8),
  mayOmitNamespace: chance(2, 3),
});

// Rules

export const calicoRuleDraft = fc.record({
  action: fc.oneof(
    { weight: 5, arbitrary: fc.constant<string>("Allow") },
    { weight: 3, arbitrary: fc.constant<string>("Deny") },
    { weight: 2, arbitrary: fc.constant<string>("Pass") },
    { weight: 1, arbitrary: fc.constant<string>("Log") },
  ),
  traffic: trafficDraft.map((traffic): Traffic => traffic),
  family: fc.constantFrom<4 | 6>(4, 4, 6),
  saysFamily: chance(1, 6),
  /** The pod that the policy is on, and the other end of the packet. */
  own: seldom(entityDraft, 6),
  peer: fc.option(entityDraft, { freq: 3 }),
  services: seldom(servicesDraft, 3),
});
type CalicoRuleDraft = DraftOf<typeof calicoRuleDraft>;

/** What rules and policies of Calico refer to. */
export interface Surroundings {
  readonly inventory: Inventory;
  readonly services: readonly RawObject[];
  readonly tiers: readonly RawTier[];
}

/** `namespace` is the policy's; undefined for a global one. */
export function buildCalicoRule(
  draft: CalicoRuleDraft,
  direction: "ingress" | "egress",
  namespace: string | undefined,
  surroundings: Surroundings,
): RawCalicoRule {
  const { action, traffic, services } = draft;
  const { protocol, notProtocol } = traffic;
  const family = protocol === "ICMP" ? 4 : protocol === "ICMPv6" ? 6 : draft.family;
  const peerSide = direction === "ingress" ? "source" : "destination";
  const entity = (side: "source" | "destination"): RawEntity | undefined => {
    const isOfServices = services !== null && side === peerSide;
    const criteria = isOfServices
      ? { services: buildServices(services, namespace, surroundings) }
      : buildEntity(side === peerSide ? draft.peer : draft.own, family, surroundings.inventory);
    const ports = isOfServices && side === "destination" ? {} : portsOf(traffic, side);
    const all = { ...criteria, ...ports };
    return Object.keys(all).length === 0 ? undefined : all;
  };
  return {
    action,
    ...written({
      ipVersion: draft.saysFamily ? family : undefined,
      protocol,
      notProtocol,
      icmp: traffic.icmp,
      notICMP: traffic.notICMP,
      source: entity("source"),
      destination: entity("destination"),
    }),
  };
}

function portsOf(traffic: Traffic, side: "source" | "destination"): RawEntity {
  return side === "source"
    ? written({ ports: traffic.sourcePorts, notPorts: traffic.sourceNotPorts })
    : written({ ports: traffic.ports, notPorts: traffic.notPorts });
}

function buildEntity(draft: EntityDraft | null, family: 4 | 6, inventory: Inventory): RawEntity {
  if (draft === null) return {};
  const cidrs = (blocks: readonly IpBlockDraft[] | null, widest: number) =>
    blocks?.map(
      (block) =>
        buildIpBlock({ ...block, family, width: Math.min(block.width, widest), hasHostBits: false }, inventory).cidr,
    );
  const { nets, notNets, ...selectors } = draft;
  return written({ ...selectors, nets: cidrs(nets, 7), notNets: cidrs(notNets, 6) });
}

function buildServices(
  { service: pointer, namespace: elsewhere, isOther, mayOmitNamespace }: DraftOf<typeof servicesDraft>,
  namespace: string | undefined,
  { inventory, services }: Surroundings,
) {
  const found = isOther ? undefined : resolve(pointer, services, nameOf);
  const name = found === undefined ? serviceNames[0] : nameOf(found);
  const where = found?.metadata?.namespace ?? nameOf(resolveSome(elsewhere, inventory.namespaces, nameOf));
  return where === namespace && mayOmitNamespace ? { name } : { name, namespace: where };
}
