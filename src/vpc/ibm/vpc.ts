/** VPCs, their address prefixes and subnets, as the API writes them. */
import { unionOf } from "../../net/intervals.ts";
import type { Cursor } from "../../resources/schema/cursor.ts";
import { boolean, list, required, string } from "../../resources/schema/types.ts";
import type { Subnet, Vpc } from "../model.ts";
import type { ReservedIp, VpcObject } from "../reading.ts";
import { addressField, addressHolder, blockField, identifier, named, originOf, parentOf, reference } from "./fields.ts";

const prefixes = list((at: Cursor) => blockField(at.enter("cidr")));

const serviceSources = list((at: Cursor): Vpc["serviceSources"] => {
  const address = addressHolder(at.enter("ip"));
  const zone = named(at.enter("zone"));
  return address === undefined ? [] : [{ zone, address }];
});

export function vpc(at: Cursor): readonly VpcObject[] {
  const value: Vpc = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    defaultAcl: reference(at.enter("default_network_acl")),
    defaultGroup: reference(at.enter("default_security_group")),
    defaultRoutingTable: reference(at.enter("default_routing_table")),
    prefixes: unionOf(prefixes(at.enter("address_prefixes")).flat()),
    serviceSources: serviceSources(at.enter("cse_source_ips")).flat(),
    classicAccess: boolean(at.enter("classic_access")),
    origin: originOf(at),
  };
  return [{ kind: "vpc", value }];
}

/** A prefix that stands by itself tells its VPC by its `href` only. */
export function addressPrefix(at: Cursor): readonly VpcObject[] {
  const value = {
    id: identifier(at.enter("id")),
    vpc: parentOf(at, "vpcs"),
    addresses: blockField(at.enter("cidr")),
    origin: originOf(at),
  };
  return [{ kind: "address prefix", value }];
}

const block = required(blockField, "write the CIDR of the subnet");

/** The subnet, and the addresses in it that are reserved where the export lists them. */
export function subnet(at: Cursor): readonly VpcObject[] {
  const id = identifier(at.enter("id"));
  const value: Subnet = {
    id,
    name: string(at.enter("name")),
    vpc: reference(at.enter("vpc")) ?? "",
    zone: named(at.enter("zone")),
    addresses: block(at.enter("ipv4_cidr_block")),
    acl: reference(at.enter("network_acl")),
    publicGateway: reference(at.enter("public_gateway")),
    routingTable: reference(at.enter("routing_table")),
    origin: originOf(at),
  };
  const reserved = reservedIps(at.enter("reserved_ips")).flat();
  return [
    { kind: "subnet", value },
    ...reserved.map((ip): VpcObject => ({ kind: "reserved ip", value: { ...ip, subnet: id } })),
  ];
}

function reserved(at: Cursor): readonly ReservedIp[] {
  const id = identifier(at.enter("id"));
  const address = addressField(at.enter("address"));
  const subnet = parentOf(at, "subnets");
  return address === undefined ? [] : [{ id, address, subnet, origin: originOf(at) }];
}

const reservedIps = list(reserved);

/** A reserved address that stands by itself. */
export function reservedIp(at: Cursor): readonly VpcObject[] {
  return reserved(at).map((value) => ({ kind: "reserved ip", value }));
}
