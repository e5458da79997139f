import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { type Difference, difference } from "../../dataplane/difference.ts";
import type { Chain, Element, Ruleset } from "../../dataplane/ruleset.ts";
import { rulesetText } from "../../dataplane/ruleset-text.ts";
import { NetlinkError, RulesetError, TableChangedError } from "../errors.ts";
import { createNamespaces, deleteNamespaces } from "../namespaces.ts";
import { deleteTable, listTable, loadRuleset } from "../nft.ts";
import { runProgram } from "../program.ts";
import { reasonToSkip, TEST_PREFIX } from "../pods.fixture.ts";
import { putText } from "./attribute.ts";
import type { Bytes } from "./bytes.ts";
import { NFTA_CHAIN_NAME, NFTA_CHAIN_TABLE } from "./chain.ts";
import { manyPairs, ODDITIES, pairs, pairsRuleset, TABLE } from "./rulesets.fixture.ts";
import { NetlinkSocket, turnOfTheLoop } from "./socket.ts";
import { tableListing } from "./table-listing.fixture.ts";
import { TableWriter, type WriterOptions } from "./writer.ts";

const ONE = `${TEST_PREFIX}netlink-one`;
const TWO = `${TEST_PREFIX}netlink-two`;
const HANDLE = { family: "inet", name: TABLE } as const;

function writerIn(namespace: string, ownership: WriterOptions["ownership"] = "shared"): TableWriter {
  return TableWriter.open({ namespace, table: TABLE, ownership });
}

async function using<T>(writer: TableWriter, work: (writer: TableWriter) => Promise<T>): Promise<T> {
  try {
    return await work(writer);
  } finally {
    writer.close();
  }
}

async function assertHolds(writer: TableWriter, wanted: Ruleset): Promise<void> {
  const present = await writer.readBack(wanted);
  assert.ok(present !== undefined, "there is no table");
  const { before: _, after: __, ...parts } = difference(present, wanted);
  for (const [part, changes] of Object.entries(parts)) assert.deepEqual(changes, [], part);
}

function withElement(ruleset: Ruleset, element: Element): Difference {
  const [pairs] = ruleset.sets;
  return difference(ruleset, pairsRuleset([...(pairs?.elements ?? []), element]));
}

/** What the kernel said against the work. */
async function complaintsOf(work: Promise<unknown>): Promise<NetlinkError["complaints"]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof NetlinkError) return error.complaints;
    throw error;
  }
  throw new Error("nothing was refused");
}

function named(chain: string): (to: Bytes) => void {
  return (to) => {
    putText(to, NFTA_CHAIN_TABLE, TABLE);
    putText(to, NFTA_CHAIN_NAME, chain);
  };
}

const RETURN = { kind: "return" } as const;

