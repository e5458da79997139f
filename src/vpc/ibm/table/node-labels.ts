/** What `kubectl describe node` prints, of which the labels count. */
import type { Cell, Row } from "./cells.ts";
import { labelled } from "./labels.ts";
import type { Lines, TextLine } from "./lines.ts";

const ROLES = /^\s*Roles:/;
const LABEL = /^\s*(?:Labels:\s+)?([\w./-]+)=(\S*)\s*$/;
/** What no description holds: a fence, dots for what was cut off, the next command. */
const END = /^\s*(`{3}|\.{3}\s*$|\$\s|ibmcloud\s)/;

export interface NodeLabels {
  readonly name: Cell;
  readonly labels: Row;
}

/** Undefined, with nothing read, where this line does not begin the description of a node. Reads up to its end. */
export function nodeLabels(line: TextLine, lines: Lines): NodeLabels | undefined {
  const first = labelled(line);
  const second = lines.peekSecond();
  if (first?.label !== "name" || second === undefined || !ROLES.test(second.text)) return undefined;
  lines.skip();
  const labels = new Map<string, Cell>();
  let isLabels = false;
  for (let next = lines.peek(); next !== undefined; next = lines.peek()) {
    const after = lines.peekSecond();
    const isNextNode = labelled(next)?.label === "name" && after !== undefined && ROLES.test(after.text);
    if (END.test(next.text) || isNextNode) break;
    isLabels = /^\s*Labels:/.test(next.text) || (isLabels && LABEL.test(next.text));
    const [, key, value] = (isLabels && LABEL.exec(next.text)) || [];
    if (key !== undefined && value !== undefined) {
      labels.set(key, { text: value, offset: next.offset + next.text.indexOf("=") + 1 });
    }
    lines.skip();
  }
  return { name: first.value, labels };
}
