/** Load balancers with their listeners and pools, as the API writes them: inside each other, or each for itself. */
import type { Address } from "../../net/address.ts";
import { TCP, UDP } from "../../net/protocol.ts";
import type { Cursor } from "../../resources/schema/cursor.ts";
import { portNumberObjection } from "../../resources/schema/syntax.ts";
import { boolean, checked, integer, list, oneOf, record, required } from "../../resources/schema/types.ts";
import { string } from "../../resources/schema/types.ts";
import type { Listener, Pool, PoolMember, VpcObject, WrittenLoadBalancer } from "../reading.ts";
import { addressField, addressHolder, identifier, originOf, portRange, reference, references } from "./fields.ts";

const profile = record({ family: oneOf(["application", "network"] as const, "application") }, { passive: "any" });

const addressList = list(addressHolder);

function addresses(at: Cursor): readonly Address[] {
  return addressList(at).filter((address) => address !== undefined);
}

export function loadBalancer(at: Cursor): readonly VpcObject[] {
  const isPublic = boolean(at.enter("is_public"));
  const privateAddresses = addresses(at.enter("private_ips"));
  const value: WrittenLoadBalancer = {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    kind: profile(at.enter("profile")).family,
    isPublic,
    addresses: isPublic ? addresses(at.enter("public_ips")) : privateAddresses,
    privateAddresses,
    subnets: references(at.enter("subnets")),
    groups: references(at.enter("security_groups")),
    listeners: references(at.child("listeners")),
    origin: originOf(at),
  };
  return [
    { kind: "load balancer", value },
    ...list(whole(listener, "protocol"))(at.enter("listeners")).flat(),
    ...list(whole(pool, "members"))(at.enter("pools")).flat(),
  ];
}

/** Reads an item of a list that is more than a reference: one with a field that no reference has. */
function whole(read: (at: Cursor) => readonly VpcObject[], field: string): (at: Cursor) => readonly VpcObject[] {
  return (at) => (at.child(field).node === undefined ? [] : read(at));
}

const listenerProtocol = oneOf(["tcp", "udp", "http", "https"] as const, undefined);
const port = required(checked(integer, portNumberObjection), "write the port");

const policies = list((at: Cursor) => ({
  isTold: at.has("action"),
  // A policy that answers by itself or sends the client elsewhere has a target without an id, or none.
  pool: at.child("target").has("id") ? reference(at.enter("target")) : undefined,
}));

export function listener(at: Cursor): readonly VpcObject[] {
  const pool = reference(at.enter("default_pool"));
  const written = policies(at.enter("policies"));
  const value: Listener = {
    id: identifier(at.enter("id")),
    protocol: listenerProtocol(at.enter("protocol")) === "udp" ? UDP : TCP,
    ports: ports(at),
    pools: [...new Set([pool, ...written.map((policy) => policy.pool)])].filter((id) => id !== undefined),
    hasUntoldPolicies: written.some(({ isTold }) => !isTold),
    origin: originOf(at),
  };
  return [{ kind: "listener", value }];
}

function ports(at: Cursor): readonly [number, number] {
  const range = portRange(at, "port_min", "port_max");
  if (range !== undefined) return range.value;
  const single = port(at.enter("port"));
  return [single, single];
}

export function pool(at: Cursor): readonly VpcObject[] {
  const value: Pool = {
    id: identifier(at.enter("id")),
    members: references(at.child("members")),
    origin: originOf(at),
  };
  return [{ kind: "pool", value }, ...list(whole(poolMember, "target"))(at.enter("members")).flat()];
}

/** A member is an address, or an object by its id: a server, or another load balancer. */
export function poolMember(at: Cursor): readonly VpcObject[] {
  const target = at.enter("target");
  const address = target.has("address") ? addressField(target.enter("address")) : undefined;
  const value: PoolMember = {
    id: identifier(at.enter("id")),
    target: address === undefined ? { kind: "object", id: reference(target) ?? "" } : { kind: "address", address },
    port: port(at.enter("port")),
    origin: originOf(at),
  };
  return [{ kind: "pool member", value }];
}
