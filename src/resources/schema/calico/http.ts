/** The HTTP criteria of a rule. */
import type { CalicoHttp, CalicoHttpPath } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { shown } from "../syntax.ts";
import { list, record, sized, string, type Type } from "../types.ts";

const LONGEST_PATH = 1024;

const writtenPath = record({ exact: string, prefix: string }, { mainField: "exact", check: checkPath });

function checkPath({ exact, prefix }: { readonly exact: string; readonly prefix: string }, at: Cursor): void {
  if (exact !== "" && prefix !== "") {
    at.report("PC114", "exact stands beside prefix", "make them two list items: the rule then matches either");
    return;
  }
  const path = exact || prefix;
  const place = at.child(exact === "" ? "prefix" : "exact");
  if (path === "") {
    if (!at.has("exact") && !at.has("prefix")) at.report("PC113", "must specify a path", "write `exact:` or `prefix:`");
    else if (place.node?.kind !== "map") place.report("PC113", "must specify a path", "write it like `/api`");
  } else if (path.length > LONGEST_PATH) {
    place.report("PC112", `${path.length} characters, and at most ${LONGEST_PATH} are allowed`, "shorten it");
  } else if (!path.startsWith("/")) {
    place.report("PC112", `the path ${shown(path)} does not begin with /`, `write ${shown(`/${path}`)}`);
  } else if (/[?# ]/.test(path)) {
    const index = path.search(/[?# ]/);
    const remedy = "write the path alone: queries and fragments cannot be matched";
    place.reportInside("PC112", `${shown(path.charAt(index))} may not stand in a path`, remedy, index);
  }
}

const path: Type<CalicoHttpPath> = (at) => {
  const { exact, prefix } = writtenPath(at);
  return prefix === "" ? { kind: "exact", path: exact } : { kind: "prefix", path: prefix };
};

export const http: Type<CalicoHttp> = record(
  { methods: sized(list(string), 0, 20), paths: sized(list(path), 0, 20) },
  { check: checkMethods },
);

function checkMethods({ methods }: CalicoHttp, at: Cursor): void {
  for (const [i, method] of methods.entries()) {
    if (methods.indexOf(method) === i) continue;
    at.child("methods")
      .child(i)
      .report("PC112", `${shown(method)} stands twice`, "remove one of the two");
  }
}
