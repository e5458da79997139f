/** PC223: source and destination ports of a rule look exchanged. */
import type { Finding } from "../../../source/finding.ts";
import type { LintRule } from "../../rule.ts";
import { type PortSwap, portSwaps } from "../port-swaps.ts";
import type { VpcSurvey } from "../survey.ts";
import { boxText, findingAt, ruleName, ruleText } from "../wording.ts";

export const portsSwapped: LintRule<VpcSurvey> = {
  name: "acl-ports-swapped",
  code: "PC223",
  about: "rules whose source and destination ports look exchanged",
  check: ({ lists }) => lists.flatMap((list) => portSwaps(list).map(found)),
};

function found(swap: PortSwap): Finding {
  const { rule } = swap;
  switch (swap.kind) {
    case "service ports on both sides":
      return findingAt(
        "PC223",
        rule.origin,
        `${ruleName(rule)} is about ${boxText(rule)} only, and clients have source ports from 1024 on: it matches neither requests nor replies`,
        "for requests leave the source ports out; for replies keep the source ports and make 1024-65535 the destination ports",
      );
    case "node ports as source":
      return findingAt(
        "PC223",
        rule.origin,
        `${ruleName(rule)} admits what comes from node ports, ${boxText(rule)}, and nothing may ask these ports: load balancers and clients send to them`,
        "make the node ports the destination ports, and leave the source ports out",
      );
    case "same half twice":
      return findingAt("PC223", rule.origin, ...sameHalf(swap));
  }
}

function sameHalf({ role, rule, other }: Extract<PortSwap, { kind: "same half twice" }>): [string, string] {
  const [both, neither] = role === "asking" ? ["requests", "replies"] : ["replies", "requests"];
  return [
    `${ruleName(rule)} and ${ruleText(other)} both admit ${both}, ${boxText(rule)} and back, and no rule admits the ${neither}: no connection comes about by them`,
    `exchange source and destination ports in one of them: in ${ruleName(rule)} if ${
      role === "asking" ? "the service is outside" : "the service is in the subnet"
    }, else in ${ruleName(other)}`,
  ];
}
