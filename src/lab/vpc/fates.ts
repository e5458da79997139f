/** What became of packets, from what the ends have seen and the filters have noted. Pure. */
import type { AclJudge } from "./acl-rules.ts";
import type { Exchange } from "./exchange.ts";
import { type Judged, type SeenPacket, seenKey } from "./judged.ts";
import { NO_ROUTE } from "./network-table.ts";
import { seenByLists } from "./packets.ts";
import type { VpcLabPlan } from "./vpc-plan.ts";
import { FIRST_JUDGE } from "./wired-network.ts";

/** What became of one packet on its way; `judges` are those that decided about it, in the order of the way. */
export type LegFate =
  | { readonly kind: "delivered"; readonly judges: readonly AclJudge[] }
  /** The last of the judges, `at`, has denied it. */
  | { readonly kind: "dropped"; readonly at: AclJudge; readonly judges: readonly AclJudge[] }
  /** Nothing leads on, though the lists before that place (`judges`) have allowed it. */
  | { readonly kind: "no-route"; readonly judges: readonly AclJudge[] }
  /** It neither arrived nor did anybody refuse it: the lab is at fault, and nothing is known. */
  | { readonly kind: "lost"; readonly judges: readonly AclJudge[] };

export interface PacketFate {
  readonly request: LegFate;
  /** Undefined: no answer was sent, since the request did not arrive or has none. */
  readonly reply: LegFate | undefined;
}

/** What filters have noted, at the router and at the gateway behind it. */
export interface Notes {
  readonly router: Judged;
  readonly gateway: Judged;
}

export function fateOf(plan: VpcLabPlan, exchange: Exchange, notes: Notes): PacketFate {
  const { packet, requestArrived, sentReply, replyArrived } = exchange;
  const seen = seenByLists(plan, packet);
  const sent = { source: packet.from, destination: packet.to, traffic: packet.traffic };
  return {
    request: legFate(plan, requestArrived, sent, seen.request, notes),
    reply: sentReply && seen.reply && legFate(plan, replyArrived, sentReply, seen.reply, notes),
  };
}

function legFate(
  { judges }: VpcLabPlan,
  arrived: boolean,
  sent: SeenPacket,
  seen: SeenPacket,
  { router, gateway }: Notes,
): LegFate {
  const numbers = router.get(seenKey(seen)) ?? [];
  const deciding = numbers
    .flatMap((number) => judges[number - FIRST_JUDGE] ?? [])
    // The way leads out of one subnet and into another.
    .sort((a, b) => Number(a.direction === "inbound") - Number(b.direction === "inbound"));
  if (arrived) return { kind: "delivered", judges: deciding };
  if (numbers.includes(NO_ROUTE) || gateway.has(seenKey(sent))) return { kind: "no-route", judges: deciding };
  const at = deciding.at(-1);
  if (at !== undefined && at.rule?.action !== "allow") return { kind: "dropped", at, judges: deciding };
  return { kind: "lost", judges: deciding };
}

/** True when it is known what became of the packet and its answer. */
export function isKnown(fate: PacketFate | undefined): boolean {
  return fate !== undefined && fate.request.kind !== "lost" && fate.reply?.kind !== "lost";
}
