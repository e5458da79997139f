// `npm test`: sets up what is missing and runs every test; prints what was skipped and why.
// `npm test -- src/net` runs only the test files below that folder; `--no-skips` makes a skipped test a failure.
import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { prepare, root } from "./prepare.js";

const args = process.argv.slice(2);
const noSkips = args.includes("--no-skips");
const folders = args.filter((argument) => !argument.startsWith("--"));

prepare();

// Random values come from the commit: each tries others, and a commit that passed once passes again.
process.env.PORTCULLIS_SEED ||= seedOfCommit();
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ""} --import ${new URL("seed-properties.js", import.meta.url)}`;
process.stdout.write(`random values of seed ${process.env.PORTCULLIS_SEED} (PORTCULLIS_SEED)\n`);

const dist = join(root, "dist");
const files = (folders.length === 0 ? ["bench", "src", "test"] : folders)
  .flatMap((folder) => readdirSync(join(dist, folder), { withFileTypes: true, recursive: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith(".test.js"))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .sort();

let passed = 0;
let failed = 0;
const skipped = new Map();

const events = run({ files, concurrency: availableParallelism() });
events.on("test:pass", ({ name, skip, details }) => {
  const isSuite = details?.type === "suite";
  if (skip === undefined || skip === false) passed += isSuite ? 0 : 1;
  else {
    const reason = skip === true || skip === "" ? "no reason given" : skip;
    // The tests of a skipped suite are not reported one by one.
    skipped.set(reason, [...(skipped.get(reason) ?? []), isSuite ? `${name} (all of it)` : name]);
  }
});
events.on("test:fail", ({ details }) => {
  if (details?.type !== "suite") failed += 1;
});

const quiet = new Set(["test:stdout", "test:stderr"]);
events
  .filter((event) => !quiet.has(event.type) || process.env.PORTCULLIS_TEST_OUTPUT !== undefined)
  .compose(new spec())
  .pipe(process.stdout);

await new Promise((resolve) => {
  events.on("end", resolve);
});
// The reporter's own summary comes with the end of the stream; ours follows it.
await new Promise((resolve) => {
  setImmediate(resolve);
});

const skips = [...skipped.values()].reduce((sum, names) => sum + names.length, 0);
for (const [reason, names] of skipped) {
  process.stdout.write(`skipped ${names.length}: ${reason}\n`);
  for (const name of names.slice(0, 5)) process.stdout.write(`  ${name}\n`);
  if (names.length > 5) process.stdout.write(`  and ${names.length - 5} more\n`);
}
if (files.length === 0) {
  process.stdout.write(`no test files below ${folders.map((folder) => relative(root, folder)).join(", ")}\n`);
  failed += 1;
}
if (noSkips && skips > 0) {
  process.stdout.write(`${skips} tests were skipped, and here none may be\n`);
  failed += skips;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function seedOfCommit() {
  try {
    const tree = execFileSync("git", ["rev-parse", "HEAD^{tree}"], { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
    return String(Number.parseInt(tree.toString().slice(0, 7), 16));
  } catch {
    return "1"; // not a clone, or no git
  }
}
