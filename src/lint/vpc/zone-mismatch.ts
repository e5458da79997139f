/** Lists at the wrong subnet: what a list's name and rules tell of the zone and the subnet they were written for. */
import { equal } from "../../net/intervals.ts";
import type { Subnet } from "../../vpc/model.ts";
import { type AclView, remoteSide } from "./acl-view.ts";
import type { VpcSurvey } from "./survey.ts";

/**
 * The subnet that a list at one other subnet was written for: the list names its own subnet as the other side in each direction,
 * and every other one of the cluster, or of the VPC where no cluster is known there, but this one. Undefined where the list does
 * not look so.
 */
export function writtenFor({ acl, subnets }: AclView, { networks, clusters }: VpcSurvey): Subnet | undefined {
  const [here, ...more] = subnets;
  if (here === undefined || more.length > 0) return undefined;
  const named = (subnet: Subnet): boolean =>
    (["inbound", "outbound"] as const).every((direction) =>
      acl.rules.some(
        (rule) => rule.action === "allow" && rule.direction === direction && equal(remoteSide(rule), subnet.addresses),
      ),
    );
  if (!named(here)) return undefined;
  const cluster = clusters.find((one) => one.subnets.some(({ subnet }) => subnet === here));
  const all = cluster?.subnets.map(({ subnet }) => subnet) ?? networks.subnets.filter(({ vpc }) => vpc === here.vpc);
  const unnamed = all.filter((subnet) => subnet !== here && !named(subnet));
  return unnamed.length === 1 ? unnamed[0] : undefined;
}

/**
 * The zone in a list's name, in the form of the zones given: `us-south-2` of `shop-us-south-2-acl`, and of `shop-zone2` if a
 * zone is called so. Undefined where the name tells none, or several.
 */
export function zoneInName(name: string, zones: readonly string[]): string | undefined {
  const found = new Set<string>();
  for (const zone of zones) {
    const base = zone.replace(/\d+$/, "");
    if (base === zone || base === "") continue;
    const [, full] = new RegExp(`(?:^|[^a-z0-9])${escaped(base)}(\\d+)(?!\\d)`, "i").exec(name) ?? [];
    const [, short] = /(?:^|[^a-z0-9])z(?:one)?[-_]?(\d)(?![a-z0-9])/i.exec(name) ?? [];
    const number = full ?? short;
    if (number !== undefined) found.add(`${base}${number}`);
  }
  return found.size === 1 ? [...found][0] : undefined;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
