/** Maps and questions where nodes have host endpoints. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isReferenceError, parseAsked, parseReference } from "../path/reference.ts";
import { resolve, type Resolved } from "../path/resolve.ts";
import type { Situation } from "../situation/situation.ts";
import { globalPolicy, hostEndpoint, HOSTS, hostsSituation } from "../verdict/host-endpoints.fixture.ts";
import { trafficText } from "../net/traffic-text.ts";
import { type MapRow, reachMap } from "./map.ts";
import { answer } from "./question.ts";
import { sideText } from "./sides.ts";

function rows(situation: Situation, from: string, to: string): readonly string[] {
  const { connections, undecided } = reachMap(situation);
  const texts = (list: readonly MapRow[], word: string): readonly string[] =>
    list
      .filter((row) => sideText(row.from) === from && sideText(row.to) === to)
      .map(({ traffic }) => `${word} ${trafficText(traffic)}`);
  return [...texts(connections, "allowed"), ...texts(undecided, "undecided")];
}

function resolved(situation: Situation, text: string): Resolved {
  const reference = parseReference(text, "shop");
  if (isReferenceError(reference)) throw new Error(reference.error);
  const result = resolve(situation, reference);
  if (isReferenceError(result)) throw new Error(result.error);
  return result;
}

describe("the map where nodes have host endpoints", () => {
  const forward = globalPolicy(
    "web-only",
    "selector: name == 'h1', applyOnForward: true, types: [Ingress], ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]",
  );

  it("tells pods apart by their node where the node's policy governs what it forwards", () => {
    const situation = hostsSituation(HOSTS, forward);
    assert.deepEqual(rows(situation, "shop/pod/p2", "shop/pod/p1"), ["allowed TCP 80"]);
    assert.deepEqual(rows(situation, "shop/pod/p1", "shop/pod/p2"), ["allowed all"]);
  });

  it("lists such nodes with what their host endpoints let pass", () => {
    const situation = hostsSituation(HOSTS, forward);
    const [row] = rows(situation, "shop/pod/p2", "node/n1");
    assert.match(row ?? "", /^allowed TCP 22,80,179,/);
    assert.deepEqual(rows(situation, "shop/pod/p1", "node/n2"), ["allowed all"]);
  });

  it("says what is not known where interfaces are named and not told", () => {
    const situation = hostsSituation(hostEndpoint("h1", "n1", "interfaceName: eth0"));
    const [allowed, undecided] = rows(situation, "shop/pod/p2", "node/n1");
    assert.match(allowed ?? "", /^allowed TCP 22,/);
    assert.match(undecided ?? "", /^undecided /);
  });
});

describe("questions where nodes have host endpoints", () => {
  it("split blocks where a profile's rules tell addresses apart", () => {
    const profile = `
apiVersion: projectcalico.org/v3
kind: Profile
metadata: {name: office}
spec: {ingress: [{action: Allow, source: {nets: [192.0.2.0/25]}}]}`;
    const situation = hostsSituation(profile, hostEndpoint("h1", "n1", 'interfaceName: "*", profiles: [office]'));
    const asked = parseAsked("80");
    if (isReferenceError(asked)) throw new Error(asked.error);
    const { kind, cases } = answer(situation, {
      from: resolved(situation, "192.0.2.0/24"),
      to: resolved(situation, "node/n1"),
      asked,
      sourcePort: undefined,
    });
    assert.equal(kind, "partial");
    assert.deepEqual(new Set(cases.map((one) => one.kind)), new Set(["allowed", "denied"]));
  });
});
