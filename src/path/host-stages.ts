/**
 * The stages at the host endpoints of nodes: which phases are asked about what comes to the node's own processes,
 * what they send, and what the node forwards to and from its pods.
 */
import { type Pod, podText } from "../cluster/endpoint.ts";
import type { HostEndpoint } from "../cluster/host-endpoint.ts";
import { selects } from "../labels/selector.ts";
import { NO_TRAFFIC, type TrafficSet } from "../net/traffic.ts";
import { type Direction, type Phase, type Policy, rulesOf } from "../policy/model.ts";
import { ALLOWING_PROFILE } from "../situation/profiles.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type End, endText, familyOfEnd, nodeOfPod } from "./end.ts";
import { failsafeTraffic } from "./failsafe.ts";
import { carrierTraffic } from "./header.ts";
import { type Candidate, metAtAddress, metByForwarded, orOverlay } from "./host-endpoints.ts";
import type { HostStageName, PolicyFilter } from "./stage.ts";

type Scope = "local" | "forwarded";

const PHASES: Readonly<Record<Scope, Readonly<Record<Direction, readonly Phase[]>>>> = {
  local: { ingress: ["untracked", "pre-dnat", "normal"], egress: ["untracked", "normal"] },
  forwarded: { ingress: ["untracked", "pre-dnat", "forward"], egress: ["forward"] },
};

/** The policies that govern a host endpoint; labels of host endpoints are always known. O(policies). */
export function policiesAt(
  { tiers }: Situation,
  endpoint: HostEndpoint,
  direction: Direction,
  phase: Phase,
): readonly Policy[] {
  return tiers.flatMap(({ policies }) =>
    policies.filter(
      (policy) => rulesOf(policy, direction, phase) !== undefined && selects(policy.subject, endpoint.seen),
    ),
  );
}

/** Whether the host endpoint may deny anything; one that only names Calico's allowing profile does not. */
export function isGoverned(situation: Situation, endpoint: HostEndpoint): boolean {
  const phases = ["untracked", "pre-dnat", "normal", "forward"] as const;
  const isSelected = (["ingress", "egress"] as const).some((direction) =>
    phases.some((phase) => policiesAt(situation, endpoint, direction, phase).length > 0),
  );
  return isSelected || endpoint.profiles[0] !== ALLOWING_PROFILE;
}

/** What the node's own processes send to the peer, which is neither the node nor one of its pods. */
export function sentByNode(
  situation: Situation,
  node: Extract<End, { kind: "node" }>,
  peer: End,
  doubt?: Fact,
): readonly PolicyFilter[] {
  return atNode(situation, node, peer, "egress", doubt);
}

/** What comes to the node's own processes from the peer, which is neither the node nor one of its pods. */
export function receivedByNode(
  situation: Situation,
  node: Extract<End, { kind: "node" }>,
  peer: End,
  doubt?: Fact,
): readonly PolicyFilter[] {
  return atNode(situation, node, peer, "ingress", doubt);
}

function atNode(
  situation: Situation,
  here: Extract<End, { kind: "node" }>,
  peer: End,
  direction: Direction,
  doubt: Fact | undefined,
): readonly PolicyFilter[] {
  const met = metAtAddress(situation.inventory, here.node.name, here.where);
  const candidates = peer.kind === "pod" ? orOverlay(met, situation.inventory) : met;
  return candidates.flatMap((candidate) =>
    stagesAt(situation, doubted(candidate, doubt), { scope: "local", direction, here, peer }),
  );
}

/** What the pod's node forwards for it to or from a peer on another node or outside. */
export function forwardedForPod(
  situation: Situation,
  here: Extract<End, { kind: "pod" }>,
  peer: End,
  direction: Direction,
  doubt?: Fact,
): readonly PolicyFilter[] {
  const { inventory } = situation;
  if (inventory.hostEndpoints.length === 0) return [];
  const node = nodeOfPod(inventory, here.pod);
  const met =
    node === undefined
      ? [...new Set(inventory.hostEndpoints.map((endpoint) => endpoint.node))]
          .flatMap((name) => metByForwarded(inventory, name, familyOfEnd(here)))
          .map((candidate) => doubted(candidate, nodeUnknown(here.pod)))
      : metByForwarded(inventory, node, familyOfEnd(here));
  const candidates = peer.kind === "outside" ? met : orOverlay(met, inventory);
  const options = { scope: "forwarded", direction, here, peer } as const;
  return distinct(situation, candidates, options).flatMap((candidate) =>
    stagesAt(situation, doubted(candidate, doubt), options),
  );
}

