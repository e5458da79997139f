import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../read.ts";
import type { AssertionSpec } from "../assertion-kinds.ts";
import type { Reading } from "../reading.ts";

function read(body: string): Reading {
  const text = `apiVersion: portcullis.dev/v1\nkind: Assertions\nmetadata: {name: shop, namespace: shop}\nassertions:\n${body}`;
  return readText("shop.assert.yaml", text, { validation: "strict", namespace: undefined });
}

function assertionsIn(body: string): readonly AssertionSpec[] {
  const { resources, findings } = read(body);
  assert.deepEqual(findings, []);
  return resources.flatMap((resource) => (resource.kind === "Assertions" ? resource.spec : []));
}

describe("a file of assertions", () => {
  it("takes a flow in one line", () => {
    assert.deepEqual(assertionsIn("- allow: web -> shop/db:5432\n"), [
      {
        expectation: "allow",
        flow: { from: [{ kind: "text", text: "web" }], to: [{ kind: "text", text: "shop/db:5432" }], ports: [] },
        name: undefined,
        because: undefined,
      },
    ]);
  });

  it("takes a flow in fields: lists of ends, labels, ports", () => {
    const [first] = assertionsIn(
      "- never:\n    from: [internet, {namespace: dev}]\n    to: {namespaceSelector: {}, podSelector: {matchLabels: {tier: db}}}\n" +
        "    ports: [5432, 53/udp]\n  because: the data is ours\n",
    );
    const everywhere = { matchLabels: {}, matchExpressions: [] };
    assert.deepEqual(first, {
      expectation: "never",
      flow: {
        from: [
          { kind: "text", text: "internet" },
          { kind: "selectors", namespace: "dev", namespaceSelector: undefined, podSelector: undefined },
        ],
        to: [
          {
            kind: "selectors",
            namespace: undefined,
            namespaceSelector: everywhere,
            podSelector: { matchLabels: { tier: "db" }, matchExpressions: [] },
          },
        ],
        ports: ["5432", "53/udp"],
      },
      name: undefined,
      because: "the data is ours",
    });
  });

  for (const [body, message] of [
    ["- allow: web\n", /"web" is not a flow/],
    ["- allow: a -> b -> c\n", /is not a flow/],
    ["- because: x\n", /nothing is asserted/],
    ["- {allow: a -> b, deny: a -> b}\n", /allow and deny in one assertion/],
    ["- allow: {from: a}\n", /assertions\[0\]\.allow\.to: required/],
    ["- forbid: a -> b\n", /unknown field "assertions\[0\]\.forbid"/],
    ["- allow: {from: {namespace: a, namespaceSelector: {}}, to: b}\n", /by its name or by its labels/],
  ] as const) {
    it(`that says ${body.trim()} is refused with the place, and leaves answers as they are`, () => {
      const { findings, blinds } = read(body);
      assert.match(findings.map((item) => item.message).join("\n"), message);
      assert.ok(findings.every(({ position }) => (position?.line ?? 0) >= 4));
      assert.deepEqual(blinds, []);
    });
  }
});
