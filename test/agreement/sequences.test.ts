/** A cluster that changes: after every step the kernels do what naive reading, oracle and simulator say of the cluster as it is then. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { difference } from "../../src/dataplane/difference.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import type { Program } from "../../src/dataplane/program.ts";
import type { Ruleset } from "../../src/dataplane/ruleset.ts";
import { tightens } from "../../src/dataplane/tightens.ts";
import { namesOf } from "../../src/enforce/address-names.ts";
import { type EnforcedTable, netlinkTable } from "../../src/enforce/enforced-table.ts";
import { Enforcer, type Outcome } from "../../src/enforce/enforcer.ts";
import { labCapabilities } from "../../src/kernel/capabilities.ts";
import { NetlinkSocket } from "../../src/kernel/netlink/socket.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import { up } from "../../src/lab/lab.ts";
import { probe } from "../../src/lab/measure.ts";
import { type LabProbe, trafficText } from "../../src/lab/probes.ts";
import { pointOf } from "../../src/lab/reasoning.ts";
import { LAB_TABLE, type LabNode, type LabPlan } from "../../src/lab/topology.ts";
import { addressText, familyOf } from "../../src/net/address.ts";
import { endAt } from "../../src/path/end.ts";
import { type Assumptions, PROFILES } from "../../src/situation/assumptions.ts";
import type { Situation } from "../../src/situation/situation.ts";
import { naiveVerdict } from "../naive/verdict.ts";
import type { RawObject } from "../naive/raw-objects.ts";
import { afterEdit, changingForm, type ChangingWorld, changingWorld, isPolicy } from "../worlds/changing-world.ts";
import { holdsInEvery, RefusedWorldError } from "../worlds/replay.ts";
import { closeConnection, isAlive, type LiveConnection, openConnection } from "./live-connections.ts";
import { nodesSay } from "./nodes-say.ts";
import { rawPacket } from "./raw-packet.ts";
import { situationOfObjects } from "./situations.ts";
import { asProbes, lastingPackets, type Packets, packetsOf, planIn, probesIn, standingPlan } from "./standing-world.ts";
import { tableMeaning } from "./table-meaning.ts";

const capabilities = labCapabilities();
const skip = capabilities.ok ? false : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");

const WORLDS = 4;
const EDITS = 40;
/** Of the edits that change what some node does. */
const STEPS = 8;
const PACKETS = 250;
const CONNECTIONS = 30;

/** The naive reading takes a service account that nobody describes for one without labels. */
const ASSUMPTIONS: Assumptions = { ...PROFILES.kubernetes, "unlisted-service-account-labels": "none" };

const told = { worlds: 0, changes: 0, tighter: 0, packets: 0, kept: 0, cut: 0 };

it("naive reading, oracle, simulator and kernel agree after every change of a cluster", { skip }, async () => {
  await holdsInEvery(changingForm, WORLDS, agreesAllAlong, changingWorld(EDITS));
  process.stdout.write(`${JSON.stringify(told)}\n`);
});

