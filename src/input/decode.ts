/** From bytes to text. Manifests are UTF-8; anything else is said clearly instead of read wrongly. */
import { isUtf8 } from "node:buffer";

export type Decoded =
  | { readonly text: string }
  /** `at` is the offset in `readable`, the text with replacement characters, of the first thing that is wrong. */
  | { readonly reason: string; readonly remedy: string; readonly readable: string; readonly at: number };

const CONVERT = "convert it, for example with `iconv -f UTF-16 -t UTF-8`";

/** A byte order mark of UTF-8 is fine and goes away. */
export function decodeText(bytes: Uint8Array): Decoded {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) return { reason: `the text is ${wide}`, remedy: CONVERT, readable: "", at: 0 };
  const text = new TextDecoder("utf-8").decode(bytes);
  if (isUtf8(bytes)) return { text };
  const at = Math.max(text.indexOf("\ufffd"), 0);
  const remedy = "save the file as UTF-8; it may be in an older encoding such as Latin-1, or no text at all";
  return { reason: "the bytes here are not UTF-8", remedy, readable: text, at };
}

/** UTF-16 and UTF-32, by byte order mark or by the zero bytes that every first ASCII character brings along. */
function wideEncoding(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "UTF-32" : "UTF-16";
  if (a === 0xfe && b === 0xff) return "UTF-16";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "UTF-32";
  const isAscii = (byte: number | undefined): boolean => byte !== undefined && byte >= 9 && byte < 127;
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return "UTF-16";
  if (a === 0 && isAscii(b) && c === 0 && isAscii(d)) return "UTF-16";
  return undefined;
}
