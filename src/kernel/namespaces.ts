/** Making, naming and removing network namespaces as `ip netns` does, many at a time. */
import { readdirSync } from "node:fs";
import type { Family } from "../net/address.ts";
import { codeOf, IpBatchError } from "./errors.ts";
import { checkNamespaceName, NAMESPACE_FOLDER } from "./namespace.ts";
import { runProgram } from "./program.ts";

/**
 * Runs lines of `ip` commands (without the word `ip`) in one process, inside `namespace` when given; stops at the first
 * that fails. Addresses tell their family, but not to `ip rule`: it takes `family`. Throws {@link IpBatchError} naming the
 * line, or MissingProgramError.
 */
export async function ipBatch(lines: readonly string[], namespace?: string, family?: Family): Promise<void> {
  await runIpBatch(lines, namespace, family === undefined ? [] : [`-${family}`]);
}

async function runIpBatch(
  lines: readonly string[],
  namespace: string | undefined,
  options: readonly string[],
): Promise<void> {
  if (lines.length === 0) return;
  const broken = lines.find((line) => line.includes("\n"));
  if (broken !== undefined) throw new RangeError(`a line of an ip batch has a line break: ${JSON.stringify(broken)}`);
  const where = namespace === undefined ? [] : ["-n", namespace];
  if (namespace !== undefined) checkNamespaceName(namespace);
  const answer = await runProgram({
    program: "ip",
    args: [...options, ...where, "-batch", "-"],
    input: `${lines.join("\n")}\n`,
  });
  if (answer.status === 0) return;
  const failed = [...answer.stderr.matchAll(/^Command failed -:(\d+)$/gm)].map(([, digits]) => {
    const number = Number(digits);
    return { number, line: lines[number - 1] ?? "" };
  });
  const said = answer.stderr.replaceAll(/^Command failed .*$/gm, "").trim();
  throw new IpBatchError(failed, said.replaceAll(/\n+/g, "; "), namespace);
}

/** Makes all namespaces with one process; when one fails, removes those it made and throws {@link IpBatchError}. */
export async function createNamespaces(names: readonly string[]): Promise<void> {
  for (const name of names) checkNamespaceName(name);
  const before = new Set(listNamespaces(""));
  try {
    await ipBatch(names.map((name) => `netns add ${name}`));
  } catch (error) {
    await deleteNamespaces(names.filter((name) => !before.has(name)));
    throw error;
  }
}

/** Removes all given namespaces that exist, with one process; tries every one before it throws. */
export async function deleteNamespaces(names: readonly string[]): Promise<void> {
  const existing = new Set(listNamespaces(""));
  const lines = names.filter((name) => existing.has(name)).map((name) => `netns delete ${name}`);
  await runIpBatch(lines, undefined, ["-force"]);
}

/** The names of all namespaces that start with `prefix`, sorted. */
export function listNamespaces(prefix: string): readonly string[] {
  try {
    return readdirSync(NAMESPACE_FOLDER)
      .filter((name) => name.startsWith(prefix))
      .sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}
