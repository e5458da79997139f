/** The kernel takes the text of every program, and lists it back whole. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { nftText } from "../../src/dataplane/nft-text.ts";
import type { Program } from "../../src/dataplane/program.ts";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { createNamespaces, deleteNamespaces } from "../../src/kernel/namespaces.ts";
import { listTable, loadRuleset } from "../../src/kernel/nft.ts";
import { EVERY_KIND, randomPrograms, TABLE } from "./programs.ts";

const NAMESPACE = `pcltest-${process.pid}-loads`;
const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

/** The named objects of a table, however it is laid out. */
function objectsOf(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(set|map|chain) (\S+) \{$/gm)].map(([, kind, name]) => `${kind} ${name}`).sort();
}

async function assertLoads(program: Program): Promise<string> {
  const text = nftText(program, (address) => `name of ${address}\n}`);
  await loadRuleset(NAMESPACE, text);
  const listed = (await listTable(NAMESPACE, TABLE)) ?? "";
  assert.deepEqual(objectsOf(listed), objectsOf(text));
  return listed;
}

describe("the kernel", { skip }, () => {
  before(() => createNamespaces([NAMESPACE]));
  after(() => deleteNamespaces([NAMESPACE]));

  it("takes everything a program can hold, and lists it back", async () => {
    const listed = await assertLoads(EVERY_KIND);
    assert.match(listed, /10\.0\.0\.2 : 1:0\b/);
    assert.match(listed, /10\.0\.0\.1 : 0:ffff\b/);
    assert.match(listed, /ct mark set .*0xffff0000/);
  });

  it("takes the programs of random worlds one after the other, each in place of the last", async () => {
    for (const program of randomPrograms(30, 7)) await assertLoads(program);
  });
});
