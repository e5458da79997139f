/** Rules that open a direction for everyone and leave rules behind them without effect. */
import type { FilterRule } from "../../vpc/model.ts";
import { ofTraffic } from "../../vpc/rule-region.ts";
import type { AclView } from "./acl-view.ts";
import { COMMON_PROTOCOLS, isCatchAll } from "./decisions.ts";

export interface OpeningRule {
  readonly rule: FilterRule;
  /** The rules behind it that decide no packet of TCP, UDP and ICMP; at least one of them decides nothing at all. */
  readonly idle: readonly FilterRule[];
}

/** At most one for each direction. */
export function openingRules({ inbound, outbound }: AclView): readonly OpeningRule[] {
  return [inbound, outbound].flatMap((view) => {
    const { rules } = view.narrow;
    const i = rules.findIndex(({ rule }) => rule.action === "allow" && isCatchAll(rule, view, COMMON_PROTOCOLS));
    const opening = rules[i];
    if (opening === undefined) return [];
    const idle = rules
      .slice(i + 1)
      .filter(({ matched, decides }) => matched.length > 0 && ofTraffic(decides, COMMON_PROTOCOLS).length === 0);
    if (idle.every(({ decides }) => decides.length > 0)) return [];
    return [{ rule: opening.rule, idle: idle.map(({ rule }) => rule) }];
  });
}
