/** A script line by line: what it assigns, and what its commands change. */
import type { ReadingDraft } from "../reading-draft.ts";
import { NETWORK_COMMANDS } from "./network-commands.ts";
import { isReadOnly } from "./read-only.ts";
import { type Latest, type Value, Variables } from "./values.ts";
import { lineAt, plainText, type Token, type Word } from "./words.ts";

const PROGRAMS: ReadonlySet<string> = new Set(["ibmcloud", "ic", "bx"]);
const ASSIGNMENT = /^([A-Za-z_]\w*)=([^]*)$/;
const UNDERSTOOD = `remove the line; what changes networks is read from ${[...NETWORK_COMMANDS.keys()].join(", ")}`;

/** Every command may look at every rule of a list, and no list has more than 200 rules. */
const MAX_COMMANDS = 10_000;

export class Script {
  readonly #draft: ReadingDraft;
  readonly #variables = new Variables();
  #latest: { readonly acl: Latest; readonly gateway: Latest } = { acl: undefined, gateway: undefined };

  constructor(draft: ReadingDraft) {
    this.#draft = draft;
  }

  /** Reads the line that begins at `offset`, without its prompt; gives the offset behind it. */
  line(offset: number): number {
    const { source, sink } = this.#draft;
    if (this.#draft.commands.length >= MAX_COMMANDS) return this.#end(offset);
    const { tokens, end } = lineAt(source.text, offset);
    const errors = sink.errors;
    const words = this.#wordsOf(tokens);
    if (words !== undefined) this.#statement(words);
    if (sink.errors > errors) this.#draft.blind(`the command at line ${source.positionAt(offset).line}`, offset);
    return end;
  }

  /** Gives up on a script that is too long. */
  #end(offset: number): number {
    const { draft, text } = { draft: this.#draft, text: this.#draft.source.text };
    const message = `the script has more than ${MAX_COMMANDS} commands; this one and all after it are not read`;
    draft.refuse("PC102", `the command at line ${draft.source.positionAt(offset).line}`, offset, message, "split it");
    return text.length;
  }

  #statement(words: readonly Word[]): void {
    const [first, ...rest] = words;
    if (first === undefined) return;
    const isExport = plainText(first) === "export" && rest.length > 0;
    if (isExport || assignmentOf(first) !== undefined) for (const word of isExport ? rest : words) this.#assign(word);
    else this.#command(words);
  }

  /** Reports what is no plain word, and gives undefined. */
  #wordsOf(tokens: readonly Token[]): readonly Word[] | undefined {
    const words: Word[] = [];
    for (const token of tokens) {
      if (token.kind !== "word") {
        const message = token.kind === "problem" ? token.message : `"${token.text}" is not understood in a script`;
        this.#report(token.offset, message, "write one command in each line, and nothing behind it");
        return undefined;
      }
      words.push(token);
    }
    return words;
  }

  #assign(word: Word): void {
    const assignment = assignmentOf(word);
    if (assignment === undefined) {
      this.#report(word.offset, "an assignment is expected here", "write NAME=value");
      return;
    }
    const { name, value } = assignment;
    const [only, ...others] = value.parts;
    if (only?.kind === "substitution" && others.length === 0) this.#assignMade(name, only.tokens, word.offset);
    else this.#variables.assign(name, this.#valueOf(value));
  }

  /** `acl=$(ibmcloud is network-acl-create … --output json | jq -r .id)` */
  #assignMade(name: string, tokens: readonly Token[], offset: number): void {
    const pipe = tokens.findIndex((token) => token.kind === "operator" && token.text === "|");
    const words = isIdFilter(tokens.slice(pipe + 1)) ? this.#wordsOf(tokens.slice(0, pipe)) : undefined;
    const index = this.#draft.commands.length;
    if (words !== undefined) this.#command(words);
    const made = this.#draft.commands[index];
    if (made?.kind === "create acl" || made?.kind === "create gateway") {
      this.#variables.assign(name, { kind: "made", by: index, offset, at: this.#draft.place(offset, name) });
    } else {
      this.#report(offset, `what $${name} is cannot be told from the script`, `write the value: ${name}=…`);
    }
  }

  #command(words: readonly Word[]): void {
    const texts = words.map(plainText);
    if (isReadOnly(texts)) return;
    const [program = "", group, name = ""] = texts;
    const offset = words[0]?.offset ?? 0;
    const read = PROGRAMS.has(program) && group === "is" ? NETWORK_COMMANDS.get(name) : undefined;
    if (read === undefined) {
      this.#report(offset, `"${texts.slice(0, 3).join(" ")}" is not a command that is understood here`, UNDERSTOOD);
      return;
    }
    const { draft, latest } = { draft: this.#draft, latest: this.#latest };
    const errors = draft.sink.errors;
    const values = words.slice(3).map((word) => this.#valueOf(word));
    const command = read({ name, offset, words: values, draft, latest });
    const isWhole = command !== undefined && draft.sink.errors === errors;
    const index = isWhole ? draft.commands.push(command) - 1 : "failed";
    if (name === "network-acl-create") this.#latest = { ...latest, acl: index };
    if (name === "public-gateway-create") this.#latest = { ...latest, gateway: index };
  }

  #valueOf(word: Word): Value {
    return this.#variables.valueOf(word, this.#draft.place(word.offset, "command"));
  }

  #report(offset: number, message: string, remedy: string): void {
    this.#draft.place(offset, "command").report("PC205", message, remedy);
  }
}

/** The name and the rest of `NAME=value`. */
function assignmentOf(word: Word): { readonly name: string; readonly value: Word } | undefined {
  const [first, ...rest] = word.parts;
  const [, name, text] = (first?.kind === "text" && ASSIGNMENT.exec(first.text)) || [];
  if (name === undefined || text === undefined) return undefined;
  const parts = text === "" ? rest : [{ kind: "text", text } as const, ...rest];
  return { name, value: { ...word, offset: word.offset + name.length + 1, parts } };
}

/** `jq -r .id` */
function isIdFilter(tokens: readonly Token[]): boolean {
  const [program, ...words] = tokens.map((token) => (token.kind === "word" ? plainText(token) : ""));
  return program === "jq" && words.includes(".id") && words.every((word) => /^(-r|--raw-output|\.id)$/.test(word));
}
