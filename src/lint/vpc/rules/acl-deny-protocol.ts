/** PC237: a deny rule for `icmp_tcp_udp`, which only allow rules can have. */
import type { LintRule } from "../../rule.ts";
import type { VpcSurvey } from "../survey.ts";
import { findingAt, ruleName } from "../wording.ts";

export const denyProtocol: LintRule<VpcSurvey> = {
  name: "acl-deny-protocol",
  code: "PC237",
  about: "deny rules written with a protocol that only allow rules can have",
  check: ({ lists }) =>
    lists.flatMap(({ acl }) =>
      acl.rules
        .filter(({ action, protocol }) => action === "deny" && protocol === "icmp_tcp_udp")
        .map((rule) =>
          findingAt(
            "PC237",
            rule.origin,
            `${ruleName(rule)} denies icmp_tcp_udp, and the provider refuses that: the rule, and with it the change, does not come to be`,
            "write any to deny every protocol (in tools from before 2025-12 all), or one rule each for icmp, tcp and udp",
          ),
        ),
    ),
};
