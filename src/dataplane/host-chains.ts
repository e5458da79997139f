/**
 * The chains of a node's program for its host endpoints. Packets are sent from the base chains by their interface to the
 * chains of its host endpoint, and from there by the direction of their connection to the stages.
 */
import { trafficText } from "../net/traffic-text.ts";
import { ALL_TRAFFIC, boxesOf, isNoTraffic, subtractTraffic, type TrafficSet } from "../net/traffic.ts";
import type { Direction } from "../policy/model.ts";
import { DISPATCHES, dispatchRules } from "./host-dispatch.ts";
import { isEarly, lookupsOf, type StageLookup, stageText, viewOf } from "./host-lookups.ts";
import { CLUSTER_NODES, type Dispatch, endpointChain, familyChain, stageChain } from "./host-names.ts";
import {
  type EarlyTraffic,
  endpointsIn,
  type HostProgram,
  type HostStage,
  judgesForwarded,
  judgesLocal,
  stageAt,
} from "./host-program.ts";
import { BEFORE_FILTER, hookAt, KNOWN, LOG, NEIGHBOUR_DISCOVERY, NO_CLASS, RAW } from "./program-chains.ts";
import type { Program } from "./program.ts";
import { type Chain, type Hook, type Rule, rule } from "./ruleset.ts";
import { ACCEPT, DIRECTION, equals, goto, inSet, inState, jump, NFPROTO, RETURN, type Statement } from "./statement.ts";
import { ADMITTED, type TrafficNumbers } from "./traffic-numbers.ts";
import { boxMatches } from "./traffic-rules.ts";

/** After connection tracking and before destinations are translated. */
const MANGLE = -150;

/** Chains that the kernel calls, each with what comes before packets are sent on by their interface. */
const BASES: Partial<Readonly<Record<Dispatch, { readonly hook: Hook; readonly before: readonly Rule[] }>>> = {
  untracked_in: { hook: hookAt("prerouting", RAW), before: NEIGHBOUR_DISCOVERY },
  untracked_out: { hook: hookAt("output", RAW), before: NEIGHBOUR_DISCOVERY },
  pre_dnat: {
    hook: hookAt("prerouting", MANGLE),
    before: [
      // What of a connection comes back is judged where its interface is known.
      rule(inState("invalid", "untracked"), ACCEPT),
      rule(equals("ct direction", DIRECTION.reply), ACCEPT),
      ...KNOWN,
    ],
  },
  hosts_output: { hook: hookAt("output", BEFORE_FILTER), before: NEIGHBOUR_DISCOVERY },
};

const ALL_DISPATCHES: readonly Dispatch[] = [
  "untracked_in",
  "untracked_out",
  "pre_dnat",
  "hosts_input",
  "hosts_output",
  "hosts_forward_in",
  "hosts_forward_out",
  "hosts_judged_in",
  "hosts_judged_out",
];

/** Those that some endpoint is asked at, and those that other chains name. */
export function dispatchesIn(hosts: HostProgram): readonly Dispatch[] {
  const endpoints = endpointsIn(hosts);
  return ALL_DISPATCHES.filter(
    (name) =>
      BASES[name] === undefined || endpoints.some((endpoint) => DISPATCHES[name].to(hosts, endpoint) !== undefined),
  );
}

/** None without host endpoints. O(size of the stages). */
export function hostChains({ hosts }: Pick<Program, "hosts">, numbers: TrafficNumbers): readonly Chain[] {
  if (hosts === undefined) return [];
  return [
    ...dispatchesIn(hosts).map((name) => dispatchChain(hosts, name)),
    ...endpointsIn(hosts).flatMap((endpoint) => endpointChains(hosts, endpoint)),
    ...hosts.stages.map(stageChainOf),
    ...lookupsOf(hosts, numbers).map(lookupChain),
    ...hosts.earlyTraffic.map(earlyTrafficChain),
    ...(hosts.earlyTraffic.some(({ phase }) => phase === "untracked") ? [UNTRACK] : []),
  ];
}

