/** The chains of a node's program. */
import type { Family } from "../net/address.ts";
import { ICMP, ICMPV6, TCP } from "../net/protocol.ts";
import { trafficText } from "../net/traffic-text.ts";
import { boxesOf, isNoTraffic } from "../net/traffic.ts";
import type { Dispatch } from "./host-names.ts";
import { deniedPrefix, DROPPED_PREFIX, type DropReason, LOG_GROUP, LOGGED_PREFIX } from "./log-prefix.ts";
import type { Program, TrafficChain } from "./program.ts";
import { type Chain, type Hook, type Rule, rule } from "./ruleset.ts";
import {
  ACCEPT,
  COUNTER,
  DROP,
  equals,
  goto,
  inRange,
  inSet,
  inState,
  jump,
  notInSet,
  RETURN,
  type Statement,
} from "./statement.ts";
import { boxMatches } from "./traffic-rules.ts";

/** The bits of the connection mark that hold the generation; the others are left to whoever uses them. */
const STAMP_MASK = 0xffff0000;
const STAMP_KEEP = 0x0000ffff;
const STAMP_SHIFT = 16;

/** What the connections that a program admits carry in the upper bits of their mark. */
export function stampOf({ generation }: Pick<Program, "generation">): number {
  return generation * 2 ** STAMP_SHIFT;
}

/** The generation of a stamp. */
export function generationStamped(mark: number): number {
  return mark >>> STAMP_SHIFT;
}

/** Before connection tracking, and before the filters of others. */
export const RAW = -300;
export const BEFORE_FILTER = -10;

export function chainsOf(program: Program): readonly Chain[] {
  return [
    ...baseChains(program),
    governedChain(program),
    stampChain(program),
    ...program.families.flatMap(({ family }) => [directionChain(family, "egress"), directionChain(family, "ingress")]),
    ...program.trafficChains.map(trafficChain),
    denyChain(program),
    ...(program.hosts === undefined ? [] : [discardChain(program)]),
    tracklessChain(program),
    DROP_TRACKLESS,
  ];
}

/** Neighbour discovery, router solicitation and multicast listener reports, without which IPv6 has no link. */
export const NEIGHBOUR_DISCOVERY: readonly Rule[] = [
  rule(inRange("icmpv6 type", { start: 130, end: 137 }), ACCEPT),
  rule(equals("icmpv6 type", 143), ACCEPT),
];

const TRACKLESS: Rule = rule(inState("invalid", "untracked"), goto("trackless"));

export function hookAt(point: Hook["point"], priority: number): Hook {
  return { point, priority, policy: "accept" };
}

function baseChains(program: Program): readonly Chain[] {
  return [
    ...(program.interfaces.length > 0 ? [SOURCE] : []),
    {
      name: "forward",
      about: "Connections with a governed pod at one end are judged; no others are touched.",
      hook: hookAt("forward", BEFORE_FILTER),
      rules: [
        ...program.families.flatMap(({ family }) => [
          rule(inSet(`isolated_egress${family}`, FIELDS[family].source), goto("governed")),
          rule(inSet(`isolated_ingress${family}`, FIELDS[family].destination), goto("governed")),
        ]),
        ...toHosts(program, "hosts_forward_in", "hosts_forward_out"),
        TRACKLESS,
      ],
    },
    ...(program.toOwnNode === "allow" && program.hosts === undefined ? [] : [inputChain(program)]),
  ];
}

/** The ends of a connection: its original source, and its destination after translation. */
export const FIELDS = {
  4: { source: "ct original ip saddr", destination: "ct reply ip saddr" },
  6: { source: "ct original ip6 saddr", destination: "ct reply ip6 saddr" },
} as const;

/** So many a second are told; a flood of them says no more than the first few. */
function dropTold(reason: DropReason): readonly Rule[] {
  return [
    rule({ kind: "limit", perSecond: 10 }, { kind: "log", prefix: DROPPED_PREFIX[reason], group: LOG_GROUP }),
    rule(COUNTER, DROP),
  ];
}

