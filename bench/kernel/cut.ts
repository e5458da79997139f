/** Connections that live while policies change: who is forbidden now is cut, who is still allowed goes on. */
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { difference } from "../../src/dataplane/difference.ts";
import { rulesetOf } from "../../src/dataplane/program-ruleset.ts";
import type { PairEntry, Program } from "../../src/dataplane/program.ts";
import { addressOf } from "../../src/kernel/netlink/changing-programs.fixture.ts";
import { TableWriter } from "../../src/kernel/netlink/writer.ts";
import type { TestPod } from "../../src/kernel/pods.fixture.ts";
import { tcpListener } from "../../src/kernel/sockets.ts";
import type { Benchmark } from "../benchmark.ts";
import { quantile } from "../timing.ts";
import { kernelObstacle } from "./obstacle.ts";
import { connected } from "./packets.ts";
import { programOfPairs } from "./policies.ts";
import { onWires, type Wires } from "./wires.ts";

const PORT = 2000;
const PAIRS = 10_000;
const CUTS = 11;
/** A connection that is not cut by then is called one that lives on. */
const PATIENCE_MS = 2000;

export const cut: Benchmark = {
  name: "kernel-cut",
  about:
    "Two TCP connections to one pod, a byte every millisecond, beside 10,000 pairs. After so many changes (size), each with a new " +
    "generation, one is forbidden, and again and again with new ones. Targets: cut within 100 ms, and its sibling goes on.",
  sizes: [100],
  needs: [],
  figures: [
    { name: "changes that the sibling lived through", unit: "count" },
    { name: "its longest silence", unit: "time" },
    { name: "forbidden connections cut", unit: "count" },
    { name: "cut after, median (≤100 ms)", unit: "time" },
    { name: "cut after, longest", unit: "time" },
  ],
  obstacle: kernelObstacle,
  run: ({ report, size }) =>
    onWires(["cut"], async ([wires]) => {
      const { node, sender, receiver, other } = wires;
      const writer = TableWriter.open({ namespace: node, table: "portcullis" });
      const turn = await changing(writer, wires);
      const server = await tcpListener({ namespace: receiver.namespace, address: receiver.v4, port: PORT });
      // The side of a cut connection that never writes by itself would live on, and this process with it.
      server.on("connection", (socket) =>
        socket
          .on("error", () => undefined)
          .pipe(socket)
          .unref(),
      );
      const sibling = await talking(sender, receiver);
      let lived = 0;
      for (let n = 0; n < size.count; n++) {
        await turn(true);
        await delay(2);
        if (!sibling.isOver()) lived++;
      }
      report("changes that the sibling lived through", lived);
      const times: number[] = [];
      for (let n = 0; n < CUTS; n++) {
        await turn(true);
        const forbidden = await talking(other, receiver);
        await delay(20);
        const start = performance.now();
        await turn(false);
        if (await Promise.race([forbidden.ended.then(() => true), delay(PATIENCE_MS, false)])) {
          times.push((performance.now() - start) / 1000);
        }
        forbidden.stop();
      }
      report("its longest silence", sibling.isOver() ? Number.NaN : sibling.longestSilence());
      report("forbidden connections cut", times.length);
      report("cut after, median (≤100 ms)", quantile(times, 0.5));
      report("cut after, longest", Math.max(...times));
      sibling.stop();
      server.close();
      writer.close();
    }),
};

interface Talk {
  readonly ended: Promise<void>;
  isOver(): boolean;
  /** In seconds. */
  longestSilence(): number;
  stop(): void;
}

/** A byte every millisecond, which the other side sends back. */
async function talking(from: TestPod, to: TestPod): Promise<Talk> {
  const socket: Socket = await connected(from, to, PORT);
  let heard = performance.now();
  let silence = 0;
  socket
    .on("error", () => undefined)
    .on("data", () => {
      const now = performance.now();
      silence = Math.max(silence, now - heard);
      heard = now;
    });
  const timer = setInterval(() => socket.write("x"), 1);
  const ended = new Promise<void>((resolve) => {
    socket.once("close", () => {
      clearInterval(timer);
      resolve();
    });
  });
  return {
    ended,
    isOver: () => socket.destroyed,
    longestSilence: () => silence / 1000,
    stop: () => void socket.destroy(),
  };
}

/** Installs a program; what is returned changes it, with a new generation, and forbids or allows the second sender. */
async function changing(writer: TableWriter, wires: Wires): Promise<(isOtherAllowed: boolean) => Promise<void>> {
  let generation = 1;
  let current = rulesetOf(programFor(wires, true, generation));
  await writer.install(current);
  return async (isOtherAllowed) => {
    const next = rulesetOf(programFor(wires, isOtherAllowed, ++generation));
    await writer.apply(difference(current, next));
    current = next;
  };
}

function programFor({ sender, receiver, other }: Wires, isOtherAllowed: boolean, generation: number): Program {
  const program = programOfPairs(PAIRS);
  const [v4, v6] = program.families;
  const pod = addressOf(receiver);
  const [first, second] = [PAIRS + 1, PAIRS + 2];
  const admit = (peerClass: number): PairEntry => ({ pod, peerClass, target: { kind: "admit" } });
  const classes = [
    [sender, first],
    [other, second],
  ] as const;
  return {
    ...program,
    generation,
    denial: "reject",
    families: [
      {
        ...v4,
        isolatedIngress: [...v4.isolatedIngress, pod],
        addressClasses: [
          ...v4.addressClasses,
          ...classes.map(([of, peerClass]) => {
            const start = addressOf(of);
            return { block: { start, end: start + 1n }, peerClass };
          }),
        ],
        // Something else changes each time too.
        ingress: [
          ...v4.ingress,
          admit(first),
          ...(isOtherAllowed ? [admit(second)] : []),
          ...(generation % 2 === 0 ? [admit(PAIRS + 3)] : []),
        ],
      },
      v6,
    ],
  };
}
