/** The pictures of the founding documents, drawn from their manifests: tiers in boxes, arrows for what is allowed, dashed where nobody asked. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Chart, chartOf } from "../../src/cli/output/map-chart.ts";
import { layoutOf } from "../../src/cli/output/map-layout.ts";
import { isReferenceError } from "../../src/path/reference.ts";
import { flowsOf } from "../../src/reach/flows.ts";
import { type Grouping, reachMap } from "../../src/reach/map.ts";
import { parseEnds, resolveEnds } from "../../src/reach/named-ends.ts";
import type { End } from "../../src/path/end.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { ACCOUNTS, GUIDE } from "./clusters.ts";
import { situationIn } from "./flows.ts";

/** The chart of what the ends say to each other. */
function chartAmong(situation: Situation, names: readonly string[], by: Grouping = "workload"): Chart {
  const ends = names.flatMap((name): readonly End[] => {
    const reference = parseEnds(name, "default");
    const found = isReferenceError(reference) ? reference : resolveEnds(situation, reference);
    assert.ok(!isReferenceError(found) && found.kind === "ends", name);
    return found.ends;
  });
  const filter = {
    from: ends,
    to: ends,
    traffic: undefined,
    namespaces: [],
    external: false,
    crossing: false,
    nodes: [],
  };
  return chartOf(reachMap(situation, flowsOf(situation), { filter, by }));
}

function arrowsOf({ arrows, boxes }: Chart): readonly string[] {
  const box = new Map(boxes.flatMap(({ name, shapes }) => shapes.map((shape) => [shape, `${name} `])));
  return arrows.map(
    ({ kind, from, to, label }) =>
      `${box.get(from) ?? ""}${from.lines.join()} ${kind === "asked" ? "->" : "-->"} ${box.get(to) ?? ""}${to.lines.join()} ${label}`,
  );
}

const TIERS = ["accounts/frontend", "accounts/backend", "accounts/db"];

describe("the picture of one namespace (S1-36)", () => {
  const chart = chartAmong(situationIn({ cluster: ACCOUNTS, manifests: ["S1-M2-repaired", "S1-M3-repaired"] }), TIERS);

  it("has solid arrows from front end to back end to database, and dashed ones for what nothing refuses", () => {
    assert.deepEqual(arrowsOf(chart), [
      "accounts pod/backend -> accounts pod/db all",
      "accounts pod/backend --> accounts pod/frontend all",
      "accounts pod/db --> accounts pod/frontend all",
      "accounts pod/frontend -> accounts pod/backend all",
    ]);
  });

  it("has the tiers from left to right in one box", () => {
    const { shapes, boxes } = layoutOf(chart);
    const byPlace = shapes.toSorted((a, b) => a.area.x - b.area.x).map(({ shape }) => shape.lines.join());
    assert.deepEqual(byPlace, ["pod/frontend", "pod/backend", "pod/db"]);
    assert.deepEqual(
      boxes.map(({ name }) => name),
      ["accounts"],
    );
  });
});

describe("the picture of two namespaces (S1-36)", () => {
  it("adds the arrow from one team to the other's back end, and shows that the way back is open", () => {
    const manifests = ["S1-M2-repaired", "S1-M3-repaired", "S1-M4-repaired"];
    const chart = chartAmong(situationIn({ cluster: ACCOUNTS, manifests }), [...TIERS, "finance/backend"]);
    assert.deepEqual(
      arrowsOf(chart).filter((text) => text.includes("finance")),
      [
        "accounts pod/backend --> finance pod/backend all",
        "accounts pod/db --> finance pod/backend all",
        "accounts pod/frontend --> finance pod/backend all",
        "finance pod/backend -> accounts pod/backend TCP 3111",
        "finance pod/backend --> accounts pod/frontend all",
      ],
    );
    assert.deepEqual(
      chart.boxes.map(({ name, shapes }) => [name, ...shapes.flatMap(({ lines }) => lines)]),
      [
        ["accounts", "pod/backend", "pod/db", "pod/frontend"],
        ["finance", "pod/backend"],
      ],
    );
  });
});

/** What the guide says its clusters have in `kube-system`. */
const HARDENED = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: kube-system}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

describe("the picture of namespaces (S3-10)", () => {
  it("has one shape for each namespace, and one arrow into the hardened one", () => {
    const situation = situationIn({ cluster: GUIDE, manifests: ["S3-M3-repaired"], added: HARDENED });
    const chart = chartAmong(situation, ["default/*", "elsewhere/*", "kube-system/*"], "namespace");
    assert.deepEqual(chart.boxes, []);
    assert.deepEqual(
      chart.others.map(({ kind, lines }) => [kind, ...lines]),
      [
        ["namespace", "default"],
        ["namespace", "elsewhere"],
        ["namespace", "kube-system"],
      ],
    );
    assert.deepEqual(arrowsOf(chart), [
      "default --> default all (56 pairs)",
      "default --> elsewhere all (24 pairs)",
      "default -> kube-system TCP 10301",
      "elsewhere --> default all (24 pairs)",
      "elsewhere --> elsewhere all (6 pairs)",
    ]);
  });
});
