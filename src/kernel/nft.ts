/** The `nft` program: loading, listing and removing rulesets, in any network namespace. */
import { type RulesetComplaint, RulesetError } from "./errors.ts";
import { type ProgramAnswer, runProgram } from "./program.ts";

export interface TableName {
  readonly family: "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";
  readonly name: string;
}

/**
 * Loads a ruleset as one transaction into `namespace` (undefined: the namespace of this process). Throws
 * {@link RulesetError} quoting the lines that nft complains about, or MissingProgramError.
 */
export async function loadRuleset(namespace: string | undefined, ruleset: string): Promise<void> {
  const answer = await nft(namespace, ["-f", "-"], ruleset);
  if (answer.status !== 0) throw refusal(answer, ruleset, namespace);
}

/** The text of a table, or undefined when there is none of that name. */
export async function listTable(namespace: string | undefined, table: TableName): Promise<string | undefined> {
  const command = `list table ${tableText(table)}`;
  const answer = await nft(namespace, [command]);
  if (answer.status === 0) return answer.stdout;
  if (answer.stderr.includes("No such file or directory")) return undefined;
  throw refusal(answer, command, namespace);
}

/**
 * Everything nft tells of a table in its JSON form: the objects of the array `nftables`, see libnftables-json(5). Throws
 * {@link RulesetError} when there is no such table.
 */
export async function tableObjects(namespace: string | undefined, table: TableName): Promise<readonly unknown[]> {
  const command = `list table ${tableText(table)}`;
  // Numbers, since the names of protocols depend on the machine.
  const answer = await nft(namespace, ["-j", "-n", command]);
  if (answer.status !== 0) throw refusal(answer, command, namespace);
  const parsed: unknown = JSON.parse(answer.stdout);
  if (typeof parsed !== "object" || parsed === null || !("nftables" in parsed) || !Array.isArray(parsed.nftables)) {
    throw new Error(`nft answered "${command}" with something else than a list of objects`);
  }
  return parsed.nftables;
}

/** Removes a table; no error when there is none. */
export async function deleteTable(namespace: string | undefined, table: TableName): Promise<void> {
  const name = tableText(table);
  await loadRuleset(namespace, `add table ${name}\ndelete table ${name}\n`);
}

function nft(namespace: string | undefined, args: readonly string[], input = ""): Promise<ProgramAnswer> {
  return runProgram({ program: "nft", args, input, namespace });
}

function tableText({ family, name }: TableName): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
    throw new RangeError(`${JSON.stringify(name)} is no name for an nft table`);
  return `${family} ${name}`;
}

function refusal(answer: ProgramAnswer, ruleset: string, namespace: string | undefined): RulesetError {
  const lines = ruleset.split("\n");
  const complaints = [...answer.stderr.matchAll(/^[^:\n]*:(\d+):(\d+)-[\d:]+: Error: (.*)$/gm)].map(
    ([, line, column, message]): RulesetComplaint => ({
      line: Number(line),
      column: Number(column),
      message: message ?? "",
      text: lines[Number(line) - 1] ?? "",
    }),
  );
  const said = answer.stderr.trim();
  return new RulesetError(complaints, said === "" ? `nft ended with status ${answer.status}` : said, namespace);
}
