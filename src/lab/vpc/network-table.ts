/** The nft table of a router or gateway, and the notes it takes of each packet that it judges. Pure. */
import { chain, type Lines, object } from "../ruleset-lines.ts";
import { headerKind } from "../../net/protocol.ts";

/** The name of the table. */
export const NETWORK_TABLE = { family: "ip", name: "portcullis_vpc" } as const;

/** The number of the judge who says that no route leads on. */
export const NO_ROUTE = 1;

/**
 * How the gateway marks packets (by their DSCP) for which nobody outside knows a way in. The list of the subnet judges them
 * all the same, so that one learns of both obstacles; then the router refuses them.
 */
export const STRAY = 63;

/**
 * The sets of notes: one for each protocol with ports or types, one for all others. Not one for all, because nft 1.0.6 lists
 * no more than five fields rightly. The last field, the mark, is the number of whoever judged.
 */
export const NOTES: readonly { readonly set: string; readonly protocol: number | undefined }[] = [
  ...Array.from({ length: 256 }, (_, protocol) => protocol)
    .filter((protocol) => headerKind(protocol) !== "none")
    .map((protocol) => ({ set: `judged_${protocol}`, protocol })),
  { set: "judged_other", protocol: undefined },
];

/** Ports are the first two pairs of bytes behind the IP header; of ICMP, type and code, then the checksum. */
function keyOf(protocol: number | undefined): string {
  const fields = protocol === undefined ? "ip protocol" : "th sport . th dport";
  return `ip saddr . ip daddr . ${fields} . meta mark`;
}

const SIZE = 1 << 20;

/** A chain that notes the packet and ends as it is told. */
export function judgedChain(name: string, about: string, end: string): Lines {
  return chain(name, about, ["jump note", end]);
}

function noteChain(): Lines {
  const noted = NOTES.flatMap(({ protocol }) => protocol ?? []);
  return chain(
    "note",
    "Writes down who has judged what.",
    NOTES.map(({ set, protocol }) => {
      const match = protocol === undefined ? `!= { ${noted.join(", ")} }` : String(protocol);
      return `meta l4proto ${match} add @${set} { ${keyOf(protocol)} }`;
    }),
  );
}

const UNROUTED = "unrouted";

/** The end of a rule for packets that no route leads on. */
export const TO_NOWHERE = `meta mark set ${NO_ROUTE} goto ${UNROUTED}`;

/** Replaces the table by one of these chains; the notes and the chain behind {@link TO_NOWHERE} come with it. */
export function tableText(chains: readonly Lines[]): string {
  const table = `${NETWORK_TABLE.family} ${NETWORK_TABLE.name}`;
  const blocks = [
    ...NOTES.map(({ set, protocol }) =>
      object(`set ${set}`, [`typeof ${keyOf(protocol)}`, `size ${SIZE}`, "flags dynamic"], []),
    ),
    noteChain(),
    judgedChain(UNROUTED, "What no route leads on.", "reject with icmp net-unreachable"),
    ...chains,
  ];
  return [
    `table ${table}`,
    `delete table ${table}`,
    `table ${table} {`,
    blocks.map((lines) => lines.map((line) => `\t${line}`).join("\n")).join("\n\n"),
    "}",
    "",
  ].join("\n");
}
