import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ofKind } from "./by-kind.ts";
import { readText } from "./read.ts";

const { resources } = readText(
  "a.yaml",
  ["Pod a", "Service b", "Pod c", "Namespace d", "ServiceAccount e", "Pod f"]
    .map((line) => line.split(" "))
    .map(([kind, name]) => `apiVersion: v1\nkind: ${kind}\nmetadata: {name: ${name}}\n`)
    .join("---\n"),
  { validation: "strict", namespace: "shop" },
);

describe("resources of a kind", () => {
  const names = (...kinds: Parameters<typeof ofKind>[1][]) =>
    ofKind(resources, ...kinds)
      .map(({ metadata }) => metadata.name)
      .join("");

  it("are all of that kind, in their order, whatever was asked before", () => {
    assert.deepEqual(
      [names("Pod"), names("Service"), names("Node"), names("Pod"), names()],
      ["acf", "b", "", "acf", ""],
    );
  });

  it("keep the order of the list where several kinds are asked for", () => {
    assert.equal(names("ServiceAccount", "Pod", "Node", "Namespace"), "acdef");
  });
});
