// Set-up shared by `npm start` and `npm test`: installs and builds only what is missing or out of date.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder that holds package.json. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** Runs a step with its output passed on as standard error, and ends the process with its code when it fails. */
function step(title, command, args) {
  process.stderr.write(`${title} ...\n`);
  const done = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status === 0) return;
  process.stderr.write(`${title} failed${done.error ? `: ${done.error.message}` : ""}\n`);
  process.exit(done.status ?? 1);
}

/** Brings node_modules in line with package-lock.json and dist with the sources. Does nothing when both are current. */
export function prepare() {
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`Portcullis needs Node 20.19 or newer; this is ${process.versions.node}.\n`);
    process.exit(2);
  }
  const lock = readFileSync(join(root, "package-lock.json"));
  const stamp = createHash("sha256").update(lock).update(`${process.platform} ${process.arch}`).digest("hex");
  const stampFile = join(root, "node_modules", ".portcullis-installed");
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    // Not `npm ci`: it refuses a lock file that lacks the binaries of platforms which some registries do not carry.
    const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
    step("installing dependencies", "npm", ["install", "--no-save", "--ignore-scripts", ...quiet]);
    writeFileSync(stampFile, stamp);
  }
  step("building", process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-b"]);
}
