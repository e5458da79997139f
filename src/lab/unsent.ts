/** Kinds of packets that a lab sends between no places, with the reason: what it does not show. Pure. */
import { ICMP_REQUESTS } from "../net/natural-reply.ts";
import { ICMP, ICMPV6, protocolText } from "../net/protocol.ts";
import { containsTraffic } from "../net/traffic.ts";
import { allRules, type TrafficMatch } from "../policy/model.ts";
import { type CraftedKinds, craftedKinds, IPV6_EXTENSIONS, NO_SOCKET } from "./crafted.ts";
import type { LabPlan } from "./topology.ts";

export interface Unsent {
  readonly what: string;
  readonly why: string;
}

export function unsentKinds(plan: LabPlan): readonly Unsent[] {
  const kinds = craftedKinds(plan.situation);
  const matches = [...allRules(plan.situation.tiers)].flatMap((rule) => rule.traffic ?? []);
  return [
    ...amongOthers(plan),
    ...throughServices(plan),
    ...(plan.families.includes(6) ? [] : [{ what: "IPv6", why: "nothing in the input has an address of it" }]),
    ...portZero(matches),
    ...(plan.network === undefined ? portless(kinds, plan) : networkedPortless()),
    ...portsWithoutSocket(matches),
    ...icmpAnswers(kinds),
  ];
}

function amongOthers({ network, situation }: LabPlan): readonly Unsent[] {
  if (network !== undefined) return [];
  if (situation.inventory.hostEndpoints.length > 0) {
    return [{ what: "packets between addresses outside", why: "no node of a lab forwards them" }];
  }
  return [
    {
      what: "packets between nodes and outside",
      why: "the input has no HostEndpoint, so no policy is asked about them",
    },
  ];
}

function throughServices({ services }: LabPlan): readonly Unsent[] {
  if (services.length === 0) return [];
  return [
    {
      what: "connections from outside to Services",
      why: "the nodes of a lab translate for their own pods and processes only",
    },
    { what: "pings of Services", why: "a Service translates its ports, and nothing answers at its address" },
  ];
}

function portZero(matches: readonly TrafficMatch[]): readonly Unsent[] {
  const isNamed = matches.some(({ conditions }) =>
    conditions.some(({ anyOf }) =>
      anyOf.some((choice) => choice.kind === "numbers" && choice.ports.some(({ start }) => start === 0)),
    ),
  );
  return isNamed ? [{ what: "packets to or from port 0", why: "no socket can have it" }] : [];
}

function networkedPortless(): readonly Unsent[] {
  const why = "networks that translate addresses could not tell those of two pods apart";
  return [{ what: "packets of protocols without ports other than ICMP", why }];
}

function portless({ named }: CraftedKinds, { families }: LabPlan): readonly Unsent[] {
  const list = (numbers: readonly number[]): string => `protocol ${numbers.map(protocolText).join(", ")}`;
  const impossible = named.filter((number) => NO_SOCKET.includes(number));
  const extensions = named.filter((number) => IPV6_EXTENSIONS.includes(number) && !NO_SOCKET.includes(number));
  const possible = named.filter((number) => !NO_SOCKET.includes(number));
  return [
    ...(impossible.length === 0 ? [] : [{ what: list(impossible), why: "no socket can send or receive it" }]),
    ...(extensions.length === 0 || !families.includes(6)
      ? []
      : [
          {
            what: `${list(extensions)} by IPv6`,
            why: "it is a header of IPv6 itself, behind which a protocol follows",
          },
        ]),
    ...(possible.length === 0
      ? []
      : [
          {
            what: `${list(possible)} in both directions between two places`,
            why: "without ports, one would be taken for the answer to the other; so each pair has one direction",
          },
        ]),
  ];
}

/** DCCP and UDP-Lite have ports, and are told by number only. */
const WITHOUT_SOCKET = [33, 136];

function portsWithoutSocket(matches: readonly TrafficMatch[]): readonly Unsent[] {
  const named = WITHOUT_SOCKET.filter((number) =>
    matches.some(({ within }) => {
      // Not named where it goes with the protocols that nobody names.
      const has = (protocol: number): boolean => containsTraffic(within, { protocol, first: 0, second: 0 });
      return has(number) !== has(253);
    }),
  );
  if (named.length === 0) return [];
  return [
    { what: named.map(protocolText).join(" and "), why: "connection tracking of many kernels does not know its ports" },
  ];
}

function icmpAnswers({ icmp }: CraftedKinds): readonly Unsent[] {
  return [ICMP, ICMPV6].flatMap((protocol) => {
    const requests = ICMP_REQUESTS.get(protocol);
    const types = [...new Set((icmp.get(protocol) ?? []).map(({ type }) => type))].filter(
      (type) => !requests?.has(type),
    );
    if (types.length === 0) return [];
    return [
      {
        what: `${protocolText(protocol)} of type ${types.sort((a, b) => a - b).join(", ")}`,
        why: "such messages answer or report others, and begin no connection that a policy could admit",
      },
    ];
  });
}
