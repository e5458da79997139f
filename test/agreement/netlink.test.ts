/** The two writers of a program, text and netlink, make the same table, at once and in steps. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keepClassNumbers } from "../../src/dataplane/class-numbers.ts";
import { difference, isNoDifference } from "../../src/dataplane/difference.ts";
import { familiesIn, generationIn } from "../../src/dataplane/in-force.ts";
import { nftText } from "../../src/dataplane/nft-text.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import type { Ruleset } from "../../src/dataplane/ruleset.ts";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { createNamespaces, deleteNamespaces } from "../../src/kernel/namespaces.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { deleteTable, loadRuleset } from "../../src/kernel/nft.ts";
import { EVERY_KIND, numberedBackwards, randomPrograms, TABLE } from "./programs.ts";
import { NetlinkSocket } from "../../src/kernel/netlink/socket.ts";
import { tableListing } from "../../src/kernel/netlink/table-listing.fixture.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

const BY_TEXT = `pcltest-${process.pid}-text`;
const BY_NETLINK = `pcltest-${process.pid}-netlink`;
const SEED = Number(process.env["PORTCULLIS_SEED"] ?? 11);
const WITH_SEED = `PORTCULLIS_SEED=${SEED}`;

/** nft cannot list an owned table as JSON. */
function writerIn(namespace: string): TableWriter {
  return TableWriter.open({ namespace, table: TABLE.name, ownership: "shared" });
}

async function assertHolds(writer: TableWriter, wanted: Ruleset, context: string): Promise<void> {
  const present = await writer.readBack(wanted);
  assert.ok(present !== undefined, context);
  const { before: _, after: __, ...rest } = difference(present, wanted);
  assert.ok(isNoDifference(difference(present, wanted)), `${context}: ${textOf(rest)}`);
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}

describe("the writers of a program", { skip }, () => {
  before(() => createNamespaces([BY_TEXT, BY_NETLINK]));
  after(() => deleteNamespaces([BY_TEXT, BY_NETLINK]));

  it("make the same table of every program, for nft and for the kernel", async () => {
    const reader = writerIn(BY_TEXT);
    const writer = writerIn(BY_NETLINK);
    try {
      for (const [i, program] of [EVERY_KIND, ...randomPrograms(25, SEED)].entries()) {
        const context = `program ${i} of ${WITH_SEED}`;
        const ruleset = rulesetOf(program);
        await loadRuleset(BY_TEXT, nftText(program));
        await deleteTable(BY_NETLINK, TABLE);
        assert.equal(await writer.install(ruleset), "loaded");
        assert.deepEqual(await tableListing(BY_NETLINK, TABLE.name), await tableListing(BY_TEXT, TABLE.name), context);
        await assertHolds(writer, ruleset, context);
        assert.equal(writer.written, await writer.fingerprint(), context);
        await assertHolds(reader, ruleset, `${context}, as text`);
      }
    } finally {
      reader.close();
      writer.close();
    }
  });

  it("200 differences one after the other lead where a fresh load leads", async () => {
    const [first, ...rest] = randomPrograms(201, SEED).map((program) => rulesetOf(program));
    assert.ok(first !== undefined);
    const writer = writerIn(BY_NETLINK);
    const fresh = writerIn(BY_TEXT);
    try {
      await writer.install(first);
      let current = first;
      for (const [i, next] of rest.entries()) {
        const context = `difference ${i} of ${WITH_SEED}`;
        await writer.apply(difference(current, next));
        current = next;
        await assertHolds(writer, next, context);
        assert.equal(writer.written, await writer.fingerprint(), context);
        if (i % 20 !== 19) continue;
        await deleteTable(BY_TEXT, TABLE);
        await fresh.install(next);
        assert.deepEqual(await tableListing(BY_NETLINK, TABLE.name), await tableListing(BY_TEXT, TABLE.name), context);
      }
    } finally {
      writer.close();
      fresh.close();
    }
  });

  it("a table that another process left is taken over without a change, its classes and generation known", async () => {
    for (const [i, program] of randomPrograms(12, SEED).entries()) {
      const left = writerIn(BY_NETLINK);
      await left.install(rulesetOf(program));
      left.close();
      const next = writerIn(BY_NETLINK);
      const observer = NetlinkSocket.open(BY_NETLINK);
      try {
        const before = observer.generation();
        assert.equal(generationIn(await next.writtenMarks()), program.generation);
        const present = await next.readBack(rulesetOf(program));
        assert.ok(present !== undefined);
        const again = keepClassNumbers({ families: familiesIn(present) }, numberedBackwards(program));
        assert.equal(await next.install(rulesetOf(again)), "adopted");
        assert.equal(observer.generation(), before, `program ${i} of ${WITH_SEED} was written anew`);
      } finally {
        observer.close();
        next.close();
      }
    }
  });
});
