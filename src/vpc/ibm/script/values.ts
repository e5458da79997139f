/** What the words of a command come to, with the variables of its script. */
import type { Named } from "../../commands.ts";
import type { Place, Told } from "../told.ts";
import type { Part, Word } from "./words.ts";

export type Value = { readonly at: Place; readonly offset: number } & (
  | { readonly kind: "text"; readonly text: string }
  /** The id of what a command of this script made. */
  | { readonly kind: "made"; readonly by: number }
  /** A variable that nothing was assigned to, or only a placeholder. */
  | { readonly kind: "unset"; readonly name: string }
  /** `<name>`, left to the reader. */
  | { readonly kind: "placeholder"; readonly text: string }
);

type Binding =
  | Pick<Extract<Value, { kind: "text" }>, "kind" | "text">
  | Pick<Extract<Value, { kind: "made" }>, "kind" | "by">;

export class Variables {
  readonly #bindings = new Map<string, Binding>();

  /** A placeholder leaves the variable unset. */
  assign(name: string, value: Value): void {
    if (value.kind === "text") this.#bindings.set(name, { kind: "text", text: value.text });
    else if (value.kind === "made") this.#bindings.set(name, { kind: "made", by: value.by });
    else this.#bindings.delete(name);
  }

  valueOf(word: Word, at: Place): Value {
    const where = { at, offset: word.offset };
    const [only, ...others] = word.parts;
    const single = only?.kind === "variable" && others.length === 0 ? this.#bindings.get(only.name) : undefined;
    if (single?.kind === "made") return { ...where, ...single };
    const texts = word.parts.map((part) => this.#textOf(part));
    const unset = word.parts.find((_, i) => texts[i] === undefined);
    if (unset !== undefined) return { ...where, kind: "unset", name: unset.kind === "variable" ? unset.name : "( … )" };
    return { ...where, kind: word.isPlaceholder ? "placeholder" : "text", text: texts.join("") };
  }

  #textOf(part: Part): string | undefined {
    switch (part.kind) {
      case "text":
        return part.text;
      case "variable": {
        const binding = this.#bindings.get(part.name);
        return binding?.kind === "text" ? binding.text : undefined;
      }
      // Only assignments know what a command inside a word comes to.
      case "substitution":
        return undefined;
    }
  }
}

/** The text of a word that must be written out. Reports anything else, and gives undefined. */
export function textOf(value: Value): Told<string> | undefined {
  switch (value.kind) {
    case "text":
      return { value: value.text, at: value.at };
    case "placeholder":
      value.at.report("PC205", `${value.text} is a placeholder`, "write the real value in its place");
      return undefined;
    case "unset":
      value.at.report("PC205", `$${value.name} has no value here`, `assign it above: ${value.name}=…`);
      return undefined;
    case "made":
      value.at.report("PC205", "only the platform knows this id", "write the value here");
      return undefined;
  }
}

/** The index of the command that made something last; `failed` where that command could not be read. */
export type Latest = number | "failed" | undefined;

/**
 * The object that a word names. An unset variable stands for what the script made last, for that is what the author has
 * just read off and would assign. Reports what names nothing, unless that was reported where it failed to be made.
 */
export function namedBy(value: Value, latest: Latest): Named | undefined {
  if (value.kind === "made") return { kind: "made", by: value.by };
  if (value.kind === "unset" && latest === "failed") return undefined;
  if (value.kind === "unset" && typeof latest === "number") return { kind: "made", by: latest };
  const text = textOf(value);
  return text && { kind: "text", text: text.value };
}