async function agreesAllAlong(world: ChangingWorld): Promise<void> {
  const whole = standingPlan(everythingIn(world), `series-${process.pid}`);
  const series = seriesOf(world, whole);
  const plans = series.map(({ plan }) => plan);
  const packets = packetsOf(whole, PACKETS * 4);
  const cluster = new Cluster(whole, {
    tried: turningFirst(plans, packets).slice(0, PACKETS),
    lasting: lastingPackets(whole, turningFirst(plans, packets), CONNECTIONS),
  });
  const lab = await up(whole);
  try {
    for (const [i, { objects, restarts }] of series.entries()) {
      try {
        if (restarts) cluster.restart();
        await cluster.become(objects);
      } catch (error) {
        throw new Error(`step ${i}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    }
    told.worlds++;
  } finally {
    cluster.close();
    await lab.down();
  }
}

interface Step {
  readonly objects: readonly RawObject[];
  readonly plan: LabPlan;
  /** Whether enforcers begin anew before. */
  readonly restarts: boolean;
}

/** The world, and how it is after each edit that leads to another one that can be read and in which some node does other things. */
function seriesOf(world: ChangingWorld, whole: LabPlan): readonly Step[] {
  const planOf = (objects: readonly RawObject[]): LabPlan | undefined => {
    const situation = situationOr(objects);
    return situation && planIn(whole, situation, new Map());
  };
  const first = planOf(world.objects);
  if (first === undefined) throw new RefusedWorldError("the world cannot be read");
  const steps: Step[] = [{ objects: world.objects, plan: first, restarts: false }];
  let objects: readonly RawObject[] = world.objects;
  let restarts = false;
  for (const edit of world.edits) {
    const next = afterEdit(objects, world, edit);
    const plan = planOf(next);
    if (plan === undefined) continue;
    objects = next;
    restarts ||= edit.kind === "restart";
    const last = steps.at(-1)?.plan;
    if (last === undefined || isDeepStrictEqual(meaningsOf(last), meaningsOf(plan))) continue;
    steps.push({ objects, plan, restarts });
    restarts = false;
    if (steps.length > STEPS) break;
  }
  return steps;
}

function meaningsOf({ nodes }: LabPlan): unknown {
  return nodes.map(({ program }) => tableMeaning(rulesetOf(program)));
}

/** Packets first whose answer is not the same in all plans. */
function turningFirst(plans: readonly LabPlan[], packets: Packets): Packets {
  const answers = packets.map(() => new Set<string>());
  for (const plan of plans) {
    for (const [i, packet] of packets.entries()) {
      for (const one of probesIn(plan, [packet])) answers[i]?.add(simulated(plan, one));
    }
  }
  const turns = (_: unknown, i: number): boolean => (answers[i]?.size ?? 0) > 1;
  return [...packets.filter(turns), ...packets.filter((packet, i) => !turns(packet, i))];
}

function situationOr(objects: readonly RawObject[]): Situation | undefined {
  try {
    return situationOfObjects(objects, ASSUMPTIONS);
  } catch (error) {
    if (error instanceof RefusedWorldError) return undefined;
    throw error;
  }
}

/** Every pod, and the policies at the beginning and in stock, for the places and packets of the lab. */
function everythingIn({ objects, stock }: ChangingWorld): Situation {
  const first = situationOfObjects(objects, ASSUMPTIONS);
  const more = situationOr([...objects.filter((object) => !isPolicy(object)), ...stock]);
  return { ...first, tiers: [...first.tiers, ...(more?.tiers ?? [])] };
}

/** What a node's kernel enforces, and what it should. */
interface Enforced {
  readonly enforcer: Enforcer;
  readonly table: EnforcedTable;
}

class Cluster {
  readonly #whole: LabPlan;
  readonly #packets: { readonly tried: Packets; readonly lasting: Packets };
  readonly #enforcers = new Map<string, Enforced>();
  #connections: LiveConnection[] = [];
  #situation: Situation;
  #plan: LabPlan | undefined;
  #isAdopting = false;

  constructor(whole: LabPlan, packets: { readonly tried: Packets; readonly lasting: Packets }) {
    this.#whole = whole;
    this.#packets = packets;
    this.#situation = whole.situation;
  }

  /** The next programs come from enforcers that find the tables of others that are gone. */
  restart(): void {
    for (const { table } of this.#enforcers.values()) table.close();
    this.#enforcers.clear();
    this.#isAdopting = true;
  }

  async become(objects: readonly RawObject[]): Promise<void> {
    const before = this.#plan;
    this.#situation = situationOfObjects(objects, ASSUMPTIONS);
    const wanted = planIn(this.#whole, this.#situation, new Map());
    const generations = new Map<string, number>();
    for (const node of wanted.nodes) {
      generations.set(node.node.name, await this.#reload(node, nodeOf(before, node)));
    }
    const plan = planIn(this.#whole, this.#situation, generations);
    for (const node of plan.nodes) await assertHolds(node, nodeOf(before, node), this.#situation);
    this.#plan = plan;
    this.#isAdopting = false;
    await this.#assertConnections(plan);
    const probes = probesIn(plan, this.#packets.tried);
    for (const one of probes) assertReadingsAgree(objects, plan, one);
    const { differences } = await probe(plan, asProbes(probes));
    assert.deepEqual(
      differences.map(
        ({ probe: one, measured, detail }) =>
          `${describeProbe(one)}: predicted ${one.predicted}, measured ${measured} ${detail ?? ""}`,
      ),
      [],
    );
    told.packets += probes.length;
    await this.#openConnections(plan);
  }

  /** Has the enforcer of the node read its input, and returns the generation that is then in force. */
  async #reload(node: LabNode, before: LabNode | undefined): Promise<number> {
    const { enforcer } = this.#enforcerOf(node);
    const observer = NetlinkSocket.open(node.namespace);
    try {
      const [tables, generation] = [observer.generation(), enforcer.state.generation];
      const outcome = await enforcer.reload();
      assert.notEqual(outcome.kind, "failed", outcome.kind === "failed" ? outcome.why : "");
      if (before !== undefined) {
        // A table that has lost its owner gets another one first.
        const most = this.#isAdopting ? 2 : 1;
        assert.ok(observer.generation() <= tables + most, `${node.identity}: the change took several batches`);
        if (!this.#isAdopting) assertCounts(before.program, node.program, outcome, generation, enforcer);
      }
      return enforcer.state.generation;
    } finally {
      observer.close();
    }
  }

  #enforcerOf({ node, namespace }: LabNode): Enforced {
    const known = this.#enforcers.get(node.name);
    if (known !== undefined) return known;
    const table = netlinkTable(LAB_TABLE, namespace);
    const enforcer = new Enforcer(table, {
      node: node.name,
      table: LAB_TABLE,
      denial: this.#whole.denial,
      namespace,
      isWatching: true,
      lastGeneration: 0,
      read: () => Promise.resolve({ kind: "usable", situation: this.#situation, node }),
      now: () => new Date(0),
      degraded: [],
    });
    const made = { enforcer, table };
    this.#enforcers.set(node.name, made);
    return made;
  }

  /** Connections that are open pass if the programs of now let them, whichever end sends first, and are cut if not. */
  async #assertConnections(plan: LabPlan): Promise<void> {
    const kept: LiveConnection[] = [];
    for (const [i, connection] of this.#connections.entries()) {
      const [now] = probesIn(plan, [connection.probe]);
      const passes = now !== undefined && simulated(plan, now) === "allowed";
      // Between two that are no pods there is nothing to say.
      if (now !== undefined) {
        const alive = await isAlive(connection, i % 2 === 0 ? "client" : "server");
        assert.equal(alive, passes, `the open connection ${describeProbe(now)} ${alive ? "passes" : "is cut"}`);
        told[alive ? "kept" : "cut"]++;
      }
      if (passes) kept.push(connection);
      else closeConnection(connection);
    }
    this.#connections = kept;
  }

  async #openConnections(plan: LabPlan): Promise<void> {
    const open = new Set(this.#connections.map(({ probe: { traffic } }) => trafficText(traffic)));
    const missing = probesIn(plan, this.#packets.lasting).filter(({ traffic }) => !open.has(trafficText(traffic)));
    for (const one of missing) {
      if (simulated(plan, one) !== "allowed") continue;
      const connection = await openConnection(one);
      assert.ok(connection !== undefined, `a connection ${describeProbe(one)} does not come about`);
      this.#connections.push(connection);
    }
  }

  close(): void {
    this.#connections.forEach(closeConnection);
    for (const { table } of this.#enforcers.values()) table.close();
  }
}

function nodeOf(plan: LabPlan | undefined, { node }: LabNode): LabNode | undefined {
  return plan?.nodes.find((one) => one.node.name === node.name);
}

/** Generations are counted up by changes that take something away, and by no others. */
function assertCounts(before: Program, now: Program, outcome: Outcome, generation: number, { state }: Enforcer): void {
  const isTighter = outcome.kind === "changed" && outcome.isTighter;
  assert.equal(isTighter, tightens(before, now), `${now.node} counts a generation`);
  assert.equal(state.generation !== generation, isTighter);
  told.changes += outcome.kind === "changed" ? 1 : 0;
  told.tighter += isTighter ? 1 : 0;
}

/** The table is the one compiled afresh, but for its numbers and for chains that only pairs of the one before lead to. */
async function assertHolds(node: LabNode, before: LabNode | undefined, situation: Situation): Promise<void> {
  const wanted = rulesetOf(node.program, namesOf(situation));
  const reader = TableWriter.open({ table: LAB_TABLE, namespace: node.namespace });
  let present: Ruleset | undefined;
  try {
    present = await reader.readBack(wanted);
  } finally {
    reader.close();
  }
  assert.ok(present !== undefined, `${node.identity} has no table`);
  assert.deepEqual(tableMeaning(present), tableMeaning(wanted), `${node.identity} holds something else`);
  const { deletedChains, addedChains, rewrittenChains, deletedSets, addedSets } = difference(present, wanted);
  const names = (things: readonly { readonly name: string }[]): readonly string[] => things.map(({ name }) => name);
  assert.deepEqual([addedChains, rewrittenChains, deletedSets, addedSets].flatMap(names), []);
  const old = new Set(names(before?.program.trafficChains ?? []));
  assert.deepEqual(
    names(deletedChains).filter((name) => !old.has(name)),
    [],
    `${node.identity} keeps chains for nothing`,
  );
}

function simulated(
  { situation: { inventory }, nodes }: LabPlan,
  { from, to, traffic }: LabProbe,
): "allowed" | "denied" {
  return nodesSay(
    (name) => nodes.find(({ node }) => node.name === name)?.program,
    { end: endAt(inventory, from.address), address: from.address },
    { end: endAt(inventory, to.address), address: to.address },
    pointOf(traffic, familyOf(from.address)),
  );
}

function describeProbe({ from, to, traffic }: LabProbe): string {
  return `${addressText(from.address)} -> ${addressText(to.address)} ${trafficText(traffic)}`;
}

function assertReadingsAgree(objects: readonly RawObject[], plan: LabPlan, one: LabProbe): void {
  const naive = naiveVerdict(objects, rawPacket(one));
  assert.equal(one.predicted, naive, `oracle and naive reading: ${describeProbe(one)}`);
  // What is undecided is denied, and the program says that it is.
  const expected = naive === "undecided" ? "denied" : naive;
  assert.equal(simulated(plan, one), expected, `simulator and naive reading: ${describeProbe(one)}`);
}
