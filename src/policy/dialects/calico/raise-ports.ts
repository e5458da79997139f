/** Ports of a Kubernetes NetworkPolicy as Calico lists them: each list beside one protocol. */
import { unionOf } from "../../../net/intervals.ts";
import type { NetworkPolicyPort, PortProtocol } from "../../../resources/kinds.ts";
import { piecesOf } from "../../manifest.ts";

/** Numbers and names stand apart, because a name may need a limit on whose it is. */
export type PortList =
  | { readonly protocol: PortProtocol; readonly of: "all" }
  | { readonly protocol: PortProtocol; readonly of: "numbers" | "names"; readonly list: readonly (number | string)[] };

const MAX_PORTS = 50;

/** Protocols in the order in which the rule first names them; neighbouring numbers are one range. */
export function portLists(ports: readonly NetworkPolicyPort[]): readonly PortList[] {
  return [...new Set(ports.map(({ protocol }) => protocol))].flatMap((protocol): readonly PortList[] => {
    const own = ports.filter((port) => port.protocol === protocol);
    // The whole protocol, port 0 included, which no list of ports can name.
    if (own.some(({ port }) => port === undefined)) return [{ protocol, of: "all" }];
    const ranges = own.flatMap(({ port, endPort }) =>
      typeof port === "number" ? [{ start: port, end: (endPort ?? port) + 1 }] : [],
    );
    const numbers = unionOf(ranges).map(({ start, end }) => (end - start === 1 ? start : `${start}:${end - 1}`));
    const names = [...new Set(own.flatMap(({ port }) => (typeof port === "string" ? [port] : [])))];
    return [
      ...piecesOf(numbers, MAX_PORTS).map((list) => ({ protocol, of: "numbers", list }) as const),
      ...piecesOf(names, MAX_PORTS).map((list) => ({ protocol, of: "names", list }) as const),
    ];
  });
}
