import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NO_TRAFFIC } from "../net/traffic.ts";
import type { TrafficChain } from "./program.ts";
import { ADMITTED, trafficNumbers } from "./traffic-numbers.ts";

function chains(...names: readonly string[]): Parameters<typeof trafficNumbers>[0] {
  const trafficChains = names.map((name): TrafficChain => ({ name, traffic: NO_TRAFFIC, logged: NO_TRAFFIC }));
  return { trafficChains, hosts: undefined };
}

describe("the numbers of traffic chains", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `traffic_${i}`);

  it("stay when other chains come and go", () => {
    const all = trafficNumbers(chains(...names));
    for (const name of names.slice(0, 50)) {
      assert.equal(trafficNumbers(chains("traffic_new", name)).get(name), all.get(name));
    }
  });

  it("are none of a class, and none that admits everything", () => {
    for (const number of trafficNumbers(chains(...names)).values()) {
      assert.ok(number > ADMITTED && number <= 0xffff_ffff, String(number));
    }
  });

  it("are different for different chains, even where names come to the same number", () => {
    const twins = ["traffic_43521504_25156", "traffic_e1e30674_22196"];
    const alone = twins.map((name) => trafficNumbers(chains(name)).get(name));
    assert.equal(alone[0], alone[1]);
    const numbers = trafficNumbers(chains(...names, ...twins));
    assert.equal(new Set(numbers.values()).size, names.length + 2);
  });
});
