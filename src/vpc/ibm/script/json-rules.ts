/** `--rules`: the rules of an access list as JSON inside a command. */
import { Cursor } from "../../../resources/schema/cursor.ts";
import { Places } from "../../../resources/schema/places.ts";
import { list } from "../../../resources/schema/types.ts";
import { jsonTree } from "../../../resources/yaml/json.ts";
import { type Node, SyntaxProblem } from "../../../resources/yaml/nodes.ts";
import type { WrittenRule } from "../../written-acl.ts";
import { networkAclRule } from "../network-acl.ts";
import type { ReadingDraft } from "../reading-draft.ts";
import { textOf, type Value } from "./values.ts";

const rules = list(networkAclRule);

/** Reports what is no list of rules; the result is then not to be used. `resource` is the list they belong to. */
export function rulesInJson(value: Value, draft: ReadingDraft, resource: string): readonly WrittenRule[] {
  const text = textOf(value);
  if (text === undefined) return [];
  if (text.value.startsWith("@")) {
    text.at.report(
      "PC205",
      `the rules stand in ${text.value.slice(1)}, which is not read`,
      "write them here, in single quotes",
    );
    return [];
  }
  const { source, sink } = draft;
  const start = value.offset + 1;
  // Positions inside the JSON are those of the script, so it has to stand there as it is.
  if (!source.text.startsWith(text.value, start)) {
    text.at.report("PC205", "the rules are not written out here", "write them here, in single quotes");
    return [];
  }
  const root = treeOf(source.text, start, text.value.length);
  if ("message" in root) {
    draft.place(root.offset, resource).report("PC205", `--rules: ${root.message}`, root.remedy);
    return [];
  }
  const context = { source, sink, validation: "ignore", resource, namespace: "" } as const;
  return rules(Cursor.atRoot(context, root, Places.ofObject(root.start)));
}

function treeOf(text: string, start: number, length: number): Node | SyntaxProblem {
  try {
    const { node, end } = jsonTree(text, start, []);
    if (text.slice(end, start + length).trim() === "" && end <= start + length) return node;
    return new SyntaxProblem("PC101", end, "not valid JSON: more stands behind the list", "write one list of rules");
  } catch (error) {
    if (error instanceof SyntaxProblem) return error;
    throw error;
  }
}
