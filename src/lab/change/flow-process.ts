/**
 * A process that sends packets while another changes the rules: the one that writes them stands still meanwhile. It reads an
 * order, says that packets are on their way, reads when the change was made, and tells what became of them. It ends with its input.
 */
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import type { ChangeTime, Order, Tallies } from "./order.ts";
import { PacketFlood } from "./packet-flood.ts";
import { Talk } from "./talk.ts";

/** Packets of one turn; between turns the connections talk. */
const AT_ONCE = 16;
/** Milliseconds in which connections that live are heard from. */
const SETTLING = 100;
/** Milliseconds within which packets on their way arrive, also on a busy machine. */
const REST = 300;

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function nextLine(): Promise<string | undefined> {
  const { done, value } = await lines.next();
  return done === true ? undefined : value;
}

function tell(value: unknown): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(value)}\n`, () => resolve()));
}

async function send(flood: PacketFlood, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    flood.send(AT_ONCE);
    flood.attend();
    await pause(1);
  }
}

async function carryOut(order: Order): Promise<void> {
  const talks = await Talk.begin(order.connections);
  const flood = new PacketFlood(order.flows);
  let isOver = false;
  const sending = send(flood, () => isOver);
  await tell("ready");
  const line = await nextLine();
  isOver = true;
  await sending;
  if (line === undefined) return;
  const change: ChangeTime = JSON.parse(line);
  // A process that was held up until now has answers waiting.
  await pause(SETTLING);
  const connections = talks.map((talk) => talk.tally(change));
  for (const talk of talks) talk.stop();
  await pause(REST);
  flood.attend();
  const tallies: Tallies = { flows: flood.tallies(change), connections };
  await tell(tallies);
}

const first = await nextLine();
if (first !== undefined) await carryOut(JSON.parse(first));
process.exit(0);
