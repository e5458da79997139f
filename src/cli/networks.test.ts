/** What `why` says about networks around the cluster, as people and programs read it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLUSTER, recipeNetworks, type Variation } from "../path/seed-networks.fixture.ts";
import { POD_RANGE, questionOf } from "../reach/network.fixture.ts";
import { answer } from "../reach/question.ts";
import { situationFrom } from "../situation/situation.fixture.ts";
import type { Situation } from "../situation/situation.ts";
import { exitOf } from "./exit-code.ts";
import { render } from "./output/lines.ts";
import { jsonText } from "./output/json.ts";
import { whyJson } from "./output/why-json.ts";
import { whyLines } from "./output/why-text.ts";
import { validator } from "./schema.fixture.ts";
import { type WhyAnswer, whyAnswer } from "./why-answer.ts";

const OUT = "endpoint-outbound: allow outbound tcp 0.0.0.0/0 203.0.113.0/24 to 443";
const BACK = "endpoint-inbound: allow inbound tcp 203.0.113.0/24 0.0.0.0/0 from 443";

const FREE = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: free, namespace: shop}
spec: {selector: {matchLabels: {app: free}}, template: {metadata: {labels: {app: free}}, spec: {containers: [{name: c, image: i}]}}}
`;

interface Told {
  readonly situation: Situation;
  readonly answer: WhyAnswer;
  /** Lines of the text, blanks within them made one. */
  readonly lines: readonly string[];
}

function why(from: string, to: string, variation: Variation = {}): Told {
  const situation = situationFrom(CLUSTER + FREE, { vpc: recipeNetworks(variation), podRange: POD_RANGE });
  const question = questionOf(situation, from, to);
  const told = whyAnswer(situation, question, answer(situation, question));
  const lines = render(whyLines(told, situation.assumptions), false).split("\n");
  return { situation, answer: told, lines: lines.map((line) => line.trim().replaceAll(/ {2,}/g, " | ")) };
}

function lineOf({ lines }: Told, start: string): string {
  return lines.find((line) => line.startsWith(`${start} | `)) ?? `no line for ${start}:\n${lines.join("\n")}`;
}

