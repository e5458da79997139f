import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { WatchedFlow } from "../../lab/change/flows.ts";
import type { ChangeResult } from "../../lab/change/report.ts";
import { planProbes } from "../../lab/probes.ts";
import { reasonerOf } from "../../lab/reasoning.ts";
import { realize } from "../../lab/realize.ts";
import { countsOf, type LabResult } from "../../lab/report.ts";
import { planLab } from "../../lab/topology.ts";
import { readText } from "../../resources/read.ts";
import { PROFILES } from "../../situation/assumptions.ts";
import { situationOf } from "../../situation/situation.ts";
import { SHOP } from "../command.fixture.ts";
import { validator } from "../schema.fixture.ts";
import { changeLines } from "./lab-change-text.ts";
import { downJson, resultJson, standingJson } from "./lab-json.ts";
import { resultLines, standingLines } from "./lab-text.ts";
import { render } from "./lines.ts";

/** A lab that was never built, and a result in which every denied packet passed. */
function leaking() {
  const reading = readText("shop.yaml", SHOP, { validation: "strict", namespace: undefined });
  const options = { assumptions: PROFILES.kubernetes, podRange: undefined };
  const realized = realize(situationOf(reading, options).situation);
  if (realized.kind !== "realized") throw new Error("the shop can be built");
  const plan = planLab(realized, "leaking");
  const { probes, possible } = planProbes(plan);
  const differences = probes
    .filter(({ predicted }) => predicted === "denied")
    .map(
      (probe) =>
        ({
          probe,
          measured: "passed",
          detail: "against \u001b[1mall",
          ...reasonerOf(plan, probe.from, probe.to)(probe.traffic),
        }) as const,
    );
  const counts = countsOf(probes, [], differences);
  const result: LabResult = {
    probes: probes.length,
    possible,
    counts,
    differences,
    repeated: 0,
    notes: ["a note"],
    unsent: [{ what: "packets", why: "a reason" }],
    milliseconds: {},
  };
  return { plan, result };
}

/** What a change came to in which one closed flow stayed open. */
function leakingChange({ differences }: LabResult): ChangeResult {
  const probe = differences[0]?.probe ?? assert.fail("something leaked");
  const { from, to, traffic } = probe;
  if (to.place.kind === "service") throw new Error("no probe of these goes to a Service");
  const end = { place: to.place, address: to.address };
  const flow: WatchedFlow = { from, to: end, traffic, is: "closed" };
  const count = { possible: 9, flows: 3, packets: 300, wrong: 0, settledAfter: undefined };
  return {
    flows: { kept: count, shut: count, opened: { ...count, settledAfter: 4.26 }, closed: { ...count, wrong: 7 } },
    connections: {
      kept: { connections: 2, wrong: 0, longest: 12.5 },
      closed: { connections: 0, wrong: 0, longest: undefined },
    },
    milliseconds: 3.14,
    differences: [{ flow, isConnection: false, detail: "7 of 100 packets passed after the change" }],
  };
}

describe("the result of a lab", () => {
  it("shows what became of each class of packets during a change, and every one that did not do as it should", () => {
    const { result } = leaking();
    const text = render(changeLines(leakingChange(result)), false);
    assert.match(text, /\nkept +both allow it +3 of 9 +300 +0 lost\n/);
    assert.match(text, /\nopened +only the second allows it .*first one passed after 4\.3 ms\n/);
    assert.match(text, /\nclosed +only the first allows it +3 of 9 +300 +7 lost or passed too late\n/);
    assert.match(text, /\nkept +live connections +2 +0 broken +longest silence 12\.5 ms\n/);
    assert.match(
      text,
      /\nNOT AS DUE {2}closed {2}\S+ -> \S+ {2}\S+ {2}packets: 7 of 100 packets passed after the change\n/,
    );
    assert.match(text, /\nNOT AS DUE {2}1 observation\n/);
  });

  it("shows every difference with what was predicted, by whom, and what was measured", () => {
    const { plan, result } = leaking();
    const text = render(resultLines(plan, result), false);
    assert.equal(text.match(/\nDIFFERENT {2}.*->/g)?.length, result.differences.length);
    assert.match(text, /\n {2}predicted DENIED, measured passed \(against \\x1b\[1mall\)\n/);
    assert.match(text, /\n {2}into db +isolated +by shop\/db-allow \(shop\.yaml:23\)\n/);
    assert.match(text, /\nnote: a note\n\nnot sent: packets: a reason\n/);
    assert.match(
      text,
      new RegExp(String.raw`\nDIFFERENT {2}${result.differences.length} of ${result.probes} probes\n$`),
    );
  });

  it("is JSON as its schema says", () => {
    const check = validator("lab");
    const { plan, result } = leaking();
    check(JSON.parse(JSON.stringify(resultJson(plan, result))));
    check(JSON.parse(JSON.stringify(resultJson(plan, result, leakingChange(result)))));
    check(JSON.parse(JSON.stringify(standingJson(plan))));
    check(downJson("leaking", 7));
    assert.throws(() => check({ schema: "portcullis/lab/v1" }));
  });

  it("tells how to enter, probe and remove a lab that stands", () => {
    const { plan } = leaking();
    const text = render(standingLines(plan), false);
    assert.match(text, /shop\/pod\/web +10\.0\.0\.1 +portcullis-leaking\.p0\n/);
    assert.match(text, /portcullis lab down --name leaking\n/);
  });
});