describe("a table written over netlink", { skip: reasonToSkip() }, () => {
  before(() => createNamespaces([ONE, TWO]));
  after(() => deleteNamespaces([ONE, TWO]));
  afterEach(async () => {
    await deleteTable(ONE, HANDLE);
    await deleteTable(TWO, HANDLE);
  });

  it("is the table that nft makes of the same rules", () =>
    using(writerIn(ONE), async (writer) => {
      await writer.install(ODDITIES);
      await loadRuleset(TWO, rulesetText(ODDITIES));
      assert.deepEqual(await tableListing(ONE, TABLE), await tableListing(TWO, TABLE));
      await assertHolds(writer, ODDITIES);
    }));

  it("is printed by nft with its comments, and what nft prints it loads again", () =>
    using(writerIn(ONE), async (writer) => {
      await writer.install(ODDITIES);
      const listed = (await listTable(ONE, HANDLE)) ?? "";
      for (const words of [
        "65535 comment \"the 'last' one\"",
        '* comment "everybody else" : 0x00000007',
        'accept comment "some rule"',
        'comment "A base chain at another place."',
        'comment "A set of ports."',
      ]) {
        assert.ok(listed.includes(words), `${words} is not in ${listed}`);
      }
      await loadRuleset(TWO, listed);
      assert.deepEqual(await tableListing(TWO, TABLE), await tableListing(ONE, TABLE));
    }));

  it("is only in the namespace asked for", () =>
    using(writerIn(ONE), async (writer) => {
      await writer.install(ODDITIES);
      assert.equal(await listTable(TWO, HANDLE), undefined);
      assert.equal(await listTable(undefined, HANDLE), undefined);
    }));

  it("is changed wholly or not at all, and the error names what the kernel refused", () =>
    using(writerIn(ONE), async (writer) => {
      const ruleset = pairsRuleset(manyPairs(3000));
      await writer.install(ruleset);
      const bad: Element = { key: [0x0a00_0001n, 9], value: { kind: "goto", chain: "nowhere" } };
      const many = (peerClass: number): readonly Element[] =>
        Array.from({ length: 3000 }, (_, i) => ({ key: [BigInt(i), peerClass], value: RETURN }));
      const change = difference(ruleset, pairsRuleset([...many(2), bad, ...many(3)]));
      const [complaint, ...others] = await complaintsOf(writer.apply(change));
      assert.equal(complaint?.object, "element 10.0.0.1 . 0:9 : goto nowhere of map pairs");
      assert.equal(complaint?.errno, "ENOENT");
      assert.deepEqual(others, []);
      await assertHolds(writer, ruleset);
      assert.equal(writer.current, ruleset);
    }));

  for (const [what, change, errno] of [
    ["is there already", "addedElements", "EEXIST"],
    ["is not there", "deletedElements", "ENOENT"],
  ] as const) {
    it(`says which element ${what}`, () =>
      using(writerIn(ONE), async (writer) => {
        const ruleset = pairsRuleset(manyPairs(10));
        await writer.install(ruleset);
        const element: Element = { key: [errno === "EEXIST" ? 7n : 77n, 1], value: { kind: "goto", chain: "deny" } };
        const wrong = { ...difference(ruleset, ruleset), [change]: [{ set: pairs([]), elements: [element] }] };
        const [complaint] = await complaintsOf(writer.apply(wrong));
        assert.equal(complaint?.errno, errno);
        assert.equal(complaint.object, `element 0.0.0.${errno === "EEXIST" ? 7 : 77} . 0:1 : goto deny of map pairs`);
        await assertHolds(writer, ruleset);
      }));
  }

  it("correction 8: takes a first load of many batches, and is called for packets only when it is complete", () =>
    using(writerIn(ONE), async (writer) => {
      const ruleset = pairsRuleset(manyPairs(250_000));
      const observer = NetlinkSocket.open(ONE);
      const before = observer.generation();
      const calledSince: number[] = [];
      const installed = writer.install(ruleset).then(() => true);
      while (!(await Promise.race([installed, turnOfTheLoop()]))) {
        if (observer.ask("getChain", named("forward")).length > 0) calledSince.push(observer.generation());
      }
      // Table and chains, 100,000 elements three times at most, and the base chain.
      assert.equal(observer.generation(), before + 5);
      assert.ok(
        calledSince.every((generation) => generation === before + 5),
        `called since ${calledSince[0]}`,
      );
      observer.close();
      await assertHolds(writer, ruleset);
    }));

  it("correction 8: takes a change of many elements as one batch", () =>
    using(writerIn(ONE), async (writer) => {
      const [small, large] = [pairsRuleset(manyPairs(10)), pairsRuleset(manyPairs(150_000))];
      await writer.install(small);
      const observer = NetlinkSocket.open(ONE);
      const before = observer.generation();
      await writer.apply(difference(small, large));
      assert.equal(observer.generation(), before + 1);
      observer.close();
      await assertHolds(writer, large);
    }));

  it("is not changed by a difference from another ruleset than the current", () =>
    using(writerIn(ONE), async (writer) => {
      const ruleset = pairsRuleset([]);
      await writer.install(ruleset);
      const other = difference(pairsRuleset([]), pairsRuleset(manyPairs(1)));
      await assert.rejects(writer.apply(other), /made from another ruleset/);
    }));

  it("takes changes in the order of the calls", () =>
    using(writerIn(ONE), async (writer) => {
      const steps = [0, 5, 3, 8].map((count) => pairsRuleset(manyPairs(count)));
      const [first, second, third, last] = steps;
      assert.ok(first && second && third && last);
      await Promise.all([
        writer.install(first),
        writer.apply(difference(first, second)),
        writer.readBack(second),
        writer.apply(difference(second, third)),
        writer.apply(difference(third, last)),
      ]);
      await assertHolds(writer, last);
    }));
});

