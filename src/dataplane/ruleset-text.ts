/** A table in the language of nft, written to be read by people. */
import { addressText } from "../net/address.ts";
import type { Chain, Element, Hook, Key, KeyPart, KeyType, NamedSet, Rule, Ruleset } from "./ruleset.ts";
import { classText, statementText, verdictText } from "./statement-text.ts";

/** The block `table inet NAME { … }`. O(size of the table). */
export function rulesetText({ table, sets, chains }: Ruleset): string {
  const blocks = [...sets.map(setLines), ...chains.map(chainLines)];
  return [
    `table inet ${table} {`,
    blocks.map((lines) => lines.map((line) => `\t${line}`).join("\n")).join("\n\n"),
    "}",
    "",
  ].join("\n");
}

/** Text from the input must not end its comment and begin a statement. */
export function commentText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}

/** NFTNL_UDATA_COMMENT_MAXLEN of libnftnl, without the zero at the end. */
const LONGEST_COMMENT = 127;

/** A comment as it is kept beside an object in the kernel: cut off, and without what would end its quotes. */
export function keptComment(text: string): string {
  return commentText(text.slice(0, LONGEST_COMMENT)).replaceAll('"', "'");
}

type Lines = readonly string[];

function setLines(set: NamedSet): Lines {
  const type = set.key.join(" . ");
  return [
    `# ${commentText(set.about)}`,
    `${set.value === undefined ? "set" : "map"} ${set.name} {`,
    set.value === undefined ? `\ttype ${type}` : `\ttype ${type} : ${set.value}`,
    ...(set.interval ? ["\tflags interval"] : []),
    ...(set.elements.length === 0
      ? []
      : ["\telements = {", ...set.elements.map((element) => `\t\t${elementLine(set, element)}`), "\t}"]),
    "}",
  ];
}

function elementLine(set: NamedSet, element: Element): string {
  const { comment } = element;
  return `${elementText(set, element)},${comment === undefined ? "" : `  # ${commentText(comment)}`}`;
}

/** An element of the set, as nft writes it. */
export function elementText(set: Pick<NamedSet, "key" | "value">, { key, value }: Element): string {
  if (value === undefined) return keyText(set.key, key);
  const to =
    typeof value === "object" ? verdictText(value) : set.value === "classid" ? classText(value) : String(value);
  return `${keyText(set.key, key)} : ${to}`;
}

function keyText(types: readonly KeyType[], key: Key): string {
  return key === "*" ? key : key.map((part, i) => partText(types[i], part)).join(" . ");
}

function partText(type: KeyType | undefined, part: KeyPart): string {
  switch (typeof part) {
    case "bigint":
      return addressText(part);
    case "string":
      return `"${part}"`;
    case "number":
      return type === "classid" ? classText(part) : String(part);
    case "object": {
      const last = part.end - 1n;
      return part.start === last ? addressText(last) : `${addressText(part.start)}-${addressText(last)}`;
    }
  }
}

function chainLines({ name, about, hook, rules }: Chain): Lines {
  return [
    `# ${commentText(about)}`,
    `chain ${name} {`,
    ...(hook === undefined ? [] : [`\t${hookText(hook)}`]),
    ...rules.map((rule) => `\t${ruleText(rule)}`),
    "}",
  ];
}

/** A rule as nft writes it. */
export function ruleText({ statements, comment }: Rule): string {
  const words = statements.map(statementText);
  if (comment !== undefined) words.push(`comment "${keptComment(comment)}"`);
  return words.join(" ");
}

/** The priorities that have names, as in the manual of nft. */
const PRIORITIES = { raw: -300, mangle: -150, filter: 0, security: 50 } as const;

function hookText({ point, priority, policy }: Hook): string {
  return `type filter hook ${point} priority ${priorityText(priority)}; policy ${policy};`;
}

function priorityText(priority: number): string {
  const near = Object.entries(PRIORITIES).find(([, value]) => Math.abs(priority - value) <= 10);
  if (near === undefined) return String(priority);
  const distance = priority - near[1];
  if (distance === 0) return near[0];
  return `${near[0]} ${distance < 0 ? "-" : "+"} ${Math.abs(distance)}`;
}
