/** Fields that rules of access lists and rules of groups have alike. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import { checked, integer, oneOf, optional, required, string } from "../../resources/schema/types.ts";
import { portRange, told, toldOptional } from "./fields.ts";
import type { Action } from "./protocol.ts";
import { type RuleTraffic, ruleTraffic } from "./rule-traffic.ts";

export const direction = oneOf(["inbound", "outbound"] as const, undefined);
export const ipVersion = oneOf(["ipv4"] as const, "ipv4");

const protocol = required(string, "write the protocol, such as tcp");

const icmpType = optional(
  checked(integer, (type) =>
    type >= 0 && type <= 254
      ? undefined
      : { reason: `${type} is no ICMP type`, remedy: "write a number from 0 to 254" },
  ),
);
const icmpCode = optional(
  checked(integer, (code) =>
    code >= 0 && code <= 255
      ? undefined
      : { reason: `${code} is no ICMP code`, remedy: "write a number from 0 to 255" },
  ),
);

/** What the rule under the cursor matches. Reports what does not fit together; the result is then not to be used. */
export function writtenTraffic(at: Cursor, action: Action): RuleTraffic & { readonly protocol: string } {
  const protocolAt = at.enter("protocol");
  const errors = at.context.sink.errors;
  const word = protocol(protocolAt);
  const isWord = at.context.sink.errors === errors;
  // A word that was refused for its type is not refused again for its meaning.
  const place = isWord ? protocolAt : protocolAt.blank();
  const { traffic, legacyTraffic } = ruleTraffic({
    action,
    protocol: told(place, word),
    sourcePorts: portRange(at, "source_port_min", "source_port_max"),
    // Groups, and access lists of the first generation, use the short names.
    ports: portRange(at, "destination_port_min", "destination_port_max") ?? portRange(at, "port_min", "port_max"),
    icmpType: toldOptional(icmpType)(at.enter("type")),
    icmpCode: toldOptional(icmpCode)(at.enter("code")),
  });
  return { traffic, legacyTraffic, protocol: word };
}