function dispatchChain(hosts: HostProgram, name: Dispatch): Chain {
  const base = BASES[name];
  return {
    name,
    about: DISPATCHES[name].about,
    ...(base === undefined ? {} : { hook: base.hook }),
    rules: [...(base?.before ?? []), ...dispatchRules(hosts, name)],
  };
}

const UNTRACK: Chain = {
  name: "untrack",
  about: "What untracked policies allow.",
  rules: [rule({ kind: "notrack" }, ACCEPT)],
};

function endpointChains(hosts: HostProgram, endpoint: string): readonly Chain[] {
  return [
    ...(judgesLocal(hosts, endpoint)
      ? [
          localChain(hosts, endpoint, "input"),
          localChain(hosts, endpoint, "output"),
          phasesChain(hosts, endpoint, "ingress", "normal"),
          phasesChain(hosts, endpoint, "egress", "normal"),
        ]
      : []),
    ...(judgesForwarded(hosts, endpoint)
      ? [
          forwardChain(endpoint, "forward_in"),
          forwardChain(endpoint, "forward_out"),
          phasesChain(hosts, endpoint, "ingress", "forward"),
          phasesChain(hosts, endpoint, "egress", "forward"),
        ]
      : []),
  ];
}

/** Like pods' connections: what is known passes, what is new is judged and stamped. */
function localChain(hosts: HostProgram, endpoint: string, point: "input" | "output"): Chain {
  const [opened, answered] = point === "input" ? (["ingress", "egress"] as const) : (["egress", "ingress"] as const);
  const untracked = stageAt(hosts, endpoint, "untracked", opened);
  return {
    name: endpointChain(endpoint, point),
    about: `Packets ${point === "input" ? "to" : "of"} the node itself at HostEndpoint ${endpoint}.`,
    rules: [
      ...KNOWN,
      ...(point === "output" ? [REFUSAL] : []),
      // Others may have kept it from being tracked: then it needs a rule here too.
      ...(untracked === undefined ? [] : [rule(inState("untracked"), jump(stageChain(untracked)))]),
      rule(inState("invalid", "untracked"), goto("discard")),
      ...carrierRules(hosts, point),
      ...byDirection(endpoint, "normal", opened, answered),
      rule(NO_CLASS),
      rule(jump("stamp")),
      rule(ACCEPT),
    ],
  };
}

/** A reset with which the node denies a connection; other packets that are related come in its original direction. */
const REFUSAL: Rule = rule(inState("related"), equals("ct direction", DIRECTION.reply), ACCEPT);

/** What nodes put pods' packets into is judged by what is inside. */
function carrierRules({ carriers }: HostProgram, point: "input" | "output"): readonly Rule[] {
  const [v4, v6] = point === "input" ? (["ip saddr", "ip6 saddr"] as const) : (["ip daddr", "ip6 daddr"] as const);
  return [...boxesOf(carriers)]
    .flatMap((box) => boxMatches(box, "header"))
    .flatMap((matches) => [
      rule(...matches, inSet(CLUSTER_NODES[4], v4), ACCEPT),
      rule(...matches, inSet(CLUSTER_NODES[6], v6), ACCEPT),
    ]);
}

function forwardChain(endpoint: string, what: "forward_in" | "forward_out"): Chain {
  const isIn = what === "forward_in";
  const [opened, answered] = isIn ? (["ingress", "egress"] as const) : (["egress", "ingress"] as const);
  return {
    name: endpointChain(endpoint, what),
    about: `Forwarded packets that ${isIn ? "come in" : "leave"} by HostEndpoint ${endpoint}.`,
    rules: byDirection(endpoint, "forward", opened, answered),
  };
}

