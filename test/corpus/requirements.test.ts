/** The list of requirements, the scenarios and the manifests say the same about what this corpus covers. */
import { strict as assert } from "node:assert";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { MANIFESTS } from "./flows.ts";
import { REQUIREMENTS } from "./requirements.ts";
import { NETWORK_SCENARIOS, SCENARIOS } from "./scenarios.ts";

const claimed = Object.keys(REQUIREMENTS).filter((id) => REQUIREMENTS[id] === "here");
const elsewhere = Object.entries(REQUIREMENTS).filter(([, where]) => where !== "here");

/** Other facts have numbers of their own. */
function isRequirement(id: string): boolean {
  return /^S\d-/.test(id);
}

test(`${claimed.length} of the requirements S0 to S4 are checked by scenarios: those the list says, and no others`, (t) => {
  for (const [id, where] of elsewhere) t.diagnostic(`${id} is not checked by this corpus; ${where}`);
  const checked = new Set([...SCENARIOS, ...NETWORK_SCENARIOS].flatMap(({ ids }) => ids.filter(isRequirement)));
  assert.deepEqual([...checked].toSorted(), claimed.toSorted());
});

/** The Deployment that is nothing without its nodes and networks stands with their scenarios. */
const IN_ITS_NETWORKS = "S1-M1";

test("every manifest of the corpus is read by a scenario", () => {
  const files = readdirSync(fileURLToPath(MANIFESTS)).filter((name) => name.endsWith(".yaml"));
  const read = new Set(SCENARIOS.flatMap(({ manifests }) => manifests.map((name) => `${name}.yaml`)));
  assert.deepEqual([...read].toSorted(), files.toSorted());
});

test("every manifest of the documents stands in the corpus as written", () => {
  const read = new Set(SCENARIOS.flatMap(({ manifests }) => manifests));
  const manifests = claimed.filter((id) => /-M\d$/.test(id) && id !== IN_ITS_NETWORKS);
  assert.deepEqual(
    manifests.filter((id) => !read.has(`${id}-as-written`)),
    [],
  );
});
