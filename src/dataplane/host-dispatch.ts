/** By which interface a packet comes or goes, and to which host endpoint's chain that leads. */
import type { Phase } from "../policy/model.ts";
import { APART, type Dispatch, dispatchMap, endpointChain, stageChain } from "./host-names.ts";
import { type HostProgram, judgesForwarded, judgesLocal, stageAt } from "./host-program.ts";
import { type Element, type NamedSet, type Rule, rule } from "./ruleset.ts";
import { goto, inSet, RETURN, type Verdict } from "./statement.ts";

interface Dispatching {
  readonly field: "iifname" | "oifname";
  readonly about: string;
  /** The chain of an endpoint; undefined: it has nothing to say there. */
  readonly to: (hosts: HostProgram, endpoint: string) => string | undefined;
}

function stages(phase: Phase, direction: "ingress" | "egress"): Dispatching["to"] {
  return (hosts, endpoint) => {
    const stage = stageAt(hosts, endpoint, phase, direction);
    return stage && stageChain(stage);
  };
}

function locals(what: string): Dispatching["to"] {
  return (hosts, endpoint) => (judgesLocal(hosts, endpoint) ? endpointChain(endpoint, what) : undefined);
}

function forwarded(what: string): Dispatching["to"] {
  return (hosts, endpoint) => (judgesForwarded(hosts, endpoint) ? endpointChain(endpoint, what) : undefined);
}

const toGoverned: Dispatching["to"] = (hosts, endpoint) => (judgesForwarded(hosts, endpoint) ? "governed" : undefined);

export const DISPATCHES: Readonly<Record<Dispatch, Dispatching>> = {
  untracked_in: {
    field: "iifname",
    about: "What comes in, before connections are tracked.",
    to: stages("untracked", "ingress"),
  },
  untracked_out: {
    field: "oifname",
    about: "What the node itself sends, before connections are tracked.",
    to: stages("untracked", "egress"),
  },
  pre_dnat: {
    field: "iifname",
    about: "Connections that come in, before their destination is translated.",
    to: stages("pre-dnat", "ingress"),
  },
  hosts_input: {
    field: "iifname",
    about: "Packets to the node itself, by the host endpoint they come in by.",
    to: locals("input"),
  },
  hosts_output: {
    field: "oifname",
    about: "Packets of the node itself, by the host endpoint they leave by.",
    to: locals("output"),
  },
  hosts_forward_in: {
    field: "iifname",
    about: "Whether the interface they come in by governs what is forwarded.",
    to: toGoverned,
  },
  hosts_forward_out: {
    field: "oifname",
    about: "Whether the interface they leave by governs what is forwarded.",
    to: toGoverned,
  },
  hosts_judged_in: {
    field: "iifname",
    about: "Forwarded packets, by the host endpoint they come in by.",
    to: forwarded("forward_in"),
  },
  hosts_judged_out: {
    field: "oifname",
    about: "Forwarded packets, by the host endpoint they leave by.",
    to: forwarded("forward_out"),
  },
};

const PODS = { iifname: ["ip saddr", "ip6 saddr"], oifname: ["ip daddr", "ip6 daddr"] } as const;

/** The rules that send packets to the chain of their interface's endpoint, and leave those alone that have none. */
export function dispatchRules(hosts: HostProgram, name: Dispatch): readonly Rule[] {
  const { field, to } = DISPATCHES[name];
  const others = hosts.others === undefined ? undefined : to(hosts, hosts.others);
  const named = elementsOf(hosts, name);
  const [v4, v6] = PODS[field];
  const ofPods = [rule(inSet("local_pods4", v4), RETURN), rule(inSet("local_pods6", v6), RETURN)];
  if (named.length === 0 && others === undefined) return [];
  return [
    // A packet to a pod may not have got its interface yet, where a Service was translated just now.
    ...(field === "oifname" ? ofPods : []),
    ...(named.length === 0 ? [] : [rule({ kind: "verdict-map", fields: [field], map: dispatchMap(name) })]),
    ...(others === undefined
      ? []
      : [
          rule(inSet(APART, field), RETURN),
          ...(field === "iifname" && hosts.hasHiddenPods ? ofPods : []),
          rule(goto(others)),
        ]),
  ];
}

/** Interfaces with nothing to ask are named only where the others have something. */
function elementsOf(hosts: HostProgram, name: Dispatch): readonly Element[] {
  const { to } = DISPATCHES[name];
  const goesOn = hosts.others !== undefined && to(hosts, hosts.others) !== undefined;
  const element = (key: string, value: Verdict): Element => ({ key: [key], value });
  return hosts.interfaces.flatMap((one) => {
    const chain = to(hosts, one.endpoint);
    if (chain !== undefined) return [element(one.name, { kind: "goto", chain })];
    return goesOn ? [element(one.name, { kind: "return" })] : [];
  });
}

/** The sets that dispatching needs. */
export function dispatchSets(hosts: HostProgram, names: readonly Dispatch[]): readonly NamedSet[] {
  const apart: NamedSet = {
    name: APART,
    about:
      "The interfaces that the host endpoint of all others leaves out: those to pods of this node, and the loopback.",
    key: ["ifname"],
    interval: false,
    elements: ["lo", ...hosts.towardsPods].map((name) => ({ key: [name] })),
  };
  const maps = names.flatMap((name): readonly NamedSet[] => {
    const elements = elementsOf(hosts, name);
    if (elements.length === 0) return [];
    const about = `${DISPATCHES[name].about.slice(0, -1)}: the interfaces.`;
    return [{ name: dispatchMap(name), about, key: ["ifname"], value: "verdict", interval: false, elements }];
  });
  return [...(hosts.others === undefined ? [] : [apart]), ...maps];
}
