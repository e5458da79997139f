/** Network access lists as the API writes them. */
import { list, oneOf, string, type Type } from "../../resources/schema/types.ts";
import type { WrittenAcl, WrittenRule } from "../written-acl.ts";
import { endField, identifier, originOf, reference } from "./fields.ts";
import { direction, ipVersion, writtenTraffic } from "./rule-fields.ts";
import { checkOrder, type LinkedRule } from "./rule-order.ts";

const action = oneOf(["allow", "deny"] as const, undefined);

/** A rule as the API writes it, in an export or as the prototype of one. */
export const networkAclRule: Type<WrittenRule> = (at) => {
  const act = action(at.enter("action"));
  ipVersion(at.enter("ip_version"));
  return {
    id: string(at.enter("id")) || undefined,
    name: string(at.enter("name")),
    action: act,
    direction: direction(at.enter("direction")),
    source: endField(at.enter("source")),
    destination: endField(at.enter("destination")),
    ...writtenTraffic(at, act),
    origin: originOf(at),
  };
};

const linkedRule: Type<LinkedRule> = (at) => ({
  rule: networkAclRule(at),
  before: reference(at.enter("before")),
  at,
});

const linkedRules = list(linkedRule);

/** The list with its rules in the order of the array, which the links of the rules must not contradict. */
export const networkAcl: Type<WrittenAcl> = (at) => {
  const rules = linkedRules(at.enter("rules"));
  checkOrder(rules);
  return {
    id: identifier(at.enter("id")),
    name: string(at.enter("name")),
    vpc: reference(at.enter("vpc")) ?? "",
    rules: rules.map(({ rule }) => rule),
    origin: originOf(at),
  };
};
