// `npm start`: sets up what is missing, then answers and enforces the example cluster.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.js";

prepare();
const cli = join(root, "bin", "portcullis.js");

/** Shows a command as a user would type it, runs it, and returns its exit code. */
function run(args) {
  process.stdout.write(`\n$ npx portcullis ${args.join(" ")}\n`);
  return spawnSync(process.execPath, [cli, ...args], { cwd: root, stdio: "inherit" }).status ?? 70;
}

const map = run(["map", "examples/accounts"]);
const why = run(["why", "finance/frontend", "accounts/db:5432", "examples/accounts"]);
const lab = run(["lab", "run", "examples/accounts"]);

// Denied is the right answer of `why` here; a machine that cannot build the lab has been told so and has seen the rest.
if (map !== 0 || why !== 1) process.exitCode = 1;
else if (lab !== 0 && lab !== 2) process.exitCode = lab;
