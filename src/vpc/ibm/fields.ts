/** Fields that many objects of the VPC API have. */
import type { Address, AddressSet } from "../../net/address.ts";
import { NO_ADDRESSES } from "../../net/address.ts";
import type { Cursor } from "../../resources/schema/cursor.ts";
import { portNumberObjection } from "../../resources/schema/syntax.ts";
import { checked, integer, list, optional, record, required, string, type Type } from "../../resources/schema/types.ts";
import type { Origin } from "../../source/origin.ts";
import { addressesOf, addressOf, blockOf } from "./addresses.ts";
import type { PortRange } from "./rule-traffic.ts";
import type { Told } from "./told.ts";

export function originOf(at: Cursor): Origin {
  const { source, resource } = at.context;
  return { ...source.positionAt(at.offset), resource, path: at.pathText };
}

export function told<T>(at: Cursor, value: T): Told<T> {
  return { value, at };
}

/** The value with its place; undefined where nothing is written. */
export function toldOptional<T>(type: Type<T | undefined>): Type<Told<T> | undefined> {
  return (at) => {
    const value = type(at);
    return value === undefined ? undefined : { value, at };
  };
}

export const identifier = required(string, "exports give an id to every object; export it again");

/** The id of another object, from `{id, name, href, …}`; undefined where none is named. */
export const reference: Type<string | undefined> = (at) => optionalIdentified(at)?.id;

const optionalIdentified = optional(record({ id: identifier }, { passive: "any" }));
export const references: Type<readonly string[]> = (at) => identifiedList(at).map(({ id }) => id);
const identifiedList = list(record({ id: identifier }, { passive: "any" }));

/** The name of `{name}`, as for zones; empty where nothing is written. */
export const named: Type<string> = (at) => nameRecord(at).name;
const nameRecord = record({ name: string }, { passive: "any" });

/** An address that is a text; undefined where nothing is written or what is written is no address. */
export const addressField: Type<Address | undefined> = (at) => {
  const text = optional(string)(at);
  return text === undefined || text === "" ? undefined : addressOf({ value: text, at });
};

/** The address of `{address}`. What has no address yet says `0.0.0.0`. */
export const addressHolder: Type<Address | undefined> = (at) => {
  const address = at.isPresent ? holder(at).address : undefined;
  return address === 0n ? undefined : address;
};
const holder = record({ address: addressField }, { passive: "any" });

/** A CIDR; the empty set where nothing is written. */
export const blockField: Type<AddressSet> = (at) => {
  const text = optional(string)(at);
  return text === undefined || text === "" ? NO_ADDRESSES : blockOf({ value: text, at });
};

/** A CIDR or an address, which must be there. */
export const endField: Type<AddressSet> = (at) => {
  const errors = at.context.sink.errors;
  const text = required(string, "write an address or a CIDR; 0.0.0.0/0 is every address")(at);
  return at.context.sink.errors === errors ? addressesOf({ value: text, at }) : NO_ADDRESSES;
};

const port = optional(checked(integer, portNumberObjection));

/** The ports of a pair of fields, which stand together or not at all. */
export function portRange(at: Cursor, minField: string, maxField: string): Told<PortRange> | undefined {
  const [minAt, maxAt] = [at.enter(minField), at.enter(maxField)];
  const errors = at.context.sink.errors;
  const [min, max] = [port(minAt), port(maxAt)];
  if ((min === undefined && max === undefined) || at.context.sink.errors !== errors) return undefined;
  if (min === undefined || max === undefined) {
    const missing = min === undefined ? minField : maxField;
    at.report("PC113", `${missing} is missing beside the other end of the range`, `write ${missing} too`);
    return undefined;
  }
  if (min > max) maxAt.report("PC112", `the ports ${min} to ${max} are none`, "write the smaller port first");
  return { value: [min, max], at: minAt };
}

/** The id of the object that this one is part of, from the path of its `href`: `…/vpcs/ID/address_prefixes/ID`. */
export function parentOf(at: Cursor, collection: string): string | undefined {
  const href = string(at.enter("href"));
  return new RegExp(`/${collection}/([^/?#]+)/`).exec(href)?.[1];
}
