/** What the oracle says about a packet between places of a lab. Pure. */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import { headerKind, ICMP, ICMPV6, protocolText, SCTP, TCP, UDP } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { endAt } from "../path/end.ts";
import { directPath } from "../path/path.ts";
import { serviceRoutes } from "../path/service-routes.ts";
import { judge, type StageReport, type Verdict, type VerdictKind } from "../verdict/verdict.ts";
import type { LabService } from "./services.ts";
import type { LabNode, LabOutside, LabPlan, LabPod } from "./topology.ts";

/** A place at one of its addresses. */
export interface LabEnd {
  readonly place: LabPod | LabNode | LabOutside;
  readonly address: Address;
}

/** What a packet can be sent to: a place, or a Service at one of its addresses. */
export interface LabTarget {
  readonly place: LabEnd["place"] | LabService;
  readonly address: Address;
}

export type ProbeTraffic =
  | {
      /** SCTP by crafted packets, the others by sockets. */
      readonly protocol: "tcp" | "udp" | "sctp";
      readonly port: number;
      /** Absent: whichever the kernel chooses. */
      readonly sourcePort?: number;
    }
  /** An echo request of ICMP or ICMPv6. */
  | { readonly protocol: "icmp" }
  /** A packet without ports, made by hand. */
  | { readonly protocol: "crafted"; readonly point: TrafficPoint };

/** `accounts/pod/web-1`, `node/worker`, `accounts/svc/web`, an address: the grammar of ends. */
export function labEndText({ place, address }: LabTarget): string {
  return place.kind === "outside" ? addressText(address) : place.identity;
}

/** `tcp/80`, `sctp/80 from 4000`, `icmp`, `icmp.13.0`, `icmpv6.128.1`, `protocol/47`. */
export function trafficText(traffic: ProbeTraffic): string {
  if (traffic.protocol === "icmp") return "icmp";
  if (traffic.protocol === "crafted") {
    const { protocol, first, second } = traffic.point;
    return headerKind(protocol) === "icmp" ? `${protocolText(protocol)}.${first}.${second}` : `protocol/${protocol}`;
  }
  const from = traffic.sourcePort === undefined ? "" : ` from ${traffic.sourcePort}`;
  return `${traffic.protocol}/${traffic.port}${from}`;
}

/** A verdict for every place where a packet can end up, several behind a Service; where there is none, why. */
export interface Reasoning {
  readonly verdicts: readonly Verdict[];
  readonly noRoute: string | undefined;
}

/** `partial`: the backends that a Service may choose differ. */
export type Prediction = VerdictKind;

export function predictionOf({ verdicts }: Reasoning): Prediction {
  const [first, ...others] = verdicts.map(({ kind }) => kind);
  if (first === undefined) return "no-route";
  if (others.every((kind) => kind === first)) return first;
  return [first, ...others].includes("undecided") ? "undecided" : "partial";
}

/**
 * How a denial shows to the sender: `answered` by a reset or an ICMP error; `silent`, since early phases of host endpoints drop,
 * and errors about packets that nobody tracks belong to nothing; `unanswered`, where only the answer is dropped.
 */
export type DenialKind = "answered" | "silent" | "unanswered";

export function denialKindOf({ verdicts }: Reasoning): DenialKind {
  const kinds = verdicts.flatMap(({ stages }) => stages.map(denialAt));
  return kinds.find((kind) => kind === "unanswered") ?? kinds.find((kind) => kind === "silent") ?? "answered";
}

function denialAt({ stage, report }: StageReport): DenialKind {
  const decision = report?.decision;
  if (decision?.kind === "no reply") return "unanswered";
  if (decision?.kind === "earlier phase" && decision.phase === "untracked") return "silent";
  if (stage.kind !== "filter" || decision?.kind !== "rule") return "answered";
  const isUntracked = stage.phase === "untracked";
  return isUntracked || (stage.phase === "pre-dnat" && decision.action === "deny") ? "silent" : "answered";
}

/** The oracle for one pair of ends. */
export function reasonerOf(plan: LabPlan, from: LabEnd, to: LabTarget): (traffic: ProbeTraffic) => Reasoning {
  const { situation } = plan;
  const family = familyOf(from.address);
  const source = endAt(situation.inventory, from.address);
  const { place } = to;
  if (place.kind !== "service") {
    const path = directPath(situation, source, endAt(situation.inventory, to.address));
    return (traffic) => ({ verdicts: [judge(situation, path, pointOf(traffic, family))], noRoute: undefined });
  }
  return (traffic) => {
    const point = pointOf(traffic, family);
    const routes = serviceRoutes(situation, source, place.service, point.protocol, point.second);
    switch (routes.kind) {
      case "paths":
        return { verdicts: routes.paths.map((path) => judge(situation, path, point)), noRoute: undefined };
      case "unreachable":
        return { verdicts: [], noRoute: routes.reason };
      case "other family":
        return { verdicts: [], noRoute: `${place.identity} has no endpoint of this address family` };
      case "unknown":
        throw new Error(`a lab has no Service of which this is unknown: ${routes.fact.text}`);
    }
  };
}

/** The kernel chooses source ports among those of clients; where a policy could name it, it is sent from this very one. */
export const CLIENT_PORT = 40_000;
const ECHO_REQUEST = { 4: { protocol: ICMP, first: 8, second: 0 }, 6: { protocol: ICMPV6, first: 128, second: 0 } };

const NUMBERS = { tcp: TCP, udp: UDP, sctp: SCTP } as const;

/** The packet as it is sent. */
export function pointOf(traffic: ProbeTraffic, family: Family): TrafficPoint {
  switch (traffic.protocol) {
    case "icmp":
      return ECHO_REQUEST[family];
    case "crafted":
      return traffic.point;
    default:
      return { protocol: NUMBERS[traffic.protocol], first: traffic.sourcePort ?? CLIENT_PORT, second: traffic.port };
  }
}
