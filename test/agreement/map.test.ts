/** A filtered map says of every packet that is asked for what the oracle says, and of no other; and who asked for it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { podText, workloadText } from "../../src/cluster/endpoint.ts";
import { type Address, addressText, containsAddress, isAddressError, parseAddress } from "../../src/net/address.ts";
import { familyOf, parseCidr } from "../../src/net/address.ts";
import { containsTraffic, type TrafficPoint, type TrafficSet, toPorts, allOf } from "../../src/net/traffic.ts";
import { TCP } from "../../src/net/protocol.ts";
import { type End, endAt } from "../../src/path/end.ts";
import { strangersPath } from "../../src/path/path.ts";
import { isReferenceError } from "../../src/path/reference.ts";
import { type Flows, flowsOf } from "../../src/reach/flows.ts";
import type { FlowFilter } from "../../src/reach/flow-filter.ts";
import { type MapRow, type ReachMap, reachMap } from "../../src/reach/map.ts";
import { parseEnds, resolveEnds } from "../../src/reach/named-ends.ts";
import type { Side } from "../../src/reach/sides.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { judgeRules } from "../../src/verdict/policy-filter.ts";
import { judge } from "../../src/verdict/verdict.ts";
import { mixedWorld } from "../worlds/mixed-world.ts";
import { holdsInEveryWorld } from "../worlds/replay.ts";
import { addressOf, pointOf, situationOfObjects } from "./situations.ts";

/** One end of a packet: an address, and who bears it. */
interface Bearer {
  readonly address: Address;
  readonly end: End;
}

interface Flow {
  readonly from: Bearer;
  readonly to: Bearer;
  readonly point: TrafficPoint;
}

/** A way to ask, as a user writes it, and what it means, said a second time. */
interface Asking {
  readonly filter: FlowFilter;
  readonly isMeant: (flow: Flow) => boolean;
}

const NOTHING_ASKED: FlowFilter = {
  from: undefined,
  to: undefined,
  traffic: undefined,
  namespaces: [],
  external: false,
  crossing: false,
  nodes: [],
};

/** An end as a user writes it, and whom it means. */
type AskedEnd = readonly [text: string, isMeant: (bearer: Bearer) => boolean];

/** Ends that a world has. */
function endsToAskFor({ inventory }: Situation): readonly AskedEnd[] {
  const [pod] = inventory.pods.toReversed();
  const address = pod?.addresses[0];
  const [node] = inventory.nodes;
  const block = parseCidr("10.0.0.0/9");
  assert.ok(!isAddressError(block));
  const ends: AskedEnd[] = [
    ["*", () => true],
    ["10.0.0.0/9", ({ address: one }) => containsAddress([block.range], one)],
  ];
  if (pod !== undefined)
    ends.push([`ns:${pod.namespace.name}/*`, ({ end }) => namespaceOf(end) === pod.namespace.name]);
  if (address !== undefined) ends.push([addressText(address), (bearer) => bearer.address === address]);
  if (node !== undefined && node.addresses.length > 0) {
    ends.push([`node/${node.name}`, (bearer) => node.addresses.includes(bearer.address)]);
  }
  return ends;
}

function namespaceOf(end: End): string | undefined {
  return end.kind === "pod" ? end.pod.namespace.name : undefined;
}

function endsNamed(situation: Situation, text: string): readonly End[] {
  const reference = parseEnds(text, "default");
  assert.ok(!isReferenceError(reference), text);
  const found = resolveEnds(situation, reference);
  assert.ok(!isReferenceError(found) && found.kind === "ends", text);
  return found.ends;
}

/** Every kind of filter by itself, and some together. */
function askings(situation: Situation): readonly Asking[] {
  const ends = endsToAskFor(situation);
  const nodes = situation.inventory.nodes.slice(0, 1);
  const traffic: TrafficSet = toPorts(TCP, [{ start: 0, end: 4000 }]);
  const [first] = situation.inventory.pods;
  const own = first?.namespace.name ?? "";
  const isPod = ({ end }: Bearer): boolean => end.kind === "pod";
  const crosses = ({ from, to }: Flow): boolean =>
    isPod(from) && isPod(to) && namespaceOf(from.end) !== namespaceOf(to.end);
  const touches = ({ from, to }: Flow): boolean => [from, to].some(({ end }) => namespaceOf(end) === own);
  const bySides = ends.flatMap(([text, isMeant], i): readonly Asking[] => {
    const [other, isOther] = ends[(i + 1) % ends.length] ?? [text, isMeant];
    const [named, others] = [endsNamed(situation, text), endsNamed(situation, other)];
    return [
      { filter: { ...NOTHING_ASKED, nodes, from: named }, isMeant: ({ from }) => isMeant(from) },
      { filter: { ...NOTHING_ASKED, nodes, to: named }, isMeant: ({ to }) => isMeant(to) },
      {
        filter: { ...NOTHING_ASKED, nodes, from: named, to: others, traffic },
        isMeant: ({ from, to, point }) => isMeant(from) && isOther(to) && containsTraffic(traffic, point),
      },
    ];
  });
  return [
    ...bySides,
    { filter: { ...NOTHING_ASKED, traffic: allOf(TCP) }, isMeant: ({ point }) => point.protocol === TCP },
    { filter: { ...NOTHING_ASKED, external: true }, isMeant: ({ from, to }) => !isPod(from) || !isPod(to) },
    { filter: { ...NOTHING_ASKED, crossing: true }, isMeant: crosses },
    { filter: { ...NOTHING_ASKED, namespaces: [own] }, isMeant: touches },
    {
      filter: { ...NOTHING_ASKED, namespaces: [own], crossing: true },
      isMeant: (flow) => crosses(flow) && touches(flow),
    },
  ];
}

