import * as fc from "fast-check";
import { isNode, isPod } from "../naive/raw-objects.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import type {
  RawAcl,
  RawAclRule,
  RawFloatingIp,
  RawInstance,
  RawNetworks,
  RawPublicGateway,
  RawSecurityGroup,
  RawSubnet,
  RawWorker,
} from "../naive/vpc-objects.ts";
import { chance, nameOf, seldom } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { reference, resolve } from "./reference.ts";
import { externalAddresses } from "./vocabulary.ts";
import { aclRuleDraft, buildAclRules, buildGroupRule, groupRuleDraft } from "./vpc-rules.ts";
import type { AclRuleDraft, RuleSurroundings } from "./vpc-rules.ts";
import {
  floatingAddress,
  gatewayAddress,
  places,
  serverAddress,
  clusterGroup,
  serviceAddresses,
  subnetBlock,
  subnetId,
  subnetIdLabel,
  workerId,
  zoneOf,
} from "./vpc-vocabulary.ts";
import type { PlaceNumber } from "./vpc-vocabulary.ts";

const vpc = { id: "vpc-1", name: "shop" };

// Drafts

const subnetDraft = fc.record({
  prefix: fc.constantFrom(24, 28, 26, 22),
  acl: reference,
  namesAcl: chance(9, 10),
  hasGateway: chance(3, 4),
  isUsed: chance(1, 3),
});

const aclDraft = fc.record({
  rules: fc.array(aclRuleDraft, { maxLength: 4, size: "max" }),
  /** What stands at the end of most lists. */
  end: fc.constantFrom("open", "open", "open", "outbound", "inbound", "closed", "nothing"),
});

const gatewayDraft = fc.record({
  status: fc.constantFrom("available", "available", "available", "available", "pending", "failed", "none"),
  tellsAddress: chance(5, 6),
});

const serverDraft = fc.record({
  number: fc.constantFrom(1, 2, 3),
  place: fc.constantFrom(...places),
  groups: fc.array(reference, { minLength: 1, maxLength: 2 }),
  hasFloatingAddress: chance(1, 2),
});

const groupDraft = fc.record({
  rules: fc.array(groupRuleDraft, { maxLength: 4 }),
  isOpen: chance(2, 3),
});

/** Networks before it is known who is in them. */
export const networksDraft = fc.record({
  subnets: fc.array(subnetDraft, { minLength: places.length, maxLength: places.length }),
  acls: fc.array(aclDraft, { maxLength: 3 }),
  defaultAcl: seldom(aclDraft, 3),
  defaultSpelling: fc.constantFrom("all", "icmp_tcp_udp", "any"),
  gateways: fc.array(gatewayDraft, { minLength: 3, maxLength: 3 }),
  servers: fc.uniqueArray(serverDraft, { maxLength: 3, selector: ({ number }) => number }),
  groups: fc.array(groupDraft, { minLength: 1, maxLength: 3 }),
  listsWorkers: fc.boolean(),
  /** The last group is named after the cluster. */
  namesGroup: chance(2, 3),
});
type NetworksDraft = DraftOf<typeof networksDraft>;

// Building

