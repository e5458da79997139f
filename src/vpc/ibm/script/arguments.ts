/** The words behind a command: values in their order, and options by name. */
import type { Told } from "../told.ts";
import { textOf, type Value } from "./values.ts";

export interface Arguments {
  readonly values: readonly Value[];
  readonly options: ReadonlyMap<string, Value>;
}

/** Options that say nothing about what a command does to networks. */
const SWITCHES: ReadonlySet<string> = new Set(["-f", "--force", "-q", "--quiet", "--json", "--reset-before-rule"]);
const SILENT: ReadonlySet<string> = new Set(["--output", "--resource-group-id", "--resource-group-name"]);

/** `known` are the options with a value that the command reads. Reports the others, and gives undefined. */
export function argumentsOf(words: readonly Value[], known: ReadonlySet<string>): Arguments | undefined {
  const values: Value[] = [];
  const options = new Map<string, Value>();
  let isWhole = true;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    if (word.kind !== "text" || !/^-{1,2}[a-z]/.test(word.text)) {
      values.push(word);
      continue;
    }
    const [, name = word.text, inline] = /^(--?[\w-]+)(?:=([^]*))?$/.exec(word.text) ?? [];
    if (SWITCHES.has(name) && inline === undefined) continue;
    const value = inline === undefined ? words[++i] : ({ ...word, kind: "text", text: inline } as const);
    if (value === undefined) {
      word.at.report("PC205", `${name} has no value`, `write the value behind ${name}, or remove it`);
      isWhole = false;
    } else if (known.has(name)) {
      options.set(name, value);
    } else if (!SILENT.has(name)) {
      word.at.report("PC205", `${name} is not understood here`, `known options are ${[...known].join(", ")}`);
      isWhole = false;
    }
  }
  return isWhole ? { values, options } : undefined;
}

/** A whole number in a range. Reports what is none, and gives undefined. */
export function numberOf(value: Value, least: number, most: number): Told<number> | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  const number = /^\d{1,6}$/.test(text.value) ? Number(text.value) : -1;
  if (number >= least && number <= most) return { value: number, at: text.at };
  text.at.report("PC112", `"${text.value}" is not a number from ${least} to ${most}`, `write a number in that range`);
  return undefined;
}
