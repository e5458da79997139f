/** Calico's NetworkPolicy and GlobalNetworkPolicy to the policy model. */
import {
  type AddressSet,
  ALL_ADDRESSES,
  type Cidr,
  familyOf,
  isAddressError,
  parseCidr,
} from "../../../net/address.ts";
import { intersect, subtract, unionOf } from "../../../net/intervals.ts";
import type {
  CalicoEntityRule,
  CalicoGlobalPolicySpec,
  CalicoPolicySpec,
  CalicoRule,
  ProfileSpec,
} from "../../../resources/calico-kinds.ts";
import type { Metadata } from "../../../resources/kinds.ts";
import type { Origin, Path } from "../../../source/origin.ts";
import type { Peer, Phase, Policy, Profile, Rule, ServiceName } from "../../model.ts";
import { entitySelectors, subjectSelector } from "./selectors.ts";
import { portConditions, ruleFamily, ruleTraffic } from "./traffic.ts";

type OriginAt = (path?: Path) => Origin;

/**
 * A policy as pods and host endpoints meet it. The tier is a field of the spec. `kind` is what users call the resource; a staged policy has
 * the same spec and takes the place of the enforced kind in the order.
 */
export function lowerCalicoPolicy(
  kind: string,
  metadata: Pick<Metadata, "namespace" | "name">,
  spec: CalicoPolicySpec | CalicoGlobalPolicySpec,
  originAt: OriginAt,
): Policy {
  const namespace = metadata.namespace === "" ? undefined : metadata.namespace;
  const namespaceSelector = "namespaceSelector" in spec ? spec.namespaceSelector : undefined;
  const rules = (section: "ingress" | "egress"): readonly Rule[] =>
    spec[section].map((rule, i) => lowerRule(rule, section, namespace, ["spec", section, i], originAt));
  const enforcedKind = namespace === undefined ? "GlobalNetworkPolicy" : "NetworkPolicy";
  return {
    kind,
    namespace: metadata.namespace,
    name: metadata.name,
    subject: subjectSelector({ ...spec, namespaceSelector }, namespace),
    phases: phasesOf(spec),
    ingress: spec.types.includes("Ingress") ? rules("ingress") : undefined,
    egress: spec.types.includes("Egress") ? rules("egress") : undefined,
    order: spec.order ?? Number.POSITIVE_INFINITY,
    tieBreak: `${metadata.name}/${metadata.namespace}/${enforcedKind}`,
    dialect: "calico",
    origin: originAt(),
    originAt,
  };
}

function phasesOf(spec: CalicoPolicySpec | CalicoGlobalPolicySpec): readonly Phase[] {
  if (!("doNotTrack" in spec)) return ["normal"];
  if (spec.doNotTrack) return ["untracked"];
  if (spec.preDNAT) return ["pre-dnat"];
  return spec.applyOnForward ? ["normal", "forward"] : ["normal"];
}

/** The rules of a Profile, which see what those of a global policy see. */
export function lowerProfile({ name }: Pick<Metadata, "name">, spec: ProfileSpec, originAt: OriginAt): Profile {
  const rules = (section: "ingress" | "egress"): readonly Rule[] =>
    spec[section].map((rule, i) => lowerRule(rule, section, undefined, ["spec", section, i], originAt));
  return { name, ingress: rules("ingress"), egress: rules("egress") };
}

const ACTIONS = { Allow: "allow", Deny: "deny", Pass: "pass", Log: "log" } as const;

function lowerRule(
  rule: CalicoRule,
  section: "ingress" | "egress",
  namespace: string | undefined,
  path: Path,
  originAt: OriginAt,
): Rule {
  const origin = originAt(path);
  const source = lowerEntity(rule.source, namespace, originAt([...path, "source"]));
  const destination = lowerEntity(rule.destination, namespace, originAt([...path, "destination"]));
  const serviceOf = (entity: CalicoEntityRule): ServiceName | undefined =>
    entity.services && { namespace: entity.services.namespace ?? namespace ?? "", name: entity.services.name };
  // As a source a Service is its addresses; as a destination its addresses with the ports they serve.
  const servesSource = section === "ingress" ? serviceOf(rule.source) : undefined;
  const servesDestination = section === "egress" ? serviceOf(rule.destination) : undefined;
  const conditions = [
    ...portConditions("source", rule.source.ports, rule.source.notPorts, source?.selector, undefined),
    ...portConditions(
      "destination",
      rule.destination.ports,
      rule.destination.notPorts,
      destination?.selector,
      servesDestination,
    ),
  ];
  return {
    action: ACTIONS[rule.action],
    source: peerList(source, servesSource, originAt([...path, "source"])),
    destination: peerList(destination, undefined, originAt([...path, "destination"])),
    traffic: [{ within: ruleTraffic(rule), conditions, origin }],
    family: ruleFamily(rule),
    unknown:
      rule.http === undefined
        ? undefined
        : {
            text: `whether the request is one that the http match of ${origin.resource} ${origin.path} means`,
            remedy:
              "no packet header tells an HTTP method or path; leave `http` out for an answer about the connection",
          },
    origin,
  };
}

function peerList(
  peer: Peer | undefined,
  service: ServiceName | undefined,
  origin: Origin,
): readonly Peer[] | undefined {
  if (service !== undefined) {
    return [{ selector: undefined, notSelector: undefined, addresses: undefined, service, unknown: undefined, origin }];
  }
  return peer === undefined ? undefined : [peer];
}

/** Undefined where the side is not restricted. */
function lowerEntity(entity: CalicoEntityRule, namespace: string | undefined, origin: Origin): Peer | undefined {
  const { selector, notSelector } = entitySelectors(entity, namespace);
  const addresses = addressesOf(entity);
  if (selector === undefined && notSelector === undefined && addresses === undefined) return undefined;
  return { selector, notSelector, addresses, service: undefined, unknown: undefined, origin };
}

/**
 * A rule with CIDRs of one family does not exist for the other: neither `nets` nor `notNets` then becomes "any" there.
 */
function addressesOf({ nets, notNets }: CalicoEntityRule): AddressSet | undefined {
  if (nets.length === 0 && notNets.length === 0) return undefined;
  const within = nets.length === 0 ? ALL_ADDRESSES : rangesOf(nets);
  if (notNets.length === 0) return within;
  const excluded = rangesOf(notNets);
  const families = new Set(excluded.map(({ start }) => familyOf(start)));
  const spoken = ALL_ADDRESSES.filter(({ start }) => families.has(familyOf(start)));
  return subtract(intersect(within, spoken), excluded);
}

function rangesOf(cidrs: readonly string[]): AddressSet {
  return unionOf(
    cidrs
      .map(parseCidr)
      .filter((cidr): cidr is Cidr => !isAddressError(cidr))
      .map(({ range }) => range),
  );
}