/** Stages of what enters the cluster by a node that nobody knows: before a Service translates it, and then. */
interface Entry {
  readonly before: readonly PolicyFilter[];
  readonly behind: readonly PolicyFilter[];
  /** Whether the destination's own host endpoint is met with the translated destination. */
  readonly doubt: Fact | undefined;
}

/** What enters by any of the nodes for a Service. */
export function entering(
  situation: Situation,
  from: End,
  original: { readonly to: End; readonly port: number },
  translated: End,
): Entry {
  const { inventory } = situation;
  const family = familyOfEnd(from);
  const doubt: Fact = {
    text: `by which node the connection from ${endText(from)} enters the cluster`,
    remedy: "use policies that say the same for the host endpoints of every node",
  };
  const met = inventory.nodes.map(({ name }) => metByForwarded(inventory, name, family));
  const options = { scope: "forwarded", direction: "ingress", here: original.to, peer: from } as const;
  const kinds = distinct(situation, met.flat(), options);
  const everywhere =
    kinds.length === 1 && met.every((candidates) => candidates.length === 1 && candidates[0]?.doubt === undefined);
  const stages = kinds.flatMap((candidate) => {
    const placed = everywhere ? candidate : doubted(candidate, doubt);
    const ingress = stagesAt(situation, placed, options);
    return ingress.map((stage): PolicyFilter => {
      if (stage.host === undefined) return stage;
      const seesOriginal = stage.phase !== "forward";
      return seesOriginal
        ? { ...stage, host: { ...stage.host, originalPort: original.port } }
        : {
            ...stage,
            here: translated,
            host: { ...stage.host, after: stage.host.after.map((one) => asOriginal(one, original.port)) },
          };
    });
  });
  const onwards = distinct(situation, met.flat(), { ...options, direction: "egress" }).flatMap((candidate) =>
    // The node by which it enters may be the one where the pod runs.
    stagesAt(situation, doubted(candidate, doubt), {
      scope: "forwarded",
      direction: "egress",
      here: from,
      peer: translated,
    }),
  );
  return {
    before: stages.filter(({ phase }) => phase !== "forward"),
    behind: [...stages.filter(({ phase }) => phase === "forward"), ...onwards],
    doubt,
  };
}

/** What some node may forward between two ends that are both outside. */
export function transit(situation: Situation, from: End, to: End): readonly PolicyFilter[] {
  const { inventory } = situation;
  if (inventory.hostEndpoints.length === 0) return [];
  const doubt: Fact = {
    text: `whether a node forwards what ${endText(from)} sends to ${endText(to)}`,
    remedy: "ask about the node or a pod instead, or leave host endpoints out of the input",
  };
  const candidates = inventory.hostEndpoints.map((endpoint) => ({ endpoint, doubt }));
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const [here, peer] = direction === "ingress" ? [to, from] : [from, to];
    const options = { scope: "forwarded", direction, here, peer } as const;
    return distinct(situation, candidates, options).flatMap((candidate) => stagesAt(situation, candidate, options));
  });
}

/** A text that is the same for nodes (undefined: an unknown one) that forward alike; policy that has a say sets it apart. */
export function forwardingKey(situation: Situation, node: string | undefined): string {
  const isGoverned = situation.inventory.hostEndpoints.some(
    (endpoint) =>
      (node === undefined || endpoint.node === node) &&
      (["ingress", "egress"] as const).some((direction) =>
        PHASES.forwarded[direction].some((phase) => policiesAt(situation, endpoint, direction, phase).length > 0),
      ),
  );
  return isGoverned ? `on ${node ?? "?"}` : "";
}

interface StageOptions {
  readonly scope: Scope;
  readonly direction: Direction;
  readonly here: End;
  readonly peer: End;
}

