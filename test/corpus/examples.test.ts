/** What the texts of `examples/` promise. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { mergeReadings } from "../../src/resources/merge.ts";
import { readText } from "../../src/resources/read.ts";
import type { Reading, Validation } from "../../src/resources/reading.ts";
import { odditiesOfReading, situationOfReading, verdictOf } from "./flows.ts";
import type { Flow } from "./scenario.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));

function readExamples(paths: readonly string[], validation: Validation = "strict"): Reading {
  return mergeReadings(
    paths.map((path) =>
      readText(path, readFileSync(join(EXAMPLES, path), "utf8"), { validation, namespace: undefined }),
    ),
  );
}

function manifestsUnder(folder: string): readonly string[] {
  return readdirSync(join(EXAMPLES, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => join(folder, name))
    .toSorted();
}

const ACCOUNTS: readonly Flow[] = [
  ["accounts/frontend", "accounts/backend:3111", "allowed"],
  ["accounts/frontend", "accounts/svc/backend:3111", "allowed"],
  ["accounts/backend", "accounts/svc/db:postgres", "allowed"],
  ["accounts/frontend", "accounts/db:5432", "denied"],
  ["accounts/backend", "accounts/frontend:8080", "denied"],
  ["accounts/db", "accounts/backend:3111", "denied"],
  ["finance/backend", "accounts/backend:3111", "allowed"],
  ["finance/backend", "accounts/backend:80", "denied"],
  ["finance/frontend", "accounts/backend:3111", "denied"],
  ["accounts/backend", "finance/backend:8090", "denied"],
  ["finance/frontend", "finance/backend:8090", "allowed"],
  ["accounts/db", "kube-system/svc/kube-dns:53/udp", "allowed"],
  ["finance/db", "kube-system/svc/kube-dns:dns-tcp", "allowed"],
  ["accounts/db", "kube-system/svc/kube-dns:metrics", "denied"],
  ["207.42.8.7", "accounts/svc/frontend:80", "allowed"],
  ["207.42.8.0/24", "accounts/frontend:8080", "partial"],
  ["207.42.8.200", "accounts/frontend:8080", "denied"],
  ["accounts/backend", "166.0.0.0/8:443", "partial"],
  ["accounts/backend", "8.8.8.8:443", "denied"],
];

describe("examples/accounts", () => {
  const reading = readExamples(manifestsUnder("accounts"));
  test("is read without a finding", () => assert.deepEqual(reading.findings, []));
  test("has nothing odd about it", () => assert.deepEqual(odditiesOfReading(reading), []));
  for (const [from, to, verdict] of ACCOUNTS) {
    test(`${from} -> ${to} is ${verdict}`, () => {
      assert.equal(verdictOf(situationOfReading(reading), from, to), verdict);
    });
  }
});

/** File, codes in strict reading, and a flow as the cluster would treat it after dropping unknown fields. */
const MISTAKES: readonly (readonly [file: string, codes: readonly string[], flow: Flow])[] = [
  ["label-case", [], ["shop/web", "shop/api:8080", "denied"]],
  ["field-case", ["PC110", "PC110"], ["shop/web", "shop/api:8080", "allowed"]],
  ["ports-in-peer", ["PC110"], ["shop/api", "shop/db:22", "allowed"]],
  ["to-under-ingress", ["PC110"], ["shop/api", "shop/db:22", "allowed"]],
  ["no-matchlabels", ["PC110"], ["shop/web", "shop/db:5432", "allowed"]],
  ["typographic-quotes", ["PC112", "PC112", "PC112", "PC112"], ["shop/api", "shop/db:5432", "undecided"]],
  ["types", ["PC110"], ["shop/web", "8.8.8.8:443", "allowed"]],
  ["types-as-fields", ["PC110", "PC111", "PC111"], ["shop/web", "shop/api:80", "undecided"]],
  ["lost-dash", ["PC101"], ["shop/web", "shop/api:80", "undecided"]],
  ["other-namespace", [], ["tools/scraper", "shop/api:8080", "denied"]],
  ["egress-only", [], ["shop/web", "shop/api:8080", "denied"]],
];

describe("examples/mistakes", () => {
  for (const [name, codes, [from, to, verdict]] of MISTAKES) {
    const files = ["mistakes/cluster.yaml", `mistakes/${name}.yaml`];
    test(`${name}.yaml is met with ${codes.length === 0 ? "no finding" : codes.join(", ")}`, () => {
      assert.deepEqual(
        readExamples(files).findings.map(({ code }) => code),
        codes,
      );
    });
    test(`${name}.yaml has nothing odd about it in its cluster`, () => {
      assert.deepEqual(odditiesOfReading(readExamples(files, "warn")), []);
    });
    test(`${name}.yaml, unknown fields dropped: ${from} -> ${to} is ${verdict}`, () => {
      assert.equal(verdictOf(situationOfReading(readExamples(files, "warn")), from, to), verdict);
    });
  }

  test("every file of the folder is in this list", () => {
    const listed = ["cluster", ...MISTAKES.map(([name]) => name)].map((name) => join("mistakes", `${name}.yaml`));
    assert.deepEqual(manifestsUnder("mistakes"), listed.toSorted());
  });
});
