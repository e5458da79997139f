/** What docs/map.md shows is what the commands print. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { command } from "./command.fixture.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DOCUMENT = readFileSync(`${ROOT}docs/map.md`, "utf8");

/** The arguments of a command line, whose words may stand in single quotes. */
function argumentsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");
}

/** Runs it in the root of the repository, wherever the test runs. */
async function printed(args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await command(
    args.map((word) => (word.startsWith("examples/") ? `${ROOT}${word}` : word)),
  );
  assert.equal(exit, 0, stderr);
  return stdout.replaceAll(ROOT, "");
}

describe("docs/map.md", () => {
  const blocks = [...DOCUMENT.matchAll(/^```\n\$ portcullis (.*)\n([\s\S]*?)^```$/gm)];

  it("shows commands with what they print", () => {
    assert.ok(blocks.length >= 9, `${blocks.length} commands`);
  });

  for (const [, line = "", output = ""] of blocks) {
    it(`shows what portcullis ${line} prints`, async () => {
      assert.equal((await printed(argumentsOf(line))).replaceAll("\r\n", "\n"), output);
    });
  }

  it("shows the picture that map -o svg draws", async () => {
    const picture = readFileSync(`${ROOT}docs/map.svg`, "utf8");
    assert.equal(await printed(["map", "examples/accounts", "-o", "svg"]), picture);
  });
});
