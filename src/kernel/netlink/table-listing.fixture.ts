/** A table as the program nft lists it, in a form in which tables of equal content are equal. */
import { runProgram } from "../program.ts";

/** What says nothing about which packets pass: numbers of objects, comments, and who owns the table. */
const ASIDE = new Set(["handle", "comment", "flags of table", "metainfo"]);

/** The objects of a table, by kind and name, as canonical JSON. */
export async function tableListing(namespace: string, table: string): Promise<readonly string[]> {
  const answer = await runProgram({ program: "nft", args: ["-j", "list", "table", "inet", table], namespace });
  if (answer.status !== 0) throw new Error(`nft cannot list table ${table}: ${answer.stderr}`);
  const listing: unknown = JSON.parse(answer.stdout);
  const objects = isRecord(listing) && Array.isArray(listing["nftables"]) ? listing["nftables"] : [];
  // Rules keep their order within a chain, which the sort of whole objects must not disturb.
  const rules = objects.filter((object) => isRecord(object) && "rule" in object);
  const others = objects.filter((object) => !rules.includes(object));
  const rulesOf = Object.entries(groupByChain(rules)).map(([chain, own]) => `rules of ${chain}: ${own.join("; ")}`);
  return [...others.map((object) => canonical(object, undefined)), ...rulesOf].sort();
}

function groupByChain(rules: readonly unknown[]): Readonly<Record<string, readonly string[]>> {
  const groups: Record<string, string[]> = {};
  for (const object of rules) {
    const rule = isRecord(object) ? object["rule"] : undefined;
    const chain = isRecord(rule) ? String(rule["chain"]) : "";
    (groups[chain] ??= []).push(canonical(rule, undefined));
  }
  return groups;
}

function canonical(value: unknown, of: string | undefined): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item, undefined));
    return `[${(of === "elem" ? items.sort() : items).join()}]`;
  }
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => !ASIDE.has(key) && !ASIDE.has(`${key} of ${of}`));
  // An element that has nothing beside its key is listed without this frame.
  if (of === "elem" && entries.length === 1) return canonical(value["val"], undefined);
  if (entries.length === 1 && isRecord(value["elem"])) return canonical(value["elem"], "elem");
  const texts = entries.map(([key, item]) => `${key}:${canonical(item, key)}`);
  return `{${texts.sort().join()}}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