const SOURCE: Chain = {
  name: "source",
  about: "A pod sends from its own addresses only.",
  hook: hookAt("prerouting", RAW),
  rules: [
    rule(notInSet("pod_interfaces", "iifname"), ACCEPT),
    ...NEIGHBOUR_DISCOVERY,
    rule(inSet("bound4", "iifname", "ip saddr"), ACCEPT),
    rule(inSet("bound6", "iifname", "ip6 saddr"), ACCEPT),
    ...dropTold("source not its own"),
  ],
};

/** Connections of pods to their own node; replies to the node's own connections have another original source. */
function inputChain(program: Program): Chain {
  const drops = program.toOwnNode === "drop";
  const ofPods = program.families.map(({ family }) =>
    drops
      ? rule(inSet(`local_pods${family}`, FIELDS[family].source), goto("deny"))
      : rule(inSet(`isolated_egress${family}`, FIELDS[family].source), goto("governed")),
  );
  return {
    name: "input",
    about:
      "Connections of pods to this node itself, of all or of the governed ones, and those of others where policy governs interfaces.",
    hook: hookAt("input", BEFORE_FILTER),
    rules: [
      ...NEIGHBOUR_DISCOVERY,
      ...(program.toOwnNode === "allow" ? [] : ofPods),
      ...toHosts(program, "hosts_input"),
      ...(program.toOwnNode === "allow" ? [] : [TRACKLESS]),
    ],
  };
}

function toHosts({ hosts }: Program, ...dispatches: readonly Dispatch[]): readonly Rule[] {
  return hosts === undefined ? [] : dispatches.map((name) => rule(jump(name)));
}

/** The whole of a governed connection: what is known passes, what is new is judged by each direction and stamped. */
function governedChain(program: Program): Chain {
  return {
    name: "governed",
    about: "Admitted connections carry the stamp of this generation; others are judged at both ends, then stamped.",
    rules: [
      ...KNOWN,
      // Of no connection are only packets that came here for the interface they take.
      ...(program.hosts === undefined ? [] : [rule(inState("invalid", "untracked"), goto("discard"))]),
      ...toHosts(program, "hosts_judged_in", "hosts_judged_out"),
      ...program.families.flatMap(({ family }) => [
        rule(inSet(`isolated_egress${family}`, FIELDS[family].source), jump(`egress${family}`)),
        rule(inSet(`isolated_ingress${family}`, FIELDS[family].destination), jump(`ingress${family}`)),
      ]),
      rule(NO_CLASS),
      rule(jump("stamp")),
      rule(ACCEPT),
    ],
  };
}

export const IS_STAMPED: Statement = { kind: "bits-member", field: "ct mark", mask: STAMP_MASK, set: "stamps" };

/** Errors that belong to a connection, and what this generation has admitted. */
export const KNOWN: readonly Rule[] = [
  rule(inState("related"), equals("meta l4proto", ICMP), ACCEPT),
  rule(inState("related"), equals("meta l4proto", ICMPV6), ACCEPT),
  rule(inState("established"), IS_STAMPED, ACCEPT),
];

/**
 * All that a new generation changes of the rules. A rule that leads nowhere and looks nothing up does not make the kernel
 * walk through the whole table to see where it leads.
 */
function stampChain(program: Program): Chain {
  return {
    name: "stamp",
    about: "Stamps a connection with this generation.",
    rules: [rule({ kind: "set-bits", field: "ct mark", keep: STAMP_KEEP, value: stampOf(program) })],
  };
}

export const NO_CLASS: Statement = { kind: "set", field: "meta priority", value: 0 };

/**
 * Finds the class of the peer, then the number of the traffic that the pair of pod and class leads to, in its place. A pair
 * without an entry leaves the class there, which is no number of traffic, and is denied.
 */
