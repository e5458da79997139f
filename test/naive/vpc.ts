/**
 * A second reading of the networks around a cluster, over exports as they are printed, and of what becomes of a packet that
 * pod policy and networks both judge. It shares no code with the product and takes no short cuts: what is not known is tried
 * both ways.
 */
import type { Address } from "./address.ts";
import { flowOf } from "./flow.ts";
import type { RawObject, RawPacket } from "./raw-objects.ts";
import { naiveReading } from "./verdict.ts";
import { aclPasses, groupsPass } from "./vpc-filters.ts";
import type { GroupGuess, NetworkDirection } from "./vpc-filters.ts";
import type { Header } from "./vpc-header.ts";
import { aclOf, groupsByName, groupsOf, interfaceAt } from "./vpc-networks.ts";
import type { RawNetworks, RawRuleTraffic, RawSecurityGroup } from "./vpc-objects.ts";
import { nodeOf, workerAt } from "./vpc-places.ts";
import type { Place, Plug } from "./vpc-places.ts";
import type { LegacyAll } from "./vpc-rule.ts";
import { wireOf } from "./vpc-wire.ts";
import type { Overlay, UnlistedRoutes, Wire } from "./vpc-wire.ts";

export type NetworkVerdict = "allowed" | "denied" | "one-way" | "no-route" | "undecided";

/** Choices that no export makes, by the names that the command line gives them. */
export interface NetworkAssumptions {
  /** Whether an allowing "all" means every protocol. */
  readonly "overlay-matched-by-legacy-all": "yes" | "no" | "unknown";
  readonly "pod-overlay": Overlay;
  /** What the groups of workers do, which no export tells. */
  readonly "unlisted-security-groups": "by-name" | "open" | "unknown";
  readonly "unlisted-routes": UnlistedRoutes;
}

/** The verdict, and the filters and other reasons that bring it about in some of the tried ways. */
export interface NetworkReading {
  readonly verdict: NetworkVerdict;
  /** The verdict, and `no-route` beside `denied` where both are true. */
  readonly true: readonly NetworkVerdict[];
  readonly because: readonly string[];
}

/** What is read, and what is taken for granted. */
interface Assumed {
  readonly objects: readonly RawObject[];
  readonly networks: RawNetworks;
  readonly assumptions: NetworkAssumptions;
}

interface Step {
  readonly name: string;
  readonly outcome: "passes" | "denied" | "no-route";
}

/** The steps of a packet and of its answer, every unknown filled in. */
interface Way {
  readonly request: readonly Step[];
  readonly reply: readonly Step[];
}

/** One way to fill in what is not known. */
interface Guess {
  readonly legacyAll: LegacyAll;
  readonly workerGroups: boolean;
  readonly policy: boolean;
  readonly unlistedRoute: boolean;
  /** Whether workers are members of the groups that rules name. */
  readonly membership: boolean;
}

/**
 * What becomes of the packet, which is of IPv4? The verdict holds for connections: `one-way` where the packet arrives and what
 * answers it does not. Throws on what the APIs would refuse, and on a pod whose node is in no subnet. Cost: everything is read
 * again for every packet and every way to fill in what is not known.
 */
export function naiveNetworkReading(
  objects: readonly RawObject[],
  networks: RawNetworks,
  packet: RawPacket,
  assumptions: NetworkAssumptions,
): NetworkReading {
  const flow = flowOf(objects, packet);
  const { egress, ingress } = naiveReading(objects, packet);
  const wire = wireOf(networks, flow, assumptions["pod-overlay"], assumptions["unlisted-routes"]);
  const isOpen = {
    policy: egress?.verdict === "undecided" || ingress?.verdict === "undecided",
    unlistedRoute: wire?.isRouted === "maybe",
    membership: (networks.security_groups ?? []).some(({ rules }) =>
      rules.some(({ remote }) => remote.id !== undefined),
    ),
  };
  const ways = guessesOf(assumptions, isOpen).flatMap((guess): readonly Way[] => {
    const side = (name: string, verdict: "allowed" | "denied" | "undecided" = "allowed"): Step => ({
      name,
      outcome: verdict === "allowed" || (verdict === "undecided" && guess.policy) ? "passes" : "denied",
    });
    const policies = [side("policy egress", egress?.verdict), side("policy ingress", ingress?.verdict)];
    return exchangesOf(networks, wire).map((exchange) => {
      const { request, reply } =
        exchange === undefined ? NOTHING : wayOf({ objects, networks, assumptions }, exchange, guess);
      return { request: [...policies, ...request], reply };
    });
  });
  const verdicts = verdictsOf(ways);
  return {
    verdict: verdicts[0] ?? "undecided",
    true: verdicts.length === 0 ? ["undecided"] : verdicts,
    because: [...new Set(ways.flatMap(hindrancesOf))],
  };
}

