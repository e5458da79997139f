/**
 * Answers to "may this flow pass?" for sets of ends and traffic: every pair of ends and every part of the traffic that has
 * one verdict becomes a case, and each case is judged by the oracle on a packet of it.
 */
import { atoms } from "../fold/classes.ts";
import type { AddressSet } from "../net/address.ts";
import { subtractTraffic } from "../net/traffic.ts";
import { type End, familyOfEnd, isSamePod } from "../path/end.ts";
import { directPath } from "../path/path.ts";
import { narrowed, type Resolved } from "../path/resolve.ts";
import type { Situation } from "../situation/situation.ts";
import type { VerdictKind } from "../verdict/verdict.ts";
import { askedTraffic, type Wanted } from "./asked-traffic.ts";
import { type Case, casesOnPath } from "./cases.ts";
import { balancerBehind, casesThroughBalancer } from "./load-balancers.ts";
import { takenOver } from "./node-ports.ts";
import { casesBehindNodePort, casesToService } from "./service-cases.ts";

export interface Question extends Wanted {
  readonly from: Resolved;
  readonly to: Resolved;
}

export interface Answer {
  readonly kind: VerdictKind;
  readonly cases: readonly Case[];
  /** Why there is nothing to judge, such as ends of different address families. */
  readonly reason: string | undefined;
}

/** Exact for every packet of the question. O(pairs of ends x rules). */
export function answer(situation: Situation, question: Question): Answer {
  const { from, to } = question;
  if (from.kind === "service") {
    return { kind: "no-route", cases: [], reason: `${from.text} opens no connections; its pods do` };
  }
  const ask = casesAsked(situation, question);
  return answerBetween(question, ask(from.ends, to.kind === "service" ? [] : to.ends));
}

/** The answer that cases come to, which must be all there are. */
export function answerBetween(question: Question, cases: readonly Case[]): Answer {
  if (cases.length === 0) return { kind: "no-route", cases, reason: emptyReason(question) };
  const kinds = new Set(cases.map(({ kind }) => kind));
  const [only] = kinds;
  const kind = kinds.size === 1 && only !== undefined ? only : mixedKind(kinds);
  return { kind, cases, reason: undefined };
}

/** Gives the cases of some of the ends that a question is about; where it is about a Service, `to` does not count. */
export function casesAsked(
  situation: Situation,
  question: Question,
): (from: readonly End[], to: readonly End[]) => readonly Case[] {
  const blocks = atoms(situation).map(({ where }) => where);
  const { from, to } = question;
  const isAlone = from.kind === "ends" && to.kind === "ends" && from.ends.length === 1 && to.ends.length === 1;
  return (sources, destinations) =>
    to.kind === "service"
      ? casesToService(situation, split(sources, blocks), to, question)
      : casesBetween(situation, split(sources, blocks), split(destinations, blocks), { question, isAlone });
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
function split(ends: readonly End[], blocks: readonly AddressSet[]): readonly End[] {
  return ends.flatMap((end) =>
    end.kind === "outside" ? blocks.flatMap((where) => narrowed(end, where) ?? []) : [end],
  );
}

function casesBetween(
  situation: Situation,
  sources: readonly End[],
  destinations: readonly End[],
  { question, isAlone }: { readonly question: Question; readonly isAlone: boolean },
): readonly Case[] {
  return sources.flatMap((from) =>
    destinations.flatMap((to) => {
      if (familyOfEnd(from) !== familyOfEnd(to)) return [];
      // Among several pods, a pod and itself is not what is asked about.
      if (isSamePod(from, to) && !isAlone) return [];
      const asked = askedTraffic(question, to);
      const balanced = balancerBehind(situation, to);
      if (balanced !== undefined) return casesThroughBalancer(situation, from, balanced, asked);
      const taken = takenOver(situation, to, asked);
      const rest = taken.map(({ traffic }) => traffic).reduce(subtractTraffic, asked);
      return [
        ...taken.flatMap((part) => casesBehindNodePort(situation, from, to, part)),
        ...casesOnPath(situation, directPath(situation, from, to), rest),
      ];
    }),
  );
}
