/** The fields of `Assertions`, the one kind that is Portcullis' own. */
import type { AssertionSpec, EndPattern, Expectation, FlowPattern } from "../assertion-kinds.ts";
import type { Cursor } from "./cursor.ts";
import type { KindEntry } from "./kind-entry.ts";
import { labelSelector } from "./selector.ts";
import { dnsLabelObjection, dnsSubdomainObjection, shown } from "./syntax.ts";
import { checked, integerOrString, list, optional, record, string, type Type } from "./types.ts";

export const PORTCULLIS_KINDS: readonly KindEntry[] = [
  {
    kind: "Assertions",
    served: ["portcullis.dev/v1"],
    removed: {},
    namespaced: true,
    isQuestion: true,
    fields: ["assertions"],
    nameObjection: dnsSubdomainObjection,
    read: (at, common) => ({ ...common, kind: "Assertions", spec: list(assertion)(at.enter("assertions")) }),
  },
];

const EXPECTATIONS = ["allow", "deny", "never", "only"] as const satisfies readonly Expectation[];

const selectors: Type<EndPattern> = (at) => ({
  kind: "selectors",
  ...record({
    namespace: optional(checked(string, dnsLabelObjection)),
    namespaceSelector: optional(labelSelector("all namespaces")),
    podSelector: optional(labelSelector("all pods")),
  })(at),
});

const end: Type<EndPattern> = (at) => {
  if (at.node?.kind !== "map") return { kind: "text", text: string(at) };
  const pattern = selectors(at);
  if (at.has("namespace") && at.has("namespaceSelector")) {
    at.child("namespace").report(
      "PC114",
      "a namespace is meant by its name or by its labels, not by both",
      "remove namespace or namespaceSelector",
    );
  }
  return pattern;
};

/** One end alone needs no list around it. */
const ends: Type<readonly EndPattern[]> = (at) => (at.node?.kind === "list" ? list(end)(at) : [end(at)]);

const port: Type<string> = (at) => String(integerOrString(at));

const flowFields: Type<FlowPattern> = record(
  { from: ends, to: ends, ports: list(port) },
  { check: (_, at) => (["from", "to"] as const).forEach((side) => requireEnds(at.child(side))) },
);

function requireEnds(at: Cursor): void {
  const isEmpty = !at.isPresent || (at.node?.kind === "list" && at.node.items.length === 0);
  if (isEmpty) at.report("PC113", "required, but nothing is written", 'name somebody, or write "*" for everybody');
}

/** `FROM -> TO[:PORT[/PROTOCOL]]` in one line, or the same in fields. */
const flow: Type<FlowPattern> = (at) => {
  if (at.node?.kind === "map") return flowFields(at);
  const text = string(at);
  const [from = "", to = "", ...more] = text.split("->").map((part) => part.trim());
  if (from === "" || to === "" || more.length > 0) {
    at.report("PC112", `${shown(text)} is not a flow`, "write it like `shop/web -> shop/db:5432`");
    return { from: [], to: [], ports: [] };
  }
  return { from: [{ kind: "text", text: from }], to: [{ kind: "text", text: to }], ports: [] };
};

const FIELDS = {
  name: optional(string),
  because: optional(string),
  allow: optional(flow),
  deny: optional(flow),
  never: optional(flow),
  only: optional(flow),
} as const;

const assertion: Type<AssertionSpec> = (at) => {
  const written = record(FIELDS)(at);
  const chosen = EXPECTATIONS.filter((word) => at.has(word));
  const [expectation] = chosen;
  if (expectation === undefined) {
    at.report("PC113", "nothing is asserted", `write one of ${EXPECTATIONS.join(", ")}`);
  } else if (chosen.length > 1) {
    at.report("PC114", `${chosen.join(" and ")} in one assertion`, "write one assertion for each");
  }
  const meant = expectation ?? "allow";
  return {
    expectation: meant,
    flow: written[meant] ?? { from: [], to: [], ports: [] },
    name: written.name,
    because: written.because,
  };
};
