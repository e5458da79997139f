/** A rule of a Calico policy or profile. */
import type { CalicoRule } from "../../calico-kinds.ts";
import { annotations } from "../metadata.ts";
import { integer, list, oneOf, optional, record, sized, type Type } from "../types.ts";
import { ruleAdvice } from "./advice.ts";
import { entityRule } from "./entity.ts";
import { http } from "./http.ts";
import { checkRule, type RulePlace } from "./rule-checks.ts";
import { icmp, protocol } from "./traffic.ts";

const MAX_RULES = 1024;

const ACTIONS = ["Allow", "Deny", "Log", "Pass"] as const;
const OTHER_WORDS: Readonly<Record<string, (typeof ACTIONS)[number]>> = {
  accept: "Allow",
  permit: "Allow",
  drop: "Deny",
  reject: "Deny",
  block: "Deny",
  "next-tier": "Pass",
};

const action: Type<(typeof ACTIONS)[number]> = (at) => {
  const written = at.node?.kind === "scalar" ? String(at.node.value).toLowerCase() : "";
  const meant = Object.hasOwn(OTHER_WORDS, written) ? OTHER_WORDS[written] : undefined;
  if (meant === undefined) return oneOf(ACTIONS, undefined)(at);
  at.report("PC112", `"${written}" is not one of ${ACTIONS.join(", ")}`, `write ${meant}`);
  return meant;
};

const ipVersion: Type<4 | 6 | undefined> = (at) => {
  if (!at.isPresent) return undefined;
  const { errors } = at.context.sink;
  const value = integer(at);
  if (value === 4 || value === 6) return value;
  if (at.context.sink.errors === errors) {
    at.report("PC112", `${value} is not an IP version`, "write 4 or 6, or leave it out for both");
  }
  return undefined;
};

export function rules(place: RulePlace): Type<readonly CalicoRule[]> {
  return sized(list(rule(place)), 0, MAX_RULES);
}

function rule(place: RulePlace): Type<CalicoRule> {
  const written = record(
    {
      action,
      ipVersion,
      protocol,
      notProtocol: protocol,
      icmp: optional(icmp),
      notICMP: optional(icmp),
      source: entityRule("source"),
      destination: entityRule("destination"),
      http: optional(http),
      // Comments on the rule, which are checked and mean nothing.
      metadata: record({ annotations }),
    },
    { advice: ruleAdvice(place.direction), check: (value, at) => checkRule(value, at, place) },
  );
  return (at) => {
    const { metadata: _, ...rest } = written(at);
    return rest;
  };
}
