/** Access lists, groups and routing tables, rule by rule. */
import { lineText } from "../../source/origin.ts";
import { addressText } from "../../net/address.ts";
import { knownAclOf } from "../../vpc/lookup.ts";
import type {
  Acl,
  FilterRule,
  GroupRule,
  NetworkDirection,
  RoutingTable,
  SecurityGroup,
  VpcInventory,
} from "../../vpc/model.ts";
import { align, type Line, styled } from "./lines.ts";
import { matchText, rangesText } from "./vpc-words.ts";

const DIRECTIONS: readonly NetworkDirection[] = ["inbound", "outbound"];

/** The rules of each direction in the order in which they count; after the last one everything is denied. */
export function aclLines(acl: Acl, inventory: VpcInventory): readonly Line[] {
  const users = inventory.subnets.filter((subnet) => knownAclOf(inventory, subnet) === acl).map(({ name }) => name);
  const use = users.length === 0 ? "of no subnet" : `of ${users.join(", ")}`;
  return [
    [styled("strong", `network ACL ${acl.name}`), ` ${use} (${lineText(acl.origin)})`],
    ...DIRECTIONS.flatMap((direction) => {
      const rules = acl.rules.filter((rule) => rule.direction === direction);
      const last: readonly Line[] = [["   "], [styled("faint", "deny")], [styled("faint", "everything else")]];
      return [[`  ${direction}`], ...align([...rules.map(aclRow), last])];
    }),
  ];
}

function aclRow(rule: FilterRule, index: number): readonly Line[] {
  return [
    [`  ${String(index + 1).padStart(3)}`],
    [styled(rule.action === "allow" ? "good" : "bad", rule.action)],
    [matchText(rule)],
    [`${rangesText(rule.source)} -> ${rangesText(rule.destination)}`],
    [`${rule.name} (${lineText(rule.origin)})`],
  ];
}

/** Allowed is what any rule names; the order means nothing. */
export function groupLines(group: SecurityGroup, { groups }: VpcInventory): readonly Line[] {
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  return [
    [styled("strong", `security group ${group.name}`), ` (${lineText(group.origin)})`],
    ...DIRECTIONS.flatMap((direction) => {
      const rules = group.rules.filter((rule) => rule.direction === direction);
      return [
        [`  ${direction}${rules.length === 0 ? ": nothing" : ""}`],
        ...align(rules.map((rule) => groupRow(rule, names))),
      ];
    }),
  ];
}

function groupRow(rule: GroupRule, names: ReadonlyMap<string, string>): readonly Line[] {
  const { remote } = rule;
  const peer =
    remote.kind === "group" ? `group ${names.get(remote.group) ?? remote.group}` : rangesText(remote.addresses);
  const local = rangesText(rule.local);
  return [
    ["     "],
    [styled("good", "allow")],
    [matchText(rule)],
    [`${rule.direction === "inbound" ? "from" : "to"} ${peer}${local === "any" ? "" : `, own address in ${local}`}`],
    [`(${lineText(rule.origin)})`],
  ];
}

export function routingTableLines({ name, routes, origin }: RoutingTable): readonly Line[] {
  return [
    [styled("strong", `routing table ${name}`), ` (${lineText(origin)})`],
    ...(routes.length === 0 ? [["  no routes of its own"]] : []),
    ...align(
      routes.map(({ destination, zone, action, nextHop }): readonly Line[] => [
        [`  ${rangesText(destination)}`],
        [zone],
        [action],
        [nextHop === undefined ? "" : addressText(nextHop)],
      ]),
    ),
  ];
}
