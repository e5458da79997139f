/** The rules that name a Service. */
import type { Direction, Policy, Rule, ServiceName } from "../../policy/model.ts";
import type { Position } from "../../source/origin.ts";

export interface ServiceRule {
  readonly policy: Policy;
  readonly rule: Rule;
  /** As a source a Service is its addresses; as a destination its addresses with the ports they serve. */
  readonly side: "source" | "destination";
  readonly service: ServiceName;
  /** Where the rule names it. */
  readonly position: Position;
}

/** O(rules). */
export function serviceRules(policies: readonly Policy[]): readonly ServiceRule[] {
  return policies.flatMap((policy) => [...inDirection(policy, "ingress"), ...inDirection(policy, "egress")]);
}

function inDirection(policy: Policy, direction: Direction): readonly ServiceRule[] {
  const side = direction === "ingress" ? "source" : "destination";
  return (policy[direction] ?? []).flatMap((rule, i) => {
    const service = direction === "ingress" ? sourceOf(rule) : destinationOf(rule);
    if (service === undefined) return [];
    const position = policy.originAt(["spec", direction, i, side, "services", "name"]);
    return [{ policy, rule, side, service, position } as const];
  });
}

function sourceOf({ source }: Rule): ServiceName | undefined {
  return source?.find(({ service }) => service !== undefined)?.service;
}

function destinationOf({ traffic }: Rule): ServiceName | undefined {
  for (const { conditions } of traffic ?? []) {
    for (const choice of conditions.flatMap(({ anyOf }) => anyOf)) if (choice.kind === "service") return choice.service;
  }
  return undefined;
}
