/**
 * Answers to "may this flow pass?" for sets of ends and traffic: every pair of ends and every part of the traffic that has
 * one verdict becomes a case, and each case is judged by the oracle on a packet of it.
 */
import {
  ALL_TRAFFIC,
  box,
  boxesOf,
  fieldRange,
  intersectTraffic,
  isNoTraffic,
  NO_TRAFFIC,
  subtractTraffic,
  toPorts,
  type TrafficPoint,
  type TrafficSet,
  unionTraffic,
} from "../net/traffic.ts";
import { witnessOf } from "../net/traffic-text.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import { headerKind } from "../net/protocol.ts";
import { portsNamed, type Service, serviceText } from "../cluster/service.ts";
import { admissionOnPath } from "../fold/admission.ts";
import { atoms } from "../fold/classes.ts";
import { type End, endText, familyOfEnd, isSamePod } from "../path/end.ts";
import { directPath, examplePath, type Path, serviceRoutes } from "../path/path.ts";
import { type Asked, everythingOf } from "../path/reference.ts";
import { narrowed, type Resolved } from "../path/resolve.ts";
import { hiddenSource, maskingEnds, nodePortPaths, type TakenOver, takenOver } from "./node-ports.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { judge, type Verdict, type VerdictKind } from "../verdict/verdict.ts";

export interface Question {
  readonly from: Resolved;
  readonly to: Resolved;
  readonly asked: Asked;
  /** Restricts the source port of TCP, UDP and SCTP. */
  readonly sourcePort: number | undefined;
}

const PROTOCOLS_WITH_PORTS: readonly number[] = Array.from({ length: 256 }, (_, protocol) => protocol).filter(
  (protocol) => headerKind(protocol) === "ports",
);

/** Part of a question with one verdict. */
export type Case =
  | {
      readonly kind: "allowed" | "denied" | "undecided";
      readonly from: End;
      readonly to: End;
      /** What was asked for and has this verdict, before a Service translates the port. */
      readonly traffic: TrafficSet;
      /** A packet of `traffic`. */
      readonly packet: TrafficPoint;
      readonly verdict: Verdict;
    }
  | {
      readonly kind: "no-route" | "undecided";
      readonly from: End;
      readonly to: undefined;
      readonly traffic: TrafficSet;
      readonly reason: string;
      /** What would have to be known; for undecided cases. */
      readonly fact: Fact | undefined;
      readonly verdict: undefined;
    };

export interface Answer {
  readonly kind: VerdictKind;
  readonly cases: readonly Case[];
  /** Why there is nothing to judge, such as ends of different address families. */
  readonly reason: string | undefined;
}

/** Exact for every packet of the question. O(pairs of ends x rules). */
export function answer(situation: Situation, question: Question): Answer {
  if (question.from.kind === "service") {
    return { kind: "no-route", cases: [], reason: `${question.from.text} opens no connections; its pods do` };
  }
  const sources = question.from.ends.flatMap((end) => split(situation, end));
  const cases =
    question.to.kind === "service"
      ? casesToService(situation, sources, question.to, question)
      : casesBetween(
          situation,
          sources,
          question.to.ends.flatMap((end) => split(situation, end)),
          question,
        );
  if (cases.length === 0) return { kind: "no-route", cases, reason: emptyReason(question) };
  const kinds = new Set(cases.map(({ kind }) => kind));
  const [only] = kinds;
  const kind = kinds.size === 1 && only !== undefined ? only : mixedKind(kinds);
  return { kind, cases, reason: undefined };
}

/** Partial means that something passes; denials of different kinds are a denial. */
function mixedKind(kinds: ReadonlySet<Case["kind"]>): VerdictKind {
  if (kinds.has("undecided")) return "undecided";
  return kinds.has("allowed") ? "partial" : "denied";
}

function emptyReason(question: Question): string {
  if (question.asked.kind === "named") {
    if (question.to.kind === "service") return `${question.to.text} has no port named "${question.asked.name}"`;
    return `no pod of ${question.to.text} names a port "${question.asked.name}"`;
  }
  return "the two ends have no address family in common, or are the same single pod";
}

