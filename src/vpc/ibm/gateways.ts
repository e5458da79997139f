/** Public gateways, floating addresses and endpoint gateways, as the API writes them. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import { list, required, string } from "../../resources/schema/types.ts";
import type { EndpointGateway, FloatingIp, VpcObject } from "../reading.ts";
import { addressField, addressHolder, identifier, named, originOf, parentOf, reference, references } from "./fields.ts";

const status = required(string, "write the status, such as available");

export function publicGateway(at: Cursor): readonly VpcObject[] {
  const value = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    vpc: reference(at.enter("vpc")) ?? "",
    zone: named(at.enter("zone")),
    address: addressHolder(at.enter("floating_ip")),
    status: status(at.enter("status")),
    origin: originOf(at),
  };
  return [{ kind: "public gateway", value }];
}

/** Nothing for an address that is not assigned yet. */
export function floatingIp(at: Cursor): readonly VpcObject[] {
  const id = identifier(at.enter("id"));
  const address = addressField(at.enter("address"));
  const target = reference(at.enter("target"));
  if (address === undefined) return [];
  const value: FloatingIp = { id, address, target, origin: originOf(at) };
  return [{ kind: "floating ip", value }];
}

const ips = list((at: Cursor) => ({
  id: identifier(at.enter("id")),
  address: addressField(at.enter("address")),
  subnet: parentOf(at, "subnets"),
}));

export function endpointGateway(at: Cursor): readonly VpcObject[] {
  const value: EndpointGateway = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    groups: at.has("security_groups") ? references(at.enter("security_groups")) : undefined,
    ips: ips(at.enter("ips")),
    origin: originOf(at),
  };
  return [{ kind: "endpoint gateway", value }];
}
