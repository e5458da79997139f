/** For tests: answers about networks, as short texts. */
import { trafficText } from "../net/traffic-text.ts";
import { endText } from "../path/end.ts";
import { isReferenceError, parseAsked, parseReference, splitDestination } from "../path/reference.ts";
import { resolve, type Resolved } from "../path/resolve.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { outcomeText } from "../verdict/network.fixture.ts";
import type { LoadBalancer, VpcInventory } from "../vpc/model.ts";
import { addressFrom, originIn } from "../vpc/networks.fixture.ts";
import type { Case } from "./cases.ts";
import { type Answer, answer, type Question } from "./question.ts";

export const POD_RANGE = [{ start: 0xac_11_00_00n, end: 0xac_12_00_00n }];

export function questionOf(situation: Situation, from: string, to: string): Question {
  const destination = splitDestination(to);
  const end = (text: string): Resolved => {
    const reference = parseReference(text, "shop");
    if (isReferenceError(reference)) throw new Error(reference.error);
    const resolved = resolve(situation, reference);
    if (isReferenceError(resolved)) throw new Error(resolved.error);
    return resolved;
  };
  const asked = parseAsked(destination.traffic);
  if (isReferenceError(asked)) throw new Error(asked.error);
  return { from: end(from), to: end(destination.end), asked, sourcePort: undefined };
}

export function askAbout(manifests: string, vpc: VpcInventory, from: string, to: string): Answer {
  const situation = situationFrom(manifests, { vpc, podRange: POD_RANGE });
  return answer(situation, questionOf(situation, from, to));
}

/** `allowed > shop/pod/web TCP 80`, or why not; with the nodes of a placement where one is meant. */
export function caseText(item: Case): string {
  const { to, traffic, placement, verdict } = item;
  const nodes = placement === undefined ? "" : ` on ${(placement.from ?? placement.to ?? []).join("+")}`;
  const what = verdict === undefined ? `${item.kind}: ${item.reason}` : outcomeText(verdict);
  return `${what}${nodes} > ${to === undefined ? "-" : endText(to)} ${trafficText(traffic)}`;
}

export function balancerFrom(name: string, kind: LoadBalancer["kind"], rest: Partial<LoadBalancer> = {}): LoadBalancer {
  return {
    id: name,
    name,
    kind,
    isPublic: true,
    addresses: [addressFrom("198.51.100.50")],
    privateAddresses: [addressFrom("10.240.128.50")],
    subnets: ["subnet-3"],
    groups: [],
    listeners: [],
    origin: originIn("load-balancers.json", 1),
    ...rest,
  };
}
