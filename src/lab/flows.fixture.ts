/** For tests: tables of flows as the documents write them, tried with real packets in a lab that stands. */
import assert from "node:assert/strict";
import { type Family, familyOf, isAddressError, parseAddress } from "../net/address.ts";
import { probe } from "./measure.ts";
import { type LabProbe, probesBetween } from "./probes.ts";
import {
  type LabEnd,
  labEndText,
  type LabTarget,
  type Prediction,
  type ProbeTraffic,
  trafficText,
} from "./reasoning.ts";
import { labPlaces, type LabPlan } from "./topology.ts";

/** From, to (the grammar of ends), `tcp/80` or `protocol/47`, and what becomes of it. */
export type Flow = readonly [from: string, to: string, traffic: string, expected: Prediction];

/** Asserts that the oracle expects every flow as the table does, and that the packets do what it says. */
export async function assertFlows(plan: LabPlan, flows: readonly Flow[], family: Family = 4): Promise<void> {
  const probes = flows.flatMap(([from, to, traffic]) => {
    const ends = { from: endNamed(plan, from, family), to: targetNamed(plan, to, family) };
    // Backends take turns: twice as many connections as the largest Service here has backends meet all of them.
    return probesBetween(
      plan,
      ends,
      Array.from({ length: 4 }, () => trafficOf(traffic)),
    );
  });
  assert.deepEqual([...new Set(probes.map(described))], [...new Set(flows.map((flow) => flow.join(" ")))]);
  const { differences } = await probe(plan, {
    probes,
    sourced: [],
    translated: [],
    possible: probes.length,
    notes: [],
    unsent: [],
  });
  assert.deepEqual(
    differences.map((item) => `${described(item.probe)}, but ${item.measured} ${item.detail ?? ""}`),
    [],
  );
}

function described({ from, to, traffic, predicted }: LabProbe): string {
  return `${labEndText(from)} ${labEndText(to)} ${trafficText(traffic)} ${predicted}`;
}

function trafficOf(text: string): ProbeTraffic {
  const [protocol, port] = text.split("/");
  switch (protocol) {
    case "tcp":
    case "udp":
    case "sctp":
      return { protocol, port: Number(port) };
    case "protocol":
      return { protocol: "crafted", point: { protocol: Number(port), first: 0, second: 0 } };
    default:
      return { protocol: "icmp" };
  }
}

export function endNamed(plan: LabPlan, name: string, family: Family = 4): LabEnd {
  const parsed = parseAddress(name);
  const found = labPlaces(plan)
    .flatMap((place) => place.addresses.map((address): LabEnd => ({ place, address })))
    .find(({ place, address }) =>
      isAddressError(parsed) ? place.identity === name && familyOf(address) === family : address === parsed,
    );
  return found ?? assert.fail(`the lab has no ${name} of family ${family}`);
}

function targetNamed(plan: LabPlan, name: string, family: Family): LabTarget {
  const place = plan.services.find(({ identity }) => identity === name);
  const address = place?.addresses.find((candidate) => familyOf(candidate) === family);
  return place === undefined || address === undefined ? endNamed(plan, name, family) : { place, address };
}
