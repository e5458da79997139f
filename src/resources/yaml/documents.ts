/**
 * A text as the documents it holds. Documents are cut apart before they are parsed, so an error in one leaves the others
 * readable. The cut is exact: YAML ends every document at a line that begins with `---` and white space, whatever it is
 * in the middle of; inside a block scalar such a line is always indented.
 */
import { yamlTrees } from "./events.ts";
import { endOfSpace, jsonTree } from "./json.ts";
import { MAX_DOCUMENT_LENGTH, MAX_DOCUMENTS } from "./limits.ts";
import { type DuplicateKey, type Node, SyntaxProblem } from "./nodes.ts";

export interface ParsedDocument {
  readonly kind: "parsed";
  readonly root: Node;
  readonly duplicates: readonly DuplicateKey[];
}

export interface BrokenDocument {
  readonly kind: "broken";
  /** Which document of the text it is, from 1, empty ones not counted. */
  readonly ordinal: number;
  readonly problem: SyntaxProblem;
}

/** The documents of `text` in their order, one at a time. Never throws. Offsets count from the start of `text`. */
export function* documentsOf(text: string): Generator<ParsedDocument | BrokenDocument> {
  let ordinal = 0;
  for (const found of piecesOf(text)) {
    ordinal++;
    if (ordinal > MAX_DOCUMENTS) {
      const limit = `more than ${MAX_DOCUMENTS} documents in one text`;
      const problem = new SyntaxProblem("PC102", 0, limit, "split the input into several files");
      yield { kind: "broken", ordinal, problem };
      return;
    }
    yield found instanceof SyntaxProblem ? { kind: "broken", ordinal, problem: found } : found;
  }
}

function* piecesOf(text: string): Generator<ParsedDocument | SyntaxProblem> {
  let offset = endOfSpace(text, 0);
  let jsonProblem: SyntaxProblem | undefined;
  while (text.charAt(offset) === "{" || text.charAt(offset) === "[") {
    const duplicates: DuplicateKey[] = [];
    try {
      const { node, end } = jsonTree(text, offset, duplicates);
      yield { kind: "parsed", root: node, duplicates };
      offset = endOfSpace(text, end);
    } catch (error) {
      jsonProblem = asProblem(error, offset);
      break;
    }
  }
  if (offset >= text.length) return;
  const looksLikeJson = /^(\[\s*["{[\d]|\{\s*")/.test(text.slice(offset, offset + 1000));
  for (const piece of yamlPieces(text, offset)) {
    const parsed = parsePiece(text, piece);
    if (Array.isArray(parsed)) {
      yield* parsed;
    } else if (
      jsonProblem !== undefined &&
      (looksLikeJson || jsonProblem.code === "PC102") &&
      piece.start <= jsonProblem.offset
    ) {
      yield jsonProblem;
    } else {
      yield parsed;
    }
    jsonProblem = undefined;
  }
}

interface Piece {
  readonly start: number;
  readonly end: number;
}

const BORDER = /^(---|\.\.\.)(?=[ \t\r\n]|$)/gm;

function* yamlPieces(text: string, from: number): Generator<Piece> {
  let start = from;
  for (const border of borders(text, from)) {
    const end = border.closes ? border.lineEnd : border.offset;
    if (isPreamble(text.slice(start, Math.min(end, start + LONGEST_PREAMBLE)))) continue;
    if (!isEmpty(text, start, end)) yield { start, end };
    start = end;
  }
  if (!isEmpty(text, start, text.length)) yield { start, end: text.length };
}

/** Nothing but markers and white space: common between documents, and cheaper to see here than to parse. */
function isEmpty(text: string, start: number, end: number): boolean {
  const content = text.startsWith("---", start) ? start + 3 : start;
  return endOfSpace(text, content) >= end;
}

interface Border {
  readonly offset: number;
  readonly lineEnd: number;
  /** `...` ends its document, so it belongs to the text before it. */
  readonly closes: boolean;
}

function* borders(text: string, from: number): Generator<Border> {
  const pattern = new RegExp(BORDER);
  pattern.lastIndex = from;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const newline = text.indexOf("\n", match.index);
    yield { offset: match.index, lineEnd: newline < 0 ? text.length : newline + 1, closes: match[1] === "..." };
  }
}

/** Directives in front of a `---` belong to the document that it opens. */
function isPreamble(text: string): boolean {
  const lines = text.split("\n").map((line) => line.trim());
  return lines.some((line) => line.startsWith("%")) && lines.every((line) => line === "" || /^[#%]/.test(line));
}

const LONGEST_PREAMBLE = 4000;

function parsePiece(text: string, piece: Piece): ParsedDocument[] | SyntaxProblem {
  if (piece.end - piece.start > MAX_DOCUMENT_LENGTH) {
    const limit = `a document has more than ${MAX_DOCUMENT_LENGTH} characters`;
    return new SyntaxProblem("PC102", piece.start, limit, "split it into several documents");
  }
  const duplicates: DuplicateKey[] = [];
  try {
    const roots = yamlTrees(text.slice(piece.start, piece.end), piece.start, duplicates);
    return roots.map((root, i) => ({ kind: "parsed", root, duplicates: i === 0 ? duplicates : [] }));
  } catch (error) {
    return asProblem(error, piece.start);
  }
}

function asProblem(error: unknown, offset: number): SyntaxProblem {
  if (error instanceof SyntaxProblem) return error;
  if (error instanceof RangeError) {
    return new SyntaxProblem(
      "PC102",
      offset,
      "the document needs more memory than there is",
      "split it into several documents",
    );
  }
  throw error;
}