/** Networks in which every node and server has its subnet. */
export function buildNetworks(draft: NetworksDraft, objects: readonly RawObject[]): RawNetworks {
  const aclIds = draft.acls.map((_, index) => `acl-${index + 1}`);
  const public_gateways = draft.gateways.flatMap((gateway, index) => buildGateway(gateway, `us-south-${index + 1}`));
  const subnets = usedPlaces(draft, objects).map((place) => buildSubnet(draft, place, aclIds, public_gateways));
  const instances = draft.servers.map((server) => buildServer(server, draft.groups.length));
  const addresses = [...addressesOf(objects), ...instances.map(addressOf), ...outsideAddresses];
  const surroundings = (own: readonly RawSubnet[]): RuleSurroundings => ({
    own: own.map(blockOf),
    others: subnets.filter((subnet) => !own.includes(subnet)).map(blockOf),
    addresses,
    groups: draft.groups.map((_, index) => groupId(index)),
  });
  const acl = (id: string, rules: (around: RuleSurroundings) => readonly RawAclRule[]): RawAcl => {
    const own = subnets.filter(({ network_acl }) => (network_acl?.id ?? DEFAULT_ACL) === id);
    return {
      id,
      name: id,
      vpc,
      rules: rules(surroundings(own)),
      subnets: own.map(({ id: subnet }) => ({ id: subnet })),
    };
  };
  return {
    vpcs: [{ ...vpc, default_network_acl: { id: DEFAULT_ACL }, default_security_group: { id: groupId(0) } }],
    subnets,
    network_acls: [
      acl(DEFAULT_ACL, (around) =>
        draft.defaultAcl === null ? openRules(draft.defaultSpelling) : buildAcl(draft.defaultAcl, around),
      ),
      ...draft.acls.map((one, index) => acl(aclIds[index] ?? "", (around) => buildAcl(one, around))),
    ],
    public_gateways,
    floating_ips: draft.servers.flatMap(buildFloatingIp),
    security_groups: draft.groups.map((group, index) => {
      const isNamed = draft.namesGroup && index === draft.groups.length - 1;
      return { ...buildGroup(group, index, surroundings(subnets)), ...(isNamed ? { name: clusterGroup } : {}) };
    }),
    instances,
    ...(draft.listsWorkers ? { workers: buildWorkers(objects, subnets) } : {}),
  };
}

const DEFAULT_ACL = "acl-default";

const outsideAddresses = [...externalAddresses.filter((address) => !address.includes(":")), ...serviceAddresses];

function groupId(index: number): string {
  return `group-${index + 1}`;
}

function blockOf({ ipv4_cidr_block }: RawSubnet): string {
  return ipv4_cidr_block;
}

function addressOf({ network_interfaces }: RawInstance): string {
  return network_interfaces[0]?.primary_ip.address ?? "";
}

