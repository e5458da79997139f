/** Real packets and connections under way in a lab while its policies change. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { listNamespaces } from "../../kernel/namespaces.ts";
import { up } from "../lab.ts";
import { planProbes } from "../probes.ts";
import { labEndText, trafficText } from "../reasoning.ts";
import { serviceManifest } from "../services.fixture.ts";
import { namespaceManifest, podManifest, policyManifest, situationFrom } from "../shop.fixture.ts";
import { realized, reasonToSkip, testLabName } from "../standing.fixture.ts";
import { labPrefix, type PlanOptions } from "../topology.ts";
import { changeUnderWay, runChange } from "./change.ts";
import { prepareChange } from "./commit.ts";
import { FLOW_CLASSES, type FlowClass, watchedFlows } from "./flows.ts";
import { type ChangePlan, planChange } from "./plan.ts";

function pod(name: string, number: number, node: string): string {
  return podManifest({ name, node, addresses: [`10.1.0.${number}`, `fd00:1::${number}`] });
}

const PODS = [
  namespaceManifest("shop"),
  pod("web", 2, "one"),
  pod("client", 3, "one"),
  pod("other", 4, "two"),
  serviceManifest("shop", "web", "selector: {app: web}, ports: [{port: 80, targetPort: 8080}]"),
].join("");

function ingress(from: string, ports: string): string {
  return `{from: [{podSelector: {matchLabels: {app: ${from}}}}], ports: [${ports}]}`;
}

function web(...rules: readonly string[]): string {
  return policyManifest("web", `  podSelector: {matchLabels: {app: web}}\n  ingress: [${rules.join(", ")}]`);
}

const KEPT = "{port: 8080}, {port: 8080, protocol: UDP}, {port: 8080, protocol: SCTP}";
const BEFORE = PODS + web(ingress("client", KEPT), ingress("other", KEPT));
/** What `other` may do is turned round, what `client` may do stays. */
const AFTER =
  PODS +
  web(
    ingress("client", KEPT),
    ingress("other", "{port: 9090}, {port: 9090, protocol: UDP}, {port: 9090, protocol: SCTP}"),
  );
/** Nothing changes. */
const OTHERWISE = PODS + web(ingress("client", KEPT), ingress("other", KEPT));

function planned(before: string, after: string, options: Pick<PlanOptions, "denial"> = {}) {
  const [first, second] = [before, after].map((manifests) => realized(situationFrom(manifests)));
  if (first === undefined || second === undefined) throw new Error("there are two situations");
  return possible(planChange(first, second, testLabName(), options));
}

function possible(plan: ChangePlan) {
  return plan.kind === "possible" ? plan : assert.fail(plan.why);
}

describe("what is watched while a lab changes", () => {
  const { before, after } = planned(BEFORE, AFTER);
  const watched = watchedFlows(before, after);
  const between = (from: string, is: FlowClass): readonly string[] => [
    ...new Set(
      watched.flows
        .filter((flow) => flow.is === is && labEndText(flow.from) === from && labEndText(flow.to) === "shop/pod/web")
        .map(({ traffic }) => trafficText(traffic)),
    ),
  ];

  it("are flows that both situations allow, that both deny, and that the second one opens or closes", () => {
    assert.deepEqual(between("shop/pod/other", "closed").toSorted(), ["sctp/8080", "tcp/8080", "udp/8080"]);
    assert.deepEqual(between("shop/pod/other", "opened").toSorted(), ["sctp/9090", "tcp/9090", "udp/9090"]);
    assert.ok(watched.flows.some(({ is }) => is === "kept") && watched.flows.some(({ is }) => is === "shut"));
    assert.ok(
      watched.connections.every(({ traffic, is }) => traffic.protocol === "tcp" && (is === "kept" || is === "closed")),
    );
    assert.ok(watched.possible.kept > watched.flows.filter(({ is }) => is === "kept").length);
  });

  it("are not flows that pass while one node has changed and the other has not, which is said", () => {
    const deny = (name: string, type: string): string =>
      policyManifest(name, `  podSelector: {matchLabels: {app: ${name}}}\n  policyTypes: [${type}]`);
    const turned = planned(PODS + deny("other", "Egress"), PODS + deny("web", "Ingress"));
    const flows = watchedFlows(turned.before, turned.after);
    const isOf = (from: string, to: string): boolean =>
      flows.flows.some((flow) => labEndText(flow.from) === from && labEndText(flow.to) === to && flow.is === "shut");
    assert.ok(!isOf("shop/pod/other", "shop/pod/web"));
    assert.match(
      flows.unsent.map(({ what }) => what).join(),
      /\d+ flows that the two situations deny at different places/,
    );
    assert.match(flows.unsent.map(({ what }) => what).join(), /connections through Services during the change/);
  });

  it("is not planned where the second situation has other pods", () => {
    const [first, second] = [BEFORE, AFTER + pod("more", 9, "two")].map((text) => realized(situationFrom(text)));
    if (first === undefined || second === undefined) throw new Error("there are two situations");
    assert.deepEqual(planChange(first, second, testLabName()), {
      kind: "impossible",
      why: "it has other pods, nodes or networks",
    });
  });
});

describe("a lab that changes under way", { skip: reasonToSkip(), concurrency: false }, () => {
  for (const denial of ["reject", "drop"] as const) {
    it(`loses nothing that both allow, leaks nothing that both deny, opens and cuts, with ${denial}`, async () => {
      const { before, after } = planned(BEFORE, AFTER, { denial });
      const { change, after: result } = await runChange(before, after, planProbes(after, { limit: 300 }), {
        watch: 900,
        timeout: 200,
      });
      assert.deepEqual(
        change.differences.map(({ flow, detail }) => `${flow.is} ${trafficText(flow.traffic)}: ${detail}`),
        [],
      );
      assert.deepEqual(result.differences, []);
      for (const is of FLOW_CLASSES) assert.ok(change.flows[is].packets > 50, is);
      assert.ok(change.connections.kept.connections >= 2 && change.connections.closed.connections >= 2);
      assert.deepEqual(listNamespaces(labPrefix(before.name)), []);
    });
  }

  it("into something else than was meant is reported: what stayed open, what stayed shut, who lives on", async () => {
    const { before, after } = planned(BEFORE, AFTER);
    const other = planned(BEFORE, OTHERWISE).after;
    const lab = await up(before);
    try {
      const prepared = await prepareChange(before, { ...other, nodes: other.nodes });
      const { differences } = await changeUnderWay(prepared, watchedFlows(before, after), { watch: 600 });
      prepared.close();
      const said = new Set(
        differences.map(
          ({ flow, isConnection, detail }) =>
            `${flow.is} ${isConnection ? "connection" : "packets"} ${detail.replaceAll(/\d+/g, "N")}`,
        ),
      );
      assert.deepEqual([...said].toSorted(), [
        "closed connection lives on after the change",
        "closed packets N of N packets passed after the change",
        "opened packets N of N packets lost after the change",
      ]);
    } finally {
      await lab.down();
    }
  });
});
