/** How much of each quota of the provider the networks use. */
import type { Origin } from "../../source/origin.ts";
import { counted } from "../../source/words.ts";
import type { VpcInventory } from "../../vpc/model.ts";
import type { SurveyedAcl, VpcSurvey } from "./survey.ts";
import { aclText } from "./wording.ts";

/** The provider's defaults of July 2026. */
const LIMITS = {
  rulesOfList: 200,
  listsOfVpc: 100,
  subnetsOfVpc: 100,
  vpcsOfRegion: 10,
  rulesOfGroup: 250,
  groupsOfVpc: 100,
  groupsOfInterface: 5,
  floatingAddressesOfZone: 40,
  tablesOfVpc: 50,
  routesOfTable: 200,
  subnetsOfApplicationBalancer: 15,
  subnetsOfNetworkBalancer: 1,
} as const;

export interface Quota {
  /** What has it, `access list "web"`. */
  readonly owner: string;
  readonly noun: string;
  readonly count: number;
  readonly limit: number;
  readonly origin: Origin;
  /** What would help. */
  readonly remedy: string;
}

/** Every quota that the input tells the use of. */
export function quotasOf({ lists, networks }: VpcSurvey): readonly Quota[] {
  return [
    ...lists.map(rulesOfList),
    ...quotasOfVpcs(networks),
    ...quotasOfMembers(networks),
    ...vpcsOfRegions(networks),
    ...floatingAddresses(networks),
  ];
}

function rulesOfList({ acl, dead }: SurveyedAcl): Quota {
  const idle = dead.length;
  return {
    owner: aclText(acl),
    noun: "rule",
    count: acl.rules.length,
    limit: LIMITS.rulesOfList,
    origin: acl.origin,
    remedy:
      idle === 0
        ? "join networks that touch into one CIDR, and rules that differ in one field"
        : `remove the ${counted(idle, "rule")} that ${idle === 1 ? "decides" : "decide"} nothing, and join networks that touch into one CIDR`,
  };
}

function quotasOfVpcs({ vpcs, subnets, acls, groups, routingTables }: VpcInventory): readonly Quota[] {
  const ofVpc = (id: string) => (one: { readonly vpc: string }) => one.vpc === id;
  return vpcs.flatMap(({ id, name, origin }) => {
    const shared = { owner: `VPC ${name}`, origin, remedy: "remove what nothing uses, or ask the provider for more" };
    return [
      { ...shared, noun: "access list", count: acls.filter(ofVpc(id)).length, limit: LIMITS.listsOfVpc },
      { ...shared, noun: "subnet", count: subnets.filter(ofVpc(id)).length, limit: LIMITS.subnetsOfVpc },
      { ...shared, noun: "security group", count: groups.filter(ofVpc(id)).length, limit: LIMITS.groupsOfVpc },
      { ...shared, noun: "routing table", count: routingTables.filter(ofVpc(id)).length, limit: LIMITS.tablesOfVpc },
    ];
  });
}

function quotasOfMembers({ groups, interfaces, routingTables, loadBalancers }: VpcInventory): readonly Quota[] {
  return [
    ...groups.map(({ name, rules, origin }) => ({
      owner: `security group "${name}"`,
      noun: "rule",
      count: rules.length,
      limit: LIMITS.rulesOfGroup,
      origin,
      remedy: "join networks that touch into one CIDR, or name a group instead of addresses",
    })),
    ...interfaces.map(({ kind, name, groups: own, origin }) => ({
      owner: `${kind} ${name}`,
      noun: "security group",
      count: own?.length ?? 0,
      limit: LIMITS.groupsOfInterface,
      origin,
      remedy: "join groups",
    })),
    ...routingTables.map(({ name, routes, origin }) => ({
      owner: `routing table ${name}`,
      noun: "route",
      count: routes.length,
      limit: LIMITS.routesOfTable,
      origin,
      remedy: "join destinations that touch into one CIDR",
    })),
    ...loadBalancers.map(({ name, kind, subnets: own, origin }) => ({
      owner: `${kind} load balancer ${name}`,
      noun: "subnet",
      count: own.length,
      limit: kind === "network" ? LIMITS.subnetsOfNetworkBalancer : LIMITS.subnetsOfApplicationBalancer,
      origin,
      remedy: "take subnets away, or make another load balancer",
    })),
  ];
}

/** A VPC does not say where it is; its subnets do: `us-south-1` is a zone of `us-south`. */
function vpcsOfRegions({ vpcs, subnets }: VpcInventory): readonly Quota[] {
  const regions = new Map<string, Set<string>>();
  for (const { zone, vpc } of subnets) {
    const region = zone.replace(/-?\d+$/, "");
    regions.set(region, (regions.get(region) ?? new Set()).add(vpc));
  }
  return [...regions].flatMap(([region, ids]) => {
    const last = vpcs.findLast(({ id }) => ids.has(id));
    if (last === undefined) return [];
    const remedy = "remove a VPC that nothing uses, or ask the provider for more";
    return [
      {
        owner: `region ${region}`,
        noun: "VPC",
        count: ids.size,
        limit: LIMITS.vpcsOfRegion,
        origin: last.origin,
        remedy,
      },
    ];
  });
}

/** Those of gateways count too. */
function floatingAddresses({ publicGateways, interfaces, subnets }: VpcInventory): readonly Quota[] {
  const zoneOf = new Map(subnets.map(({ id, zone }) => [id, zone]));
  const zones = new Map<string, Origin[]>();
  const count = (zone: string | undefined, origin: Origin): void => {
    if (zone !== undefined) zones.set(zone, [...(zones.get(zone) ?? []), origin]);
  };
  for (const { zone, origin } of publicGateways) count(zone, origin);
  for (const { subnet, floatingAddress, origin } of interfaces) {
    if (floatingAddress !== undefined && subnet !== undefined) count(zoneOf.get(subnet), origin);
  }
  return [...zones].flatMap(([zone, origins]) => {
    const last = origins.at(-1);
    if (last === undefined) return [];
    const remedy = "release addresses that nothing uses, or reach machines through a load balancer";
    return [
      {
        owner: `zone ${zone}`,
        noun: "floating IP",
        count: origins.length,
        limit: LIMITS.floatingAddressesOfZone,
        origin: last,
        remedy,
      },
    ];
  });
}
