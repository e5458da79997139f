/** Virtual servers and what connects them, as the API writes them. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import { boolean, list, optional, string } from "../../resources/schema/types.ts";
import type { OwnedInterface, VirtualInterface, VpcObject } from "../reading.ts";
import { addressField, addressHolder, identifier, originOf, reference, references } from "./fields.ts";

/** What the interfaces of every kind say alike. */
function interfaceFields(at: Cursor): Omit<OwnedInterface, "kind" | "name" | "owner"> {
  // The first generation wrote the address as a text.
  const primary = addressHolder(at.enter("primary_ip")) ?? addressField(at.enter("primary_ipv4_address"));
  const others = list(addressHolder)(at.enter("ips"));
  const [floating] = list(addressHolder)(at.enter("floating_ips"));
  return {
    id: identifier(at.enter("id")),
    subnet: reference(at.enter("subnet")),
    addresses: [...new Set([primary, ...others])].filter((address) => address !== undefined),
    groups: at.has("security_groups") ? references(at.enter("security_groups")) : undefined,
    floatingAddress: floating,
    isFloatingTold: at.has("floating_ips") ? true : undefined,
    spoofing: optional(boolean)(at.enter("allow_ip_spoofing")),
    origin: originOf(at),
  };
}

/**
 * A server's interfaces. Newer servers list attachments, to each of which a virtual interface belongs; the list of
 * interfaces beside it then says the same again under the same ids.
 */
export function instance(at: Cursor): readonly VpcObject[] {
  const owner = identifier(at.enter("id"));
  const name = string(at.enter("name"));
  return ["network_attachments", "network_interfaces"].flatMap((field) =>
    list(interfaceFields)(at.enter(field)).map((fields): VpcObject => ({
      kind: "interface",
      value: { ...fields, kind: "instance", name, owner },
    })),
  );
}

/** An interface that stands by itself does not tell whose it is. */
export function networkInterface(at: Cursor): readonly VpcObject[] {
  const value: OwnedInterface = {
    ...interfaceFields(at),
    kind: "other",
    name: string(at.enter("name")),
    owner: undefined,
  };
  return [{ kind: "interface", value }];
}

export function virtualInterface(at: Cursor): readonly VpcObject[] {
  const value: VirtualInterface = {
    ...interfaceFields(at),
    kind: "other",
    name: string(at.enter("name")),
    target: reference(at.enter("target")),
  };
  return [{ kind: "virtual interface", value }];
}