function isIn(ranges: readonly string[], address: Address): boolean {
  return ranges.some((range) => {
    const [start, end] = range.split("-").map(parseAddress);
    if (start !== undefined && end !== undefined && !isAddressError(start) && !isAddressError(end)) {
      return start <= address && address <= end;
    }
    const cidr = parseCidr(range.includes("/") ? range : `${range}/${range.includes(":") ? 128 : 32}`);
    return !isAddressError(cidr) && containsAddress([cidr.range], address);
  });
}

/** Whether a side of a row is about an end; addresses of nodes that have rows of their own are in no range. */
function isAbout(side: Side, { address, end }: Bearer, told: ReadonlySet<string>): boolean {
  switch (side.kind) {
    case "workload":
      if (side.name === addressText(address)) return true;
      return end.kind === "pod" && [podText(end.pod), workloadText(end.pod.workload)].includes(side.name);
    case "node":
      return end.kind === "node" && [`node/${end.node.name}`, addressText(address)].includes(side.name);
    case "outside":
      if (end.kind === "pod" || (end.kind === "node" && told.has(end.node.name))) return false;
      return isIn(side.ranges, address);
    case "namespace":
      return namespaceOf(end) === side.namespace;
    case "all pods":
      return end.kind === "pod";
    case "everyone":
      return true;
    case "several":
      return side.sides.some((one) => isAbout(one, { address, end }, told));
  }
}

function holding(rows: readonly MapRow[], { from, to, point }: Flow, told: ReadonlySet<string>): readonly MapRow[] {
  return rows.filter(
    (row) =>
      (row.family === undefined || row.family === familyOf(from.address)) &&
      containsTraffic(row.traffic, point) &&
      isAbout(row.from, from, told) &&
      isAbout(row.to, to, told),
  );
}

/** The nodes that are told from other addresses. */
function toldNodes({ parties }: Flows, nodes: FlowFilter["nodes"] = []): ReadonlySet<string> {
  const told = [...parties.values()].flatMap((party) => (party.kind === "node" ? [party.node] : []));
  return new Set([...told, ...nodes].map(({ name }) => name));
}

/** What a map says of a flow. */
function sayingOf(map: ReachMap, flow: Flow, told: ReadonlySet<string>): string {
  const found = [
    ...holding(map.connections, flow, told).map(() => "allowed"),
    ...holding(map.oneWay, flow, told).map(() => "one-way"),
    ...holding(map.undecided, flow, told).map(() => "undecided"),
  ];
  assert.ok(found.length <= 1, `${found.length} rows hold ${JSON.stringify(flow.point)}`);
  return found[0] ?? "nothing";
}

/** The flows of a world that a map is about. */
function flowsIn(
  situation: Situation,
  packets: readonly (Parameters<typeof pointOf>[0] & { source: string; destination: string })[],
): readonly Flow[] {
  return packets.flatMap((packet): readonly Flow[] => {
    const bearer = (text: string): Bearer => {
      const address = addressOf(text);
      return { address, end: endAt(situation.inventory, address) };
    };
    const [from, to] = [bearer(packet.source), bearer(packet.destination)];
    const isPair = from.end.kind === "pod" || to.end.kind === "pod";
    const isSame = from.end.kind === "pod" && to.end.kind === "pod" && from.end.pod === to.end.pod;
    return isPair && !isSame ? [{ from, to, point: pointOf(packet) }] : [];
  });
}

function verdictOf(situation: Situation, { from, to, point }: Flow): string {
  const { kind } = judge(situation, strangersPath(situation, from.end, to.end), point);
  return kind === "denied" || kind === "no-route" ? "nothing" : kind;
}

describe("a filtered map", () => {
  it("is the map of everything cut down to what is asked for, packet by packet", async () => {
    await holdsInEveryWorld(
      25,
      ({ objects, packets }) => {
        const situation = situationOfObjects(objects);
        const flows = flowsOf(situation);
        const some = flowsIn(situation, packets);
        for (const { filter, isMeant } of askings(situation)) {
          const map = reachMap(situation, flows, { filter });
          const told = toldNodes(flows, filter.nodes);
          for (const flow of some) {
            const expected = isMeant(flow) ? verdictOf(situation, flow) : "nothing";
            assert.equal(sayingOf(map, flow, told), expected, JSON.stringify(flow.point));
          }
        }
      },
      mixedWorld(),
    );
  });
});

describe("a map", () => {
  it("calls a packet unasked exactly where no policy stage has a rule that allows it", async () => {
    await holdsInEveryWorld(
      60,
      ({ objects, packets }) => {
        const situation = situationOfObjects(objects);
        const flows = flowsOf(situation);
        const [map, told] = [reachMap(situation, flows), toldNodes(flows)];
        for (const flow of flowsIn(situation, packets)) {
          const rows = holding(map.connections, flow, told);
          if (rows.length === 0) continue;
          const { stages } = strangersPath(situation, flow.from.end, flow.to.end);
          const isAsked = stages.some(
            (stage) => stage.kind === "filter" && judgeRules(situation, stage, flow.point).ruleAllows !== false,
          );
          assert.deepEqual(
            rows.map((row) => "unasked" in row && row.unasked),
            [!isAsked],
            JSON.stringify(flow.point),
          );
        }
      },
      mixedWorld(),
    );
  });
});