describe("why, with networks around the cluster", () => {
  it("has a line for every stage, and says of those that do not apply why not", () => {
    const told = why("shop/pod/web-1", "203.0.113.0/24:443", { gateways: [1], more: [OUT, BACK] });
    assert.deepEqual(told.lines.slice(0, 8), [
      "ALLOWED | shop/pod/web-1 -> 203.0.113.0/24 | TCP 443",
      "out of web-1 | open | no policy isolates egress",
      "masquerade | rewrites | node/worker-1 sends it on as 10.240.0.5, from a port of its own choice",
      "security group outbound | not asked | no security groups are in the input",
      "acl outbound | admitted | by rule 5 of 6 outbound, endpoint-outbound of ACL cluster-us-south-1-acl at subnet subnet-1 (cluster-us-south-1-acl.json:9)",
      "gateway | passes | public gateway gateway-1 sends on as 198.51.100.200 (gateways.json:1)",
      "into 203.0.113.1 | not asked | the destination is not a pod",
      "reply acl inbound | admitted | by rule 5 of 6 inbound, endpoint-inbound of ACL cluster-us-south-1-acl at subnet subnet-1 (cluster-us-south-1-acl.json:10)",
    ]);
    assert.match(
      lineOf(why("shop/pod/web-1", "shop/pod/web-1-near:80"), "network"),
      /both ends are on node\/worker-1; nothing leaves it$/,
    );
    assert.match(
      lineOf(why("shop/pod/web-1", "shop/pod/web-1b:80"), "overlay"),
      /\| not asked \| between nodes that share a subnet/,
    );
    assert.match(
      lineOf(why("shop/pod/web-1", "shop/pod/web-1b:80"), "acl outbound"),
      /\| not asked \| both ends are in subnet subnet-1/,
    );
  });

  it("names the rule that drops answers, and the rule that is missing (S1-17)", () => {
    const told = why("shop/pod/web-1", "203.0.113.0/24:443", { gateways: [1], more: [OUT] });
    assert.match(told.lines[0] ?? "", /^ONE WAY /);
    assert.match(lineOf(told, "reply acl inbound"), /refused \| by rule 5 of 5 inbound, deny-all-inbound of ACL/);
    assert.equal(
      lineOf(told, "fix"),
      "fix | add an inbound rule to ACL cluster-us-south-1-acl before deny-all-inbound: allow tcp from port 443 to ports 1024-65535, source 203.0.113.0/24, destination 10.240.0.5",
    );
    assert.equal(exitOf(told.answer.verdict), 1);
  });

  it("shows the next problem behind the one that denies", () => {
    const told = why("shop/pod/web-2", "8.8.8.8:53/udp", { gateways: [1] });
    assert.match(told.lines[0] ?? "", /^DENIED /);
    assert.match(lineOf(told, "acl outbound"), /refused/);
    assert.match(lineOf(told, "route"), /no route \| subnet subnet-2 has no public gateway/);
    assert.match(lineOf(told, "reply acl inbound"), /refused/);
    assert.match(lineOf(told, "fix acl outbound"), /before deny-all-outbound: allow udp to port 53/);
    assert.match(lineOf(told, "fix reply acl inbound"), /before deny-all-inbound: allow udp from port 53/);
  });

  it("shows both outcomes of an assumption that leaves the answer open, and exits with 3", () => {
    const told = why("shop/pod/web-1", "shop/pod/web-2:80");
    assert.match(told.lines[0] ?? "", /^UNDECIDED /);
    assert.match(lineOf(told, "if yes"), /\| allowed \| \(overlay-matched-by-legacy-all=yes\)/);
    assert.match(
      lineOf(told, "if no"),
      /\| denied \| acl outbound: refused by deny-all-outbound of ACL cluster-us-south-1-acl/,
    );
    assert.ok(told.lines.some((line) => line.startsWith("assumed | overlay-matched-by-legacy-all=unknown")));
    assert.equal(exitOf(told.answer.verdict), 3);
  });

  it("groups the nodes that pods may be put on by what becomes of them there", () => {
    const told = why("free", "203.0.113.0/24:443", { gateways: [1], more: [OUT, BACK] });
    assert.match(told.lines[0] ?? "", /^PARTIAL /);
    assert.match(told.lines[1] ?? "", /^ALLOWED \| .* on node\/worker-1, node\/worker-1b \| TCP 443$/);
    assert.match(
      told.lines[2] ?? "",
      /^NO ROUTE \| .* on node\/worker-2 \| TCP 443 \| subnet subnet-2 has no public gateway/,
    );
    assert.equal(exitOf(told.answer.verdict), 1);
  });

  it("writes JSON as its schema says, whatever the verdict", () => {
    const validate = validator("why");
    const questions = [
      ["shop/pod/web-1", "shop/pod/web-2:80"],
      ["shop/pod/web-1", "203.0.113.0/24:443"],
      ["shop/pod/web-1", "internet"],
      ["free", "203.0.113.9:443"],
      ["free", "free:80"],
      ["8.8.8.8", "node/worker-1:22"],
      ["shop/pod/web-1", "node/worker-2:10250"],
    ] as const;
    for (const variation of [
      {},
      { gateways: [1], more: [OUT] },
      { gateways: [1, 2, 3], more: [OUT, BACK] },
    ] satisfies Variation[]) {
      for (const [from, to] of questions) {
        const { situation, answer: told } = why(from, to, variation);
        validate(JSON.parse(jsonText(whyJson(told, undefined, situation.assumptions))));
      }
    }
    const { situation, answer: told } = why("shop/pod/web-1", "203.0.113.0/24:443", { gateways: [1], more: [OUT] });
    const json = JSON.parse(jsonText(whyJson(told, undefined, situation.assumptions)));
    const dropping = json.stages.find(({ name }: { readonly name: string }) => name === "reply acl inbound");
    assert.deepEqual(dropping.list, {
      filter: "ACL cluster-us-south-1-acl",
      place: "subnet subnet-1",
      rule: "deny-all-inbound",
      position: 5,
      of: 5,
    });
    assert.equal(dropping.rule, "rules[10]");
  });
});
