/** The traffic a rule speaks of between two ends, with its port names and Services resolved there. */
import type { Intervals } from "../net/intervals.ts";
import { headerKind, SCTP, TCP, UDP } from "../net/protocol.ts";
import {
  ALL_TRAFFIC,
  allOf,
  box,
  intersectTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { bearersOf } from "../path/bearers.ts";
import type { End } from "../path/end.ts";
import type { PortChoice, PortCondition, Rule, TrafficMatch } from "../policy/model.ts";
import type { Situation } from "../situation/situation.ts";
import { matchBearer, matchPlace, serviceEndpoints, type Ternary } from "./match.ts";

/** What is meant for certain, and what is meant for certain or perhaps. */
export interface Bounds {
  readonly certain: TrafficSet;
  readonly possible: TrafficSet;
}

const EVERYTHING: Bounds = { certain: ALL_TRAFFIC, possible: ALL_TRAFFIC };
const NOTHING: Bounds = { certain: NO_TRAFFIC, possible: NO_TRAFFIC };

/** A pod of which neither the names of its ports nor the Services it serves are known. */
export type UnknownPod = "unknown pod";

/** The traffic of rules that speak of numbers alone, which is the same between all ends. */
const fixed = new WeakMap<readonly TrafficMatch[], Bounds>();

export function ruleTraffic(
  situation: Situation,
  { traffic }: Pick<Rule, "traffic">,
  from: End | UnknownPod,
  to: End | UnknownPod,
): Bounds {
  if (traffic === undefined) return EVERYTHING;
  const known = fixed.get(traffic);
  if (known !== undefined) return known;
  const bounds = union(traffic.map((match) => matchBounds(situation, match, from, to)));
  const isFixed = traffic.every(({ conditions }) =>
    conditions.every(({ anyOf }) => anyOf.every(({ kind }) => kind === "numbers")),
  );
  if (isFixed) fixed.set(traffic, bounds);
  return bounds;
}

function matchBounds(
  situation: Situation,
  { within, conditions }: TrafficMatch,
  from: End | UnknownPod,
  to: End | UnknownPod,
): Bounds {
  let bounds: Bounds = { certain: within, possible: within };
  for (const condition of conditions) {
    bounds = narrow(bounds, condition, conditionBounds(situation, condition, condition.side === "source" ? from : to));
  }
  return bounds;
}

function narrow(bounds: Bounds, { negated }: PortCondition, by: Bounds): Bounds {
  return negated
    ? { certain: subtractTraffic(bounds.certain, by.possible), possible: subtractTraffic(bounds.possible, by.certain) }
    : {
        certain: intersectTraffic(bounds.certain, by.certain),
        possible: intersectTraffic(bounds.possible, by.possible),
      };
}

function conditionBounds(situation: Situation, condition: PortCondition, end: End | UnknownPod): Bounds {
  return union(condition.anyOf.map((choice) => choiceBounds(situation, choice, condition.side, end)));
}

function choiceBounds(
  situation: Situation,
  choice: PortChoice,
  side: PortCondition["side"],
  end: End | UnknownPod,
): Bounds {
  if (choice.kind === "numbers") {
    const traffic = PORT_PROTOCOLS.map((protocol) => portsAt(side, protocol, choice.ports)).reduce(unionTraffic);
    return { certain: traffic, possible: traffic };
  }
  if (end === "unknown pod") {
    const protocol = choice.kind === "named" ? choice.protocol : undefined;
    return where(undefined, (protocol === undefined ? [TCP, UDP, SCTP] : [protocol]).map(allOf).reduce(unionTraffic));
  }
  switch (choice.kind) {
    case "named": {
      const { among } = choice;
      return union(
        bearersOf(situation.inventory, situation.assumptions, end).map((bearer) => {
          const ports = bearer.ports.filter(
            (port) => port.name === choice.name && (choice.protocol === undefined || choice.protocol === port.protocol),
          );
          const traffic = ports.map((port) => portAt(side, port.protocol, port.port)).reduce(unionTraffic, NO_TRAFFIC);
          return where(among === undefined ? true : matchBearer(among, bearer), traffic);
        }),
      );
    }
    case "service":
      return union(
        serviceEndpoints(situation, choice.service).served.map(({ where: place, protocol, port }) =>
          where(matchPlace(place, end), portAt(side, protocol, port)),
        ),
      );
  }
}

const PORT_PROTOCOLS: readonly number[] = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
  (protocol) => headerKind(protocol) === "ports",
);

function portAt(side: PortCondition["side"], protocol: number, port: number): TrafficSet {
  return portsAt(side, protocol, [{ start: port, end: port + 1 }]);
}

function portsAt(side: PortCondition["side"], protocol: number, ports: Intervals<number>): TrafficSet {
  const all = [{ start: 0, end: 65_536 }];
  if (headerKind(protocol) !== "ports") return allOf(protocol);
  return side === "source" ? box(protocol, ports, all) : box(protocol, all, ports);
}

function where(holds: Ternary, traffic: TrafficSet): Bounds {
  if (holds === false) return NOTHING;
  return { certain: holds === true ? traffic : NO_TRAFFIC, possible: traffic };
}

function union(all: readonly Bounds[]): Bounds {
  return all.reduce((a, b) => {
    const certain = unionTraffic(a.certain, b.certain);
    const isExact = a.certain === a.possible && b.certain === b.possible;
    return { certain, possible: isExact ? certain : unionTraffic(a.possible, b.possible) };
  }, NOTHING);
}
