/** The program as text that `nft -f` loads in one transaction, written to be read by people. */
import { addressText, type Family, familyOf } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { trafficText } from "../net/traffic-text.ts";
import { boxesOf, isNoTraffic } from "../net/traffic.ts";
import { boxMatches } from "./nft-match.ts";
import type { FamilyProgram, PairEntry, Program, Target, TrafficChain } from "./program.ts";

/** The bits of the connection mark that hold the generation; the others are left to whoever uses them. */
const STAMP_MASK = "0xffff0000";
const STAMP_KEEP = "0x0000ffff";

/** Names an address for the comments of the text; undefined: no comment. */
export type NameOf = (address: bigint) => string | undefined;

/** Replaces the table as a whole, atomically. Pure; O(size of the program). */
export function nftText(program: Program, nameOf: NameOf = () => undefined): string {
  const table = `inet ${program.table}`;
  const blocks = [
    ...program.families.flatMap((family) => familyObjects(program, family, nameOf)),
    ...boundObjects(program),
    ...baseChains(program),
    governedChain(program),
    ...program.families.flatMap(({ family }) => [directionChain(family, "egress"), directionChain(family, "ingress")]),
    ...program.trafficChains.map(trafficChain),
    denyChain(program),
    tracklessChain(program),
  ];
  return [
    `# Portcullis: the policies of node ${commentText(program.node)}, generation ${program.generation}.`,
    ...program.degraded.map((reason) => `# degraded: ${commentText(reason)}`),
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    blocks.map((lines) => lines.map((line) => `\t${line}`).join("\n")).join("\n\n"),
    "}",
    "",
  ].join("\n");
}

type Lines = readonly string[];

const IP = { 4: "ip", 6: "ip6" } as const;
const ADDRESS_TYPE = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

/** Text from the input must not end its comment and begin a statement. */
function commentText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}

function familyObjects(program: Program, own: FamilyProgram, nameOf: NameOf): readonly Lines[] {
  const { family } = own;
  const type = ADDRESS_TYPE[family];
  const element = (text: string, comment: string | undefined): string =>
    comment === undefined ? `${text},` : `${text},  # ${commentText(comment)}`;
  const isolated = (addresses: readonly bigint[]): Lines =>
    addresses.map((address) => element(addressText(address), nameOf(address)));
  const trafficOf = new Map(program.trafficChains.map(({ name, traffic }) => [name, trafficText(traffic)]));
  const pairs = (entries: readonly PairEntry[]): Lines =>
    entries.map(({ pod, peerClass, target }) => {
      const name = nameOf(pod);
      const traffic = target.kind === "admit" ? "all" : trafficOf.get(target.chain);
      return element(
        `${addressText(pod)} . ${classText(peerClass)} : ${targetText(target)}`,
        name === undefined ? undefined : `${name}: ${traffic}`,
      );
    });
  return [
    ...(program.toOwnNode === "drop"
      ? [object(`set local_pods${family}`, [`type ${type}`], isolated(own.localPods))]
      : []),
    object(`set isolated_egress${family}`, [`type ${type}`], isolated(own.isolatedEgress)),
    object(`set isolated_ingress${family}`, [`type ${type}`], isolated(own.isolatedIngress)),
    object(
      `map address_class${family}`,
      [`type ${type} : classid`],
      own.addressClasses.map(({ block, peerClass }) =>
        element(`${addressText(block.start)} : ${classText(peerClass)}`, nameOf(block.start)),
      ),
    ),
    object(
      `map block_class${family}`,
      [`type ${type} : classid`, "flags interval"],
      own.blockClasses.map(({ block, peerClass }) => `${rangeText(block)} : ${classText(peerClass)},`),
    ),
    object(`map egress_pairs${family}`, [`type ${type} . classid : verdict`], pairs(own.egress)),
    object(`map ingress_pairs${family}`, [`type ${type} . classid : verdict`], pairs(own.ingress)),
  ];
}

function object(head: string, properties: Lines, elements: Lines): Lines {
  const body = properties.map((line) => `\t${line}`);
  if (elements.length > 0) body.push("\telements = {", ...elements.map((line) => `\t\t${line}`), "\t}");
  return [`${head} {`, ...body, "}"];
}

/** Classes travel in the packet's priority, which nft writes as major:minor in hexadecimal. */
function classText(peerClass: number): string {
  return `${(peerClass >>> 16).toString(16)}:${(peerClass & 0xffff).toString(16)}`;
}

function targetText(target: Target): string {
  return target.kind === "admit" ? "return" : `goto ${target.chain}`;
}

function rangeText(block: Interval<bigint>): string {
  const last = block.end - 1n;
  return block.start === last ? addressText(last) : `${addressText(block.start)}-${addressText(last)}`;
}

function boundObjects(program: Program): readonly Lines[] {
  if (program.interfaces.length === 0) return [];
  const bound = (family: Family): Lines =>
    program.interfaces.flatMap(({ name, addresses }) =>
      addresses
        .filter((address) => familyOf(address) === family)
        .map((address) => `"${name}" . ${addressText(address)},`),
    );
  return [
    object(
      "set pod_interfaces",
      ["type ifname"],
      program.interfaces.map(({ name }) => `"${name}",`),
    ),
    object("set bound4", ["type ifname . ipv4_addr"], bound(4)),
    object("set bound6", ["type ifname . ipv6_addr"], bound(6)),
  ];
}