/** Outside ends cut where rules tell addresses apart; others as they are. */
function split(situation: Situation, end: End): readonly End[] {
  if (end.kind !== "outside") return [end];
  return atoms(situation).flatMap(({ where }) => narrowed(end, where) ?? []);
}

function casesBetween(
  situation: Situation,
  sources: readonly End[],
  destinations: readonly End[],
  question: Question,
): readonly Case[] {
  return sources.flatMap((from) =>
    destinations.flatMap((to) => {
      if (familyOfEnd(from) !== familyOfEnd(to)) return [];
      // Among several pods, a pod and itself is not what is asked about.
      if (isSamePod(from, to) && (sources.length > 1 || destinations.length > 1)) return [];
      const asked = askedTraffic(question, to);
      const taken = takenOver(situation, to, asked);
      const rest = taken.map(({ traffic }) => traffic).reduce(subtractTraffic, asked);
      return [
        ...taken.flatMap((part) => casesBehindNodePort(situation, from, to, part)),
        ...casesOnPath(situation, directPath(situation, from, to), rest),
      ];
    }),
  );
}

function casesBehindNodePort(situation: Situation, from: End, to: End, part: TakenOver): readonly Case[] {
  const paths = to.kind === "node" ? nodePortPaths(situation, from, to, part) : undefined;
  if (paths === undefined) return [undecidedCase(from, part.traffic, part.fact)];
  if (paths.length === 0) {
    const reason = `${serviceText(part.service)} has no ready endpoint on ${endText(to)} (externalTrafficPolicy: Local)`;
    return [
      { kind: "no-route", from, to: undefined, traffic: part.traffic, reason, fact: undefined, verdict: undefined },
    ];
  }
  return paths.flatMap((path) => casesOnPath(situation, path, part.traffic)).map((item) => ({ ...item, from }));
}

/** What every node that may stand in for the client gets for an answer; undecided where they differ. */
function casesBehindNodes(
  situation: Situation,
  from: End,
  service: Service,
  asked: ServicePortAsked,
  fact: Fact,
): readonly Case[] {
  const answers = maskingEnds(situation, from).map((end) => {
    const routes = serviceRoutes(situation, end, service, asked.protocol, asked.port);
    return routes.kind === "paths" ? routes.paths.flatMap((path) => casesOnPath(situation, path, asked.traffic)) : [];
  });
  const [first] = answers;
  const kinds = new Set(answers.flat().map(({ kind }) => kind));
  if (first === undefined || first.length === 0 || kinds.size !== 1) return [undecidedCase(from, asked.traffic, fact)];
  return first.map((item) => ({ ...item, from }));
}

function undecidedCase(from: End, traffic: TrafficSet, fact: Fact): Case {
  return { kind: "undecided", from, to: undefined, traffic, reason: fact.text, fact, verdict: undefined };
}

/** The traffic a question means at a destination. */
function askedTraffic({ asked, sourcePort }: Question, to: End): TrafficSet {
  return withSourcePort(askedAt(asked, to), sourcePort);
}

function askedAt(asked: Asked, to: End): TrafficSet {
  switch (asked.kind) {
    case "everything":
      return everythingOf(familyOfEnd(to));
    case "traffic":
      return asked.traffic;
    case "named":
      if (to.kind !== "pod") return NO_TRAFFIC;
      return toPorts(
        asked.protocol,
        unionOf(portsNamed(to.pod.ports, asked.name, asked.protocol).map((port) => ({ start: port, end: port + 1 }))),
      );
  }
}

/** Protocols without ports have no source port either and stay as they are. */
function withSourcePort(traffic: TrafficSet, sourcePort: number | undefined): TrafficSet {
  if (sourcePort === undefined) return traffic;
  return PROTOCOLS_WITH_PORTS.reduce((rest, protocol) => {
    const others = box(protocol, subtract([fieldRange(protocol)], single(sourcePort)), [fieldRange(protocol)]);
    return subtractTraffic(rest, others);
  }, traffic);
}

/**
 * The parts of the asked traffic that are allowed, undecided and denied on a path; each judged on a packet of it between
 * single addresses. Where the path translates the port, `asked` has one destination port.
 */
