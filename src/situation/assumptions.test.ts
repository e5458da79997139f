import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { ASSUMPTION_NAMES, assume, choice, isAssumptionName, isProfileName, PROFILES } from "./assumptions.ts";

describe("assumptions", () => {
  it("have kebab-case names, at least two values and a sentence about them", () => {
    for (const name of ASSUMPTION_NAMES) {
      assert.match(name, /^[a-z]+(-[a-z]+)*$/);
      assert.ok(choice(name).values.length >= 2);
      assert.match(choice(name).about, /^(whether|which|how) /);
    }
  });

  it("have in each profile one of their values", () => {
    for (const profile of Object.values(PROFILES)) {
      assert.deepEqual(Object.keys(profile).toSorted(), [...ASSUMPTION_NAMES].toSorted());
      for (const name of ASSUMPTION_NAMES) assert.ok(choice(name).values.includes(profile[name]));
    }
  });

  it("of the profile calico differ where Calico differs", () => {
    const differing = ASSUMPTION_NAMES.filter((name) => PROFILES.calico[name] !== PROFILES.kubernetes[name]);
    assert.deepEqual(
      differing.map((name) => `${name}=${PROFILES.calico[name]}`),
      ["pod-to-own-node=drop", "equal-priority=by-name"],
    );
  });

  it("can be set one at a time", () => {
    const set = assume(PROFILES.kubernetes, "cidr-matches-pods", "no");
    assert.deepEqual(set, { ...PROFILES.kubernetes, "cidr-matches-pods": "no" });
    assert.equal(PROFILES.kubernetes["cidr-matches-pods"], "yes");
  });

  it("that do not exist, or have no such value, are refused with those that do", () => {
    const refusal = (name: string, value: string): string => {
      const result = assume(PROFILES.kubernetes, name, value);
      return typeof result === "string" ? result : assert.fail(`${name}=${value} was taken`);
    };
    assert.match(refusal("cidr-match-pods", "no"), /no assumption "cidr-match-pods"; known are .*cidr-matches-pods/);
    assert.match(refusal("cidr-matches-pods", "maybe"), /"maybe" is no value of cidr-matches-pods; choose yes or no/);
  });

  it("stand in docs/semantics.md with their values, and with that of each profile", () => {
    const document = readFileSync(fileURLToPath(new URL("../../../docs/semantics.md", import.meta.url)), "utf8");
    const rows = [...document.matchAll(/^\| `([a-z-]+)` \| (.*?) \| `(.*?)` \| `(.*?)` \| .+ \|$/gm)];
    assert.deepEqual(
      rows.map(([, name, values, kubernetes, calico]) => [name, values, kubernetes, calico]),
      ASSUMPTION_NAMES.map((name) => [
        name,
        choice(name)
          .values.map((value) => `\`${value}\``)
          .join(", "),
        PROFILES.kubernetes[name],
        PROFILES.calico[name],
      ]),
    );
  });

  it("and profiles are not found by what every object has", () => {
    assert.equal(isAssumptionName("toString"), false);
    assert.equal(isProfileName("constructor"), false);
    assert.equal(isProfileName("kubernetes"), true);
  });
});
