/** What the texts of `examples/vpc` promise. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { command } from "../../src/cli/command.fixture.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/vpc/", import.meta.url));

const FLOWS: readonly (readonly [from: string, to: string, verdict: string])[] = [
  ["finance/backend", "203.0.113.7:443", "allowed"],
  ["accounts/backend", "203.0.113.7:443", "partial"],
  ["finance/backend", "finance/db:5432", "allowed"],
  ["accounts/backend", "accounts/db:5432", "allowed"],
  ["accounts/frontend", "accounts/backend:3111", "allowed"],
  ["finance/backend", "accounts/backend:3111", "allowed"],
  ["finance/backend", "accounts/backend:80", "denied"],
  ["accounts/frontend", "accounts/db:5432", "denied"],
  ["kube-system/coredns", "161.26.0.10:53/udp", "allowed"],
  ["kube-system/coredns", "8.8.8.8:53/udp", "denied"],
  ["207.42.8.9", "node/10.240.0.4:30080", "no-route"],
  ["node/10.240.0.4", "207.42.8.9:443", "allowed"],
  ["node/10.240.64.4", "207.42.8.9:443", "denied"],
];

async function verdictOf(from: string, to: string, ...options: readonly string[]): Promise<unknown> {
  const { stdout, stderr } = await command(["why", from, to, EXAMPLE, "-o", "json", ...options]);
  assert.equal(stderr, "");
  const { verdict }: { verdict: unknown } = JSON.parse(stdout);
  return verdict;
}

describe("examples/vpc", () => {
  for (const [from, to, verdict] of FLOWS) {
    test(`${from} -> ${to} is ${verdict}`, async () => assert.equal(await verdictOf(from, to), verdict));
  }

  test("its answers do not rest on what a legacy all means", async () => {
    for (const value of ["yes", "no"]) {
      const options = ["--assume", `overlay-matched-by-legacy-all=${value}`];
      assert.equal(await verdictOf("finance/backend", "finance/db:5432", ...options), "allowed");
    }
  });

  test("nothing is wrong with its lists", async () => {
    const { exit, stdout } = await command(["vpc", "check", EXAMPLE, "--fail-on", "warning"]);
    assert.equal(exit, 0, stdout);
  });

  test("the guide's commands, to the letter, are met with all that its table lists", async () => {
    const script = join(EXAMPLE, "as-written/create-acls.sh");
    const exports = ["vpcs", "subnets", "workers"].map((name) => join(EXAMPLE, "networks", `${name}.json`));
    const { exit, stdout, stderr } = await command(["vpc", "check", script, ...exports, "--skip-unreadable"]);
    const codes = [...`${stderr}\n${stdout}`.matchAll(/(?:error|warning|info) (PC\d+):/g)].map(([, code]) => code);
    const counts = Object.fromEntries(
      [...new Set(codes)].map((code) => [code, codes.filter((one) => one === code).length]),
    );
    assert.deepEqual(counts, { PC206: 6, PC226: 1, PC238: 2, PC240: 2, PC244: 2, PC249: 1 });
    assert.equal(exit, 1);
  });
});