/** One phase of a host endpoint by itself, as its node meets it, which knows the interface for certain. */
export function phaseStage(
  situation: Situation,
  endpoint: HostEndpoint,
  { phase, direction, here, peer }: Pick<PolicyFilter, "phase" | "direction" | "here" | "peer">,
): PolicyFilter {
  return {
    kind: "filter",
    name: stageName(phase, direction),
    direction,
    phase,
    subject: endpoint,
    here,
    peer,
    openIf: undefined,
    askedBy: undefined,
    host: {
      exempt: exemptTraffic(situation, phase, direction),
      carried:
        phase === "normal" && here.kind === "node" && peer.kind === "node"
          ? carrierTraffic(situation.assumptions)
          : NO_TRAFFIC,
      after: [],
      originalPort: undefined,
      inconclusive: undefined,
      replies: undefined,
    },
  };
}

/** The phases that have something to say; the normal one always does, as it ends in denial. */
function stagesAt(
  situation: Situation,
  { endpoint, doubt }: Candidate,
  { scope, direction, here, peer }: StageOptions,
): readonly PolicyFilter[] {
  const phases = PHASES[scope][direction].filter(
    (phase) =>
      phase === "normal" ||
      policiesAt(situation, endpoint, direction, phase).length > 0 ||
      // Untracked policies of the other direction judge what answers.
      (phase === "untracked" &&
        scope === "local" &&
        policiesAt(situation, endpoint, opposite(direction), phase).length > 0),
  );
  const stages: PolicyFilter[] = [];
  for (const phase of phases) {
    const alone = phaseStage(situation, endpoint, { phase, direction, here, peer });
    const inconclusive = scope === "forwarded" && phase === "untracked" ? untrackedForwarding(endpoint) : undefined;
    const stage: PolicyFilter = {
      ...alone,
      openIf: doubt,
      host: alone.host && { ...alone.host, after: [...stages], inconclusive },
    };
    stages.push(phase === "untracked" && scope === "local" ? withReplies(situation, stage) : stage);
  }
  return stages;
}

function opposite(direction: Direction): Direction {
  return direction === "ingress" ? "egress" : "ingress";
}

/** Untracked connections have no state: their replies are judged by the rules of the other direction. */
function withReplies(situation: Situation, stage: PolicyFilter): PolicyFilter {
  if (stage.host === undefined) return stage;
  const direction = opposite(stage.direction);
  const replies: PolicyFilter = {
    ...stage,
    name: stageName("untracked", direction),
    direction,
    host: { ...stage.host, exempt: exemptTraffic(situation, "untracked", direction) },
  };
  return { ...stage, host: { ...stage.host, replies } };
}

function exemptTraffic({ assumptions }: Situation, phase: Phase, direction: Direction): TrafficSet {
  return assumptions["failsafe-ports"] === "open" ? failsafeTraffic(phase, direction) : NO_TRAFFIC;
}

function asOriginal(stage: PolicyFilter, originalPort: number): PolicyFilter {
  return stage.host === undefined ? stage : { ...stage, host: { ...stage.host, originalPort } };
}

function stageName(phase: Phase, direction: Direction): HostStageName {
  return `host endpoint ${phase} ${direction}`;
}

/** Of host endpoints that the same policies govern one stands for all: forwarded packets do not show by which they came. */
function distinct(
  situation: Situation,
  candidates: readonly Candidate[],
  { scope, direction }: Pick<StageOptions, "scope" | "direction">,
): readonly Candidate[] {
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = PHASES[scope][direction]
      .map((phase) =>
        policiesAt(situation, candidate.endpoint, direction, phase)
          .map(({ kind, name }) => `${kind} ${name}`)
          .join(),
      )
      .join(";");
    if (!known.has(key)) known.set(key, candidate);
  }
  return [...known.values()];
}

function doubted(candidate: Candidate, doubt: Fact | undefined): Candidate {
  return doubt === undefined ? candidate : { ...candidate, doubt };
}

function nodeUnknown(pod: Pod): Fact {
  return {
    text: `on which node ${podText(pod)} runs, whose host endpoint forwards for it`,
    remedy: "add the live pods, whose spec.nodeName tells it",
  };
}

function untrackedForwarding({ name }: HostEndpoint): Fact {
  return {
    text: `what untracked policy of HostEndpoint ${name} does to a connection that its node forwards, whose replies are tracked`,
    remedy: "use preDNAT or applyOnForward policies for what nodes forward",
  };
}