/** A packet that answers takes the way of its connection backwards. */
function byDirection(
  endpoint: string,
  phase: "normal" | "forward",
  opened: Direction,
  answered: Direction,
): readonly Rule[] {
  return [
    rule(equals("ct direction", DIRECTION.original), jump(phasesName(endpoint, phase, opened))),
    rule(equals("ct direction", DIRECTION.reply), jump(phasesName(endpoint, phase, answered))),
  ];
}

function phasesName(endpoint: string, phase: "normal" | "forward", direction: Direction): string {
  return endpointChain(endpoint, phase === "normal" ? direction : `forwarded_${direction}`);
}

const IS_ADMITTED: Statement = { kind: "holds", field: "meta priority", value: ADMITTED };

/** A connection that a pre-DNAT rule allows is not asked for again; those that come back have not met these rules yet. */
function phasesChain(hosts: HostProgram, endpoint: string, direction: Direction, phase: "normal" | "forward"): Chain {
  const early = direction === "ingress" ? stageAt(hosts, endpoint, "pre-dnat", direction) : undefined;
  const own = stageAt(hosts, endpoint, phase, direction);
  const what = phase === "normal" ? "the node itself" : "what it forwards";
  return {
    name: phasesName(endpoint, phase, direction),
    about: `Connections of ${what}, ${direction} of HostEndpoint ${endpoint}.`,
    rules: [
      ...(early === undefined ? [] : [rule(NO_CLASS), rule(jump(stageChain(early))), rule(IS_ADMITTED, RETURN)]),
      ...(own === undefined ? [] : [rule(jump(stageChain(own)))]),
    ],
  };
}

function stageChainOf(stage: HostStage): Chain {
  return {
    name: stageChain(stage),
    about: `${capital(stageText(stage))}.`,
    rules: stage.families.map(({ family }) =>
      rule(equals("meta nfproto", NFPROTO[family]), goto(familyChain(stage, family))),
    ),
  };
}

function lookupChain({ chain, about, stage, field, numbers, verdicts }: StageLookup): Chain {
  const from = (what: "blocks" | "addresses"): Rule =>
    rule({ kind: "set-from", field: "meta priority", by: [field], map: `${chain}_${what}` });
  return {
    name: chain,
    about,
    rules: [
      rule({ kind: "set", field: "meta priority", value: numbers.rest }),
      ...(numbers.blocks.length === 0 ? [] : [from("blocks")]),
      ...(numbers.addresses.length === 0 ? [] : [from("addresses")]),
      rule({ kind: "verdict-map", fields: ["meta priority"], map: verdicts }),
      rule(goto(isEarly(stage) ? "discard" : "deny")),
    ],
  };
}

function earlyTrafficChain({ name, phase, allowed, passing, logged }: EarlyTraffic): Chain {
  const view = viewOf({ phase });
  const allow: readonly Statement[] =
    phase === "untracked" ? [goto("untrack")] : [{ kind: "set", field: "meta priority", value: ADMITTED }, RETURN];
  const each = (traffic: TrafficSet, ...verdict: readonly Statement[]): readonly Rule[] =>
    [...boxesOf(traffic)].flatMap((box) => boxMatches(box, view)).map((matches) => rule(...matches, ...verdict));
  const denied = subtractTraffic(subtractTraffic(ALL_TRAFFIC, allowed), passing);
  const [passes, drops] = [each(passing, RETURN), each(denied, goto("discard"))];
  const logs = isNoTraffic(logged) ? "" : `, logs ${trafficText(logged)}`;
  return {
    name,
    about: `Allows ${trafficText(allowed)}, denies ${trafficText(denied)}, asks later phases about the rest${logs}.`,
    rules: [
      ...each(logged, ...LOG),
      ...each(allowed, ...allow),
      // Each packet walks through it, so the shorter way to say it is taken.
      ...(drops.length < passes.length ? [...drops, rule(RETURN)] : [...passes, rule(goto("discard"))]),
    ],
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
