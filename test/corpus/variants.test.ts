/** Reading a spec gives what an API server gave, field by field. */
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { readText } from "../../src/resources/read.ts";
import type { Reading, Validation } from "../../src/resources/reading.ts";
import { VARIANTS } from "./variants.ts";

function readSpec(spec: string | undefined, validation: Validation): Reading {
  const head = ["apiVersion: networking.k8s.io/v1", "kind: NetworkPolicy", "metadata: {name: p, namespace: accounts}"];
  const lines = spec === undefined ? head : [...head, `spec: ${spec}`];
  return readText("variant.yaml", lines.join("\n"), { validation, namespace: undefined });
}

function errorsOf(reading: Reading): readonly string[] {
  const errors = reading.findings.filter(({ severity }) => severity === "error");
  return [...new Set(errors.map(({ code }) => code))];
}

describe("a spec without field validation is stored, or refused, as by an API server", () => {
  for (const { id, spec, stored } of VARIANTS) {
    const reading = readSpec(spec, "warn");
    if ("refused" in stored) {
      test(`${id}: ${spec} is refused with ${stored.refused}`, () => {
        assert.deepEqual(errorsOf(reading), [stored.refused]);
        assert.deepEqual(reading.resources, []);
        assert.equal(reading.blinds.length, 1);
      });
    } else {
      test(`${id}: ${spec} is stored as ${stored.spec}`, () => {
        assert.deepEqual(errorsOf(reading), []);
        assert.deepEqual(
          reading.resources.map((resource) => resource.spec),
          readSpec(stored.spec, "strict").resources.map((resource) => resource.spec),
        );
      });
    }
  }
});

describe("strict reading refuses what the strict decoder refuses", () => {
  for (const { id, spec, unknown, stored } of VARIANTS) {
    const errors = readSpec(spec, "strict").findings.filter(({ severity }) => severity === "error");
    if (unknown !== undefined) {
      test(`${id}: unknown field ${unknown}`, () => {
        assert.deepEqual(
          errors.map(({ code }) => code),
          ["PC110"],
        );
        assert.ok(errors[0]?.message.startsWith(`unknown field "${unknown}"`), errors[0]?.message);
      });
    } else if ("spec" in stored) {
      test(`${id}: no error`, () => assert.deepEqual(errors, []));
    }
  }
});