/** IPv4 addresses of nodes and pods. */
function addressesOf(objects: readonly RawObject[]): readonly string[] {
  const pods = objects.filter(isPod).flatMap(({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip));
  return [...new Set([...workersIn(objects).map(({ address }) => address), ...pods])];
}

interface PlacedWorker {
  readonly name: string;
  readonly address: string;
  readonly subnet: string;
}

function workersIn(objects: readonly RawObject[]): readonly PlacedWorker[] {
  return objects.filter(isNode).map((node) => ({
    name: nameOf(node),
    address: (node.status?.addresses ?? []).find(({ type }) => type === "InternalIP")?.address ?? "",
    subnet: node.metadata?.labels?.[subnetIdLabel] ?? "",
  }));
}

function usedPlaces({ subnets, servers }: NetworksDraft, objects: readonly RawObject[]): readonly PlaceNumber[] {
  const ofWorkers = new Set(workersIn(objects).map(({ subnet }) => subnet));
  return places.filter(
    (place, index) =>
      subnets[index]?.isUsed === true ||
      ofWorkers.has(subnetId(place)) ||
      servers.some((server) => server.place === place),
  );
}

function buildSubnet(
  { subnets }: NetworksDraft,
  place: PlaceNumber,
  aclIds: readonly string[],
  gateways: readonly RawPublicGateway[],
): RawSubnet {
  const draft = subnets[places.indexOf(place)];
  const acl = draft?.namesAcl === true ? resolve(draft.acl, [DEFAULT_ACL, ...aclIds], (id) => id) : undefined;
  const gateway = gateways.find(({ zone }) => zone.name === zoneOf(place));
  return {
    id: subnetId(place),
    name: subnetId(place),
    ipv4_cidr_block: subnetBlock(place, draft?.prefix ?? 24),
    zone: { name: zoneOf(place) },
    vpc,
    ...(acl === undefined ? {} : { network_acl: { id: acl, name: acl } }),
    ...(gateway === undefined || draft?.hasGateway !== true ? {} : { public_gateway: { id: gateway.id } }),
  };
}

function buildGateway(
  { status, tellsAddress }: DraftOf<typeof gatewayDraft>,
  zone: string,
): readonly RawPublicGateway[] {
  if (status === "none") return [];
  const id = `gateway-${zone}`;
  const address = tellsAddress ? { floating_ip: { address: gatewayAddress(zone) } } : {};
  return [{ id, name: id, vpc, zone: { name: zone }, status, ...address }];
}

function buildAcl({ rules, end }: DraftOf<typeof aclDraft>, around: RuleSurroundings): readonly RawAclRule[] {
  const own = rules.flatMap((rule: AclRuleDraft, index) => buildAclRules(rule, index + 1, around));
  if (end === "nothing") return own;
  const rest = openRules("any").map((rule) => {
    const isOpen = end === "open" || end === rule.direction;
    return isOpen ? rule : { ...rule, action: "deny" };
  });
  return [...own, ...rest];
}

function openRules(protocol: string): readonly RawAclRule[] {
  const [source, destination] = ["0.0.0.0/0", "0.0.0.0/0"];
  return (["outbound", "inbound"] as const).map((direction) => {
    const id = `everything-${direction}`;
    return { id, name: id, action: "allow", direction, source, destination, protocol };
  });
}

function buildGroup(
  { rules, isOpen }: DraftOf<typeof groupDraft>,
  index: number,
  around: RuleSurroundings,
): RawSecurityGroup {
  const open = ["outbound", "inbound"].map((direction) => ({
    id: `everything-${direction}`,
    direction,
    protocol: "any",
    remote: { cidr_block: "0.0.0.0/0" },
  }));
  const own = rules.map((rule, number) => buildGroupRule(rule, number + 1, around));
  return { id: groupId(index), name: groupId(index), vpc, rules: isOpen ? [...own, ...open] : own };
}

function buildServer(
  { number, place, groups, hasFloatingAddress }: DraftOf<typeof serverDraft>,
  groupCount: number,
): RawInstance {
  const ids = Array.from({ length: groupCount }, (_, index) => groupId(index));
  const own = new Set(groups.flatMap((pointer) => resolve(pointer, ids, (id) => id) ?? []));
  return {
    id: `server-${number}`,
    name: `server-${number}`,
    vpc,
    zone: { name: zoneOf(place) },
    network_interfaces: [
      {
        id: interfaceId(number),
        name: "primary",
        primary_ip: { address: serverAddress(place, number) },
        subnet: { id: subnetId(place) },
        security_groups: [...own].map((id) => ({ id, name: id })),
        floating_ips: hasFloatingAddress ? [{ id: `floating-${number}`, address: floatingAddress(number) }] : [],
        allow_ip_spoofing: false,
      },
    ],
  };
}

function interfaceId(number: number): string {
  return `interface-${number}`;
}

function buildFloatingIp({ number, place, hasFloatingAddress }: DraftOf<typeof serverDraft>): readonly RawFloatingIp[] {
  if (!hasFloatingAddress) return [];
  const target = { id: interfaceId(number), name: "primary", resource_type: "network_interface" };
  const id = `floating-${number}`;
  return [
    { id, name: id, address: floatingAddress(number), zone: { name: zoneOf(place) }, status: "available", target },
  ];
}

function buildWorkers(objects: readonly RawObject[], subnets: readonly RawSubnet[]): readonly RawWorker[] {
  return workersIn(objects).map(({ name, address, subnet: subnetID }) => {
    const subnet = subnets.find(({ id }) => id === subnetID);
    return {
      id: workerId(name),
      location: subnet?.zone.name ?? "",
      networkInterfaces: [{ subnetID, ipAddress: address, cidr: subnet?.ipv4_cidr_block ?? "", primary: true }],
    };
  });
}
