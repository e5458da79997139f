/** Routing tables and routes, as the API writes them: inside each other, or each for itself. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import { list, oneOf, required, string } from "../../resources/schema/types.ts";
import type { VpcObject, WrittenRoute, WrittenRoutingTable } from "../reading.ts";
import { addressHolder, blockField, identifier, named, originOf, parentOf, reference, references } from "./fields.ts";

const action = oneOf(["deliver", "delegate", "delegate_vpc", "drop"] as const, "deliver");
const destination = required(blockField, "write the CIDR that the route is for");

export function routingTable(at: Cursor): readonly VpcObject[] {
  const value: WrittenRoutingTable = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    vpc: reference(at.enter("vpc")) ?? parentOf(at, "vpcs"),
    routes: references(at.child("routes")),
    origin: originOf(at),
  };
  const routes = list((item: Cursor) => (item.has("destination") ? route(item) : []))(at.enter("routes"));
  return [{ kind: "routing table", value }, ...routes.flat()];
}

export function route(at: Cursor): readonly VpcObject[] {
  const hop = at.enter("next_hop");
  const value: WrittenRoute = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    zone: named(at.enter("zone")),
    destination: destination(at.enter("destination")),
    action: action(at.enter("action")),
    // Otherwise the next hop is a VPN connection; actions other than deliver write 0.0.0.0.
    nextHop: hop.has("address") ? addressHolder(hop) : undefined,
    origin: originOf(at),
  };
  return [{ kind: "route", value }];
}
