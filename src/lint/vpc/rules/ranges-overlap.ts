/** PC236: addresses that mean two things: in two subnets, or in a subnet and among pods, or among pods and in another network. */
import { type AddressSet, coversAddresses } from "../../../net/address.ts";
import { intersect } from "../../../net/intervals.ts";
import type { Finding } from "../../../source/finding.ts";
import { lineText, type Origin } from "../../../source/origin.ts";
import type { FilterRule } from "../../../vpc/model.ts";
import type { LintRule } from "../../rule.ts";
import { remoteSide } from "../acl-view.ts";
import type { ClusterView } from "../clusters.ts";
import { isPrivateBlock, PRIVATE } from "../private-networks.ts";
import type { VpcSurvey } from "../survey.ts";
import { addressesText, findingAt, ruleName } from "../wording.ts";

export const rangesOverlap: LintRule<VpcSurvey> = {
  name: "ranges-overlap",
  code: "PC236",
  about: "overlapping ranges of subnets, pods, Services, the provider's services and networks that rules name",
  check: (survey) => [...pairs(rangesOf(survey)), ...namedInRules(survey)],
};

interface Range {
  readonly kind: "subnet" | "pods" | "services" | "provider";
  readonly what: string;
  /** Only ranges that meet in one VPC can be mistaken for each other; undefined: everywhere. */
  readonly vpc: string | undefined;
  readonly cluster: string | undefined;
  readonly addresses: AddressSet;
  readonly origin: Origin | undefined;
}

function rangesOf({ networks, clusters }: VpcSurvey): readonly Range[] {
  return [
    ...networks.subnets.map(({ name, vpc, addresses, origin }): Range => ({
      kind: "subnet",
      what: `subnet ${name}`,
      vpc,
      cluster: undefined,
      addresses,
      origin,
    })),
    ...clusters.flatMap((cluster) => {
      const shared = { vpc: cluster.vpc, cluster: cluster.name, origin: cluster.origin };
      return [
        { ...shared, kind: "pods", what: `the pod range of ${cluster.name}`, addresses: cluster.podRange },
        { ...shared, kind: "services", what: `the Service range of ${cluster.name}`, addresses: cluster.serviceRange },
      ] as const;
    }),
    {
      kind: "provider",
      what: "the provider's own services",
      vpc: undefined,
      cluster: undefined,
      addresses: networks.serviceNetworks,
      origin: undefined,
    },
  ];
}

/** O(ranges^2). */
function pairs(ranges: readonly Range[]): readonly Finding[] {
  return ranges.flatMap((one, i) =>
    ranges.slice(i + 1).flatMap((other) => {
      const both = intersect(one.addresses, other.addresses);
      if (both.length === 0 || !canBeMistaken(one, other)) return [];
      const at = other.origin ?? one.origin;
      return at === undefined ? [] : [overlap(one, other, both, at)];
    }),
  );
}

function canBeMistaken(one: Range, other: Range): boolean {
  if (one.vpc !== undefined && other.vpc !== undefined && one.vpc !== other.vpc) return false;
  // Service addresses never leave their cluster, so two clusters may have the same.
  const foreign = one.cluster !== undefined && other.cluster !== undefined && one.cluster !== other.cluster;
  return !(foreign && (one.kind === "services" || other.kind === "services"));
}

function overlap(one: Range, other: Range, both: AddressSet, at: Origin): Finding {
  return findingAt(
    "PC236",
    at,
    `${other.what} and ${one.what}${one.origin === undefined || one.origin === at ? "" : ` (${lineText(one.origin)})`} share ` +
      `${addressesText(both)}: packets to these addresses reach only one of the two, and rules mean both`,
    other.kind === "subnet" || one.kind === "subnet"
      ? "move one of them to addresses that are free; a subnet's CIDR cannot be changed, so make a new one"
      : "choose another range; those of a cluster are set when it is created",
  );
}

/** Networks that allow rules name and that the pods or Services of a cluster have too. */
function namedInRules({ lists, clusters }: VpcSurvey): readonly Finding[] {
  return lists.flatMap(({ acl }) =>
    clusters
      .filter((cluster) => (cluster.vpc ?? acl.vpc) === acl.vpc)
      .flatMap((cluster) => {
        const told = new Set<string>();
        return acl.rules.flatMap((rule) => {
          const text = addressesText(remoteSide(rule));
          const finding = told.has(text) ? undefined : namedIn(rule, cluster);
          if (finding !== undefined) told.add(text);
          return finding ?? [];
        });
      }),
  );
}

function namedIn(rule: FilterRule, { name, podRange, serviceRange }: ClusterView): Finding | undefined {
  const remote = remoteSide(rule);
  // Who names everything, or everything private, means no network in particular.
  if (rule.action === "deny" || isPrivateBlock(remote) || coversAddresses(remote, PRIVATE)) return undefined;
  for (const [addresses, what] of [
    [podRange, "pods"],
    [serviceRange, "Services"],
  ] as const) {
    const both = intersect(remote, addresses);
    if (both.length === 0) continue;
    return findingAt(
      "PC236",
      rule.origin,
      ...(coversAddresses(addresses, remote) ? inside(rule, name, what) : across(rule, name, what, both)),
    );
  }
  return undefined;
}

function inside(rule: FilterRule, cluster: string, what: "pods" | "Services"): [string, string] {
  return [
    `${ruleName(rule)} names ${addressesText(remoteSide(rule))}, addresses of ${what} of ${cluster}: packets of ${what} cross subnets with addresses of ` +
      "their workers, so the list does not see these unless pods are routed without encapsulation",
    "name the CIDRs of the worker subnets; which pods may talk is a matter for network policies",
  ];
}

function across(rule: FilterRule, cluster: string, what: string, both: AddressSet): [string, string] {
  return [
    `${ruleName(rule)} names ${addressesText(remoteSide(rule))}, and ${what} of ${cluster} have ${addressesText(both)} of it: what pods send ` +
      "to these addresses stays in the cluster and never reaches that network",
    "give one of the two other addresses; the ranges of a cluster are set when it is created",
  ];
}
