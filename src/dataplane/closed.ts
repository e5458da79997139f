/** The table of a node that waits for its first program and lets no pod talk until then. */
import { type AddressSet, type Family, ofFamily } from "../net/address.ts";
import { hookAt, BEFORE_FILTER, FIELDS, denyingRules } from "./program-chains.ts";
import { type NamedSet, rule, type Ruleset } from "./ruleset.ts";
import { goto, inSet } from "./statement.ts";

/**
 * Connections that begin or end in the pods' addresses are denied where this node forwards them; the node's own, like the
 * kubelet's probes, pass. A program takes its place by difference, in one step. Pure.
 */
export function closedRuleset(table: string, pods: AddressSet, denial: "reject" | "drop"): Ruleset {
  return {
    table,
    sets: [waiting(4, pods), waiting(6, pods)],
    chains: [
      {
        name: "forward",
        about: "No pod talks before the first program is in force.",
        hook: hookAt("forward", BEFORE_FILTER),
        rules: ([4, 6] as const).flatMap((family) => [
          rule(inSet(`waiting_pods${family}`, FIELDS[family].source), goto("deny")),
          rule(inSet(`waiting_pods${family}`, FIELDS[family].destination), goto("deny")),
        ]),
      },
      { name: "deny", about: "What has to wait.", rules: denyingRules(denial) },
    ],
  };
}

function waiting(family: Family, pods: AddressSet): NamedSet {
  return {
    name: `waiting_pods${family}`,
    about: "Where pods get their addresses.",
    key: [family === 4 ? "ipv4_addr" : "ipv6_addr"],
    interval: true,
    elements: ofFamily(pods, family).map((block) => ({ key: [block] })),
  };
}
