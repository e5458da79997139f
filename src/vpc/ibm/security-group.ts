/** Security groups as the API writes them. */
import { type AddressSet, IPV4 } from "../../net/address.ts";
import type { Cursor } from "../../resources/schema/cursor.ts";
import { list, string, type Type } from "../../resources/schema/types.ts";
import type { GroupPeer, GroupRule } from "../model.ts";
import type { VpcObject } from "../reading.ts";
import { endField, identifier, originOf, reference, references } from "./fields.ts";
import { direction, ipVersion, writtenTraffic } from "./rule-fields.ts";

/** A side that is left out is everybody, as when a rule is created. */
const EVERYBODY: AddressSet = [IPV4];

/** The addresses of `{address}` or `{cidr_block}`; undefined where it is neither. */
function addressesAt(at: Cursor): AddressSet | undefined {
  if (!at.isPresent) return EVERYBODY;
  const field = ["cidr_block", "address"].find((name) => at.has(name));
  return field === undefined ? undefined : endField(at.enter(field));
}

function remote(at: Cursor): GroupPeer {
  const addresses = addressesAt(at);
  return addresses === undefined ? { kind: "group", group: reference(at) ?? "" } : { kind: "addresses", addresses };
}

function local(at: Cursor): AddressSet {
  return addressesAt(at) ?? endField(at.enter("cidr_block"));
}

const groupRule: Type<GroupRule> = (at) => {
  ipVersion(at.enter("ip_version"));
  return {
    name: string(at.enter("name")) || string(at.enter("id")),
    direction: direction(at.enter("direction")),
    local: local(at.enter("local")),
    remote: remote(at.enter("remote")),
    ...writtenTraffic(at, "allow"),
    origin: originOf(at),
  };
};

const groupRules = list(groupRule);

/** The group, and what it is attached to where the export tells it. */
export function securityGroup(at: Cursor): readonly VpcObject[] {
  const id = identifier(at.enter("id"));
  const origin = originOf(at);
  const group = {
    id,
    name: string(at.enter("name")),
    vpc: reference(at.enter("vpc")) ?? "",
    rules: groupRules(at.enter("rules")),
    origin,
  };
  const targets = at.has("targets") ? references(at.enter("targets")) : undefined;
  return [
    { kind: "security group", value: group },
    ...(targets === undefined ? [] : [{ kind: "group members", value: { id, members: targets, origin } } as const]),
  ];
}
