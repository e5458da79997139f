/**
 * Kubernetes NetworkPolicy as Calico's NetworkPolicy with the same meaning beside every other policy: in the default tier at
 * the order that Calico gives to Kubernetes' policies, one rule for each peer and protocol.
 */
import { type Cidr, cidrsOf, isAddressError, blockWithout, parseCidr } from "../../../net/address.ts";
import type { NetworkPolicyPeer, NetworkPolicyResource, NetworkPolicyRule } from "../../../resources/kinds.ts";
import { globalPolicyNameObjection } from "../../../resources/schema/calico/names.ts";
import type { Path } from "../../../source/origin.ts";
import {
  keptMetadata,
  type Manifest,
  piecesOf,
  type PlainMap,
  raise,
  type Raised,
  type Refuse,
} from "../../manifest.ts";
import { DEFAULT_TIER, NETWORK_POLICY_ORDER } from "../../model.ts";
import { ALL_NAMESPACES, ANY_POD, namespacesText, podsText } from "./raise-selectors.ts";
import { type PortList, portLists } from "./raise-ports.ts";

/** What Calico's schema allows. */
const MAX_RULES = 1024;
const MAX_NETS = 256;

export function raiseNetworkPolicy(policy: NetworkPolicyResource): Raised {
  return raise(policy, "Calico", (refuse) => manifestOf(policy, refuse));
}

function manifestOf({ metadata, spec }: NetworkPolicyResource, refuse: Refuse): Manifest {
  const wrongName = globalPolicyNameObjection(metadata.name);
  if (wrongName !== undefined) refuse(["metadata", "name"], wrongName.reason, `rename the policy: ${wrongName.remedy}`);
  return {
    apiVersion: "projectcalico.org/v3",
    kind: "NetworkPolicy",
    metadata: keptMetadata(metadata),
    spec: {
      tier: DEFAULT_TIER.name,
      order: NETWORK_POLICY_ORDER,
      selector: podsText(spec.podSelector, ["spec", "podSelector"], refuse),
      // Calico refuses a type that stands twice, and otherwise fills in other types than Kubernetes.
      types: [...new Set(spec.policyTypes)],
      ...rulesOf("ingress", spec.ingress, refuse),
      ...rulesOf("egress", spec.egress, refuse),
    },
  };
}

type Section = "ingress" | "egress";

function rulesOf(section: Section, rules: readonly NetworkPolicyRule[], refuse: Refuse): PlainMap {
  const raised = rules.flatMap((rule, i) => raiseRule(section, rule, ["spec", section, i], refuse));
  if (raised.length > MAX_RULES) {
    const reason = `it needs ${raised.length} rules, one for each peer and protocol, and Calico takes ${MAX_RULES}`;
    refuse(["spec", section], reason, "split the policy into several: what any of them allows is allowed");
  }
  return raised.length === 0 ? {} : { [section]: raised };
}

function raiseRule(section: Section, rule: NetworkPolicyRule, path: Path, refuse: Refuse): readonly PlainMap[] {
  const list = section === "ingress" ? "from" : "to";
  const peers =
    rule.peers.length === 0 ? [{}] : rule.peers.flatMap((peer, i) => entitiesOf(peer, [...path, list, i], refuse));
  const traffic = rule.ports.length === 0 ? [undefined] : portLists(rule.ports);
  return peers.flatMap((peer) =>
    traffic.map((ports) => (section === "ingress" ? ingressRule(peer, ports) : egressRule(peer, ports))),
  );
}

function ingressRule(source: Entity, ports: PortList | undefined): PlainMap {
  return {
    action: "Allow",
    ...(ports === undefined ? {} : { protocol: ports.protocol }),
    ...(Object.keys(source).length === 0 ? {} : { source }),
    ...(ports === undefined || ports.of === "all" ? {} : { destination: { ports: ports.list } }),
  };
}

function egressRule(peer: Entity, ports: PortList | undefined): PlainMap {
  const destination = {
    ...peer,
    // Only pods lend names to Kubernetes' policies; to Calico's the ports of host endpoints have names too.
    ...(ports?.of === "names" && peer.selector === undefined
      ? { selector: ANY_POD, namespaceSelector: ALL_NAMESPACES }
      : {}),
    ...(ports === undefined || ports.of === "all" ? {} : { ports: ports.list }),
  };
  return {
    action: "Allow",
    ...(ports === undefined ? {} : { protocol: ports.protocol }),
    ...(Object.keys(destination).length === 0 ? {} : { destination }),
  };
}

/** The side of a rule that is not the governed pod; with nothing in it, everyone. */
type Entity = PlainMap & {
  readonly selector?: string;
  readonly namespaceSelector?: string;
  readonly nets?: readonly string[];
  readonly notNets?: readonly string[];
};

/** Alternatives that together are the peer; none where nobody can be it. */
function entitiesOf(peer: NetworkPolicyPeer, path: Path, refuse: Refuse): readonly Entity[] {
  if (peer.ipBlock !== undefined) return blocksOf(peer.ipBlock.cidr, peer.ipBlock.except);
  const { namespaceSelector, podSelector } = peer;
  const selector = podSelector === undefined ? ANY_POD : podsText(podSelector, [...path, "podSelector"], refuse);
  if (namespaceSelector === undefined) return [{ selector }];
  const place = [...path, "namespaceSelector"];
  return [{ selector, namespaceSelector: namespacesText(namespaceSelector, place, refuse) }];
}

/** Without host bits, which Calico refuses. */
function blocksOf(text: string, except: readonly string[]): readonly Entity[] {
  const block = parseCidr(text);
  if (isAddressError(block)) return [];
  const exceptions = except.map(parseCidr).filter((cidr): cidr is Cidr => !isAddressError(cidr));
  const notNets = [...new Set(exceptions.flatMap(({ range }) => cidrsOf([range])))];
  const nets = cidrsOf([block.range]);
  if (notNets.length === 0) return [{ nets }];
  if (notNets.length <= MAX_NETS) return [{ nets, notNets }];
  return piecesOf(cidrsOf(blockWithout(block, exceptions)), MAX_NETS).map((piece) => ({ nets: piece }));
}