const NOTHING: Way = { request: [], reply: [] };

/** What holds in every way: that it is denied, that no route leads there, or what becomes of what arrives. */
function verdictsOf(ways: readonly Way[]): readonly NetworkVerdict[] {
  const always = (test: (way: Way) => boolean) => ways.every(test);
  const passes = ({ outcome }: Step) => outcome === "passes";
  const arrives = always(({ request }) => request.every(passes));
  const found: Readonly<Record<Exclude<NetworkVerdict, "undecided">, boolean>> = {
    denied: always(({ request }) => request.some(({ outcome }) => outcome === "denied")),
    "no-route": always(({ request }) => request.some(({ outcome }) => outcome === "no-route")),
    "one-way": arrives && always(({ reply }) => !reply.every(passes)),
    allowed: arrives && always(({ reply }) => reply.every(passes)),
  };
  return (["denied", "no-route", "one-way", "allowed"] as const).filter((verdict) => found[verdict]);
}

/** The steps that keep the packet, or if nothing does its answer. */
function hindrancesOf({ request, reply }: Way): readonly string[] {
  const kept = request.filter(({ outcome }) => outcome !== "passes");
  const unanswered = reply.filter(({ outcome }) => outcome !== "passes");
  return (kept.length > 0 ? kept : unanswered).map(({ name }) => name);
}

type Open = Readonly<Record<"policy" | "unlistedRoute" | "membership", boolean>>;

/** Every way to fill in what is not known; where nothing is open, one value is as good as another. */
function guessesOf(assumptions: NetworkAssumptions, isOpen: Open): readonly Guess[] {
  const readings: Readonly<Record<"yes" | "no" | "unknown", readonly LegacyAll[]>> = {
    yes: ["every protocol"],
    no: ["three protocols"],
    unknown: ["three protocols", "every protocol"],
  };
  const either = (open: boolean) => (open ? [true, false] : [true]);
  return readings[assumptions["overlay-matched-by-legacy-all"]].flatMap((legacyAll) =>
    either(assumptions["unlisted-security-groups"] !== "open").flatMap((workerGroups) =>
      either(isOpen.policy).flatMap((policy) =>
        either(isOpen.unlistedRoute).flatMap((unlistedRoute) =>
          either(isOpen.membership).map((membership) => ({
            legacyAll,
            workerGroups,
            policy,
            unlistedRoute,
            membership,
          })),
        ),
      ),
    ),
  );
}

/** The packet with every source port that a rule could tell apart, where the node picks one. */
function exchangesOf(networks: RawNetworks, wire: Wire | undefined): readonly (Wire | undefined)[] {
  if (wire?.picks === undefined) return [wire];
  return tellingPorts(networks, wire.picks).map((port) => ({
    ...wire,
    forward: { ...wire.forward, sourcePort: port },
    reply: wire.reply === undefined ? undefined : withPicked(wire, wire.reply, port),
  }));
}

/** A reply goes to the port that was picked; a carrier picks its own. */
function withPicked({ forward }: Wire, reply: Header, port: number): Header {
  return reply.destinationPort === forward.sourcePort
    ? { ...reply, destinationPort: port }
    : { ...reply, sourcePort: port };
}

function tellingPorts(
  { network_acls, security_groups }: RawNetworks,
  [first, last]: readonly [number, number],
): readonly number[] {
  const rules: readonly RawRuleTraffic[] = [
    ...(network_acls ?? []).flatMap((acl) => acl.rules),
    ...(security_groups ?? []).flatMap((group) => group.rules),
  ];
  const written = rules.flatMap((rule) => [
    rule.source_port_min,
    rule.source_port_max,
    rule.destination_port_min,
    rule.destination_port_max,
  ]);
  const near = written.flatMap((port) => (port === undefined ? [] : [port - 1, port, port + 1]));
  const inRange = near.filter((port) => first <= port && port <= last);
  return [...new Set([first, ...inRange, last])];
}

