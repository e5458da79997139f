/** For tests: the oracle asked in the grammar of the command line. */
import type { Family } from "../net/address.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { type End, familyOfEnd } from "../path/end.ts";
import { directPath, type Path } from "../path/path.ts";
import { isReferenceError, parseAsked, parseReference, splitDestination } from "../path/reference.ts";
import { resolve } from "../path/resolve.ts";
import type { Situation } from "../situation/situation.ts";
import { judge, type Verdict } from "./verdict.ts";

/** The end of one family that a text names. Throws unless there is exactly one. */
export function endOf(situation: Situation, text: string, family: Family): End {
  const reference = parseReference(text, "default");
  if (isReferenceError(reference)) throw new Error(reference.error);
  const resolved = resolve(situation, reference);
  if (isReferenceError(resolved)) throw new Error(resolved.error);
  if (resolved.kind === "service") throw new Error(`${text} is a Service`);
  const [end, ...more] = resolved.ends.filter((candidate) => familyOfEnd(candidate) === family);
  if (end === undefined || more.length > 0) throw new Error(`${text} has ${more.length + 1} ends of family ${family}`);
  return end;
}

/** The path and a packet on it; `to` as in `shop/web:80`, `10.0.0.1:53/udp`, `shop/web:/icmp`; TCP 80 when it says no more. */
export function pathAndPacket(
  situation: Situation,
  from: string,
  to: string,
  family: Family = 4,
): { readonly path: Path; readonly packet: TrafficPoint } {
  const { end, traffic } = splitDestination(to);
  const asked = parseAsked(traffic ?? "80");
  if (isReferenceError(asked) || asked.kind !== "traffic") throw new Error(`${to} names no one kind of packet`);
  const packet = witnessOf(asked.traffic);
  if (packet === undefined) throw new Error(`${to} names no packet`);
  return { path: directPath(situation, endOf(situation, from, family), endOf(situation, end, family)), packet };
}

/** The oracle's verdict about one packet. */
export function verdictOf(situation: Situation, from: string, to: string, family: Family = 4): Verdict {
  const { path, packet } = pathAndPacket(situation, from, to, family);
  return judge(situation, path, packet);
}