describe("a table that others may change", { skip: reasonToSkip() }, () => {
  before(() => createNamespaces([ONE]));
  after(() => deleteNamespaces([ONE]));
  afterEach(() => loadRuleset(ONE, "flush ruleset\n"));

  it("is changed although other tables have changed meanwhile", () =>
    using(writerIn(ONE), async (writer) => {
      const [before, next] = [pairsRuleset(manyPairs(10)), pairsRuleset(manyPairs(11))];
      await writer.install(before);
      await loadRuleset(ONE, "add table inet foreign\n");
      await writer.apply(difference(before, next));
      await assertHolds(writer, next);
    }));

  for (const [what, disturb] of [
    ["an element is gone", `delete element inet ${TABLE} pairs { 0.0.0.7 . 0:1 }`],
    [
      "a value is another",
      `delete element inet ${TABLE} pairs { 0.0.0.7 . 0:1 }; add element inet ${TABLE} pairs { 0.0.0.7 . 0:1 : accept }`,
    ],
    ["an element has come", `add element inet ${TABLE} pairs { 9.9.9.9 . 0:1 : accept }`],
    ["a rule has come", `insert rule inet ${TABLE} deny accept`],
    ["a rule is gone", `flush chain inet ${TABLE} forward`],
    ["a chain has come", `add chain inet ${TABLE} other; add rule inet ${TABLE} other goto deny`],
    ["a base chain has come", `add chain inet ${TABLE} other { type filter hook input priority 0; policy drop; }`],
    ["a set has come", `add set inet ${TABLE} other { type ipv4_addr; flags timeout; }`],
    ["all rules are gone", `flush table inet ${TABLE}`],
  ] as const) {
    it(`is not taken for what it was when ${what}, and is repaired`, () =>
      using(writerIn(ONE), async (writer) => {
        const [before, next] = [pairsRuleset(manyPairs(10)), pairsRuleset(manyPairs(11))];
        await writer.install(before);
        await loadRuleset(ONE, `${disturb.replaceAll("; add", "\nadd")}\n`);
        await assert.rejects(writer.apply(difference(before, next)), TableChangedError);
        assert.equal(await writer.install(next), "adopted");
        await assertHolds(writer, next);
      }));
  }

  it("is replaced where one of its sets holds other things", () =>
    using(writerIn(ONE), async (writer) => {
      await loadRuleset(
        ONE,
        `add table inet ${TABLE}\nadd set inet ${TABLE} pairs { type ipv4_addr; flags interval; }\n`,
      );
      const ruleset = pairsRuleset(manyPairs(10));
      assert.equal(await writer.install(ruleset), "replaced");
      await assertHolds(writer, ruleset);
    }));

  it("is adopted from nft, and says so by being shared", () =>
    using(writerIn(ONE, "owned"), async (writer) => {
      const ruleset = pairsRuleset(manyPairs(10));
      await loadRuleset(ONE, rulesetText(ruleset));
      assert.equal(await writer.install(ruleset), "adopted");
      assert.equal(writer.ownership, "shared");
      await assertHolds(writer, ruleset);
    }));

  it("that is removed is loaded anew", () =>
    using(writerIn(ONE), async (writer) => {
      const ruleset = pairsRuleset(manyPairs(10));
      await writer.install(ruleset);
      await deleteTable(ONE, HANDLE);
      await assert.rejects(writer.apply(withElement(ruleset, { key: [99n, 1], value: RETURN })), TableChangedError);
      assert.equal(await writer.install(ruleset), "loaded");
      await assertHolds(writer, ruleset);
    }));
});