/** The filters on the way out, the question whether there is a way, and the stateless filters on the way back. */
function wayOf(world: Assumed, wire: Wire, guess: Guess): Way {
  const { networks } = world;
  const { from, to, forward, reply, isReplyNew, isRouted } = wire;
  const isThere = isRouted === "yes" || (isRouted === "maybe" && guess.unlistedRoute);
  const [here, there] = [plugOf(from), plugOf(to)];
  const crosses = here?.subnet !== there?.subnet;
  const acl = (plug: Plug | undefined, direction: NetworkDirection, header: Header, what: string) =>
    plug === undefined || !crosses ? [] : [aclStep(networks, plug, direction, header, guess.legacyAll, what)];
  const isUnlistedMember = (address: Address, group: string) => mayBeMember(world, guess, address, group);
  const groups = (plug: Plug | undefined, direction: NetworkDirection, header: Header) =>
    plug === undefined ? [] : [groupStep(world, plug, direction, header, { ...guess, isUnlistedMember })];
  return {
    request: [
      ...groups(here, "outbound", forward),
      ...acl(here, "outbound", forward, "ACL"),
      { name: "route", outcome: isThere ? "passes" : "no-route" },
      ...acl(there, "inbound", forward, "ACL"),
      ...groups(there, "inbound", forward),
    ],
    reply:
      reply === undefined
        ? []
        : [
            ...(isReplyNew ? groups(there, "outbound", reply) : []),
            ...acl(there, "outbound", reply, "reply ACL"),
            ...acl(here, "inbound", reply, "reply ACL"),
            ...(isReplyNew ? groups(here, "inbound", reply) : []),
          ],
  };
}

function plugOf(place: Place): Plug | undefined {
  return "plug" in place ? place.plug : undefined;
}

function aclStep(
  networks: RawNetworks,
  { subnet }: Plug,
  direction: NetworkDirection,
  header: Header,
  legacyAll: LegacyAll,
  what: string,
): Step {
  const acl = aclOf(networks, subnet);
  if (acl === undefined) throw new Error(`the ACL of subnet ${subnet.id} is not in the export`);
  return stepOf(`${what} ${direction}`, aclPasses(acl, direction, header, legacyAll));
}

function groupStep(
  world: Assumed,
  plug: Plug,
  direction: NetworkDirection,
  header: Header,
  guess: Guess & GroupGuess,
): Step {
  const groups = groupsAt(world, plug);
  const passes =
    groups === "open" ||
    (groups === "unknown" ? guess.workerGroups : groupsPass(world.networks, groups, direction, header, guess));
  return stepOf(`groups ${direction}`, passes);
}

/** The groups at an interface. Of workers no export tells them: then what is assumed about them counts. */
function groupsAt(
  { networks, assumptions }: Assumed,
  { own, worker, subnet }: Plug,
): readonly RawSecurityGroup[] | "open" | "unknown" {
  if (own !== undefined) return groupsOf(networks, own);
  const assumed = assumptions["unlisted-security-groups"];
  if (assumed !== "by-name") return assumed;
  if (!(networks.security_groups ?? []).some(({ vpc }) => vpc.id === subnet.vpc.id)) return "open";
  return (worker === undefined ? undefined : groupsByName(networks, subnet.vpc.id, worker)) ?? "unknown";
}

/** Whether somebody is in a group of whom no export tells it: by name, else either. */
function mayBeMember(world: Assumed, guess: Guess, address: Address, group: string): boolean {
  const { objects, networks, assumptions } = world;
  if (interfaceAt(networks, address) !== undefined) return false;
  const isNode = nodeOf({ objects }, { address, pod: undefined }) !== undefined;
  const worker = workerAt(networks, objects, address);
  const vpc = networks.security_groups?.find(({ id }) => id === group)?.vpc.id ?? "";
  const isByName = assumptions["unlisted-security-groups"] === "by-name" && worker !== undefined;
  const named = isByName ? groupsByName(networks, vpc, worker) : undefined;
  return named === undefined ? isNode && guess.membership : named.some(({ id }) => id === group);
}

function stepOf(name: string, passes: boolean): Step {
  return { name, outcome: passes ? "passes" : "denied" };
}
