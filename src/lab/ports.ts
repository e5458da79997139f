/** The ports at which policies could change their mind. */
import { portsNamed } from "../cluster/service.ts";
import { TCP, UDP } from "../net/protocol.ts";
import { boxesOf } from "../net/traffic.ts";
import type { End } from "../path/end.ts";
import { allRules } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";

const PORT_END = 65_536;

/**
 * Ports that policies name by number, with both borders of every range and what lies next to them; and one that no policy
 * and no pod names, undefined where there is none. Port 0 is left out: sockets cannot have it.
 */
export interface PolicyPorts {
  readonly borders: readonly number[];
  readonly names: readonly { readonly name: string; readonly protocol: number }[];
  readonly unnamed: number | undefined;
}

export function policyPorts(situation: Situation): PolicyPorts {
  const named = new Set<number>();
  const beside = new Set<number>();
  const ranges: { readonly start: number; readonly end: number }[] = [];
  const names = new Map<string, { readonly name: string; readonly protocol: number }>();
  for (const rule of allRules(situation.tiers)) {
    for (const port of rule.ports ?? []) {
      if (port.kind === "named") {
        names.set(`${port.name}/${port.protocol}`, { name: port.name, protocol: port.protocol });
        continue;
      }
      for (const { protocols, second } of boxesOf(port.traffic)) {
        const whole = second.start === 0 && second.end === PORT_END;
        if (whole || ![TCP, UDP].some((number) => protocols.start <= number && number < protocols.end)) continue;
        ranges.push(second);
        named.add(second.start).add(second.end - 1);
        beside.add(second.start - 1).add(second.end);
      }
    }
  }
  const declared = situation.inventory.pods.flatMap((pod) => pod.declaredPorts.map(({ port }) => port));
  return {
    borders: [...new Set([...named, ...beside])].filter((port) => port > 0 && port < PORT_END).sort((a, b) => a - b),
    names: [...names.values()],
    unnamed: portOutside(ranges, new Set([...declared, ...beside])),
  };
}

/** The ports of one destination worth asking about, ascending. */
export function portsToProbe(ports: PolicyPorts, to: End): readonly number[] {
  const own =
    to.kind !== "pod"
      ? []
      : [
          ...to.pod.declaredPorts.map(({ port }) => port),
          ...ports.names.flatMap(({ name, protocol }) => portsNamed(to.pod.ports, name, protocol)),
        ];
  const all = [...own, ...ports.borders, ...(ports.unnamed === undefined ? [] : [ports.unnamed])];
  return [...new Set(all)].filter((port) => port > 0 && port < PORT_END).sort((a, b) => a - b);
}

/** A port that is not well known to anybody, preferably above the registered ones and below those of clients. */
function portOutside(
  ranges: readonly { readonly start: number; readonly end: number }[],
  taken: ReadonlySet<number>,
): number | undefined {
  for (let i = 0; i < PORT_END - 1; i++) {
    const port = ((29_999 + i) % (PORT_END - 1)) + 1;
    if (!taken.has(port) && !ranges.some(({ start, end }) => start <= port && port < end)) return port;
  }
  return undefined;
}
