/**
 * Scripts of `ibmcloud` commands, and what commands print as tables: a convenience, for exports as JSON say more. Tables never
 * tell all objects of a kind.
 */
import type { SourceText } from "../../resources/yaml/source.ts";
import type { VpcReading } from "../reading.ts";
import { ReadingDraft } from "./reading-draft.ts";
import { Script } from "./script/script.ts";
import { Lines, type TextLine } from "./table/lines.ts";
import { Tables } from "./table/tables.ts";

/** Characters of a text that is looked at; no script and no table is longer. */
const MAX_LENGTH = 4 * 1024 * 1024;

const KUBERNETES = /^(apiVersion|kind):/m;

/** What only such texts hold: commands, headings, an object with labels, a node's labels. */
const SIGNS: readonly RegExp[] = [
  /^[^\S\n]*(\$\s+)?(\w+=\$\()?(ibmcloud|ic|bx)\s+(is|ks|cs)\s/m,
  /^[^\S\n]*ID {2,}(Name {2,}|Primary IP {2,}|IP Address {2,})/m,
  /^[^\S\n]*ID:? {2,}\S+[ \t]*\r?\n[^\S\n]*(Name|Zone):? {2,}\S/m,
  /^[^\S\n]*Name:[^\n]*\n[^\S\n]*Roles:[^\n]*\n[^\S\n]*Labels:/m,
];

/** Whether the text is of this kind, and no manifest that mentions such things. O(length). */
export function isProse(text: string): boolean {
  if (text.length > MAX_LENGTH || /^\s*[[{]/.test(text) || KUBERNETES.test(text)) return false;
  return SIGNS.some((sign) => sign.test(text));
}

const COMMAND = /^\s*(?:\$\s+)?(?=(?:ibmcloud|ic|bx|kubectl|export|set)(?:\s|$)|[A-Za-z_]\w*=)/;

/** Fences and marks of Markdown, comments, and what commands say about their progress. */
const NOISE = /^\s*(?:`{3}[\w-]*|\{:[^}]*\}|#.*|OK|\.\.\.|[A-Z][a-z]+ing\s.*\.\.\.)\s*$/;

/** Reads every line; what is none of the above is an error at its place. */
export function readProse(source: SourceText): VpcReading {
  const draft = new ReadingDraft(source);
  const lines = new Lines(source.text);
  const script = new Script(draft);
  const tables = new Tables(draft, lines);
  for (let line = lines.peekFilled(); line !== undefined; line = lines.peekFilled()) {
    const prompt = COMMAND.exec(line.text)?.[0];
    if (NOISE.test(line.text)) lines.skip();
    else if (prompt !== undefined) lines.skipTo(script.line(line.offset + prompt.length));
    else if (!tables.read(line)) refuse(line, lines, draft);
  }
  return draft.reading();
}

function refuse({ text, offset }: TextLine, lines: Lines, draft: ReadingDraft): void {
  const start = offset + text.search(/\S/);
  const remedy = "remove it; a text holds commands or the tables that they print, and comments behind #";
  draft.refuse(
    "PC207",
    `line ${draft.source.positionAt(offset).line}`,
    start,
    "this line is no command and of no table that is known",
    remedy,
  );
  lines.skip();
}