function casesOnPath(situation: Situation, path: Path, asked: TrafficSet): readonly Case[] {
  const { allowed, undecided } = admissionOnPath(situation, path);
  const denied = subtractTraffic(subtractTraffic(ALL_TRAFFIC, allowed), undecided);
  const parts = [
    ["allowed", allowed],
    ["undecided", undecided],
    ["denied", denied],
  ] as const;
  const { destinationPort } = path;
  const seen = destinationPort === undefined ? asked : toOnePort(asked, destinationPort);
  return parts.flatMap(([kind, region]): readonly Case[] => {
    const part = intersectTraffic(seen, region);
    const traffic = destinationPort === undefined ? part : toOnePort(part, portOf(asked));
    const packet = witnessOf(traffic);
    if (packet === undefined) return [];
    const verdict = judge(situation, examplePath(path), packet);
    if (verdict.kind !== kind) {
      throw new Error(`the oracle says ${verdict.kind} where the sets say ${kind}: ${JSON.stringify(packet)}`);
    }
    return [{ kind, from: path.from, to: path.to, traffic, packet, verdict }];
  });
}

/** The traffic with another destination port, the same for all of it. */
function toOnePort(traffic: TrafficSet, port: number): TrafficSet {
  return [...boxesOf(traffic)]
    .map(({ protocols, first }) => box(protocols.start, [first], single(port)))
    .reduce(unionTraffic, NO_TRAFFIC);
}

function portOf(traffic: TrafficSet): number {
  for (const { second } of boxesOf(traffic)) return second.start;
  return 0;
}

function casesToService(
  situation: Situation,
  sources: readonly End[],
  { service, address }: Extract<Resolved, { kind: "service" }>,
  question: Question,
): readonly Case[] {
  return sources.flatMap((from) =>
    portsAsked(service, question).flatMap(({ protocol, port, traffic }): readonly Case[] => {
      const hidden = hiddenSource(from, service, address);
      if (hidden !== undefined) return casesBehindNodes(situation, from, service, { protocol, port, traffic }, hidden);
      const routes = serviceRoutes(situation, from, service, protocol, port);
      switch (routes.kind) {
        case "unreachable":
          return [
            {
              kind: "no-route",
              from,
              to: undefined,
              traffic,
              reason: routes.reason,
              fact: undefined,
              verdict: undefined,
            },
          ];
        case "other family":
          return [];
        case "unknown":
          return [
            {
              kind: "undecided",
              from,
              to: undefined,
              traffic,
              reason: routes.fact.text,
              fact: routes.fact,
              verdict: undefined,
            },
          ];
        case "paths":
          return routes.paths.flatMap((path) => casesOnPath(situation, path, traffic));
      }
    }),
  );
}

function single(port: number): readonly { readonly start: number; readonly end: number }[] {
  return [{ start: port, end: port + 1 }];
}

interface ServicePortAsked {
  readonly protocol: number;
  readonly port: number;
  readonly traffic: TrafficSet;
}

/** The ports of a Service that a question means: those it lists, and one more for asked traffic that it does not list. */
function portsAsked(service: Service, { asked, sourcePort }: Question): readonly ServicePortAsked[] {
  const listed = service.ports
    .filter(({ name, protocol }) => asked.kind !== "named" || (name === asked.name && protocol === asked.protocol))
    .map(({ protocol, port }) => ({ protocol, port, traffic: toPorts(protocol, single(port)) }));
  const restricted = listed
    .map((item) => ({
      ...item,
      traffic: withSourcePort(
        asked.kind === "traffic" ? intersectTraffic(item.traffic, asked.traffic) : item.traffic,
        sourcePort,
      ),
    }))
    .filter(({ traffic }) => !isNoTraffic(traffic));
  if (asked.kind !== "traffic") return restricted;
  const rest = subtractTraffic(
    withSourcePort(asked.traffic, sourcePort),
    listed.map(({ traffic }) => traffic).reduce(unionTraffic, NO_TRAFFIC),
  );
  const witness = witnessOf(rest);
  return witness === undefined
    ? restricted
    : [...restricted, { protocol: witness.protocol, port: witness.second, traffic: rest }];
}
