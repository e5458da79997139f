/** Subnets, gateways and what bears an address, a line each. */
import { type Address, addressText } from "../../net/address.ts";
import { protocolText } from "../../net/protocol.ts";
import { lineText } from "../../source/origin.ts";
import { knownAclOf, subnetOf } from "../../vpc/lookup.ts";
import type { Cluster, Interface, LoadBalancer, PublicGateway, Subnet, VpcInventory, Worker } from "../../vpc/model.ts";
import { align, type Line, styled } from "./lines.ts";
import { rangesText } from "./vpc-words.ts";
import { shortList } from "./words.ts";

/** Nothing where there are no rows. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): readonly Line[] {
  if (rows.length === 0) return [];
  const head = headings.map((text): Line => [styled("strong", text)]);
  return align([head, ...rows.map((row) => row.map((text): Line => [text]))]);
}

export function subnetTable(subnets: readonly Subnet[], inventory: VpcInventory): readonly Line[] {
  const gateways = new Map(inventory.publicGateways.map(({ id, name }) => [id, name]));
  return table(
    ["SUBNET", "ZONE", "ADDRESSES", "ACL", "GATEWAY", ""],
    subnets.map((subnet) => {
      const acl = knownAclOf(inventory, subnet);
      const isDefault = subnet.acl === undefined && acl !== undefined;
      return [
        subnet.name || subnet.id,
        subnet.zone,
        rangesText(subnet.addresses),
        `${acl?.name ?? subnet.acl ?? "not told"}${isDefault ? " (default)" : ""}`,
        subnet.publicGateway === undefined ? "none" : (gateways.get(subnet.publicGateway) ?? subnet.publicGateway),
        `(${lineText(subnet.origin)})`,
      ];
    }),
  );
}

export function gatewayTable(gateways: readonly PublicGateway[]): readonly Line[] {
  return table(
    ["PUBLIC GATEWAY", "ZONE", "ADDRESS", "STATUS", ""],
    gateways.map(({ name, zone, address, status, origin }) => [
      name,
      zone,
      addressOr(address, "not told"),
      status,
      `(${lineText(origin)})`,
    ]),
  );
}

/** Everything that bears an address. */
export function addressTable(interfaces: readonly Interface[], inventory: VpcInventory): readonly Line[] {
  const groups = new Map(inventory.groups.map(({ id, name }) => [id, name]));
  return table(
    ["ADDRESS", "KIND", "NAME", "SUBNET", "GROUPS", "FLOATING IP"],
    interfaces.map((each) => [
      each.addresses.map(addressText).join(", ") || "not told",
      each.kind,
      each.name,
      subnetOf(inventory, each)?.name ?? each.subnet ?? "not told",
      each.groups === undefined ? "not told" : shortList(each.groups.map((id) => groups.get(id) ?? id)) || "none",
      addressOr(each.floatingAddress, ""),
    ]),
  );
}

function addressOr(address: Address | undefined, otherwise: string): string {
  return address === undefined ? otherwise : addressText(address);
}

export function workerTable(workers: readonly Worker[]): readonly Line[] {
  return table(
    ["WORKER", "ZONE", "ADDRESS", "POOL", "VERSION", "STATE"],
    workers.map(({ id, zone, interfaces, pool = "", version = "", state = "" }) => [
      id,
      zone,
      interfaces.map(({ address }) => addressText(address)).join(", ") || "not told",
      pool,
      version,
      state,
    ]),
  );
}

export function clusterTable(clusters: readonly Cluster[]): readonly Line[] {
  return table(
    ["CLUSTER", "VERSION", "PODS", "SERVICES", ""],
    clusters.map(({ name, version = "", podRange, serviceRange, origin }) => [
      name,
      version,
      rangesText(podRange),
      rangesText(serviceRange),
      `(${lineText(origin)})`,
    ]),
  );
}

/** A load balancer with what stands behind each of its ports. */
export function balancerLines({ name, kind, isPublic, addresses, listeners, origin }: LoadBalancer): readonly Line[] {
  const where = `${isPublic ? "public" : "private"}, ${kind}, ${addresses.map(addressText).join(", ") || "address not told"}`;
  return [
    [styled("strong", `load balancer ${name}`), ` ${where} (${lineText(origin)})`],
    ...listeners.map(({ protocol, port, members }): Line => {
      const behind = members.map((member) => `${addressText(member.address)}:${member.port}`);
      return [`  ${protocolText(protocol).toUpperCase()} ${port} -> ${shortList(behind) || "nobody"}`];
    }),
  ];
}
