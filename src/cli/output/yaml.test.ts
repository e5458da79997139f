import assert from "node:assert/strict";
import { it } from "node:test";
import * as fc from "fast-check";
import { readText } from "../../resources/read.ts";
import { yamlText } from "./yaml.ts";

/** What Kubernetes or some version of YAML takes for something else than a text, unless it is quoted. */
const TREACHEROUS = [
  ..."yes no on off y n true null ~ 0644 0o17 0x1f 0b1 1_000 +_0 0_x1 1e3 +1 .5 1. 1:30 8080:8090 2001-01-01 .inf .nan".split(
    " ",
  ),
  ..."= << !has(a) !a &a *a %a @a `a | > ? {a} [a] 'a' \"a\" --- ... \t \0 \u0001 \u0085 \u00a0 \u2028 \ufeff \r".split(
    " ",
  ),
  ..."|- a|a: b|a #b|# a|? a| a|a |--- a|a\tb|a\rb|a\n|\na|a\n\n|a\n---\nb|  a\n b".split("|"),
];

/** Keys of annotations. */
const KEYS = ["yes", "1e3", "0644", "null", "5"];

it("texts come back from YAML as Kubernetes reads it", () => {
  const text = fc.oneof(fc.constantFrom(...TREACHEROUS), fc.string({ unit: "grapheme" }), fc.string());
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (values) => {
      const annotations = Object.fromEntries(values.map((value, i) => [KEYS[i] ?? `a${i}`, value]));
      const manifest = {
        apiVersion: "projectcalico.org/v3",
        kind: "NetworkPolicy",
        metadata: { name: "0644", namespace: "1e3", annotations },
        spec: { order: 1000 },
      };
      const options = { validation: "strict", namespace: undefined } as const;
      const { resources, findings } = readText("t.yaml", yamlText([manifest, manifest]), options);
      assert.deepEqual(
        findings.map(({ code }) => code),
        ["PC118"],
      );
      const [resource] = resources;
      assert.deepEqual({ ...resource?.metadata.annotations }, annotations);
      assert.deepEqual([resource?.metadata.name, resource?.metadata.namespace], ["0644", "1e3"]);
    }),
    { numRuns: 500 },
  );
});
