/** Rules that decide nothing, because earlier rules of their direction decide every packet they match: which, and why. */
import { coversAddresses } from "../../net/address.ts";
import type { FilterRule } from "../../vpc/model.ts";
import { difference, meet } from "../../vpc/rule-region.ts";
import type { AclView } from "./acl-view.ts";
import { COMMON_PROTOCOLS, type Decided, type DirectionView, isCatchAll } from "./decisions.ts";

export type Death =
  /** Rules of the same action decide all it matches. */
  | { readonly kind: "redundant"; readonly by: readonly FilterRule[] }
  /** Rules of the other action decide some of it at least; `twin` is one that matches exactly the same. */
  | { readonly kind: "overruled"; readonly by: readonly FilterRule[]; readonly twin: FilterRule | undefined }
  /** An allow rule behind one that denies everything; `before` is the deny-all of the other direction that it stands before. */
  | {
      readonly kind: "behind deny-all";
      readonly denyAll: FilterRule;
      readonly before: FilterRule | undefined;
      /** Whether the rule itself allows all TCP, UDP and ICMP. */
      readonly isOpen: boolean;
    };

export interface DeadRule {
  readonly rule: FilterRule;
  readonly death: Death;
}

/** Dead whichever way a legacy "all" is read. Rules that no packet can match at all are not among them. O(rules^2 x boxes). */
export function deadRules(list: AclView): readonly DeadRule[] {
  return [list.inbound, list.outbound].flatMap((view) =>
    view.narrow.rules.flatMap((decided, i): readonly DeadRule[] => {
      const { rule, matched, decides } = decided;
      if (matched.length === 0 || decides.length > 0 || view.wide.rules[i]?.decides.length !== 0) return [];
      const deciders = view.narrow.rules.slice(0, i).filter((earlier) => meet(earlier.decides, matched));
      return [{ rule, death: deathOf(decided, deciders, view, list) }];
    }),
  );
}

function deathOf({ rule, matched }: Decided, deciders: readonly Decided[], view: DirectionView, list: AclView): Death {
  const by = deciders.map((decider) => decider.rule);
  if (by.every(({ action }) => action === rule.action)) return { kind: "redundant", by };
  const denyAll = deciders.find((decider) => decider.rule.action === "deny" && isCatchAll(decider.rule, view));
  if (rule.action === "allow" && denyAll !== undefined) {
    const isOpen = isCatchAll(rule, view, COMMON_PROTOCOLS);
    return { kind: "behind deny-all", denyAll: denyAll.rule, before: denyAllOfOtherDirection(rule, list), isOpen };
  }
  const twin = deciders.find(
    (decider) =>
      decider.rule.action !== rule.action &&
      difference(decider.matched, matched).length === 0 &&
      difference(matched, decider.matched).length === 0,
  );
  return { kind: "overruled", by, twin: twin?.rule };
}

/** The rule of the other direction that follows next in the list, if it denies everything. */
function denyAllOfOtherDirection(rule: FilterRule, { acl, inbound, outbound }: AclView): FilterRule | undefined {
  const next = acl.rules.slice(acl.rules.indexOf(rule)).find(({ direction }) => direction !== rule.direction);
  if (next?.action !== "deny") return undefined;
  const view = next.direction === "inbound" ? inbound : outbound;
  return isCatchAll(next, view) ? next : undefined;
}

/** Whether the addresses of `inner` are among those of `outer` on both sides: the usual form of an exception. */
export function isException(inner: FilterRule, outer: FilterRule): boolean {
  return coversAddresses(outer.source, inner.source) && coversAddresses(outer.destination, inner.destination);
}
