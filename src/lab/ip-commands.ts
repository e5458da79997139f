/** Single lines of `ip -batch`, and what the ends of every link of a lab agree on. */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";

/** The other end of every link, link-local; nobody needs to bear it, for its hardware address is known. */
export const GATEWAY = { 4: "169.254.1.1", 6: "fe80::1" } as const;
const EVERYTHING = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/** Hardware addresses by the side of the link: the inner end is the one nearer to the pods. */
export const INNER = "02:00:00:00:00:01";
export const OUTER = "02:00:00:00:00:02";

/** A link between two namespaces, the inner end with its hardware address. */
export function link(
  inner: string,
  innerName: string,
  outer: string,
  outerName: string,
  innerHardware: string = INNER,
): string {
  return (
    `link add name ${innerName} netns ${inner} address ${innerHardware} type veth ` +
    `peer name ${outerName} netns ${outer} address ${OUTER}`
  );
}

/** `nodad`: an address that is not checked for rivals can be used at once. */
export function bear(address: Address, device: string): string {
  return `address add ${host(address)} dev ${device}${familyOf(address) === 6 ? " nodad" : ""}`;
}

export function host(address: Address): string {
  return `${addressText(address)}/${familyOf(address) === 4 ? 32 : 128}`;
}

/** In the main table, or in the one with the number `table`. */
export function defaultRoute(family: Family, device: string, table?: number): readonly string[] {
  const where = table === undefined ? "" : ` table ${table}`;
  return [neighbour(GATEWAY[family], OUTER, device), `${routeBy(EVERYTHING[family], family, device)}${where}`];
}

export function routeBy(destination: string, family: Family, device: string): string {
  return `route add ${destination} via ${GATEWAY[family]} dev ${device} onlink`;
}

export function neighbour(address: string, hardware: string, device: string): string {
  return `neighbour add ${address} lladdr ${hardware} dev ${device} nud permanent`;
}
