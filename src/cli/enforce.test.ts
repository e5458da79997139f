import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onManifests, SHOP } from "./command.fixture.ts";

describe("portcullis enforce", () => {
  it("prints the program of a node as nft text, with the names of pods beside their addresses", async (t) => {
    const { exit, stdout } = await onManifests(t, ["enforce", "--node", "worker-1", "--print"], SHOP);
    assert.match(stdout, /^# Portcullis: the policies of node worker-1/);
    assert.match(stdout, /table inet portcullis \{/);
    assert.match(stdout, /10\.0\.0\.2, {2}# shop\/pod\/db\n/);
    assert.equal(exit, 0);
  });

  it("needs to be told the node", async (t) => {
    const { exit, stderr } = await onManifests(t, ["enforce", "--print"], SHOP);
    assert.match(stderr, /it is not said which node this is\n.*--node NAME/);
    assert.equal(exit, 2);
  });

  it("names the nodes there are when the one asked for is not there", async (t) => {
    const { exit, stderr } = await onManifests(t, ["enforce", "--node", "worker-2", "--print"], SHOP);
    assert.match(stderr, /there is no node "worker-2" in the input\n {2}choose one of worker-1/);
    assert.equal(exit, 2);
  });
});