function directionChain(family: Family, direction: "egress" | "ingress"): Chain {
  const { source, destination } = FIELDS[family];
  const [pod, peer] = direction === "egress" ? [source, destination] : [destination, source];
  const classFrom = (map: string): Rule => rule({ kind: "set-from", field: "meta priority", by: [peer], map });
  return {
    name: `${direction}${family}`,
    about:
      direction === "egress"
        ? "The class of the destination, then the traffic of its pair with the sending pod."
        : "The class of the source, then the traffic of its pair with the receiving pod.",
    rules: [
      // A look-up that misses leaves the field as it is, and forwarding fills it from the packet's TOS byte.
      rule(NO_CLASS),
      classFrom(`block_class${family}`),
      classFrom(`address_class${family}`),
      rule({
        kind: "set-from",
        field: "meta priority",
        by: [pod, "meta priority"],
        map: `${direction}_pairs${family}`,
      }),
      rule({ kind: "verdict-map", fields: ["meta priority"], map: "traffic" }),
      rule(goto("deny")),
    ],
  };
}

const HEADER_ENDS = { 4: ["ip saddr", "ip daddr"], 6: ["ip6 saddr", "ip6 daddr"] } as const;

/** Packets that belong to no connection cannot be judged; they are dropped where a governed pod is one end. */
function tracklessChain(program: Program): Chain {
  return {
    name: "trackless",
    about: "Packets of no connection cannot be judged.",
    rules: program.families.flatMap(({ family }) =>
      HEADER_ENDS[family].flatMap((end) => [
        rule(inSet(`isolated_egress${family}`, end), goto(DROP_TRACKLESS.name)),
        rule(inSet(`isolated_ingress${family}`, end), goto(DROP_TRACKLESS.name)),
      ]),
    ),
  };
}

const DROP_TRACKLESS: Chain = {
  name: "drop_trackless",
  about: "Tells of packets of no connection, and drops them.",
  rules: dropTold("no connection"),
};

function denyChain(program: Program): Chain {
  return {
    name: "deny",
    about: "What no pair admits.",
    rules: [...told(program), MID_STREAM, ...denyingRules(program.denial)],
  };
}

/** Where packets come before anybody could be answered for them. */
function discardChain(program: Program): Chain {
  return { name: "discard", about: "What early phases deny.", rules: [...told(program), rule(COUNTER, DROP)] };
}

function told(program: Program): readonly Rule[] {
  // Without a limit: whoever reads is told of packets that do not fit, and without a reader it costs next to nothing.
  return [
    rule(inState("established", "related"), logDenied(program, "known")),
    rule(inState("new", "invalid", "untracked"), logDenied(program, "new")),
  ];
}

/** SYN, RFC 9293. */
const TCP_SYN = 0x02;

/**
 * A connection that was there before anything followed it is taken up in the direction of the packet that comes first. That may
 * be an answer, and a reset would end a connection that is allowed; when the end that opened it sends, it is taken up
 * the right way round. So the packet is lost, which TCP mends.
 */
const MID_STREAM: Rule = rule(
  inState("new"),
  equals("meta l4proto", TCP),
  { kind: "no-bits", field: "tcp flags", mask: TCP_SYN },
  COUNTER,
  DROP,
);

export function denyingRules(denial: Program["denial"]): readonly Rule[] {
  if (denial === "drop") return [rule(COUNTER, DROP)];
  return [
    rule(equals("meta l4proto", TCP), COUNTER, { kind: "reject", answer: "tcp-reset" }),
    rule(COUNTER, { kind: "reject", answer: "admin-prohibited" }),
  ];
}

function logDenied({ generation }: Program, connection: "new" | "known"): Statement {
  return { kind: "log", prefix: deniedPrefix(generation, connection), group: LOG_GROUP };
}

/** A limit keeps a flood from drowning whoever reads the log. */
export const LOG: readonly Statement[] = [
  { kind: "limit", perSecond: 100 },
  { kind: "log", prefix: LOGGED_PREFIX, group: LOG_GROUP },
];

function trafficChain({ name, traffic, logged }: TrafficChain): Chain {
  const logs = isNoTraffic(logged) ? "" : `, logs ${trafficText(logged)}`;
  return {
    name,
    about: `Admits ${trafficText(traffic)}${logs}.`,
    rules: [
      ...[...boxesOf(logged)].flatMap((box) => boxMatches(box)).map((matches) => rule(...matches, ...LOG)),
      ...[...boxesOf(traffic)].flatMap((box) => boxMatches(box)).map((matches) => rule(...matches, RETURN)),
      rule(goto("deny")),
    ],
  };
}
