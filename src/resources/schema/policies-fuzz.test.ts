/** Whatever stands in a policy, reading it ends in resources or in errors with a blind spot, and never throws. */
import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { readText } from "../read.ts";
import { CALICO_KINDS, KUBERNETES_KINDS } from "./registry.ts";

const POLICIES = [...CALICO_KINDS, ...KUBERNETES_KINDS.filter(({ kind }) => kind.endsWith("NetworkPolicy"))];

const WORDS = [
  ..."spec tier order selector namespaceSelector types ingress egress action protocol icmp notICMP type code".split(
    " ",
  ),
  ..."source destination nets notNets services name namespace ports notPorts http methods paths exact prefix".split(
    " ",
  ),
  ..."subject namespaces pods podSelector matchLabels from to protocols tcp udp destinationPort number range".split(
    " ",
  ),
  ..."start end destinationNamedPort networks nodes domainNames priority stagedAction portNumber portRange".split(" "),
  ..."expectedIPs interfaceName node labelsToApply defaultAction doNotTrack preDNAT applyOnForward policyTypes".split(
    " ",
  ),
];

const VALUES = [
  "all()",
  "global()",
  "a == 'b'",
  "has(",
  "Allow",
  "Accept",
  "TCP",
  "ICMP",
  "Ingress",
  "10.0.0.0/8",
  "::/0",
];

const scalar = fc.oneof(
  fc.constantFrom<unknown>(...VALUES, "80:90", "http", "Delete", "Admin", "*", null, true, 0, 1, 4, 80, 1e9, 1.5),
  fc.string({ maxLength: 12 }),
);

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    scalar,
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...WORDS), tie("tree"), { maxKeys: 5 }),
  ),
}));

it("any tree in any policy", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...POLICIES),
      fc.boolean(),
      fc.dictionary(fc.constantFrom(...WORDS), tree, { maxKeys: 8 }),
      fc.constantFrom("strict", "warn", "ignore"),
      ({ kind, served }, isLast, spec, validation) => {
        const apiVersion = (isLast ? served.at(-1) : served[0]) ?? "";
        const text = JSON.stringify({ apiVersion, kind, metadata: { name: "default", namespace: "a" }, spec });
        const { resources, findings, blinds } = readText("t.json", text, { validation, namespace: undefined });
        const isRefused = findings.some(({ severity }) => severity === "error");
        assert.deepEqual([resources.length, blinds.length], isRefused ? [0, 1] : [1, 0]);
        for (const { message, remedy, position } of findings) {
          assert.ok(message !== "" && remedy !== "" && position !== undefined);
          assert.ok(!/undefined|\[object|NaN/.test(message + remedy) || /undefined|NaN/.test(text), message + remedy);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it("any text", () => {
  const line = fc.tuple(
    fc.constantFrom("", "  ", "    ", "  - "),
    fc.constantFrom(...WORDS),
    fc.constantFrom(": ", ":\n", ""),
    scalar,
  );
  fc.assert(
    fc.property(fc.constantFrom(...POLICIES), fc.array(line, { maxLength: 20 }), ({ kind, served }, lines) => {
      const spec = lines.map((parts) => parts.map(String).join("")).join("\n");
      const text = `apiVersion: ${served[0]}\nkind: ${kind}\nmetadata: {name: default}\nspec:\n${spec}\n`;
      const { resources, blinds } = readText("t.yaml", text, { validation: "strict", namespace: undefined });
      assert.ok(resources.length + blinds.length >= 1);
    }),
    { numRuns: 1000 },
  );
});