/** Neighbour discovery, router solicitation and multicast listener reports, without which IPv6 has no link. */
const NEIGHBOUR_DISCOVERY = ["icmpv6 type 130-136 accept", "icmpv6 type 143 accept"] as const;

function baseChains(program: Program): readonly Lines[] {
  const chains: Lines[] = [];
  if (program.interfaces.length > 0) {
    chains.push(
      chain("source", "A pod sends from its own addresses only.", [
        "type filter hook prerouting priority raw; policy accept;",
        "iifname != @pod_interfaces accept",
        ...NEIGHBOUR_DISCOVERY,
        "iifname . ip saddr @bound4 accept",
        "iifname . ip6 saddr @bound6 accept",
        "counter drop",
      ]),
    );
  }
  chains.push(
    chain("forward", "Connections with a governed pod at one end are judged; no others are touched.", [
      "type filter hook forward priority filter - 10; policy accept;",
      ...program.families.flatMap(({ family }) => [
        `ct original ${IP[family]} saddr @isolated_egress${family} goto governed`,
        `ct reply ${IP[family]} saddr @isolated_ingress${family} goto governed`,
      ]),
      "ct state invalid,untracked goto trackless",
    ]),
  );
  if (program.toOwnNode !== "allow") chains.push(inputChain(program));
  return chains;
}

/** Connections of pods to their own node; replies to the node's own connections have another original source. */
function inputChain(program: Program): Lines {
  const drops = program.toOwnNode === "drop";
  return chain("input", drops ? "Pods do not reach this node." : "So are connections of governed pods to this node.", [
    "type filter hook input priority filter - 10; policy accept;",
    ...NEIGHBOUR_DISCOVERY,
    ...program.families.map(({ family }) =>
      drops
        ? `ct original ${IP[family]} saddr @local_pods${family} goto deny`
        : `ct original ${IP[family]} saddr @isolated_egress${family} goto governed`,
    ),
    "ct state invalid,untracked goto trackless",
  ]);
}

/** The whole of a governed connection: what is known passes, what is new is judged by each direction and stamped. */
function governedChain(program: Program): Lines {
  const stamp = `0x${program.generation.toString(16).padStart(4, "0")}0000`;
  return chain(
    "governed",
    "Admitted connections carry the stamp of this generation; others are judged at both ends, then stamped.",
    [
      "ct state related meta l4proto icmp accept",
      "ct state related meta l4proto icmpv6 accept",
      `ct state established ct mark and ${STAMP_MASK} == ${stamp} accept`,
      ...program.families.flatMap(({ family }) => [
        `ct original ${IP[family]} saddr @isolated_egress${family} jump egress${family}`,
        `ct reply ${IP[family]} saddr @isolated_ingress${family} jump ingress${family}`,
      ]),
      "meta priority set 0:0",
      `ct mark set ct mark and ${STAMP_KEEP} or ${stamp}`,
      "accept",
    ],
  );
}

/** Finds the class of the peer, then what the pair of pod and class leads to. A pair without an entry is denied. */
function directionChain(family: Family, direction: "egress" | "ingress"): Lines {
  const source = `ct original ${IP[family]} saddr`;
  const destination = `ct reply ${IP[family]} saddr`;
  const [pod, peer] = direction === "egress" ? [source, destination] : [destination, source];
  const about =
    direction === "egress"
      ? "The class of the destination, then its pair with the sending pod."
      : "The class of the source, then its pair with the receiving pod.";
  return chain(`${direction}${family}`, about, [
    // A look-up that misses leaves the field as it is, and forwarding fills it from the packet's TOS byte.
    "meta priority set 0:0",
    `meta priority set ${peer} map @block_class${family}`,
    `meta priority set ${peer} map @address_class${family}`,
    `${pod} . meta priority vmap @${direction}_pairs${family}`,
    "goto deny",
  ]);
}

/** Packets that belong to no connection cannot be judged; they are dropped where a governed pod is one end. */
function tracklessChain(program: Program): Lines {
  return chain(
    "trackless",
    "Packets of no connection cannot be judged.",
    program.families.flatMap(({ family }) =>
      ["saddr", "daddr"].flatMap((side) => [
        `${IP[family]} ${side} @isolated_egress${family} counter drop`,
        `${IP[family]} ${side} @isolated_ingress${family} counter drop`,
      ]),
    ),
  );
}

function denyChain(program: Program): Lines {
  if (program.denial === "drop") return chain("deny", "What no pair admits.", ["counter drop"]);
  return chain("deny", "What no pair admits.", [
    "meta l4proto tcp counter reject with tcp reset",
    "counter reject with icmpx admin-prohibited",
  ]);
}

/** The netlink group that log rules report to; a limit keeps a flood from drowning whoever reads it. */
const LOG = `limit rate 100/second log prefix "portcullis " group 4477`;

function trafficChain({ name, traffic, logged }: TrafficChain): Lines {
  const logs = isNoTraffic(logged) ? "" : `, logs ${trafficText(logged)}`;
  return chain(name, `Admits ${trafficText(traffic)}${logs}.`, [
    ...[...boxesOf(logged)].flatMap(boxMatches).map((match) => `${match} ${LOG}`),
    ...[...boxesOf(traffic)].flatMap(boxMatches).map((match) => `${match} return`),
    "goto deny",
  ]);
}

function chain(name: string, about: string, rules: Lines): Lines {
  return [`# ${about}`, `chain ${name} {`, ...rules.map((rule) => `\t${rule}`), "}"];
}