describe("a table that is owned", { skip: reasonToSkip() }, () => {
  before(() => createNamespaces([ONE]));
  after(() => deleteNamespaces([ONE]));
  afterEach(() => loadRuleset(ONE, "flush ruleset\n"));

  const owned = (what: string, work: (writer: TableWriter, ruleset: Ruleset) => Promise<void>): void => {
    it(what, (t) =>
      using(writerIn(ONE, "owned"), async (writer) => {
        const ruleset = pairsRuleset(manyPairs(10));
        await writer.install(ruleset);
        if (writer.ownership === "shared") t.skip("this kernel has no tables that outlive their owner (Linux 6.9)");
        else await work(writer, ruleset);
      }),
    );
  };

  owned("cannot be changed or removed by others while its writer lives", async (writer, ruleset) => {
    await assert.rejects(deleteTable(ONE, HANDLE), RulesetError);
    await loadRuleset(ONE, "flush ruleset\n");
    await assertHolds(writer, ruleset);
  });

  owned("is printed by nft", async () => {
    const { stdout: listed } = await runProgram({ program: "nft", args: ["list", "ruleset"], namespace: ONE });
    assert.match(listed, /map pairs \{\n\t\ttype ipv4_addr \. classid : verdict/);
    assert.match(listed, /chain forward \{[^}]*type filter hook forward priority filter - 10; policy accept;/);
  });

  owned("is refused to another writer, who is told whose it is", (writer, ruleset) =>
    using(writerIn(ONE, "owned"), async (other) => {
      const [complaint] = await complaintsOf(other.install(pairsRuleset([])));
      assert.equal(complaint?.object, `table ${TABLE}`);
      assert.equal(complaint.errno, "EPERM");
      assert.match(complaint.text ?? "", /netlink port \d+/);
      await assertHolds(writer, ruleset);
    }),
  );

  owned("stays in force when its writer is gone, and is taken over by the next", async (writer, ruleset) => {
    writer.close();
    const next = pairsRuleset(manyPairs(12));
    await using(writerIn(ONE, "owned"), async (other) => {
      await assertHolds(other, ruleset);
      assert.equal(await other.install(next), "adopted");
      assert.equal(other.ownership, "owned");
      await assert.rejects(deleteTable(ONE, HANDLE), RulesetError);
      await assertHolds(other, next);
    });
  });

  owned("is taken over by one that has another chain for the kernel to call", async (writer, ruleset) => {
    writer.close();
    const input: Chain = {
      name: "input",
      about: "One more chain.",
      hook: { point: "input", priority: 0, policy: "accept" },
      rules: [],
    };
    const next = { ...ruleset, chains: [...ruleset.chains, input] };
    await using(writerIn(ONE, "owned"), async (other) => {
      assert.equal(await other.install(next), "adopted");
      assert.equal(other.ownership, "owned");
      await assertHolds(other, next);
      other.close();
    });
    await using(writerIn(ONE, "owned"), async (other) => {
      assert.equal(await other.install(ruleset), "adopted");
      await assertHolds(other, ruleset);
    });
  });

  owned("is changed without being read again when other tables have changed meanwhile", async (writer, ruleset) => {
    let current = ruleset;
    for (let round = 0; round < 20; round++) {
      if (round % 2 === 0) await loadRuleset(ONE, `add table inet foreign${round}\n`);
      const next = pairsRuleset(manyPairs(11 + round));
      await writer.apply(difference(current, next));
      current = next;
    }
    await assertHolds(writer, current);
  });

  owned("is removed by its writer", async (writer) => {
    assert.equal(await writer.remove(), true);
    assert.equal(await writer.remove(), false);
    assert.equal(await listTable(ONE, HANDLE), undefined);
    assert.equal(await writer.install(pairsRuleset([])), "loaded");
    assert.equal(writer.ownership, "owned");
  });

  owned("is removed by another when its writer is gone", async (writer) => {
    writer.close();
    await using(writerIn(ONE), async (other) => assert.equal(await other.remove(), true));
    assert.equal(await listTable(ONE, HANDLE), undefined);
  });
});
