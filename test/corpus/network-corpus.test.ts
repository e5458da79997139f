/** Every scenario about networks: what reading and checking find, and what `why` answers about files. */
import { strict as assert } from "node:assert";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { command, folderOf } from "../../src/cli/command.fixture.ts";
import type { NetworkFlow, NetworkScenario } from "./network-scenario.ts";
import { NETWORK_SCENARIOS } from "./scenarios.ts";

for (const scenario of NETWORK_SCENARIOS) {
  const title = `${scenario.ids.join(" ")} ${scenario.state}`;
  describe(title, () => {
    const { checks, warnings, flows = [], imports = [] } = scenario;
    if (checks !== undefined) {
      test(`${title}: is met with ${checks.join("; ") || "nothing"}`, (t) =>
        assertFound(t, scenario, ["vpc", "check"], checks));
    }
    if (warnings !== undefined) {
      test(`${title}: is read with ${warnings.join("; ")}`, (t) =>
        assertFound(t, scenario, ["why", "8.8.8.8", "9.9.9.9"], warnings));
    }
    for (const flow of flows) {
      const [from, to, verdict, , ...options] = flow;
      test(`${title}: ${from} -> ${to} is ${verdict} ${options.join(" ")}`, (t) => assertAnswer(t, scenario, flow));
    }
    for (const pattern of imports) {
      test(`${title}: is understood as ${pattern.source}`, async (t) => {
        const { stdout, stderr } = await command(["vpc", "import", ...pathsOf(t, scenario), "--skip-unreadable"]);
        assert.match(stdout, pattern, stderr);
      });
    }
  });
}

/** Scripts and tables are no files that a folder is searched for, so each is named. */
function pathsOf(t: TestContext, { files }: NetworkScenario): readonly string[] {
  const folder = folderOf(t, files);
  return Object.keys(files).map((name) => join(folder, name));
}

/** Findings of reading and of `vpc check`; only as much of each is compared as the scenario states. */
async function assertFound(
  t: TestContext,
  scenario: NetworkScenario,
  words: readonly string[],
  expected: readonly string[],
): Promise<void> {
  const { stdout, stderr } = await command([...words, ...pathsOf(t, scenario), "--skip-unreadable"]);
  const found = [...`${stderr}\n${stdout}`.matchAll(/^(?:\S+: )?(?:error|warning|info) (PC\d+): (.*)$/gm)].map(
    ([, code, message]) => `${code} ${message}`,
  );
  const open = [...expected];
  for (const text of found) {
    const index = open.findIndex((start) => text.startsWith(start));
    if (index >= 0) open.splice(index, 1);
  }
  assert.deepEqual(open, [], `found only\n${found.join("\n")}\n${stderr}`);
}

async function assertAnswer(t: TestContext, scenario: NetworkScenario, flow: NetworkFlow): Promise<void> {
  const [from, to, verdict, stages = [], ...options] = flow;
  const { stdout, stderr } = await command(["why", from, to, ...pathsOf(t, scenario), "-o", "json", ...options]);
  const answer = answerOf(stdout, stderr);
  const passed = answer.stages.map((stage) => stageText(stage));
  assert.equal(answer.verdict, verdict, passed.join("\n"));
  for (const wanted of stages) {
    assert.ok(
      passed.some((stage) => `${stage} `.startsWith(`${wanted} `)),
      `${wanted} is none of\n${passed.join("\n")}`,
    );
  }
}

interface Answer {
  readonly verdict: string;
  readonly stages: readonly { readonly name: string; readonly verdict: string; readonly list?: { rule?: string } }[];
}

function answerOf(stdout: string, stderr: string): Answer {
  if (stdout === "") throw new Error(stderr);
  const answer: Answer = JSON.parse(stdout);
  return answer;
}

function stageText({ name, verdict, list }: Answer["stages"][number]): string {
  return [name, verdict, list?.rule ?? ""].join(" ").trimEnd();
}
