/**
 * The rules of the router between subnets. Address translation stands behind it, in a namespace of its own: so lists see
 * private addresses only, before translation out and after it in, and connection tracking is nowhere near them; where no
 * rule uses it, the kernel does not even load it.
 */
import { chain } from "../ruleset-lines.ts";
import { ALLOW_CHAIN, aclChain, type AclJudge, DENY_CHAIN, type LegacyAll } from "./acl-rules.ts";
import type { NetworkSubnet } from "./network.ts";
import { judgedChain, STRAY, tableText, TO_NOWHERE } from "./network-table.ts";

/** The router's interface that leads nowhere: where routes end that a subnet does not have. */
export const NOWHERE = "nowhere";

/** A subnet and the name of its interface on the router. */
export interface RoutedSubnet extends NetworkSubnet {
  readonly device: string;
  /** Who decides at its two points. */
  readonly judges: { readonly outbound: readonly AclJudge[]; readonly inbound: readonly AclJudge[] };
}

/** Replaces the router's table. `numberOf` tells the number of each judge. */
export function routerRules(
  subnets: readonly RoutedSubnet[],
  numberOf: (judge: AclJudge) => number,
  legacyAll: LegacyAll,
): string {
  const directions = ["outbound", "inbound"] as const;
  const listed = subnets.filter(({ acl }) => acl !== undefined);
  const jumps = (direction: (typeof directions)[number]): string =>
    listed.map(({ device }) => `"${device}" : jump ${device}_${direction}`).join(", ");
  const strangers = subnets.flatMap((one) =>
    subnets.filter(({ subnet }) => subnet.vpc !== one.subnet.vpc).map(({ device }) => `"${one.device}" . "${device}"`),
  );
  return tableText([
    judgedChain(ALLOW_CHAIN, "What a rule allows goes on to the next list.", "return"),
    judgedChain(DENY_CHAIN, "What a rule or the end of a list denies.", "drop"),
    ...listed.flatMap(({ device, judges }) =>
      directions.map((direction) => aclChain(`${device}_${direction}`, judges[direction], numberOf, legacyAll)),
    ),
    chain("forward", "Between subnets every list is asked, then whether there is a way; within one, nothing is.", [
      "type filter hook forward priority filter; policy accept;",
      // Bridged packets come here too where the kernel hands them to the filters of IP (br_netfilter).
      ...subnets.map(({ device }) => `iifname "${device}" oifname "${device}" accept`),
      ...(listed.length > 0 ? [`iifname vmap { ${jumps("outbound")} }`] : []),
      `oifname "${NOWHERE}" ${TO_NOWHERE}`,
      ...(listed.length > 0 ? [`oifname vmap { ${jumps("inbound")} }`] : []),
      ...(strangers.length > 0 ? [`iifname . oifname { ${strangers.join(", ")} } ${TO_NOWHERE}`] : []),
      `ip dscp ${STRAY} ${TO_NOWHERE}`,
    ]),
  ]);
}
