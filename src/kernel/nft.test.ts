import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { MissingProgramError, RulesetError } from "./errors.ts";
import { deleteTable, listTable, loadRuleset } from "./nft.ts";
import { createNamespaces, deleteNamespaces } from "./namespaces.ts";
import { reasonToSkip, TEST_PREFIX } from "./pods.fixture.ts";

const TABLE = { family: "inet", name: "pcltest" } as const;
const RULESET = "table inet pcltest {\n  set hosts {\n    type ipv4_addr\n  }\n}\n";

describe("nft in a namespace", { skip: reasonToSkip() }, () => {
  const one = `${TEST_PREFIX}nft-one`;
  const two = `${TEST_PREFIX}nft-two`;

  before(() => createNamespaces([one, two]));
  after(() => deleteNamespaces([one, two]));

  it("loads and lists there and nowhere else", async () => {
    await loadRuleset(one, RULESET);
    assert.match((await listTable(one, TABLE)) ?? "", /set hosts/);
    assert.equal(await listTable(two, TABLE), undefined);
    assert.equal(await listTable(undefined, TABLE), undefined);
  });

  it("removes a table, there or not", async () => {
    await loadRuleset(one, RULESET);
    await deleteTable(one, TABLE);
    assert.equal(await listTable(one, TABLE), undefined);
    await deleteTable(one, TABLE);
  });

  it("quotes the line of a syntax error and changes nothing", async () => {
    await assert.rejects(
      loadRuleset(one, `${RULESET}table inet pcltest {\n  chain c {\n    tcp dport nonsense here\n  }\n}\n`),
      (error) =>
        error instanceof RulesetError &&
        error.complaints[0]?.line === 8 &&
        error.complaints[0].text.includes("tcp dport nonsense here") &&
        error.message.includes("line 8, column") &&
        error.message.includes(one),
    );
    assert.equal(await listTable(one, TABLE), undefined);
  });

  it("quotes the line that the kernel refuses", async () => {
    await assert.rejects(
      loadRuleset(one, "add table inet pcltest\ndelete table inet pcltest\ndelete table inet absent\n"),
      (error) =>
        error instanceof RulesetError &&
        error.complaints[0]?.line === 3 &&
        error.message.includes("No such file or directory"),
    );
  });

  it("loads 20,000 elements", async () => {
    const elements = Array.from(
      { length: 20_000 },
      (_, index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
    );
    await loadRuleset(two, `${RULESET}add element inet pcltest hosts { ${elements.join(", ")} }\n`);
    assert.match((await listTable(two, TABLE)) ?? "", /10\.0\.78\.31\b/);
  });
});

describe("without nft", { skip: process.platform === "linux" ? false : "not Linux" }, () => {
  it("the error names the package to install", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      await assert.rejects(
        loadRuleset(undefined, ""),
        (error) => error instanceof MissingProgramError && error.message.includes("install the package nftables"),
      );
    } finally {
      process.env["PATH"] = path;
    }
  });
});
