/** The plans of one lab for two situations, of which the second follows the first while it stands. Pure. */
import type { Realization } from "../realize.ts";
import { labNamespaces, type LabPlan, planLab, type PlanOptions } from "../topology.ts";

export type ChangePlan =
  | { readonly kind: "possible"; readonly before: LabPlan; readonly after: LabPlan }
  /** What the second situation has that cannot come to a lab that stands. */
  | { readonly kind: "impossible"; readonly why: string };

type Realized = Extract<Realization, { kind: "realized" }>;

/** The outside bears the addresses of both. Throws a RangeError for a bad name. */
export function planChange(
  before: Realized,
  after: Realized,
  name: string,
  options: Pick<PlanOptions, "denial"> = {},
): ChangePlan {
  const outside = [before, after].flatMap((realized) => planLab(realized, name, options).outside.addresses);
  const first = planLab(before, name, { ...options, outside });
  const second = planLab(after, name, { ...options, outside, generation: first.generation + 1 });
  const [places, others] = [first, second].map((plan) => labNamespaces(plan).join());
  if (places !== others) return { kind: "impossible", why: "it has other pods, nodes or networks" };
  if (networksOf(first) !== networksOf(second)) {
    return { kind: "impossible", why: "it changes the networks around the nodes" };
  }
  return { kind: "possible", before: first, after: second };
}

function networksOf({ network, nodes }: LabPlan): string {
  return [
    ...(network?.rulesets ?? []).map(({ ruleset }) => ruleset),
    ...nodes.map(({ networkRules }) => networkRules),
  ].join("\n");
}
